"""A fitted copula as a mixture of independent errors: its factors put on a finite set of nodes.

Given the common factors, errors are independent. So the probability of an error pattern is a sum
over nodes of products of the models' probabilities, exact and repeatable. Up to `TABLED_MODELS`
models, all patterns are worked out at once, as a product of two matrices, and then looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import norm, qmc

from ensel.error_model.factors import Factors

ONE_FACTOR_NODES = 201
MANY_FACTOR_NODES = 2048
TABLED_MODELS = 14
"""A table of 2^14 patterns takes some milliseconds; it doubles with every further model."""
PATTERNS_AT_ONCE = 64
"""Without a table: so many patterns a time stay in the processor's cache, at all nodes."""
LEAST_PRODUCT = 1e-200
"""A probability below this may have lost nodes to underflow; it is summed again in logarithms."""
MOST_STEPS = 6
SMALL_STEP = 1e-9
"""After a Newton step this small, the next one would be below rounding."""


@dataclass(frozen=True)
class Mixture:
    """Errors as a mixture of independent ones.

    See Also
    --------
    mixture : Makes one of factors and thresholds.
    """

    log_weights: np.ndarray
    """(n_nodes,), of probabilities that sum to 1."""
    log_wrong: np.ndarray
    """(n_strata, n_nodes, N), log P(wrong | node); strata are classes, or one for all."""
    log_right: np.ndarray
    """(n_strata, n_nodes, N)"""

    @property
    def n_models(self) -> int:
        """N."""
        return self.log_wrong.shape[2]

    @property
    def by_class(self) -> bool:
        """Whether every class has a stratum of its own."""
        return len(self.log_wrong) > 1

    def log_probability(self, errors: np.ndarray, stratum: int) -> np.ndarray:
        """Log probability of error patterns.

        Parameters
        ----------
        errors : ndarray of bool, shape (n_patterns, N)
        stratum : int

        Returns
        -------
        ndarray, shape (n_patterns,)
            Natural logarithms.
        """
        if self.n_models > TABLED_MODELS:
            return self._log_sums(errors, stratum)
        return self._log_tables[stratum][errors @ _place_values(self.n_models)]

    def log_probability_given(self, errors: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Log probability of each item's error pattern, given its label.

        Parameters
        ----------
        errors : ndarray of bool, shape (n_items, N)
        labels : ndarray of int, shape (n_items,)

        Returns
        -------
        ndarray, shape (n_items,)
            Natural logarithms.
        """
        if not self.by_class:
            return self.log_probability(errors, 0)

        result = np.empty(len(labels))
        for label in np.unique(labels):
            items = labels == label
            result[items] = self.log_probability(errors[items], label)
        return result

    def subset(self, columns: np.ndarray) -> Mixture:
        """The same mixture for some of the models."""
        return Mixture(
            self.log_weights, self.log_wrong[:, :, columns], self.log_right[:, :, columns]
        )

    @cached_property
    def _log_tables(self) -> list[np.ndarray]:
        """Log probability of all 2^N patterns, for each stratum."""
        return [self._log_table(stratum) for stratum in range(len(self.log_wrong))]

    def _log_table(self, stratum: int) -> np.ndarray:
        """All patterns of the first half of the models times all patterns of the second."""
        right, wrong = np.exp(self.log_right[stratum]), np.exp(self.log_wrong[stratum])
        half = self.n_models // 2
        first = _products(right[:, :half], wrong[:, :half]) * np.exp(self.log_weights)
        second = _products(right[:, half:], wrong[:, half:])
        probability = (second @ first.T).ravel()

        vanishing = np.flatnonzero(probability < LEAST_PRODUCT)
        if not len(vanishing):
            return np.log(probability)
        probability[vanishing] = 1.0
        table = np.log(probability)
        errors = (vanishing[:, None] & _place_values(self.n_models)) > 0
        table[vanishing] = self._log_sums(errors, stratum)
        return table

    def _log_sums(self, errors: np.ndarray, stratum: int) -> np.ndarray:
        """Sums over nodes, scaled by the largest term, so that nothing underflows."""
        right, wrong = self.log_right[stratum], self.log_wrong[stratum]
        odds, none_wrong = (wrong - right).T, right.sum(axis=1) + self.log_weights
        result = np.empty(len(errors))
        for start in range(0, len(errors), PATTERNS_AT_ONCE):
            block = slice(start, start + PATTERNS_AT_ONCE)
            terms = errors[block].astype(float) @ odds
            terms += none_wrong
            most = terms.max(axis=1, keepdims=True)
            terms -= most
            np.exp(terms, out=terms)
            result[block] = most[:, 0] + np.log(terms.sum(axis=1))
        return result


def mixture(factors: Factors, thresholds: np.ndarray) -> Mixture:
    """Put the factors on nodes: a fine grid for one, a Sobol set (fixed seed) for several.

    Thresholds are moved by what the nodes' discreteness would change, so that every model's error
    rate is its own exactly.

    Parameters
    ----------
    factors : Factors
    thresholds : ndarray, shape (n_strata, N)
        Phi^-1 of the error rates.

    Returns
    -------
    Mixture

    See Also
    --------
    ensel.error_model.fit_factors : The factors of a correlation matrix.
    """
    nodes, weights = _nodes(factors.loadings.shape[1])
    spread = np.sqrt(1 - (factors.loadings**2).sum(axis=1))
    common = nodes @ factors.loadings.T
    moved = _thresholds_on_nodes(thresholds, common, spread, weights)
    p = np.clip(ndtr((moved[:, None, :] - common) / spread), 1e-300, 1 - 1e-16)
    return Mixture(np.log(weights), np.log(p), np.log1p(-p))


def _thresholds_on_nodes(
    thresholds: np.ndarray, common: np.ndarray, spread: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Thresholds at which the mean over nodes is each error rate, by Newton's steps."""
    target = ndtr(thresholds)
    moved = thresholds.copy()
    for _ in range(MOST_STEPS):
        z = (moved[:, None, :] - common) / spread
        rate = np.einsum("g,sgn->sn", weights, ndtr(z))
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        slope = np.einsum("g,sgn->sn", weights, density) / spread
        step = np.clip((rate - target) / np.maximum(slope, 1e-12), -0.2, 0.2)
        moved = moved - step
        if np.abs(step).max() < SMALL_STEP:
            break
    return moved


@lru_cache
def _nodes(n_factors: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the nodes, (n_nodes, n_factors), and their weights."""
    if n_factors == 1:
        nodes = np.linspace(-6.5, 6.5, ONE_FACTOR_NODES)[:, None]
        weights = norm.pdf(nodes[:, 0])
    else:
        points = qmc.Sobol(n_factors, seed=0).random(MANY_FACTOR_NODES)
        nodes = ndtri(np.clip(points, 1e-9, 1 - 1e-9))
        weights = np.ones(len(nodes))
    return nodes, weights / weights.sum()


def _products(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Probability of every error pattern at every node, (2^m, n_nodes), from (n_nodes, m) each."""
    n_nodes, m = right.shape
    table = np.empty((2**m, n_nodes))
    table[0] = 1.0
    for j in range(m):  # patterns that end in a right answer of model j, then in a wrong one
        known = table[: 2**j]
        np.multiply(known, wrong[:, j], out=table[2**j : 2 ** (j + 1)])
        known *= right[:, j]
    return table


def _place_values(n_models: int) -> np.ndarray:
    """What a wrong answer of each model adds to the number of its pattern."""
    return 1 << np.arange(n_models)
