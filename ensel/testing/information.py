"""Laws of information estimators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ensel.error_model.simulated import simulate
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.testing.bias import BIAS_LAWS
from ensel.testing.callers import InformationSubject
from ensel.testing.information_examples import (
    LARGE_REPEATS,
    MANY,
    copies,
    degraded_pool,
    entropy_of,
    information_of_independent_errors,
    known,
    large,
    small,
    two_columns,
)
from ensel.testing.laws import LawReport, Laws, name_of, require, try_laws

INFORMATION_LAWS = Laws()
"""What `check_information_estimator` asks, in this order."""


def _unit(value: float, right: float, close: float) -> str:
    """The unit that a value seems to be in, where it is not bits."""
    for unit, bits in (("nats", np.log2(np.e)), ("base 10", np.log2(10))):
        if right > 0 and abs(value * bits - right) <= close * bits:
            return f" ({unit}?)"
    return ""


def _if_uncorrected(estimator: InformationSubject) -> str | None:
    return "a bias correction may break it" if estimator.bias_corrected else None


def _if_conditional(estimator: InformationSubject) -> str | None:
    return None if estimator.conditional else "no conditional information was given"


def _if_plug_in(estimator: InformationSubject) -> str | None:
    return None if estimator.plug_in else "asked of a plug-in estimator only"


_law = INFORMATION_LAWS.add


@_law("number", "the result is one finite number, the same on every call", small)
def _number(estimator: InformationSubject, table: PredictionTable) -> None:
    value = estimator.bits(table.answers, table.labels)
    require(np.isfinite(value), f"{value} bits")
    again = estimator.bits(table.answers, table.labels)
    require(value == again, f"{value!r} bits, and {again!r} when asked again")


@_law("inputs kept", "answers and labels are not modified", small)
def _inputs_kept(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = np.array(table.answers, dtype=int), np.array(table.labels, dtype=int)
    estimator.function(X, y)
    require(np.array_equal(X, table.answers), f"answers became {X.tolist()}")
    require(np.array_equal(y, table.known_labels), f"labels became {y.tolist()}")


@_law("bits", "a perfect copy of a fair label of two classes tells 1 bit, of four 2", copies)
def _bits(estimator: InformationSubject, table: PredictionTable) -> None:
    value, right = estimator.bits(table.answers, table.labels), np.log2(table.n_classes)
    close = estimator.within if estimator.bias_corrected else estimator.tolerance
    unit = _unit(value, right, close)
    require(abs(value - right) <= close, f"{value:.6g}{unit}, not {right:.0f}")


@_law("missing is a symbol", "a missing answer counts like an answer of its own", small)
def _missing(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.labels
    recoded = np.where(X == MISSING, table.n_classes, X)
    estimator.same(
        estimator.bits(recoded, y),
        estimator.bits(X, y),
        f"with the code {MISSING} for the answer {table.n_classes}",
    )


@_law(
    "constant query", "a query that always answers the same tells nothing, and adds nothing", small
)
def _constant(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.known_labels
    same = np.zeros((len(X), 1), dtype=int)
    # Corrections such as Grassberger's are not 0 of one symbol on few items.
    repeats, close = 1, estimator.tolerance
    if estimator.bias_corrected:
        repeats, close = LARGE_REPEATS, estimator.within
    alone = estimator.bits(np.tile(same, (repeats, 1)), np.tile(y, repeats))
    require(abs(alone) <= close, f"{alone:.6g} bits from a query that says only 0")
    with_same = np.hstack([X, same])
    estimator.same(estimator.bits(X, y), estimator.bits(with_same, y), "with a constant column")


@_law("names of answers", "renaming a query's answers, or the labels, changes nothing", small)
def _names(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y, last = table.answers, table.known_labels, table.n_classes - 1
    value = estimator.bits(X, y)
    renamed = X.copy()
    renamed[:, 0] = np.where(X[:, 0] == MISSING, MISSING, last - X[:, 0])
    change = f"with code k renamed {last} - k"
    estimator.same(value, estimator.bits(renamed, y), f"{change} in column 0")
    estimator.same(value, estimator.bits(X, last - y), f"{change} in the labels")


@_law("order of queries", "the order of the columns does not matter", small)
def _order_of_queries(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.labels
    for order, change in ((X[:, ::-1], "reversed"), (np.roll(X, 1, axis=1), "rotated")):
        estimator.same(estimator.bits(X, y), estimator.bits(order, y), f"with columns {change}")


@_law("order of items", "the order of the items does not matter", small)
def _order_of_items(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.known_labels
    value = estimator.bits(X, y)
    estimator.same(value, estimator.bits(X[::-1], y[::-1]), "with items reversed")
    rolled = estimator.bits(np.roll(X, 1, axis=0), np.roll(y, 1))
    estimator.same(value, rolled, "with the last item first")


@_law("copies", "a second copy of a query adds nothing", small)
def _a_copy(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.labels
    twice = np.hstack([X, X[:, :1]])
    estimator.same(estimator.bits(X, y), estimator.bits(twice, y), "with column 0 twice")


@_law("symmetry", "a query tells as much of the label as the label of the query", small)
def _symmetry(estimator: InformationSubject, table: PredictionTable) -> None:
    y, one = table.known_labels, table.answers[:, 0]
    as_label = np.where(one == MISSING, table.n_classes, one)
    estimator.same(
        estimator.bits(as_label[:, None], y),
        estimator.bits(y[:, None], as_label),
        "with column 0 and the labels exchanged",
    )


@_law(
    "range",
    "information is at least 0 and at most the entropy of the label",
    small,
    skipped=_if_uncorrected,
)
def _range(estimator: InformationSubject, table: PredictionTable) -> None:
    value = estimator.bits(table.answers, table.labels)
    most = entropy_of(table.known_labels.tolist())
    require(
        -estimator.tolerance <= value <= most + estimator.tolerance,
        f"{value:.6g} bits, outside [0, {most:.6g}]",
    )


@_law(
    "more queries",
    "another query never takes information away",
    two_columns,
    skipped=_if_uncorrected,
)
def _monotone(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.labels
    every = estimator.bits(X, y)
    estimator.no_more(every, estimator.bits(X[:, 1:], y), "without column 0")


@_law(
    "merging answers",
    "taking two answers for one adds no information (data processing)",
    small,
    skipped=_if_uncorrected,
)
def _merging(estimator: InformationSubject, table: PredictionTable) -> None:
    X, y = table.answers, table.labels
    value = estimator.bits(X, y)
    mergers = ((np.maximum(X, 0), "missing answers taken for 0"), (X // 2, "codes halved"))
    for merged, change in mergers:
        estimator.no_more(value, estimator.bits(merged, y), f"with {change}")


@_law("chain rule", "I(Y; X, Z) = I(Y; Z) + I(Y; X | Z)", two_columns, skipped=_if_conditional)
def _chain_rule(estimator: InformationSubject, table: PredictionTable) -> None:
    assert estimator.conditional is not None
    X, y = np.array(table.answers, dtype=int), np.array(table.labels, dtype=int)
    given = estimator.bits(X[:, :1], y)
    more = float(estimator.conditional(X[:, 1:].copy(), y, X[:, :1].copy()))
    both = estimator.bits(X, y)
    require(
        abs(given + more - both) <= estimator.tolerance,
        f"column 0 tells {given:.6g}, the others add {more:.6g}, all together {both:.6g}",
    )


@_law(
    "large alphabets",
    "of tens and hundreds of patterns or classes, too, bits are bits, and add up",
    large,
)
def _large_alphabets(estimator: InformationSubject, table: PredictionTable, right: float) -> None:
    value = estimator.bits(table.answers, table.labels)
    close = estimator.within if estimator.bias_corrected else estimator.tolerance
    n_patterns = len(np.unique(table.answers, axis=0))
    require(
        abs(value - right) <= close,
        f"{value:.6g} bits{_unit(value, right, close)} of {n_patterns} patterns and "
        f"{len(np.unique(table.known_labels))} classes; {right:.6g} is true",
    )
    if estimator.conditional is not None and table.n_queries > 1:
        _chain_rule(estimator, table)


@_law(
    "degraded copy",
    "a query heard through noise tells no more, and nothing beyond the query",
    degraded_pool,
    most_examples=10,
)
def _degraded_copy(
    estimator: InformationSubject, table: PredictionTable, original: int, degraded: int
) -> None:
    X, y = table.answers, table.labels
    value = estimator.bits(X[:, [original]], y)
    for columns, which in (([degraded], "the copy alone"), ([original, degraded], "both")):
        heard = estimator.bits(X[:, columns], y)
        require(
            heard <= value + estimator.within,
            f"the query tells {value:.4g} bits, {which} {heard:.4g}",
        )


@_law(
    "known information",
    "on many simulated items the result is near the true information",
    known,
    most_examples=10,
)
def _known_information(
    estimator: InformationSubject, error_rates: list[float], n_classes: int, random_state: int
) -> None:
    pool = simulate(4 * MANY, error_rates, 0.0, n_classes=n_classes, random_state=random_state)
    right = information_of_independent_errors(error_rates, n_classes)
    value = estimator.bits(pool.answers, pool.labels)
    require(
        abs(value - right) <= estimator.within,
        f"{value:.4g} bits on {pool.n_items} items with independent errors; {right:.4g} is true",
    )


@_law(
    "plug-in",
    "the result is that of the definition, on the shares of the items",
    small,
    skipped=_if_plug_in,
)
def _plug_in(estimator: InformationSubject, table: PredictionTable) -> None:
    rows, labels = [tuple(row) for row in table.answers.tolist()], table.known_labels.tolist()
    pairs = list(zip(rows, labels, strict=True))
    right = entropy_of(labels) + entropy_of(rows) - entropy_of(pairs)
    value = estimator.bits(table.answers, labels)
    require(abs(value - right) <= estimator.tolerance, f"{value:.6g} bits, not {right:.6g}")


INFORMATION_LAWS.extend(BIAS_LAWS)


def check_information_estimator(
    function: Callable[[np.ndarray, np.ndarray], Any],
    *,
    conditional: Callable[[np.ndarray, np.ndarray, np.ndarray], Any] | None = None,
    plug_in: bool = False,
    bias_corrected: bool = False,
    tolerance: float = 1e-9,
    within: float = 0.02,
    max_examples: int = 100,
    report: bool = False,
) -> LawReport:
    """Check an estimate of the information that answers hold on the label.

    Laws: `INFORMATION_LAWS`. They are classical [1]_, but for the missing answers: those
    are a symbol here.

    Parameters
    ----------
    function : callable
        ``function(answers, labels)`` gives bits: answers of shape (n_items, n_queries), class
        codes from 0 and -1 for a missing answer; labels of shape (n_items,).
    conditional : callable, optional
        ``conditional(answers, labels, given)`` gives I(Y; answers | given) in bits; for the chain
        rule.
    plug_in : bool
        The estimate is the plug-in one: compare with the definition.
    bias_corrected : bool
        The estimate corrects for the number of items, as Miller-Madow does. It may then be below
        0 or above the entropy of the label, fall as queries are added, and rise as answers are
        merged: those laws are skipped, and the unit is read off many items. What a correction is
        for is asked instead, exactly, over all samples of small distributions: less bias than
        plug-in's, not more the other way, and less of it on more items.
    tolerance : float
        Bits by which a law that is exact may be missed.
    within : float
        Bits by which a law of many simulated items may be missed.
    max_examples : int
        Tables tried for each law.
    report : bool
        Try all laws, and raise nothing.

    Returns
    -------
    LawReport

    Raises
    ------
    BrokenLaw
        At the first broken law, unless `report`; it prints a small table that breaks it.

    See Also
    --------
    ensel.information.mutual_information : The plug-in estimate, which keeps them all.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas, Elements of Information Theory, 2nd edition, Wiley 2006,
       sections 2.3-2.8.

    Examples
    --------
    >>> from ensel.information import mutual_information
    >>> check_information_estimator(mutual_information, plug_in=True, max_examples=20).broken
    []
    >>> def in_nats(answers, labels):
    ...     return mutual_information(answers, labels) * np.log(2)
    >>> check_information_estimator(in_nats, max_examples=20)
    Traceback (most recent call last):
        ...
    ensel.testing.laws.BrokenLaw: in_nats breaks 'bits': a perfect copy of a fair label of two ...
    0.693147 (nats?), not 1
      table = 2 items
        answers [[0], [1]]
        labels  [0, 1], of 2 classes
    """
    estimator = InformationSubject(
        function, conditional, plug_in, bias_corrected, tolerance, within
    )
    return try_laws(
        name_of(function), INFORMATION_LAWS, estimator, max_examples=max_examples, report=report
    )
