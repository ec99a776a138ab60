"""Asking in sequence: what it saves, by which rule, against fixed sets and rules of the literature.

On every pool at hand, 300 and 1,000 labels to learn from (or half), 20 random splits. Rule and
threshold are chosen on the training labels alone; the whole curve of each rule, with its threshold
chosen in hindsight, stands apart.

    python benchmarks/adaptive.py                  # about an hour on two cores; resumes
    python benchmarks/adaptive.py --splits 4 mmlu imdb-llm

Writes benchmarks/results/adaptive.csv (a row per pool, number of labels and policy),
adaptive_curves.csv (accuracy at each mean number of queries, rule by rule, in hindsight) and
adaptive_stops.csv (where questions stop, and how right those are).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from ensel import PredictionTable, load_dataset
from ensel.files import written_whole
from ensel.heldout.board import Board
from ensel.heldout.candidates import Candidate, named_candidates
from ensel.heldout.intervals import SplitScores, difference_interval
from ensel.heldout.scoring import Exam, score_split
from ensel.heldout.settings import ADAPTIVE, Setting, setting_of
from ensel.heldout.splits import Split, random_splits
from ensel.policies.coded import positions
from ensel.policies.sequential import Sequential
from ensel.policies.stages import replayed
from ensel.policies.stopping import ASK_ALL, RULES
from ensel.policies.thresholds import settled_scores
from ensel.registry import SEQUENCES
from ensel.table.kinds import CLOSED

HERE = Path(__file__).parent
RESULTS, WORK = HERE / "results", HERE / "work"
POOLS = ("mmlu", "mmlu-full", "medmcqa", "imdb-llm", "imdb-api", "imdb", "math", "mgsm")
ONE_MODEL = "temperatures"
LABELS = (300, 1000)
MEAN_BUDGETS = (1.5, 2.0, 3.0)
MOST = 8
GRID = np.arange(1.0, MOST + 0.01, 0.1)


def pools(names: list[str]) -> dict[str, PredictionTable]:
    """Every pool by name; of samples of one model, one for each model and temperature."""
    tables: dict[str, PredictionTable] = {}
    for name in names:
        table = load_dataset(name)
        if name != ONE_MODEL:
            tables[name] = table
            continue
        for (model, heat), group in table.queries.groupby(["model", "temperature"], sort=False):
            if len(group) >= 10 and heat > 0:
                tables[f"{name}:{model}@{heat}"] = table.subset(queries=list(group.index))
    return tables


def candidates_of(setting: Setting, most: int) -> list[Candidate]:
    """What enters: fixed sets, the adaptive policy, each of its rules, and published rules."""
    sizes = range(1, most + 1)
    baselines = [setting.baseline, setting.in_sequence]
    if not setting.is_open:
        baselines += [("top-k", "logit"), ("greedy-mi", "map")]
    entrants = list(named_candidates(dict.fromkeys(baselines), sizes, setting=setting))
    entrants += named_candidates([("single-best", "")], [1], setting=setting)
    published = [(name, setting.vote_of(name)) for name in SEQUENCES]
    entrants += named_candidates(published, [most], setting=setting)
    for mean in MEAN_BUDGETS:
        family = (ADAPTIVE, setting.vote_of(ADAPTIVE))
        entrants += named_candidates([family], [most], setting=setting, mean_budget=mean)
    selector, vote = setting.in_sequence
    for rule in RULES:
        policy = Sequential(setting.selector(selector), setting.votes[vote](), most, rule=rule)
        entrants.append(Candidate(f"adaptive:{rule}", vote, most, policy=policy))
    return list(dict.fromkeys(entrants))


def run_pool(name: str, table: PredictionTable, n_train: int, n_splits: int) -> dict[str, Any]:
    """Rows of one pool and number of labels."""
    setting = setting_of(table)
    most = min(MOST if len(set(table.models)) > 1 else 10, table.n_queries)
    entrants = candidates_of(setting, most)
    splits = random_splits(table, n_splits, n_train, seed=0)
    results = [score_split(table, split, entrants) for split in splits]
    sets = [c for c in entrants if c.family == setting.in_sequence]
    board = Board(table, splits, results, setting.baseline, sets)

    common = {"pool": name, "n_train": len(splits[0].train), "n_items": table.n_items}
    rows = [common | row_of(board, candidate, sets, most) for candidate in entrants]
    curves, stops = hindsight(table, setting, splits, most)
    return {
        "adaptive": rows,
        "adaptive_curves": [common | row for row in curves],
        "adaptive_stops": [common | row for row in stops],
    }


def row_of(board: Board, candidate: Candidate, sets: list[Candidate], most: int) -> dict[str, Any]:
    """Accuracy, mean queries, and paired differences of one policy."""
    if not board.is_filled(candidate):
        return {"method": candidate.method, "vote": candidate.vote, "budget": candidate.budget}
    scores = board.scores(candidate)
    full = board.scores(next(c for c in sets if c.budget == most))
    in_sequence = candidate.method.startswith(ADAPTIVE) or candidate.is_sequence
    at_equal = board.at_equal("n_asked", candidate, scores)
    if in_sequence and not candidate.is_sequence:
        at_equal = _at_equal(board, candidate, scores)
    return {
        "method": candidate.method,
        "vote": candidate.vote,
        "budget": candidate.budget,
        "mean_budget": candidate.mean_budget,
        "accuracy": scores.mean,
        "mean_queries": board.mean_of(candidate, "n_asked"),
        "cost": board.mean_of(candidate, "cost"),
        **difference_interval(scores - full, same=candidate in sets[-1:]).named("diff_to_full"),
        **at_equal.named("diff_equal_queries"),
    }


def _at_equal(board: Board, candidate: Candidate, scores: SplitScores) -> Any:
    from ensel.heldout.equal_cost import difference_at_equal_cost

    costs = [board.mean_of(one, "n_asked") for one in board.sets]
    sets = [board.scores(one) for one in board.sets]
    return difference_at_equal_cost(scores, board.mean_of(candidate, "n_asked"), sets, costs)


def hindsight(
    table: PredictionTable, setting: Setting, splits: list[Split], most: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The curve of each rule on the test items, and where the adaptive policy stops."""
    selector, vote = setting.in_sequence
    accuracies: dict[str, list[np.ndarray]] = {rule: [] for rule in RULES}
    stopped, right = np.zeros(most), np.zeros(most)
    for split in splits:
        exam = Exam(table, split)
        for rule in RULES:
            policy = Sequential(setting.selector(selector), setting.votes[vote](), most, rule=rule)
            policy.fit_to(exam.training)
            accuracies[rule].append(swept(policy, exam.X, exam.y, table.kind == CLOSED))
        policy = setting.sequence(ADAPTIVE, most, None, None).fit_to(exam.training)
        scored = exam.score(policy)
        n_asked = scored.n_asked.astype(int) - 1
        stopped += np.bincount(n_asked, minlength=most)[:most]
        right += np.bincount(n_asked, scored.correct, minlength=most)[:most]
    curves = [
        {"rule": rule, "queries": q, "accuracy": a}
        for rule, lines in accuracies.items()
        for q, a in zip(GRID, np.mean(lines, axis=0), strict=True)
    ]
    stops = [
        {"asked": j + 1, "share": stopped[j] / stopped.sum(), "accuracy": right[j] / stopped[j]}
        for j in range(most)
        if stopped[j]
    ]
    return curves, stops


