"""The comparison end to end on real answers: honest, complete, repeatable."""

import json

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from ensel import InputError, PredictionTable, compare
from ensel.heldout.candidates import named_candidates
from ensel.heldout.scoring import score_split
from ensel.heldout.splits import random_splits
from ensel.selection import SELECTORS as METHODS
from ensel.selection import ExactMI, GreedyMI
from ensel.voting import MAPVote

OF_SETS = [
    "method", "vote", "budget", "accuracy", "accuracy_low", "accuracy_high", "diff_vs_top_k",
    "diff_vs_top_k_low", "diff_vs_top_k_high", "cost", "mean_queries",
]  # fmt: skip
OF_SEQUENCES = [
    "mean_budget", "diff_equal_queries", "diff_equal_queries_low", "diff_equal_queries_high",
    "diff_equal_cost", "diff_equal_cost_low", "diff_equal_cost_high",
]  # fmt: skip
KEYS = [*OF_SETS, *OF_SEQUENCES, "queries"]
PUBLISHED = {
    "adaptive-consistency": "majority",
    "esc": "majority",
    "cannot-be-overturned": "weighted",
    "fixed-confidence": "logit",
}


@pytest.fixture(scope="module")
def result(imdb):
    table = imdb.subset(items=slice(0, None, 25), queries=imdb.query_names[:40])
    return compare(table, budgets=[1, 3, 6], n_splits=3, seed=1)


def test_json_has_the_promised_shape(result):
    data = json.loads(result.to_json())
    assert {
        "dataset",
        "n_items",
        "n_classes",
        "n_train",
        "n_splits",
        "seed",
        "rows",
        "skipped",
    } <= (data.keys())
    assert (data["n_items"], data["n_train"], data["n_splits"]) == (1000, 500, 3)
    for row in data["rows"]:
        assert list(row) == KEYS
        assert 0 <= row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"] <= 1
        assert row["diff_vs_top_k_low"] <= row["diff_vs_top_k"] <= row["diff_vs_top_k_high"]
        assert len(row["queries"]) == 3
        assert all(len(set(names)) == row["budget"] for names in row["queries"])


def test_jmi_is_compared_where_it_is_named(small_pool):
    rows = compare(small_pool, methods=["jmi"], votes=["map"], budgets=[2], n_splits=2).rows
    assert rows["method"].tolist() == ["jmi"]
    assert all(len(set(names)) == 2 for names in rows["queries"].iloc[0])


def test_every_cell_is_there_once(result):
    found = set(zip(result.rows["method"], result.rows["vote"], result.rows["budget"], strict=True))
    assert len(found) == len(result.rows)
    expected = {("single-best", "own-answer", 1)} | {
        (method, vote, budget)
        for method, selector in METHODS.items()
        if method != "single-best" and not selector.on_request
        for vote in ("majority", "weighted", "map", "logit")
        for budget in (1, 3, 6)
        if not (method == "self-moa" and budget == 6)
    }
    assert found == expected


def test_self_moa_beyond_its_samples_is_skipped_with_the_reason(result):
    (entry,) = result.skipped
    assert (entry["method"], entry["budget"]) == ("self-moa", 6)
    assert "5 sample" in entry["reason"]


def test_baseline_differs_from_itself_by_nothing(result):
    rows = result.rows[(result.rows["method"] == "top-k") & (result.rows["vote"] == "weighted")]
    assert (rows[["diff_vs_top_k", "diff_vs_top_k_low", "diff_vs_top_k_high"]] == 0).all(axis=None)


def test_cost_is_that_of_the_bought_queries(result, imdb):
    cost = imdb.queries["cost"]
    rows = result.rows[result.rows["method"] != "random"]
    for row in rows.itertuples():
        expected = np.mean([cost[names].sum() for names in row.queries])
        assert row.cost == pytest.approx(expected)


