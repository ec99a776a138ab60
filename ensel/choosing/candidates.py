"""Step one: which policies may be chosen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ensel.choosing.request import Request
from ensel.exceptions import InputError
from ensel.heldout.candidates import SINGLE, Candidate, named_candidates, single_best
from ensel.heldout.checks import check_searchable
from ensel.heldout.splits import distinct_rows
from ensel.policies import TrainingSet
from ensel.registry import SELECTORS, VOTES
from ensel.table.prediction_table import PredictionTable

START = ("greedy-logit", "logit")
BY_LOG_LOSS = (("top-k", "logit"),)
BY_ACCURACY = (("top-k", "weighted"), ("greedy-mi", "map"))
FOR_MONEY = (("gain-per-cost", "logit"),)
FAMILIES = (START, *BY_LOG_LOSS, *BY_ACCURACY)
"""Method and vote of every ensemble that may be chosen, beside the single best query."""


def candidates_up_to(budget: int, money: float | None = None) -> tuple[Candidate, ...]:
    """The single best query, and every family at every size up to a budget.

    Parameters
    ----------
    budget : int
    money : float, optional
        Most that the queries of a set may cost together.

    Returns
    -------
    tuple of Candidate
    """
    families = FAMILIES if money is None else (*FAMILIES, *FOR_MONEY)
    sizes = range(1, budget + 1)
    return (single_best(money), *named_candidates(families, sizes, money))


def propose(table: PredictionTable, request: Request) -> tuple[Candidate, ...]:
    """Candidates for a request: every family, or the one method that it names.

    Parameters
    ----------
    table : PredictionTable
    request : Request

    Returns
    -------
    tuple of Candidate
        The single best query first; the largest set of a named method last.

    Raises
    ------
    InputError
        Unknown names, a vote without a method, a budget that the method cannot fill or search.
    """
    if request.method is None:
        if request.vote is not None:
            VOTES.checked(request.vote)
            raise InputError(
                f"vote {request.vote!r} without a method; give both, or neither to have it chosen"
            )
        return candidates_up_to(request.budget, request.money)
    if request.method == SINGLE:
        return (_checked_single(request),)
    return _of_one_method(table, request)


def _checked_single(request: Request) -> Candidate:
    if request.vote is not None:
        VOTES.checked(request.vote)
        raise InputError(f"single-best does not vote; leave out the vote {request.vote!r}")
    return single_best(request.money)


def _of_one_method(table: PredictionTable, request: Request) -> tuple[Candidate, ...]:
    (method,) = SELECTORS.checked(request.method)
    (vote,) = VOTES.checked(request.vote or SELECTORS[method].matched_vote)
    sizes = range(1, request.budget + 1)
    sets = named_candidates([(method, vote)], sizes, request.money)
    check_searchable(table, sets)
    _check_filled(table, sets[-1], request.seed)
    return (single_best(request.money), *sets)


def _check_filled(table: PredictionTable, candidate: Candidate, seed: int) -> None:
    """Check that a method can buy as many queries as its budget from all items."""
    selector = buy(table, candidate, distinct_rows(table), seed)
    n_bought = len(selector.order_)
    if n_bought < candidate.budget and candidate.money is None:
        raise InputError(
            f"{table.name}: {candidate.method} can fill {n_bought} of {candidate.budget} queries "
            f"(the best model, {table.models[selector.order_[0]]}, has {n_bought} sample(s)); a "
            f"budget up to {n_bought} is needed"
        )


def buy(table: PredictionTable, candidate: Candidate, rows: np.ndarray, seed: int) -> Any:
    """The selector of a candidate, fitted on given items.

    Parameters
    ----------
    table : PredictionTable
    candidate : Candidate
    rows : ndarray of int
        Items to learn from.
    seed : int

    Returns
    -------
    QuerySelector
    """
    training = TrainingSet(
        table.answers[rows],
        table.known_labels[rows],
        models=table.models,
        costs=table.costs,
        rng_of=lambda draw: seed,
    )
    return training.bought(candidate.policy.sized_selector)
