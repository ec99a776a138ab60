"""Why a general copula library's fits do not serve binary errors: measured.

Simulated pairs of error indicators with a known correlation of .60; copulae's maximum likelihood
and Kendall's tau on ranks (pseudo-observations) against the tetrachoric correlation.

    python benchmarks/copulae_fits.py

Needs the extra ``ensel[copulae]``. Writes benchmarks/results/copulae_fits.csv. Under a minute.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from copulae import GaussianCopula, pseudo_obs
from scipy.stats import kendalltau
from tqdm import tqdm

from ensel.error_model import simulate, tetrachoric
from ensel.files import written_whole

TRUE = 0.60
RATES = (0.1, 0.2, 0.3, 0.45)
RESULT = Path(__file__).parent / "results" / "copulae_fits.csv"


def one(rate: float, n_items: int, seed: int) -> dict[str, float]:
    """Estimates of one simulated pair."""
    pool = simulate(n_items, [rate, rate], TRUE, random_state=seed)
    errors = (pool.answers != pool.known_labels[:, None]).astype(float)
    copula = GaussianCopula(dim=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copula.fit(np.asarray(pseudo_obs(errors)), method="ml", verbose=0)
    tau = kendalltau(errors[:, 0], errors[:, 1]).statistic
    return {
        "error_rate": rate,
        "copulae_ml": float(copula.params[0]),
        "inverse_tau": float(np.sin(np.pi / 2 * tau)),
        "tetrachoric": float(tetrachoric(errors).correlation[0, 1]),
    }


def main() -> None:
    """Run and print means and standard deviations."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, default=3000)
    parser.add_argument("--replicates", type=int, default=20)
    given = parser.parse_args()
    rows = [
        one(rate, given.items, seed)
        for rate in tqdm(RATES, disable=None)
        for seed in range(given.replicates)
    ]
    table = pd.DataFrame(rows).groupby("error_rate").agg(["mean", "std"]).round(4)
    table.columns = ["_".join(column) for column in table.columns]
    table = table.assign(true=TRUE, n_items=given.items, replicates=given.replicates)
    RESULT.parent.mkdir(exist_ok=True)
    with written_whole(RESULT) as temporary:
        table.to_csv(temporary)
    print(table.to_string())


if __name__ == "__main__":
    main()
