"""How far the promises of `select` are off, also where there are few labels, or nothing to learn.

- *Noise* (simulated): answers and labels drawn at random, so that every policy gets 1 / classes.
- *Alike* (simulated): eight queries of two classes, each right on three items of four, by itself;
  two of them get no more than one, and the best of them is so by luck.
- *Real pools*: a few questions of a large table are drawn as if they were all there is; what was
  promised is checked on all the others: the accuracy of the very policy that is bought, and its
  gain over the very query that is named the single best.

    python benchmarks/promises.py                   # about two hours on two cores; resumes
    python benchmarks/promises.py --seeds 40 noise

Writes benchmarks/results/promises.csv: of each cell the mean promise, the mean truth, bias and
coverage of the 95 % intervals of accuracy and gain (of the gain where a set is bought), how many
queries are bought, and how often a set is. Cells that are not run again keep their numbers.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import beta
from tqdm import tqdm

from ensel import InputError, PredictionTable, load_dataset
from ensel.choosing.candidates import buy
from ensel.choosing.recommendation import verdicts_on
from ensel.choosing.request import checked_request
from ensel.choosing.verdict import Verdict
from ensel.files import written_whole
from ensel.heldout.splits import distinct_rows
from ensel.policies import FixedSet

HERE = Path(__file__).parent
NOISE = [(n, m, k) for n in (60, 200) for m in (3, 6) for k in (2, 4)]
ALIKE = (200, 400)
POOLS, LABELS, BUDGET = ("imdb", "mmlu-full", "medmcqa"), (60, 120, 300, 1000), 5
DRAWS = 10
"""Resamples behind an interval; `select` makes 25."""


def noise(n_items: int, n_models: int, n_classes: int, seed: int) -> PredictionTable:
    """A simulated pool that knows nothing."""
    rng = np.random.default_rng([seed, n_items, n_models, n_classes])
    return PredictionTable(
        rng.integers(n_classes, size=(n_items, n_models)),
        rng.integers(n_classes, size=n_items),
        classes=list("abcd"[:n_classes]),
        queries=[f"m{j}" for j in range(n_models)],
        name="noise (simulated)",
    )


def of_alike(n_items: int, seed: int) -> dict[str, Any] | None:
    """One simulated pool of eight alike queries, of which two are bought at most."""
    rng = np.random.default_rng([seed, n_items])
    labels = rng.integers(2, size=n_items)
    answers = np.where(rng.random((n_items, 8)) < 0.25, 1 - labels[:, None], labels[:, None])
    names = [f"m{j}" for j in range(8)]
    table = PredictionTable(answers, labels, classes="ab", queries=names, name="alike (simulated)")
    verdict, _ = bought(table, 2, seed)
    return _row(verdict, 0.75, 0.0)


def bought(table: PredictionTable, budget: int, seed: int) -> tuple[Verdict, int]:
    """What `select` buys and promises, without the rest of its report."""
    details: dict[str, Any] = {"n_boot": DRAWS, "seed": seed, "progress": False}
    request = checked_request(table, budget, None, **details)
    verdicts, promises = verdicts_on(table, request)
    return verdicts[-1], promises.single.column


def of_noise(n_items: int, n_models: int, n_classes: int, seed: int) -> dict[str, Any] | None:
    """One simulated pool."""
    try:
        verdict, _ = bought(noise(n_items, n_models, n_classes, seed), n_models, seed)
    except InputError:
        return None
    return _row(verdict, 1 / n_classes, 0.0)


def of_pool(table: PredictionTable, n_labels: int, seed: int) -> dict[str, Any] | None:
    """One draw of a real pool; whole questions, and the truth on all others."""
    rng = np.random.default_rng([seed, n_labels])
    questions = rng.permutation(table.n_questions)
    inside = np.isin(table.groups, questions[:n_labels])
    rows, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    sample = table.subset(items=rows)
    try:
        verdict, column = bought(sample, min(BUDGET, table.n_queries), seed)
    except InputError:
        return None
    labels = table.known_labels[others]
    single = table.answers[others, column] == labels
    chosen = verdict.decision.chosen
    if chosen.is_single:
        return _row(verdict, float(single.mean()), 0.0)
    once = distinct_rows(sample)
    order = buy(sample, chosen, once, seed).order_
    vote = type(chosen.policy.vote)(**chosen.policy.vote.get_params(False))
    policy = FixedSet(None, vote).fit_table(sample.subset(items=once, queries=order))
    said = policy.predict(table.answers[np.ix_(others, order)])
    heard = (table.answers[np.ix_(others, order)] >= 0).any(axis=1)
    right = (said == labels) & heard
    return _row(verdict, float(right.mean()), float(right.mean() - single.mean()))


def _row(verdict: Verdict, accuracy: float, gain: float) -> dict[str, Any]:
    return {
        "size": 1 if verdict.decision.chosen.is_single else verdict.decision.chosen.budget,
        "is_set": not verdict.decision.chosen.is_single,
        **verdict.accuracy.named("promised"),
        "got": accuracy,
        **verdict.gain.named("gain_promised"),
        "gain": gain,
    }


def summary(name: str, n_labels: int, draws: pd.DataFrame) -> dict[str, Any]:
    """A cell: bias and coverage."""
    covered = draws["got"].between(draws["promised_low"] - 1e-9, draws["promised_high"] + 1e-9)
    several = draws[draws["is_set"]]
    of_gain = several["gain"].between(
        several["gain_promised_low"] - 1e-9, several["gain_promised_high"] + 1e-9
    )
    return {
        "pool": name,
        "n_labels": n_labels,
        "draws": len(draws),
        "promised": draws["promised"].mean(),
        "got": draws["got"].mean(),
        "bias": (draws["promised"] - draws["got"]).mean(),
        "coverage": covered.mean(),
        "size": draws["size"].mean(),
        "share_of_sets": len(several) / len(draws),
        "gain_promised": several["gain_promised"].mean(),
        "gain": several["gain"].mean(),
        "gain_bias": (several["gain_promised"] - several["gain"]).mean(),
        "gain_coverage": of_gain.mean(),
        "gain_coverage_low": _lower(int(of_gain.sum()), len(several)),
    }


def _lower(hits: int, n: int) -> float:
    """Lower 95 % limit of a share (Clopper-Pearson)."""
    if n == 0:
        return float("nan")
    return float(beta.ppf(0.025, hits, n - hits + 1)) if hits else 0.0


def main() -> None:
    """Run what is not done yet, and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", nargs="*", default=["noise", "alike", *POOLS])
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--draws", type=int, default=200, help="of each real pool")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    work = HERE / "work"
    work.mkdir(exist_ok=True)
    cells: list[tuple[str, int, Any]] = []
    if "noise" in options.what:
        for n, m, k in NOISE:
            jobs = [delayed(of_noise)(n, m, k, seed) for seed in range(options.seeds)]
            cells.append((f"noise, {m} models, {k} classes (simulated)", n, jobs))
    if "alike" in options.what:
        for n in ALIKE:
            jobs = [delayed(of_alike)(n, seed) for seed in range(options.seeds)]
            cells.append(("alike, 8 models (simulated)", n, jobs))
    for name in [pool for pool in POOLS if pool in options.what]:
        table = load_dataset(name)
        for n in LABELS:
            jobs = [delayed(of_pool)(table, n, seed) for seed in range(options.draws)]
            cells.append((name, n, jobs))

    rows = []
    for name, n, jobs in tqdm(cells):
        kept = work / f"promises_{name.replace(' ', '_')}_{n}_{len(jobs)}.parquet"
        if not kept.exists():
            draws = [row for row in Parallel(n_jobs=options.jobs)(jobs) if row is not None]
            pd.DataFrame(draws).to_parquet(kept)
        rows.append(summary(name, n, pd.read_parquet(kept)))
    table_of, stored = pd.DataFrame(rows), HERE / "results" / "promises.csv"
    if stored.exists():
        both = pd.concat([pd.read_csv(stored), table_of])
        table_of = both.drop_duplicates(["pool", "n_labels"], keep="last")
    with written_whole(stored) as temporary:
        table_of.to_csv(temporary, index=False, float_format="%.5g")
    print(table_of.round(4).to_string(index=False))


if __name__ == "__main__":
    main()
