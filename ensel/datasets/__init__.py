"""Real cached predictions by name: `load_dataset`, `list_datasets`."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib.resources import files as package_files
from typing import TYPE_CHECKING

from ensel.datasets.files import RawFile, fetch_all, find_local, manifest
from ensel.exceptions import InputError
from ensel.registry import resolve

if TYPE_CHECKING:
    from ensel.table.prediction_table import PredictionTable

__all__ = ["DATASETS", "Dataset", "get_dataset", "list_datasets", "load_dataset"]


@dataclass(frozen=True)
class Dataset:
    """A dataset that can be loaded by name.

    Attributes
    ----------
    name : str
    about : str
        What it holds, for lists.
    reader : str
        ``"module:function"`` within this package, imported when used: from the local path of each
        raw file, by its path in the repository, to a `PredictionTable`.

    See Also
    --------
    load_dataset : Loads it.
    """

    name: str
    about: str
    reader: str

    @property
    def files(self) -> list[RawFile]:
        """Raw files it is read from; none for the embedded one."""
        return [file for file in manifest() if file.dataset == self.name]

    @property
    def embedded(self) -> bool:
        """Whether the package itself carries it."""
        return not self.files

    @property
    def n_bytes(self) -> int:
        """Size of the raw files."""
        if self.embedded:
            pool = package_files("ensel.datasets").joinpath("imdb_pool.parquet")
            return len(pool.read_bytes())
        return sum(file.n_bytes for file in self.files)

    @property
    def licence(self) -> str:
        """Licence of the raw files."""
        licences = sorted({file.licence for file in self.files})
        return "; ".join(licences) or "BSD-3-Clause (predictions only)"

    @property
    def source(self) -> str:
        """Repositories it comes from."""
        repositories = sorted({file.repository for file in self.files})
        return ", ".join(repositories) or "this project"

    @property
    def local(self) -> bool:
        """Whether it can be loaded without a download."""
        return all(find_local(file) is not None for file in self.files)


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "imdb",
            "18 trained classifiers x 5 bootstrap samples, 25,000 reviews",
            "imdb:read_imdb_pool",
        ),
        Dataset("imdb-llm", "10 LLMs, 1,000 reviews", "imdb:read_imdb_llm"),
        Dataset("imdb-api", "3 priced APIs and VADER, 25,000 reviews", "imdb:read_imdb_api"),
        Dataset("mmlu", "14 LLMs, 5,700 questions of 57 subjects", "mmlu:read_mmlu"),
        Dataset("mmlu-full", "10 LLMs, 14,015 questions", "mmlu:read_mmlu_full"),
        Dataset("medmcqa", "10 LLMs, 2,816 questions", "medmcqa:read_medmcqa"),
        Dataset(
            "temperatures",
            "9 LLMs x 11 temperatures or more x 10 answers, 100 questions",
            "temperatures:read_temperatures",
        ),
        Dataset(
            "medmcqa-temperatures",
            "GPT-3.5 x 11 temperatures x 10 answers, 100 questions",
            "temperatures:read_medmcqa_temperatures",
        ),
        Dataset("mgsm", "29 LLMs, 200 problems, open answers: numbers", "simple_evals:read_mgsm"),
        Dataset("math", "29 LLMs, 200 problems, open answers: formulas", "simple_evals:read_math"),
        Dataset(
            "humaneval", "29 LLMs, 164 programs, passed or failed", "simple_evals:read_humaneval"
        ),
    )
}


def list_datasets() -> list[str]:
    """Names that `load_dataset` knows.

    Returns
    -------
    list of str

    See Also
    --------
    load_dataset, get_dataset

    Examples
    --------
    >>> "imdb" in list_datasets()
    True
    """
    return list(DATASETS)


def get_dataset(name: str) -> Dataset:
    """Look a dataset up by name.

    Parameters
    ----------
    name : str
        One of `list_datasets`.

    Returns
    -------
    Dataset

    Raises
    ------
    InputError
        Unknown name; the message names the nearest.

    See Also
    --------
    load_dataset : Its table.

    Examples
    --------
    >>> get_dataset("imdb").embedded
    True
    """
    if name not in DATASETS:
        near = difflib.get_close_matches(name, DATASETS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(f"no dataset or file {name!r}; {hint}datasets: {', '.join(DATASETS)}")
    return DATASETS[name]


def load_dataset(name: str) -> PredictionTable:
    """Load a dataset of real cached predictions, downloading it where it is not local.

    Raw files are looked for in the folder that the environment variable ``ENSEL_DATA`` names
    (laid out as ``owner/repo/commit/path``), then in the download cache, then fetched; their
    sha256 is checked in each case.

    Parameters
    ----------
    name : str
        One of `list_datasets`.

    Returns
    -------
    PredictionTable

    Raises
    ------
    InputError
        Unknown name, a file that is absent and cannot be downloaded, or a wrong hash.

    See Also
    --------
    list_datasets : All names.
    ensel.read_table : A table of one's own.

    Examples
    --------
    >>> load_dataset("imdb").classes
    ('negative', 'positive')
    """
    dataset = get_dataset(name)
    paths = fetch_all(dataset.files)
    table: PredictionTable = resolve(f"ensel.datasets.{dataset.reader}")(paths)
    return table
