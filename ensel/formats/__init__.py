"""Files to prediction tables: `read_table` takes CSV and Parquet, long or wide."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ensel.exceptions import InputError
from ensel.table.prediction_table import PredictionTable

if TYPE_CHECKING:
    import pandas as pd


def read_table(
    path: str | os.PathLike[str],
    *,
    label: str = "label",
    labels_file: str | os.PathLike[str] | None = None,
    classes: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    labelled: bool = True,
    queries: Sequence[str] | None = None,
    other: str = "error",
    reader: str | None = None,
) -> PredictionTable:
    r"""Read a prediction table from a CSV or Parquet file.

    Three layouts are understood: the Parquet that `PredictionTable.to_parquet` writes; *wide*
    (`item`, `label`, a column per query; ``model#2`` is sample 2 of `model`); and *long*
    (`item`, `model` or `query`, optionally `sample` and `temperature`, `answer`, and the label in
    a column or in a second file). An empty answer, ``?``, ``-1``, ``NA`` or ``nan`` is a missing
    answer, unless a class has that name. ``1.0`` is read as ``1``.

    Parameters
    ----------
    path : path-like
        A ``.csv``, ``.tsv`` or ``.parquet`` file.
    label : str
        Name of the label column.
    labels_file : path-like, optional
        A second file with the columns `item` and `label`.
    classes : sequence of str, optional
        Class names in order. Default: the labels found, sorted (as numbers if they all are).
    ignore : sequence of str
        Columns that are neither queries nor labels.
    labelled : bool
        Whether labels are needed; if not, `classes` is, and other columns than `queries` are
        left aside.
    queries : sequence of str, optional
        Read only these.
    other : {"error", "missing"}
        What an answer is that is none of the classes, such as ``ERROR: 429``.
    reader : str, optional
        One of ``ensel.registry.READERS``: the answers are open, and told apart by it (see
        `PredictionTable.open`); only an empty cell is then a missing answer. Default: the answers
        are classes.

    Returns
    -------
    PredictionTable

    Raises
    ------
    InputError
        If the file cannot be read as a table: the message says where and what would be right.

    See Also
    --------
    ensel.PredictionTable.to_parquet : Writes the first of these layouts.
    ensel.load_dataset : Tables of real answers, by name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answers.csv"
    ...     _ = path.write_text("item,label,m1,m2\n1,yes,yes,no\n2,no,no,?\n")
    ...     read_table(path)
    PredictionTable(2 items, 2 queries of 2 models, 2 classes)
    """
    # Late: the readers import pandas and pyarrow parts that most sessions never need.
    from ensel.formats.frames import table_from_frame
    from ensel.formats.parquet import read_own_parquet
    from ensel.formats.reading import Reading

    if other not in ("error", "missing"):
        raise InputError(f"--other {other!r}: error or missing is needed")
    path = _existing(path)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give a CSV or Parquet file")
    if _is_parquet(path):
        table = read_own_parquet(path, queries)
        if table is not None:
            return table

    reading = Reading(
        name=path.name,
        label=label,
        classes=None if classes is None else [str(c).strip() for c in classes],
        ignore=list(ignore),
        labelled=labelled,
        queries=None if queries is None else list(queries),
        other=other,
        reader=reader,
    )
    frame = _read_frame(path)
    labels = None if labels_file is None else _read_frame(_existing(labels_file))
    return table_from_frame(frame, reading, labels)


def _existing(path: str | os.PathLike[str]) -> Path:
    """The path, or an `InputError` where nothing is there."""
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file")
    return path


def _is_parquet(path: Path) -> bool:
    """Whether the name says so."""
    return path.suffix.lower() in {".parquet", ".pq"}


def _read_frame(path: Path) -> pd.DataFrame:
    """A file as a frame of text cells."""
    from ensel.formats.delimited import read_delimited
    from ensel.formats.parquet import read_parquet_frame

    return read_parquet_frame(path) if _is_parquet(path) else read_delimited(path)
