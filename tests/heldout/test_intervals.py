"""Interval arithmetic by hand, and against the bootstrap it is the limit of."""

import numpy as np
import pytest

from ensel.heldout.intervals import (
    SplitScores,
    Z,
    accuracy_interval,
    difference_interval,
    mean_interval,
    quantile,
)


def simulated(n_items=400, n_splits=5, sd_item=1.0, sd_split=0.0, seed=0) -> SplitScores:
    """Simulated scores: item effect + split effect + noise, half the items tested a split."""
    rng = np.random.default_rng(seed)
    item = sd_item * rng.normal(size=n_items)
    tests, scores = [], []
    for _ in range(n_splits):
        test = rng.permutation(n_items)[: n_items // 2]
        tests.append(test)
        scores.append(item[test] + sd_split * rng.normal() + 0.3 * rng.normal(size=len(test)))
    return SplitScores(n_items, tests, scores)


def test_one_split_is_the_textbook_standard_error():
    # 3 of 4 right in one split: variance of the mean p(1-p)/(n-1) = 0.75 * 0.25 / 3 = 0.0625.
    scores = SplitScores(8, [np.array([0, 2, 4, 6])], [np.array([1, 1, 0, 1])])
    assert scores.mean == 0.75
    assert scores.item_variance() == pytest.approx(0.0625)
    assert scores.variance() == pytest.approx(0.0625)
    # Wilson at n = 0.1875 / 0.0625 = 3:
    # (0.75 + z^2/6 +- z sqrt(0.1875/3 + z^2/36)) / (1 + z^2/3), z = 1.96.
    z2 = Z**2
    middle = (0.75 + z2 / 6) / (1 + z2 / 3)
    half = Z * np.sqrt(0.1875 / 3 + z2 / 36) / (1 + z2 / 3)
    assert accuracy_interval(scores)[1:] == pytest.approx((middle - half, middle + half))


def test_item_variance_is_the_joint_bootstraps():
    """Weights drawn once a replicate and applied to every split: the slow definition."""
    scores = simulated()
    rng = np.random.default_rng(1)
    means = []
    for _ in range(4000):
        weights = rng.multinomial(400, np.full(400, 1 / 400))
        of_split = (scores.scores * weights).sum(axis=1) / (scores.tested * weights).sum(axis=1)
        means.append(of_split.mean())
    # A variance from 4,000 draws is good to about 2.2 %.
    assert np.var(means) == pytest.approx(scores.item_variance(), rel=0.08)


def test_naive_within_split_errors_are_far_too_small():
    scores = simulated()
    naive = np.mean([scores.scores[s, scores.tested[s]].var() / 200 / 5 for s in range(5)])
    assert scores.item_variance() > 2 * naive


def test_training_variance_finds_the_split_effect():
    found = [simulated(sd_split=0.5, seed=s).training_variance() for s in range(60)]
    # 0.25 with 4 degrees of freedom each: sd of the mean of 60 is 0.25 sqrt(2 / 4 / 60) = 0.023.
    assert np.mean(found) == pytest.approx(0.25, abs=0.08)
    none = [simulated(sd_split=0.0, seed=s).training_variance() for s in range(60)]
    assert np.mean(none) < 0.001


def test_pairing_removes_what_both_share():
    a = simulated(seed=3)
    rng = np.random.default_rng(4)
    tests = [np.flatnonzero(row) for row in a.tested]
    shifted = [a.scores[s, t] + 0.1 + 0.01 * rng.normal(size=len(t)) for s, t in enumerate(tests)]
    difference = SplitScores(400, tests, shifted) - a
    interval = difference_interval(difference)
    assert interval.low < 0.1 < interval.high
    assert interval.high - interval.low < 0.1 * (2 * Z * np.sqrt(a.variance()))


def test_pairs_need_the_same_splits():
    a = simulated(seed=1)
    with pytest.raises(ValueError, match="same splits"):
        a - simulated(seed=2)


def test_agreement_is_no_proof_of_equality():
    # No disagreement on 100 items: the interval is that of one won and one lost of 102.
    zeros = SplitScores(100, [np.arange(100)], [np.zeros(100)])
    half = Z * np.sqrt(2) / 102
    assert difference_interval(zeros) == pytest.approx((0, -half, half))
    assert difference_interval(zeros, same=True) == (0, 0, 0)


def test_all_right_is_no_certainty():
    # Wilson for 50 of 50: n / (n + z^2) = 50 / 53.84.
    interval = accuracy_interval(SplitScores(50, [np.arange(50)], [np.ones(50)]))
    assert interval == pytest.approx((1.0, 50 / (50 + Z**2), 1.0))


def test_nearly_all_right_is_no_ignorance():
    """All of 400 right, less a little luck, with a small variance from elsewhere."""
    scores = SplitScores(400, [np.arange(400)], [np.full(400, 0.9999)])
    # p near 1 is (400 * .9999 + 2) / 404 = .995: n = .995 * .005 / 3e-5 = 166, half of Wilson's
    # interval about 1.96^2 / (166 + 3.84) = .023 wide.
    interval = accuracy_interval(scores, 3e-5)
    assert 0.97 < interval.low < 0.985
    assert interval.high >= 0.9999


def test_few_questions_have_students_quantiles():
    # Tables of t: .975 at 1, 3, 9 and 48 degrees of freedom; from 50 questions on the normal one.
    found = [quantile(n) for n in (2, 4, 10, 49)]
    assert found == pytest.approx([12.706, 3.182, 2.262, 2.011], abs=5e-4)
    assert quantile(1) == quantile(2)
    assert [quantile(50), quantile(10**6)] == [Z, Z]


def test_four_questions_by_hand():
    # 3 of 4: variance 0.0625; with one won and one lost of six 0.0625 + 2/36.
    scores = SplitScores(8, [np.array([0, 2, 4, 6])], [np.array([1, 1, 0, 1])])
    assert mean_interval(scores).high == pytest.approx(0.75 + 3.18245 * 0.25, abs=1e-5)
    assert mean_interval(scores, 0.01).low == pytest.approx(0.75 - 3.18245 * 0.1, abs=1e-5)
    low = difference_interval(scores).low
    assert low == pytest.approx(0.75 - 3.18245 * np.sqrt(0.0625 + 2 / 36), abs=1e-5)


@pytest.mark.parametrize("n", [8, 15])
def test_few_paired_questions_are_covered(n):
    """Simulated: six in ten won, one lost. The normal quantile covers 90 % of 8, and 95 of 15."""
    draws = np.random.default_rng(0).multinomial(n, [0.6, 0.1, 0.3], size=1000)
    covered = []
    for won, lost, same in draws:
        values = np.repeat([1.0, -1.0, 0.0], [won, lost, same])
        interval = difference_interval(SplitScores(n, [np.arange(n)], [values]))
        covered.append(interval.low <= 0.5 <= interval.high)
    # .98 and .95 by a larger simulation; a share of 1,000 has a standard error of .007.
    assert np.mean(covered) > 0.93


def test_two_halves_choose_alike_by_the_arcsine():
    """Simulated leads of one query on 20 items, a tie on average: what two random halves choose.

    The module's r = (2 / pi) arcsin(1/2) = 1/3.
    """
    rng = np.random.default_rng(0)
    leads = rng.normal(size=(40000, 20))
    halves = [np.argsort(rng.random(leads.shape), axis=1)[:, :10] for _ in range(2)]
    chosen = [np.take_along_axis(leads, half, axis=1).sum(axis=1) > 0 for half in halves]
    # A correlation of 40,000 has a standard error of .005.
    assert np.corrcoef(*chosen)[0, 1] == pytest.approx(1 / 3, abs=0.02)


def test_what_fresh_training_sets_vary_by_is_shared_by_splits():
    # Half is learned from, two splits: 1/3 is common to them, (1 - 1/3) / 2 is halved: 2/3 of .09.
    tests = [np.array([0, 1, 2, 3]), np.array([2, 3, 4, 5])]
    scores = SplitScores(8, tests, [np.array([1, 0, 1, 0]), np.array([1, 1, 0, 0])])
    added = scores.variance(fresh=0.09) - scores.item_variance()
    assert added == pytest.approx(0.06)
    # Six of eight: r = (2 / pi) arcsin(3/4) = .540, r + (1 - r) / 2 = .770.
    assert scores.variance(6, 0.09) - scores.item_variance() == pytest.approx(0.0693, abs=5e-5)
    assert scores.variance(fresh=0.0) == scores.item_variance()
