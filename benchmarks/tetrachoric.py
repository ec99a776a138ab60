"""Tetrachoric correlation of all pairs of 400 simulated models, against a solver pair by pair.

The plain reference is what one would write without this package: for each pair one
`scipy.optimize.brentq` over `scipy.stats.multivariate_normal.cdf`. It runs on a random sample of
pairs and is extrapolated per pair. Both use one core, and take turns, so that a busy machine slows
both.

    python benchmarks/tetrachoric.py

Writes benchmarks/results/tetrachoric.csv and prints a summary. About ten seconds.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import multivariate_normal
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from ensel.error_model import tetrachoric
from ensel.files import written_whole

RESULTS = Path(__file__).parent / "results"


def simulated_errors(n_items: int, n_models: int, rng: np.random.Generator) -> np.ndarray:
    """Simulated errors: one common factor, loadings .6 to .97, error rates 2 to 60 %."""
    loading = rng.uniform(0.6, 0.97, n_models)
    rate = rng.uniform(0.02, 0.6, n_models)
    common, own = rng.normal(size=(n_items, 1)), rng.normal(size=(n_items, n_models))
    return common * loading + np.sqrt(1 - loading**2) * own <= ndtri(rate)


def plain_tetrachoric(first: np.ndarray, second: np.ndarray) -> float:
    """One pair, by bracketing over scipy's cdf."""
    limits = ndtri([first.mean(), second.mean()])
    both = np.mean(first & second)

    def excess(rho: float) -> float:
        covariance = [[1, rho], [rho, 1]]
        return multivariate_normal.cdf(limits, cov=covariance, abseps=1e-12, releps=1e-12) - both

    return brentq(excess, -0.999999, 0.999999, xtol=1e-10)


def main() -> None:
    """Time both, and write and print the ratio and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--models", type=int, default=400)
    parser.add_argument("--items", type=int, default=14_042)
    parser.add_argument("--sample", type=int, default=200, help="pairs for the plain solver")
    parser.add_argument("--rounds", type=int, default=5, help="turns; the median counts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS / "tetrachoric.csv")
    given = parser.parse_args()
    threadpool_limits(1)  # a ratio of work, not of cores

    rng = np.random.default_rng(given.seed)
    errors = simulated_errors(given.items, given.models, rng)
    by_model = np.ascontiguousarray(errors.T)  # the plain solver gets its columns in one piece
    i, j = np.triu_indices(given.models, 1)
    chosen = rng.choice(len(i), min(given.sample, len(i)), replace=False)
    tetrachoric(errors[:, :3])  # imports and first calls are nobody's time

    ours, plain = [], []
    for _ in tqdm(range(given.rounds), desc="rounds", disable=None):
        start = perf_counter()
        result = tetrachoric(errors)
        ours.append((perf_counter() - start) / len(i))
        start = perf_counter()
        reference = [
            plain_tetrachoric(by_model[a], by_model[b])
            for a, b in zip(i[chosen], j[chosen], strict=True)
        ]
        plain.append((perf_counter() - start) / len(chosen))

    ratio = np.median(np.array(plain) / np.array(ours))
    difference = np.abs(result.correlation[i[chosen], j[chosen]] - reference).max()
    row = {
        "models": given.models,
        "items": given.items,
        "pairs": len(i),
        "sample": len(chosen),
        "rounds": given.rounds,
        "ratio": round(float(ratio)),
        "max_difference": f"{difference:.1e}",
    }
    given.output.parent.mkdir(exist_ok=True)
    with written_whole(given.output) as temporary:
        pd.DataFrame([row]).to_csv(temporary, index=False)
    print(
        f"{len(i):,} pairs of {given.models} simulated models, {given.items:,} items: "
        f"{np.median(ours) * len(i):.2f} s, {np.median(ours) * 1e6:.1f} us a pair; "
        f"plain {np.median(plain) * 1e3:.2f} ms a pair, {ratio:.0f} times as long; "
        f"largest difference {difference:.1e} over {len(chosen)} pairs"
    )


if __name__ == "__main__":
    main()
