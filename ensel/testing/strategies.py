"""Hypothesis strategies: small random tables, simulated pools, degraded copies of a query."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from ensel.error_model.simulated import simulate
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

SKEW = 6  # how many times more often a skewed table draws class 0


@st.composite
def prediction_tables(
    draw: Any,
    *,
    min_items: int = 2,
    max_items: int = 12,
    min_queries: int = 1,
    max_queries: int = 4,
    max_classes: int = 3,
    classes_seen: int | Literal["all"] = 2,
    missing: bool = True,
    skewed: bool = True,
    duplicates: bool = True,
    costs: bool = True,
    models: bool = True,
) -> PredictionTable:
    """Small random tables, with all that makes trouble: a strategy.

    Examples shrink to few items, few queries, two classes, and right answers.

    Parameters
    ----------
    min_items, max_items, min_queries, max_queries : int
        Sizes, at least 1.
    max_classes : int
        At least 2; every table has 2 to `max_classes` of them.
    classes_seen : int or "all"
        How many classes occur among the labels, at least.
    missing : bool
        Whether answers may be missing (-1); whole columns or items may be.
    skewed : bool
        Whether some tables have mostly labels of class 0.
    duplicates : bool
        Whether a column may be a copy of another.
    costs : bool
        Whether queries have costs: 0, 1 or 2, so that there are ties.
    models : bool
        Whether several queries may be samples of one model.

    Returns
    -------
    SearchStrategy of PredictionTable

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=10)
    ... @given(prediction_tables(missing=False))
    ... def no_answer_is_missing(table):
    ...     assert (table.answers >= 0).all()
    >>> no_answer_is_missing()
    """
    n_classes = draw(st.integers(2, max_classes))
    seen = n_classes if classes_seen == "all" else min(classes_seen, n_classes)

    # Items and columns are picked from a sheet of a fixed size, so that shrinking can leave any of
    # them out; bytes are one draw, and shrink to 0: class 0, the right answer.
    least = max(min_items, seen)
    items = draw(st.binary(min_size=least, max_size=max(max_items, least)))
    distinct = not (duplicates and draw(st.booleans()))
    column = st.integers(0, max_queries - 1)
    columns = draw(st.lists(column, min_size=min_queries, max_size=max_queries, unique=distinct))
    size = max_items * (max_queries + 1)
    sheet = np.frombuffer(draw(st.binary(min_size=size, max_size=size)), dtype=np.uint8)
    codes = sheet.reshape(max_items, -1).astype(int)
    codes = codes[np.frombuffer(items, dtype=np.uint8) % max_items]

    # The first column of the sheet says the labels, the others how far an answer is off them.
    shares = [*range(n_classes)]
    if skewed and draw(st.booleans()):
        shares = [0] * SKEW + shares
    labels = np.array(shares)[codes[:, 0] % len(shares)]
    labels[:seen] = range(seen)
    offsets = codes[:, 1:][:, columns] % (max_classes + missing)
    answers = np.where(offsets == max_classes, MISSING, (labels[:, None] + offsets) % n_classes)

    return PredictionTable(
        answers,
        labels,
        classes=[str(k) for k in range(n_classes)],
        queries=_queries(draw, len(columns), costs, models),
        name="random",
    )


def _queries(draw: Any, n_queries: int, costs: bool, models: bool) -> Any:
    """Names such as ``model-0#2``, and costs if asked for."""
    numbers = list(range(n_queries))
    if models:
        which = draw(st.binary(min_size=n_queries, max_size=n_queries))
        numbers = [byte % n_queries for byte in which]
    names = [f"model-{m}#{numbers[: j + 1].count(m)}" for j, m in enumerate(numbers)]
    if not costs:
        return names
    prices = draw(st.binary(min_size=n_queries, max_size=n_queries))
    return pd.DataFrame({"cost": [float(byte % 3) for byte in prices]}, index=names)


