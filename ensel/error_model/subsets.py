"""The best few queries of a pool, if errors follow the fitted model."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from ensel.error_model.bayes_error import BayesError, bayes_error
from ensel.error_model.copula import GaussianCopulaErrors
from ensel.error_model.draws import draw_answers

MOST_TRIED = 1001  # subsets of one size tried one by one; beyond, the set grows greedily
SEARCH_DRAWS = 2000
FINAL_DRAWS = 20_000


class BestSubset(NamedTuple):
    """The set of a given size with the lowest Bayes error that was found."""

    columns: tuple[int, ...]
    """Positions in the model's `columns_`."""
    error: float
    standard_error: float
    exhaustive: bool
    """Whether every set of this size was tried."""


def best_subsets(
    model: GaussianCopulaErrors, most: int, *, seed: int = 0, progress: bool | None = None
) -> list[BestSubset]:
    """Find the set with the lowest Bayes error at each size.

    All sets of a size are tried while there are at most 1,001, else the best set of the size below
    grows by one query. Sets are compared on one simulated sample and reported on another, so the
    winner is not flattered.

    Parameters
    ----------
    model : GaussianCopulaErrors
        Fitted.
    most : int
        Largest size.
    seed : int
    progress : bool, optional

    Returns
    -------
    list of BestSubset
        Sizes 1 to `most`.
    """
    from tqdm.auto import tqdm

    rng = np.random.default_rng([seed, 3])
    c, prior, mixed = model.concentration_, model.prior_, model.mixture_
    rates, observed = model.overall_rates_, model.tetrachoric_.error_rates[model.columns_]
    search = draw_answers(mixed, prior, c, SEARCH_DRAWS, rng)
    final = draw_answers(mixed, prior, c, FINAL_DRAWS, rng)
    n_models = len(rates)

    def judged(columns: tuple[int, ...], draws: tuple[np.ndarray, np.ndarray]) -> BayesError:
        chosen = np.array(columns)
        return bayes_error(
            mixed.subset(chosen), prior, c, rates[chosen], draws=(draws[0], draws[1][:, chosen])
        )

    result: list[BestSubset] = []
    disable = None if progress is None else not progress
    for size in tqdm(range(1, most + 1), desc="best subsets", disable=disable):
        exhaustive = size == 1 or comb(n_models, size) <= MOST_TRIED
        if exhaustive:
            tried = list(combinations(range(n_models), size))
        else:
            last = result[-1].columns
            tried = [(*last, j) for j in range(n_models) if j not in last]
        best = min(tried, key=lambda columns: judged(columns, search).error)
        found = judged(best, final)
        error = min(found.error, float(observed[list(best)].min()))
        if result:  # a larger set tells no less; the sample may say so by chance
            error = min(error, result[-1].error)
        result.append(BestSubset(best, error, found.standard_error, exhaustive))
    return result
