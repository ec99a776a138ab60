"""Policies called one way: made, fitted, replayed on cached answers, and run live."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.testing.laws import require


class Replay(NamedTuple):
    """What a fitted policy does with cached answers."""

    asked: np.ndarray
    """Shape (n_items, n_queries), bool."""
    probabilities: np.ndarray
    """Shape (n_items, n_classes)."""
    labels: np.ndarray
    """Shape (n_items,)."""

    def of(self, rows: Any) -> Replay:
        """The same of some items, or of one."""
        return Replay(*(part[rows] for part in self))


def maker(policy: Any) -> Callable[[], Any]:
    """What makes an unfitted policy on every call."""
    if hasattr(policy, "asked") and not isinstance(policy, type):
        return lambda: deepcopy(policy)
    if not callable(policy):
        raise TypeError(
            f"{policy!r}: a policy with fit and asked, its class, or a function that "
            "makes one is needed"
        )
    return policy


def labels_of(table: PredictionTable) -> np.ndarray:
    """Labels of a table, as codes."""
    return np.array(table.known_labels, dtype=int)


def costs_of(table: PredictionTable) -> np.ndarray:
    """A cost per query: 1 where a table has none."""
    return np.array(np.ones(table.n_queries) if table.costs is None else table.costs, dtype=float)


def answers_of(table: PredictionTable, answers: Any = None) -> pd.DataFrame:
    """Answers of a table, or others in their place, in columns named by its queries."""
    codes = np.array(table.answers if answers is None else answers, dtype=int)
    return pd.DataFrame(codes, columns=table.query_names)


def replayed(policy: Any, frame: pd.DataFrame) -> Replay:
    """Replay a fitted policy on cached answers."""
    return Replay(
        np.asarray(policy.asked(frame)),
        np.asarray(policy.predict_proba(frame)),
        np.asarray(policy.predict(frame)),
    )


def run_live(policy: Any, table: PredictionTable, n: int) -> list[dict[str, Any]]:
    """Run all items live on their cached answers, in waves of n; what each was told in the end.

    Items take turns, a wave each, as they do where many run side by side: a policy that keeps
    where it is in an item, instead of reading it off the answers, is found out.
    """
    told: list[dict[str, Any]] = [{} for _ in range(table.n_items)]
    waiting = list(range(table.n_items))
    while waiting:
        waves = [(i, _wave(policy, table, told[i], n)) for i in waiting]
        for i, wave in waves:
            told[i] |= {query: _told(policy, table, i, query) for query in wave}
        waiting = [i for i, wave in waves if wave]
    return told


def _wave(policy: Any, table: PredictionTable, told: dict[str, Any], n: int) -> tuple[str, ...]:
    """What a policy asks next: at most n queries of the pool, none of them asked before."""
    wave = tuple(policy.next(dict(told)) if n == 1 else policy.next(dict(told), n=n))
    after = f"next asks {list(wave)} after {told}"
    require(len(wave) <= n, f"{after}; at most {n} may be asked")
    require(set(wave) <= set(table.query_names), f"{after}; the pool is {table.query_names}")
    require(len(set(wave)) == len(wave) and not set(wave) & set(told), f"{after}: a query twice")
    return wave


def _told(policy: Any, table: PredictionTable, item: int, query: str) -> Any:
    """The cached answer as a live policy is told it: a class, or None where it is missing."""
    code = int(table.answers[item, table.query_names.index(query)])
    return None if code == MISSING else policy.classes_.tolist()[code]
