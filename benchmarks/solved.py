"""What a verifier can be given: coverage of HumanEval by the best sets of models, exact and greedy.

An item is solved if any bought model's program passes its tests. Sets are bought under a count of
2, 3 and 4 models among all, and under 1, 2 and 5 times the price of the cheapest model within ten
points of the best, among the models whose price in dollars is known. Once on all items (how good is
the best set, how far is greedy from it), and once held out: bought on half of the items, judged on
the others, 20 splits, each method against top-k by accuracy.

HumanEval has one sample of its best model. Where samples are (the repeated-samples data at
temperature 1: 9 models, 10 samples each), greedy coverage is judged against k samples of the best
model, whose expected coverage all 10 cached ones tell (pass@k). Those are questions of four and
five options: a guess is right more often than a program is.

    python benchmarks/solved.py        # 10 seconds

Writes benchmarks/results/coverage.csv.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ensel import load_dataset
from ensel.files import written_whole
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.registry import VERIFIER_SELECTORS
from ensel.voting.verifier import pass_at_k

HERE = Path(__file__).parent
METHODS = ["top-k", "greedy-coverage", "exact-coverage"]
COUNTS = [2, 3, 4]
TIMES = [1, 2, 5]
SAMPLES = [1, 2, 3, 5]
POINTS = 0.10  # how much worse than the best the model may be whose price is the unit


class Limit(NamedTuple):
    """What may be bought, and from which columns."""

    name: str
    columns: np.ndarray
    budget: int
    money: float | None


def limits(table: Any) -> list[Limit]:
    """Counts among all models, and sums of money among those with a price."""
    right = right_answers(table)
    costs = table.queries["cost"].to_numpy(dtype=float)
    priced = np.flatnonzero(costs > 0)  # NaN is not
    accuracies = right.mean(axis=0)
    near = priced[accuracies[priced] >= accuracies.max() - POINTS]
    unit = near[np.argmin(costs[near])]
    names = np.array(table.query_names)
    print(
        f"best: {names[accuracies.argmax()]} {accuracies.max():.3f}; any model {solves(right):.3f}"
    )
    print(f"unit of money: {names[unit]}, {accuracies[unit]:.3f}, ${costs[unit]:.3g} a question")
    print("no price in dollars:", ", ".join(np.delete(names, priced)))

    counts = [Limit(f"{k} models", np.arange(len(names)), k, None) for k in COUNTS]
    return counts + [
        Limit(f"{times} x the price", priced, len(priced), times * float(costs[unit]))
        for times in TIMES
    ]


def right_answers(table: Any) -> np.ndarray:
    """Right or not, shape (n_items, n_queries)."""
    return np.asarray(table.answers) == np.asarray(table.labels)[:, None]


def solves(right: np.ndarray) -> float:
    """Share of items that any of the queries solves."""
    return float(right.any(axis=1).mean())


def bought(table: Any, limit: Limit, method: str, items: Any, seed: int = 0) -> np.ndarray:
    """Columns that a method buys from some of the items."""
    answers = np.asarray(table.answers)[items][:, limit.columns]
    selector = VERIFIER_SELECTORS[method](budget=limit.budget, money=limit.money, random_state=seed)
    costs = None
    if limit.money is not None:
        costs = table.queries["cost"].to_numpy(dtype=float)[limit.columns]
    models = np.asarray(table.queries["model"])[limit.columns]
    selector.fit(
        answers,
        np.asarray(table.labels)[items],
        models=models,
        costs=costs,
    )
    return limit.columns[selector.order_]


def on_all_items(table: Any, limit: Limit) -> Iterator[dict[str, Any]]:
    """The sets bought from all items, and what they cover there."""
    right, names = right_answers(table), np.array(table.query_names)
    costs = table.queries["cost"].to_numpy(dtype=float)
    for method in METHODS:
        columns = bought(table, limit, method, slice(None))
        yield {
            "items": "all",
            "limit": limit.name,
            "method": method,
            "coverage": solves(right[:, columns]),
            "queries": float(len(columns)),
            "dollars_of_1000": 1000 * float(costs[columns].sum()),  # NaN where one is unknown
            "bought": " ".join(names[columns]),
        }


def held_out(table: Any, limit: Limit, n_splits: int) -> Iterator[dict[str, Any]]:
    """Coverage of the other half of the items, and the paired difference to top-k."""
    right = right_answers(table)
    n_items = len(right)
    tests: list[np.ndarray] = []
    scores: dict[str, list[np.ndarray]] = {method: [] for method in METHODS}
    numbers: dict[str, list[int]] = {method: [] for method in METHODS}
    for split in range(n_splits):
        shuffled = np.random.default_rng(split).permutation(n_items)
        train, test = shuffled[: n_items // 2], shuffled[n_items // 2 :]
        tests.append(test)
        for method in METHODS:
            columns = bought(table, limit, method, train, split)
            scores[method].append(right[np.ix_(test, columns)].any(axis=1).astype(float))
            numbers[method].append(len(columns))

    groups = np.arange(n_items)
    judged = {m: SplitScores(n_items, tests, scores[m], groups) for m in METHODS}
    for method in METHODS:
        yield {
            "items": "held out",
            "limit": limit.name,
            "method": method,
            "queries": float(np.mean(numbers[method])),
            **of_scores(judged[method], judged["top-k"]),
        }


def against_samples(table: Any, n_splits: int) -> Iterator[dict[str, Any]]:
    """Greedy coverage over all models' samples, less that of k samples of the best model."""
    right = right_answers(table)
    models = np.asarray(table.queries["model"])
    warm = np.flatnonzero(np.isclose(table.queries["temperature"].to_numpy(dtype=float), 1.0))
    tests: list[np.ndarray] = []
    scores: dict[tuple[str, int], list[np.ndarray]] = {}
    for split in range(n_splits):
        shuffled = np.random.default_rng(split).permutation(len(right))
        train, test = shuffled[: len(right) // 2], shuffled[len(right) // 2 :]
        tests.append(test)
        means = {m: right[np.ix_(train, warm[models[warm] == m])].mean() for m in models[warm]}
        best = right[:, warm[models[warm] == max(means, key=lambda m: means[m])]]
        order = bought(table, Limit("", warm, max(SAMPLES), None), "greedy-coverage", train, split)
        for k in SAMPLES:
            own = pass_at_k(best.shape[1], best[test].sum(axis=1), k)
            any_right = right[np.ix_(test, order[:k])].any(axis=1).astype(float)
            scores.setdefault(("samples of the best model", k), []).append(own)
            scores.setdefault(("greedy-coverage", k), []).append(any_right)

    groups = np.arange(len(right))
    judged = {key: SplitScores(len(right), tests, own, groups) for key, own in scores.items()}
    for (method, k), own in judged.items():
        base = judged["samples of the best model", k]
        yield {
            "items": "held out",
            "limit": f"{k} samples at temperature 1",
            "method": method,
            "queries": float(k),
            **of_scores(own, base),
        }


def of_scores(scores: SplitScores, base: SplitScores) -> dict[str, float]:
    """Coverage, and what it is above that of the method to beat, with intervals."""
    value = accuracy_interval(scores)
    lead = difference_interval(scores - base, same=scores is base)
    return {
        "coverage": value.value,
        "coverage_low": value.low,
        "coverage_high": value.high,
        "difference": lead.value,
        "difference_low": lead.low,
        "difference_high": lead.high,
    }


def main() -> None:
    """Buy, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--results", type=Path, default=HERE / "results")
    given = parser.parse_args()
    table = load_dataset("humaneval")
    kinds = limits(table)
    rows = [row for limit in kinds for row in on_all_items(table, limit)]
    rows += [row for limit in kinds for row in held_out(table, limit, given.splits)]
    rows += list(against_samples(load_dataset("temperatures"), given.splits))
    frame = pd.DataFrame(rows)
    print(frame.drop(columns="bought").round(4).to_string(index=False))
    print(frame.loc[frame["items"] == "all", ["limit", "method", "bought"]].to_string(index=False))
    given.results.mkdir(exist_ok=True)
    with written_whole(given.results / "coverage.csv") as temporary:
        frame.to_csv(temporary, index=False, float_format="%.6g")


if __name__ == "__main__":
    main()
