"""One way to call estimators, classes of them, and plain functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.testing.laws import require


@dataclass(frozen=True)
class InformationSubject:
    """An information estimator, and what is said of it.

    Attributes are parameters of `check_information_estimator`.
    """

    function: Callable[[np.ndarray, np.ndarray], Any]
    conditional: Callable[..., Any] | None
    plug_in: bool
    bias_corrected: bool
    tolerance: float
    within: float

    def bits(self, answers: Any, labels: Any) -> float:
        """What it says, given copies that it may write into."""
        return float(self.function(np.array(answers, dtype=int), np.array(labels, dtype=int)))

    def same(self, before: float, after: float, change: str) -> None:
        """Require the same bits."""
        require(
            abs(after - before) <= self.tolerance,
            f"{before:.6g} bits, but {after:.6g} {change}",
        )

    def no_more(self, most: float, value: float, change: str) -> None:
        """Require bits that are not more than others."""
        require(value <= most + self.tolerance, f"{most:.6g} bits, but {value:.6g}, more, {change}")


class Buyer:
    """A selector, called one way whatever it is.

    Attributes
    ----------
    takes : set of str
        Which of budget, random_state, money, costs, models and train it has a place for.
    """

    def __init__(self, selector: Any) -> None:
        self.estimator = _as_estimator(selector, "fit")
        self.function: Any = None if self.estimator is not None else selector
        if self.estimator is None:
            self.takes = _named(selector) | {"budget"}
        else:
            self.takes = set(self.estimator.get_params()) | _named(self.estimator.fit)

    def wanted(self, budget: int) -> int:
        """Most queries that may be bought: one, where there is no budget to set."""
        return budget if "budget" in self.takes else 1

    def buy(
        self,
        answers: np.ndarray,
        labels: np.ndarray,
        budget: int,
        *,
        seed: int = 0,
        money: float | None = None,
        costs: Any = None,
        models: Any = None,
        n_train: int | None = None,
    ) -> list[int]:
        """Columns as bought, learned from the first `n_train` items (default all)."""
        options = {"random_state": seed, "money": money}
        of_queries = self._taken({"costs": costs, "models": models})
        rows = slice(0, len(labels) if n_train is None else n_train)
        if self.estimator is not None:
            made = _fresh(self.estimator, {**options, "budget": budget})
            made.fit(answers[rows], labels[rows], **of_queries)
            order = getattr(made, "order_", None)
            return _columns(np.flatnonzero(made.get_support()) if order is None else order)
        options = {**self._taken(options), **of_queries}
        if "train" in self.takes:
            return _columns(
                self.function(answers, labels, budget, train=np.arange(rows.stop), **options)
            )
        return _columns(self.function(answers[rows], labels[rows], budget, **options))

    def _taken(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in options.items()
            if value is not None and name in self.takes
        }


class Voter:
    """A vote, called one way whatever it is.

    Attributes
    ----------
    takes : set of str
        Which of n_classes, random_state and train it has a place for.
    """

    def __init__(self, vote: Any) -> None:
        self.estimator = _as_estimator(vote, "predict")
        self.function: Any = None if self.estimator is not None else vote
        named = _named(vote) if self.estimator is None else set(self.estimator.get_params())
        self.takes = named

    def has_probabilities(self) -> bool:
        """Whether it gives probabilities: of a function, found out on four items."""
        if self.estimator is not None:
            return hasattr(self.estimator, "predict_proba")
        labels = np.array([0, 1, 0, 1])
        try:
            return self.ask(labels[:, None], labels, labels[:, None], 2)[1] is not None
        except Exception:  # the laws will say which of them it breaks
            return True

    def ask(
        self,
        answers: np.ndarray,
        labels: np.ndarray,
        asked: np.ndarray,
        n_classes: int,
        *,
        seed: int = 0,
        asked_labels: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Learn from labelled items; classes and probabilities (None: it has none) of others.

        `asked_labels` are what must not matter: they go to functions that take `train` only.
        """
        options = {"n_classes": n_classes, "random_state": seed}
        if self.estimator is not None:
            made = _fresh(self.estimator, options)
            made.fit(answers, labels)
            has = hasattr(made, "predict_proba")
            return np.asarray(made.predict(asked)), (
                np.asarray(made.predict_proba(asked)) if has else None
            )
        options = {name: value for name, value in options.items() if name in self.takes}
        if "train" in self.takes:
            unknown = np.zeros(len(asked), dtype=int) if asked_labels is None else asked_labels
            given = self.function(
                np.vstack([answers, asked]),
                np.concatenate([labels, unknown]),
                train=np.arange(len(labels)),
                **options,
            )
            result = np.asarray(given)[len(labels) :]
        else:
            result = np.asarray(self.function(answers, labels, asked, **options))
        if result.ndim == 2:
            return result.argmax(axis=1), result
        return result, None


def _as_estimator(subject: Any, method: str) -> Any:
    """An instance with parameters, or None for a plain function."""
    instance = subject() if isinstance(subject, type) else subject
    if hasattr(instance, method) and hasattr(instance, "get_params"):
        return instance
    if not callable(subject) or isinstance(subject, type):
        raise TypeError(
            f"{subject!r}: an estimator with get_params and {method}, its class, or a function "
            "is needed"
        )
    return None


def _fresh(estimator: Any, options: dict[str, Any]) -> Any:
    """An unfitted copy with those of the options that it has."""
    from sklearn.base import clone

    made = clone(estimator) if hasattr(estimator, "__sklearn_tags__") else deepcopy(estimator)
    known = made.get_params()
    return made.set_params(**{name: value for name, value in options.items() if name in known})


def _named(function: Any) -> set[str]:
    """Names of the parameters that can be given by name."""
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {name for name, p in inspect.signature(function).parameters.items() if p.kind in kinds}


def _columns(order: Iterable[Any]) -> list[int]:
    return [int(j) for j in order]
