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
        Sizes 1 to `most`; errors never rise with size.

    See Also
    --------
    ensel.error_model.bayes_error : The error of one set.

    Examples
    --------
    Of three equal models, the majority errs less than one alone:

    >>> from ensel.error_model import simulate
    >>> pool = simulate(4000, [0.2] * 3, 0.3, random_state=0)
    >>> model = GaussianCopulaErrors(thresholds="one").fit(pool.answers, pool.known_labels)
    >>> one, two, three = best_subsets(model, 3, progress=False)
    >>> three.error < one.error
    True
    """
    from tqdm.auto import tqdm

    rng = np.random.default_rng([seed, 3])
    search, final = _Judge(model, SEARCH_DRAWS, rng), _Judge(model, FINAL_DRAWS, rng)
    n_models = len(model.columns_)
    observed = model.tetrachoric_.error_rates[model.columns_]
    result: list[BestSubset] = []
    disable = None if progress is None else not progress
    for size in tqdm(range(1, most + 1), desc="best subsets", disable=disable):
        exhaustive = size == 1 or comb(n_models, size) <= MOST_TRIED
        if exhaustive:
            tried = list(combinations(range(n_models), size))
        else:
            smaller = result[-1].columns
            tried = [(*smaller, j) for j in range(n_models) if j not in smaller]

        best = min(tried, key=lambda columns: search(columns).error)
        judged = final(best)
        error = min(judged.error, float(observed[list(best)].min()))
        if result:  # a larger set tells no less; the sample may say so by chance
            error = min(error, result[-1].error)
        result.append(BestSubset(best, error, judged.standard_error, exhaustive))
    return result


class _Judge:
    """The Bayes error of sets of queries, all on one simulated sample."""

    def __init__(self, model: GaussianCopulaErrors, n_draws: int, rng: np.random.Generator) -> None:
        self.model = model
        self.draws = draw_answers(model.mixture_, model.prior_, model.concentration_, n_draws, rng)

    def __call__(self, columns: tuple[int, ...]) -> BayesError:
        model, chosen = self.model, np.array(columns)
        labels, answers = self.draws
        return bayes_error(
            model.mixture_.subset(chosen),
            model.prior_,
            model.concentration_,
            model.overall_rates_[chosen],
            draws=(labels, answers[:, chosen]),
        )
