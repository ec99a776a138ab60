"""The early answer to an audited question, and that of asking everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ensel.exceptions import InputError, shorten
from ensel.policies.live import Answers
from ensel.policies.open_answers import heard_options
from ensel.policies.verified_set import VerifiedSet
from ensel.table.codes import MISSING


def queries_of(policy: Any) -> tuple[str, ...]:
    """Names of the queries that a policy may ask, in its order.

    Parameters
    ----------
    policy : Policy
        Fitted; anything with `query_names`, `next` and `answer`.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        If it is none, or a verifier picks its answer.
    """
    if isinstance(policy, VerifiedSet):
        raise InputError("a verifier picks the answer of this policy: nothing to disagree with")
    names = getattr(policy, "query_names", ())
    if not names or not hasattr(policy, "next") or not hasattr(policy, "answer"):
        raise InputError(f"a {type(policy).__name__} given; a fitted policy is needed")
    return tuple(names[j] for j in getattr(policy, "columns_", range(len(names))))


def replayed(policy: Any, answers: Answers, n: int) -> tuple[Any, Any]:
    """What a policy would have said early, and what it says when everything was asked.

    It is asked again what it wants to know, and told nothing else.

    Parameters
    ----------
    policy : Policy
    answers : mapping of str to answer
        Of all queries that it may ask.
    n : int
        Queries of a wave.

    Returns
    -------
    early, full : label
        None where no answer was usable.
    """
    early: dict[str, Any] = {}
    while wave := policy.next(early, n):
        early |= {query: answers[query] for query in wave}
    everything = getattr(policy, "full_answer", policy.answer)
    label = policy.answer(early).label if _is_heard(early) else None
    return label, everything(answers).label if _is_heard(answers) else None


def same(policy: Any, one: Any, other: Any) -> bool:
    """Whether two answers are the same; open ones in whatever spelling.

    Parameters
    ----------
    policy : Policy
    one, other : label
        None = none.

    Returns
    -------
    bool
    """
    reader = getattr(policy, "reader", None)
    if reader is None or one is None or other is None:
        return bool(one == other)
    codes, _ = heard_options([one, other], reader)
    return bool(codes[0] == codes[1] != MISSING)


def loss_of(policy: Any, early: Any, full: Any, label: Any) -> int:
    """1 where only asking everything was right, -1 where only the early answer was, else 0.

    Parameters
    ----------
    policy : Policy
    early, full : label
        None is never right.
    label
        The right answer.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If the label is none that the policy knows.
    """
    right = _as_the_policy_spells(policy, label)
    early_right, full_right = (
        answer is not None and same(policy, answer, right) for answer in (early, full)
    )
    return int(full_right) - int(early_right)


def _as_the_policy_spells(policy: Any, label: Any) -> Any:
    """A label as the class that it names."""
    reader, names = getattr(policy, "reader", None), getattr(policy, "class_names", None)
    if reader is not None:
        if heard_options([label], reader)[0][0] == MISSING:
            raise InputError(f"label {shorten([repr(label)])} cannot be read as {reader}")
        return label
    if names is not None:
        read = None if label is None else policy._read(label)
        if read is None:
            raise InputError(
                f"label {shorten([repr(label)])} names none of the classes {shorten(names, 10)}"
            )
        return read
    known: Sequence[Any] = np.asarray(getattr(policy, "classes_", [label])).tolist()
    if label not in known:
        raise InputError(f"label {shorten([repr(label)])}; the policy knows {shorten(known, 10)}")
    return label


def _is_heard(answers: Mapping[str, Any]) -> bool:
    """Whether any answer is usable."""
    return any(
        answer is not None and not _is_code_of_missing(answer) for answer in answers.values()
    )


def _is_code_of_missing(answer: Any) -> bool:
    return isinstance(answer, int | np.integer) and answer == MISSING
