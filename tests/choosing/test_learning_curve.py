"""Learning curves of several ensembles; all-wrong rates of growing pools; regret, summed up."""

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable
from ensel.choosing.learning_curve import learning_curve, learning_curves
from ensel.error_model import GaussianCopulaErrors
from ensel.error_model.joint_failure import joint_failure
from ensel.exceptions import InputError
from ensel.heldout.candidates import named_candidates
from ensel.heldout.intervals import SplitScores
from ensel.studies.regret import LABELS, MEAN, regret_summary


def test_curves_of_several_are_the_curve_of_one(small_pool):
    (own,) = named_candidates([("greedy-mi", "map")], [3])
    (top,) = named_candidates([("top-k", "weighted")], [3])
    alone = learning_curve(small_pool, own)
    several = learning_curves(small_pool, [own, top], alone["n_train"].tolist(), baseline=top)
    own = several[several["method"] == "greedy-mi"]
    for name in ("n_train", "accuracy"):
        np.testing.assert_allclose(own[name], alone[name])
    for name in (
        "accuracy_low",
        "accuracy_high",
    ):  # the same where all that is not tested is learned from
        np.testing.assert_allclose(own[name].iloc[-1], alone[name].iloc[-1])
    other = several[several["method"] == "top-k"]
    apart = own["accuracy"].to_numpy() - other["accuracy"].to_numpy()
    np.testing.assert_allclose(own["difference"], apart, atol=1e-6)
    assert (other[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)


def test_training_sets_that_overlap_less_vary_less_in_the_mean():
    """Simulated: each split's score on every item is the mean of what its training items say."""
    rng = np.random.default_rng(3)
    n_items, n_train, n_splits = 400, 40, 5
    means, claimed, by_default = [], [], []
    for _ in range(400):
        says = rng.normal(size=n_items)
        orders = [rng.permutation(n_items) for _ in range(n_splits)]
        tests = [np.sort(order[n_items // 2 :]) for order in orders]
        learned = [says[order[:n_train]].mean() for order in orders]
        scores = SplitScores(n_items, tests, [np.full(n_items // 2, x) for x in learned])
        means.append(scores.mean)
        claimed.append(scores.variance(n_train))
        by_default.append(scores.variance())
    # var of the mean: 1/400 of the sample, and (1/40 - 1/400) / 5 of the splits: 0.007
    assert np.var(means) == pytest.approx(0.007, rel=0.2)
    # s2 = 1/40 - 1/400 = 0.0225; (1/5 + 40/360) s2 = 0.007, and (1/5 + 1) s2 = 0.027; on top, the
    # item variance, which sees the scores differ between splits: at most s2 / 400
    assert np.mean(claimed) == pytest.approx(0.007, rel=0.1)
    assert np.mean(by_default) == pytest.approx(0.027, rel=0.1)


def test_sizes_out_of_reach_are_left_out(small_pool):
    (top,) = named_candidates([("top-k", "weighted")], [2])
    found = learning_curves(small_pool, [top], [5, 50, 9999], baseline=top, n_splits=2)
    assert found["n_train"].tolist() == [50, 250]


def test_all_wrong_rates_end_at_the_whole_pool(small_pool):
    model = GaussianCopulaErrors().fit(small_pool.answers, small_pool.known_labels)
    found = joint_failure(small_pool, model)
    wrong = small_pool.answers != small_pool.known_labels[:, None]
    assert found["observed"].iloc[-1] == pytest.approx(wrong.all(axis=1).mean())
    assert found["observed"].is_monotonic_decreasing
    assert found["observed_low"].le(found["observed"]).all()
    assert found["observed"].le(found["observed_high"]).all()


def test_all_wrong_interval_is_wilson_where_orders_do_not_matter():
    # Two copies: every subset fails on the same 3 of 40 items, whatever the order.
    labels = np.arange(40) % 2
    answers = np.repeat(np.where(np.arange(40) < 3, 1 - labels, labels)[:, None], 2, axis=1)
    table = PredictionTable(answers, labels, classes="ab", queries=["p", "q"])
    model = GaussianCopulaErrors().fit(answers, labels)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(3, 40, method="wilson")
    found = joint_failure(table, model)
    # The package's variance divides by n - 1: an effective n of 39.
    assert found["observed"].tolist() == [3 / 40, 3 / 40]
    np.testing.assert_allclose(found["observed_low"], low, atol=2e-3)
    np.testing.assert_allclose(found["observed_high"], high, atol=5e-3)


def cells(**changed: object) -> dict[str, object]:
    cell = {"pool": "a", "n_train": 300, "budget": 2, "regret": 0.0, "vs_top_k": 0.0,
            "se_vs_top_k": 0.01, "vs_single": 0.0, "se_vs_single": 0.01}  # fmt: skip
    return {**cell, **changed}


def test_regret_is_the_mean_over_budgets_from_two_up():
    rows = [cells(budget=b, regret=r) for b, r in ((1, 0.9), (2, 0.01), (3, 0.03))]
    found = regret_summary(pd.DataFrame(rows)).set_index("quantity")
    assert found.loc["regret", "value"] == pytest.approx(0.02)
    assert found.loc["regret", "n_budgets"] == 2
    assert np.isnan(found.loc["regret", "value_low"])
    # mean of the standard errors: 0 +- 1.96 x 0.01
    assert found.loc["vs_top_k", "value_high"] == pytest.approx(0.0196, abs=1e-5)


def test_labels_are_grouped_and_datasets_averaged():
    rows = [
        cells(pool=pool, n_train=n, regret=r)
        for pool, sizes, r in (
            ("a", (300, 1000, 5000), 0.01),
            ("a:statements", (300, 1000, 5000), 0.03),  # averaged with a: 0.02
            ("b", (300, 500), 0.04),
            ("c", (300, 1000, 1400), 0.06),
            ("d", (50,), 0.08),
        )
        for n in sizes
    ]
    found = regret_summary(pd.DataFrame(rows))
    found = found[found["quantity"] == "regret"]
    sizes = found[found["dataset"] == "b"].set_index("n_train")["labels"].to_dict()
    assert sizes == {300: "300", 500: "half of the items"}
    assert found.loc[found["dataset"] == "d", "labels"].tolist() == ["fewer than 300"]
    means = found[found["dataset"] == MEAN].set_index("labels")
    assert list(means.index) == [LABELS[1], LABELS[3]]  # one dataset, and two, are too few
    row = means.loc["300"]
    assert row["value"] == pytest.approx(0.04)  # of 0.02, 0.04, 0.06
    # t(2, 97.5 %) = 4.3027; sd 0.02, over sqrt(3)
    assert row["value_high"] - row["value"] == pytest.approx(4.3027 * 0.02 / np.sqrt(3), abs=1e-5)


def test_cells_of_another_form_are_refused():
    with pytest.raises(InputError, match="no column se_vs_single"):
        regret_summary(pd.DataFrame([cells()]).drop(columns="se_vs_single"))
    with pytest.raises(InputError, match="no cell"):
        regret_summary(pd.DataFrame([cells(budget=1)]))


def test_stored_cells_have_the_columns(request):
    path = request.config.rootpath / "benchmarks" / "results" / "regret.csv"
    if not path.is_file():
        pytest.skip("no stored results beside the tests")
    found = regret_summary(pd.read_csv(path))
    assert found["value"].notna().all()
    assert MEAN in set(found["dataset"])
