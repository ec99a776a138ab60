"""The same choice on other items: how often each query would be bought again.

Resamples of the questions are weights of the items, not copied rows: answers are packed once for
all of them, and an item that was not drawn counts nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from ensel.choosing.candidates import buy
from ensel.choosing.rules import choose
from ensel.choosing.scoreboard import Scoreboard
from ensel.choosing.shares import shares_bought
from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate, method_at
from ensel.heldout.checks import (
    check_affordable,
    check_labelled,
    check_searchable,
    check_whole,
    checked_budgets,
)
from ensel.heldout.merging import MERGE, count_once, within_pool
from ensel.heldout.settings import Verifier, setting_of
from ensel.heldout.splits import check_seed, distinct_rows, draw_with_replacement
from ensel.parallel import run_all
from ensel.results import Result, plain
from ensel.selection.market import Market, open_market
from ensel.table.copies import NO_COPIES, Copies
from ensel.table.kinds import CLOSED
from ensel.table.prediction_table import PredictionTable

AT_ONCE = 25
"""Resamples a job: enough to pay for packing the answers, few enough to share among workers."""


@dataclass(frozen=True, repr=False)
class Reselection(Result):
    """Result of `reselect`.

    Attributes
    ----------
    dataset, method : str
    budget : int
    n_boot : int
        Resamples, without those that hold one class only.
    bought : DataFrame
        One row per query bought at least once, most often bought first: `query`, `share` of the
        resamples that buy it, with `share_low` and `share_high` (95 %, exact binomial: of the share
        that infinitely many resamples would have), `all_items`: whether the whole table buys it.
    sets : DataFrame
        One row per set, most frequent first: `queries` (a list, in the table's order), `share`.
    copies : Copies
        What was counted as one.
    """

    dataset: str
    method: str
    budget: int
    n_boot: int
    bought: pd.DataFrame
    sets: pd.DataFrame
    copies: Copies = NO_COPIES

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""
        return plain(
            {
                "dataset": self.dataset,
                "method": self.method,
                "budget": self.budget,
                "n_boot": self.n_boot,
                "bought": self.bought.to_dict("records"),
                "sets": self.sets.to_dict("records"),
                "copies": self.copies.to_list(),
            }
        )

    def __repr__(self) -> str:
        return (
            f"Reselection({self.dataset}, {self.method}, budget {self.budget}: {len(self.sets)} "
            f"different sets in {self.n_boot} resamples)"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>" + self.bought.round(3).to_html(index=False)


def reselect(
    table: PredictionTable,
    method: str = "greedy-logit",
    budget: int = 3,
    *,
    money: float | None = None,
    verifier: Verifier | bool | None = None,
    n_boot: int = 1000,
    copies: str = MERGE,
    seed: int = 0,
    progress: bool | None = None,
) -> Reselection:
    """Buy again on items drawn with replacement.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    method : str
        Of ``single-best random top-k mrmr jmi greedy-mi greedy-logit gain-per-cost self-moa
        exact-mi``.
    budget : int
        Queries a question.
    money : float, optional
        Most that the queries may cost together.
    verifier : Verifier or bool, optional
        Who picks the answer, on tables of verdicts; then methods are those of `compare` with one.
    n_boot : int
        Resamples. Where items are copies of questions, questions are drawn.
    copies : str
        ``"merge"``: copies of a query count as one, before anything is learned
        (`PredictionTable.copies` says which they are; labels are not looked at). ``"keep"``: each
        counts.
    seed : int
        Same seed, same numbers, on any number of workers.
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    Reselection

    Raises
    ------
    InputError
        Unlabelled or one-class table, an unknown method, a budget outside the pool, fewer than one
        resample.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> found = reselect(pool, "top-k", 3, n_boot=100)
    >>> len(found.sets) > 0, found.n_boot
    (True, 100)
    """
    check_labelled(table)
    whole = table
    table, merged = count_once(whole, copies)
    budget = within_pool(budget, whole, table)
    setting = setting_of(table, verifier)
    setting.selectors.checked(method)
    checked_budgets([budget], table)
    check_affordable(money, table)
    check_whole(n_boot, "resamples", 1)
    candidate = method_at(method, budget, money, setting)
    check_searchable(table, [candidate])
    draws = buy_again(
        table, Always(candidate), money=money, n_boot=n_boot, seed=seed, progress=progress
    )

    bought = shares_bought(table, draws)
    of_all = buy(table, candidate, distinct_rows(table), seed).order_
    kept = [table.query_names[j] for j in of_all]
    return Reselection(
        dataset=table.name,
        method=method,
        budget=budget,
        n_boot=len(draws),
        bought=bought.assign(all_items=bought["query"].isin(kept)),
        sets=_sets(table, draws),
        copies=merged,
    )


class Always:
    """The same candidate, whatever the weights."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate

    def __call__(self, weights: np.ndarray) -> Candidate:
        """The candidate."""
        return self.candidate


class ChosenAgain:
    """What would be chosen from the held-out scores at hand if items counted by other weights."""

    def __init__(self, board: Scoreboard, budget: int) -> None:
        self.board, self.budget = board, budget

    def __call__(self, weights: np.ndarray) -> Candidate:
        """The candidate that the weighted scores choose."""
        return choose(self.board, self.budget, weights).chosen


def buy_again(
    table: PredictionTable,
    choice: Callable[[np.ndarray], Candidate],
    *,
    money: float | None = None,
    n_boot: int,
    seed: int,
    progress: bool | None = None,
) -> list[list[int]]:
    """Columns bought in each resample.

    Parameters
    ----------
    table : PredictionTable
    choice : callable
        From the weights of the questions, shape (n_questions,), to a `Candidate`.
    money : float, optional
        Of all candidates that the choice may land on.
    n_boot, seed : int
    progress : bool, optional

    Returns
    -------
    list of list of int
        In the order of buying; resamples that hold one class only are left out.

    Raises
    ------
    InputError
        If all of them are.
    """
    from joblib import delayed

    children = np.random.SeedSequence([check_seed(seed), 6]).spawn(n_boot)
    parts = [children[start : start + AT_ONCE] for start in range(0, n_boot, AT_ONCE)]
    jobs = (delayed(_buy_part)(table, choice, money, part) for part in parts)
    done = run_all(
        jobs,
        len(parts),
        shared=[table, choice],
        label="buying again",
        unit="part",
        progress=progress,
    )
    orders = [order for part in done for order in part]
    if not orders:
        raise InputError(
            f"{table.name}: too few items of the rarer classes to resample {table.n_items} items"
        )
    return orders


def _buy_part(
    table: PredictionTable,
    choice: Callable[[np.ndarray], Candidate],
    money: float | None,
    children: list[np.random.SeedSequence],
) -> list[list[int]]:
    """Purchases of several resamples, whose answers are packed once."""
    rows = distinct_rows(table)
    drawn = np.stack(
        [draw_with_replacement(table.n_questions, np.random.default_rng(s)) for s in children]
    )
    weights = drawn[:, table.groups[rows]]
    market = _market_of(table, rows, money)
    classes = _classes_drawn(table, market, weights)

    orders = []
    # A draw of its own for each: what only ties or chance decide is not stable.
    seeds = [int(child.generate_state(1)[0]) for child in children]
    for i, resampled in enumerate(market.reweighted(weights, seeds)):
        if classes[i] == TOO_FEW:
            continue
        selector = clone(choice(drawn[i]).policy.sized_selector)
        selector.set_params(random_state=seeds[i])
        if classes[i] == ALL:
            orders.append(selector.buy(resampled))
        else:  # a class that was not drawn is no class
            orders.append(_bought_anew(selector, table, rows, weights[i]))
    return orders


TOO_FEW, SOME, ALL = range(3)


def _classes_drawn(table: PredictionTable, market: Market, weights: np.ndarray) -> list[int]:
    """Whether each resample holds all classes, some, or too few to learn from.

    Only a closed table has classes that items share; there is nothing to lose in the others.
    """
    if table.kind != CLOSED:
        return [ALL] * len(weights)
    n_classes = len(market.classes)
    of_class = np.stack([weights[:, market.labels == y].sum(axis=1) for y in range(n_classes)])
    n_drawn = (of_class > 0).sum(axis=0)
    return [TOO_FEW if n < 2 else ALL if n == n_classes else SOME for n in n_drawn.tolist()]


def _market_of(table: PredictionTable, rows: np.ndarray, money: float | None) -> Market:
    """The given items' answers, laid out for selectors."""
    whole = len(rows) == table.n_items
    answers = table.answers if whole else table.answers[rows]
    labels = table.known_labels if whole else table.known_labels[rows]
    return open_market(
        answers, labels.astype(np.int64), models=table.models, costs=table.costs, money=money
    )


def _bought_anew(
    selector: Any, table: PredictionTable, rows: np.ndarray, weights: np.ndarray
) -> list[int]:
    selector.fit(
        table.answers[rows],
        table.known_labels[rows],
        models=table.models,
        costs=table.costs,
        sample_weight=weights,
    )
    return [int(j) for j in selector.order_]


def _sets(table: PredictionTable, draws: list[list[int]]) -> pd.DataFrame:
    found = Counter(tuple(sorted(order)) for order in draws)
    names = table.query_names
    return pd.DataFrame(
        {
            "queries": [[names[j] for j in columns] for columns, _ in found.most_common()],
            "share": [count / len(draws) for _, count in found.most_common()],
        }
    )
