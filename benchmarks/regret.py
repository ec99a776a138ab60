"""What `select` loses against simple rules, and against the best method in hindsight.

On every dataset at hand, the true-or-false view of the multiple-choice ones, and each pool without
its best model; 300, 1,000 and half of the items to learn from; budgets 1 to 8; 20 random splits:
held-out accuracy of what `select` chooses, and of every fixed method and vote.

    python benchmarks/regret.py                    # about two hours on two cores; resumes
    python benchmarks/regret.py --splits 4 mmlu medmcqa

The rival in hindsight is the fixed method with the best mean accuracy on the odd splits; regret is
what it is ahead of `select` on the even ones, and the other way round, averaged. Differences have
intervals as those of `compare`; significance is Holm's over all cells at 1 %.

Writes benchmarks/results/regret.parquet (a row per cell and method), regret.csv (a row per cell)
and regret.png (what `ensel figures --only regret` draws). Work in progress is kept in
benchmarks/work.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import delayed, parallel_config
from scipy import stats
from statsmodels.stats.multitest import multipletests
from tqdm import tqdm

from ensel import PredictionTable, load_dataset
from ensel.choosing.recommendation import verdicts_on
from ensel.choosing.request import checked_request
from ensel.choosing.rules import choose
from ensel.figures.regret import regret_figure
from ensel.files import written_whole
from ensel.heldout.candidates import OWN_ANSWER, SINGLE, Candidate, grid
from ensel.heldout.intervals import SplitScores
from ensel.heldout.scoring import score_split
from ensel.heldout.splits import Split, random_splits
from ensel.parallel import run_each
from ensel.studies.regret import regret_summary
from ensel.voting import VOTES

HERE = Path(__file__).parent
CHOICES = ("mmlu", "mmlu-full", "medmcqa", "temperatures", "medmcqa-temperatures")
DATASETS = ("imdb-llm", "imdb-api", "imdb", *CHOICES)
METHODS = ("single-best", "top-k", "mrmr", "greedy-mi", "greedy-logit", "self-moa")
BASELINE = ("top-k", "weighted")
SELECT, RULES = ("select", "chosen"), ("rules", "chosen")
"""What is bought, and what the rules choose before it is asked whether that is worth its cost."""
DRAWS = 10
"""Resamples behind an interval; `select` makes 25."""
MOST = 8


def pool(name: str) -> PredictionTable:
    """A dataset; with ``:statements`` as statements, with ``:no-best`` without its best model."""
    name, _, view = name.partition(":")
    table = load_dataset(name)
    if view == "no-best":
        models = pd.Series(table.accuracies.to_numpy()).groupby(table.models).mean()
        others = np.flatnonzero(table.models != models.idxmax())
        table = table.subset(queries=[table.query_names[j] for j in others])
    return table.as_statements(0) if view == "statements" else table


def pool_names(datasets: list[str]) -> list[str]:
    """Every view of every dataset."""
    names = list(datasets)
    names += [f"{name}:statements" for name in datasets if name in CHOICES]
    # One model alone has no pool without it.
    return names + [f"{name}:no-best" for name in datasets if name != "medmcqa-temperatures"]


def name_of(candidate: Candidate) -> str:
    """Method, vote and budget as one word."""
    return f"{candidate.method}|{candidate.vote}|{candidate.budget}"


def run_split(table: PredictionTable, split: Split, seed: int) -> dict[str, np.ndarray]:
    """Score every fixed method and `select` on one split: which test items each gets right."""
    budget = min(MOST, table.n_queries)
    candidates = grid(METHODS, VOTES, range(1, budget + 1))
    fixed = score_split(table, split, candidates).scored
    train = table.subset(items=split.train)
    with parallel_config("sequential"):  # splits run side by side, not their folds
        request = checked_request(train, budget, None, n_boot=DRAWS, seed=seed, progress=False)
        verdicts, promises = verdicts_on(train, request)
    right: dict[str, np.ndarray] = {
        name_of(one): np.packbits(scored.correct > 0.5) for one, scored in fixed.items()
    }
    for size, verdict in enumerate(verdicts, start=1):
        by_rules = choose(promises.board, size).chosen
        for method, chosen in (("select", verdict.decision.chosen), ("rules", by_rules)):
            right[f"{method}|chosen|{size}"] = right[name_of(chosen)]
            right[f"choice|{method}|{size}"] = np.array(name_of(chosen))
    return {"test": split.test.astype(np.int32), **right}


def summarise(table: PredictionTable, paths: list[Path]) -> pd.DataFrame:
    """A row per method, vote and budget: accuracy, differences with standard errors, per split."""
    found = [dict(np.load(path)) for path in paths]
    tests = [one["test"] for one in found]
    names = [name for name in found[0] if "|" in name and not name.startswith("choice")]
    names = [name for name in names if all(name in one for one in found)]

    def scores(name: str) -> SplitScores:
        bits = [
            np.unpackbits(one[name], count=len(test))
            for one, test in zip(found, tests, strict=True)
        ]
        return SplitScores(table.n_items, tests, bits, table.groups)

    single = scores(f"{SINGLE}|{OWN_ANSWER}|1")
    baselines = {
        size: scores("|".join([*BASELINE, str(size)]))
        for size in range(1, min(MOST, table.n_queries) + 1)
    }
    rows = []
    for name in names:
        method, vote, size = name.split("|")
        own = scores(name)
        row: dict[str, Any] = {"method": method, "vote": vote, "budget": int(size)}
        row["accuracy"] = own.mean
        row["by_split"] = own.split_means.tolist()
        for against, other in (("top_k", baselines[int(size)]), ("single", single)):
            apart = own - other
            row[f"vs_{against}"] = apart.mean
            row[f"se_vs_{against}"] = np.sqrt(apart.variance() + 2 / (apart.n_tested + 2) ** 2)
        if vote == "chosen":
            chosen = [str(one[f"choice|{method}|{size}"]) for one in found]
            row["chosen"] = chosen
            row["size"] = float(np.mean([int(c.rsplit("|", 1)[1]) for c in chosen]))
        rows.append(row)
    return pd.DataFrame(rows)


def cell_table(results: pd.DataFrame) -> pd.DataFrame:
    """A row per pool, n_train and budget: `select` against its rivals."""
    rows = []
    for (name, n_train, budget), cell in results.groupby(["pool", "n_train", "budget"], sort=False):
        if budget > 1:  # one query is always to be had
            one = results[
                (results["pool"] == name)
                & (results["n_train"] == n_train)
                & (results["method"] == "single-best")
            ]
            cell = pd.concat([cell, one])
        cell = cell.set_index(["method", "vote"])
        own = cell.loc[SELECT]
        fixed = cell.drop(index=[SELECT, RULES])
        by_split = np.array(fixed["by_split"].tolist())
        ours = np.array(own["by_split"])
        regrets, names = [], []
        for learn in (0, 1):
            best = int(by_split[:, learn::2].mean(axis=1).argmax())
            regrets.append(float((by_split[best] - ours)[1 - learn :: 2].mean()))
            names.append(" + ".join(fixed.index[best]))
        above = fixed["vs_top_k"] / fixed["se_vs_top_k"]
        lead = fixed[fixed.index != (SINGLE, OWN_ANSWER)]
        above = above[lead.index]
        rows.append(
            {
                "pool": name,
                "n_train": n_train,
                "budget": budget,
                "select": own["accuracy"],
                "size": own["size"],
                "regret": np.mean(regrets),
                "best_in_hindsight": names[0],
                "top_k_weighted": cell.loc[BASELINE, "accuracy"],
                "single_best": cell.loc[(SINGLE, OWN_ANSWER), "accuracy"],
                "rules": cell.loc[RULES, "accuracy"],
                "rules_size": cell.loc[RULES, "size"],
                "vs_top_k": own["vs_top_k"],
                "se_vs_top_k": own["se_vs_top_k"],
                "vs_single": own["vs_single"],
                "se_vs_single": own["se_vs_single"],
                "best_above_top_k": " + ".join(above.idxmax()),
                "best_vs_top_k": fixed.loc[above.idxmax(), "vs_top_k"],
                "z_best_vs_top_k": above.max(),
                "n_fixed": len(above),
            }
        )
    cells = pd.DataFrame(rows)
    for rival in ("top_k", "single"):
        z = cells[f"vs_{rival}"] / cells[f"se_vs_{rival}"]
        for side, p in (("below", stats.norm.cdf(z)), ("above", stats.norm.sf(z))):
            cells[f"{side}_{rival}"] = multipletests(p, 0.01, "holm")[0]
    # The best of many methods: Bonferroni within a cell, Holm over cells.
    p = np.minimum(stats.norm.sf(cells["z_best_vs_top_k"]) * cells["n_fixed"], 1.0)
    cells["fixed_above_top_k"] = multipletests(p, 0.01, "holm")[0]
    return cells


def report(cells: pd.DataFrame) -> None:
    """Print mean regrets and what is significant."""
    cells = cells.assign(
        labels=pd.cut(
            cells["n_train"],
            [0, 299, 300, 999, 1e9],
            labels=["below 300", "300", "301 to 999", "1000 or more"],
        )
    )
    means = cells.groupby("labels", observed=True)
    print((100 * means["regret"].mean()).round(3).rename("mean regret, points").to_string())
    print(means["size"].mean().round(2).rename("mean queries bought").to_string())
    more = (100 * (cells["select"] - cells["rules"])).groupby(cells["labels"], observed=True)
    print(more.mean().round(3).rename("points above the rules alone").to_string())
    print(means["rules_size"].mean().round(2).rename("mean queries of the rules").to_string())
    by_pool = cells.pivot_table(index="pool", columns="n_train", values="regret", sort=False)
    print((100 * by_pool).round(2).to_string(na_rep=""))
    for flag in ("below_top_k", "above_top_k", "below_single", "above_single"):
        print(f"select {flag.replace('_', ' ')}: {cells[flag].sum()} of {len(cells)} cells")
    missed = cells[cells["fixed_above_top_k"] & ~cells["above_top_k"]]
    print(
        f"fixed method above top-k: {cells['fixed_above_top_k'].sum()} cells; select not: "
        f"{len(missed)}"
    )
    columns = ["pool", "n_train", "budget", "best_above_top_k", "best_vs_top_k", "vs_top_k"]
    print(missed[columns].round(4).to_string(index=False))


def main() -> None:
    """Run what is missing, summarise, write and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("datasets", nargs="*", default=DATASETS)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument("--work", type=Path, default=HERE / "work" / "regret")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--report-only", action="store_true", help="summarise what is there")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    pools = {name: pool(name) for name in tqdm(pool_names(list(given.datasets)), disable=None)}
    tasks, cells = [], []
    for name, table in pools.items():
        half = table.n_items // 2
        for n_train in sorted({min(n, half) for n in (300, 1000, half)}):
            splits = random_splits(table, given.splits, n_train, seed=7)
            stem = f"{name.replace(':', '_')}-{n_train}"
            paths = [given.work / f"{stem}-{i}.npz" for i in range(given.splits)]
            cells.append((name, n_train, paths))
            tasks += [
                (i, name, split, path)
                for i, (split, path) in enumerate(zip(splits, paths, strict=True))
            ]
    tasks.sort(key=lambda task: task[0])  # first one split of everything
    if not given.report_only:
        os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # processes share the cores, not threads
        left = [task for task in tasks if not task[3].is_file()]
        jobs = (delayed(run_split)(pools[name], split, i) for i, name, split, _ in left)
        with parallel_config(n_jobs=given.jobs):
            results = run_each(
                jobs, len(left), shared=list(pools.values()), label="splits", unit="split"
            )
            for (_, _, _, path), right in zip(left, results, strict=True):
                with written_whole(path) as temporary, temporary.open("wb") as file:
                    np.savez_compressed(file, **right)
    parts = []
    for name, n_train, paths in cells:
        there = [path for path in paths if path.is_file()]
        if len(there) > 1:
            part = summarise(pools[name], there)
            parts.append(part.assign(pool=name, n_train=n_train, n_splits=len(there)))
    results = pd.concat(parts, ignore_index=True)
    summary = cell_table(results)
    given.results.mkdir(exist_ok=True)
    with written_whole(given.results / "regret.parquet") as temporary:
        results.to_parquet(temporary, index=False)
    with written_whole(given.results / "regret.csv") as temporary:
        summary.round(5).to_csv(temporary, index=False)
    with written_whole(given.results / "regret.png") as temporary:
        regret_figure(regret_summary(summary)).savefig(temporary, format="png")
    report(summary)


if __name__ == "__main__":
    main()
