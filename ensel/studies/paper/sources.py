"""What figures are made of: tables, stored results, and computations that several figures share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ensel.datasets import get_dataset, load_dataset
from ensel.exceptions import InputError

if TYPE_CHECKING:
    from ensel.error_model.floor_result import Floor
    from ensel.heldout import Comparison
    from ensel.table.prediction_table import PredictionTable

RESULTS = Path("benchmarks/results")
"""Where stored results are looked for, from the working directory."""


@dataclass(frozen=True)
class Effort:
    """How much work a figure may be: the arguments that every recipe shares.

    Attributes
    ----------
    n_splits : int
        Random splits of a comparison.
    n_boot : int
        Resamples behind an interval.
    most : int
        Largest budget, in queries a question.
    seed : int
    """

    n_splits: int = 10
    n_boot: int = 100
    most: int = 8
    seed: int = 0


class Sources:
    """Tables and results, each loaded or computed once a build.

    Parameters
    ----------
    load : callable, optional
        Table of a dataset by name; default `load_dataset`.
    results : Path, optional
        Folder of stored results; default ``benchmarks/results`` in the working directory.
    effort : Effort, optional
    """

    def __init__(
        self,
        load: Callable[[str], PredictionTable] | None = None,
        results: Path | None = None,
        effort: Effort | None = None,
    ) -> None:
        self._load = load
        self.results = RESULTS if results is None else results
        self.effort = Effort() if effort is None else effort
        self._tables: dict[str, PredictionTable] = {}
        self._comparisons: dict[str, Comparison] = {}
        self._floors: dict[str, Floor] = {}

    def table(self, name: str) -> PredictionTable:
        """Table of a dataset."""
        if name not in self._tables:
            self._tables[name] = (self._load or load_dataset)(name)
        return self._tables[name]

    def comparison(self, name: str) -> Comparison:
        """All methods and votes on a dataset."""
        from ensel.heldout import compare

        if name not in self._comparisons:
            table = self.table(name)
            self._comparisons[name] = compare(
                table,
                budgets=list(range(1, min(self.effort.most, table.n_queries) + 1)),
                n_splits=self.effort.n_splits,
                copies="keep",  # all pools as they were published
                seed=self.effort.seed,
                progress=False,
            )
        return self._comparisons[name]

    def floor(self, name: str) -> Floor:
        """Error floor of a dataset."""
        from ensel.error_model.floor import error_floor

        if name not in self._floors:
            self._floors[name] = error_floor(
                self.table(name),
                n_boot=self.effort.n_boot,
                copies="keep",  # figures find queries in the table by their positions
                seed=self.effort.seed,
                progress=False,
            )
        return self._floors[name]

    def stored(self, name: str, columns: Sequence[str], script: str) -> pd.DataFrame:
        """A stored result.

        Parameters
        ----------
        name : str
            Of the CSV.
        columns : sequence of str
            What it must hold.
        script : str
            What writes it.

        Returns
        -------
        DataFrame

        Raises
        ------
        InputError
            If it is no CSV, or lacks a column.
        """
        path = self.results / name
        try:
            rows = pd.read_csv(path)
        except ValueError as error:  # empty, no table, or no text
            raise InputError(f"{path}: cannot be read as CSV; run {script}") from error
        absent = [column for column in columns if column not in rows]
        if absent:
            raise InputError(f"{path}: no column {', '.join(absent)}; run {script}")
        return rows

    def missing(self, datasets: tuple[str, ...], results: tuple[str, ...]) -> str | None:
        """Why a figure with these needs cannot be made here, in words; None if it can."""
        if self._load is None:
            away = [name for name in datasets if not get_dataset(name).local]
            if away:
                return (
                    f"{', '.join(away)} not on this machine; "
                    f"ensel datasets --download {','.join(away)}"
                )
        absent = [str(self.results / name) for name in results if not self._is_there(name)]
        if absent:
            return f"no stored result {', '.join(absent)}; name its folder with --results"
        return None

    def _is_there(self, name: str) -> bool:
        return (self.results / name).is_file()
