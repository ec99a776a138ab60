"""How fast greedy information, mRMR and JMI are, against other ways to compute the same.

Simulated pools from 10 models x 1,000 items to 7,000 x 14,042, and the real pools at hand. Against
the same greedy loop with scikit-learn's `mutual_info_score`, pyitlib, dit, infomeasure (each only
where it is installed) and a plain NumPy `bincount` loop; and against the floor of any method that
reads the answers k times: k copies of the matrix into memory that is already there.

    python benchmarks/speed.py            # about five minutes
    python benchmarks/speed.py --quick    # under two

All contenders take turns on one thread; times are the processor's, so that a busy machine does not
count, and what is reported are ratios, medians over rounds with the smallest and largest. Slow
contenders score a sample of the candidates at every step, and are extrapolated by their number:
column `scored`. Every one's estimates must agree with the plain ones of this package to 1e-9.

Writes benchmarks/results/speed.csv: a row per comparison (`case`), per curve (`scaling`, fitted
exponents), `memory` (peak above the imports, in matrices) and `threads` (wall clock).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri
from sklearn.metrics import mutual_info_score
from tqdm import tqdm

from ensel import InputError, load_dataset
from ensel.files import written_whole
from ensel.information import information_with, pattern_ids
from ensel.selection import JMI, MRMR, GreedyMI, QuerySelector

RESULTS = Path(__file__).parent / "results"
METHODS: dict[str, type[QuerySelector]] = {"greedy-mi": GreedyMI, "mrmr": MRMR, "jmi": JMI}
CASES = [(10, 1000, 2, 5), (100, 5000, 4, 10), (400, 14_042, 4, 10)]
LARGE = (7000, 14_042, 4, 10)
CURVES: dict[str, list[tuple[int, int, int, int]]] = {
    "models": [(m, 14_042, 4, 10) for m in (100, 200, 400, 1000, 2000, 4000, 7000)],
    "items": [(400, n, 4, 10) for n in (3500, 7000, 14_042, 28_000, 56_000, 112_000)],
    "classes": [(400, 14_042, c, 10) for c in (2, 4, 8, 14)],
    "k": [(400, 14_042, 4, k) for k in (1, 2, 5, 10, 20)],
}
FITTED_FROM = {"models": 400, "items": 7000}
"""Exponents are fitted from here on: below, the fixed cost of a fit (some 4 ms) has a say."""
Score = Callable[[np.ndarray, np.ndarray], float]


def simulated_pool(n_models: int, n_items: int, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Simulated answers, correlated as those of real models are; a model's in one piece.

    Accuracies .4 to .9; one common factor, loadings .6 to .95; half of the wrong answers of an
    item are one popular option; 1 % missing.
    """
    rng = np.random.default_rng(0)
    labels = rng.integers(0, n_classes, n_items)
    popular = (labels + rng.integers(1, n_classes, n_items)) % n_classes
    common = rng.normal(size=n_items)
    answers = np.empty((n_items, n_models), dtype=np.int8, order="F")
    for j in range(n_models):
        loading = rng.uniform(0.6, 0.95)
        trait = common * loading + np.sqrt(1 - loading**2) * rng.normal(size=n_items)
        other = (labels + rng.integers(1, n_classes, n_items)) % n_classes
        wrong = np.where(rng.random(n_items) < 0.5, popular, other)
        answers[:, j] = np.where(trait > ndtri(rng.uniform(0.4, 0.9)), wrong, labels)
        answers[rng.random(n_items) < 0.01, j] = -1
    return answers, labels


def by_numpy(joint: np.ndarray, target: np.ndarray) -> float:
    """I(joint; target) in bits from one `bincount`."""
    n_targets = int(target.max()) + 1
    counts = np.bincount(joint * n_targets + target, minlength=(joint.max() + 1) * n_targets)
    table = counts.reshape(-1, n_targets)

    def sum_of(values: np.ndarray) -> float:
        values = values[values > 0]
        return float(values @ np.log2(values))

    n = len(joint)
    each = sum_of(counts) - sum_of(table.sum(axis=1)) - sum_of(table.sum(axis=0))
    return float(np.log2(n) + each / n)


def by_scikit_learn(joint: np.ndarray, target: np.ndarray) -> float:
    return float(mutual_info_score(target, joint) / np.log(2))


