"""Exact tests of what stopping early loses, from labelled answers or from unlabelled ones.

An item is *lost* if asking everything is right and stopping early is wrong, *gained* if it is the
other way round. With p10 and p01 the chances of the two, stopping loses p10 - p01 of the accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import bdtr, betainc, betaincinv, gammaln, xlogy

from ensel.exceptions import InputError

NUISANCE_CHANCE = 1e-4
"""Chance that the interval of p10 + p01 is wrong: the p-value pays for it.

Measured for levels from .01 to .1: .001 costs power, and 1e-5 gains none.
"""

WIDTH = 7.5
"""Standard deviations of the number of gained items that are summed on either side of its mean."""

GRIDS, FINER_GRID = (20, 48), 7
"""Values of p10 + p01 that are tried. Against 1,500 values, p-values were low by up to 6e-5 of
themselves."""

NEGLIGIBLE = 1e-17
"""Chance of a number gained below which nobody asks how many may be lost: all may."""

MOST_LABELS = 1_000_000
"""Where `labels_needed` gives up."""

SEGMENTS_IN_TURN = 64
"""Numbers of lost items that `labels_needed` tries one by one, before it bisects."""


def loss_p_value(n_lost: int, n_gained: int, n: int, loss: float) -> float:
    """P-value of "stopping loses more than `loss`": small where the labels speak against it.

    The exact unconditional test of the difference of two paired proportions. Outcomes are ordered
    by the score statistic of Tango, and the p-value is the largest chance, over all p10 - p01 =
    `loss`, of an outcome as far below `loss` as this one. The largest chance is sought over an
    interval of p10 + p01 that holds with probability 1 - 1e-4, which is added (Berger and Boos).
    Where p10 - p01 is above `loss`, the chance is smaller still, since an item more that is lost
    raises the statistic, and one more that is gained lowers it.

    Measured for losses of .5 to 5 % at levels of .01 to .1: its power is above that of the binomial
    test of the lost items alone, and nowhere below. Ordering by `n_lost - n_gained` has less, since
    nothing lost and nothing gained is then no better than twenty and twenty.

    Parameters
    ----------
    n_lost : int
        Items that asking everything answers rightly, and stopping wrongly.
    n_gained : int
        Items that stopping answers rightly, and asking everything wrongly.
    n : int
        All items, at least `n_lost + n_gained`.
    loss : float
        Share of items, in [0, 1).

    Returns
    -------
    float
        In [0, 1]. If p10 - p01 is `loss` or more, it is at most a with probability at most a, for
        every a. More lost items raise it and more gained ones lower it where it is below .2; above,
        the interval of p10 + p01 may move it the other way.

    Raises
    ------
    InputError
        If the counts do not fit each other, or `loss` is no share.

    See Also
    --------
    binomial_p_value : From the lost items alone.
    ensel.policies.betting.mean_p_value : Where an item's loss may be a fraction.
    labels_needed : How many items it takes.

    References
    ----------
    Statistic: T. Tango, Statistics in Medicine 17 (1998), 891-908. The exact test with it: H.-M.
    Hsueh, J.-P. Liu, J. J. Chen, Biometrics 57 (2001), 478-483. Interval of the nuisance
    parameter: R. L. Berger, D. D. Boos, JASA 89 (1994), 1012-1016. Their use together and the
    summation: derived here.

    Examples
    --------
    No item of 600 is lost: .995 ** 600 = .0494, and the 1e-4.

    >>> round(loss_p_value(0, 0, 600, 0.005), 4)
    0.0495
    >>> round(loss_p_value(3, 5, 600, 0.005), 4)
    0.0533
    """
    _check_counts({"n_lost": n_lost, "n_gained": n_gained}, n)
    _check_share("loss", loss)
    return _p_value(int(n_lost), int(n_gained), int(n), float(loss))


def binomial_p_value(count: int, n: int, rate: float) -> float:
    """P-value of "the chance is more than `rate`", by the exact binomial test.

    For the lost items alone it tests p10 > `rate`, and p10 - p01 is at most p10: a valid test of
    the loss, and a weaker one than `loss_p_value`.

    Parameters
    ----------
    count : int
        Items of the kind that should be rare, from 0 to `n`.
    n : int
        All items.
    rate : float
        In [0, 1).

    Returns
    -------
    float
        Chance of `count` or fewer of `n` at `rate`.

    Raises
    ------
    InputError
        If `count` is no number of `n` items, or `rate` no share.

    See Also
    --------
    loss_p_value : Takes account of what is gained.

    Examples
    --------
    .98 ** 2 + 2 * .98 * .02 = .9996:

    >>> round(binomial_p_value(1, 2, 0.02), 4)
    0.9996
    """
    _check_counts({"count": count}, n)
    _check_share("rate", rate)
    return float(bdtr(count, n, rate))


def disagreement_p_value(n_differ: int, n: int, loss: float) -> float:
    """P-value of "stopping disagrees with asking everything on more than `loss` of the items".

    It needs no labels. Whoever agrees with asking everything loses nothing to it, so it is a valid
    test of the loss too.

    Parameters
    ----------
    n_differ : int
        Items on which the two answers differ, from 0 to `n`.
    n : int
        All items.
    loss : float
        Share of items, in [0, 1).

    Returns
    -------
    float

    Raises
    ------
    InputError
        If `n_differ` is no number of `n` items, or `loss` no share.

    See Also
    --------
    loss_p_value : From labelled answers.

    Examples
    --------
    >>> round(disagreement_p_value(0, 598, 0.005), 4)  # .995 ** 598
    0.0499
    """
    return binomial_p_value(n_differ, n, loss)


def labels_needed(p10: float, p01: float, loss: float, delta: float) -> int | None:
    """How many labelled items it takes to certify a loss, if as many are lost as are expected.

    Parameters
    ----------
    p10, p01 : float
        Chances, in [0, 1], that an item is lost and that it is gained. Expected numbers are rounded
        against the test: lost ones up, gained ones down.
    loss : float
        What is to be certified, in (0, 1).
    delta : float
        Level of the test, in (0, 1).

    Returns
    -------
    int or None
        Smallest number of items at which `loss_p_value` is at most `delta`. Where hundreds of items
        are lost it is found by bisection, and the rounding of counts may admit a slightly smaller
        one. None where p10 - p01 is not below `loss`, or a million items do not suffice.

    Raises
    ------
    InputError
        If an argument is out of its range.

    See Also
    --------
    loss_p_value : The test.

    Examples
    --------
    >>> labels_needed(0, 0, 0.005, 0.05)  # .995 ** 599 + 1e-4 = .0498
    599
    """
    for name, chance in (("p10", p10), ("p01", p01)):
        if not 0 <= chance <= 1:
            raise InputError(f"{name}={chance}; a chance in [0, 1] is needed")
    if p10 + p01 > 1:
        raise InputError(f"p10={p10} and p01={p01}; they exclude each other: a sum up to 1")
    if not 0 < loss < 1 or not 0 < delta < 1:
        raise InputError(f"loss={loss}, delta={delta}; both must be in (0, 1)")
    if p10 - p01 >= loss or delta <= NUISANCE_CHANCE:
        return None

    def suffices(n: int) -> bool:
        lost, gained = math.ceil(n * p10 - 1e-9), math.floor(n * p01 + 1e-9)
        return loss_p_value(lost, gained, n, loss) <= delta

    def last_with(lost: int) -> int:  # the most items of which `lost` are lost
        return min(MOST_LABELS, math.floor(lost / p10 + 1e-9)) if p10 else MOST_LABELS

    # With the same number lost, more items always help; so the last of each number is tried.
    lost = 1
    while not suffices(last_with(lost)):
        if last_with(lost) == MOST_LABELS:
            return None
        lost += 1 if lost < SEGMENTS_IN_TURN else lost // 4
    if lost > SEGMENTS_IN_TURN:
        lost = _first(lambda k: suffices(last_with(k)), SEGMENTS_IN_TURN, lost)
    start = last_with(lost - 1) if p10 and lost > 1 else 0
    return _first(suffices, start, last_with(lost))


@lru_cache(maxsize=4096)
def _p_value(n_lost: int, n_gained: int, n: int, loss: float) -> float:
    """The test itself: see `loss_p_value`."""
    if n == 0:
        return 1.0
    low, high = _nuisance_interval(n_lost + n_gained, n)
    if high < loss:  # p10 + p01 is below what p10 - p01 would be
        return NUISANCE_CHANCE
    low = max(low, loss)
    gained = _numbers_gained((low - loss) / 2, (high - loss) / 2, n)
    observed = float(_score(np.array([n_lost]), np.array([n_gained]), n, loss)[0])
    most_lost = _most_lost(observed, gained, n, loss)

    # The interval is about eight standard deviations of the estimate of p10 + p01 wide, and the
    # chance does not change faster than that: a coarse grid finds the summit, two finer ones climb.
    # Small counts leave ripples, and cost little to sum.
    grid = int(np.clip(5_000 / len(gained), *GRIDS))
    both, largest = np.linspace(low, high, grid), 0.0
    for _ in range(3):
        chances = _chances((both + loss) / 2, (both - loss) / 2, n, gained, most_lost)
        best = int(chances.argmax())
        largest = max(largest, float(chances[best]))
        both = np.linspace(both[max(best - 1, 0)], both[min(best + 1, len(both) - 1)], FINER_GRID)
    return min(1.0, largest + NUISANCE_CHANCE)


def _nuisance_interval(discordant: int, n: int) -> tuple[float, float]:
    """Clopper-Pearson interval of p10 + p01."""
    tail = NUISANCE_CHANCE / 2
    low = betaincinv(discordant, n - discordant + 1, tail) if discordant else 0.0
    high = betaincinv(discordant + 1, n - discordant, 1 - tail) if discordant < n else 1.0
    return float(low), float(high)


def _score(lost: np.ndarray, gained: np.ndarray, n: int, loss: float) -> np.ndarray:
    """Tango's statistic: observed minus hypothetical loss, over its standard error at `loss`."""
    # The most likely p01 where p10 = p01 + loss: the positive root of
    # 2 n q^2 - (lost (1 + loss) + gained (1 - loss) - 2 n loss) q - gained loss (1 - loss) = 0.
    linear = lost * (1 + loss) + gained * (1 - loss) - 2 * n * loss
    root = np.sqrt(linear * linear + 8 * n * gained * (loss * (1 - loss)))
    p01 = np.maximum(linear + root, 0) / (4 * n)
    variance = n * (2 * p01 + loss * (1 - loss))
    # Without variance (loss 0, nothing differs) the difference is 0, too.
    return (lost - gained - n * loss) / np.sqrt(np.maximum(variance, np.finfo(float).tiny))


