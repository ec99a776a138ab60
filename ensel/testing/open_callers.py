"""One way to call votes on open answers, estimators or functions, and to compare what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from ensel.table.codes import MISSING
from ensel.testing.callers import Voter
from ensel.testing.laws import require

MOST_OPTIONS = 4
"""Options of an item in examples."""


@dataclass(frozen=True)
class OpenAnswer:
    """What a vote says of some items.

    Attributes
    ----------
    chosen : ndarray of int, shape (n_items,)
        Codes; -1 where no query answers.
    p : ndarray, shape (n_items, n_options)
    none : ndarray, shape (n_items,), or None
        Probability that no given answer is right, where it is told.
    """

    chosen: np.ndarray
    p: np.ndarray
    none: np.ndarray | None

    def rows(self, which: Any) -> OpenAnswer:
        """Some of the items."""
        none = None if self.none is None else self.none[which]
        return OpenAnswer(self.chosen[which], self.p[which], none)


@dataclass(frozen=True)
class OpenSubject:
    """A vote on open answers, called one way whatever it is."""

    voter: Voter
    tolerance: float

    def ask(
        self,
        X: Any,
        y: Any,
        asked: Any,
        *,
        n_classes: int = MOST_OPTIONS,
        weights: np.ndarray | None = None,
        seed: int = 0,
        copy: bool = True,
    ) -> OpenAnswer:
        """Learn from labelled items, and judge others."""
        if copy:
            X, y, asked = (np.array(codes, dtype=int) for codes in (X, y, asked))
        if self.voter.estimator is None:
            speaks = (asked >= 0).any(axis=1)
            p = self._of_function(X, y, asked, n_classes, seed)
            return OpenAnswer(np.where(speaks, p.argmax(axis=1), MISSING), p, None)
        made = clone(self.voter.estimator)
        options = {"n_classes": n_classes, "random_state": seed}
        made.set_params(**{k: v for k, v in options.items() if k in self.voter.takes})
        made.fit(X, y) if weights is None else made.fit(X, y, sample_weight=weights)
        p = np.asarray(made.predict_proba(asked))
        none = np.asarray(made.none_proba(asked)) if hasattr(made, "none_proba") else None
        return OpenAnswer(np.asarray(made.predict(asked)), p, none)

    def _of_function(
        self, X: np.ndarray, y: np.ndarray, asked: np.ndarray, n_classes: int, seed: int
    ) -> np.ndarray:
        options = {"n_classes": n_classes, "random_state": seed}
        taken = {k: v for k, v in options.items() if k in self.voter.takes}
        return np.asarray(self.voter.function(X, y, asked, **taken))

    def same(self, before: OpenAnswer, after: OpenAnswer, change: str) -> None:
        """Probabilities alike; choices alike where no second option is as probable."""
        self.alike(before.p, after.p, change)
        if before.none is not None and after.none is not None:
            self.alike(before.none[:, None], after.none[:, None], f"for none {change}")
        top = np.sort(before.p, axis=1)
        clear = top[:, -1] - top[:, -2] > 2 * self.tolerance
        self.same_choice(before.rows(clear), after.rows(clear), change)

    def alike(self, p: np.ndarray, q: np.ndarray, change: str) -> None:
        """Require the same probabilities."""
        differ = np.flatnonzero(np.abs(p - q).max(axis=1) > self.tolerance)[:1]
        require(len(differ) == 0, f"{rounded(p[differ])}, but {rounded(q[differ])} {change}")

    def same_choice(self, before: OpenAnswer, after: OpenAnswer, change: str) -> None:
        """Require the same choices, item by item."""
        require(
            np.array_equal(before.chosen, after.chosen),
            f"options {before.chosen.tolist()}, but {after.chosen.tolist()} {change}",
        )


def rounded(p: np.ndarray) -> list[Any]:
    """Probabilities for print.

    Parameters
    ----------
    p : ndarray, shape (n_items, n_options)

    Returns
    -------
    list of list of float
    """
    return [[float(f"{value:.4g}") for value in row] for row in p]


def redrawn(X: np.ndarray, y: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes of every item drawn anew.

    Parameters
    ----------
    X : ndarray of int, shape (n_items, n_queries)
        Codes below `MOST_OPTIONS`; -1 = missing.
    y : ndarray of int, shape (n_items,)
    seed : int

    Returns
    -------
    X, y : ndarray of int
    names : ndarray of int, shape (n_items, MOST_OPTIONS)
        New code of each old one.
    """
    rng = np.random.default_rng(seed)
    names = rng.permuted(np.tile(np.arange(MOST_OPTIONS), (len(X), 1)), axis=1)
    items = np.arange(len(X))
    return np.where(X == MISSING, MISSING, names[items[:, None], X]), names[items, y], names
