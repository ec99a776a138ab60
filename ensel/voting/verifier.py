"""What a verifier makes of several answers: it reads them in order and takes the first it accepts.

A verifier is what can tell a right answer from a wrong one without knowing it: unit tests, a proof
checker, a person. With one that never errs an item is solved if any answer is right. One that errs
may take a wrong answer before it comes to a right one, and the order of asking counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.exceptions import InputError


@dataclass(frozen=True)
class Verified:
    """What comes of each item, in expectation; arrays of shape (n_items,) but for the last.

    Attributes
    ----------
    right : ndarray of float
        Probability that an answer is accepted and right.
    wrong : ndarray of float
        Probability that an answer is accepted and wrong.
    nothing : ndarray of float
        Probability that no answer is accepted. The three add up to 1.
    looked : ndarray of float
        Expected number of answers that the verifier looks at.
    asked : ndarray of float
        Expected number of queries asked, where each is asked only after those before it were
        rejected; a query without an answer is asked, but there is nothing to look at.
    reached : ndarray of float, shape (n_items, k)
        Probability that all answers before each query's are rejected; `asked` are its sums.
    """

    right: np.ndarray
    wrong: np.ndarray
    nothing: np.ndarray
    looked: np.ndarray
    asked: np.ndarray
    reached: np.ndarray


def solved(
    right: Any,
    *,
    answered: Any = None,
    accepted: Any = None,
    false_accept: float = 0.0,
    false_reject: float = 0.0,
) -> Verified:
    """What a verifier that may err makes of answers that it reads in order.

    It accepts a right answer with probability 1 - `false_reject` and a wrong one with probability
    `false_accept`, independently of each other, and stops at the first that it accepts. So answer
    j is the final one with probability accept_j times the product of 1 - accept_i over i < j.
    Derived here. Independence is an assumption: tests that miss one wrong program may well miss
    its twin. Where verdicts of a real verifier are cached, give them as `accepted`, and nothing is
    assumed.

    Parameters
    ----------
    right : array_like of bool, shape (n_items, k)
        Whether each answer is right, in the order of asking.
    answered : array_like of bool, shape (n_items, k), optional
        False where a query gave no answer: that is never accepted. Default: all answered.
    accepted : array_like of bool, shape (n_items, k), optional
        Verdicts of a real verifier, in place of the two rates.
    false_accept : float
        Probability that a wrong answer is accepted, in [0, 1].
    false_reject : float
        Probability that a right answer is rejected, in [0, 1].

    Returns
    -------
    Verified

    Raises
    ------
    InputError
        If shapes differ, a rate is not in [0, 1], rates are given beside verdicts, or an answer
        that is missing is called right or accepted.

    See Also
    --------
    pass_at_k : Where the answers are samples of one model, in no order.
    ensel.selection.GreedyCoverage : Buys for a verifier that never errs.

    Examples
    --------
    >>> result = solved([[False, True]], false_accept=0.1, false_reject=0.2)
    >>> result.right.tolist(), result.wrong.tolist()  # .9 x .8; .1
    ([0.7200000000000001], [0.1])
    """
    holds = _matrix(right, "right")
    given = np.ones_like(holds) if answered is None else _matrix(answered, "answered", holds.shape)
    _check(holds, given, "right")
    if accepted is None:
        _check_rate(false_accept, "false_accept")
        _check_rate(false_reject, "false_reject")
        accept = acceptance(holds, given, false_accept, false_reject)
    else:
        if false_accept or false_reject:
            raise InputError("accepted and error rates; the verdicts or the rates are needed")
        verdicts = _matrix(accepted, "accepted", holds.shape)
        _check(verdicts, given, "accepted")
        accept = verdicts.astype(float)
    return _read_in_order(holds, given, accept)


def acceptance(
    right: np.ndarray, answered: np.ndarray, false_accept: float, false_reject: float
) -> np.ndarray:
    """Probability that a verifier accepts each answer, were it to look at it.

    Parameters
    ----------
    right, answered : ndarray of bool, shape (n_items, k)
        A right answer is accepted with probability 1 - `false_reject`, a wrong one with
        probability `false_accept`, a missing one never.
    false_accept, false_reject : float
        In [0, 1].

    Returns
    -------
    ndarray of float, shape (n_items, k)

    Examples
    --------
    >>> acceptance(np.array([[True, False]]), np.array([[True, True]]), 0.1, 0.2).tolist()
    [[0.8, 0.1]]
    """
    chance: np.ndarray = np.where(right, 1.0 - false_reject, float(false_accept)) * answered
    return chance


def _read_in_order(right: np.ndarray, answered: np.ndarray, accept: np.ndarray) -> Verified:
    rejected = np.cumprod(1.0 - accept, axis=1)
    # One more column than there are queries: in the last, none is accepted.
    rejected = np.column_stack([np.ones(len(right)), rejected])
    reached = rejected[:, :-1]
    final = reached * accept
    return Verified(
        right=(final * right).sum(axis=1),
        wrong=(final * ~right).sum(axis=1),
        nothing=rejected[:, -1],
        looked=(reached * answered).sum(axis=1),
        asked=reached.sum(axis=1),
        reached=reached,
    )


def pass_at_k(n: Any, c: Any, k: Any) -> Any:
    """Chance that at least one of k samples is right, estimated from n samples of which c are.

    1 - C(n - c, k) / C(n, k), unbiased where the n samples are independent draws: the share of the
    subsets of k that hold a right one [1]_. As a product of min(c, k) factors whose logarithms
    are summed, so that neither large n nor chances near 0 or 1 lose digits.

    Parameters
    ----------
    n : int or array_like of int
        Samples, at least k.
    c : int or array_like of int
        Right ones, from 0 to n.
    k : int or array_like of int
        From 1. The three are broadcast against each other.

    Returns
    -------
    float or ndarray of float
        In [0, 1].

    Raises
    ------
    InputError
        If a number is out of its range, or no whole number.

    See Also
    --------
    expected_coverage : Of a table's items.

    References
    ----------
    .. [1] Chen, M. et al. (2021). Evaluating large language models trained on code.
       arXiv 2107.03374, equation 1.

    Examples
    --------
    >>> round(pass_at_k(4, 2, 2), 4)  # of 6 pairs 1 holds no right one
    0.8333
    >>> pass_at_k(10**12, 1, 1)
    1e-12
    """
    n, c, k = np.broadcast_arrays(
        *(_whole(value, name) for value, name in zip((n, c, k), "nck", strict=True))
    )
    if (k < 1).any() or (n < k).any() or (c < 0).any() or (c > n).any():
        raise InputError(
            "pass_at_k: n samples, c right, k drawn; 0 <= c <= n and 1 <= k <= n needed"
        )
    fewer, more = np.minimum(c, k), np.maximum(c, k)
    log_none = np.zeros(n.shape)
    with np.errstate(divide="ignore"):  # log 0: every subset holds a right one
        for i in range(int(fewer.max(initial=0))):
            factor = np.log1p(-np.minimum(more / np.maximum(n - i, 1), 1.0))
            log_none += np.where(i < fewer, factor, 0.0)
    chance = -np.expm1(log_none)
    return chance if chance.ndim else float(chance)


def expected_coverage(right: Any, k: int, *, sample_weight: Any = None) -> float:
    """Share of items that k samples of a model are expected to solve, from all n cached ones.

    The mean over items of `pass_at_k`. A missing sample is one that is not right.

    Parameters
    ----------
    right : array_like of bool, shape (n_items, n_samples)
        Samples of one model at one temperature: exchangeable.
    k : int
        From 1 to n_samples.
    sample_weight : array_like, shape (n_items,), optional
        How often each item counts.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If k is not from 1 to n_samples.

    Examples
    --------
    >>> expected_coverage([[True, False], [False, False]], 1)
    0.25
    """
    holds = _matrix(right, "right")
    chances = pass_at_k(holds.shape[1], holds.sum(axis=1), k)
    return float(np.average(chances, weights=sample_weight))


def _matrix(values: Any, what: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or (shape is not None and array.shape != shape):
        needed = "(n_items, k)" if shape is None else shape
        raise InputError(f"{what} of shape {array.shape}; {needed} is needed")
    if array.dtype.kind != "b" and not np.isin(array, (0, 1)).all():
        raise InputError(f"{what} has a value that is neither true nor false")
    return array.astype(bool)


def _check(values: np.ndarray, answered: np.ndarray, what: str) -> None:
    if (values & ~answered).any():
        item, place = np.argwhere(values & ~answered)[0].tolist()
        raise InputError(
            f"item {item}: answer {place} is missing, but {what}; a missing answer is not"
        )


def _check_rate(rate: Any, what: str) -> None:
    if not 0 <= rate <= 1:
        raise InputError(f"{what}={rate!r}; a probability from 0 to 1 is needed")


def _whole(values: Any, what: str) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind not in "iub":
        raise InputError(f"pass_at_k: {what} of type {array.dtype}; whole numbers are needed")
    return array.astype(np.int64)
