"""Votes whose weights are learned together: conditional logit."""

from __future__ import annotations

import numpy as np

from ensel.information.patterns import pattern_ids
from ensel.voting.base import Vote

SHRINKAGES = (1000.0, 100.0, 30.0, 10.0, 3.0, 1.0)
BIAS_SHARE = 0.3
FOLDS = 5
MOST_STEPS = 50


class LogitVote(Vote):
    """Each answer adds a weight to its class; weights maximise the likelihood of the labels.

    P(y | x) is proportional to exp(score_y), with

        score_y = b_y + sum_i w_iy 1{x_i = y},        w_iy = w_i + d_iy.

    Unlike log-odds of single accuracies, the weights know of each other: two copies of one model
    share one weight between them. It has K (q + 1) parameters, not K^q, so it does not fall apart
    at large k as a table of patterns does. The shared weight w_i treats classes alike, as the
    letters of multiple choice are; the deviation d_iy learns where errors depend on the class: a
    *yes* of a query that rarely says it may count for more than its *no*. How far deviations may
    go is learned from the data. Missing answers abstain.

    Minimised is the log loss summed over items, plus

        1/2 sum_i w_i^2 + s/2 (sum_iy d_iy^2 + 0.3 sum_y b_y^2):

    a normal prior of unit variance on shared weights, of variance 1/s on deviations. The shrinkage
    s is chosen by five-fold cross-validation of the log loss inside `fit`, from
    1000 (in effect one weight a query) to 1; an item that counts several times is in one fold.
    Conditional logit is classical (McFadden 1974); the hierarchy is ours. What it gains on real
    pools is in ``benchmarks/regret.py``.

    Parameters
    ----------
    n_classes : int, optional
        See `Vote`.
    random_state : int, Generator or None
        Seed of the folds, and of the last resort among ties.

    Attributes
    ----------
    weights_ : ndarray of float, shape (n_queries, n_classes)
        w_iy, in natural-log odds.
    bias_ : ndarray of float, shape (n_classes,)
    shrinkage_ : float
        The chosen s.

    Examples
    --------
    >>> X = [[0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]] * 5  # two copies, and noise
    >>> vote = LogitVote(n_classes=2).fit(X, [0, 1, 0, 1] * 5)
    >>> vote.predict([[0, 0, 1], [1, 1, 0]])
    array([0, 1])
    """

    calibrated = True

    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        n_classes = len(self.classes_)
        # Items with one pattern and one label are alike: only their number matters.
        ids = pattern_ids(codes)
        patterns = codes[np.unique(ids, return_index=True)[1]]
        fold = np.random.default_rng(self.random_state).permutation(len(labels)) % FOLDS
        n_cells = len(patterns) * n_classes
        counts = np.bincount(
            (fold * len(patterns) + ids) * n_classes + labels, weights, FOLDS * n_cells
        ).reshape(FOLDS, len(patterns), n_classes)
        design = one_hot(patterns, n_classes)
        whole = counts.sum(axis=0)
        losses: list[float] = []
        fits: list[np.ndarray] = []
        start = None
        for shrinkage in SHRINKAGES:  # from strong to weak, each from the last
            start = fit_weights(design, whole, shrinkage, start)
            loss = 0.0
            for held_out in counts:
                if held_out.any() and (whole > held_out).any():
                    theta = fit_weights(design, whole - held_out, shrinkage, start)
                    loss -= float((held_out * log_probabilities(design, theta)).sum())
            losses.append(loss)
            fits.append(start)
            if len(losses) > 2 and losses[-1] > losses[-2] > losses[-3]:
                break  # past the best: weaker still is worse still
        best = int(np.argmin(losses))
        self.shrinkage_ = SHRINKAGES[best]
        self.weights_, self.bias_ = fits[best][1:], fits[best][0]

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        theta = np.vstack([self.bias_, self.weights_])
        return np.exp(log_probabilities(one_hot(codes, len(self.classes_)), theta))

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {
            "weights_": (n_queries, n_classes),
            "bias_": (n_classes,),
        }


