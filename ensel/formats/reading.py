"""How a file is to be read, and what was read before it has codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

ITEM_COLUMNS = ("subject", "topic", "n_options", "error_type", "option", "group")
"""Columns of a file that describe the item and are not queries."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read.

    See Also
    --------
    ensel.formats.read_table : What each field means.
    """

    name: str
    label: str = "label"
    classes: list[str] | None = None
    ignore: list[str] = field(default_factory=list)
    labelled: bool = True
    queries: list[str] | None = None
    other: str = "error"
    reader: str | None = None


class TextTable(NamedTuple):
    """A table whose answers and labels are still text.

    Attributes
    ----------
    answers : DataFrame of str, shape (n_items, n_queries)
        Indexed by item id; columns are query names.
    items : DataFrame
        Item columns, in the order of `answers`.
    queries : DataFrame
        What is known of each query, in the order of `answers`.
    labels : Series of str, or None
        Indexed by item id; None where the file has no label column.
    """

    answers: pd.DataFrame
    items: pd.DataFrame
    queries: pd.DataFrame
    labels: pd.Series | None
