"""How often the 95 % intervals of `compare` and `select` cover what they claim to.

A large real table stands for the population. Again and again, a few of its items are drawn as if
they were all there is, the intervals are computed, and checked against the truth on the rest of
the population: for `compare`, the mean accuracy of methods that learned from that many items; for
`select`, the accuracy of the very ensemble that it kept, with a given method and with everything
chosen ("chosen" in the table; the bias is then what the promise is too high by).

    python benchmarks/interval_coverage.py

Writes benchmarks/results/interval_coverage.csv and prints a summary, without cells of two methods
that bought and scored the same in every replicate. Half an hour on two cores. Single queries alone,
where near ties are decided, with narrower limits of what was found, in ten minutes on one:

    python benchmarks/interval_coverage.py --what compare --budgets 1 --replicates 400 --jobs 1
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from ensel import PredictionTable, load_dataset, select
from ensel.files import written_whole
from ensel.heldout.bought_again import BoughtAgain
from ensel.heldout.candidates import Candidate, grid
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.heldout.scoring import score_split
from ensel.heldout.splits import Split, random_splits

METHODS = ("single-best", "random", "top-k", "mrmr", "greedy-mi")
BUDGETS = (1, 3, 5)
CANDIDATES = grid(METHODS, ("majority", "weighted", "map"), BUDGETS)
CHOSEN = ("chosen", "chosen", 5)
SELECTED = [
    ("top-k", "weighted", 3),
    ("greedy-mi", "map", 3),
    ("greedy-mi", "map", 5),
    CHOSEN,
]
BASELINE = ("top-k", "weighted")
Name = tuple[str, str, int]
RESULTS = Path(__file__).parent / "results"


def name_of(candidate: Candidate) -> Name:
    """Method, vote and budget."""
    return candidate.method, candidate.vote, candidate.budget


def true_accuracies(
    population: PredictionTable, candidates: list[Candidate], n_train: int, replicate: int
) -> dict:
    """Accuracy of every ensemble that learned from a fresh sample, on all other items."""
    seed = np.random.SeedSequence([1, replicate])
    items = np.random.default_rng(seed).permutation(population.n_items)
    result = score_split(population, Split(items[:n_train], items[n_train:], seed), candidates)
    return {name_of(one): scored.correct.mean() for one, scored in result.scored.items()}


def draw(population: PredictionTable, n_items: int, replicate: int) -> tuple[Any, Any]:
    """A sample of the population, and the rest of it."""
    items = np.random.default_rng([2, replicate]).permutation(population.n_items)
    return population.subset(items[:n_items]), population.subset(items[n_items:])


def compare_intervals(
    population: PredictionTable,
    candidates: list[Candidate],
    n_items: int,
    train: float,
    n_splits: int,
    replicate: int,
) -> list[dict]:
    """Intervals from a sample of the population, as `compare` computes them."""
    sample, _ = draw(population, n_items, replicate)
    splits = random_splits(sample, n_splits, train, seed=replicate)
    results = [score_split(sample, split, candidates) for split in splits]
    again = BoughtAgain(sample, splits, results, candidates)
    named = {name_of(one): one for one in results[0].scored}
    tests, groups = [split.test for split in splits], sample.groups
    scores = {
        name_of(one): SplitScores(n_items, tests, [r.scored[one].correct for r in results], groups)
        for one in results[0].scored
    }
    purchases = [{name_of(c): set(s.columns) for c, s in r.scored.items()} for r in results]
    rows = []
    for key, own in scores.items():
        base = (*BASELINE, key[2])
        alike = all(bought[key] == bought[base] for bought in purchases)
        about = {"key": key, "alike": alike}
        rows.append(about | {"what": "compare: accuracy"} | accuracy_interval(own)._asdict())
        if key[:2] != BASELINE:
            lead = own - scores[base]
            fresh = again.training_variance(named[key], named[base])
            difference = difference_interval(lead, lead.variance(fresh=fresh))
            rows.append(about | {"what": "compare: difference"} | difference._asdict())
    return rows


def select_intervals(
    population: PredictionTable, n_items: int, methods: list[Name] | None, replicate: int
) -> list[dict]:
    """Intervals of `select` on a sample, and what the policy it kept gets on the rest."""
    sample, rest = draw(population, n_items, replicate)
    single = rest.accuracies
    rows = []
    for method, vote, budget in SELECTED if methods is None else methods:
        given: dict[str, Any] = {} if method == "chosen" else {"method": method, "vote": vote}
        result = select(sample, budget, **given, copies="keep", seed=replicate, progress=False)
        voted = result.policy.replay(rest)["label"].to_numpy()
        accuracy = float((voted == np.array(rest.classes)[rest.labels]).mean())
        about = {"key": (method, vote, budget), "alike": False}
        rows.append(
            about | {"what": "select: accuracy", "truth": accuracy} | result.expected._asdict()
        )
        gain = accuracy - float(single[result.single_best])
        if result.method != "single-best":  # no gain is claimed there
            rows.append(
                about | {"what": "select: gain", "truth": gain} | result.gain_vs_single._asdict()
            )
    return rows


def study(name: str, n_items: int, given: argparse.Namespace) -> pd.DataFrame:
    """Coverage of every cell on one population."""
    population = load_dataset(name)
    if name == "imdb":  # one sample a model: a pool of different models
        population = population.subset(queries=[q for q in population.query_names if "#1" in q])

    def run(work: Any, *arguments: Any, label: str) -> list:
        tasks = (delayed(work)(population, *arguments, i) for i in range(given.replicates))
        stream = Parallel(given.jobs, return_as="generator")(tasks)
        return list(tqdm(stream, total=given.replicates, desc=f"{name}: {label}", disable=None))

    parts = []
    if "compare" in given.what:
        candidates = [one for one in CANDIDATES if one.budget in given.budgets]
        truths = run(true_accuracies, candidates, round(given.train * n_items), label="truth")
        truth = {key: float(np.mean([t[key] for t in truths])) for key in truths[0]}
        sizes = n_items, given.train, given.splits
        samples = run(compare_intervals, candidates, *sizes, label="compare")
        of_compare = pd.DataFrame([row for rows in samples for row in rows])
        of_compare["truth"] = [
            truth[key] - (truth[*BASELINE, key[2]] if what.endswith("difference") else 0)
            for key, what in zip(of_compare["key"], of_compare["what"], strict=True)
        ]
        parts.append(of_compare)
    if "select" in given.what:
        only = [CHOSEN] if given.only_chosen else None
        samples = run(select_intervals, n_items, only, label="select")
        parts.append(pd.DataFrame([row for rows in samples for row in rows]))
    found = pd.concat(parts)
    found["covers"] = (found["low"] <= found["truth"]) & (found["truth"] <= found["high"])
    found["width"] = found["high"] - found["low"]
    found["bias"] = found["value"] - found["truth"]
    cells = found.groupby(["what", "key"], sort=False)
    table = cells[["truth", "bias", "covers", "width", "alike"]].mean().reset_index()
    table[["method", "vote", "budget"]] = table.pop("key").tolist()
    table.insert(0, "population", name)
    return table.assign(n_items=n_items, n_splits=given.splits, replicates=given.replicates)


def main() -> None:
    """Run the study and print how many cells cover 93 to 97 %."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("datasets", nargs="*", default=["imdb", "mmlu-full"])
    parser.add_argument(
        "--items", type=int, nargs="+", default=[1000, 200], help="drawn a replicate"
    )
    parser.add_argument("--train", type=float, default=0.5)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--replicates", type=int, default=200)
    parser.add_argument(
        "--budgets", type=int, nargs="+", default=BUDGETS, help="of compare; rows of others stay"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--what",
        nargs="+",
        choices=["compare", "select"],
        default=["compare", "select"],
        help="rows of the other stay in the output as they are",
    )
    parser.add_argument(
        "--only-chosen", action="store_true", help="with --what select: not of given methods"
    )
    parser.add_argument("--output", type=Path, default=RESULTS / "interval_coverage.csv")
    given = parser.parse_args()
    table = pd.concat(
        study(name, n_items, given) for name in given.datasets for n_items in given.items
    )
    if len(given.what) == 1 and given.output.is_file():
        kept = pd.read_csv(given.output)
        done = kept["what"].str.startswith(given.what[0])
        done &= kept["population"].isin(given.datasets) & kept["n_items"].isin(given.items)
        if given.what[0] == "compare":
            done &= kept["budget"].isin(given.budgets)
        if given.only_chosen:
            done &= kept["method"] == CHOSEN[0]
        table = pd.concat([kept[~done], table])
    given.output.parent.mkdir(exist_ok=True)
    with written_whole(given.output) as temporary:
        table.round(5).to_csv(temporary, index=False)
    same = (table["alike"] == 1) & (table["truth"] == 0) & (table["bias"] == 0)
    shown = table[~same]
    for (population, n_items, what), cells in shown.groupby(["population", "n_items", "what"]):
        covers = cells["covers"]
        print(
            f"{population}, n = {n_items}, {what}: mean {covers.mean():.3f}, "
            f"median {covers.median():.3f}, lowest {covers.min():.3f}, highest {covers.max():.3f}; "
            f"{covers.between(0.93, 0.97).sum()} of {len(cells)} cells in .93-.97"
        )


if __name__ == "__main__":
    main()
