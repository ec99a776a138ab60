"""Choose queries for good, and say honestly what they will get: `select`, step by step.

1. *Propose* candidates (`ensel.choosing.candidates`).
2. *Judge* them by cross-validation (`ensel.choosing.scoreboard`).
3. *Choose* one for every budget (`ensel.choosing.rules`).
4. *Promise* what each choice will get (`ensel.choosing.promise`): what choosing anew gets.
5. *Judge what is worth its cost*: that is bought (`ensel.choosing.verdict`).
6. *Explain* it (`ensel.choosing.explanation`).
"""

from __future__ import annotations

import dataclasses
from typing import Any

from ensel.choosing.candidates import buy, families_of, propose
from ensel.choosing.explanation import explain
from ensel.choosing.in_sequence import ask_in_sequence, others_coded
from ensel.choosing.nested import Ask, nested_scores
from ensel.choosing.promise import (
    NOT_CHOSEN,
    NOTHING,
    Decision,
    Promises,
    anew_of,
    resample,
    spread_of_choice,
)
from ensel.choosing.request import Request, check_enough_questions, checked_request
from ensel.choosing.rules import Chooses, choose
from ensel.choosing.scoreboard import Scoreboard, judge
from ensel.choosing.selection_result import Selection
from ensel.choosing.single import bought_single
from ensel.choosing.verdict import (
    WORTH_A_QUERY,
    WORTH_THE_PRICE,
    Bought,
    Verdict,
    Worth,
    climb,
    worth_of_money,
)
from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate
from ensel.heldout.checks import check_labelled
from ensel.heldout.merging import MERGE, count_once, within_pool
from ensel.heldout.settings import SINGLE, VERIFIER, Verifier
from ensel.heldout.splits import distinct_rows
from ensel.table.prediction_table import PredictionTable