def swept(policy: Sequential, X: np.ndarray, y: np.ndarray, closed: bool) -> np.ndarray:
    """Accuracy at each mean number of queries of the grid, thresholds chosen on the test items."""
    stages, _ = replayed(policy.votes_, policy.columns_, positions(X, policy.classes_))
    lowest = settled_scores(stages, policy.rule_.scores(stages))
    right = stages.best == y[:, None]
    right &= stages.heard
    if not closed:  # an open answer is right if somebody gave it
        right &= (stages.codes == y[:, None]).cumsum(axis=1) > 0
    finite = lowest[np.isfinite(lowest)]
    thresholds = np.unique(np.r_[ASK_ALL, np.quantile(finite, np.linspace(0, 1, 200))])
    points = []
    for threshold in thresholds:
        stops = (lowest > threshold).sum(axis=1)
        points.append((stops.mean() + 1, right[np.arange(len(y)), stops].mean()))
    queries, accuracy = np.array(sorted(points)).T
    return np.asarray(np.interp(GRID, queries, accuracy))


def main() -> None:
    """Run what is not done yet, and write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("pools", nargs="*", default=[*POOLS, ONE_MODEL])
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--labels", type=int, nargs="*", default=list(LABELS))
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    cells = []
    for name, table in pools(options.pools).items():
        sizes = dict.fromkeys(min(n, table.n_items // 2) for n in options.labels)
        cells += [(name, table, n_train) for n_train in sizes]

    parts: dict[str, list[dict[str, Any]]] = {}
    for name, table, n_train in tqdm(cells):
        kept = WORK / f"adaptive_{name.replace(':', '_')}_{n_train}_{options.splits}.pq"
        paths = {
            k: kept.with_suffix(f".{k}.parquet")
            for k in ("adaptive", "adaptive_curves", "adaptive_stops")
        }
        if not all(path.exists() for path in paths.values()):
            for kind, rows in run_pool(name, table, n_train, options.splits).items():
                pd.DataFrame(rows).to_parquet(paths[kind])
        for kind, path in paths.items():
            parts.setdefault(kind, []).extend(pd.read_parquet(path).to_dict("records"))
    for kind, rows in parts.items():
        with written_whole(RESULTS / f"{kind}.csv") as temporary:
            pd.DataFrame(rows).to_csv(temporary, index=False, float_format="%.6g")
    print(summary(pd.DataFrame(parts["adaptive"])).to_string(index=False))


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """What the adaptive policies do, in points and queries."""
    shown = rows[rows["method"].str.startswith(ADAPTIVE) | rows["method"].isin(list(SEQUENCES))]
    shown = shown[
        [
            "pool",
            "n_train",
            "method",
            "mean_budget",
            "mean_queries",
            "accuracy",
            "diff_to_full",
            "diff_to_full_low",
            "diff_to_full_high",
            "diff_equal_queries",
            "diff_equal_queries_low",
            "diff_equal_queries_high",
        ]
    ]
    percent = [c for c in shown if c == "accuracy" or c.startswith("diff")]
    return shown.assign(**{c: 100 * shown[c] for c in percent}).round(2)


if __name__ == "__main__":
    main()