def test_one_cell_by_hand(imdb):
    """Fit greedy MI + MAP on a split's training items ourselves, and score it."""
    table = imdb.subset(items=slice(0, None, 25), queries=imdb.query_names[::5])
    (split,) = random_splits(table, 1, 0.5, seed=3)
    (candidate,) = named_candidates([("greedy-mi", "map")], [3])
    found = score_split(table, split, [candidate]).scored[candidate]
    X, y = table.answers, table.labels.astype(int)
    order = GreedyMI(budget=3).fit(X[split.train], y[split.train]).order_
    assert set(found.columns) == set(order)
    vote = MAPVote(n_classes=2).fit(X[split.train][:, order], y[split.train])
    np.testing.assert_array_equal(
        found.correct, vote.predict(X[split.test][:, order]) == y[split.test]
    )


def test_exact_search_is_fitted_for_each_budget(imdb):
    """Its best pair is not always within its best triple; each cell holds what its budget buys."""
    table = imdb.subset(items=slice(0, None, 50), queries=imdb.query_names[::4])
    X, y = table.answers, table.labels.astype(int)
    candidates = named_candidates([("exact-mi", "map")], [1, 2, 3])
    nested = []
    for split in random_splits(table, 5, 0.5, seed=0):
        scored = score_split(table, split, candidates).scored
        found = [set(scored[c].columns) for c in candidates]
        for k in (1, 2, 3):
            selector = ExactMI(budget=k).fit(X[split.train], y[split.train])
            assert found[k - 1] == set(selector.order_)
        nested.append(found[1] < found[2])
    assert not all(nested)


def test_exact_search_is_refused_where_sets_are_too_many(imdb):
    with pytest.raises(InputError, match=r"^imdb: exact search of 43,949,268 sets of 5 among 90"):
        compare(imdb, methods=["exact-mi"], budgets=[2, 5])


def test_test_labels_do_not_leak(imdb):
    """Scrambling the test items' labels changes what is bought and voted in no way."""
    table = imdb.subset(items=slice(0, None, 25), queries=imdb.query_names[::5])
    (split,) = random_splits(table, 1, 0.5, seed=3)
    labels = table.labels.copy()
    labels[split.test] = 1 - labels[split.test]
    other = PredictionTable(
        table.answers, labels, classes=table.classes, queries=table.queries, items=table.items
    )
    methods = ("top-k", "mrmr", "greedy-mi", "self-moa", "random", "exact-mi")
    plan = named_candidates([(m, v) for m in methods for v in ("map", "weighted")], [1, 3])
    before, after = score_split(table, split, plan), score_split(other, split, plan)
    for key, scored in before.scored.items():
        assert scored.columns == after.scored[key].columns
        np.testing.assert_allclose(scored.correct, 1 - after.scored[key].correct, atol=1e-6)


def test_single_best_is_its_own_answer_missing_is_wrong(real):
    table = real("mmlu-full").subset(
        queries=["openai_gpt-4-1106-preview", "mistralai_mixtral-8x22b"]
    )
    result = compare(table, methods=["single-best"], n_splits=2)
    (names,) = {tuple(names) for names in result.rows["queries"].iloc[0]}
    splits = random_splits(table, 2, 0.5, seed=0)
    own = [table.subset(items=s.test).accuracies[names[0]] for s in splits]
    assert result.rows["accuracy"].iloc[0] == pytest.approx(np.mean(own), abs=1e-7)


def test_same_numbers_on_any_number_of_workers(small_pool):
    alone = compare(small_pool, budgets=[2, 3], n_splits=3)
    with parallel_config("loky", n_jobs=2):
        together = compare(small_pool, budgets=[2, 3], n_splits=3)
    assert alone.to_json() == together.to_json()
    assert compare(small_pool, budgets=[2, 3], n_splits=3, seed=1).to_json() != alone.to_json()


def test_asking_for_less_gives_the_same_rows(small_pool):
    everything = compare(small_pool, budgets=[1, 3], n_splits=2)
    some = compare(small_pool, methods=["greedy-mi"], votes=["map"], budgets=[3], n_splits=2)
    row = everything.rows.query("method == 'greedy-mi' and vote == 'map' and budget == 3")
    pd.testing.assert_series_equal(some.rows.iloc[0], row.iloc[0], check_names=False)