def select(
    table: PredictionTable,
    budget: int | None = None,
    *,
    money: float | None = None,
    method: str | None = None,
    vote: str | None = None,
    adaptive: bool | None = None,
    mean_budget: float | None = None,
    loss: float | None = None,
    confidence: float = 0.95,
    unlabelled: PredictionTable | None = None,
    worth: float | None = None,
    n_folds: int | None = None,
    n_repeats: int | None = None,
    n_boot: int = 25,
    n_again: int = 100,
    verifier: Verifier | bool | None = None,
    copies: str = MERGE,
    seed: int = 0,
    progress: bool | None = None,
) -> Selection:
    """Choose the queries to buy under a budget, and estimate what they will get.

    Method, vote and number of queries are chosen by repeated cross-validation, with the single
    best query and top-k always among the candidates (`ensel.choosing.rules` has the rules); the
    answer may be one query. With `method`, nothing is chosen but the queries. What is kept is
    fitted on all items. What is promised is what choosing anew gets on items that had no say in it,
    and what is recommended is what is bought (`ensel.choosing.verdict`):
    ``benchmarks/promises.py`` measures how far promises are off.
    An item on which no bought query answers counts as wrong there; the policy itself guesses.
    Copies of a question (`PredictionTable.groups`) count as one; exact ones are learned from once.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    budget : int, optional
        Most queries a question, from 1 to the size of the pool; default, where `money` is given,
        8 or the size of the pool.
    money : float, optional
        Most that the queries may cost together, in the table's `cost_unit`; needs a cost for every
        query. Dear queries are passed over, and what is bought for its gain per cost joins the
        candidates.
    method : str, optional
        Of ``single-best random top-k mrmr jmi greedy-mi greedy-logit gain-per-cost self-moa
        exact-mi``; default: chosen, never exact-mi, which tries every set (small pools only) and
        does so again for every fold and resample.
    vote : str, optional
        Of ``majority weighted map logit``, with a method; default map for greedy-mi and exact-mi,
        logit for greedy-logit and gain-per-cost, weighted for the others.
    adaptive : bool, optional
        Whether to say what asking the queries in sequence gets, until the answer is settled
        (`Selection.adaptive`). Default: where a set of three or more is bought; it is then one
        sentence. True: in full, of all `budget` queries, and also where one query is bought.
    mean_budget : float, optional
        Most queries a question on average, of asking in sequence. Default: what is expected to lose
        .15 points to asking everything, at most.
    loss : float, optional
        Accuracy that asking in sequence may lose to asking everything, between 0 and 1, with a
        certificate on half of the labels (`ensel.policies.CertifiedSequential`).
    confidence : float
        Of the certificate.
    unlabelled : PredictionTable, optional
        Answers of the same queries to other questions, whose labels are not looked at: they teach
        when to stop, which few labels teach badly. For closed tables.
    worth : float, optional
        Accuracy, in [0, 1], that one more query must be expected to bring, or with `money` as much
        money again as the single best query costs. Default .0005, with money .0002.
    n_folds : int, optional
        Folds of the cross-validation; default 10, or the number of questions if that is less.
    n_repeats : int, optional
        How many times the items are cut into folds at random; default 2, or 1 from 4,000 items.
    n_boot : int
        Resamples behind the intervals, each cross-validated; at least 2.
    n_again : int
        Resamples behind the stability, in which queries are chosen and bought again.
    verifier : Verifier or bool, optional
        Who picks the right answer in place of a vote; True: one that never errs. Accuracy is then
        the share of items that are solved: that a bought query is right on.
    copies : str
        ``"merge"``: copies of a query count as one, before anything is learned
        (`PredictionTable.copies` says which they are; labels are not looked at). ``"keep"``: each
        counts.
    seed : int
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    Selection

    Raises
    ------
    InputError
        Unlabelled or one-class table, unknown names, a budget outside the pool or one that the
        method cannot fill or search, a vote without a method, money that buys nothing or without
        costs.

    See Also
    --------
    ensel.compare : Methods against each other, your own among them.
    ensel.frontier : What each sum of money buys.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> select(pool, budget=2).method in ("single-best", "top-k", "greedy-mi", "greedy-logit")
    True
    """
    check_labelled(table)
    whole = table
    table, merged = count_once(whole, copies)

    request = checked_request(
        table,
        None if budget is None else within_pool(budget, whole, table),
        money,
        verifier,
        method=method,
        vote=vote,
        adaptive=adaptive,
        mean_budget=mean_budget,
        loss=loss,
        confidence=confidence,
        unlabelled=None if unlabelled is None else others_coded(unlabelled, table),
        worth=worth,
        n_folds=n_folds,
        n_repeats=n_repeats,
        n_boot=n_boot,
        n_again=n_again,
        seed=seed,
        progress=progress,
    )

    verdicts, promises = verdicts_on(table, request)
    result = explain(table, request, verdicts, promises)
    bought = verdicts[-1].decision.chosen
    in_sequence = ask_in_sequence(table, request, bought, len(result.queries))
    return dataclasses.replace(
        result, copies=merged, adaptive=in_sequence, adaptive_asked_for=bool(request.adaptive)
    )


def verdicts_on(table: PredictionTable, request: Request) -> tuple[list[Verdict], Promises]:
    """What is bought for every budget, and what is promised of it: all steps but the last.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    request : Request

    Returns
    -------
    list of Verdict
        For budgets from 1 up.
    Promises
    """
    candidates = propose(table, request)
    board = judged(table, candidates, request)
    decisions = decide(board, candidates, request)
    promises = promised(table, board, candidates, decisions, request)
    return judged_worth(table, decisions, promises, request), promises


def judged(
    table: PredictionTable, candidates: tuple[Candidate, ...], request: Request
) -> Scoreboard:
    """Judge candidates by cross-validation.

    Candidates that a fold cannot fill are left out. Of those that are chosen among, every fold can
    fill all; of a named method, the largest set (it comes last) may be out of reach where another
    model is best in some fold.

    Raises
    ------
    InputError
        If there are too few questions, or folds that the largest set of a named method cannot fill.
    """
    check_enough_questions(table)
    board = judge(
        table,
        candidates,
        n_folds=request.n_folds,
        n_repeats=request.n_repeats,
        families=families_of(request.setting),
        seed=request.seed,
        progress=request.progress,
    )
    largest = candidates[-1]
    if largest not in board.candidates:
        raise InputError(
            f"{table.name}: {request.method} cannot fill {request.budget} queries in every fold, "
            "since another model is best there and has fewer samples; a smaller budget is needed"
        )
    return board


