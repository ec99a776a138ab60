"""Step five: put the choice, its promise and the reasons into one result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ensel.choosing.candidates import buy
from ensel.choosing.evidence import Evidence, assess_information
from ensel.choosing.learning_curve import learning_curve
from ensel.choosing.promise import Promises
from ensel.choosing.request import Request
from ensel.choosing.scoreboard import Scoreboard
from ensel.choosing.selection_result import Rejected, Selection
from ensel.choosing.shares import shares_as_many, shares_bought
from ensel.choosing.stability import Always, ChosenAgain, buy_again
from ensel.choosing.verdict import Verdict
from ensel.heldout.candidates import Candidate
from ensel.heldout.intervals import Estimate
from ensel.heldout.splits import distinct_rows
from ensel.policies import Policy
from ensel.table.codes import MISSING
from ensel.table.kinds import CLOSED
from ensel.table.prediction_table import PredictionTable


def explain(
    table: PredictionTable, request: Request, verdicts: Sequence[Verdict], promises: Promises
) -> Selection:
    """Buy on all items what was chosen, and say what it will get and why it.

    Parameters
    ----------
    table : PredictionTable
    request : Request
    verdicts : sequence of Verdict
        For every budget; the last is for the one asked for.
    promises : Promises

    Returns
    -------
    Selection
    """
    board, verdict = promises.board, verdicts[-1]
    final, expected = verdict.decision, verdict.accuracy
    purchases = _Purchases(table, request.seed)
    order = purchases.columns(final.chosen)
    again = _bought_again(table, board, verdict, request)

    return Selection(
        dataset=table.name,
        method=final.chosen.method,
        vote=final.chosen.vote,
        budget=request.budget,
        money=request.money,
        chosen=request.method is None,
        steps=_steps(table, board, final.chosen, purchases, again),
        gain_unit=purchases.selector(final.chosen).gain_unit,
        expected=expected,
        single_best=table.query_names[purchases.columns(board.single)[0]],
        single=promises.single_accuracy,
        gain_vs_single=verdict.gain,
        rejected=_rejected(verdict),
        n_questions=table.n_questions,
        questions_needed=verdict.too_few,
        by_budget=_by_budget(table, verdicts, purchases),
        information=_information(table, order, board, final.chosen, request),
        commonest=_commonest(table),
        silent=float((table.answers[:, order] == MISSING).all(axis=1).mean()),
        stability=shares_bought(table, again),
        learning_curve=learning_curve(
            table,
            final.chosen,
            single=board.single,
            seed=request.seed,
            progress=request.progress,
        ),
        n_items=table.n_items,
        n_folds=board.n_folds,
        n_repeats=board.n_repeats,
        seed=request.seed,
        policy=_policy(table, order, final.chosen, board, expected, request),
        verifier=request.setting.verifier,
        cost_unit=table.cost_unit,
    )


class _Purchases:
    """What candidates buy from all items, exact copies of a question once; each bought once."""

    def __init__(self, table: PredictionTable, seed: int) -> None:
        self.table, self.seed = table, seed
        self.rows = distinct_rows(table)
        self._fitted: dict[Candidate, Any] = {}

    def selector(self, candidate: Candidate) -> Any:
        """The candidate's selector, fitted."""
        if candidate not in self._fitted:
            self._fitted[candidate] = buy(self.table, candidate, self.rows, self.seed)
        return self._fitted[candidate]

    def columns(self, candidate: Candidate) -> list[int]:
        """The bought queries, in the order of buying."""
        return [int(j) for j in self.selector(candidate).order_]


