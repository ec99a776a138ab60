"""Where wrong answers go when there are more than two classes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln


class Agreement(NamedTuple):
    """How often two wrong models give the same wrong answer."""

    rate: float
    """Share of pairs of wrong answers to one item that agree; NaN without any such pair."""
    n_pairs: int
    """Pairs of wrong answers counted, over all items."""
    chance: float
    """1 / (K - 1): wrong answers spread evenly."""


def wrong_agreement(
    answers: np.ndarray, labels: np.ndarray, n_classes: int, weights: np.ndarray | None = None
) -> Agreement:
    """Agreement of two models that are both wrong.

    Missing answers are wrong, but say nothing that could agree: they are left out here.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
    labels : ndarray of int, shape (n_items,)
    n_classes : int
    weights : ndarray of float, shape (n_items,), optional

    Returns
    -------
    Agreement

    See Also
    --------
    popularity, concentration : Models of where wrong answers go, fitted to this.

    Examples
    --------
    >>> wrong_agreement(np.array([[1, 1, 2], [0, 0, 0]]), np.array([0, 0]), 3)
    Agreement(rate=0.3333333333333333, n_pairs=3, chance=0.5)
    """
    counts = np.stack(
        [np.where(labels != k, (answers == k).sum(axis=1), 0) for k in range(n_classes)]
    )
    n_wrong = counts.sum(axis=0)
    w = np.ones(len(labels)) if weights is None else weights
    agreeing = float((w * (counts * (counts - 1) / 2).sum(axis=0)).sum())
    pairs = w * n_wrong * (n_wrong - 1) / 2
    total = float(pairs.sum())
    rate = agreeing / total if total > 0 else float("nan")
    return Agreement(rate, int(pairs.sum()), 1 / (n_classes - 1))


def popularity(agreement: float, n_classes: int) -> float:
    """Probability c that a wrong model takes the item's popular wrong answer.

    Each item has one popular wrong option, taken with probability c, else one of the other K - 2
    wrong options evenly. Two wrong models then agree with probability
    c^2 + (1 - c)^2 / (K - 2); this solves for c. A model derived for this project.

    Parameters
    ----------
    agreement : float
        Observed agreement of two wrong answers.
    n_classes : int

    Returns
    -------
    float
        In [1/(K-1), 1]; 1 for two classes; chance level where the agreement is below chance or
        unknown.

    See Also
    --------
    vote_limit : Uses it.
    concentration : The other model of wrong answers.

    Examples
    --------
    >>> round(popularity(1 / 3, 4), 6), popularity(1.0, 4), popularity(0.2, 2)
    (0.333333, 1.0, 1.0)
    """
    if n_classes == 2:
        return 1.0
    chance = 1 / (n_classes - 1)
    if not agreement > chance:  # also NaN
        return chance
    # (K-1) c^2 - 2 c + 1 - (K-2) a = 0; the larger root.
    k = n_classes
    root = np.sqrt(max(1 - (k - 1) * (1 - (k - 2) * agreement), 0.0))
    return float(min((1 + root) / (k - 1), 1.0))


def concentration(agreement: float, n_classes: int) -> float:
    """Concentration a of the wrong answers' shares, Dirichlet(a, ..., a) for each item.

    Two wrong models agree with probability (a + 1) / ((K - 1) a + 1); this solves for a. Derived
    for this project. The model of `popularity` gives all unpopular options the same share on every
    item, so that with many models the exact shares would betray the truth; here shares vary from
    item to item, and only what real answers show is known.

    Parameters
    ----------
    agreement : float
        Observed agreement of two wrong answers.
    n_classes : int

    Returns
    -------
    float
        In [1e-6, 1e6]: large where wrong answers scatter, small where they agree.

    See Also
    --------
    bayes_error : Uses it.
    popularity : The other model of wrong answers.

    Examples
    --------
    >>> round(concentration(0.6, 4), 3)  # (.5 + 1) / (3 * .5 + 1) = .6
    0.5
    """
    if n_classes == 2 or not agreement > 1 / (n_classes - 1):
        return 1e6
    return float(np.clip((1 - agreement) / (agreement * (n_classes - 1) - 1), 1e-6, 1e6))


def log_wrong_likelihood(answers: np.ndarray, n_classes: int, spread: float) -> np.ndarray:
    """Log probability of the wrong answers' choices, for each label that could be true.

    Given label y, the n_o answers of each other option o have the Dirichlet-multinomial probability
    Gamma(A) / Gamma(A + n) * product over o of Gamma(a + n_o) / Gamma(a), A = (K - 1) a.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
        A missing answer chooses nothing.
    n_classes : int
    spread : float
        a, the `concentration`.

    Returns
    -------
    ndarray, shape (n_items, n_classes)
        Natural logarithms; 0 for two classes, where there is nothing to choose.

    See Also
    --------
    concentration : Fits a.

    Examples
    --------
    Two models answer 1: if 0 is true, the second follows the first with (a + 1) / (2 a + 1) = 3/4.

    >>> np.exp(log_wrong_likelihood(np.array([[1, 1]]), 3, 0.5)).round(3)
    array([[0.375, 1.   , 0.375]])
    """
    if n_classes == 2:
        return np.zeros((len(answers), 2))
    counts = np.stack([(answers == k).sum(axis=1) for k in range(n_classes)], axis=1)
    n_wrong = counts.sum(axis=1, keepdims=True) - counts
    total = (n_classes - 1) * spread

    up_to = np.arange(answers.shape[1] + 1)  # Gamma of every count there can be, once
    chosen = (gammaln(spread + up_to) - gammaln(spread))[counts]
    of_all = (gammaln(total) - gammaln(total + up_to))[n_wrong]
    return chosen.sum(axis=1, keepdims=True) - chosen + of_all
