"""What `select` gets on open answers, held out, against top-k + majority and the single best query.

    python benchmarks/open_answers.py            # math and mgsm, 20 splits, some minutes

Each split chooses on its training items alone (half of all) and is judged on the others; intervals
are those of the paired difference over splits. Writes `results/open_answers.csv`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ensel import load_dataset
from ensel.choosing.candidates import candidates_up_to, families_of
from ensel.choosing.rules import choose
from ensel.choosing.scoreboard import judge
from ensel.files import written_whole
from ensel.heldout.candidates import named_candidates, single_best
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.heldout.scoring import score_split
from ensel.heldout.settings import setting_of
from ensel.heldout.splits import random_splits
from ensel.table import PredictionTable

RESULTS = Path(__file__).parent / "results"
DATASETS = ("math", "mgsm")
MOST = 7


def study(table: PredictionTable, n_splits: int) -> pd.DataFrame:
    """A row per budget: what `select` gets, and by how much that is more than its rivals."""
    setting = setting_of(table)
    baselines = named_candidates([("top-k", "majority")], range(1, MOST + 1), setting=setting)
    single = single_best(setting=setting)
    candidates = candidates_up_to(MOST, setting=setting)
    splits = random_splits(table, n_splits, 0.5, seed=11)
    chosen: dict[str, list[np.ndarray]] = {}
    sizes: dict[int, list[int]] = {}
    for seed, split in enumerate(tqdm(splits, desc=table.name, disable=None)):
        train = table.subset(items=split.train)
        families = families_of(setting)
        board = judge(train, candidates, families=families, seed=seed, progress=False)
        scored = score_split(table, split, [*candidates, *baselines]).scored
        chosen.setdefault("single", []).append(scored[single].correct)
        for budget, baseline in enumerate(baselines, start=1):
            choice = choose(board, budget).chosen
            chosen.setdefault(f"select {budget}", []).append(scored[choice].correct)
            chosen.setdefault(f"top-k {budget}", []).append(scored[baseline].correct)
            sizes.setdefault(budget, []).append(choice.budget)

    tests = [split.test for split in splits]
    scores = {
        name: SplitScores(table.n_items, tests, correct, table.groups)
        for name, correct in chosen.items()
    }
    rows = []
    for budget in range(1, MOST + 1):
        ours = scores[f"select {budget}"]
        against_top = difference_interval(ours - scores[f"top-k {budget}"])
        against_single = difference_interval(ours - scores["single"])
        rows.append(
            {
                "dataset": table.name,
                "n_train": len(splits[0].train),
                "n_splits": n_splits,
                "budget": budget,
                "queries": float(np.mean(sizes[budget])),
                **accuracy_interval(ours).named("select"),
                "top_k_majority": scores[f"top-k {budget}"].mean,
                "single_best": scores["single"].mean,
                **against_top.named("vs_top_k"),
                **against_single.named("vs_single"),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("datasets", nargs="*", default=list(DATASETS))
    parser.add_argument("--splits", type=int, default=20)
    given = parser.parse_args()
    table = pd.concat([study(load_dataset(name), given.splits) for name in given.datasets])
    with written_whole(RESULTS / "open_answers.csv") as temporary:
        table.round(5).to_csv(temporary, index=False)
    shown = ["dataset", "budget", "queries", "select", "top_k_majority", "single_best"]
    ends = [f"vs_{rival}{end}" for rival in ("top_k", "single") for end in ("", "_low", "_high")]
    points = table[[*shown, *ends]].copy()
    points[shown[3:] + ends] *= 100
    print(points.round(2).to_string(index=False))


if __name__ == "__main__":
    main()
