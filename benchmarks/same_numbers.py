"""The numbers of `compare`, `select`, `frontier` and `floor` on real pools, against stored ones.

    python benchmarks/same_numbers.py                   # all pools, about two minutes
    python benchmarks/same_numbers.py imdb-api mmlu     # some

Prints how many numbers agree to 1e-9, the first that do not, and the processor time of each
command; exits 1 if any number differs. The stored numbers (`results/numbers.parquet`) are those of
commit 8949f7f, from before policies, under the names that results have now. `--write` stores
today's in their place: for changes that are meant to change numbers, and say so.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ensel import compare, error_floor, frontier, load_dataset, select
from ensel.files import written_whole
from ensel.table import PredictionTable

STORED = Path(__file__).parent / "results" / "numbers.parquet"
DATASETS = ("imdb", "imdb-llm", "mmlu", "medmcqa", "imdb-api")
TOLERANCE = 1e-9
SHOWN = 10


def commands(table: PredictionTable) -> dict[str, Callable[[], Any]]:
    """What is computed of one pool; money where queries have a price in money."""
    budget = min(5, table.n_queries - 1)
    chosen: dict[str, Callable[[], Any]] = {
        "compare": lambda: compare(table, progress=False),
        "select": lambda: select(table, budget, progress=False),
        "floor": lambda: error_floor(table, progress=False),
    }
    if table.name == "imdb-api":
        chosen["select for money"] = lambda: select(table, money=3, progress=False)
        chosen["frontier"] = lambda: frontier(table, progress=False)
    return chosen


def numbers_of(data: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number of nested data, with the place where it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers_of(value, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from numbers_of(value, f"{place}[{position}]")
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield place, float(data)


def computed(dataset: str) -> pd.DataFrame:
    """All numbers of one pool; prints the processor time of each command."""
    table = load_dataset(dataset)
    parts = []
    for command, run in commands(table).items():
        start = time.process_time()
        result = run()
        print(f"{dataset:10} {command:18} {time.process_time() - start:6.1f} s", flush=True)
        rows = pd.DataFrame(numbers_of(result.to_dict()), columns=["place", "value"])
        parts.append(rows.assign(dataset=dataset, command=command))
    return pd.concat(parts, ignore_index=True)


def main() -> int:
    """Compute, compare or write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("datasets", nargs="*", default=list(DATASETS))
    parser.add_argument("--write", action="store_true", help="store today's numbers")
    given = parser.parse_args()
    today = pd.concat([computed(name) for name in given.datasets], ignore_index=True)
    if given.write:
        with written_whole(STORED) as temporary:
            today.to_parquet(temporary, compression="zstd", index=False)
        return 0

    stored = pd.read_parquet(STORED)
    stored = stored[stored["dataset"].isin(given.datasets)]
    both = stored.merge(today, how="left", on=["dataset", "command", "place"])
    apart = (both["value_x"] - both["value_y"]).abs()
    differs = both[~(apart <= TOLERANCE)]  # what is absent today differs, too
    print(f"{len(both) - len(differs):,} of {len(both):,} stored numbers agree to {TOLERANCE:g}")
    for row in differs.head(SHOWN).itertuples():
        print(
            f"{row.dataset} {row.command} {row.place}: {row.value_x!r} was stored, {row.value_y!r}"
        )
    return int(len(differs) > 0)


if __name__ == "__main__":
    sys.exit(main())
