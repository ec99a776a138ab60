"""Build the figures of a folder: those that changed, whole or not at all, and their index."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ensel.exceptions import InputError
from ensel.files import written_whole
from ensel.parallel import hidden
from ensel.studies.paper.index import write_index
from ensel.studies.paper.recipe import Recipe, csv_text, from_csv
from ensel.studies.paper.sources import Sources
from ensel.studies.paper.stamps import (
    Stamp,
    commit,
    computed_hash,
    drawn_hash,
    folder_for,
    hash_of,
    read_stamps,
    write_stamps,
)

SUFFIXES = (".csv", ".pdf", ".png")


@dataclass(frozen=True)
class Built:
    """What became of one figure.

    Attributes
    ----------
    name : str
    what : str
        ``"built"``, ``"redrawn"`` (same numbers, new picture), ``"unchanged"`` or ``"skipped"``.
    reason : str
        Why it was skipped.
    seconds : float
    """

    name: str
    what: str
    reason: str = ""
    seconds: float = 0.0


def build(
    recipes: Sequence[Recipe],
    output: Path,
    *,
    only: Sequence[str] | None = None,
    sources: Sources | None = None,
    n_jobs: int | None = None,
    progress: bool | None = None,
) -> list[Built]:
    """Make the figures that changed: a PDF, a PNG and a CSV each, and the index.

    Parameters
    ----------
    recipes : sequence of Recipe
    output : Path
        Folder; made if it is not there.
    only : sequence of str, optional
        Names; default all.
    sources : Sources, optional
    n_jobs : int, optional
        Workers for what splits; default joblib's own: one, or what the caller's
        ``joblib.parallel_config`` says.
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    list of Built
        One a recipe asked for.

    Raises
    ------
    InputError
        Unknown names, or a folder that cannot be written to.
    """
    from joblib import parallel_config
    from tqdm.auto import tqdm

    chosen = named_recipes(recipes, only)
    folder = folder_for(output)
    sources = Sources() if sources is None else sources
    stamps = read_stamps(folder)

    done = []
    with (
        parallel_config(n_jobs=n_jobs) if n_jobs is not None else parallel_config(),
        tqdm(total=len(chosen), unit="figure", disable=hidden(progress)) as bar,
    ):
        for recipe in chosen:
            bar.set_description(recipe.name)
            done.append(_one(recipe, folder, sources, stamps))
            bar.update()

    reasons = {one.name: one.reason for one in done if one.what == "skipped"}
    write_index(folder, recipes, stamps, reasons)
    return done


def named_recipes(recipes: Sequence[Recipe], only: Sequence[str] | None) -> list[Recipe]:
    """Pick recipes by name.

    Raises
    ------
    InputError
        Unknown names; the message lists the known ones.
    """
    by_name = {recipe.name: recipe for recipe in recipes}
    if only is None:
        return list(recipes)
    unknown = [name for name in only if name not in by_name]
    if unknown or not only:
        raise InputError(f"no figure {', '.join(unknown)!r}; figures: {', '.join(by_name)}")
    return [by_name[name] for name in dict.fromkeys(only)]


def _one(recipe: Recipe, folder: Path, sources: Sources, stamps: dict[str, Stamp]) -> Built:
    """Make one figure if it changed, and stamp it."""
    started = time.perf_counter()
    reason = sources.missing(recipe.datasets, recipe.results)
    if reason is not None:
        return Built(recipe.name, "skipped", reason)
    before = stamps.get(recipe.name)
    intact = _intact(recipe, folder, before)
    computed = computed_hash(recipe, sources)
    at_hand = before is not None and intact[".csv"] and before.computed == computed
    if at_hand:
        csv = _file(recipe, folder, ".csv").read_bytes()
    else:
        csv = csv_text(recipe.compute(sources)).encode()

    if before is not None and before.drawn == drawn_hash(recipe, csv) and all(intact.values()):
        what = "unchanged"
        stamps[recipe.name] = replace(before, computed=computed)
    else:
        what = "redrawn" if at_hand else "built"
        stamps[recipe.name] = _written(recipe, folder, csv, computed, before)
    if stamps[recipe.name] != before:
        write_stamps(folder, stamps)
    return Built(recipe.name, what, seconds=time.perf_counter() - started)


def _intact(recipe: Recipe, folder: Path, stamp: Stamp | None) -> dict[str, bool]:
    """Of each suffix, whether the file is the one that was stamped."""
    stamped = {} if stamp is None else stamp.files
    files = {suffix: _file(recipe, folder, suffix) for suffix in SUFFIXES}
    return {suffix: stamped.get(suffix) == _hash_of_file(path) for suffix, path in files.items()}


def _written(
    recipe: Recipe, folder: Path, csv: bytes, computed: str, before: Stamp | None
) -> Stamp:
    """Draw a figure, write its files, and say what it was made from.

    Numbers that came out the same keep the commit that first made them.
    """
    same_numbers = before is not None and before.files.get(".csv") == hash_of(csv)
    numbers_at = before.numbers_at if before is not None and same_numbers else commit()
    files = {".csv": csv, **rendered(recipe, from_csv(csv.decode()), numbers_at)}
    for suffix in SUFFIXES:
        with written_whole(_file(recipe, folder, suffix)) as temporary:
            temporary.write_bytes(files[suffix])

    hashes = {suffix: hash_of(files[suffix]) for suffix in SUFFIXES}
    return Stamp(computed, drawn_hash(recipe, csv), numbers_at, commit(), hashes)


def _file(recipe: Recipe, folder: Path, suffix: str) -> Path:
    return folder / f"{recipe.name}{suffix}"


def rendered(recipe: Recipe, frame: pd.DataFrame, numbers_at: str) -> dict[str, bytes]:
    """PDF and PNG of a recipe's figure, with its data and commit in their metadata."""
    import matplotlib as mpl

    from ensel.figures.style import RC

    about = f"{recipe.described(frame)} Numbers: ensel {numbers_at}; drawn: ensel {commit()}."
    metadata: dict[str, dict[str, Any]] = {
        "pdf": {"Title": recipe.name, "Subject": about, "CreationDate": None},
        "png": {"Title": recipe.name, "Description": about},
    }
    files = {}
    with mpl.rc_context(RC):  # fonts of a PDF are settled when it is saved
        figure = recipe.draw(frame)
        for kind, fields in metadata.items():
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, metadata=fields)
            files[f".{kind}"] = buffer.getvalue()
    return files


def _hash_of_file(path: Path) -> str | None:
    return hash_of(path.read_bytes()) if path.is_file() else None