def test_published_method_wins_where_errors_depend_on_the_class(real):
    """imdb-llm, 500 training items: greedy MI + MAP above top-k + MAP by over a point at k = 3."""
    result = compare(
        real("imdb-llm"), methods=["top-k", "greedy-mi"], votes=["map"], budgets=[3], train=500,
        n_splits=20,
    )  # fmt: skip
    accuracy = result.rows.set_index("method")["accuracy"]
    assert accuracy["greedy-mi"] - accuracy["top-k"] > 0.01


def test_published_method_loses_on_few_labels_and_many_options(real):
    result = compare(
        real("mmlu"), methods=["greedy-mi"], votes=["map"], budgets=[7], train=1000, n_splits=5
    )
    assert result.rows["diff_vs_top_k_high"].iloc[0] < 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"methods": ["best"]}, "no method 'best'; methods: single-best"),
        ({"votes": []}, "votes: majority"),
        ({"budgets": [0, 3]}, "budget 0; the pool has 6 queries"),
        ({"budgets": [1.5]}, "whole numbers are needed"),
        ({"train": 1.5}, "share between 0 and 1"),
        ({"n_splits": 0}, "at least 1"),
        ({"seed": -1}, "whole number from 0"),
        ({"budgets": ["a"]}, "whole numbers are needed"),
    ],
)
def test_refuses(small_pool, arguments, said):
    with pytest.raises(InputError, match=said):
        compare(small_pool, **arguments)


def test_refuses_what_is_no_table():
    with pytest.raises(InputError, match="str given; a PredictionTable is needed"):
        compare("pool.csv")


def test_copies_of_a_question_stay_on_one_side(real):
    table = real("mmlu")
    group = table.items["group"].to_numpy()
    assert len(group) - len(set(group)) == 32
    for split in random_splits(table, 3):
        assert not set(group[split.train]) & set(group[split.test])
        assert len(split.train) == pytest.approx(2850, abs=20)
        # Exact copies are learned from once.
        assert table.n_items - 32 <= len(split.train) + len(split.test) <= table.n_items


def test_refuses_one_class(small_pool):
    with pytest.raises(InputError, match="all labels are 'positive'"):
        compare(small_pool.subset(items=small_pool.labels == 1))


def test_html_shows_the_table(result):
    assert "greedy-mi" in result._repr_html_()
    assert repr(result).startswith("Comparison(imdb: ")


# -- asking in sequence ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(imdb):
    names = ["bow-nb", "bigram-svm", "char-logreg", "svd-knn", "lexicon", "decision-tree"]
    return imdb.subset(items=slice(0, None, 50), queries=[f"{name}#1" for name in names])


@pytest.fixture(scope="module")
def sequences(small):
    """All that asks in sequence, beside the sets that it is compared with, at all sizes."""
    return compare(
        small,
        methods=["greedy-logit", "adaptive", *PUBLISHED],
        votes=["logit", "weighted"],
        budgets=[1, 2, 3, 4],
        mean_budget=2,
        n_splits=2,
    )


def row_of(result, method, vote=None, budget=4):
    rows = result.rows[(result.rows["method"] == method) & (result.rows["budget"] == budget)]
    return (rows if vote is None else rows[rows["vote"] == vote]).iloc[0]


def test_what_asks_in_sequence_has_one_vote_and_a_row_for_each_budget(sequences):
    rows = sequences.sequence_rows
    found = list(zip(rows["method"], rows["vote"], rows["budget"], strict=True))
    families = {"adaptive": "logit", **PUBLISHED}
    assert sorted(found) == sorted((*pair, k) for pair in families.items() for k in (1, 2, 3, 4))
    for row in rows.itertuples():
        assert 1 <= row.mean_queries <= row.budget
        assert all(1 <= len(names) <= row.budget for names in row.queries)
        for name in ("diff_equal_queries", "diff_equal_cost", "diff_vs_top_k"):
            low, value, high = (getattr(row, name + end) for end in ("_low", "", "_high"))
            assert -1 <= low <= value <= high <= 1
    # Nothing is left to stop for where one query is all; ESC's windows are of five.
    assert (rows.loc[rows["budget"] == 1, "mean_queries"] == 1).all()
    of_esc = rows[rows["method"] == "esc"]
    assert (of_esc["mean_queries"] == of_esc["budget"]).all()


