"""CSV and Parquet, wide and long: round trips, conveniences, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError, InputWarning, PredictionTable, read_table

WIDE = "item,label,m1,m2\na,yes,yes,no\nb,no,no,\nc,no,yes,?\n"


def write(tmp_path, text, name="pool.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def same(a: PredictionTable, b: PredictionTable) -> None:
    np.testing.assert_array_equal(a.answers, b.answers)
    np.testing.assert_array_equal(a.labels, b.labels)
    assert a.classes == b.classes
    assert a.query_names == b.query_names
    assert [str(i) for i in a.items.index] == [str(i) for i in b.items.index]


def test_wide(tmp_path):
    t = read_table(write(tmp_path, WIDE))
    assert t.classes == ("no", "yes")
    assert t.answers.tolist() == [[1, 0], [0, -1], [1, -1]]
    assert t.labels.tolist() == [1, 0, 0]
    assert t.items.index.tolist() == ["a", "b", "c"]


def test_long_equals_wide(tmp_path):
    long = (
        "item,model,answer,label\na,m1,yes,yes\na,m2,no,yes\nb,m1,no,no\n"
        "c,m1,yes,no\nc,m2,?,no\n"  # b of m2 is absent altogether
    )
    same(read_table(write(tmp_path, long, "long.csv")), read_table(write(tmp_path, WIDE)))


def test_long_with_samples_and_labels_file(tmp_path):
    long = "item,model,sample,answer\na,m,1,x\na,m,2,y\nb,m,1,y\nb,m,2,y\n"
    labels = write(tmp_path, "item,label\nb,y\na,x\n", "labels.csv")
    t = read_table(write(tmp_path, long), labels_file=labels)
    assert t.query_names == ["m#1", "m#2"]
    assert t.models.tolist() == ["m", "m"]
    assert t.queries["sample"].tolist() == [1, 2]
    assert t.labels.tolist() == [0, 1]


def test_labelled_items_without_answers_are_named(tmp_path):
    labels = write(tmp_path, "item,label\na,x\nb,y\nc,x\n", "labels.csv")
    with pytest.warns(InputWarning, match="1 labelled items have no answer of any query.*: c"):
        t = read_table(write(tmp_path, "item,model,answer\na,m,x\nb,m,x\n"), labels_file=labels)
    assert t.items.index.tolist() == ["a", "b", "c"]
    assert t.answers[:, 0].tolist() == [0, 0, -1]


def test_conveniences(tmp_path):
    # A byte-order mark, semicolons, spaces, numbers that pandas turned into floats, no item column.
    t = read_table(write(tmp_path, "\ufefflabel;m1 ; m2\n1; 1.0;0\n0;;0.0\n".encode()))
    assert t.classes == ("0", "1")
    assert t.answers.tolist() == [[1, 0], [-1, 0]]
    ten = "item,label,m\n" + "".join(f"{i},{i},{i}\n" for i in range(12))
    assert read_table(write(tmp_path, ten)).classes == tuple(str(i) for i in range(12))


@pytest.mark.parametrize("word", ["NA", "None", "null", "?", "-1", "nan", "N/A"])
def test_a_missing_label_is_no_class(tmp_path, word):
    with pytest.raises(InputError, match="no label for item 'c'"):
        read_table(write(tmp_path, f"item,label,m\na,yes,yes\nb,no,no\nc,{word},{word}\n"))


def test_a_class_may_be_called_like_a_missing_answer_if_named(tmp_path):
    path = write(tmp_path, "item,label,m\na,yes,NA\nb,NA,NA\n")
    assert read_table(path, classes=["yes", "NA"]).answers[:, 0].tolist() == [1, 1]


def test_long_names_do_not_depend_on_what_else_the_file_holds(tmp_path):
    two = "item,model,sample,temperature,answer,label\na,m,1,0,x,x\na,m,2,0.0,y,x\nb,m,1,0,y,y\n"
    one = "item,model,sample,temperature,answer,label\na,m,1,0.0,x,x\nb,m,1,0,y,y\n"
    assert read_table(write(tmp_path, two)).query_names == ["m@0.0#1", "m@0.0#2"]
    assert read_table(write(tmp_path, one)).query_names == ["m@0.0#1"]


def test_labels_must_not_contradict(tmp_path):
    labels = write(tmp_path, "item,label\na,x\nb,y\n", "labels.csv")
    with pytest.raises(InputError, match="contradicts the labels file"):
        read_table(write(tmp_path, "item,label,m\na,y,x\nb,y,y\n"), labels_file=labels)


def test_csv_refuses_names_it_would_misread(tmp_path):
    t = PredictionTable([[0], [1]], [0, 1], classes="ab", queries=["subject"])
    with pytest.raises(InputError, match="queries named subject"):
        t.to_csv(tmp_path / "t.csv")


def test_minus_one_can_be_a_class(tmp_path):
    t = read_table(write(tmp_path, "item,label,m\na,-1,1\nb,1,-1\nc,1,\n"))
    assert t.classes == ("-1", "1")
    assert t.answers[:, 0].tolist() == [1, 0, -1]


def test_other_columns(tmp_path):
    text = "item,gold,subject,note,m\na,x,law,hm,x\nb,y,law,ah,x\n"
    t = read_table(write(tmp_path, text), label="gold", ignore=["note"])
    assert t.query_names == ["m"]
    assert t.items["subject"].tolist() == ["law", "law"]


def test_named_classes_allow_answers_never_right(tmp_path):
    path = write(tmp_path, "item,label,m\na,A,C\nb,B,A\n")
    assert read_table(path, classes=["A", "B", "C"]).answers[:, 0].tolist() == [2, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty file"),
        ("item,label,m\n", "empty table"),
        ("item,label,m\na,x,x\nb,x,x\n", "all labels are 'x'; at least two classes"),
        ("item,label,m\na,x,x\nb,,y\n", "no label for item 'b'"),
        ("item,label,m\na,x,x\nb,y,z\n", r"'z' in column 'm' \(item 'b'\) is none of the classes"),
        ("item,label,m\na,x,x\nb,y\n", "row 3 has 2 cells, the header has 3; is the file cut off"),
        ('item,label,m\na,x,"x\n', "broken CSV"),
        ("item,label,m,m\na,x,x,x\n", "column names repeat: m"),
        ("item,label,m\na,x,x\na,y,y\n", "item ids repeat: a"),
        ("item,m\na,x\n", "no column 'label'"),
        ("item,label\na,x\nb,y\n", "no query columns"),
        (b"item,label,m\na,x,\xff\n", r"not UTF-8 text \(byte 0xff"),
        ("item,label,m\n,x,x\nb,y,y\n", "an item id is empty"),
        ("item,model,answer,label\na,m,x,x\na,m,y,x\n", "two answers of 'm'"),
        ("item,model,answer,label\na,m,x,x\na,n,y,y\n", "several values of 'label'"),
        ("model,answer,label\nm,x,x\n", "needs the column 'item'"),
        ("item,label,n_options,m\na,x,four,x\nb,y,4,y\n", "n_options 'four'; a whole number"),
    ],
)
def test_refuses(tmp_path, text, said):
    with pytest.raises(InputError, match=said) as raised:
        read_table(write(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_refuses_absent_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path)


@st.composite
def tables(draw):
    n_items, n_queries = draw(st.integers(2, 12)), draw(st.integers(1, 5))
    classes = draw(st.lists(st.text("abcXYZ ,\"'é", min_size=1), min_size=2, max_size=4))
    classes = sorted({c.strip() for c in classes if c.strip()} | {"yes", "no"})
    cell = st.integers(-1, len(classes) - 1)
    row = st.lists(cell, min_size=n_queries, max_size=n_queries)
    answers = draw(st.lists(row, min_size=n_items, max_size=n_items))
    # Every class is a label somewhere, since a CSV's classes are the labels found.
    extra = [[-1] * n_queries for _ in classes]
    labels = draw(st.lists(st.integers(0, len(classes) - 1), min_size=n_items, max_size=n_items))
    return PredictionTable(
        answers + extra,
        labels + list(range(len(classes))),
        classes=classes,
        queries=[f"q{j}" for j in range(n_queries)],
        items=[f"i{i}" for i in range(n_items + len(classes))],
    )


@given(tables())
def test_round_trips(tmp_path_factory, t):
    folder = tmp_path_factory.mktemp("round")
    t.to_csv(folder / "t.csv")
    same(PredictionTable.read(folder / "t.csv"), t)
    t.to_parquet(folder / "t.parquet")
    same(PredictionTable.read(folder / "t.parquet"), t)


def test_parquet_keeps_everything(tmp_path, small_pool):
    small_pool.to_parquet(tmp_path / "t.parquet")
    back = read_table(tmp_path / "t.parquet")
    same(back, small_pool)
    np.testing.assert_array_equal(back.probabilities, small_pool.probabilities)
    pd.testing.assert_frame_equal(back.queries, small_pool.queries, check_dtype=False)
    assert (back.name, back.cost_unit) == (small_pool.name, small_pool.cost_unit)


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


def test_parquet_keeps_small_costs(tmp_path):
    queries = pd.DataFrame({"cost": [1.23456789e-9, 3e-11]}, index=["p", "q"])
    PredictionTable([[0, 1], [1, 1]], [0, 1], classes="ab", queries=queries).to_parquet(
        tmp_path / "t.parquet"
    )
    back = read_table(tmp_path / "t.parquet")
    assert back.queries["cost"].tolist() == [1.23456789e-9, 3e-11]


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


def test_other_answers_as_missing(tmp_path):
    path = tmp_path / "dirty.csv"
    path.write_text("item,label,m,n\n1,yes,yes,ERROR: 429\n2,no,no,maybe\n3,no,,no\n")
    with pytest.raises(InputError, match="count as missing with --other missing"):
        read_table(path)
    with pytest.warns(InputWarning, match="2 of 6 answers are none of the classes.*ERROR: 429"):
        table = read_table(path, other="missing")
    assert table.answers.tolist() == [[1, -1], [0, -1], [-1, 0]]
    with pytest.raises(InputError, match="error or missing is needed"):
        read_table(path, other="skip")
    labels = tmp_path / "label.csv"
    labels.write_text("item,label,m\n1,yes,yes\n2,no,no\n3,,no\n")
    with pytest.raises(InputError, match="no label for item '3'"):  # a label is never let go
        read_table(labels, other="missing")