def one_hot(codes: np.ndarray, n_classes: int) -> np.ndarray:
    """What multiplies the parameters of each class's score.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)
        Class positions; -1 = missing.
    n_classes : int

    Returns
    -------
    ndarray of float, shape (n_classes, n_items, n_queries + 1)
        A column of ones for the bias, then 1 where a query chose the class.
    """
    design = np.empty((n_classes, len(codes), codes.shape[1] + 1))
    design[:, :, 0] = 1.0
    design[:, :, 1:] = codes == np.arange(n_classes)[:, None, None]
    return design


def log_probabilities(design: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Natural-log class probabilities.

    Parameters
    ----------
    design : ndarray, shape (n_classes, n_items, n_queries + 1)
        From `one_hot`.
    theta : ndarray, shape (n_queries + 1, n_classes)
        The bias, then the weights.

    Returns
    -------
    ndarray, shape (n_items, n_classes)
    """
    scores = np.stack([part @ own for part, own in zip(design, theta.T, strict=True)], axis=1)
    scores -= scores.max(axis=1, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return scores


def class_precision(n_classes: int, shrinkage: float) -> np.ndarray:
    """Prior precision of one query's weights, shape (n_classes, n_classes).

    It is 1 for the weight that the classes share, `shrinkage` for their deviations from it.
    """
    shared = np.full((n_classes, n_classes), 1 / n_classes)
    return shared / n_classes + shrinkage * (np.eye(n_classes) - shared)


def fit_weights(
    design: np.ndarray, counts: np.ndarray, shrinkage: float, start: np.ndarray | None = None
) -> np.ndarray:
    """Weights with the highest penalised likelihood, by Newton's method.

    Parameters
    ----------
    design : ndarray, shape (n_classes, n_patterns, n_queries + 1)
        From `one_hot`.
    counts : ndarray, shape (n_patterns, n_classes)
        Items of each pattern and label.
    shrinkage : float
        See `LogitVote`.
    start : ndarray, optional
        Where to begin; default zeros.

    Returns
    -------
    ndarray, shape (n_queries + 1, n_classes)
        The bias, then the weights.
    """
    n_classes, _, n_terms = design.shape
    size = n_classes * n_terms
    blocks = np.zeros((n_classes, n_terms, n_classes, n_terms))
    for term in range(1, n_terms):
        blocks[:, term, :, term] = class_precision(n_classes, shrinkage)
    blocks[:, 0, :, 0] = BIAS_SHARE * shrinkage * np.eye(n_classes)
    ridge = blocks.reshape(size, size)
    of_pattern = counts.sum(axis=1, keepdims=True)
    tolerance = 1e-8 * max(float(of_pattern.sum()), 1.0)

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        log_p = log_probabilities(design, theta.reshape(n_classes, n_terms).T)
        return float(theta @ ridge @ theta / 2 - (counts * log_p).sum()), np.exp(log_p)

    theta = np.zeros(size) if start is None else start.T.ravel()
    value, p = loss(theta)
    for _ in range(MOST_STEPS):
        excess = of_pattern * p - counts
        slope = np.concatenate([d.T @ e for d, e in zip(design, excess.T, strict=True)])
        slope += ridge @ theta
        step = np.linalg.solve(_curvature(design, of_pattern, p) + ridge, slope)
        promised = float(slope @ step)
        if promised < tolerance:
            break
        length = 1.0
        while True:  # convex: a short enough step descends
            tried = theta - length * step
            new_value, new_p = loss(tried)
            if new_value <= value - 1e-4 * length * promised or length < 1e-6:
                break
            length /= 2
        theta, value, p = tried, new_value, new_p
    return theta.reshape(n_classes, n_terms).T


def _curvature(design: np.ndarray, of_pattern: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Second derivatives of the log loss, shape (K (q + 1), K (q + 1)), class by class."""
    n_classes, _, n_terms = design.shape
    blocks = np.empty((n_classes, n_terms, n_classes, n_terms))
    for k in range(n_classes):
        for m in range(k, n_classes):
            weight = of_pattern[:, 0] * p[:, k] * ((k == m) - p[:, m])
            block = design[k].T @ (weight[:, None] * design[m])
            blocks[k, :, m] = block
            blocks[m, :, k] = block.T
    return blocks.reshape(n_classes * n_terms, -1)
