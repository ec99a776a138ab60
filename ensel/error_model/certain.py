"""Queries that are always right, or always wrong, on the items at hand: what follows from each.

Correlations say nothing of them, so the fit of the copula leaves them out. A rule does not: it goes
by the answer of a query that was never wrong, and rules out that of a query that was never right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ensel.error_model.mixture import Mixture
from ensel.table.codes import MISSING

NEVER = -690.0
"""Log probability of what was never seen; about 1e-300, so that contradictions cancel out."""


class Certain(NamedTuple):
    """Positions of the queries whose errors do not vary."""

    right: np.ndarray
    """Never wrong."""
    wrong: np.ndarray
    """Never right, with an answer to every item. (What a query is silent on, it cannot rule out:
    one that is never right and sometimes silent is left out altogether.)"""

    @property
    def columns(self) -> np.ndarray:
        """All of them."""
        return np.concatenate([self.right, self.wrong])

    def decides(self, n_classes: int) -> bool:
        """Whether the label follows: from a right answer, or from a wrong one of two classes."""
        return len(self.right) > 0 or (n_classes == 2 and len(self.wrong) > 0)


def certain_queries(answers: np.ndarray, errors: np.ndarray) -> Certain:
    """Find the queries that are always right, and those that are always wrong.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, N)
    errors : ndarray of bool, shape (n_items, N)
        A missing answer is an error.

    Returns
    -------
    Certain

    See Also
    --------
    with_certain : What they add to the mixture that the others were fitted by.

    Examples
    --------
    Of four queries the first is always right, the second always wrong; the last never answers:

    >>> answers = np.array([[0, 1, 0, -1], [1, 0, 0, -1]])
    >>> found = certain_queries(answers, answers != np.array([[0], [1]]))
    >>> found.right.tolist(), found.wrong.tolist()
    ([0], [1])
    """
    answered = (answers != MISSING).all(axis=0)
    right, wrong = ~errors.any(axis=0), errors.all(axis=0) & answered
    return Certain(np.flatnonzero(right), np.flatnonzero(wrong))


def with_certain(mixed: Mixture, certain: Certain) -> Mixture:
    """A mixture with the certain queries behind its own: first the right ones, then the wrong.

    They err with probability 0 or 1 at every node, whatever the common factors. On items where two
    of them contradict each other, both have happened to be impossible, and the others decide.

    Parameters
    ----------
    mixed : Mixture
    certain : Certain

    Returns
    -------
    Mixture
        The same object where no query is certain.

    See Also
    --------
    certain_queries : Finds them.

    Examples
    --------
    >>> from ensel.error_model.factors import Factors
    >>> from ensel.error_model.mixture import mixture
    >>> mixed = mixture(Factors(np.zeros((1, 1)), 0.0, 0.0), np.zeros((1, 1)))
    >>> both = with_certain(mixed, Certain(np.array([1]), np.array([], dtype=int)))
    >>> patterns = np.array([[False, False], [False, True]])  # the second query never errs
    >>> np.exp(both.log_probability(patterns, 0)).round(6).tolist()
    [0.5, 0.0]
    """
    if not len(certain.columns):
        return mixed
    n_right, n_wrong = len(certain.right), len(certain.wrong)
    log_wrong = np.repeat([NEVER, 0.0], [n_right, n_wrong])
    shape = (*mixed.log_wrong.shape[:2], n_right + n_wrong)

    def appended(log_p: np.ndarray, of_certain: np.ndarray) -> np.ndarray:
        return np.concatenate([log_p, np.broadcast_to(of_certain, shape)], axis=2)

    return Mixture(
        mixed.log_weights,
        appended(mixed.log_wrong, log_wrong),
        appended(mixed.log_right, NEVER - log_wrong),
    )
