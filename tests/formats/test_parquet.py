"""Parquet in: our own, a query at a time, never held whole; and anybody else's."""

import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ensel import InputError, PredictionTable, read_table

LABELS = [0, 1, 0]


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


def test_parquet_keeps_everything(tmp_path, small_pool, same):
    small_pool.to_parquet(tmp_path / "t.parquet")
    back = read_table(tmp_path / "t.parquet")
    same(back, small_pool)
    np.testing.assert_array_equal(back.probabilities, small_pool.probabilities)
    pd.testing.assert_frame_equal(back.queries, small_pool.queries, check_dtype=False)
    assert (back.name, back.cost_unit) == (small_pool.name, small_pool.cost_unit)


def test_foreign_parquet(tmp_path):
    path = tmp_path / "wide.parquet"
    pd.DataFrame({"item": [1, 2, 3], "label": [0, 1, 1], "m": [0.0, 1.0, np.nan]}).to_parquet(path)
    t = read_table(path)
    assert t.answers[:, 0].tolist() == [0, 1, -1]


@pytest.mark.parametrize("n_queries", [1, 2])
def test_parquet_reordered_by_another_tool_is_refused(tmp_path, n_queries):
    """Labels stand by position: a sorted copy would be read with the wrong labels."""
    import pyarrow.parquet as pq

    t = PredictionTable(
        [[0, 1], [1, 1], [0, 0]], [0, 1, 0], classes="ab", queries=["p", "q"], items=["z", "x", "y"]
    ).subset(queries=slice(0, n_queries))
    t.to_parquet(tmp_path / "t.parquet")
    whole = pq.read_table(tmp_path / "t.parquet")
    order = whole.to_pandas().sort_values(["query", "item"]).index.to_numpy()
    pq.write_table(whole.take(order), tmp_path / "s.parquet", row_group_size=3)
    with pytest.raises(InputError, match="sorted by another tool"):
        read_table(tmp_path / "s.parquet")
    last = np.concatenate([np.arange(3 * (n_queries - 1)), order[3 * (n_queries - 1) :]])
    pq.write_table(whole.take(last), tmp_path / "h.parquet", row_group_size=3)
    with pytest.raises(InputError, match="order"):
        read_table(tmp_path / "h.parquet")


def test_foreign_parquet_with_ids_as_index(tmp_path):
    path = tmp_path / "wide.parquet"
    pd.DataFrame({"label": [0, 1], "m": [0, 1]}, index=["i1", "i2"]).to_parquet(path)
    assert read_table(path).items.index.tolist() == ["i1", "i2"]


def test_cut_off_parquet(tmp_path, small_pool):
    path = tmp_path / "t.parquet"
    small_pool.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="not a whole Parquet file"):
        read_table(path)
