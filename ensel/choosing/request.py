"""What `select` is asked for, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ensel.exceptions import InputError
from ensel.heldout.checks import (
    DEFAULT_MOST,
    check_affordable,
    check_labelled,
    check_mean_budget,
    check_whole,
    checked_budgets,
)
from ensel.heldout.settings import CLOSED_SETTING, SINGLE, Setting, Verifier, setting_of
from ensel.heldout.splits import check_seed
from ensel.policies.certificates import check_promise
from ensel.table.prediction_table import PredictionTable

FEWEST_QUESTIONS = 10


@dataclass(frozen=True)
class Request:
    """What may be bought, by which method, and how much work the answer may be.

    Attributes
    ----------
    budget : int
        Most queries a question.
    money : float or None
        Most that the queries may cost together.
    method, vote : str or None
        None: chosen.
    setting : Setting
        Which methods and votes there are: by the kind of table, and by who judges answers.
    adaptive : bool or None
        Whether to say what asking in sequence gets; None: where it may be worth it.
    mean_budget : float or None
        Most queries a question on average, of what asks in sequence.
    loss, confidence : float or None, float
        What is to be certified of it; no loss: nothing.
    unlabelled : ndarray of int or None, shape (n_others, n_queries)
        Answers to other questions, as codes, that teach when to stop.
    worth : float or None
        Accuracy that a further unit of cost must bring: see `ensel.choosing.verdict`.
    n_folds, n_repeats : int or None
        None: by the number of items.
    n_boot, n_again : int
        Resamples behind the intervals, and behind the stability.
    seed : int
    progress : bool or None
    """

    budget: int
    money: float | None = None
    method: str | None = None
    vote: str | None = None
    setting: Setting = CLOSED_SETTING
    adaptive: bool | None = None
    mean_budget: float | None = None
    loss: float | None = None
    confidence: float = 0.95
    unlabelled: np.ndarray | None = None
    worth: float | None = None
    n_folds: int | None = None
    n_repeats: int | None = None
    n_boot: int = 25
    n_again: int = 100
    seed: int = 0
    progress: bool | None = None


def checked_request(
    table: PredictionTable,
    budget: int | None,
    money: float | None,
    verifier: Verifier | bool | None = None,
    **details: object,
) -> Request:
    """Check what `select` is asked for against a table.

    Parameters
    ----------
    table : PredictionTable
    budget : int, optional
        Default, where money limits it: 8, or the size of the pool.
    money : float, optional
    verifier : Verifier or bool, optional
        Who picks the answer; default: a vote.
    **details
        The other attributes of `Request`.

    Returns
    -------
    Request

    Raises
    ------
    InputError
        A table, a budget, money or numbers that will not do.
    """
    check_labelled(table)
    check_seed(details["seed"])  # type: ignore[arg-type]
    check_affordable(money, table)
    method = details.get("method")
    if budget is None:
        if money is None:
            raise InputError("how many queries? give a budget (queries a question), or money")
        budget = 1 if method == SINGLE else min(DEFAULT_MOST, table.n_queries)
    checked_budgets([budget], table)
    if method == SINGLE and budget != 1:
        raise InputError(f"single-best buys one query; budget {budget} is not 1")
    setting = setting_of(table, verifier)
    if method is not None:
        setting.selectors.checked(str(method))
    request = Request(budget, money, setting=setting, **details)  # type: ignore[arg-type]
    _check_numbers(request)
    return _with_sequence_checked(request)


def _with_sequence_checked(request: Request) -> Request:
    """Whoever limits or certifies asking in sequence wants it."""
    if request.mean_budget is not None:
        check_mean_budget(request.mean_budget)
        if request.setting.verifier is not None:
            raise InputError("a mean budget with a verifier; it stops when an answer passes")
    if request.loss is not None:
        check_promise(request.loss, request.confidence)
        if request.mean_budget is not None:
            raise InputError("a loss and a mean budget; give one, since each decides when to stop")
        if request.setting.verifier is not None:
            raise InputError("a loss with a verifier; what a verifier accepts needs no certificate")
    if request.unlabelled is not None and request.setting.verifier is not None:
        raise InputError("unlabelled answers with a verifier; it stops when an answer passes")
    if request.loss is None and request.mean_budget is None and request.unlabelled is None:
        return request
    if request.adaptive is False:
        raise InputError(
            "a loss, a mean budget or unlabelled answers are of asking in sequence; adaptive is "
            "False"
        )
    return replace(request, adaptive=True)


def _check_numbers(request: Request) -> None:
    check_worth(request.worth)
    check_whole(request.n_boot, "resamples", 2)
    check_whole(request.n_again, "resamples to buy again from", 1)
    for number, what, least in ((request.n_folds, "folds", 2), (request.n_repeats, "repeats", 1)):
        if number is not None:
            check_whole(number, what, least)


def check_worth(worth: float | None) -> None:
    """Check what a further unit of cost must bring.

    Raises
    ------
    InputError
        If it is no share of accuracy.
    """
    is_number = isinstance(worth, int | float | np.number) and not isinstance(worth, bool)
    if worth is not None and not (is_number and 0 <= worth <= 1):
        raise InputError(
            f"worth {worth!r}: a share of accuracy from 0 to 1 is needed (on the command line, "
            "points from 0 to 100)"
        )


def check_enough_questions(table: PredictionTable) -> None:
    """Check that there are questions enough to judge a choice.

    Raises
    ------
    InputError
        If there are fewer than ten.
    """
    n_questions = table.n_questions
    if n_questions < FEWEST_QUESTIONS:
        by_group = " (by the column group)" if n_questions < table.n_items else ""
        raise InputError(
            f"{table.name}: {n_questions} questions{by_group} are too few to judge a choice; "
            f"{FEWEST_QUESTIONS} are needed"
        )