def decide(
    board: Scoreboard, candidates: tuple[Candidate, ...], request: Request
) -> dict[Ask, Decision]:
    """Choose for every budget up to the one asked for, smallest first.

    With a named method there is nothing to choose: its set of each size is the decision.
    """
    asks = [Ask(size, request.money, choose) for size in range(1, request.budget + 1)]
    if request.method is None:
        return {ask: decide_for(board, ask.budget, request.seed) for ask in asks}
    sets = (
        [board.single] if request.method == SINGLE else [c for c in candidates if not c.is_single]
    )
    return {ask: Decision(one, one) for ask, one in zip(asks, sets, strict=True)}


def decide_for(board: Scoreboard, budget: int, seed: int, chooses: Chooses = choose) -> Decision:
    """Choose for one budget, and see what moves with the choice."""
    choice = chooses(board, budget, None)
    spread = NOT_CHOSEN
    if not choice.chosen.is_single:
        spread = spread_of_choice(board, budget, seed, chooses)
    return Decision(choice.chosen, choice.ensemble, spread)


def promised(
    table: PredictionTable,
    board: Scoreboard,
    candidates: tuple[Candidate, ...],
    decisions: dict[Ask, Decision],
    request: Request,
) -> Promises:
    """Promise what each choice will get, and each ensemble that one query was preferred to.

    Raises
    ------
    InputError
        If too few resamples can fill the final choice.
    """
    both = [c for decision in decisions.values() for c in (decision.chosen, decision.ensemble)]
    seed, progress = request.seed, request.progress
    spreads = resample(
        table, both, [board.single], n_boot=request.n_boot, seed=seed, progress=progress
    )
    final = list(decisions.values())[-1].chosen
    if final not in spreads:
        raise InputError(
            f"{table.name}: {final.method} fills {request.budget} queries in too few resamples to "
            "judge, since another model is often best and has fewer samples; a smaller budget is "
            "needed"
        )

    single = bought_single(table, board.single, seed)
    if request.method is not None:
        return Promises(board, spreads, single)
    anew = nested_scores(
        table,
        candidates,
        [anew_of(ask, one) for ask, one in decisions.items() if not one.ensemble.is_single],
        families=families_of(request.setting),
        setting=request.setting,
        seed=seed,
        progress=progress,
    )
    return Promises(board, spreads, single, anew)


def judged_worth(
    table: PredictionTable, decisions: dict[Ask, Decision], promises: Promises, request: Request
) -> list[Verdict]:
    """What is bought for every budget: of a named method, what was named."""
    if request.method is not None:
        return [_of_named(table, one, promises, request) for one in decisions.values()]
    rows, bought = distinct_rows(table), {}
    of_single = _cost(table, [promises.single.column], request)
    for ask, decision in decisions.items():
        order = buy(table, decision.ensemble, rows, request.seed).order_
        bought[ask] = Bought(tuple(int(j) for j in order), _cost(table, order, request))
    return climb(decisions, promises, bought, of_single, _worth(table, request, of_single))


def _of_named(
    table: PredictionTable, decision: Decision, promises: Promises, request: Request
) -> Verdict:
    """What is promised of a named method; of the single best query by another name, the same."""
    chosen = decision.chosen
    if not chosen.is_single and chosen.budget == 1 and chosen.vote in LEAVES_ANSWERS:
        order = buy(table, chosen, distinct_rows(table), request.seed).order_
        if order.tolist() == [promises.single.column]:
            return Verdict(decision, None, NOTHING, promises.single_accuracy)
    return Verdict(decision, None, promises.gain(chosen), promises.accuracy(chosen))


LEAVES_ANSWERS = ("majority", VERIFIER)
"""Votes that leave one query's answer as it is."""


def _cost(table: PredictionTable, columns: Any, request: Request) -> float:
    """Of a set: money where money is the limit, else queries."""
    if request.money is None or table.costs is None:
        return float(len(columns))
    return float(table.costs[columns].sum())


def _worth(table: PredictionTable, request: Request, of_single: float) -> Worth:
    """What a further query must bring; with money, as much again as the single best query costs."""
    if request.money is None or table.costs is None:
        return Worth(WORTH_A_QUERY if request.worth is None else request.worth, 1.0)
    points = WORTH_THE_PRICE if request.worth is None else request.worth
    return worth_of_money(points, of_single, table.costs)
