"""Selection: what is bought is bought on all items, what is promised comes from held-out ones."""

import json

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, PredictionTable, select
from ensel.error_model import simulate
from ensel.heldout import describe
from ensel.selection import ExactMI, GreedyMI


def test_buys_what_the_selector_buys(small_pool):
    result = select(small_pool, 3, method="greedy-mi", n_repeats=1)
    order = GreedyMI(budget=3).fit(small_pool.answers, small_pool.labels).order_
    assert result.queries == [small_pool.query_names[j] for j in order]
    assert result.vote == "map"
    assert result.steps["gain"].is_monotonic_decreasing
    assert result.expected.low < result.expected.value < result.expected.high


def test_json(small_pool):
    data = json.loads(select(small_pool, 2, method="top-k", n_repeats=1).to_json())
    assert data["queries"] == [step["query"] for step in data["steps"]]
    assert data["cost"] == pytest.approx(sum(step["cost"] for step in data["steps"]))
    assert data["vote"] == "weighted"
    gain = data["expected_accuracy"] - data["single_best_accuracy"]
    assert data["gain_vs_single"] == pytest.approx(gain, abs=1e-6)


def test_answers_one_query_where_no_ensemble_is_better(real):
    # MedMCQA: no ensemble of this pool reaches its best model.
    result = select(real("medmcqa"), 5)
    assert (result.queries, result.method) == (["DeepSeek-R1"], "single-best")
    assert result.gain_vs_single == (0, 0, 0)
    assert result.rejected.gain.low < 0 < result.rejected.gain.high
    assert result.why.startswith(
        "no ensemble within the budget is expected to be worth more than as"
    )
    assert f"{100 * result.rejected.gain.value:+.1f} points" in result.why
    data = json.loads(result.to_json())
    assert data["rejected"]["gain"] == pytest.approx(result.rejected.gain.value)
    assert data["stability"][0]["query"] == "DeepSeek-R1"
    assert data["stability"][0]["share"] == 1.0


def test_says_when_a_given_method_is_worse(real):
    result = select(real("medmcqa"), 7, method="greedy-mi")
    assert result.gain_vs_single.high < 0
    assert result.why == "worse than asking DeepSeek-R1 alone: buy that one query"


def test_one_fit_answers_every_budget(real):
    table = real("imdb-llm")
    result = select(table, 5)
    rows = result.by_budget
    assert rows["budget"].tolist() == [1, 2, 3, 4, 5]
    assert (rows["size"] <= rows["budget"]).all()
    assert [len(queries) for queries in rows["queries"]] == rows["size"].tolist()
    last = rows.iloc[-1]
    assert (last["accuracy"], last["queries"]) == (result.expected.value, result.queries)
    fewer = select(table, 3).by_budget
    pd.testing.assert_frame_equal(
        fewer[["method", "vote", "size", "queries"]],
        rows[["method", "vote", "size", "queries"]].iloc[:3],
    )
    held_out = ["accuracy", "gain_vs_single"]
    assert (rows[held_out].iloc[2] - fewer[held_out].iloc[2]).abs().max() < 1e-9


def test_stability_counts_resamples(small_pool):
    result = select(small_pool, 2, n_boot=2, n_again=40, n_repeats=1)
    shares = result.stability["share"]
    np.testing.assert_allclose(shares * 40, (shares * 40).round())
    assert shares.between(0, 1).all()
    assert shares.is_monotonic_decreasing
    assert 1 <= shares.sum() <= 2  # one or two queries a resample


def test_says_when_an_ensemble_is_better(real):
    result = select(real("imdb-llm"), 3)
    assert result.gain_vs_single.low > 0
    assert result.why.startswith("better than asking")


def test_expected_accuracy_is_not_the_training_accuracy(real):
    """A table of patterns of 8 models flatters itself on its own items; the promise does not."""
    table = real("mmlu").subset(items=slice(0, None, 6))
    result = select(table, 8, method="greedy-mi", n_repeats=1)
    fitted = result.policy.replay(table)
    flattered = (fitted["label"].to_numpy() == np.array(table.classes)[table.labels]).mean()
    assert flattered > result.expected.high


def test_single_best_is_its_own_ensemble(small_pool):
    result = select(small_pool, 1, method="single-best", n_repeats=1)
    assert (result.budget, len(result.queries)) == (1, 1)
    assert result.gain_vs_single == (0, 0, 0)


