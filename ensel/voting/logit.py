"""Votes whose weights are learned together: conditional logit."""

from __future__ import annotations

import numpy as np

from ensel.information.patterns import first_rows, pattern_ids
from ensel.voting.base import Vote

SHRINKAGES = (1000.0, 100.0, 30.0, 10.0, 3.0, 1.0)
BIAS_SHARE = 0.3
FOLDS = 5


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
    Conditional logit is classical [1]_; the hierarchy is ours. What it gains on real
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

    See Also
    --------
    ensel.selection.GreedyLogit : The selector that lowers this vote's log loss.
    WeightedVote : Weights of one query at a time.

    References
    ----------
    .. [1] McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In
       Frontiers in Econometrics, 105-142.

    Examples
    --------
    >>> X = [[0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]] * 5  # two copies, and noise
    >>> vote = LogitVote(n_classes=2).fit(X, [0, 1, 0, 1] * 5)
    >>> vote.predict([[0, 0, 1], [1, 1, 0]])
    array([0, 1])
    """

    calibrated = True

    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        from ensel.information.kernels.logit_fit import cross_validate, touched

        n_classes = len(self.classes_)
        patterns, folds = self._folds(codes, labels, weights)
        places, ends = touched(patterns, n_classes)
        losses, fits = cross_validate(places, ends, folds, np.array(SHRINKAGES), BIAS_SHARE)
        best = int(np.argmin(losses))
        theta = fits[best].reshape(n_classes, -1).T
        self.shrinkage_ = SHRINKAGES[best]
        self.weights_, self.bias_ = theta[1:], theta[0]

    def _folds(
        self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Patterns, and the items of each fold, pattern and label: those are alike."""
        n_classes = len(self.classes_)
        ids = pattern_ids(codes)
        patterns = codes[first_rows(ids)].astype(np.int64)
        fold = np.random.default_rng(self.random_state).permutation(len(labels)) % FOLDS
        cells = (fold * len(patterns) + ids) * n_classes + labels
        counts = np.bincount(cells, weights, FOLDS * len(patterns) * n_classes)
        return patterns, counts.reshape(FOLDS, len(patterns), n_classes).astype(float)

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        return np.exp(log_probabilities(codes, np.vstack([self.bias_, self.weights_])))

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {
            "weights_": (n_queries, n_classes),
            "bias_": (n_classes,),
        }


def log_probabilities(codes: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Natural-log class probabilities.

    Parameters
    ----------
    codes : ndarray of int, shape (n_items, n_queries)
        Class positions; -1 = missing.
    theta : ndarray, shape (n_queries + 1, n_classes)
        The bias, then the weights.

    Returns
    -------
    ndarray, shape (n_items, n_classes)
    """
    scores = np.empty((len(codes), theta.shape[1]))
    for k, (bias, *weights) in enumerate(theta.T):
        scores[:, k] = (codes == k) @ np.array(weights) + bias
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
    patterns: np.ndarray, counts: np.ndarray, shrinkage: float, start: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Weights with the highest penalised likelihood, by Newton's method.

    Parameters
    ----------
    patterns : ndarray of int, shape (n_patterns, n_queries)
        Class positions; -1 = missing.
    counts : ndarray, shape (n_patterns, n_classes)
        Items of each pattern and label.
    shrinkage : float
        See `LogitVote`.
    start : ndarray, shape (n_queries + 1, n_classes), optional
        Where to begin; default zeros.

    Returns
    -------
    theta : ndarray, shape (n_queries + 1, n_classes)
        The bias, then the weights.
    p : ndarray, shape (n_patterns, n_classes)
        Class probabilities; zeros for a pattern without items.
    """
    from ensel.information.kernels.logit_fit import fit, touched

    n_classes = counts.shape[1]
    shape = n_classes, patterns.shape[1] + 1
    theta = np.zeros(shape).ravel() if start is None else start.T.ravel().copy()
    places, ends = touched(patterns.astype(np.int64), n_classes)
    p = fit(places, ends, counts.astype(float), float(shrinkage), BIAS_SHARE, theta)
    return theta.reshape(shape).T, p