def by_pyitlib(joint: np.ndarray, target: np.ndarray) -> float:
    from pyitlib import discrete_random_variable

    return float(discrete_random_variable.information_mutual(joint, target))


def by_dit(joint: np.ndarray, target: np.ndarray) -> float:
    import dit

    pairs = Counter(zip(joint.tolist(), target.tolist(), strict=True))
    shares = [count / len(joint) for count in pairs.values()]
    return float(dit.shannon.mutual_information(dit.Distribution(list(pairs), shares), [0], [1]))


def by_infomeasure(joint: np.ndarray, target: np.ndarray) -> float:
    infomeasure = importlib.import_module("infomeasure")  # AGPL: no dependency of any extra

    return float(infomeasure.mutual_information(joint, target, approach="discrete", base=2))


CONTENDERS: dict[str, tuple[str, Score, int]] = {  # module, score, candidates a step
    "numpy bincount": ("numpy", by_numpy, 20),
    "scikit-learn": ("sklearn", by_scikit_learn, 6),
    "pyitlib": ("pyitlib", by_pyitlib, 2),
    "dit": ("dit", by_dit, 2),
    "infomeasure": ("infomeasure", by_infomeasure, 2),
}


def steps_of(
    method: str, answers: np.ndarray, labels: np.ndarray, order: list[int]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pattern and target whose information with every candidate each step of a method needs."""
    nothing = np.zeros(len(labels), dtype=np.int64)
    steps = [(nothing, labels)]
    for s in range(1, len(order)):
        last = pattern_ids(answers[:, order[s - 1]])
        if method == "greedy-mi":
            steps.append((pattern_ids(answers[:, order[:s]]), labels))
        elif method == "mrmr":
            steps.append((nothing, last))
        else:
            steps.append((last, labels))
    return steps


def contend(
    score: Score, steps: list[tuple[np.ndarray, np.ndarray]], columns: np.ndarray, n_models: int
) -> tuple[float, list[float]]:
    """Processor time of all steps, extrapolated from some candidates; and their estimates."""
    width, found, total = int(columns.max()) + 1, [], 0.0
    for s, (pattern, target) in enumerate(steps):
        start = process_time()
        for column in columns:
            found.append(score(pattern * width + column, target))
        total += (process_time() - start) / len(columns) * (n_models - s)
    return total, found


def compare_one(
    name: str, answers: np.ndarray, labels: np.ndarray, budget: int, rounds: int, others: list[str]
) -> list[dict[str, Any]]:
    """Every method against every contender on one pool."""
    n_items, n_models = answers.shape
    about = {
        "kind": "case",
        "pool": name,
        "models": n_models,
        "items": n_items,
        "classes": len(np.unique(labels)),
        "k": budget,
        "rounds": rounds,
    }
    room = np.empty_like(answers)
    np.copyto(room, answers)
    times: dict[tuple[str, str], list[float]] = {}
    rng = np.random.default_rng(1)
    orders = {m: METHODS[m](budget=budget).fit(answers, labels).order_ for m in METHODS}
    steps = {m: steps_of(m, answers, labels, orders[m].tolist()) for m in METHODS}
    difference = dict.fromkeys(others, 0.0)
    scored = {other: min(n_models - budget, CONTENDERS[other][2]) for other in others}
    for _ in range(rounds):
        for method, make in METHODS.items():
            start = process_time()
            make(budget=budget).fit(answers, labels)
            times.setdefault((method, "ensel"), []).append(process_time() - start)
            start = process_time()
            for _ in range(budget):
                np.copyto(room, answers)
            times.setdefault((method, "k copies"), []).append(process_time() - start)
            left = np.setdiff1d(np.arange(n_models), orders[method])
            for other in others:
                chosen = rng.choice(left, scored[other], replace=False)
                columns = np.ascontiguousarray(answers[:, chosen].T, dtype=np.int64) + 1
                spent, found = contend(CONTENDERS[other][1], steps[method], columns, n_models)
                times.setdefault((method, other), []).append(spent)
                plain = [information_with(z, columns.T, t) for z, t in steps[method]]
                gap = float(np.abs(np.concatenate(plain) - found).max())
                difference[other] = max(difference[other], gap)
    rows = []
    for (method, other), spent_by_round in times.items():
        if other == "ensel":
            continue
        ours = times[method, "ensel"]
        copies = other == "k copies"
        ratios = [
            o / max(t, 1e-9) if copies else t / o for t, o in zip(spent_by_round, ours, strict=True)
        ]
        rows.append(
            about
            | {
                "method": method,
                "measure": "times k copies" if copies else f"times faster than {other}",
                "value": median(ratios),
                "low": min(ratios),
                "high": max(ratios),
                "ensel_ms": 1000 * median(ours),
                "scored": None if copies else f"{scored[other]} of {n_models}",
                "max_difference": None if copies else difference[other],
            }
        )
        if not copies and difference[other] > 1e-9:
            raise AssertionError(f"{other} and the plain estimate differ by {difference[other]}")
    return rows


def scaling(rounds: int) -> list[dict[str, Any]]:
    """How the time of each method grows with models, items, classes and k: points and slopes."""
    rows = []
    for what, sizes in CURVES.items():
        axis = ["models", "items", "classes", "k"].index(what)
        pools = {}
        whole, labels = simulated_pool(*max(sizes)[:3])
        for size in sizes:  # one pool, cut: what differs is the size
            n_models, n_items, n_classes, _ = size
            if what == "classes":
                pools[size] = simulated_pool(n_models, n_items, n_classes)
            else:
                pools[size] = np.asfortranarray(whole[:n_items, :n_models]), labels[:n_items]
        times: dict[tuple[str, tuple], list[float]] = {}
        for _ in tqdm(range(rounds), desc=f"scaling: {what}", disable=None):
            for size in sizes:
                for method, make in METHODS.items():
                    start = process_time()
                    make(budget=size[3]).fit(*pools[size])
                    times.setdefault((method, size), []).append(process_time() - start)
        for method in METHODS:
            spent = [median(times[method, size]) for size in sizes]
            least = FITTED_FROM.get(what, 0)
            points = [(s[axis], t) for s, t in zip(sizes, spent, strict=True) if s[axis] >= least]
            log_size, log_time = np.log(points).T
            slope = np.polyfit(log_size, log_time, 1)[0]
            for size, seconds in zip(sizes, spent, strict=True):
                rows.append(
                    {
                        "kind": "scaling",
                        "pool": "simulated",
                        "method": method,
                        "models": size[0],
                        "items": size[1],
                        "classes": size[2],
                        "k": size[3],
                        "rounds": rounds,
                        "measure": f"times the smallest, along {what}",
                        "value": seconds / spent[0],
                        "ensel_ms": 1000 * seconds,
                    }
                )
            rows.append(
                {
                    "kind": "scaling",
                    "pool": "simulated",
                    "method": method,
                    "rounds": rounds,
                    "measure": f"exponent in {what}" + (f" from {least:,}" if least else ""),
                    "value": slope,
                }
            )
    return rows


def memory_of_process(what: str) -> int:
    """Bytes that this process holds now (VmRSS), or held at most since it was reset (VmHWM).

    Of Linux. Not `ru_maxrss`, which a new process has from the one that started it.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0]) * 1024