@st.composite
def copula_pools(
    draw: Any,
    *,
    min_items: int = 200,
    max_items: int = 1000,
    min_queries: int = 2,
    max_queries: int = 6,
    max_classes: int = 4,
    min_error: float = 0.05,
    max_error: float = 0.45,
    max_correlation: float = 0.8,
) -> PredictionTable:
    """Simulated pools whose errors are correlated through a Gaussian copula: a strategy.

    Drawn by `ensel.error_model.simulate`, uniform labels, one correlation for all pairs. Shrinks
    to few items and queries, low error rates and independent errors.

    Parameters
    ----------
    min_items, max_items, min_queries, max_queries : int
    max_classes : int
        At least 2.
    min_error, max_error : float
        Bounds of the queries' error rates, in [0, 1].
    max_correlation : float
        Of the normals behind the errors, in [0, 1].

    Returns
    -------
    SearchStrategy of PredictionTable

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=5)
    ... @given(copula_pools(min_items=500))
    ... def better_than_a_coin(pool):
    ...     assert pool.accuracies.max() > 0.4
    >>> better_than_a_coin()
    """
    steps = 20
    n_queries = draw(st.integers(min_queries, max_queries))
    shares = draw(st.lists(st.integers(0, steps), min_size=n_queries, max_size=n_queries))
    return simulate(
        draw(st.integers(min_items, max_items)),
        [min_error + (max_error - min_error) * share / steps for share in shares],
        max_correlation * draw(st.integers(0, steps)) / steps,
        n_classes=draw(st.integers(2, max_classes)),
        random_state=draw(st.integers(0, 2**32 - 1)),
    )


class Degraded(NamedTuple):
    """A pool in which one query is another one, heard through noise."""

    table: PredictionTable
    original: int
    """Column of the query."""
    degraded: int
    """Column of its degraded copy."""


@st.composite
def degraded_queries(
    draw: Any, *, min_noise: float = 0.1, max_noise: float = 0.9, **knobs: Any
) -> Degraded:
    """Simulated pools with a degraded copy of one of the queries: a strategy.

    With probability `noise` an answer of the copy is replaced: by a class drawn uniformly, or by
    no answer. The noise does not look at the label, so label, query and copy are a Markov chain:
    the copy tells no more than the query, and nothing beyond it (data processing [1]_). Of the
    *drawn* items this holds up to sampling error.

    Parameters
    ----------
    min_noise, max_noise : float
        Bounds of the share of replaced answers, in [0, 1].
    **knobs
        Of `copula_pools`.

    Returns
    -------
    SearchStrategy of Degraded

    See Also
    --------
    copula_pools : The pools that the copy is put into.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas, Elements of Information Theory, 2nd edition, Wiley 2006,
       section 2.8.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from ensel.information import mutual_information
    >>> @settings(max_examples=5)
    ... @given(degraded_queries(min_items=2000, max_items=2000))
    ... def the_copy_tells_less(found):
    ...     X, y = found.table.answers, found.table.labels
    ...     copy, original = X[:, found.degraded], X[:, found.original]
    ...     assert mutual_information(copy, y) < mutual_information(original, y) + 0.02
    >>> the_copy_tells_less()
    """
    pool = draw(copula_pools(**knobs))
    original = draw(st.integers(0, pool.n_queries - 1))
    noise = min_noise + (max_noise - min_noise) * draw(st.integers(0, 10)) / 10
    least = MISSING if draw(st.booleans()) else 0
    # A stream of its own: hypothesis likes equal seeds, and the pool's would know the labels.
    rng = np.random.default_rng([draw(st.integers(0, 2**32 - 1)), 1])
    heard = pool.answers[:, original].copy()
    lost = rng.random(pool.n_items) < noise
    heard[lost] = rng.integers(least, pool.n_classes, lost.sum())
    table = PredictionTable(
        np.column_stack([pool.answers, heard]),
        pool.labels,
        classes=pool.classes,
        queries=[*pool.query_names, f"degraded-{original}"],
        name=pool.name,
        source=f"{pool.source}; the last query is a noisy copy of another",
    )
    return Degraded(table, original, pool.n_queries)
