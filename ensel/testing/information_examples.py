"""What the laws of information estimators are asked of, and how much information is in it."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ensel.table.prediction_table import PredictionTable
from ensel.testing.strategies import degraded_queries, prediction_tables

MANY = 4096  # items on which a bias correction is nothing

LARGE = [
    (18, 1, 1, 1),
    (2, 9, 1, 1),
    (2, 1, 9, 1),
    (2, 3, 3, 1),
    (1, 6, 6, 1),
    (40, 1, 1, 2),
    (6, 6, 6, 2),
    (120, 1, 1, 1),
    (4, 100, 1, 2),
    (1, 300, 2, 3),
]
"""How many symbols answers and label share, only the answers have, only the label has; queries.

Each has more than 16 patterns, classes, or cells of both, but not of each: an error may need one.
"""

LARGE_REPEATS = 128  # of each cell: of 120 classes a correction is then .006 bits


def small(estimator: Any) -> Any:
    """Any table."""
    return st.fixed_dictionaries(
        {"table": prediction_tables(classes_seen=1, costs=False, models=False)}
    )


def two_columns(estimator: Any) -> Any:
    """Any table of at least two queries."""
    return st.fixed_dictionaries(
        {"table": prediction_tables(min_queries=2, classes_seen=1, costs=False, models=False)}
    )


def copies(estimator: Any) -> Any:
    """A query that always gives the label: of many items for an estimate that corrects for them."""
    repeats = st.just(MANY) if estimator.bias_corrected else st.integers(1, 8)
    return st.fixed_dictionaries(
        {"table": st.builds(_copy_of_the_label, st.sampled_from([2, 4]), repeats)}
    )


def _copy_of_the_label(n_classes: int, repeats: int) -> PredictionTable:
    labels = np.tile(np.arange(n_classes), repeats)
    return PredictionTable(
        labels[:, None], labels, classes=[str(k) for k in range(n_classes)], queries=["copy"]
    )


def large(estimator: Any) -> Any:
    """Tables of many patterns, of which the label shares a part; and the bits of that part."""
    repeats = LARGE_REPEATS if estimator.bias_corrected else 1

    def built(size: tuple[int, int, int, int]) -> dict[str, Any]:
        *symbols, n_queries = size
        return {"table": _sharing(symbols, n_queries, repeats), "right": float(np.log2(size[0]))}

    return st.sampled_from(LARGE).map(built)


def _sharing(symbols: list[int], n_queries: int, repeats: int) -> PredictionTable:
    """Answers (s, a) and label (s, b), all triples equally often: they share s, nothing else.

    Several queries give a digit each of (s, a).
    """
    shared, of_answers, of_label = np.indices(symbols).reshape(3, -1)
    answers = np.tile(shared * symbols[1] + of_answers, repeats)
    labels = np.tile(shared * symbols[2] + of_label, repeats)
    base = int(np.ceil((answers.max() + 1) ** (1 / n_queries)))
    digits = answers[:, None] // base ** np.arange(n_queries) % base
    n_classes = int(max(digits.max(), labels.max())) + 1
    return PredictionTable(
        digits,
        labels,
        classes=[str(k) for k in range(n_classes)],
        queries=[f"digit-{j}" for j in range(n_queries)],
        name="all combinations equally often",
    )


def known(estimator: Any) -> Any:
    """Error rates of one or two independent queries, how many classes, and a seed."""
    rate = st.sampled_from([0.05, 0.1, 0.2, 0.3, 0.4])
    return st.fixed_dictionaries(
        {
            "error_rates": st.lists(rate, min_size=1, max_size=2),
            "n_classes": st.integers(2, 3),
            "random_state": st.integers(0, 2**32 - 1),
        }
    )


def degraded_pool(estimator: Any) -> Any:
    """A large simulated pool, a query of it, and the same heard through noise."""
    return degraded_queries(min_items=MANY, max_items=MANY, max_queries=3).map(
        lambda pool: {**pool._asdict()}
    )


def entropy_of(values: list[Any]) -> float:
    """Plug-in entropy in bits, by the definition."""
    shares = [count / len(values) for count in Counter(values).values()]
    return float(-sum(p * np.log2(p) for p in shares))


def information_of_independent_errors(error_rates: list[float], n_classes: int) -> float:
    """I(Y; X) in bits, label uniform, errors independent, wrong answers uniform."""
    total = 0.0
    for pattern in product(range(n_classes), repeat=len(error_rates)):
        given = np.ones(n_classes)  # P(pattern | each label)
        for answer, rate in zip(pattern, error_rates, strict=True):
            right = np.arange(n_classes) == answer
            given *= np.where(right, 1 - rate, rate / (n_classes - 1))
        total += float((given / n_classes * np.log2(given / given.mean())).sum())
    return total
