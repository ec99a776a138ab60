"""Votes whose weights are learned together: conditional logit."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from ensel.information.patterns import pattern_ids
from ensel.voting.base import Vote

PENALTIES = (1.0, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0001)
FOLDS = 5


class LogitVote(Vote):
    """Each answer adds a weight to its class; weights maximise the likelihood of the labels.

    P(y | x) is proportional to exp(score_y), with

        score_y = sum_i w_i 1{x_i = y}.

    Unlike log-odds of single accuracies, the weights know of each other: two copies of one model
    share one weight between them. It has q parameters, not K^q, so it does not fall apart at large
    k as a table of patterns does. One weight for all classes assumes that options are exchangeable,
    as the letters of multiple choice are; `ClassLogitVote` does not. Missing answers abstain.

    Ridge: mean log loss + penalty / 2 times the sum of squared weights; the penalty is chosen by
    five-fold cross-validation of the log loss inside `fit`. Classical (McFadden 1974); what it
    gains on real pools is in ``benchmarks/votes.py``.

    Parameters
    ----------
    n_classes : int, optional
        See `Vote`.
    random_state : int, Generator or None
        Seed of the folds, and of the last resort among ties.

    Attributes
    ----------
    weights_ : ndarray of float, shape (n_queries, n_classes)
        Equal along each row where weights are shared.
    bias_ : ndarray of float, shape (n_classes,)
        Zero where weights are shared.
    penalty_ : float

    Examples
    --------
    >>> X = [[0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]] * 5  # two copies, and noise
    >>> vote = LogitVote(n_classes=2).fit(X, [0, 1, 0, 1] * 5)
    >>> vote.predict([[0, 0, 1], [1, 1, 0]])
    array([0, 1])
    """

    by_class = False

    def _learn(self, codes: np.ndarray, labels: np.ndarray) -> None:
        n_classes = len(self.classes_)
        ids = pattern_ids(codes)
        first = np.unique(ids, return_index=True)[1]
        chosen = _one_hot(codes[first], n_classes)
        rng = np.random.default_rng(self.random_state)
        fold = rng.permutation(len(labels)) % FOLDS
        # Items with one pattern and one label are alike: only their number matters.
        n_cells = len(first) * n_classes
        counts = np.stack(
            [
                np.bincount(
                    ids[fold == f] * n_classes + labels[fold == f], minlength=n_cells
                ).reshape(-1, n_classes)
                for f in range(FOLDS)
            ]
        ).astype(float)
        whole = counts.sum(axis=0)
        self.penalty_ = self._choose_penalty(chosen, counts)
        self.weights_, self.bias_ = _fit(chosen, whole, self.penalty_, self.by_class)

    def _choose_penalty(self, chosen: np.ndarray, counts: np.ndarray) -> float:
        """Penalty with the lowest held-out log loss."""
        losses = np.zeros(len(PENALTIES))
        whole = counts.sum(axis=0)
        for held_out in counts:
            if held_out.sum() == 0:
                continue
            start = None
            for j, penalty in enumerate(PENALTIES):  # from strong to weak, each from the last
                start = _fit(chosen, whole - held_out, penalty, self.by_class, start)
                log_p = _log_probabilities(chosen, *start)
                losses[j] -= (held_out * log_p).sum()
        return PENALTIES[int(losses.argmin())]

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        chosen = _one_hot(codes, len(self.classes_))
        return np.exp(_log_probabilities(chosen, self.weights_, self.bias_))

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        return super().fitted_shapes(n_queries, n_classes) | {
            "weights_": (n_queries, n_classes),
            "bias_": (n_classes,),
        }


class ClassLogitVote(LogitVote):
    """Conditional logit with weights and a bias of each class's own.

        score_y = b_y + sum_i w_iy 1{x_i = y}.

    Learns where errors depend on the class: a *yes* of a query that rarely says it may count for
    more than its *no*. K (q + 1) parameters, the bias without a penalty. Otherwise as `LogitVote`;
    parameters and attributes are the same.

    Examples
    --------
    >>> X = [[1], [0], [0], [0], [0]] * 8  # its yes is always right, its no half the time
    >>> vote = ClassLogitVote(n_classes=2).fit(X, [1, 0, 1, 0, 1] * 8)
    >>> bool(vote.predict_proba([[1]])[0, 1] > 0.9 > 0.6 > vote.predict_proba([[0]])[0].max())
    True
    """

    by_class = True


def _one_hot(codes: np.ndarray, n_classes: int) -> np.ndarray:
    """(n_items, n_queries, n_classes); all zeros where an answer is missing."""
    return (codes[:, :, None] == np.arange(n_classes)).astype(float)


def _log_probabilities(chosen: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    scores = np.einsum("nqk,qk->nk", chosen, weights) + bias
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _fit(
    chosen: np.ndarray,
    counts: np.ndarray,
    penalty: float,
    by_class: bool,
    start: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias that minimise mean log loss plus the ridge.

    chosen: (n_patterns, n_queries, n_classes); counts: (n_patterns, n_classes).
    """
    n_queries, n_classes = chosen.shape[1:]
    n = counts.sum()
    of_pattern = counts.sum(axis=1, keepdims=True)

    def unpack(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not by_class:
            return np.repeat(theta[:, None], n_classes, axis=1), np.zeros(n_classes)
        return theta[n_classes:].reshape(n_queries, n_classes), theta[:n_classes]

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = unpack(theta)
        log_p = _log_probabilities(chosen, weights, bias)
        excess = (of_pattern * np.exp(log_p) - counts) / n
        slopes = np.einsum("nqk,nk->qk", chosen, excess)
        value = -(counts * log_p).sum() / n
        if not by_class:
            return value + penalty / 2 * (theta**2).sum(), slopes.sum(axis=1) + penalty * theta
        ridge = penalty / 2 * (weights**2).sum() + 1e-6 * (bias**2).sum()
        gradient = np.concatenate(
            [excess.sum(axis=0) + 2e-6 * bias, (slopes + penalty * weights).ravel()]
        )
        return value + ridge, gradient

    size = n_classes * (n_queries + 1) if by_class else n_queries
    if start is None:
        begin = np.zeros(size)
    elif by_class:
        begin = np.concatenate([start[1], start[0].ravel()])
    else:
        begin = start[0][:, 0]
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return unpack(found.x)
