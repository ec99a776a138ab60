"""The table: what it holds, and the tables made of it."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, PredictionTable


def test_missing_is_never_right(table):
    # p: 4 of 4; q#1: x and z; q#2: y and z, its missing answer on x is wrong.
    assert table().accuracies.tolist() == [1.0, 0.5, 0.5]


def test_models_and_samples_come_from_names(table):
    assert table().models.tolist() == ["p", "q", "q"]
    assert table().queries["sample"].tolist() == [1, 1, 2]


def test_is_immutable(table):
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


def test_subset_by_names_and_positions(table):
    t = table()
    np.testing.assert_array_equal(t.subset(queries=["q#2", "p"]).answers, t.answers[:, [2, 0]])
    assert t.subset(items=[3, 0]).items.index.tolist() == ["z", "w"]
    assert t.subset(items=t.labels == 0).n_items == 2
    with pytest.raises(InputError, match="no query r; the table has p, q#1, q#2"):
        t.subset(queries=["r"])


def test_html_and_repr(small_pool):
    assert "500 items, 6 queries of 6 models" in repr(small_pool)
    assert "<table" in small_pool._repr_html_()


def same(a: PredictionTable, b: PredictionTable) -> None:
    np.testing.assert_array_equal(a.answers, b.answers)
    np.testing.assert_array_equal(a.labels, b.labels)
    np.testing.assert_array_equal(a.probabilities, b.probabilities)
    pd.testing.assert_frame_equal(a.queries, b.queries)
    pd.testing.assert_frame_equal(a.items, b.items)
    assert a.classes == b.classes
    assert (a.name, a.cost_unit, a.source) == (b.name, b.cost_unit, b.source)


def test_a_table_is_immutable_after_a_journey(small_pool):
    """Arrays that were pickled can be written to, unless somebody sees to it."""
    for t in (pickle.loads(pickle.dumps(small_pool)), copy.deepcopy(small_pool)):
        same(t, small_pool)
        for array in (t.answers, t.labels, t.probabilities):
            assert not array.flags.writeable


def test_costs_are_a_copy(small_pool):
    small_pool.costs[:] = -1
    assert (small_pool.costs > 0).all()


def test_a_part_cannot_be_written_to(small_pool):
    for rows in (slice(0, 5), [3, 1]):
        part = small_pool.subset(items=rows, queries=["lexicon#1", "svd-knn#1"])
        for array in (part.answers, part.labels, part.probabilities):
            assert not array.flags.writeable


def test_replaced_by_nothing_is_the_same(small_pool):
    same(small_pool.replace(), small_pool)


def test_replace_keeps_the_rest_and_shares_it(small_pool):
    renamed = small_pool.replace(name="other", queries=[f"q{j}" for j in range(6)])
    assert renamed.name == "other"
    assert renamed.query_names == ["q0", "q1", "q2", "q3", "q4", "q5"]
    assert np.shares_memory(renamed.answers, small_pool.answers)
    assert np.shares_memory(renamed.probabilities, small_pool.probabilities)
    assert renamed.items.equals(small_pool.items)
    assert renamed.cost_unit == small_pool.cost_unit


def test_replace_of_everything_is_a_new_table(small_pool):
    fields = {
        field: getattr(small_pool, field)
        for field in (
            "answers",
            "labels",
            "classes",
            "queries",
            "items",
            "probabilities",
            "name",
            "cost_unit",
            "source",
        )
    }
    small = PredictionTable([[0], [1]], [0, 1], classes="ab", queries=["q"])
    same(small.replace(**fields), small_pool)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": [[0, 1, 2]]}, "4 labels for 1 items"),
        ({"answers": [[0, 1]] * 4}, "3 query names for 2 columns"),
        ({"answers": [[0, 1, 3]] * 4}, "code 3"),
        ({"labels": [0, 1]}, "2 labels for 4 items"),
        ({"labels": [0, 1, 2, 3]}, "code 3"),
        ({"classes": "AB"}, "code 2; -1 to 1"),
        ({"queries": ["p", "q", "q"]}, "query names repeat"),
        ({"items": ["w"]}, "1 item ids for 4 rows"),
        ({"probabilities": np.full((4, 3, 3), 2.0)}, r"outside \[0, 1\]"),
        ({"classes": "ABCD", "probabilities": np.ones((4, 3, 3))}, "shape"),
    ],
)
def test_replaced_fields_must_fit_those_kept(table, changes, said):
    with pytest.raises(InputError, match=said):
        table().replace(**changes)


def test_kept_probabilities_must_fit_more_classes(table):
    t = table(probabilities=np.full((4, 3, 3), 0.5))
    with pytest.raises(InputError, match="shape"):
        t.replace(classes="ABCD")


def test_replace_knows_its_fields(table):
    with pytest.raises(TypeError, match="no field 'answer'; it has"):
        table().replace(answer=1)
