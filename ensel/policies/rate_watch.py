"""Evidence that a rate is above what was promised, while the numbers are still coming."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ensel.policies.betting import log_wealth, mean_upper_bound

BETS = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0])
"""On "the rate is above the promise". With a small promise, a bet b does best where the rate is
1 + b times the promise. Measured: an alarm after 40 % fewer questions than with the bets of
`ensel.policies.betting.SHARES`."""
MOST_AT_STAKE = 0.9
"""Share of a bet's wealth that one question may take: larger bets are not made."""

BLOCK = 100
"""Audited questions after which a new bettor starts. Measured, for a rate of .3 times the promise
that rises to three times the promise after 1,500 audited questions: an alarm after 640 more instead
of 1,370; where the rate is too high from the start, after a tenth more than without."""


class RateWatch:
    """Whether the mean of numbers that are -1, 0 or 1 is above a promise, as they come in.

    Bettor k starts after 100 k numbers with a share 1 / ((k + 1) (k + 2)) of all wealth, and what
    nobody has started with is kept: of a wealth of 1 that leaves 1 / (k + 2) after bettor k.

    Parameters
    ----------
    promise : float
        The mean is promised to be at most so much.
    least : int
        -1 or 0: the smallest number that can come.

    Attributes
    ----------
    blocks : list of list of int
        Numbers of -1, 0 and 1 in each hundred.

    References
    ----------
    Wealth: `ensel.policies.betting`. Bettors who start later are a mixture of wealths, so Ville's
    inequality holds for it; their shares: derived here.

    Examples
    --------
    The mean bet is 2.625, and half of the wealth is kept: .5 + .5 (1 + 2.625 * .99) = 2.299.

    >>> watch = RateWatch(0.01, 0)
    >>> watch.add(1)
    >>> round(watch.e_value, 3)
    2.299
    """

    def __init__(self, promise: float, least: int) -> None:
        self.promise, self.least = promise, least
        self.blocks: list[list[int]] = []

    def add(self, value: int) -> None:
        """Take one number in."""
        if not self.blocks or sum(self.blocks[-1]) == BLOCK:
            self.blocks.append([0, 0, 0])
        self.blocks[-1][value + 1] += 1

    @property
    def counts(self) -> np.ndarray:
        """Numbers of -1, 0 and 1."""
        return np.array(self.blocks or [[0, 0, 0]]).sum(axis=0)

    def take_blocks(self, blocks: Sequence[Sequence[int]]) -> None:
        """Go on from the `blocks` of another watch.

        Parameters
        ----------
        blocks : sequence of sequence of int

        Raises
        ------
        ValueError
            If they are no numbers of -1, 0 and 1 in each hundred.
        """
        taken = [[int(number) for number in block] for block in blocks]
        full = [sum(block) == BLOCK for block in taken]
        if not all(full[:-1]) or not all(0 < sum(block) <= BLOCK for block in taken):
            raise ValueError(f"blocks of other sizes than {BLOCK}")
        if any(
            len(block) != 3 or min(block) < 0 or block[0] > -self.least * BLOCK for block in taken
        ):
            raise ValueError("blocks of other numbers than can come")
        self.blocks = taken

    @property
    def mean(self) -> float:
        """Mean of all numbers; NaN where there are none."""
        below, _, above = self.counts
        total = self.counts.sum()
        return float((above - below) / total) if total else math.nan

    @property
    def e_value(self) -> float:
        """The wealth now."""
        return math.exp(min(float(np.logaddexp.reduce(self._log_wealths)), 700.0))

    @property
    def _log_wealths(self) -> np.ndarray:
        """Of each bettor, and of what nobody has started with."""
        n_started = len(self.blocks)
        kept = -math.log(n_started + 1)
        if not n_started:
            return np.array([kept])
        since = np.array(self.blocks)[::-1].cumsum(axis=0)[::-1]
        largest = MOST_AT_STAKE / (self.promise - self.least)
        k = np.arange(n_started)
        shares = -np.log((k + 1.0) * (k + 2.0))
        wealths = shares + log_wealth(
            np.array([-1, 0, 1]) - self.promise, since, BETS[largest >= BETS]
        )
        return np.append(wealths, kept)

    @property
    def counts_lately(self) -> np.ndarray:
        """Numbers of -1, 0 and 1 since the richest bettor started."""
        if not self.blocks:
            return self.counts
        richest = int(self._log_wealths[:-1].argmax())
        return np.array(self.blocks[richest:]).sum(axis=0)

    def bounds(self, confidence: float) -> tuple[float, float]:
        """Interval of the mean that holds at all times together."""
        values, tail = np.array([-1.0, 0.0, 1.0]), (1 - confidence) / 2
        counts = self.counts
        if self.least == 0:
            values, counts = values[1:], counts[1:]
        high = mean_upper_bound(values, counts, self.least, 1, tail)
        return 0.0 - mean_upper_bound(-values, counts, -1, -self.least, tail), high
