"""How often the certificate of asking in sequence is broken, and what it is worth.

Simulated pools of five queries whose truth is known: each is a million simulated items, from which
labels are drawn with replacement, so that the loss of any policy on them is a sum over patterns.
1,000 draws of 60, 200, 1,000 and 4,000 labels; losses of 1, 2, 5 and 10 points at 95 %. Two of the
pools are the first one again: with prices, and with every label drawn three times, which is all
that is known of it (so that 60 labels are 20 questions).

    python benchmarks/certificates.py              # about half an hour on two cores; resumes
    python benchmarks/certificates.py --draws 100 --jobs 1

Writes benchmarks/results/certificates.csv: of each cell the share of policies that lose more than
allowed, or ask (or cost) more than promised, with 95 % limits (Clopper-Pearson), the share
certified, and mean queries promised and asked.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import beta, norm
from tqdm import tqdm

from ensel.files import written_whole
from ensel.policies import TrainingSet
from ensel.policies.certified import CertifiedSequential, TooFewLabels
from ensel.policies.thresholds import stop_stages
from ensel.selection import GreedyLogit
from ensel.voting import LogitVote

HERE = Path(__file__).parent
N_QUERIES, POPULATION = 5, 1_000_000
LABELS, LOSSES, CONFIDENCE = (60, 200, 1000, 4000), (0.01, 0.02, 0.05, 0.1), 0.95
KINDS = ("alike", "by class", "four classes", "one towers", "rare class", "priced", "threefold")
PRICES, COPIES = (5.0, 1.0, 1.0, 0.2, 0.1), 3


def population(kind: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patterns of five answers, labels, and how many of a million simulated items have both.

    Errors follow a one-factor Gaussian copula. Wrong answers of four classes go to a popular wrong
    option of the item in two cases of three. The rare class is the first: one item in twenty, of
    which every query misses three in ten.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    n_classes = 4 if kind == "four classes" else 2
    labels = rng.integers(n_classes, size=POPULATION)
    if kind == "rare class":
        labels = (rng.random(POPULATION) > 0.05).astype(int)
    factor = rng.standard_normal(POPULATION)[:, None]
    own = rng.standard_normal((POPULATION, N_QUERIES))
    rates = np.full((n_classes, N_QUERIES), 0.2)
    if kind == "one towers":
        rates[:] = [0.06, 0.22, 0.24, 0.26, 0.28]
    if kind == "by class":
        rates[:] = np.array([[0.05, 0.3, 0.1, 0.35, 0.2], [0.3, 0.05, 0.3, 0.1, 0.2]])
    if kind == "rare class":
        rates[:] = np.array([[0.3] * N_QUERIES, [0.03, 0.04, 0.05, 0.06, 0.07]])
    if kind == "four classes":
        rates[:] = [0.14, 0.16, 0.18, 0.2, 0.22]
    shared = 0.3 if kind == "one towers" else 0.5
    hidden = np.sqrt(shared) * factor + np.sqrt(1 - shared) * own
    wrong = hidden < norm.ppf(rates)[labels]

    popular = (labels + rng.integers(1, n_classes, POPULATION)) % n_classes
    other = (labels[:, None] + rng.integers(1, n_classes, wrong.shape)) % n_classes
    taken = np.where(rng.random(wrong.shape) < 2 / 3, popular[:, None], other)
    answers = np.where(wrong, taken, labels[:, None])
    cells, counts = np.unique(np.column_stack([answers, labels]), axis=0, return_counts=True)
    return cells[:, :-1], cells[:, -1], counts


def training_of(kind: str, X: np.ndarray, y: np.ndarray, rows: np.ndarray) -> TrainingSet:
    """What is learned from: the items drawn, with prices or copies where the pool has them."""
    costs = np.array(PRICES) if kind == "priced" else None
    groups = None
    if kind == "threefold":
        groups = np.repeat(np.arange(len(rows)), COPIES)
        rows = np.repeat(rows, COPIES)
    return TrainingSet(X[rows], y[rows], costs=costs, groups=groups, n_classes=int(y.max()) + 1)


def one_draw(
    kind: str, X: np.ndarray, y: np.ndarray, counts: np.ndarray, n_labels: int, seed: int
) -> list[dict[str, Any]]:
    """Draw labels, certify every loss, and look up what is true of each policy."""
    rng = np.random.default_rng([seed, n_labels])
    shares = counts / counts.sum()
    n_drawn = n_labels // COPIES if kind == "threefold" else n_labels
    training = training_of(kind, X, y, rng.choice(len(y), size=n_drawn, p=shares))
    results = []
    for loss in LOSSES:
        selector = GreedyLogit(budget=N_QUERIES)
        policy = CertifiedSequential(
            selector, LogitVote(), N_QUERIES, loss=loss, confidence=CONFIDENCE, n_folds=3
        )
        try:
            policy.fit_to(training)
        except TooFewLabels:
            results.append({"loss": loss, "certified": False, "broken": False})
            continue  # it says so, and promises nothing
        stages = policy.stages_of(X)
        stops = stop_stages(stages, policy.rule_.scores(stages), policy.threshold_)
        right, items = stages.right(y), np.arange(len(y))
        true_loss = shares @ (right[:, -1].astype(float) - right[items, stops])
        queries, certificate = float(shares @ (stops + 1)), policy.certificate_
        too_dear = False
        if certificate.mean_cost is not None:
            paid = np.cumsum(np.array(PRICES)[list(policy.columns_)])
            too_dear = float(shares @ paid[stops]) > certificate.mean_cost
        results.append(
            {
                "loss": loss,
                "certified": certificate.certified,
                "true_loss": true_loss,
                "queries": queries,
                "bound": certificate.mean_queries if certificate.certified else np.nan,
                "broken": certificate.certified
                and (true_loss > loss or queries > certificate.mean_queries or too_dear),
            }
        )
    return results


def cell_rows(kind: str, n_labels: int, n_draws: int, n_jobs: int) -> list[dict[str, Any]]:
    """What the draws of one pool and number of labels come to, a row for each loss."""
    X, y, counts = population(kind)
    draws = Parallel(n_jobs=n_jobs)(
        delayed(one_draw)(kind, X, y, counts, n_labels, seed) for seed in range(n_draws)
    )
    frame = pd.DataFrame([row for draw in draws for row in draw])
    rows = []
    for loss, group in frame.groupby("loss"):
        n, broken = len(group), int(group["broken"].sum())
        certified = group[group["certified"]]
        rows.append(
            {
                "pool": f"{kind} (simulated)",
                "n_labels": n_labels,
                "loss": loss,
                "draws": n,
                "violations": broken / n,
                "violations_low": beta.ppf(0.025, broken, n - broken + 1) if broken else 0.0,
                "violations_high": beta.ppf(0.975, broken + 1, n - broken),
                "share_certified": len(certified) / n,
                "mean_queries_bound": certified["bound"].mean(),
                "mean_queries": certified["queries"].mean(),
                "mean_loss": certified["true_loss"].mean(),
            }
        )
    return rows


def main() -> None:
    """Run what is not done yet, and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    work = HERE / "work"
    work.mkdir(exist_ok=True)
    rows = []
    for kind, n_labels in tqdm([(k, n) for k in KINDS for n in LABELS]):
        kept = work / f"certificates_{kind.replace(' ', '_')}_{n_labels}_{options.draws}.parquet"
        if not kept.exists():
            pd.DataFrame(cell_rows(kind, n_labels, options.draws, options.jobs)).to_parquet(kept)
        rows += pd.read_parquet(kept).to_dict("records")
    table = pd.DataFrame(rows)
    with written_whole(HERE / "results" / "certificates.csv") as temporary:
        table.to_csv(temporary, index=False, float_format="%.5g")
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
