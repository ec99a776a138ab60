"""What resampling a choice costs, by weights of the items and by copying their rows.

    python benchmarks/reselection.py

Medians of interleaved rounds of a few resamples each, in processor time, on one thread; writes
benchmarks/results/reselection.csv. The sets bought are compared: they must be the same.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ensel import PredictionTable, load_dataset
from ensel.choosing.stability import AT_ONCE, Always, buy_again
from ensel.files import written_whole
from ensel.heldout.candidates import method_at
from ensel.selection import SELECTORS

RESULTS = Path(__file__).parent / "results"


def by_copies(table: PredictionTable, method: str, budget: int, n: int, seed: int) -> list:
    """The same resamples, a copy of the rows each."""
    orders = []
    for child in np.random.SeedSequence([seed, 6]).spawn(n):
        drawn = np.random.default_rng(child).integers(table.n_items, size=table.n_items)
        selector = SELECTORS[method](budget=budget, random_state=int(child.generate_state(1)[0]))
        selector.fit(
            table.answers[drawn], table.known_labels[drawn], models=table.models, costs=table.costs
        )
        orders.append(selector.order_.tolist())
    return orders


def main() -> None:
    """Time both ways on real pools."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("datasets", nargs="*", default=["imdb", "mmlu", "imdb-llm"])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    rows = []
    for name in given.datasets:
        table = load_dataset(name)
        if "group" in table.items:  # copies of questions would be drawn together
            table = PredictionTable(
                table.answers, table.labels, classes=table.classes, queries=table.queries, name=name
            )
        for method in ("top-k", "mrmr", "greedy-mi", "greedy-logit"):
            times = []
            for seed in range(given.rounds + 1):
                start = time.process_time()
                with threadpool_limits(1):
                    weighted = buy_again(
                        table,
                        Always(method_at(method, 5)),
                        n_boot=AT_ONCE,
                        seed=seed,
                        progress=False,
                    )
                middle = time.process_time()
                copied = by_copies(table, method, 5, AT_ONCE, seed)
                if weighted != copied:
                    raise SystemExit(f"{name}, {method}: copies buy something else")
                times.append((middle - start, time.process_time() - middle))
            taken = np.array(times[1:])  # the first round compiles
            ratio = taken[:, 1] / taken[:, 0]
            rows.append(
                {
                    "pool": name,
                    "items": table.n_items,
                    "models": table.n_queries,
                    "method": method,
                    "k": 5,
                    "resamples": AT_ONCE,
                    "rounds": given.rounds,
                    "times_faster": np.median(ratio),
                    "low": ratio.min(),
                    "high": ratio.max(),
                    "seconds_per_1000": np.median(taken[:, 0]) * 1000 / AT_ONCE,
                }
            )
            print(
                f"{name}, {method}: {np.median(ratio):.2f} times faster by weights "
                f"({ratio.min():.2f}-{ratio.max():.2f}); 1,000 resamples: "
                f"{rows[-1]['seconds_per_1000']:.1f} s of processor time"
            )
    RESULTS.mkdir(exist_ok=True)
    with written_whole(RESULTS / "reselection.csv") as temporary:
        pd.DataFrame(rows).round(3).to_csv(temporary, index=False)


if __name__ == "__main__":
    main()
