"""Maximum a posteriori over answer patterns."""

from typing import Any

import numpy as np

from ensel.information.patterns import first_rows, pattern_ids
from ensel.voting.base import Vote


class MAPVote(Vote):
    """The label most frequent in training among items with the same answer pattern.

    Posterior of a pattern x with n_xy training items of class y, n_x in all:

        (n_xy + a q_y(x)) / (n_x + a),

    where q is the naive Bayes posterior (answers independent given the label, add-one counts) and
    a is `backoff`. So a seen pattern answers with its commonest label (for a <= 1 this is the
    plug-in rule), naive Bayes settles its ties, and an **unseen pattern backs off to naive Bayes**.
    Source: aggregation by pattern is that of [1]_; it does not say what it does with
    unseen patterns, this back-off is ours. A missing answer is a symbol of the pattern.

    Parameters
    ----------
    n_classes : int, optional
        See `Vote`.
    backoff : float
        Weight a of naive Bayes, in items; above 0.
    random_state : int, Generator or None
        Seed of the last resort among ties.

    Attributes
    ----------
    patterns_ : ndarray of int, shape (n_patterns, n_queries)
        Patterns seen, as class positions.
    counts_ : ndarray of int, shape (n_patterns, n_classes)
        Training items of each pattern and class.
    log_likelihood_ : ndarray of float, shape (n_queries, n_classes + 1, n_classes)
        log P(answer | label) of naive Bayes; the last answer is the missing one.
    log_prior_ : ndarray of float, shape (n_classes,)

    See Also
    --------
    ensel.selection.GreedyMI : The selector that it goes with.

    References
    ----------
    .. [1] arXiv 2602.08003.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> MAPVote().fit(X, [0, 1, 1, 0]).predict(X)  # XOR
    array([0, 1, 1, 0])
    """

    def __init__(
        self, n_classes: int | None = None, backoff: float = 1.0, random_state: Any = 0
    ) -> None:
        super().__init__(n_classes, random_state)
        self.backoff = backoff

    def _learn(self, codes: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> None:
        if not self.backoff > 0:
            raise ValueError(f"backoff={self.backoff!r}; a number above 0 is needed")
        n_classes = len(self.classes_)
        ids = pattern_ids(codes)
        self.patterns_ = codes[first_rows(ids)].astype(np.int64)
        counts = np.bincount(ids * n_classes + labels, weights, len(self.patterns_) * n_classes)
        self.counts_ = counts.reshape(-1, n_classes).astype(np.int64)

        answered = _answered(self.patterns_, self.counts_)
        per_class = self.counts_.sum(axis=0)
        self.log_likelihood_ = np.log((answered + 1) / (per_class + n_classes + 1))
        self.log_prior_ = np.log((per_class + 1) / (per_class.sum() + n_classes))

    def _posterior(self, codes: np.ndarray) -> np.ndarray:
        naive = np.tile(self.log_prior_, (len(codes), 1))
        for table, column in zip(self.log_likelihood_, codes.T, strict=True):
            naive += table[column]  # -1 picks the last row, the missing answer
        naive = np.exp(naive - naive.max(axis=1, keepdims=True))
        naive /= naive.sum(axis=1, keepdims=True)

        counts = self._counts_of(codes)
        n_seen = counts.sum(axis=1, keepdims=True)
        return (counts + self.backoff * naive) / (n_seen + self.backoff)

    def fitted_shapes(self, n_queries: int, n_classes: int) -> dict[str, tuple[int, ...]]:
        """Shapes that the fitted attributes must have."""
        n_patterns = len(self.patterns_)
        return super().fitted_shapes(n_queries, n_classes) | {
            "patterns_": (n_patterns, n_queries),
            "counts_": (n_patterns, n_classes),
            "log_likelihood_": (n_queries, n_classes + 1, n_classes),
            "log_prior_": (n_classes,),
        }

    def _tie_keys(self, codes: np.ndarray) -> list[np.ndarray]:
        return [self._counts_of(codes)]

    def _counts_of(self, codes: np.ndarray) -> np.ndarray:
        """Training counts of each item's pattern; zeros for an unseen one."""
        ids = pattern_ids(np.vstack([self.patterns_, codes]))
        known, asked = ids[: len(self.patterns_)], ids[len(self.patterns_) :]
        counts = np.zeros((ids.max() + 1, len(self.classes_)))
        counts[known] = self.counts_
        return counts[asked]


def _answered(patterns: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Items of each query, answer (the last is the missing one) and label.

    Parameters
    ----------
    patterns : ndarray of int64, shape (n_patterns, n_queries)
    counts : ndarray of int64, shape (n_patterns, n_classes)

    Returns
    -------
    ndarray of float, shape (n_queries, n_classes + 1, n_classes)
    """
    n_classes, n_queries = counts.shape[1], patterns.shape[1]
    answers = np.where(patterns >= 0, patterns, n_classes)
    cells = (np.arange(n_queries) * (n_classes + 1) + answers) * n_classes
    cells = cells[:, :, None] + np.arange(n_classes)
    of_cell = np.broadcast_to(counts[:, None, :], cells.shape)
    size = n_queries * (n_classes + 1) * n_classes
    sums = np.bincount(cells.ravel(), of_cell.ravel(), size)
    return sums.reshape(n_queries, n_classes + 1, n_classes)
