"""Choose queries for good, and say honestly what they will get."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ensel.choosing.evidence import assess_information
from ensel.choosing.learning_curve import learning_curve
from ensel.choosing.promise import Luck, luck_of_choice, resample
from ensel.choosing.rules import Choice, HeldOut, candidate_keys, choose, cross_validate
from ensel.choosing.selection_result import Rejected, Selection
from ensel.choosing.stability import Always, buy_again, shares_bought
from ensel.exceptions import InputError
from ensel.heldout.checks import (
    DEFAULT_MOST,
    EXACT,
    check_labelled,
    check_money,
    check_searchable,
    check_whole,
    checked_budgets,
    known_names,
)
from ensel.heldout.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
)
from ensel.heldout.scoring import SINGLE, SINGLE_KEY, Key, buy
from ensel.heldout.splits import check_seed, distinct_rows
from ensel.policies.ensemble import Ensemble
from ensel.selection import SELECTORS
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.voting import VOTES

OWN_VOTE = {
    "greedy-mi": "map",
    "exact-mi": "map",
    "greedy-logit": "logit",
    "gain-per-cost": "logit",
}
"""The vote that a method is matched with; the others get the weighted vote."""
CALIBRATED = ("logit",)
"""Votes whose probabilities make a bound on the information worth printing."""
FEWEST_QUESTIONS = 10


def select(
    table: PredictionTable,
    budget: int | None = None,
    *,
    money: float | None = None,
    method: str | None = None,
    vote: str | None = None,
    n_folds: int | None = None,
    n_repeats: int | None = None,
    n_boot: int = 25,
    n_again: int = 100,
    seed: int = 0,
    progress: bool | None = None,
) -> Selection:
    """Choose the queries to buy under a budget, and estimate what they will get.

    Method, vote and number of queries are chosen by repeated cross-validation, with the single
    best query and top-k always among the candidates (`ensel.choosing.rules` has the rules);
    the answer may be one query. With `method`, nothing is chosen but the queries. What is kept is
    fitted on all items. What it will get is estimated by cross-validation, less an estimate of the
    luck of having been chosen: ``benchmarks/interval_coverage.py`` measures what is left of that.
    An item on which no bought query answers counts as wrong there; the ensemble itself guesses.
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
    n_folds : int, optional
        Folds of the cross-validation; default 10, or the number of questions if that is less.
    n_repeats : int, optional
        How many times the items are cut into folds at random; default 2, or 1 from 4,000 items.
    n_boot : int
        Resamples behind the intervals, each cross-validated; at least 2.
    n_again : int
        Resamples behind the stability, in which queries are chosen and bought again.
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

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> select(pool, budget=2).method in ("single-best", "top-k", "greedy-mi", "greedy-logit")
    True
    """
    check_labelled(table)
    check_seed(seed)
    check_money(money, table)
    if budget is None:
        if money is None:
            raise InputError("how many queries? give a budget (queries a question), or money")
        budget = 1 if method == SINGLE else min(DEFAULT_MOST, table.n_queries)
    checked_budgets([budget], table)
    if method == SINGLE and budget != 1:
        raise InputError(f"single-best buys one query; budget {budget} is not 1")
    check_whole(n_boot, "resamples", 2)
    check_whole(n_again, "resamples to buy again from", 1)
    for number, what, least in ((n_folds, "folds", 2), (n_repeats, "repeats", 1)):
        if number is not None:
            check_whole(number, what, least)
    candidates = candidate_keys(budget, money)
    free = method is None
    if method is not None:
        candidates = _given(table, method, vote, budget, money, seed)
    elif vote is not None:
        known_names([vote], VOTES, "vote")
        raise InputError(f"vote {vote!r} without a method; give both, or neither to have it chosen")
    n_questions = table.n_questions
    if n_questions < FEWEST_QUESTIONS:
        raise InputError(
            f"{table.name}: {n_questions} questions"
            + (" (by the column group)" if n_questions < table.n_items else "")
            + f" are too few to judge a choice; {FEWEST_QUESTIONS} are needed"
        )
    held_out = cross_validate(
        table,
        candidates,
        money=money,
        n_folds=n_folds,
        n_repeats=n_repeats,
        seed=seed,
        progress=progress,
    )
    if candidates[-1] not in held_out.keys:
        raise InputError(
            f"{table.name}: {method} cannot fill {budget} queries in every fold, since another "
            "model is best there and has fewer samples; a smaller budget is needed"
        )
    sizes = range(1, budget + 1)
    if method is None:
        choices = [choose(held_out, size) for size in sizes]
        luck = [
            Luck() if choice.key == SINGLE_KEY else luck_of_choice(held_out, size, seed)
            for size, choice in zip(sizes, choices, strict=True)
        ]
    else:
        given = [key for key in candidates if key != SINGLE_KEY] or [SINGLE_KEY]
        choices = [Choice(key, key) for key in given]
        luck = [Luck()] * budget
    chosen = choices[-1].key
    wanted = tuple(
        dict.fromkeys(key for choice in choices for key in (choice.key, choice.ensemble))
    )
    variances = resample(table, wanted, money=money, n_boot=n_boot, seed=seed, progress=progress)
    judge = _Judge(held_out, variances)
    again = buy_again(
        table,
        _Rechoice(held_out, budget) if free else Always(chosen[0], chosen[2]),
        money=money,
        n_boot=n_again,
        seed=seed,
        progress=progress,
    )
    learned = distinct_rows(table)
    order, gains, gain_unit = buy(table, chosen[0], chosen[2], learned, seed, money)
    bought = {
        key: buy(table, key[0], key[2], learned, seed, money)[0]
        for key in {choice.key for choice in choices} - {chosen}
    }
    bought[chosen] = order
    names, costs = table.query_names, table.costs
    best = buy(table, SINGLE, 1, learned, seed, money)[0][0]
    expected = judge.accuracy(chosen, luck[-1])
    if math.isnan(expected.low):
        raise InputError(
            f"{table.name}: {method} fills {budget} queries in too few resamples to judge, since "
            "another model is often best and has fewer samples; a smaller budget is needed"
        )
    method, vote, _ = chosen
    steps = pd.DataFrame(
        {
            "query": [names[j] for j in order],
            "model": table.models[order],
            "cost": costs[order] if costs is not None else np.full(len(order), np.nan),
            "train_accuracy": table.accuracies.to_numpy()[order],
            "gain": gains,
            "accuracy": [
                float(held_out.scores((method, vote, n)).mean()) for n in range(1, len(order) + 1)
            ],
        }
    )
    rejected = None
    if method == SINGLE and choices[-1].ensemble != chosen:
        rejected = Rejected(*choices[-1].ensemble, judge.gain(choices[-1].ensemble, Luck()))
    about = {
        "trained_on": table.name,
        "n_items": table.n_items,
        "expected_accuracy": expected.value,
        "expected_accuracy_low": expected.low,
        "expected_accuracy_high": expected.high,
        "estimated_by": f"{held_out.n_folds}-fold cross-validation, repeats: {held_out.n_repeats}",
    }
    return Selection(
        dataset=table.name,
        method=method,
        vote=vote,
        budget=budget,
        money=money,
        chosen=free,
        steps=steps,
        gain_unit=gain_unit,
        expected=expected,
        single_best=names[best],
        single=judge.accuracy(SINGLE_KEY, Luck()),
        gain_vs_single=judge.gain(chosen, luck[-1]),
        rejected=rejected,
        by_budget=_by_budget(table, judge, choices, luck, bought),
        information=assess_information(
            table.answers[:, order],
            table.known_labels,
            held_out.losses(chosen) if vote in CALIBRATED else None,
            groups=table.groups,
            seed=seed,
        ),
        commonest=_commonest(table),
        silent=float((table.answers[:, order] == MISSING).all(axis=1).mean()),
        stability=shares_bought(table, again),
        learning_curve=learning_curve(table, chosen, money=money, seed=seed, progress=progress),
        n_items=table.n_items,
        n_folds=held_out.n_folds,
        n_repeats=held_out.n_repeats,
        seed=seed,
        ensemble=Ensemble.fit(
            table.subset(items=learned),
            order,
            method=method,
            vote=vote,
            about=about,
            random_state=seed,
        ),
        cost_unit=table.cost_unit,
    )


def _given(
    table: PredictionTable,
    method: str,
    vote: str | None,
    budget: int,
    money: float | None,
    seed: int,
) -> tuple[Key, ...]:
    """The single best query, and a given method and vote at every size up to the budget."""
    known_names([method], SELECTORS, "method")
    given_vote, vote = vote, vote or OWN_VOTE.get(method, "weighted")
    known_names([vote], VOTES, "vote")
    if method == SINGLE:
        if given_vote is not None:
            raise InputError(f"single-best does not vote; leave out the vote {given_vote!r}")
        return (SINGLE_KEY,)
    if method == EXACT:
        check_searchable(table, range(1, budget + 1), money)
    order = buy(table, method, budget, distinct_rows(table), seed, money)[0]
    if len(order) < budget and money is None:
        raise InputError(
            f"{table.name}: {method} can fill {len(order)} of {budget} queries (the best model, "
            f"{table.models[order[0]]}, has {len(order)} sample(s)); a budget up to {len(order)} "
            "is needed"
        )
    return (SINGLE_KEY, *((method, vote, size) for size in range(1, budget + 1)))


def _commonest(table: PredictionTable) -> tuple[str, float]:
    counts = np.bincount(table.known_labels.astype(int), minlength=table.n_classes)
    return table.classes[int(counts.argmax())], float(counts.max() / counts.sum())


class _Rechoice:
    """What would be bought by the held-out scores of other items: method and number of queries."""

    def __init__(self, held_out: HeldOut, budget: int) -> None:
        self.held_out, self.budget = held_out, budget

    def __call__(self, weights: np.ndarray) -> tuple[str, int]:
        method, _, size = choose(self.held_out, self.budget, weights).key
        return method, size


class _Judge:
    """Held-out estimates with intervals: variances as in `ensel.choosing.promise`."""

    def __init__(self, held_out: HeldOut, variances: dict[Key, tuple[float, float]]) -> None:
        self.held_out = held_out
        self.variances = variances

    def _scores(self, values: np.ndarray, optimism: float) -> SplitScores:
        return SplitScores(len(values), [np.arange(len(values))], [values - optimism])

    def accuracy(self, key: Key, luck: Luck) -> Estimate:
        """Of an ensemble; no interval where too few resamples could fill it."""
        if key not in self.variances:
            return Estimate(math.nan, math.nan, math.nan)
        scores = self._scores(self.held_out.scores(key), luck.optimism)
        variance = _halfway(scores.item_variance(), self.variances[key][0]) + luck.variance
        return accuracy_interval(scores, variance)

    def gain(self, key: Key, luck: Luck) -> Estimate:
        """Of an ensemble over the single best query."""
        if key == SINGLE_KEY:
            return Estimate(0.0, 0.0, 0.0)
        if key not in self.variances:
            return Estimate(math.nan, math.nan, math.nan)
        apart = self.held_out.scores(key) - self.held_out.scores(SINGLE_KEY)
        scores = self._scores(apart, luck.optimism)
        variance = _halfway(scores.item_variance(), self.variances[key][1]) + luck.gain_variance
        return difference_interval(scores, variance)


def _halfway(items: float, resampled: float) -> float:
    """V_items + V_learned from V_items and V_boot."""
    return max((items + resampled) / 2, items)


def _by_budget(
    table: PredictionTable,
    judge: _Judge,
    choices: Sequence[Choice],
    luck: Sequence[Luck],
    bought: dict[Key, list[int]],
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for budget, (choice, own) in enumerate(zip(choices, luck, strict=True), start=1):
        method, vote, _ = choice.key
        accuracy, gain = judge.accuracy(choice.key, own), judge.gain(choice.key, own)
        columns = bought[choice.key]
        rows.append(
            {
                "budget": budget,
                "method": method,
                "vote": vote,
                "size": len(columns),
                "queries": [table.query_names[j] for j in columns],
                "cost": math.nan if table.costs is None else float(table.costs[columns].sum()),
                "accuracy": accuracy.value,
                "accuracy_low": accuracy.low,
                "accuracy_high": accuracy.high,
                "gain_vs_single": gain.value,
                "gain_vs_single_low": gain.low,
                "gain_vs_single_high": gain.high,
            }
        )
    return pd.DataFrame(rows)
