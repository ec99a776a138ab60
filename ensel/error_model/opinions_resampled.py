"""Error correlation and similarity of resampled questions: what the intervals of opinions rest on.

Resamples are weights of items, many at a time, so that a resample is a few products of matrices.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ensel.error_model.similarity import adjusted, expected_agreement
from ensel.heldout.splits import draw_with_replacement

CELLS_AT_ONCE = 2**22
"""Weights held at a time: 32 MB."""
EMPTY = 1e-12
"""Variance of an error indicator that is none: rounding."""


class Pool(NamedTuple):
    """What is counted in each resample."""

    right: np.ndarray
    """(n_items, N) of bool."""
    wrong: np.ndarray
    """(n_items, N) of bool: a usable answer that is not right."""
    answers: np.ndarray
    """(n_items, N), codes that mean the same on all items where there are pairs."""
    even: np.ndarray
    """(n_items,), 1 / (K - 1)."""
    first: np.ndarray
    """Positions of the first query of each pair whose similarity is wanted."""
    second: np.ndarray


class Draws(NamedTuple):
    """Numbers of each resample."""

    correlations: np.ndarray
    """(n_boot,), mean phi over pairs; NaN where fewer than two queries err and are right in it."""
    similarities: np.ndarray
    """(n_boot, n_pairs), CAPA."""


def resampled(pool: Pool, groups: np.ndarray, n_boot: int, seed: int) -> Draws:
    """Draw groups with replacement, whole, and count again.

    Parameters
    ----------
    pool : Pool
    groups : ndarray of int, shape (n_items,)
        From 0 without gaps.
    n_boot : int
    seed : int

    Returns
    -------
    Draws

    See Also
    --------
    ensel.error_model.count_opinions : What it is for.
    """
    # One layout in memory: sums must not round otherwise where a table was cut out of another.
    errors = (~pool.right).astype(float, order="C")
    right, wrong = pool.right.astype(float, order="C"), pool.wrong.astype(float, order="C")
    given_1, given_2 = pool.answers[:, pool.first], pool.answers[:, pool.second]
    same = ((given_1 == given_2) & (given_1 >= 0)).astype(float, order="C")

    correlations, similarities = [], []
    for weights in _weights(groups, n_boot, seed):
        correlations.append(_mean_correlations(errors, weights))
        a, w = weights @ right, weights @ wrong
        expected = expected_agreement(
            a[:, pool.first],
            a[:, pool.second],
            w[:, pool.first],
            w[:, pool.second],
            (weights @ pool.even)[:, None],
        )
        similarities.append(adjusted(weights @ same, expected))
    return Draws(np.concatenate(correlations), np.concatenate(similarities))


def _weights(groups: np.ndarray, n_boot: int, seed: int) -> Iterator[np.ndarray]:
    """Weights of items, shape (some resamples, n_items); rows sum to 1."""
    rng = np.random.default_rng([seed, 3])
    n_groups, n_items = int(groups.max()) + 1, len(groups)
    at_once = max(1, CELLS_AT_ONCE // n_items)
    for start in range(0, n_boot, at_once):
        times = [
            draw_with_replacement(n_groups, rng)[groups]
            for _ in range(min(at_once, n_boot - start))
        ]
        drawn = np.array(times, dtype=float)
        yield drawn / drawn.sum(axis=1, keepdims=True)


def _mean_correlations(errors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean phi over pairs in each resample, without any matrix of pairs.

    Errors divided by their standard deviation have correlations as covariances, so the variance of
    their sum over k queries is k + k (k - 1) mean phi. (Derived here; a query whose errors do not
    vary in a resample is left out of it.)
    """
    rates = weights @ errors
    variances = rates * (1 - rates)
    varies = variances > EMPTY
    scale = np.where(varies, 1 / np.sqrt(np.where(varies, variances, 1.0)), 0.0)
    sums = errors @ scale.T  # (n_items, resamples)
    means = (rates * scale).sum(axis=1)
    spread = np.einsum("bi,ib->b", weights, (sums - means) ** 2)

    k = varies.sum(axis=1)
    pairs = np.where(k > 1, k * (k - 1), 1)
    return np.where(k > 1, (spread - k) / pairs, np.nan)
