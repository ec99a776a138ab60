"""Parquet: our own long form (one row group per query), and anybody's wide or long frame."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ensel.answers import MISSING
from ensel.errors import InputError, shorten
from ensel.files import written_whole
from ensel.predictions import PredictionTable

KEY = b"ensel"
VERSION = 1


def write_parquet(table: PredictionTable, path: str | os.PathLike[str]) -> None:
    """Write a table in long form: `item`, `query`, `answer`, `cost`, a column ``p_CLASS`` each.

    One row group per query, items in one fixed order, so that pandas, DuckDB and Polars read it
    unaided and a block of queries can be read without the rest. Labels and metadata stand in the
    file's schema metadata under the key ``ensel``.

    Parameters
    ----------
    table : PredictionTable
    path : path-like
    """
    ids = table.items.index
    items = pa.array(ids if ids.dtype.kind in "iu" else [str(label) for label in ids])
    names = pa.array(list(table.classes))
    fields = [
        ("item", items.type),
        ("query", pa.dictionary(pa.int32(), pa.string())),
        ("answer", pa.dictionary(pa.int8(), pa.string())),
    ]
    if "cost" in table.queries:
        fields.append(("cost", pa.float64()))
    if table.probabilities is not None:
        fields += [(f"p_{name}", pa.float32()) for name in table.classes]
    schema = pa.schema(fields).with_metadata({KEY: json.dumps(_metadata(table)).encode()})
    with (
        written_whole(path) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):
        for j, query in enumerate(table.query_names):
            codes = table.answers[:, j]
            columns: list[Any] = [
                items,
                pa.DictionaryArray.from_arrays(np.zeros(table.n_items, np.int32), [query]),
                pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes == MISSING), names),
            ]
            if "cost" in table.queries:
                cost = table.queries["cost"].iloc[j]
                columns.append(pa.array(np.full(table.n_items, cost), from_pandas=True))
            if table.probabilities is not None:
                columns += [
                    pa.array(table.probabilities[:, j, k], from_pandas=True)
                    for k in range(table.n_classes)
                ]
            # One call writes one row group as long as it holds the whole query.
            writer.write_table(pa.table(columns, schema=schema), row_group_size=table.n_items)


def read_own_parquet(path: Path, queries: Sequence[str] | None = None) -> PredictionTable | None:
    """Read a file that `write_parquet` wrote; None for any other Parquet file.

    Parameters
    ----------
    path : Path
    queries : sequence of str, optional
        Read only these, in this order.

    Returns
    -------
    PredictionTable or None

    Raises
    ------
    InputError
        Truncated or not Parquet, of a later version, or lacking a query.
    """
    try:
        raw = (pq.read_schema(path).metadata or {}).get(KEY)
        if raw is None:
            return None
        with pq.ParquetFile(path, read_dictionary=["answer"]) as file:
            return _read_groups(file, json.loads(raw), path, queries)
    except (pa.ArrowException, OSError, json.JSONDecodeError) as error:
        raise _unreadable(path, error) from error


def read_parquet_frame(path: Path) -> pd.DataFrame:
    """Read anybody's Parquet file as a frame of text cells; empty text for null and NaN."""
    try:
        frame = pq.read_table(path).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error
    if frame.index.name is not None:
        frame = frame.reset_index()
    elif "item" not in frame and not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index(names="item")
    text = pd.DataFrame(index=frame.index)
    for column in frame.columns:
        values = frame[column].astype(object)
        text[str(column)] = values.where(values.notna(), "").map(lambda value: str(value).strip())
    return text


def _unreadable(path: Path, error: Exception) -> InputError:
    first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return InputError(f"{path}: not a whole Parquet file ({first_line}); is it cut off?")


def _metadata(table: PredictionTable) -> dict[str, Any]:
    return {
        "version": VERSION,
        "name": table.name,
        "classes": list(table.classes),
        "cost_unit": table.cost_unit,
        "source": table.source,
        # Labels stand by position: the digest tells if somebody moved the items.
        "item_digest": item_digest(table.items.index),
        "labels": None if table.labels is None else table.labels.tolist(),
        "queries": _frame_to_plain(table.queries),
        # Item ids stand in the file itself, once per query.
        "items": _frame_to_plain(table.items.reset_index(drop=True)),
    }


def item_digest(ids: Any) -> str:
    """Digest of item ids in their order."""
    return hashlib.sha256("\n".join(map(str, ids)).encode()).hexdigest()


def _frame_to_plain(frame: pd.DataFrame) -> dict[str, Any]:
    """Columns, index and cells at full precision (pandas' own JSON rounds to ten decimals)."""
    plain = frame.astype(object).where(frame.notna(), None)
    return {
        "columns": [str(column) for column in frame.columns],
        "index": [str(label) for label in frame.index],
        "data": [[getattr(v, "item", lambda v=v: v)() for v in row] for row in plain.to_numpy()],
    }


def _read_groups(
    file: pq.ParquetFile, meta: dict[str, Any], path: Path, queries: Sequence[str] | None
) -> PredictionTable:
    if meta.get("version") != VERSION:
        raise InputError(
            f"{path}: table version {meta.get('version')!r}; this ensel reads version {VERSION}"
        )
    frame = pd.DataFrame(**meta["queries"])
    names = [str(name) for name in frame.index]
    if file.num_row_groups != len(names):
        raise InputError(
            f"{path}: {file.num_row_groups} row groups for {len(names)} queries; "
            "rewritten by another tool? write it again with PredictionTable.to_parquet"
        )
    wanted = names if queries is None else [str(query) for query in queries]
    absent = [query for query in wanted if query not in names]
    if absent:
        raise InputError(f"{path}: no query {shorten(absent)}; it has {shorten(names)}")
    classes = meta["classes"]
    order = file.read_row_group(0, columns=["item"]).column("item").combine_chunks()
    ids = order.to_pandas()
    if item_digest(ids) != meta["item_digest"]:
        raise InputError(
            f"{path}: its items are not those, or not in the order, that its labels were written "
            "for; sorted by another tool? write it again with PredictionTable.to_parquet"
        )
    answers = np.empty((len(ids), len(wanted)), dtype=np.int8, order="F")
    with_p = f"p_{classes[0]}" in file.schema_arrow.names
    probabilities = np.empty((*answers.shape, len(classes)), np.float32) if with_p else None
    p_columns = [f"p_{name}" for name in classes] if with_p else []
    for j, query in enumerate(wanted):
        columns = ["item", "query", "answer", *p_columns]
        group = file.read_row_group(names.index(query), columns=columns)
        said = pa.compute.unique(group.column("query")).to_pylist()
        if said != [query] or not group.column("item").combine_chunks().equals(order):
            raise InputError(
                f"{path}: the row group of {query!r} holds {len(group)} rows of {shorten(said)}; "
                f"one row for each of {len(ids)} items, in the first group's order, is needed"
            )
        answer = group.column("answer").combine_chunks()
        code_of = np.array([classes.index(name) for name in answer.dictionary.to_pylist()], np.int8)
        codes = answer.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        answers[:, j] = np.append(code_of, np.int8(MISSING))[codes]
        for k, column in enumerate(p_columns):
            assert probabilities is not None
            probabilities[:, j, k] = group.column(column).to_numpy()
    items = pd.DataFrame(**meta["items"])
    items.index = pd.Index(ids.to_numpy())
    return PredictionTable(
        answers,
        meta["labels"],
        classes=classes,
        queries=frame.loc[wanted],
        items=items,
        probabilities=probabilities,
        name=meta["name"],
        cost_unit=meta["cost_unit"],
        source=meta["source"],
    )
