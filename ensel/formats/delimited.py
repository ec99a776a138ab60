"""CSV in and out. Cells are read as text; `ensel.formats.frames` gives them meaning."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pandas as pd

from ensel.exceptions import InputError, shorten
from ensel.files import written_whole
from ensel.formats.reading import ITEM_COLUMNS
from ensel.table.prediction_table import PredictionTable


def read_delimited(path: Path) -> pd.DataFrame:
    """Read a CSV (comma, semicolon or tab) as a frame of text, refusing ragged or cut-off rows.

    pandas would fill a short row up with empty cells, so a file cut off in the middle would look
    like missing answers; the csv module tells us.

    Parameters
    ----------
    path : Path

    Returns
    -------
    DataFrame of str
        Stripped cells; empty text where the cell is empty.

    Raises
    ------
    InputError
        Not UTF-8, empty, ragged, an unclosed quote, or repeated column names.

    See Also
    --------
    write_csv : The way back.
    ensel.formats.frames.table_from_frame : What the cells mean.
    """
    header, *body = _rows(path)
    header = [cell.strip() for cell in header]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise InputError(f"{path}: column names repeat: {shorten(repeated)}")

    for number, row in enumerate(body, start=2):
        if row and len(row) != len(header):
            raise InputError(
                f"{path}: row {number} has {len(row)} cells, the header has {len(header)}; "
                "is the file cut off?"
            )

    cells = [[cell.strip() for cell in row] for row in body if row]
    if not cells:
        raise InputError(f"{path}: empty table (a header and no items)")
    return pd.DataFrame(cells, columns=header, dtype=object)


def _rows(path: Path) -> list[list[str]]:
    """The rows of a CSV as the csv module reads them; the first is a header."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = max(",;\t", key=first.count)
            file.seek(0)
            rows = list(csv.reader(file, delimiter=delimiter, strict=True))
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 text (byte 0x{error.object[error.start]:02x} "
            f"at position {error.start}); save it as UTF-8"
        ) from error
    except csv.Error as error:
        raise InputError(f"{path}: broken CSV ({error}); is the file cut off?") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error

    if not rows or not any(cell.strip() for cell in rows[0]):
        raise InputError(f"{path}: empty file; a header line and one line per item are needed")
    return rows


def write_csv(table: PredictionTable, path: str | os.PathLike[str]) -> None:
    """Write a wide CSV: `item`, `label`, known item columns, a column per query.

    Query metadata (costs, families) and probabilities do not fit a CSV; Parquet keeps them.

    Parameters
    ----------
    table : PredictionTable
    path : path-like

    Raises
    ------
    InputError
        If a query has a name that would be read back as something else.

    See Also
    --------
    ensel.formats.parquet_writer.write_parquet : Keeps everything.
    read_delimited : The way back.
    """
    taken = {"item", "label", "model", "query", "answer", *ITEM_COLUMNS} & set(table.query_names)
    if taken:
        raise InputError(
            f"{path}: queries named {shorten(sorted(taken))} would be read back as something else; "
            "rename them, or write Parquet"
        )

    items = table.items
    frame = pd.DataFrame(index=items.index)
    if table.labels is not None:
        frame["label"] = table.truths
    for column in ITEM_COLUMNS:
        if column in items:
            frame[column] = items[column]

    with written_whole(path) as temporary:
        pd.concat([frame, table.spelled()], axis=1).to_csv(temporary, index_label="item")
