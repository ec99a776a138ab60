"""A pool larger than memory's comfort: read from Parquet query by query, and bought from.

Simulates answers of 10,000 models to 100,000 questions of four options, writes them a query at a
time, and then, each in a process of its own: reads the file, reads it and looks for trouble, reads
it and buys 10 queries with TopK and with GreedyMI. Prints seconds and peak resident memory (of
which Python and its libraries take some 150 MB before the first answer is read).

    python benchmarks/blocks.py                          # some minutes, 400 MB of disk
    python benchmarks/blocks.py --models 1000 --items 10000

Writes benchmarks/results/blocks.csv.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from ensel import PredictionTable
from ensel.files import written_whole
from ensel.formats.parquet_writer import table_writer
from ensel.selection import SELECTORS

HERE = Path(__file__).parent
OPTIONS = "ABCD"
N_FAMILIES = 50


def write_simulated(path: Path, n_models: int, n_items: int, seed: int = 0) -> None:
    """Write answers of models of some families, 1 % of them missing.

    An answer is right where skill exceeds difficulty and noise, some of which the family shares;
    else it is wrong, most often the family's favourite wrong option.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(4, size=n_items)
    difficulty = rng.standard_normal(n_items).astype(np.float32)
    favourite = (labels + rng.integers(1, 4, size=(N_FAMILIES, n_items))) % 4
    of_family = rng.standard_normal((N_FAMILIES, n_items)).astype(np.float32)
    families = rng.integers(N_FAMILIES, size=n_models)
    names = [f"family-{family:02d}/model-{j:05d}" for j, family in enumerate(families)]
    items = [f"question-{i:06d}" for i in range(n_items)]
    with table_writer(
        path, labels, classes=list(OPTIONS), queries=names, items=items, name="simulated"
    ) as out:
        for family in tqdm(families, desc="writing", disable=None):
            strain = difficulty + of_family[family] + rng.standard_normal(n_items, np.float32)
            right = strain < rng.normal(0.7, 0.5)
            draw = rng.random(n_items, np.float32)
            wrong = np.where(draw < 0.6, favourite[family], (labels + 1 + (draw * 100) % 3) % 4)
            answers = np.where(right, labels, wrong).astype(np.int8)
            answers[draw > 0.99] = -1
            out.add(answers)


def work(task: str, path: Path) -> dict[str, Any]:
    """Read the file, and do what the task says; seconds of each and peak memory of both."""
    if task in SELECTORS:  # compiled code is loaded before the clock starts
        SELECTORS[task](budget=1).fit([[0, 1], [1, 1]], [0, 1])
    before = peak()
    start = time.perf_counter()
    table = PredictionTable.read(path)
    read = time.perf_counter() - start
    after_reading = peak()
    start = time.perf_counter()
    found: Any = ""
    if task == "look":
        found = f"best {table.accuracies.max():.4f}; {len(table.trouble())} troubles"
    elif task != "read":
        selector = SELECTORS[task](budget=10).fit(table.answers, table.labels)
        found = " ".join(str(j) for j in selector.order_)
    return {
        "task": task,
        "seconds_read": read,
        "seconds_task": time.perf_counter() - start,
        "mb_before": before,
        "mb_after_reading": after_reading,
        "mb_peak": peak(),
        "found": found,
    }


def peak() -> float:
    """Peak resident memory of this process so far, in MB of 10^6 bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a fresh process, so that it has a peak of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def written(path: Path, n_models: int, n_items: int) -> dict[str, Any]:
    """Write the file; seconds and peak memory."""
    start = time.perf_counter()
    write_simulated(path, n_models, n_items)
    return {
        "task": "simulate and write",
        "seconds_task": time.perf_counter() - start,
        "mb_peak": peak(),
        "found": f"{path.stat().st_size / 1e6:.0f} MB on disk",
    }


def main() -> None:
    """Write, read, buy, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--tasks", nargs="+", default=["read", "look", "top-k", "greedy-mi"])
    parser.add_argument("--results", type=Path, default=HERE / "results")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free
        if free < given.models * given.items:  # the file takes a third of that
            sys.exit(f"{folder}: {free / 1e9:.1f} GB free; give another place with TMPDIR")
        path = Path(folder) / "simulated.parquet"
        rows = [alone(written, path, given.models, given.items)]
        rows += [alone(work, task, path) for task in given.tasks]
    found = pd.DataFrame(rows)
    found.insert(0, "models", given.models)
    found.insert(1, "items", given.items)
    print(found.round(1).to_string(index=False))
    given.results.mkdir(exist_ok=True)
    with written_whole(given.results / "blocks.csv") as temporary:
        found.round(1).to_csv(temporary, index=False)


if __name__ == "__main__":
    main()
