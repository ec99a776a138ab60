"""What a figure depends on, as hashes: how a build knows what changed.

The numbers of a figure depend on

- the package's version, and the source of all of it but the rooms in `SILENT`, which no number goes
  through: a room that is new counts until it is named there;
- the recipe's own module, without its captions;
- the effort (splits, resamples, seed), the published hashes of its raw files, and the bytes of the
  stored results that it reads.

The picture depends on the numbers (the bytes of the CSV), on the caption and on the source of
``ensel/figures``. Versions of other libraries are not part of either: after a change of those,
delete the folder.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

import ensel
from ensel.datasets import get_dataset
from ensel.exceptions import InputError
from ensel.files import written_whole
from ensel.studies.paper.recipe import Recipe
from ensel.studies.paper.sources import Sources

PACKAGE = Path(ensel.__file__).parent
STAMPS = "stamps.json"
SILENT = (
    "cli",
    "figures",
    "formats",
    "report",
    "studies/paper",
    "testing",
    "__init__.py",
    "__main__.py",
    "exceptions.py",
    "files.py",
    "results.py",
)
"""Rooms and modules that no number goes through: they read, say, draw, write or check.

Among what is left, `registry` says which class a name stands for, and `parallel` which split goes
where: both can change numbers.
"""
SPOKEN = ("figures/floor_lines.py", "studies/paper/recipe.py", "studies/paper/sources.py")
"""Modules of those rooms through which numbers do go."""
DATA = (".py", ".csv", ".parquet")
LIST = "\nRECIPES = "
"""Where a recipe module's list of recipes starts: captions, on which no number depends."""


@dataclass(frozen=True)
class Stamp:
    """What a figure was made from.

    Attributes
    ----------
    computed, drawn : str
        Hashes of what its numbers and its picture depend on.
    numbers_at, drawn_at : str
        Commit (or version) that made them.
    files : dict of str to str
        Hash of each file, by suffix.
    """

    computed: str
    drawn: str
    numbers_at: str
    drawn_at: str
    files: dict[str, str]


def read_stamps(folder: Path) -> dict[str, Stamp]:
    """Stamps of a folder of figures; none where there is no file, or none of this form."""
    try:
        stored = json.loads((folder / STAMPS).read_text(encoding="utf-8"))
        return {name: Stamp(**fields) for name, fields in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_stamps(folder: Path, stamps: dict[str, Stamp]) -> None:
    """Write them, sorted."""
    data = {name: asdict(stamps[name]) for name in sorted(stamps)}
    with written_whole(folder / STAMPS) as temporary:
        temporary.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def hash_of(*parts: bytes | str) -> str:
    """Short hash of texts and bytes, each counted apart."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:16]


def computed_hash(recipe: Recipe, sources: Sources) -> str:
    """Hash of what a recipe's numbers depend on."""
    function = getattr(recipe.compute, "func", recipe.compute)  # under a partial
    module = Path(str(inspect.getsourcefile(function))).read_text(encoding="utf-8")
    parts: list[bytes | str] = [ensel.__version__, _source_of_numbers(), module.partition(LIST)[0]]
    parts.append(json.dumps(asdict(sources.effort), sort_keys=True))
    for name in recipe.datasets:
        parts += [name, *(file.sha256 for file in get_dataset(name).files)]
    parts += [(sources.results / name).read_bytes() for name in recipe.results]
    return hash_of(recipe.name, *parts)


def drawn_hash(recipe: Recipe, csv: bytes) -> str:
    """Hash of what a recipe's picture depends on."""
    return hash_of(recipe.name, recipe.caption, csv, _source_of_pictures())


@functools.cache
def _source_of_numbers() -> str:
    return _hash_of_files([PACKAGE / name for name in files_of_numbers()])


def files_of_numbers() -> list[str]:
    """Source and data of the package that numbers depend on, from its folder, sorted.

    Examples
    --------
    >>> names = files_of_numbers()
    >>> "registry.py" in names, "heldout/intervals.py" in names, "figures/style.py" in names
    (True, True, False)
    """
    files = (path for path in PACKAGE.rglob("*") if path.suffix in DATA)
    names = {path.relative_to(PACKAGE).as_posix() for path in files}
    silent = {name for name in names if any(f"{name}/".startswith(f"{room}/") for room in SILENT)}
    return sorted(names - silent | set(SPOKEN))


@functools.cache
def _source_of_pictures() -> str:
    return _hash_of_files(list((PACKAGE / "figures").glob("*.py")))


def _hash_of_files(paths: list[Path]) -> str:
    named = sorted((path.relative_to(PACKAGE).as_posix(), path) for path in paths)
    return hash_of(*(part for name, path in named for part in (name, path.read_bytes())))


@functools.cache
def commit() -> str:
    """The package's commit, with ``-dirty`` where its source has changed since; else its version.

    A checkout that does not track the package, such as one that an environment happens to lie
    in, is not asked.
    """

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(PACKAGE), *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", "__init__.py")
        named = git("describe", "--always", "--tags", "--abbrev=10")
        changed = git("status", "--porcelain", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return f"version {ensel.__version__}"
    return f"{named}-dirty" if changed else named


def folder_for(path: Path) -> Path:
    """The folder that figures go to, made if it is not there.

    Raises
    ------
    InputError
        If it is a file, or lies in no folder.
    """
    if path.exists() and not path.is_dir():
        raise InputError(f"{path}: is a file; give the name of a folder for the figures")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: no folder {path.parent}; make it first")
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be made ({error.strerror})") from error
    return path
