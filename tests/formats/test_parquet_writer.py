"""Our own Parquet, written a query at a time."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from ensel import InputError, PredictionTable, read_table
from ensel.formats.parquet_writer import table_writer

LABELS = [0, 1, 0]


def test_written_by_hand_equals_to_parquet(tmp_path, small_pool):
    t = small_pool
    about = {"name": t.name, "cost_unit": t.cost_unit, "source": t.source}
    with table_writer(
        tmp_path / "hand.parquet",
        t.labels,
        classes=t.classes,
        queries=t.queries,
        items=t.items,
        probabilities=True,
        **about,
    ) as out:
        for j in range(t.n_queries):
            out.add(t.answers[:, j].tolist(), t.probabilities[:, j])
    t.to_parquet(tmp_path / "whole.parquet")
    assert (tmp_path / "hand.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_items_are_counted_by_labels_or_ids(tmp_path):
    path = tmp_path / "t.parquet"
    with table_writer(path, items=["x", "y", "z"], classes="ab", queries=["p"]) as out:
        out.add([0, 1, -1])
    back = read_table(path)
    assert back.labels is None
    assert back.items.index.tolist() == ["x", "y", "z"]
    with (
        pytest.raises(InputError, match="neither labels nor items"),
        table_writer(path, classes="ab", queries=["p"]),
    ):
        pass


def test_a_query_short_leaves_what_was_there(tmp_path):
    path = tmp_path / "t.parquet"
    path.write_text("before")
    with (
        pytest.raises(InputError, match="1 of 2 queries written"),
        table_writer(path, LABELS, classes="ab", queries=["p", "q"]) as out,
    ):
        out.add([0, 0, 0])
    with (
        pytest.raises(ZeroDivisionError),
        table_writer(path, LABELS, classes="ab", queries=["p"]) as out,
    ):
        out.add([0, 0, 1 // 0])  # trouble of the caller's own
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["t.parquet"]


@pytest.mark.parametrize(
    ("answers", "probabilities", "said"),
    [
        ([0, 1], None, "answers of 'p': 2 for 3 items"),
        ([0, 1, 2], None, "code 2; -1 to 1 are allowed"),
        ([0, 1, 0.5], None, "fractions"),
        ([0, 1, 0], np.zeros((3, 2)), "probabilities; all queries have them, or none"),
    ],
)
def test_writer_refuses(tmp_path, answers, probabilities, said):
    path = tmp_path / "t.parquet"
    with (
        pytest.raises(InputError, match=said) as raised,
        table_writer(path, LABELS, classes="ab", queries=["p"]) as out,
    ):
        out.add(answers, probabilities)
    assert "\n" not in str(raised.value)
    assert not list(tmp_path.iterdir())


def test_writer_refuses_probabilities_that_are_none(tmp_path):
    with (
        pytest.raises(InputError, match=r"outside \[0, 1\]"),
        table_writer(
            tmp_path / "t.parquet", LABELS, classes="ab", queries=["p"], probabilities=True
        ) as out,
    ):
        out.add([0, 1, 0], np.full((3, 2), 1.5))


def test_writer_refuses_one_query_too_many(tmp_path):
    with table_writer(tmp_path / "t.parquet", LABELS, classes="ab", queries=["p"]) as out:
        out.add([0, 0, 0])
        with pytest.raises(InputError, match="all 1 queries are written already"):
            out.add([0, 0, 0])


def test_item_ids_take_little_room_in_each_group(tmp_path, simulated):
    simulated.to_parquet(tmp_path / "t.parquet")
    column = pq.ParquetFile(tmp_path / "t.parquet").metadata.row_group(7).column(0)
    assert column.path_in_schema == "item"
    assert column.total_compressed_size < 0.25 * simulated.n_items


def test_parquet_is_readable_unaided_and_by_blocks(tmp_path, small_pool):
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    small_pool.to_parquet(path)
    frame = pd.read_parquet(path)
    assert list(frame.columns) == ["item", "query", "answer", "cost", "p_negative", "p_positive"]
    bow = frame[frame["query"] == "bow-nb#1"]
    assert (bow["answer"] == "positive").tolist() == (small_pool.answers[:, 0] == 1).tolist()
    assert pq.ParquetFile(path).num_row_groups == small_pool.n_queries
    two = read_table(path, queries=["lexicon#1", "bow-nb#1"])
    np.testing.assert_array_equal(two.answers, small_pool.answers[:, [4, 0]])


def test_parquet_keeps_small_costs(tmp_path):
    queries = pd.DataFrame({"cost": [1.23456789e-9, 3e-11]}, index=["p", "q"])
    PredictionTable([[0, 1], [1, 1]], [0, 1], classes="ab", queries=queries).to_parquet(
        tmp_path / "t.parquet"
    )
    back = read_table(tmp_path / "t.parquet")
    assert back.queries["cost"].tolist() == [1.23456789e-9, 3e-11]