def test_a_limit_on_the_mean_is_of_the_adaptive_alone(sequences):
    rows = sequences.sequence_rows.set_index("method")
    assert (rows.loc["adaptive", "mean_budget"] == 2).all()
    assert rows.drop("adaptive")["mean_budget"].isna().all()
    assert 1.5 < row_of(sequences, "adaptive")["mean_queries"] < 2.3
    assert row_of(sequences, "adaptive", budget=1)["mean_queries"] == 1


def test_costs_are_of_what_was_asked(sequences, small):
    """At least that of the first query, at most that of all that it may ask."""
    cost = small.queries["cost"]
    for row in sequences.sequence_rows.itertuples():
        most = np.mean([cost[names].sum() for names in row.queries])
        first = np.mean([cost[names[0]] for names in row.queries])
        assert first - 1e-9 <= row.cost <= most + 1e-9


def test_the_rival_is_a_coin_between_the_sets_of_its_own_queries(sequences):
    """Its accuracy is on the line through those of greedy-logit + logit, one size to the next."""
    sets = sequences.rows[
        (sequences.rows["method"] == "greedy-logit") & (sequences.rows["vote"] == "logit")
    ]
    assert sequences.in_sequence == "greedy-logit + logit"
    for row in sequences.sequence_rows.itertuples():
        for what, difference in (
            ("mean_queries", row.diff_equal_queries),
            ("cost", row.diff_equal_cost),
        ):
            ascending = sets.sort_values(what)
            rival = np.interp(getattr(row, what), ascending[what], ascending["accuracy"])
            assert difference == pytest.approx(row.accuracy - rival, abs=1e-6)


def test_where_nothing_is_stopped_it_is_the_set(sequences):
    """ESC asks all four and takes the majority; at four queries the rival is the set of four."""
    whole = row_of(sequences, "greedy-logit", "logit")
    esc = row_of(sequences, "esc")
    assert esc["queries"] == whole["queries"]
    assert esc["cost"] == pytest.approx(whole["cost"])
    assert esc["diff_equal_queries"] == pytest.approx(esc["accuracy"] - whole["accuracy"], abs=1e-6)


def test_what_cannot_be_overturned_answers_as_the_weighted_vote_for_less(sequences):
    for budget in (1, 2, 3, 4):
        stopped = row_of(sequences, "cannot-be-overturned", budget=budget)
        whole = row_of(sequences, "greedy-logit", "weighted", budget)
        assert stopped["accuracy"] == whole["accuracy"]
    assert stopped["mean_queries"] < 4
    assert stopped["cost"] < whole["cost"]


def test_fixed_sets_have_no_numbers_of_sequences(sequences):
    data = json.loads(sequences.to_json())
    assert data["n_splits"] == 2
    for row in data["rows"]:
        assert list(row) == KEYS
        is_set = row["method"] == "greedy-logit"
        for key in OF_SEQUENCES[1:]:
            assert (row[key] is None) == is_set
        assert (row["mean_budget"] is None) == (row["method"] != "adaptive")
    wide = sequences.accuracy_table()
    assert set(wide.index) == {("greedy-logit", "logit"), ("greedy-logit", "weighted")}
    assert "adaptive" not in sequences._repr_html_()


