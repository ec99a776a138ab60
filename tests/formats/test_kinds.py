"""Open tables and verdicts in files."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from ensel import InputError, PredictionTable
from ensel.formats.parquet_writer import KEY


@pytest.fixture
def answered() -> PredictionTable:
    queries = pd.DataFrame({"cost": [1.0, np.nan]}, index=["p", "q"])
    return PredictionTable.open(
        [["7", "8"], ["x", None], ["a,b\n", "\u2028c"]],
        ["7", "y", None],
        queries=queries,
        items=["i", "j", "k"],
        name="pool",
        cost_unit="USD",
        source="here",
    )


def same(a: PredictionTable, b: PredictionTable) -> None:
    for field in ("kind", "reader", "options", "classes", "name", "cost_unit", "source"):
        assert getattr(a, field) == getattr(b, field)
    np.testing.assert_array_equal(a.answers, b.answers)
    np.testing.assert_array_equal(a.labels, b.labels)
    assert a.answers.dtype == b.answers.dtype
    pd.testing.assert_frame_equal(a.queries, b.queries)
    pd.testing.assert_frame_equal(a.items, b.items, check_column_type=False)


def test_parquet_keeps_open_tables(tmp_path, answered):
    answered.to_parquet(tmp_path / "t.parquet")
    same(PredictionTable.read(tmp_path / "t.parquet"), answered)
    part = PredictionTable.read(tmp_path / "t.parquet", queries=["q"])
    assert part.spelled()["q"].tolist() == ["8", None, "c"]
    # Anybody else reads text.
    long = pd.read_parquet(tmp_path / "t.parquet")
    assert long["answer"].astype(object).fillna("").tolist() == ["7", "x", "a,b", "8", "", "c"]


def test_parquet_keeps_verdicts(tmp_path, answered):
    answered.verdicts().to_parquet(tmp_path / "t.parquet")
    same(PredictionTable.read(tmp_path / "t.parquet"), answered.verdicts())
    assert pd.read_parquet(tmp_path / "t.parquet")["answer"].tolist()[:3] == [
        "pass",
        "fail",
        "fail",
    ]


def test_parquet_keeps_unlabelled_open_tables(tmp_path):
    t = PredictionTable.open([["7", "8"], [None, None]], None, queries=["p", "q"])
    t.to_parquet(tmp_path / "t.parquet")
    back = PredictionTable.read(tmp_path / "t.parquet")
    assert back.labels is None
    assert back.options == t.options


def test_closed_files_say_nothing_of_kinds(tmp_path, answered):
    """They are as they were, so that the ensel of yesterday reads them."""
    closed = PredictionTable([[0], [1]], [0, 1], classes="ab", queries=["q"])
    versions = []
    for t in (closed, answered):
        t.to_parquet(tmp_path / "t.parquet")
        meta = json.loads(pq.read_schema(tmp_path / "t.parquet").metadata[KEY])
        versions.append((meta["version"], "kind" in meta, "options" in meta))
    assert versions == [(1, False, False), (2, True, True)]


def test_an_answer_outside_the_options_is_refused(tmp_path, answered):
    answered.to_parquet(tmp_path / "t.parquet")
    whole = pq.read_table(tmp_path / "t.parquet")
    meta = json.loads(whole.schema.metadata[KEY])
    meta["options"][0] = ["7", "9"]
    pq.write_table(
        whole.replace_schema_metadata({KEY: json.dumps(meta)}),
        tmp_path / "t.parquet",
        row_group_size=3,
    )
    with pytest.raises(InputError, match="answer '8' of 'q' is none of its item's options"):
        PredictionTable.read(tmp_path / "t.parquet")


def test_csv_spells_answers(tmp_path, answered):
    answered.to_csv(tmp_path / "t.csv")
    frame = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    assert frame["label"].tolist() == ["7", "y", ""]
    assert frame["q"].tolist() == ["8", "", "c"]
