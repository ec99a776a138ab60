"""Bits without fooling oneself: a known truth, a null, and noise."""

import numpy as np
import pytest

from ensel.choosing import assess_information, select
from ensel.error_model import simulate
from ensel.information import mutual_information
from ensel.voting import LogitVote


def test_plug_in_is_the_joint_information(small_pool):
    X, y = small_pool.answers[:, :3], small_pool.labels
    found = assess_information(X, y)
    assert found.plug_in == pytest.approx(mutual_information(X, y), abs=1e-9)
    assert found.held_out is None
    assert found.p_value == pytest.approx(1 / 101)
    assert not found.too_few


def test_noise_is_called_noise():
    """Five queries that answer at random, K = 4: plug-in finds .6 bits in 4,000 items."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 4, (4000, 5)), rng.integers(0, 4, 4000)
    found = assess_information(X, y)
    assert found.plug_in > 0.4
    assert found.null_mean == pytest.approx(found.plug_in, rel=0.05)
    assert found.p_value > 0.01
    assert found.too_few


def test_held_out_bound_is_below_the_truth_and_covers_its_own():
    """Simulated: independent errors of .2, K = 2: I of three queries, computed from a formula."""
    eps = 0.2
    # Votes right out of 3: P(label 1 | r ones). I = 1 - sum_r P(r) h(P(label | r)).
    from scipy.stats import binom

    p1 = binom.pmf(np.arange(4), 3, 1 - eps)
    p0 = binom.pmf(np.arange(4), 3, eps)
    post = p1 / (p1 + p0)
    h = -(post * np.log2(post) + (1 - post) * np.log2(1 - post))
    truth = 1 - ((p1 + p0) / 2 * h).sum()
    bounds = []
    for seed in range(20):
        data = simulate(600, [eps] * 3, 0.0, random_state=seed)
        X, y = data.answers.astype(int), data.labels.astype(int)
        loss = np.zeros(len(y))
        for fold in range(5):
            test = np.arange(len(y)) % 5 == fold
            p = LogitVote(n_classes=2).fit(X[~test], y[~test]).predict_proba(X[test])
            loss[test] = -np.log(p[np.arange(test.sum()), y[test]])
        bounds.append(assess_information(X, y, loss, n_shuffles=1).held_out)
    values = np.array([b.value for b in bounds])
    assert values.mean() < truth + 2 * values.std() / np.sqrt(20)
    assert values.mean() > truth - 0.03
    covers = np.mean([b.low <= truth <= b.high for b in bounds])
    assert covers >= 0.8  # of a lower bound: the truth may lie above it


def test_select_prints_it(real):
    result = select(real("imdb-llm"), 3, n_boot=3)
    found = result.information
    assert found.held_out.low < found.held_out.value < found.label_entropy
    assert "held out (each fold buying anew); plug-in" in str(found)
    assert result.to_dict()["information_bits"]["n_patterns"] == found.n_patterns
