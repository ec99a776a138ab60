"""A recipe: what a committed figure is called, says, needs, and how it is made."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ensel.studies.paper.sources import Sources
    from ensel.table.prediction_table import PredictionTable

DIGITS = 6


@dataclass(frozen=True)
class Recipe:
    """One figure of `paper_figures/`.

    The figure is drawn from the numbers as the CSV holds them, so that whoever has the CSV has
    the figure.

    Attributes
    ----------
    name : str
        Stem of the files.
    caption : str
        What is drawn, and what its intervals are; the data is named by `described`.
    datasets : tuple of str
        What must be at hand.
    compute : callable
        Sources to a tidy DataFrame, with a column `dataset`, and `n_items` and `source` where
        a dataset is read.
    draw : callable
        That DataFrame to a Figure.
    results : tuple of str
        Stored results that must be at hand.
    """

    name: str
    caption: str
    datasets: tuple[str, ...]
    compute: Callable[[Sources], pd.DataFrame]
    draw: Callable[[pd.DataFrame], Figure]
    results: tuple[str, ...] = ()

    def described(self, frame: pd.DataFrame) -> str:
        """Caption and data: names, numbers of items, sources, splits."""
        counted = ""
        for column, what in (("n_splits", "random splits"), ("n_draws", "resamples")):
            if column in frame:
                numbers = sorted({int(n) for n in frame[column].dropna()})
                counted += f" {' or '.join(map(str, numbers))} {what}."
        return f"{self.caption}{counted} Data: {data_line(frame)}."


def labelled(frame: pd.DataFrame, table: PredictionTable) -> pd.DataFrame:
    """Put a table's name, size and source in the first columns."""
    head = pd.DataFrame(
        {"dataset": table.name, "n_items": table.n_items, "source": table.source or ""},
        index=frame.index,
    )
    return pd.concat([head, frame.drop(columns=head.columns, errors="ignore")], axis=1)


def stacked(
    sources: Sources, names: Iterable[str], compute: Callable[[PredictionTable], pd.DataFrame]
) -> pd.DataFrame:
    """Rows of several datasets, each with its name, size and source in the first columns."""
    tables = [sources.table(name) for name in names]
    return pd.concat([labelled(compute(table), table) for table in tables], ignore_index=True)


def data_line(frame: pd.DataFrame) -> str:
    """``mmlu (n = 5,700; MMLU-Redux)``, for every dataset of a frame.

    Examples
    --------
    >>> data_line(pd.DataFrame({"dataset": ["a", "a"], "n_items": 1200, "source": "HELM"}))
    'a (n = 1,200 items; HELM)'
    """
    columns = [name for name in ("dataset", "n_items", "source") if name in frame]
    parts = []
    if "n_items" not in columns:
        sources = ", ".join(dict.fromkeys(frame["source"])) if "source" in frame else "no source"
        return f"{frame['dataset'].nunique()} pools; {sources}"
    for row in frame[columns].drop_duplicates().itertuples(index=False):
        source = f"; {row.source}" if "source" in columns and isinstance(row.source, str) else ""
        parts.append(f"{row.dataset} (n = {row.n_items:,} items{source})")
    return ", ".join(parts)


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV, the same bytes for the same numbers: rounded, never ``-0``."""
    rounded = frame.copy()
    for name in rounded.select_dtypes("float").columns:
        rounded[name] = rounded[name].round(DIGITS) + 0.0
    return rounded.to_csv(index=False, lineterminator="\n", float_format=f"%.{DIGITS}g")


def from_csv(text: str) -> pd.DataFrame:
    """Read back what `csv_text` wrote."""
    return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])