def _most_lost(observed: float, gained: np.ndarray, n: int, loss: float) -> np.ndarray:
    """Largest number lost with a statistic up to `observed`, by number gained; -1 if none."""
    allowed = observed + 1e-9 * (1 + abs(observed))  # ties count, whatever the rounding
    low, high = np.full(len(gained), -1), n - gained + 1
    while (high - low > 1).any():
        middle = (low + high) // 2
        within = (middle < 0) | (_score(np.maximum(middle, 0), gained, n, loss) <= allowed)
        low, high = np.where(within, middle, low), np.where(within, high, middle)
    return low


def _numbers_gained(low: float, high: float, n: int) -> np.ndarray:
    """Numbers of gained items that are worth summing, for p01 from `low` to `high`."""
    first = n * low - WIDTH * math.sqrt(n * low) - 25
    last = n * high + WIDTH * math.sqrt(n * high) + 25
    return np.arange(max(0, math.floor(first)), min(n, math.ceil(last)) + 1)


def _chances(
    p10: np.ndarray, p01: np.ndarray, n: int, gained: np.ndarray, most_lost: np.ndarray
) -> np.ndarray:
    """Chance, for each p10 and p01, that no more items are lost than the number gained allows.

    The sum over numbers gained of (chance of that number) times (chance of few enough lost among
    the others). Numbers that are too rare to be summed count as if they allowed everything.
    """
    ways = gammaln(n + 1) - gammaln(gained + 1) - gammaln(n - gained + 1)
    log_chance = xlogy(gained, p01[:, None]) + (n - gained) * np.log1p(-p01[:, None])
    weight = np.exp(ways + log_chance)

    which, row = np.nonzero(weight > NEGLIGIBLE)
    few_lost = np.ones(weight.shape)
    lost_of_rest = (p10 / (1 - p01))[which]
    few_lost[which, row] = _binomial_cdf(most_lost[row], n - gained[row], lost_of_rest)
    unsummed = np.maximum(1 - weight.sum(axis=1), 0)
    chances: np.ndarray = (weight * few_lost).sum(axis=1) + unsummed
    return chances


def _binomial_cdf(count: np.ndarray, n: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Chance of `count` or fewer of `n`; 0 at -1."""
    inside = (count >= 0) & (count < n)
    few, many = np.where(inside, count, 0), np.where(inside, n, 1)
    cdf = betainc(many - few, few + 1, np.maximum(1 - chance, 0))
    return np.where(inside, cdf, count >= n)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Smallest number above `low` for which `holds`, if it does at `high` and never stops."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _check_counts(counts: dict[str, int], n: int) -> None:
    for name, count in {**counts, "n": n}.items():
        whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
        if not whole or count < 0:
            raise InputError(f"{name}={count!r}; a number of items is needed: whole, from 0")
    if sum(counts.values()) > n:
        what = " + ".join(f"{name}={count}" for name, count in counts.items())
        raise InputError(f"{what} of n={n}; no more items than there are")


def _check_share(name: str, share: float) -> None:
    if not 0 <= share < 1:
        raise InputError(f"{name}={share}; a share of items in [0, 1) is needed")