def measure_memory(n_models: int, n_items: int, layout: str) -> float:
    """Peak memory of making a matrix and fitting, above that after imports, in matrices."""
    rng = np.random.default_rng(0)
    small = rng.integers(-1, 4, (200, 9), dtype=np.int8)
    for order in ("C", "F"):  # compiles, or loads what is compiled: part of the import
        GreedyMI(budget=3).fit(np.asarray(small, order=order), small[:, 0] % 4)
    before = memory_of_process("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    shape = (n_items, n_models) if layout == "C" else (n_models, n_items)
    answers = rng.integers(-1, 4, shape, dtype=np.int8)
    answers = answers if layout == "C" else answers.T
    GreedyMI(budget=10).fit(answers, rng.integers(0, 4, n_items))
    return (memory_of_process("VmHWM") - before) / answers.nbytes


def memory_rows(n_models: int, n_items: int) -> list[dict[str, Any]]:
    """Peak memory in processes of their own, for both layouts."""
    rows = []
    for layout in ("C", "F"):
        command = [sys.executable, __file__, "--memory", str(n_models), str(n_items), layout]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(
            {
                "kind": "memory",
                "pool": "simulated",
                "method": "greedy-mi",
                "models": n_models,
                "items": n_items,
                "classes": 4,
                "k": 10,
                "value": float(done.stdout),
                "measure": f"peak in matrices, itself included, {layout} order",
            }
        )
    return rows


def thread_rows(answers: np.ndarray, labels: np.ndarray, rounds: int) -> list[dict[str, Any]]:
    """Wall-clock gain of two threads over one."""
    ratios = []
    for _ in range(rounds):
        spent = []
        for n in ("1", "2"):
            os.environ["OMP_NUM_THREADS"] = n
            start = perf_counter()
            GreedyMI(budget=10).fit(answers, labels)
            spent.append(perf_counter() - start)
        ratios.append(spent[0] / spent[1])
    os.environ["OMP_NUM_THREADS"] = "1"
    return [
        {
            "kind": "threads",
            "pool": "simulated",
            "method": "greedy-mi",
            "rounds": rounds,
            "models": answers.shape[1],
            "items": answers.shape[0],
            "classes": 4,
            "k": 10,
            "measure": "wall clock, times faster with two threads",
            "value": median(ratios),
            "low": min(ratios),
            "high": max(ratios),
        }
    ]


def real_pools() -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Real pools that are here: the embedded one, and the full MMLU where its data is."""
    found = []
    for name in ("imdb", "mmlu-full"):
        try:
            table = load_dataset(name)
        except (InputError, OSError) as error:
            print(f"{name} is left out: {error}")
            continue
        answers = np.asfortranarray(table.answers)
        found.append((name, answers, table.known_labels.astype(np.int64)))
    return found


def main() -> None:
    """Run all of it, and print the ratios side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no large pool")
    parser.add_argument("--rounds", type=int, help="turns; default 7, or 3 when quick")
    parser.add_argument(
        "--output", type=Path, help="default benchmarks/results/speed.csv, or none when quick"
    )
    parser.add_argument(
        "--memory",
        nargs=3,
        metavar=("MODELS", "ITEMS", "LAYOUT"),
        help="only print the peak memory of one size",
    )
    given = parser.parse_args()
    if given.memory:
        models, items, layout = given.memory
        print(measure_memory(int(models), int(items), layout))
        return
    os.environ["OMP_NUM_THREADS"] = "1"  # a ratio of work, not of cores
    rounds = given.rounds or (3 if given.quick else 7)
    others = [
        name for name, (module, _, _) in CONTENDERS.items() if importlib.util.find_spec(module)
    ]
    print("not installed:", ", ".join(sorted({*CONTENDERS} - {*others})) or "none")
    pools = [("simulated", *simulated_pool(*size[:3]), size[3]) for size in CASES]
    pools += [(name, X, y, min(10, X.shape[1] - 2)) for name, X, y in real_pools()]
    rows: list[dict[str, Any]] = []
    for name, answers, labels, budget in tqdm(pools, desc="pools", disable=None):
        rows += compare_one(name, answers, labels, budget, rounds, others)
    if given.quick:
        rows += memory_rows(1000, 14_042)
    else:
        large, labels = simulated_pool(*LARGE[:3])
        rows += compare_one("simulated", large, labels, LARGE[3], rounds, ["numpy bincount"])
        rows += thread_rows(large, labels, rounds)
        del large
        rows += scaling(rounds)
        rows += memory_rows(*LARGE[:2])
    table = pd.DataFrame(rows)
    whole = ["models", "items", "classes", "k", "rounds"]
    table[whole] = table[whole].astype("Int64")
    output = given.output or (None if given.quick else RESULTS / "speed.csv")
    if output is not None:
        output.parent.mkdir(exist_ok=True)
        with written_whole(output) as temporary:
            table.to_csv(temporary, index=False, float_format="%.4g")
    print_summary(table)


def print_summary(table: pd.DataFrame) -> None:
    cases = table[table["kind"] == "case"]
    index = ["pool", "models", "items", "classes", "k", "method"]
    wide = cases.pivot_table(index=index, columns="measure", values="value", sort=False)
    wide.insert(0, "ensel_ms", cases.groupby(index, sort=False)["ensel_ms"].first())
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        print(wide.round(1).to_string())
        rest = table[(table["kind"] != "case") & ~table["measure"].str.contains("the smallest")]
        columns = ["kind", "models", "items", "method", "measure", "value"]
        print(rest[columns].round(3).to_string(index=False))


if __name__ == "__main__":
    main()
