"""Hypothesis strategies give what their knobs say, and all that makes trouble."""

from hypothesis import find, given, settings
from hypothesis import strategies as st

from ensel.information import conditional_mutual_information, mutual_information
from ensel.testing import copula_pools, degraded_queries, prediction_tables


@given(st.data())
def test_tables_are_what_the_knobs_say(data):
    sizes = {"min_items": 3, "max_items": 5, "min_queries": 2, "max_queries": 3, "max_classes": 4}
    without = dict.fromkeys(("missing", "duplicates", "costs", "models"), False)
    table = data.draw(prediction_tables(classes_seen="all", **sizes, **without))
    assert table.n_items <= max(5, table.n_classes)
    assert 2 <= table.n_queries <= 3
    assert set(table.known_labels) == set(range(table.n_classes))
    assert (table.answers >= 0).all()
    assert table.costs is None
    other = data.draw(prediction_tables(classes_seen=2))
    assert len(set(other.known_labels)) >= 2
    assert set(other.costs) <= {0.0, 1.0, 2.0}


def test_tables_have_what_makes_trouble():
    found = dict.fromkeys(("missing", "duplicates", "samples", "skewed", "silent"), 0)

    @given(prediction_tables())
    def look(table):
        found["missing"] += (table.answers == -1).any()
        found["silent"] += (table.answers == -1).all(axis=0).any()
        found["duplicates"] += bool(table.duplicate_queries())
        found["samples"] += len(set(table.models)) < table.n_queries
        found["skewed"] += (table.known_labels == 0).mean() > 0.7

    look()
    assert min(found.values()) >= 1, found


@given(copula_pools(min_items=2000, max_items=2000))
def test_pools_err_as_often_as_they_should(pool):
    # Rates are in [.05, .45]; 5 standard errors of a share of 2,000 are at most .056.
    assert pool.accuracies.between(0.55 - 0.056, 0.95 + 0.056).all()


@given(degraded_queries(min_noise=1.0, max_noise=1.0, min_items=2000, max_items=2000))
def test_a_wholly_degraded_copy_is_noise(found):
    copy = found.table.answers[:, found.degraded]
    # Plug-in bias of independent variables with at most 5 x 4 cells: 12 / (2 n ln 2) = .004 bits.
    assert mutual_information(copy, found.table.labels) < 0.03


def test_noise_does_not_know_the_labels_where_all_seeds_are_alike():
    # The simplest example has seeds of 0 throughout; labels and noise are of different streams.
    once = settings(derandomize=True, database=None, max_examples=1)
    pools = degraded_queries(min_noise=0.5, min_items=4000, max_items=4000)
    found = find(pools, lambda _: True, settings=once)
    X, y = found.table.answers, found.table.labels
    copy, original = X[:, [found.degraded]], X[:, [found.original]]
    assert conditional_mutual_information(copy, y, original) < 0.005  # of one stream: .079
