"""The compiled counts against the plain ones."""

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.information.candidates import information_with
from ensel.information.kernels import joint_counts, threads
from ensel.information.kernels.joint_counts import JointCounts
from ensel.information.patterns import pattern_ids

SEEDS = st.integers(0, 2**32 - 1)


def pool(seed, n_items, n_queries, most):
    rng = np.random.default_rng(seed)
    X = rng.integers(-1, most, (n_items, n_queries))
    y = rng.integers(0, 3, n_items)
    pattern = pattern_ids(rng.integers(0, 3, (n_items, 2)))
    weights = rng.integers(0, 6, n_items)
    weights[rng.integers(n_items)] = 3
    return X, y, pattern, weights


@given(st.integers(1, 150), st.integers(1, 20), st.sampled_from([1, 2, 4, 5, 16, 60]), SEEDS)
def test_equals_the_plain_information(n_items, n_queries, most, seed):
    X, y, pattern, weights = pool(seed, n_items, n_queries, most)
    counts = JointCounts(X, y)
    ours = counts.entropy(y, 3) - counts.left(y, 3, pattern, int(pattern.max()) + 1)
    theirs = information_with(pattern, X, y)
    np.testing.assert_allclose(np.maximum(ours / n_items, 0), theirs, atol=1e-12)
    counts = JointCounts(X, y, weights)
    pattern = pattern[weights > 0]
    ours = counts.entropy(counts.labels, 3)
    ours = ours - counts.left(counts.labels, 3, pattern, int(pattern.max()) + 1)
    kept = weights > 0
    theirs = information_with(
        pattern_ids(pattern), X[kept], y[kept], weights=weights[kept].astype(float)
    )
    np.testing.assert_allclose(np.maximum(ours / weights.sum(), 0), theirs, atol=1e-12)


@given(st.integers(1, 100), st.sampled_from([2, 5, 40]), SEEDS)
def test_weights_are_repeated_items_exactly(n_items, most, seed):
    X, y, pattern, weights = pool(seed, n_items, 5, most)
    times = np.repeat(np.arange(n_items), weights)
    weighted, repeated = JointCounts(X, y, weights), JointCounts(X[times], y[times])
    kept = weights > 0
    assert (
        weighted.left(y[kept], 3, pattern[kept], 9).tolist()
        == repeated.left(y[times], 3, pattern[times], 9).tolist()
    )


def test_some_items_and_some_candidates():
    # Items 0, 2, 3; one pattern. Candidate 1 says 0, 1, 1 of labels 0, 1, 0: left H = 2/3 bit,
    # times 3 items.
    X = np.array([[0, 0], [1, 1], [0, 1], [0, 1]])
    y = np.array([0, 0, 1, 0])
    rows = np.array([0, 2, 3])
    left = JointCounts(X, y).left(y[rows], 2, rows=rows, candidates=np.array([1]))
    assert left.tolist() == pytest.approx([3 * 2 / 3])


@pytest.mark.parametrize("most", [4, 40])
def test_same_numbers_for_any_number_of_threads(monkeypatch, most):
    X, y, pattern, weights = pool(0, 2000, 61, most)
    monkeypatch.setattr(joint_counts, "WORK_A_THREAD", 1)
    found = []
    for n in (1, 2, 5):
        monkeypatch.setattr(threads, "n_threads", lambda n=n: n)
        counts = JointCounts(X, y, weights)
        kept = weights > 0
        found.append(counts.left(counts.labels, 3, pattern[kept], 9).tolist())
    assert found[0] == found[1] == found[2]


def test_threads_only_outside_of_workers(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    for name in threads.LIMITS:
        monkeypatch.delenv(name, raising=False)
    assert threads.n_threads() == 8
    inside = joblib.Parallel(2, backend="threading")(
        joblib.delayed(threads.n_threads)() for _ in range(2)
    )
    assert inside == [1, 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads.n_threads() == 3


def test_threads_started_for_the_call_are_gone_after_it(monkeypatch):
    import threading

    monkeypatch.setattr(threads, "n_threads", lambda: 4)
    seen = set()
    before = set(threading.enumerate())
    threads.over_chunks(lambda a, b: seen.update(range(a, b)), 100, worth=4)
    assert seen == set(range(100))
    assert set(threading.enumerate()) <= before


def test_an_error_in_a_thread_is_raised(monkeypatch):
    monkeypatch.setattr(threads, "n_threads", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        threads.over_chunks(lambda a, b: 1 // 0, 10, worth=2)


def test_counts_beyond_the_table(monkeypatch):
    X, y, pattern, weights = pool(3, 300, 9, 4)
    kept = weights > 0
    usual = JointCounts(X, y, weights)
    left = usual.left(usual.labels, 3, pattern[kept], 9)
    monkeypatch.setattr(joint_counts, "MOST_TABULATED", 5)
    few = JointCounts(X, y, weights)
    assert few.left(few.labels, 3, pattern[kept], 9).tolist() == left.tolist()
    assert few.entropy(few.labels, 3) == usual.entropy(usual.labels, 3)


def test_huge_weights():
    # A billion of each item: a billion times the bits.
    X, y = np.array([[0], [0], [1], [1]]), np.array([0, 1, 1, 1])
    one = JointCounts(X, y)
    many = JointCounts(X, y, np.full(4, 10**9))
    assert many.total == 4 * 10**9
    assert many.left(y, 2)[0] == pytest.approx(1e9 * one.left(y, 2)[0])  # 2 items, 1 bit each
    assert one.left(y, 2)[0] == pytest.approx(2.0)
