"""Our own Parquet, a query at a time: written in parts, read in parts, never held whole."""

import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ensel import InputError, PredictionTable, read_table
from ensel.formats.parquet_writer import table_writer

LABELS = [0, 1, 0]


def test_written_by_hand_equals_to_parquet(tmp_path, small_pool):
    t = small_pool
    with table_writer(
        tmp_path / "hand.parquet", t.labels, classes=t.classes, queries=t.queries, items=t.items,
        probabilities=True, name=t.name, cost_unit=t.cost_unit, source=t.source,
    ) as out:  # fmt: skip
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


@pytest.fixture(scope="module")
def simulated():
    """300 queries on 20,000 items: 6 MB of answers, 260 MB as a frame of text."""
    rng = np.random.default_rng(0)
    answers = rng.integers(-1, 4, size=(20_000, 300), dtype=np.int8)
    return PredictionTable(
        answers, rng.integers(4, size=20_000), classes="ABCD",
        queries=[f"m{j}" for j in range(300)], items=[f"question-{i:05d}" for i in range(20_000)],
    )  # fmt: skip


def read_and_watch(path, queries) -> tuple[PredictionTable, int, int]:
    """The table, and the peaks of numpy's and of Arrow's memory in bytes."""
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        table = PredictionTable.read(path, queries=queries)
        return table, tracemalloc.get_traced_memory()[1], pool.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(usual)


def test_reading_holds_one_matrix_and_one_query(tmp_path, simulated):
    path = tmp_path / "t.parquet"
    simulated.to_parquet(path)
    whole, whole_numpy, whole_arrow = read_and_watch(path, None)
    few, few_numpy, few_arrow = read_and_watch(path, simulated.query_names[:10])
    np.testing.assert_array_equal(whole.answers, simulated.answers)
    assert whole.answers.flags.f_contiguous  # each query's answers lie together
    assert not whole.answers.flags.writeable
    # 290 queries more take their place in the matrix, and a kilobyte each for their metadata.
    more = whole.answers.nbytes - few.answers.nbytes
    assert whole_numpy - few_numpy < more + 290 * 1000
    assert whole_arrow < 1.2 * few_arrow
    # On disk an answer takes three bits (four classes, and whether it is missing), ids hardly any.
    assert path.stat().st_size < 0.65 * whole.answers.size


def test_item_ids_take_little_room_in_each_group(tmp_path, simulated):
    simulated.to_parquet(tmp_path / "t.parquet")
    column = pq.ParquetFile(tmp_path / "t.parquet").metadata.row_group(7).column(0)
    assert column.path_in_schema == "item"
    assert column.total_compressed_size < 0.25 * simulated.n_items


def own_form(t: PredictionTable, path, **options) -> pa.Table:
    """The table as our own file holds it, written again by pyarrow with other options."""
    t.to_parquet(path)
    whole = pq.read_table(path)
    pq.write_table(whole, path, row_group_size=t.n_items, **options)
    return whole


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "snappy"},
        {"compression": "none", "use_dictionary": False},
        {"data_page_size": 64, "version": "1.0"},
    ],
)
def test_other_encodings_are_read_all_the_same(tmp_path, small_pool, options):
    own_form(small_pool, tmp_path / "t.parquet", **options)
    back = read_table(tmp_path / "t.parquet")
    np.testing.assert_array_equal(back.answers, small_pool.answers)
    np.testing.assert_array_equal(back.labels, small_pool.labels)


def test_items_stored_in_other_bytes_are_compared_by_value(tmp_path):
    """Row groups with dictionaries of their own: bytes differ, ids agree - or do not."""
    path = tmp_path / "t.parquet"
    t = PredictionTable(
        [[0, 1], [1, 1], [0, 0]], LABELS, classes="ab", queries=["p", "q"], items=["x", "y", "z"]
    )
    whole = own_form(t, path)
    first, second = whole.slice(0, 3), whole.slice(3)
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = whole.schema.set(0, pa.field("item", kind))

    def with_ids(group, codes, ids):
        return group.set_column(0, "item", pa.DictionaryArray.from_arrays(pa.array(codes), ids))

    straight = with_ids(first, np.array([0, 1, 2], np.int32), ["x", "y", "z"])
    turned = with_ids(second, np.array([2, 1, 0], np.int32), ["z", "y", "x"])
    other = with_ids(second, np.array([2, 0, 1], np.int32), ["z", "y", "x"])
    for last, fine in ((turned, True), (other, False)):
        with pq.ParquetWriter(path, schema) as writer:
            writer.write_table(straight)
            writer.write_table(last)
        if fine:
            assert read_table(path).answers.tolist() == t.answers.tolist()
        else:
            with pytest.raises(InputError, match=r"group of 'q'.*in the first group's order"):
                read_table(path)


def tampered(path, change) -> None:
    """Write our file again with its frame changed, and its metadata kept."""
    whole = pq.read_table(path)
    frame = change(whole.to_pandas())
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(
        table.replace_schema_metadata(whole.schema.metadata), path, row_group_size=len(LABELS)
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.assign(item=["x", "y", "z", "x", "y", "w"]), "row group of 'q' holds 3 rows"),
        (lambda f: f.assign(item=["x", "y", "w", "x", "y", "z"]), "sorted by another tool"),
        (lambda f: f.assign(query=["p"] * 3 + ["p", "q", "q"]), "holds 3 rows of p, q"),
        (lambda f: f.iloc[:-1], "row group of 'q' holds 2 rows"),
        (lambda f: f.iloc[:-3], "1 row groups for 2 queries"),
        (lambda f: f.assign(answer=["a", "b", "a", "b", "b", "c"]), "'c' of 'q' is none of the"),
        (lambda f: f.drop(columns="answer"), "no column answer; it has item, query"),
    ],
)
def test_refuses_what_others_changed(tmp_path, change, said):
    path = tmp_path / "t.parquet"
    t = PredictionTable(
        [[0, 1], [1, 1], [0, 0]], LABELS, classes="ab", queries=["p", "q"], items=["x", "y", "z"]
    )
    t.to_parquet(path)
    tampered(path, lambda frame: frame)
    assert read_table(path).answers.tolist() == t.answers.tolist()
    tampered(path, change)
    with pytest.raises(InputError, match=said) as raised:
        read_table(path)
    assert "\n" not in str(raised.value)


def test_another_missing_answer_is_missing(tmp_path):
    """Null in the dictionary itself, as some writers put it."""
    path = tmp_path / "t.parquet"
    t = PredictionTable([[0], [-1], [1]], LABELS, classes="ab", queries=["p"])
    t.to_parquet(path)
    frame = pd.read_parquet(path)
    assert frame["answer"].isna().tolist() == [False, True, False]
    tampered(path, lambda frame: frame.assign(answer=frame["answer"].astype(object)))
    assert read_table(path).answers[:, 0].tolist() == [0, -1, 1]
