"""The table: what it refuses, slicing, splits, statements."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ensel import InputError, PredictionTable
from ensel.table.parts import stratified_half


def table(**changes) -> PredictionTable:
    arguments = {
        "answers": [[0, 1, 2], [1, 1, -1], [2, 0, 2], [0, 0, 0]],
        "labels": [0, 1, 2, 0],
        "classes": "ABC",
        "queries": ["p", "q#1", "q#2"],
        "items": ["w", "x", "y", "z"],
    } | changes
    answers, labels = arguments.pop("answers"), arguments.pop("labels")
    return PredictionTable(answers, labels, **arguments)


def test_missing_is_never_right():
    # p: 4 of 4; q#1: x and z; q#2: y and z, its missing answer on x is wrong.
    assert table().accuracies.tolist() == [1.0, 0.5, 0.5]


def test_models_and_samples_come_from_names():
    assert table().models.tolist() == ["p", "q", "q"]
    assert table().queries["sample"].tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": [[3, 0, 0]] * 4}, "code 3; -1 to 2 are allowed"),
        ({"answers": [[-2, 0, 0]] * 4}, "code -2; -1 to 2 are allowed"),
        ({"answers": [[0.5, 0, 0]] * 4}, "fractions"),
        ({"answers": [[np.nan, 0, 0]] * 4}, "NaN"),
        ({"answers": np.empty((0, 3), dtype=int), "labels": [], "items": []}, "empty table"),
        ({"labels": [0, 1, 2]}, "3 labels for 4 items"),
        ({"labels": [0, 1, 2, -1]}, "code -1; 0 to 2"),
        ({"queries": ["p", "q", "q"]}, "query names repeat: q"),
        ({"items": ["w", "x", "x", "z"]}, "item ids repeat: x"),
        ({"classes": "A"}, "1 classes"),
        ({"classes": "AAB"}, "class names repeat"),
        ({"probabilities": np.full((4, 3, 3), 1.5)}, r"outside \[0, 1\]"),
        ({"probabilities": np.zeros((4, 3))}, "shape"),
        ({"answers": [["A"]]}, "class indices"),
    ],
)
def test_refuses(changes, said):
    with pytest.raises(InputError, match=said):
        table(**changes)


def test_is_immutable():
    with pytest.raises(AttributeError, match="immutable"):
        table().name = "other"
    with pytest.raises(ValueError, match="read-only"):
        table().answers[0, 0] = 1
    t, codes = table(), np.zeros((4, 3), dtype=np.int8)
    queries, items = t.queries, t.items
    queries.loc["p", "model"] = "other"
    items["subject"] = "law"
    assert t.models[0] == "p"
    assert "subject" not in t.items
    shared = table(answers=codes)
    codes[:] = 1
    assert (shared.answers == 0).all()


def test_slices_share_memory(imdb):
    assert np.shares_memory(imdb.subset(items=slice(100, 200)).answers, imdb.answers)
    assert np.shares_memory(imdb.subset(queries=slice(0, 5)).answers, imdb.answers)


def test_subset_by_names_and_positions():
    t = table()
    np.testing.assert_array_equal(t.subset(queries=["q#2", "p"]).answers, t.answers[:, [2, 0]])
    assert t.subset(items=[3, 0]).items.index.tolist() == ["z", "w"]
    assert t.subset(items=t.labels == 0).n_items == 2
    with pytest.raises(InputError, match="no query r; the table has p, q#1, q#2"):
        t.subset(queries=["r"])


@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=200),
    st.floats(0.05, 0.95),
    st.integers(0, 2**32 - 1),
)
def test_split_is_exact_and_stratified(labels, share, seed):
    labels = np.array(labels)
    n_train = min(max(round(share * len(labels)), 1), len(labels) - 1)
    chosen = stratified_half(labels, n_train, np.random.default_rng(seed))
    assert chosen.sum() == n_train
    for label in np.unique(labels):
        of_class = labels == label
        expected = n_train * of_class.sum() / len(labels)
        assert abs(chosen[of_class].sum() - expected) <= 1


def test_split_partitions_the_items(small_pool):
    train, test = small_pool.split(0.3, random_state=4)
    assert train.n_items == 150
    assert set(train.items.index) | set(test.items.index) == set(small_pool.items.index)
    assert not set(train.items.index) & set(test.items.index)
    again, _ = small_pool.split(0.3, random_state=4)
    assert again.items.index.equals(train.items.index)


def test_every_item_is_equally_likely_to_train():
    labels = np.array([0] * 7 + [1] * 3)
    counts = sum(
        stratified_half(labels, 0.5, np.random.default_rng(seed)).astype(int)
        for seed in range(4000)
    )
    # Each count is binomial(4000, 1/2) or close: sd 32, so 4 sd is 0.03 of 4000.
    np.testing.assert_allclose(counts / 4000, 0.5, atol=0.032)


@pytest.mark.parametrize("train", [0, 4, 1.0, 0.0, -0.2, 7])
def test_split_refuses_empty_parts(train):
    with pytest.raises(InputError, match="both sides hold items"):
        table().split(train)


def test_statements_follow_their_definition(real):
    t = real("mmlu")
    statements = t.as_statements(random_state=5)
    assert statements.n_items == t.n_items
    assert statements.classes == ("false", "true")
    option = np.array([t.classes.index(o) for o in statements.items["option"]])
    np.testing.assert_array_equal(statements.labels, option == t.labels)
    expected = np.where(t.answers == -1, -1, t.answers == option[:, None])
    np.testing.assert_array_equal(statements.answers, expected)
    # Half are true (sd .0066), and each of the three wrong options is asked equally often.
    assert statements.labels.mean() == pytest.approx(0.5, abs=0.03)
    shift = ((option - t.labels) % 4)[statements.labels == 0]
    np.testing.assert_allclose(np.bincount(shift, minlength=4)[1:] / len(shift), 1 / 3, atol=0.04)


def test_statements_ask_only_options_an_item_has(real):
    t = real("temperatures")
    statements = t.as_statements(random_state=1)
    four = (t.items["n_options"] == 4).to_numpy()
    assert "E" not in set(statements.items["option"][four])
    assert "E" in set(statements.items["option"][~four])


def test_statement_view_makes_errors_depend_on_the_class(real):
    # The note on Theorem 4.1: false negatives .174, false positives .061 on MMLU.
    t = real("mmlu").as_statements(random_state=0)
    said = t.answers[:, :] == 1
    negatives = 1 - said[t.labels == 1].mean()
    positives = said[t.labels == 0].mean()
    assert negatives == pytest.approx(0.174, abs=0.015)
    assert positives == pytest.approx(0.061, abs=0.010)


def test_statements_need_more_than_two_classes(small_pool):
    with pytest.raises(InputError, match="already two classes"):
        small_pool.as_statements()


def test_trouble_is_named():
    t = table(answers=[[0, 0, 1], [1, 1, 1], [2, 2, 1], [0, 0, 1]])
    assert t.constant_queries() == ["q#2"]
    assert t.duplicate_queries() == [("p", "q#1")]
    assert [line.split(":")[0] for line in t.trouble()] == ["constant answers", "duplicate columns"]


def test_html_and_repr(small_pool):
    assert "500 items, 6 queries of 6 models" in repr(small_pool)
    assert "<table" in small_pool._repr_html_()


def test_cost_must_not_be_negative():
    queries = pd.DataFrame({"cost": [1.0, -1.0, 0.0]}, index=["a", "b", "c"])
    with pytest.raises(InputError, match="negative"):
        table(queries=queries)


@given(st.data())
def test_looked_at_in_blocks_or_whole(data):
    """Whatever the size of the blocks and the order in memory: the plain definitions."""
    shape = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 8)))
    codes = data.draw(arrays(np.int8, shape, elements=st.integers(-1, 1)))
    order = data.draw(st.sampled_from("CF"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ensel.table.parts.BLOCK_CELLS", data.draw(st.integers(1, 50)))
        labels = np.arange(shape[0]) % 2
        names = [f"q{j}" for j in range(shape[1])]
        t = PredictionTable(codes.copy(order), labels, classes="ab", queries=names)
        np.testing.assert_array_equal(t.answers, codes)
        np.testing.assert_array_equal(t.accuracies, (codes == labels[:, None]).mean(axis=0))
        columns = [tuple(column) for column in codes.T]
        assert t.constant_queries() == [names[j] for j, c in enumerate(columns) if len(set(c)) == 1]
        firsts = [columns.index(column) for column in columns]
        twins = [(names[i], names[j]) for j, i in enumerate(firsts) if i != j]
        assert t.duplicate_queries() == twins
        codes[-1, -1] = 2
        with pytest.raises(InputError, match="code 2"):
            PredictionTable(codes.astype(data.draw(st.sampled_from(["i1", "i8", "f8"]))), labels,
                            classes="ab", queries=names)  # fmt: skip


def test_a_table_of_its_own_answers_copies_none():
    """Read-only answers are shared; writable ones are copied, once, in their order in memory."""
    mine = np.zeros((1000, 500), np.int8, order="F")
    copied = table(answers=mine, labels=np.zeros(1000, int), queries=[f"q{j}" for j in range(500)],
                   items=None)  # fmt: skip
    assert not np.shares_memory(copied.answers, mine)
    assert copied.answers.flags.f_contiguous
    mine.flags.writeable = False
    shared = table(answers=mine, labels=np.zeros(1000, int), queries=[f"q{j}" for j in range(500)],
                   items=None)  # fmt: skip
    assert np.shares_memory(shared.answers, mine)
    tracemalloc.start()
    half = shared.subset(items=np.arange(500))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert half.answers.nbytes < peak < 1.5 * half.answers.nbytes
