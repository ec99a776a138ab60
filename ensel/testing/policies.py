"""Laws of policies: what to ask, when to stop, what to answer.

A policy is replayed on cached answers, and run live. The one law from which most mistakes follow
is that it may not look at an answer before it has asked for it: on cached answers nothing else
keeps it from doing so, and its held-out accuracy would then be one that no live run can have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.testing.laws import LawReport, Laws, name_of, require, try_laws
from ensel.testing.replay import Replay, answers_of, costs_of, labels_of, maker, replayed, run_live
from ensel.testing.strategies import prediction_tables

POLICY_LAWS = Laws()
"""What `check_policy` asks, in this order."""


@dataclass(frozen=True)
class _Policy:
    make: Callable[[], Any]
    tolerance: float
    min_queries: int
    refuses: tuple[type[Exception], ...]

    def fitted(self, table: PredictionTable) -> Any:
        """A fresh policy, fitted on a table."""
        return self.learn(self.make(), table, answers_of(table), labels_of(table))

    def learn(
        self,
        policy: Any,
        table: PredictionTable,
        answers: Any,
        labels: np.ndarray,
        **of_queries: np.ndarray,
    ) -> Any:
        """Fit a policy; tables that it may refuse are passed over."""
        known = {"models": np.array(table.models), "costs": costs_of(table)} | of_queries
        try:
            policy.fit(answers, labels, sample_weight=None, **known)
        except self.refuses:
            reject()
        return policy

    def same(self, before: Replay, after: Replay, answers: np.ndarray, change: str) -> None:
        """The same queries, probabilities and classes, item by item; names the first that differs.

        `answers` are those of the items before the change, shape (n_items, n_queries).
        """
        for i, row in enumerate(answers.tolist()):
            item = f"item {i}, answers {row}"
            asked, p, label = before.of(i)
            others, q, other = after.of(i)
            require(
                np.array_equal(asked, others),
                f"{item}: asks columns {_columns(asked)}, but {_columns(others)} {change}",
            )
            require(
                np.abs(p - q).max() <= self.tolerance,
                f"{item}: probabilities {_rounded(p)}, but {_rounded(q)} {change}",
            )
            require(label == other, f"{item}: class {label}, but {other} {change}")


def _columns(asked: np.ndarray) -> list[int]:
    return [int(j) for j in np.flatnonzero(asked)]


def _rounded(p: np.ndarray) -> list[float]:
    return [float(f"{value:.4g}") for value in p]


def _tables(policy: _Policy) -> Any:
    least = policy.min_queries
    tables = prediction_tables(
        min_items=4, min_queries=least, max_queries=least + 2, classes_seen="all"
    )
    return st.fixed_dictionaries({"table": tables})


def _changed(policy: _Policy) -> Any:
    return st.fixed_dictionaries(
        {
            "table": _tables(policy).map(lambda example: example["table"]),
            "random_state": st.integers(0, 2**32 - 1),
        }
    )


_law = POLICY_LAWS.add


@_law(
    "names of queries",
    "a fitted policy names the columns it was fitted on, or numbers them, and the classes",
    _tables,
)
def _names(policy: _Policy, table: PredictionTable) -> None:
    fitted = policy.fitted(table)
    names = list(fitted.query_names)
    require(names == table.query_names, f"names {names} of columns {table.query_names}")
    classes = np.asarray(fitted.classes_).tolist()
    require(classes == sorted(set(labels_of(table).tolist())), f"classes {classes}")

    array = answers_of(table).to_numpy()
    plain = policy.learn(policy.make(), table, array, labels_of(table))
    numbers = [str(j) for j in range(table.n_queries)]
    names = list(plain.query_names)
    require(names == numbers, f"names {names} of an array's columns, not {numbers}")


@_law("asked queries", "of every item at least one query of the pool is asked, no other", _tables)
def _asked(policy: _Policy, table: PredictionTable) -> None:
    asked = np.asarray(policy.fitted(table).asked(answers_of(table)))
    shape = (table.n_items, table.n_queries)
    require(asked.shape == shape, f"asked of shape {asked.shape}, not {shape}")
    require(asked.dtype == bool, f"asked of type {asked.dtype}, not bool")
    nothing = np.flatnonzero(~asked.any(axis=1))[:1]
    require(len(nothing) == 0, f"asks nothing of item {nothing.tolist()}")


@_law(
    "probabilities",
    "probabilities are in [0, 1] and sum to 1, a column a class; predictions are classes",
    _tables,
)
def _probabilities(policy: _Policy, table: PredictionTable) -> None:
    fitted = policy.fitted(table)
    _, p, labels = replayed(fitted, answers_of(table))
    shape = (table.n_items, table.n_classes)
    require(p.shape == shape, f"probabilities of shape {p.shape}, not {shape}")
    bad = ~(np.isfinite(p) & (p >= 0) & (p <= 1 + 1e-9)).all(axis=1)
    require(not bad.any(), f"probabilities {p[bad][:1].tolist()}, outside [0, 1]")
    bad = np.abs(p.sum(axis=1) - 1) > 1e-6
    require(not bad.any(), f"probabilities {p[bad][:1].tolist()}, which do not sum to 1")
    require(labels.shape == shape[:1], f"predictions of shape {labels.shape}, not {shape[:1]}")
    require(np.isin(labels, fitted.classes_).all(), f"predictions {labels.tolist()}")


@_law("inputs kept", "answers, labels, costs and models are not modified", _tables)
def _inputs_kept(policy: _Policy, table: PredictionTable) -> None:
    def arrays() -> dict[str, Any]:
        models = np.array(table.models)
        answers, labels = answers_of(table), labels_of(table)
        return {"answers": answers, "labels": labels, "costs": costs_of(table), "models": models}

    given = arrays()
    replayed(policy.learn(policy.make(), table, **given), given["answers"])
    for name, right in arrays().items():
        value = np.asarray(given[name])
        require(np.array_equal(value, np.asarray(right)), f"{name} became {value.tolist()}")


@_law("same fit", "fitting again, even after other labels, gives the same policy", _tables)
def _same_fit(policy: _Policy, table: PredictionTable) -> None:
    frame, first = answers_of(table), policy.fitted(table)
    before = replayed(first, frame)
    again = replayed(policy.fitted(table), frame)
    policy.same(before, again, table.answers, "when another is fitted")

    turned = (labels_of(table) + 1) % table.n_classes
    policy.learn(first, table, frame, turned)
    again = replayed(policy.learn(first, table, frame, labels_of(table)), frame)
    policy.same(before, again, table.answers, "when fitted again, after other labels")


@_law(
    "unasked answers",
    "changing an answer that was not asked for changes nothing",
    _changed,
)
def _unasked(policy: _Policy, table: PredictionTable, random_state: int) -> None:
    fitted = policy.fitted(table)
    before = replayed(fitted, answers_of(table))
    rng = np.random.default_rng(random_state)
    drawn = rng.integers(MISSING, table.n_classes, table.answers.shape)
    some = rng.random(table.answers.shape) < 0.5
    turned = (np.array(table.answers, dtype=int) + 2) % (table.n_classes + 1) - 1

    for others in (turned, np.full_like(turned, MISSING), np.where(some, drawn, table.answers)):
        changed = np.where(before.asked, table.answers, others)
        after = replayed(fitted, answers_of(table, changed))
        change = f"with unasked answers changed: {changed.tolist()}"
        policy.same(before, after, table.answers, change)


@_law("company of items", "what is done with an item does not depend on the other items", _tables)
def _company(policy: _Policy, table: PredictionTable) -> None:
    fitted, X = policy.fitted(table), np.array(table.answers, dtype=int)
    before = replayed(fitted, answers_of(table))
    orders = {
        "with the items reversed": np.arange(len(X))[::-1],
        "on its own": np.array([0]),
        "without the first item": np.arange(1, len(X)),
        "with every item twice": np.repeat(np.arange(len(X)), 2),
    }
    for change, rows in orders.items():
        after = replayed(fitted, answers_of(table, X[rows]))
        policy.same(before.of(rows), after, X[rows], change)


@_law(
    "replay is live",
    "run live on the cached answers, a policy asks the same queries and answers the same",
    _tables,
)
def _live(policy: _Policy, table: PredictionTable) -> None:
    fitted = policy.fitted(table)
    asked, probabilities, labels = replayed(fitted, answers_of(table))
    classes = np.asarray(fitted.classes_).tolist()
    for i, told in enumerate(run_live(fitted, table, 1)):
        item = f"item {i}, answers {table.answers[i].tolist()}"
        cached = [table.query_names[j] for j in _columns(asked[i])]
        require(set(told) == set(cached), f"{item}: asks {cached}, but {list(told)} live")

        label, probability, settled = fitted.answer(dict(told))
        require(label == labels[i], f"{item}: class {labels[i]}, but {label} live")
        right = float(probabilities[i, classes.index(label)])
        require(
            abs(probability - right) <= policy.tolerance,
            f"{item}: class {label} has probability {right:.6g}, but {probability:.6g} live",
        )
        require(isinstance(settled, bool | np.bool_), f"{item}: settled is {settled!r}")


@_law(
    "waves",
    "next asks up to n queries, none twice, comes to an end, and an answer can then be given",
    _tables,
)
def _waves(policy: _Policy, table: PredictionTable) -> None:
    fitted = policy.fitted(table)
    classes = np.asarray(fitted.classes_).tolist()
    for n in (2, table.n_queries):
        for told in run_live(fitted, table, n):
            require(len(told) > 0, f"nothing is asked in waves of {n}")
            label, probability, _ = fitted.answer(dict(told))
            require(label in classes, f"class {label!r} after {told}; classes are {classes}")
            sure = -1e-9 <= probability <= 1 + 1e-9
            require(sure, f"probability {probability} after {told}, outside [0, 1]")


def check_policy(
    policy: Any,
    *,
    min_queries: int = 3,
    refuses: type[Exception] | tuple[type[Exception], ...] = (),
    tolerance: float = 1e-9,
    max_examples: int = 100,
    report: bool = False,
) -> LawReport:
    """Check a policy: a method that decides what to ask, when to stop, and what to answer.

    Laws: `POLICY_LAWS`.

    Parameters
    ----------
    policy : callable or policy
        Makes an unfitted policy: a class, a function without arguments; or an unfitted policy, of
        which copies are taken. A policy has ``fit(X, y, *, models, costs, sample_weight)`` and then
        `query_names` and `classes_`; ``asked(X)``, ``predict_proba(X)`` and ``predict(X)`` on
        cached answers; ``next(answers, n=1)``, a tuple of query names, and ``answer(answers)``, a
        tuple of label, probability and whether it is settled, live. X is a DataFrame of class codes
        with a column per query, -1 for a missing answer, or an array; live answers are a dict of
        query name to class, None for an unusable one.
    min_queries : int
        Fewest queries of a pool; two more are tried.
    refuses : type of exception, or tuple of them
        What its ``fit`` may raise of a table that it cannot be fitted on, such as one without
        enough samples of one model. Such tables are passed over.
    tolerance : float
        By which probabilities may differ where they should be equal.
    max_examples : int
        Tables tried for each law.
    report : bool
        Try all laws, and raise nothing.

    Returns
    -------
    LawReport

    Raises
    ------
    BrokenLaw
        At the first broken law, unless `report`; it prints a small table that breaks it.
    TypeError
        If it is neither a policy nor makes one.

    See Also
    --------
    ensel.testing.check_selector : Laws of what buys the queries of a fixed set.
    ensel.testing.check_vote : Laws of what makes one answer of theirs.

    Examples
    --------
    >>> import pandas as pd
    >>> class First:  # asks the first query, and answers what it answers
    ...     def fit(self, X, y, *, models=None, costs=None, sample_weight=None):
    ...         frame = pd.DataFrame(X)
    ...         self.query_names, self.classes_ = [str(c) for c in frame], np.unique(y)
    ...         return self
    ...     def asked(self, X):
    ...         return np.arange(np.shape(X)[1]) == np.zeros((len(X), 1))
    ...     def predict_proba(self, X):
    ...         said = np.asarray(X)[:, [0]] == np.arange(len(self.classes_))
    ...         return np.where(said.any(axis=1, keepdims=True), said, 1 / said.shape[1])
    ...     def predict(self, X):
    ...         return self.classes_[self.predict_proba(X).argmax(axis=1)]
    ...     def next(self, answers, n=1):
    ...         return tuple(name for name in self.query_names[:1] if name not in answers)
    ...     def answer(self, answers):
    ...         label = answers[self.query_names[0]]
    ...         unknown = self.classes_[0], 1 / len(self.classes_), False
    ...         return unknown if label is None else (label, 1.0, True)
    >>> check_policy(First, max_examples=20).broken
    []
    >>> class Peeks(First):
    ...     def predict_proba(self, X):  # of all queries' answers, asked or not
    ...         votes = (np.asarray(X)[:, :, None] == np.arange(len(self.classes_))).sum(axis=1) + 1
    ...         return votes / votes.sum(axis=1, keepdims=True)
    >>> check_policy(Peeks, max_examples=20)
    Traceback (most recent call last):
        ...
    ensel.testing.laws.BrokenLaw: Peeks breaks 'unasked answers': changing an answer that was ...
    """
    refusals = refuses if isinstance(refuses, tuple) else (refuses,)
    subject = _Policy(maker(policy), tolerance, min_queries, refusals)
    return try_laws(name_of(policy), POLICY_LAWS, subject, max_examples=max_examples, report=report)
