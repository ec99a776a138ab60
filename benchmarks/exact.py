"""Information of all triples of 100 simulated models, 5,000 items, against NumPy triple by triple.

The plain reference is what one would write without this package: `itertools.combinations`, one
`np.bincount` of label and answers a triple, entropies by NumPy. It runs on a random sample of the
triples, one core, and is extrapolated per triple. Ours searches all of them, once with one thread
and once with two. They take turns, so that a busy machine slows all.

    python benchmarks/exact.py

Writes benchmarks/results/exact.csv and prints a summary. About a minute.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from tqdm import tqdm

from ensel.files import written_whole
from ensel.information import every_information

RESULTS = Path(__file__).parent / "results"
SETTINGS = ((2, 0.0), (2, 0.02), (4, 0.0), (4, 0.02))
"""Classes, and share of missing answers."""


def simulated_pool(
    n_items: int, n_models: int, n_classes: int, missing: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Simulated answers: items differ in difficulty, models in skill; about 70 % right."""
    labels = rng.integers(n_classes, size=n_items)
    ease, skill = rng.normal(size=(n_items, 1)), rng.normal(1, 0.5, n_models)
    right = rng.random((n_items, n_models)) < 1 / (1 + np.exp(-skill - ease))
    wrong = (labels[:, None] + rng.integers(1, n_classes, right.shape)) % n_classes
    answers = np.where(right, labels[:, None], wrong)
    answers[rng.random(right.shape) < missing] = -1
    return answers, labels


def plain_information(columns: np.ndarray, labels: np.ndarray, width: int, n_labels: int) -> float:
    """One triple: columns of codes from 0, labels; bits."""
    codes = ((columns[0] * width + columns[1]) * width + columns[2]) * n_labels + labels
    joint = np.bincount(codes, minlength=width**3 * n_labels).reshape(-1, n_labels) / len(labels)

    def h(p: np.ndarray) -> float:
        p = p[p > 0]
        return -float(p @ np.log2(p))

    return h(joint.sum(axis=0)) + h(joint.sum(axis=1)) - h(joint.ravel())


def main() -> None:
    """Time all, and write and print the ratios and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--sample", type=int, default=5000, help="triples for the plain reference")
    parser.add_argument("--rounds", type=int, default=7, help="turns; the median counts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=RESULTS / "exact.csv")
    given = parser.parse_args()

    rng = np.random.default_rng(given.seed)
    triples = np.array(list(combinations(range(given.models), 3)))
    chosen = rng.choice(len(triples), min(given.sample, len(triples)), replace=False)
    rows = []
    for n_classes, missing in SETTINGS:
        answers, labels = simulated_pool(given.items, given.models, n_classes, missing, rng)
        columns = np.ascontiguousarray(answers.T) - answers.min()  # the plain way gets whole rows
        width = int(columns.max()) + 1
        every_information(answers[:, :4], labels, 3)  # compiling is nobody's time
        times: dict[str, list[float]] = {"one": [], "two": [], "plain": []}
        for _ in tqdm(range(given.rounds), desc=f"{n_classes} classes", disable=None):
            for name, n_threads in (("one", 1), ("two", 2)):
                start = perf_counter()
                found = every_information(answers, labels, 3, n_threads=n_threads)
                times[name].append((perf_counter() - start) / len(triples))
            start = perf_counter()
            reference = [
                plain_information(columns[[i, j, k]], labels, width, n_classes)
                for i, j, k in triples[chosen]
            ]
            times["plain"].append((perf_counter() - start) / len(chosen))
        seconds = {name: np.array(values) for name, values in times.items()}
        ratio = {name: float(np.median(seconds["plain"] / seconds[name])) for name in seconds}
        difference = np.abs(found[chosen] - reference).max()
        rows.append(
            {
                "models": given.models,
                "items": given.items,
                "classes": n_classes,
                "missing": missing,
                "triples": len(triples),
                "sample": len(chosen),
                "rounds": given.rounds,
                "ratio_one_thread": round(ratio["one"]),
                "ratio_two_threads": round(ratio["two"]),
                "max_difference": f"{difference:.0e}",
            }
        )
        print(
            f"{n_classes} classes, {100 * missing:.0f} % missing: all {len(triples):,} triples in "
            f"{np.median(seconds['one']) * len(triples):.3f} s, two threads "
            f"{np.median(seconds['two']) * len(triples):.3f} s; plain "
            f"{np.median(seconds['plain']) * 1e6:.0f} us a triple, {ratio['one']:.0f} and "
            f"{ratio['two']:.0f} times as long; largest difference {difference:.0e} bits"
        )
    given.output.parent.mkdir(exist_ok=True)
    with written_whole(given.output) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False)


if __name__ == "__main__":
    main()