def test_sequences_beside_change_nothing_of_the_sets(sequences, small):
    alone = compare(small, methods=["greedy-logit"], votes=["logit"], budgets=[3], n_splits=2)
    row = row_of(sequences, "greedy-logit", "logit", 3)
    pd.testing.assert_series_equal(alone.rows.iloc[0], row, check_names=False)
    again = compare(small, methods=["adaptive"], budgets=[3], mean_budget=2, n_splits=2)
    row = row_of(sequences, "adaptive", budget=3)
    for key in ("accuracy", "mean_queries", "cost", "diff_equal_queries", "queries"):
        assert again.rows.iloc[0][key] == row[key]


def test_a_mean_budget_brings_in_the_adaptive(small):
    result = compare(small, methods=["top-k"], votes=["map"], budgets=[2], mean_budget=1.5)
    assert result.rows["method"].tolist() == ["top-k", "adaptive"]
    named = compare(
        small, methods=["adaptive", "top-k"], votes=["map"], budgets=[2], mean_budget=1.5
    )
    assert named.rows["method"].tolist() == ["adaptive", "top-k"]
    assert "adaptive" in str(result.report())


def test_of_open_answers_the_queries_of_top_k_are_asked_in_sequence(real):
    table = real("mgsm").subset(queries=slice(0, 8))
    result = compare(
        table, methods=["adaptive", *PUBLISHED], votes=["majority"], budgets=[4], n_splits=2
    )
    assert result.in_sequence == "top-k + majority"
    assert result.rows["vote"].tolist() == ["majority", "majority", "majority", "weighted", "logit"]
    adaptive = result.rows.iloc[0]
    assert 1 < adaptive["mean_queries"] < 4
    assert np.isfinite(adaptive["diff_equal_queries"])


def test_samples_of_one_model_are_asked_as_they_come(imdb):
    names = [name for name in imdb.query_names if name.startswith("bow-nb#")]
    samples = imdb.subset(items=slice(0, None, 50), queries=names)
    result = compare(
        samples, methods=["adaptive", "esc", "self-moa"], votes=["majority"], budgets=[2, 5],
        n_splits=2,
    )  # fmt: skip
    assert result.in_sequence == "self-moa + majority"
    assert set(result.rows["vote"]) == {"majority"}
    whole = row_of(result, "self-moa", budget=5)
    for method in ("adaptive", "esc"):
        row = row_of(result, method, budget=5)
        for asked, bought in zip(row["queries"], whole["queries"], strict=True):
            assert asked == bought[: len(asked)]  # those that some item was asked, in order
        assert row["mean_queries"] <= 5


def test_with_a_verifier_it_stops_at_the_first_that_is_accepted(small):
    """It solves what the set solves, and asks fewer on average; the rival is greedy-coverage."""
    solved = small.verdicts()
    for table in (small, solved):
        result = compare(
            table, methods=["adaptive", "greedy-coverage"], budgets=[1, 3], verifier=True,
            n_splits=2,
        )  # fmt: skip
        assert result.in_sequence == "greedy-coverage + verifier"
        stopped, whole = (row_of(result, m, budget=3) for m in ("adaptive", "greedy-coverage"))
        assert (stopped["vote"], stopped["accuracy"]) == ("verifier", whole["accuracy"])
        assert 1 < stopped["mean_queries"] < 1.5
        assert stopped["cost"] < whole["cost"]
        assert stopped["diff_equal_queries"] > 0
        assert np.isnan(stopped["mean_budget"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"mean_budget": 0.5}, "mean budget 0.5: a number from 1 is needed"),
        ({"mean_budget": "two"}, "mean budget 'two': a number from 1"),
        ({"mean_budget": True}, "mean budget True: a number from 1"),
        ({"mean_budget": 2, "verifier": True}, "mean budget 2, but a verifier says when to stop"),
        ({"methods": ["esc"], "verifier": True}, "no method 'esc'"),
        ({"methods": ["adaptve"]}, "no method 'adaptve'; did you mean 'adaptive'?"),
        ({"methods": {"adaptive": GreedyMI()}}, "'adaptive' is ensel's own"),
    ],
)
def test_refuses_in_sequence(small, arguments, said):
    with pytest.raises(InputError, match=said) as raised:
        compare(small, **arguments)
    assert "\n" not in str(raised.value)
