"""Accuracy against money: what each sum would buy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ensel.choosing.candidates import buy, candidates_up_to, families_of
from ensel.choosing.in_sequence import fitted_on_all
from ensel.choosing.nested import Ask, nested_scores
from ensel.choosing.promise import Decision, Promises, Spread, anew_of, lead_of_single, resample
from ensel.choosing.recommendation import decide_for
from ensel.choosing.request import check_enough_questions, check_worth
from ensel.choosing.rules import choose, choose_or_ask_in_sequence
from ensel.choosing.scoreboard import Scoreboard, judge
from ensel.choosing.single import bought_single
from ensel.choosing.verdict import WORTH_THE_PRICE, Bought, climb, worth_of_money
from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate, single_best
from ensel.heldout.checks import (
    DEFAULT_MOST,
    check_affordable,
    check_labelled,
    check_whole,
    checked_budgets,
    without_costs,
)
from ensel.heldout.merging import MERGE, count_once, within_pool
from ensel.heldout.settings import ADAPTIVE, SINGLE, VERIFIER, Setting, Verifier, setting_of
from ensel.heldout.splits import check_seed, distinct_rows
from ensel.results import Result, plain
from ensel.table.copies import NO_COPIES, Copies
from ensel.table.prediction_table import PredictionTable

LEVELS = 6
GAIN = "gain_vs_single"
NO_MATTER = 0.0005
"""Accuracy that is not worth money: half of a tenth of a point, what is lost in printing."""


@dataclass(frozen=True, repr=False)
class Frontier(Result):
    """Result of `frontier`.

    Attributes
    ----------
    dataset : str
    n_items : int
    rows : DataFrame
        One row per sum of money, ascending: `money`, `cost` (what is spent; of what asks in
        sequence, on average), `method`, `vote`, `queries` (a list), `mean_queries`, `accuracy`
        with `accuracy_low` and `accuracy_high`, `single_accuracy` (of the best single query that
        the money buys), `gain_vs_single` (over that query) with `gain_vs_single_low` and
        `gain_vs_single_high`, `worth_it`: whether
        nothing cheaper is expected to be as accurate (to a tenth of a point).
    cost_unit : str or None
    copies : Copies
        What was counted as one.
    """

    drawn_by = "ensel.figures.frontiers:frontier_figure"
    reported_by = "ensel.report.frontier:frontier_report"

    dataset: str
    n_items: int
    rows: pd.DataFrame
    cost_unit: str | None
    copies: Copies = NO_COPIES

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""
        return plain(
            {
                "dataset": self.dataset,
                "n_items": self.n_items,
                "cost_unit": self.cost_unit,
                "copies": self.copies.to_list(),
                "rows": self.rows.to_dict("records"),
            }
        )

    def __repr__(self) -> str:
        return f"Frontier({self.dataset}: {len(self.rows)} sums of money)"

    def _repr_html_(self) -> str:
        return self.rows.drop(columns="queries").round(4).to_html(index=False)


def frontier(
    table: PredictionTable,
    levels: Sequence[float] | None = None,
    *,
    budget: int | None = None,
    verifier: Verifier | bool | None = None,
    adaptive: bool = False,
    worth: float | None = None,
    n_boot: int = 10,
    copies: str = MERGE,
    seed: int = 0,
    progress: bool | None = None,
) -> Frontier:
    """What `select` would buy for several sums of money.

    All sums are judged in one cross-validation. Where more money is not expected to buy what it is
    worth, a sum buys what the next smaller one that is listed does.

    Parameters
    ----------
    table : PredictionTable
        Labelled, with a cost for every query.
    levels : sequence of float, optional
        Sums of money a question in the table's `cost_unit`. Default: six, evenly spaced on a log
        scale from the cheapest query to the dearest ones that a budget could hold; and 0, where
        queries are free.
    budget : int, optional
        Most queries; default min(8, pool).
    verifier : Verifier or bool, optional
        Who picks the right answer in place of a vote: see `ensel.select`.
    adaptive : bool
        Whether queries may be asked in sequence, until the answer is settled. A sum then limits
        the mean cost of a question, not that of every one.
    worth : float, optional
        Accuracy, in [0, 1], that as much money again as the single best query costs must be
        expected to bring; default .0002. See `ensel.select`.
    n_boot : int
        Resamples behind the intervals of each level.
    copies : str
        ``"merge"``: copies of a query count as one, before anything is learned
        (`PredictionTable.copies` says which they are; labels are not looked at). ``"keep"``: each
        counts.
    seed : int
    progress : bool, optional

    Returns
    -------
    Frontier

    Raises
    ------
    InputError
        Costs unknown, or a level below the cheapest query.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 15))
    >>> frontier(pool, levels=[0.2], n_boot=2).rows["cost"].le(0.2).all()
    np.True_
    """
    check_labelled(table)
    check_seed(seed)
    check_whole(n_boot, "resamples", 2)
    check_worth(worth)
    points = WORTH_THE_PRICE if worth is None else worth
    check_enough_questions(table)
    whole = table
    table, merged = count_once(whole, copies)
    budget = min(DEFAULT_MOST, table.n_queries) if budget is None else budget
    budget = within_pool(budget, whole, table)
    checked_budgets([budget], table)
    sums = _checked_sums(table, levels, budget)
    setting = setting_of(table, verifier)

    candidates = [c for money in sums for c in candidates_up_to(budget, money, setting)]
    if adaptive:
        candidates += _in_sequence(sums, budget, setting)
    chooses = choose_or_ask_in_sequence if adaptive else choose
    board = judge(table, candidates, families=families_of(setting), seed=seed, progress=progress)
    asks = [Ask(budget, money, chooses) for money in sums]
    decisions = {ask: decide_for(board.of_money(ask.money), budget, seed, chooses) for ask in asks}
    chosen = [c for one in decisions.values() for c in (one.chosen, one.ensemble)]
    singles = [single_best(money, setting) for money in sums]
    spreads = resample(table, chosen, singles, n_boot=n_boot, seed=seed, progress=progress)
    anew = nested_scores(
        table,
        candidates,
        [anew_of(ask, one) for ask, one in decisions.items() if not one.ensemble.is_single],
        families=families_of(setting),
        setting=setting,
        seed=seed,
        progress=progress,
    )

    rows: list[dict[str, Any]] = []
    for ask, decision in decisions.items():
        row = _row_of(table, ask, decision, board, spreads, anew, points, seed)
        rows.append(row if not rows else _unless_no_better(table, rows[-1], row, points))
    frame = pd.DataFrame(rows).drop(columns="single")
    return Frontier(
        table.name,
        table.n_items,
        frame.assign(worth_it=_worth_it(frame)),
        table.cost_unit,
        merged,
    )


def _checked_sums(
    table: PredictionTable, levels: Sequence[float] | None, budget: int
) -> list[float]:
    """The sums of money, ascending, each once."""
    costs = table.costs
    if costs is None:
        raise InputError(f"{table.name}: {without_costs(table)}")
    if levels is None:
        levels = _default_sums(table, costs, budget)
    if len(levels) == 0:
        raise InputError("no sum of money; give one or more, like 0.5,1,2")
    for level in levels:
        check_affordable(level, table)
    return [float(level) for level in sorted(set(levels))]


def _default_sums(table: PredictionTable, costs: np.ndarray, budget: int) -> list[float]:
    """Evenly spaced on a log scale, from the cheapest query to the dearest set."""
    paid = costs[costs > 0]
    if len(paid) == 0:
        raise InputError(f"{table.name}: every query is free; money buys nothing more")
    most = np.sort(costs)[-budget:].sum()
    sums: list[float] = np.geomspace(paid.min(), most, LEVELS).tolist()
    return [0.0, *sums] if costs.min() == 0 else sums


def _row_of(
    table: PredictionTable,
    ask: Ask,
    decision: Decision,
    board: Scoreboard,
    spreads: dict[Candidate, Spread],
    anew: dict[Ask, np.ndarray],
    points: float,
    seed: int,
) -> dict[str, Any]:
    """What one sum buys: the single best query that it pays, or an ensemble that is worth it."""
    assert table.costs is not None
    own = board.of_money(ask.money)
    promises = Promises(own, spreads, bought_single(table, own.single, seed), anew)
    of_single = float(table.costs[promises.single.column])
    purchase = queries, cost, _ = _purchase(table, decision.ensemble, own, seed)
    bought = Bought(tuple(table.query_names.index(name) for name in queries), cost)
    worth = worth_of_money(points, of_single, table.costs)
    (verdict,) = climb({ask: decision}, promises, {ask: bought}, of_single, worth)

    chosen = verdict.decision.chosen
    if chosen != decision.ensemble:
        purchase = _purchase(table, chosen, own, seed)
    queries, cost, mean_queries = purchase
    return {
        "money": ask.money,
        "cost": cost,
        "method": chosen.method,
        "vote": chosen.vote,
        "queries": queries,
        "mean_queries": mean_queries,
        **verdict.accuracy.named("accuracy"),
        **verdict.gain.named("gain_vs_single"),
        "single_accuracy": promises.single.accuracy,
        "single": promises.single,
    }


def _unless_no_better(
    table: PredictionTable, cheaper: dict[str, Any], row: dict[str, Any], points: float
) -> dict[str, Any]:
    """What a smaller sum buys, where more money is not expected to buy what it is worth.

    Its gain is then over the best query that the larger sum pays.
    """
    assert table.costs is not None
    of_single = float(table.costs[row["single"].column])
    worth = worth_of_money(points, of_single, table.costs)
    extra = worth.needed(row["cost"] - cheaper["cost"])
    if row["accuracy"] > cheaper["accuracy"] + extra:
        return row
    names = ("money", "single", "single_accuracy")
    own = {name: row[name] for name in names}
    if cheaper["method"] == SINGLE:
        return cheaper | own | lead_of_single(cheaper["single"], row["single"]).named(GAIN)
    better = row["single_accuracy"] - cheaper["single_accuracy"]
    gains = (GAIN, f"{GAIN}_low", f"{GAIN}_high")
    return cheaper | own | {name: cheaper[name] - better for name in gains}


def _purchase(
    table: PredictionTable, chosen: Candidate, board: Scoreboard, seed: int
) -> tuple[list[str], float, float]:
    """The queries, and what a question costs and is asked: of a sequence, on average, held out."""
    assert table.costs is not None
    if chosen.is_sequence:
        policy = fitted_on_all(table, chosen)
        place = board.candidates.index(chosen)
        assert board.mean_cost is not None
        assert board.mean_queries is not None
        names = [policy.query_names[j] for j in policy.columns_]
        return names, float(board.mean_cost[place]), float(board.mean_queries[place])
    order = buy(table, chosen, distinct_rows(table), seed).order_
    names = [table.query_names[j] for j in order]
    cost = float(table.costs[order].sum())
    if chosen.vote == VERIFIER and board.mean_cost is not None:  # looking may cost, too
        cost = float(board.mean_cost[board.candidates.index(chosen)])
    return names, cost, float(len(order))


def _in_sequence(sums: Sequence[float], budget: int, setting: Setting) -> list[Candidate]:
    """What asks in sequence, at the mean cost of each sum."""
    vote = setting.vote_of(ADAPTIVE)
    return [
        Candidate(ADAPTIVE, vote, budget, money, policy=setting.sequence_for_money(budget, money))
        for money in sums
    ]


def _worth_it(rows: pd.DataFrame) -> list[bool]:
    """Whether nothing cheaper is expected to be as accurate."""
    return [
        not ((rows["cost"] < row.cost) & (rows["accuracy"] >= row.accuracy - NO_MATTER)).any()
        for row in rows.itertuples()
    ]