@pytest.mark.parametrize(
    ("budget", "arguments", "said"),
    [
        (0, {}, "budget 0; the pool has 6"),
        (1.5, {}, "whole numbers are needed"),
        (2, {"method": "best"}, "no method 'best'"),
        (2, {"vote": "loudest"}, "no vote 'loudest'"),
        (2, {"vote": "map"}, "vote 'map' without a method"),
        (2, {"method": "self-moa"}, "can fill 1 of 2 queries"),
        (2, {"method": "single-best"}, "single-best buys one query"),
        (2, {"n_folds": 501}, "2 to 500 folds"),
        (2, {"n_boot": 1}, "whole number from 2"),
        (2, {"seed": -1}, "whole number from 0"),
    ],
)
def test_refuses(small_pool, budget, arguments, said):
    with pytest.raises(InputError, match=said):
        select(small_pool, budget, **arguments)


def test_exact_search_on_request(small_pool, imdb):
    result = select(small_pool, 2, method="exact-mi", n_repeats=1, n_boot=5)
    best = ExactMI(budget=2).fit(small_pool.answers, small_pool.labels).order_
    assert result.queries == [small_pool.query_names[j] for j in best]
    assert result.vote == "map"
    with pytest.raises(InputError, match="exact search of 43,949,268 sets"):
        select(imdb, 5, method="exact-mi")


def test_asking_the_same_query_gains_nothing(tmp_path):
    """Half the answers missing: the same query bought by top-k is no better than by itself."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200)
    answers = np.where(rng.random((200, 2)) < 0.5, -1, labels[:, None])
    answers[:, 1] = np.where(rng.random(200) < 0.4, 1 - labels, labels)
    table = PredictionTable(answers, labels, classes="ab", queries=["shy", "poor"])
    only = table.subset(queries=["shy"])
    for vote in ("majority", "weighted", "map"):
        result = select(only, 1, method="top-k", vote=vote, n_repeats=1)
        assert result.gain_vs_single.value == 0
        assert result.expected.value == pytest.approx(only.accuracies["shy"])


def test_interval_does_not_shrink_with_the_number_of_folds(small_pool):
    few = select(small_pool, 2, method="top-k", n_folds=5, n_repeats=1)
    many = select(small_pool, 2, method="top-k", n_folds=250, n_repeats=1)
    width = [r.gain_vs_single.high - r.gain_vs_single.low for r in (few, many)]
    assert width[1] > 0.8 * width[0]


def test_models_with_different_numbers_of_samples():
    """Simulated: two equally good models, one with four samples and one with two."""
    pool = simulate(120, [0.3] * 6, 0.5, random_state=0)
    names = ["a#1", "a#2", "a#3", "a#4", "b#1", "b#2"]
    table = PredictionTable(pool.answers, pool.labels, classes=pool.classes, queries=names)
    for budget in (2, 3):
        try:
            result = select(table, budget, method="self-moa", n_repeats=1, n_boot=5)
        except InputError as error:
            assert "sample" in str(error)  # noqa: PT017
        else:
            assert len(set(table.subset(queries=result.queries).models)) == 1


def test_describe_by_hand(real):
    result = describe(real("imdb-llm"))
    # Wilson for 961 of 1000, z = 1.96, z^2 = 3.8415:
    # (0.961 + z^2/2000 +- z sqrt(0.961 * 0.039 / 1000 + z^2/4e6)) / (1 + z^2/1000)
    best = result.queries.loc["meta_llama-2-70b"]
    assert (best["accuracy_low"], best["accuracy_high"]) == pytest.approx(
        (0.94715, 0.97134), abs=1e-4
    )
    assert result.mean_error_correlation == pytest.approx(0.332, abs=0.0005)
    assert result.all_wrong == pytest.approx(0.001)
    assert json.loads(result.to_json())["classes"] == {"negative": 514, "positive": 486}


def test_describe_agrees_with_numpy(small_pool):
    right = small_pool.answers == small_pool.labels[:, None]
    theirs = np.corrcoef(~right.T)
    result = describe(small_pool)
    pair = result.pairs.iloc[0]
    names = small_pool.query_names
    assert pair["error_correlation"] == pytest.approx(
        theirs[names.index(pair["first"]), names.index(pair["second"])]
    )
    assert result.mean_error_correlation == pytest.approx(theirs[np.triu_indices(6, 1)].mean())


@pytest.mark.parametrize("method", ["greedy-mi", "mrmr", "top-k"])
def test_a_given_method_buys_one_query_too(small_pool, method):
    result = select(small_pool, 1, method=method, n_boot=2, n_again=2, n_repeats=1)
    assert result.method == method
    assert len(result.queries) == 1
