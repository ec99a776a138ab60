"""Where a dataset's raw files are: in a folder the user names, in the cache, or on the web."""

from __future__ import annotations

import csv
import functools
import os
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from urllib.parse import quote

from ensel.exceptions import InputError

DATA_FOLDER_VARIABLE = "ENSEL_DATA"


@dataclass(frozen=True)
class RawFile:
    """One file as its source publishes it, pinned to a commit and a hash."""

    dataset: str
    repository: str
    commit: str
    path: str
    sha256: str
    n_bytes: int
    licence: str

    @property
    def relative(self) -> str:
        """Path below a data folder: ``owner/repo/commit/path``."""
        return f"{self.repository}/{self.commit}/{self.path}"

    @property
    def url(self) -> str:
        """Public address."""
        return f"https://raw.githubusercontent.com/{quote(self.relative)}"


@functools.cache
def manifest() -> tuple[RawFile, ...]:
    """Every raw file of every dataset, from the manifest that the package carries.

    Examples
    --------
    >>> len({file.dataset for file in manifest()})
    10
    """
    text = package_files("ensel.datasets").joinpath("manifest.csv").read_text(encoding="utf-8")
    return tuple(
        RawFile(
            dataset=row["dataset"],
            repository=row["repository"],
            commit=row["commit"],
            path=row["path"],
            sha256=row["sha256"],
            n_bytes=int(row["bytes"]),
            licence=row["licence"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def cache_folder() -> Path:
    """Folder that downloads are kept in."""
    import pooch

    return Path(pooch.os_cache("ensel"))


def find_local(file: RawFile) -> Path | None:
    """Find a raw file in the folder ``ENSEL_DATA`` names, then in the download cache.

    Parameters
    ----------
    file : RawFile

    Returns
    -------
    Path or None

    See Also
    --------
    fetch_all : Downloads what is nowhere, and checks what is there.
    """
    folders = [Path(named)] if (named := os.environ.get(DATA_FOLDER_VARIABLE)) else []
    for folder in [*folders, cache_folder()]:
        path = folder / file.relative
        if path.is_file():
            return path
    return None


def fetch_all(files: list[RawFile]) -> dict[str, Path]:
    """Make sure that raw files are on this machine, downloading what is missing.

    Parameters
    ----------
    files : list of RawFile

    Returns
    -------
    dict of str to Path
        Local path of each file, by its path in the repository.

    Raises
    ------
    InputError
        A file is absent and cannot be downloaded, or is not the file the manifest names.

    See Also
    --------
    find_local : Where they are looked for.
    """
    import pooch

    local = {file.path: find_local(file) for file in files}
    for file in files:
        path = local[file.path]
        if path is not None and pooch.file_hash(str(path), alg="sha256") != file.sha256:
            raise InputError(
                f"{path}: not the published file (its sha256 is not {file.sha256[:12]}...); "
                "delete it to download it again"
            )
    here = {name: path for name, path in local.items() if path is not None}
    absent = [file for file in files if file.path not in here]
    fetched = _download_all(absent) if absent else {}
    return {file.path: here.get(file.path) or fetched[file.path] for file in files}


def _download_all(absent: list[RawFile]) -> dict[str, Path]:
    """Download files into the cache, with one bar over all of them."""
    import pooch
    from tqdm.auto import tqdm

    pooch.get_logger().setLevel("WARNING")  # the bar says what is going on
    store = pooch.create(
        path=cache_folder(),
        base_url="",
        registry={file.relative: f"sha256:{file.sha256}" for file in absent},
        urls={file.relative: file.url for file in absent},
    )
    with tqdm(
        total=sum(file.n_bytes for file in absent),
        desc=f"downloading {absent[0].dataset}",
        unit="B",
        unit_scale=True,
        disable=None,  # quiet when not on a terminal
    ) as bar:
        return {file.path: _download(store, file, bar) for file in absent}


class _SharedBar:
    """One bar over many files, in the form pooch's downloader asks of a progress bar."""

    def __init__(self, bar: object) -> None:
        self.bar = bar
        self.total = 0

    def update(self, n_bytes: int) -> None:
        """Move the bar on."""
        self.bar.update(n_bytes)  # type: ignore[attr-defined]

    def reset(self) -> None:
        """Do nothing: pooch jumps back and to the end once a file is done."""
        self.update = lambda n_bytes: None  # type: ignore[method-assign]

    def close(self) -> None:
        """Do nothing: other files are still to come."""


def _download(store: object, file: RawFile, bar: object) -> Path:
    """Download one file into the cache; `InputError` where that fails."""
    import pooch

    downloader = pooch.HTTPDownloader(progressbar=_SharedBar(bar), timeout=30)
    try:
        return Path(store.fetch(file.relative, downloader=downloader))  # type: ignore[attr-defined]
    except ValueError as error:  # pooch's word for a hash that does not match
        raise InputError(
            f"{file.url}: the download is not the published file (wrong sha256); nothing was kept"
        ) from error
    except OSError as error:  # requests' exceptions are OSErrors
        raise InputError(
            f"dataset {file.dataset!r} is not on this machine and cannot be downloaded "
            f"({type(error).__name__}); go online and run `ensel datasets --download "
            f"{file.dataset}`, or set {DATA_FOLDER_VARIABLE} to a folder that holds it"
        ) from error
