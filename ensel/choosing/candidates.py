"""Step one: which policies may be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.choosing.request import Request
from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate, named_candidates, single_best
from ensel.heldout.checks import check_searchable
from ensel.heldout.settings import CLOSED_SETTING, SINGLE, VERIFIER, Setting
from ensel.heldout.splits import distinct_rows
from ensel.policies import TrainingSet
from ensel.table.prediction_table import PredictionTable


@dataclass(frozen=True)
class Families:
    """Method and vote of every ensemble that may be chosen, beside the single best query.

    Attributes
    ----------
    start : (str, str)
        Where the choice begins.
    by_log_loss, by_accuracy : tuple of (str, str)
        Rivals of the same size, and what they are compared by.
    for_money : tuple of (str, str)
        Rivals by log loss, where money is the limit.
    fewer_may_lose : float
        Standard errors by which fewer queries may be worse than the budget's; below 0, by which
        they must be better.
    loss_compares_sets : bool
        Whether log losses of different sets of queries are about the same outcomes. Where they are
        not, only votes of the same queries are compared by them.
    """

    start: tuple[str, str]
    by_log_loss: tuple[tuple[str, str], ...]
    by_accuracy: tuple[tuple[str, str], ...]
    for_money: tuple[tuple[str, str], ...] = ()
    fewer_may_lose: float = 1.0
    loss_compares_sets: bool = True

    def named(self, money: float | None) -> tuple[tuple[str, str], ...]:
        """All of them, each once."""
        rivals = () if money is None else self.for_money
        every = (self.start, *self.by_log_loss, *self.by_accuracy, *rivals)
        return tuple(dict.fromkeys(every))


CLOSED_FAMILIES = Families(
    start=("greedy-logit", "logit"),
    by_log_loss=(("top-k", "logit"),),
    by_accuracy=(("top-k", "weighted"), ("greedy-mi", "map")),
    for_money=(("gain-per-cost", "logit"),),
)
OPEN_FAMILIES = Families(
    start=("top-k", "majority"),
    # These vote on the same queries, and all are fitted to say how likely an answer is right.
    by_log_loss=(("top-k", "weighted"), ("top-k", "logit")),
    by_accuracy=(("greedy-logit", "logit"),),
    # With a hundred questions one standard error is several points, and on open answers further
    # queries bring points as well (``benchmarks/open_answers.py``): fewer must be clearly better.
    fewer_may_lose=-1.0,
    # Fewer queries give fewer options, and "none of these is right" is then the safer thing to
    # say: log loss falls as fewer are right.
    loss_compares_sets=False,
)
VERIFIER_FAMILIES = Families(
    start=("greedy-coverage", VERIFIER),
    by_log_loss=(),
    # A verifier has no log loss: its families are compared, and shortened, by solved items.
    by_accuracy=(("top-k", VERIFIER), ("greedy-coverage", VERIFIER)),
)


def families_of(setting: Setting) -> Families:
    """What may be chosen in a setting.

    Parameters
    ----------
    setting : Setting

    Returns
    -------
    Families
    """
    if setting.verifier is not None:
        return VERIFIER_FAMILIES
    return OPEN_FAMILIES if setting.is_open else CLOSED_FAMILIES


def candidates_up_to(
    budget: int, money: float | None = None, setting: Setting = CLOSED_SETTING
) -> tuple[Candidate, ...]:
    """The single best query, and every family at every size up to a budget.

    Parameters
    ----------
    budget : int
    money : float, optional
        Most that the queries of a set may cost together.
    setting : Setting

    Returns
    -------
    tuple of Candidate
    """
    families = families_of(setting).named(money)
    sizes = range(1, budget + 1)
    sets = named_candidates(families, sizes, money, setting)
    return (single_best(money, setting), *sets)


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
            request.setting.votes.checked(request.vote)
            raise InputError(
                f"vote {request.vote!r} without a method; give both, or neither to have it chosen"
            )
        return candidates_up_to(request.budget, request.money, request.setting)
    if request.method == SINGLE:
        return (_checked_single(request),)
    return _of_one_method(table, request)


def _checked_single(request: Request) -> Candidate:
    if request.vote is not None:
        request.setting.votes.checked(request.vote)
        raise InputError(f"single-best does not vote; leave out the vote {request.vote!r}")
    return single_best(request.money, request.setting)


def _of_one_method(table: PredictionTable, request: Request) -> tuple[Candidate, ...]:
    setting = request.setting
    (method,) = setting.selectors.checked(request.method)
    (vote,) = setting.votes.checked(request.vote or setting.vote_of(method))
    sizes = range(1, request.budget + 1)
    sets = named_candidates([(method, vote)], sizes, request.money, setting)
    check_searchable(table, sets)
    _check_filled(table, sets[-1], request.seed)
    return (single_best(request.money, setting), *sets)


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