def _steps(
    table: PredictionTable,
    board: Scoreboard,
    chosen: Candidate,
    purchases: _Purchases,
    again: list[list[int]],
) -> pd.DataFrame:
    """One row per bought query, with the held-out accuracy of buying up to it."""
    order = purchases.columns(chosen)
    costs = np.full(table.n_queries, np.nan) if table.costs is None else table.costs
    sets = [board.of(chosen.family, size) for size in range(1, len(order) + 1)]
    return pd.DataFrame(
        {
            "query": [table.query_names[j] for j in order],
            "model": table.models[order],
            "cost": costs[order],
            "train_accuracy": table.accuracies.to_numpy()[order],
            "gain": purchases.selector(chosen).gains_,
            "accuracy": [
                math.nan if one is None else float(board.scores(one).mean()) for one in sets
            ],
            "bought_again": shares_as_many(table, order, again),
        }
    )


def _information(
    table: PredictionTable,
    order: list[int],
    board: Scoreboard,
    chosen: Candidate,
    request: Request,
) -> Evidence | None:
    """Bits that the bought queries tell of the label.

    None with a verifier, which goes by no vote, and on open answers, which share no label.
    """
    if request.setting.verifier is not None or table.kind != CLOSED:
        return None
    calibrated = getattr(chosen.policy.vote, "calibrated", False)
    return assess_information(
        table.answers[:, order],
        table.known_labels,
        board.losses(chosen) if calibrated else None,
        groups=table.groups,
        seed=request.seed,
    )


def _rejected(verdict: Verdict) -> Rejected | None:
    """The best ensemble, where a single query was preferred to it."""
    over = verdict.passed_over
    if over is None or not verdict.decision.chosen.is_single or over.candidate.is_single:
        return None
    return Rejected(over.candidate.method, over.candidate.vote, over.size, over.gain)


def _by_budget(
    table: PredictionTable, verdicts: Sequence[Verdict], purchases: _Purchases
) -> pd.DataFrame:
    """What is bought for every budget."""
    rows = []
    for budget, verdict in enumerate(verdicts, start=1):
        chosen = verdict.decision.chosen
        columns = purchases.columns(chosen)
        rows.append(
            {
                "budget": budget,
                "method": chosen.method,
                "vote": chosen.vote,
                "size": len(columns),
                "queries": [table.query_names[j] for j in columns],
                "cost": math.nan if table.costs is None else float(table.costs[columns].sum()),
                **verdict.accuracy.named("accuracy"),
                **verdict.gain.named("gain_vs_single"),
            }
        )
    return pd.DataFrame(rows)


def _commonest(table: PredictionTable) -> tuple[str, float] | None:
    """The commonest label and its share, where items share labels."""
    if table.kind != CLOSED:
        return None
    counts = np.bincount(table.known_labels.astype(int), minlength=table.n_classes)
    return table.classes[int(counts.argmax())], float(counts.max() / counts.sum())


def _bought_again(
    table: PredictionTable, board: Scoreboard, verdict: Verdict, request: Request
) -> list[list[int]]:
    """What is bought on resampled items.

    Chosen again for the budget at which the choice was made; the verdict on it is not redone.
    """
    return buy_again(
        table,
        Always(verdict.decision.chosen)
        if verdict.ask is None
        else ChosenAgain(board, verdict.ask.budget),
        money=request.money,
        n_boot=request.n_again,
        seed=request.seed,
        progress=request.progress,
    )


def _policy(
    table: PredictionTable,
    order: list[int],
    chosen: Candidate,
    board: Scoreboard,
    expected: Estimate,
    request: Request,
) -> Policy:
    """The chosen queries, asked as they were bought, and the vote fitted on all items."""
    vote = chosen.policy.vote
    if vote is not None:
        vote = type(vote)(**(vote.get_params(False) | {"random_state": request.seed}))
    bought = table.subset(items=distinct_rows(table), queries=order)
    policy = request.setting.policy_of(None, vote, None)
    fitted: Policy = policy.fit_table(
        bought,
        method=chosen.method,
        vote=chosen.vote,
        trained_on=table.name,
        cost_unit=table.cost_unit,
        n_items=table.n_items,
        **expected.named("expected_accuracy"),
        estimated_by=f"{board.n_folds}-fold cross-validation, repeats: {board.n_repeats}",
    )
    return fitted
