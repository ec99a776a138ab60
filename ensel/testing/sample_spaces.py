"""All samples of two small distributions, so that expected values are sums and not simulations.

An estimate that does not ask for the names of classes and answers (the laws before these say so)
is the same on many samples; of those one stands here, with the probability of them all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from math import factorial, prod
from typing import Any

import numpy as np

from ensel.information.entropy import mutual_information


@dataclass(frozen=True)
class SampleSpace:
    """All samples of one size, but for the names of classes and answers.

    Attributes
    ----------
    right : float
        I(Y; X) in bits of the distribution that they are drawn from.
    probabilities : ndarray, shape (n_samples,)
        Sum to 1.
    answers : list of ndarray of int, shape (n_items, 1)
    labels : list of ndarray of int, shape (n_items,)
    plug_in_bias : float
        Bias of the plug-in estimate, in bits.
    """

    right: float
    probabilities: np.ndarray
    answers: list[np.ndarray]
    labels: list[np.ndarray]

    def bias(self, estimate: Callable[[np.ndarray, np.ndarray], Any]) -> float:
        """Expected value of an estimate over all samples, less the truth; in bits."""
        values = [estimate(X, y) for X, y in zip(self.answers, self.labels, strict=True)]
        return float(self.probabilities @ np.array(values)) - self.right

    @cached_property
    def plug_in_bias(self) -> float:  # noqa: D102
        return self.bias(mutual_information)


@lru_cache
def copied_labels(n_classes: int, n_items: int) -> SampleSpace:
    """Samples of a fair label, and of a query that always gives it.

    The information is the entropy of the label, log2 of `n_classes`; plug-in's leading bias is
    -(n_classes - 1) / (2 n_items ln 2).

    Parameters
    ----------
    n_classes, n_items : int

    Returns
    -------
    SampleSpace
        A sample for each partition of `n_items` into at most `n_classes` counts.

    Examples
    --------
    >>> space = copied_labels(2, 2)  # both classes once, or one of them twice
    >>> space.probabilities.tolist(), round(space.plug_in_bias, 12)
    ([0.5, 0.5], -0.5)
    """
    weight: dict[tuple[int, ...], float] = {}
    for counts in _partitions(n_items, n_classes, n_items):
        names = factorial(n_classes) // prod(factorial(c) for c in Counter(counts).values())
        weight[counts] = names * _multinomial(counts)
    return _space(
        {tuple((k, k, c) for k, c in enumerate(counts)): p for counts, p in weight.items()},
        right=float(np.log2(n_classes)),
    )


@lru_cache
def independent_coins(n_items: int) -> SampleSpace:
    """Samples of a fair label of two classes, and of a query that tosses a coin of its own.

    The information is 0; plug-in's leading bias is 1 / (2 n_items ln 2).

    Parameters
    ----------
    n_items : int

    Returns
    -------
    SampleSpace
        Samples that differ by the names of answers, of classes, or by which is the label, are one.

    Examples
    --------
    >>> space = independent_coins(2)  # plug-in says 1 bit of two items that differ in both
    >>> round(space.plug_in_bias, 12)
    0.25
    """
    weight: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for a, b, c in product(range(n_items + 1), repeat=3):
        if a + b + c <= n_items:
            cells = (a, b, c, n_items - a - b - c)
            weight[_first_of_the_like(*cells)] += _multinomial(cells)
    places = [(0, 0), (0, 1), (1, 0), (1, 1)]
    return _space(
        {
            tuple((x, y, c) for (x, y), c in zip(places, cells, strict=True)): p
            for cells, p in weight.items()
        },
        right=0.0,
    )


def _partitions(total: int, parts: int, most: int) -> Iterator[tuple[int, ...]]:
    """Falling counts, at most `most`, that sum to a total; 0 is a count."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(total, most), -1, -1):
        if first * parts < total:
            return
        for others in _partitions(total - first, parts - 1, first):
            yield (first, *others)


def _first_of_the_like(a: int, b: int, c: int, d: int) -> tuple[int, ...]:
    """The first of the tables [[a, b], [c, d]] that differ by names, or are each other turned."""
    swapped = [(a, b, c, d), (b, a, d, c), (c, d, a, b), (d, c, b, a)]
    return min(*swapped, *((e, g, f, h) for e, f, g, h in swapped))


def _multinomial(counts: tuple[int, ...]) -> float:
    """Probability of these counts where all cells are equally likely."""
    ways = factorial(sum(counts)) // prod(factorial(c) for c in counts)
    return ways / len(counts) ** sum(counts)


def _space(samples: dict[tuple[tuple[int, int, int], ...], float], right: float) -> SampleSpace:
    """Items written out: each sample is (answer, label, how often) of its cells."""
    answers, labels = [], []
    for cells in samples:
        xs, ys, counts = (np.array(column) for column in zip(*cells, strict=True))
        answers.append(np.repeat(xs, counts)[:, None])
        labels.append(np.repeat(ys, counts))
    return SampleSpace(right, np.array(list(samples.values())), answers, labels)
