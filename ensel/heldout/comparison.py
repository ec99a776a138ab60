"""Methods against each other at equal budgets, on items they have not seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ensel.heldout.checks import (
    EXACT,
    check_labelled,
    check_searchable,
    checked_budgets,
    known_names,
)
from ensel.heldout.intervals import SplitScores, accuracy_interval, difference_interval
from ensel.heldout.scoring import SINGLE, Plan, SplitResult, score_split
from ensel.heldout.splits import random_splits
from ensel.parallel import over_splits
from ensel.results import plain
from ensel.selection import SELECTORS
from ensel.table.prediction_table import PredictionTable
from ensel.voting import VOTES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BASELINE = ("top-k", "weighted")
ON_REQUEST = {"jmi", EXACT}
"""Methods that are compared only where they are named."""
ROW_COLUMNS = (
    "method",
    "vote",
    "budget",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "diff_vs_top_k",
    "diff_vs_top_k_low",
    "diff_vs_top_k_high",
    "cost",
    "queries",
)


@dataclass(frozen=True, repr=False)
class Comparison:
    """Result of `compare`.

    Attributes
    ----------
    dataset : str
    n_items, n_classes, n_train, n_splits, seed : int
    rows : DataFrame
        One row per method, vote and budget: `method`, `vote`, `budget` (queries), `accuracy`
        held out, mean over splits, with `accuracy_low` and `accuracy_high` (95 %), `diff_vs_top_k`
        (paired difference to top-k + weighted vote at the same budget) with `diff_vs_top_k_low` and
        `diff_vs_top_k_high`, `cost` (mean per item, NaN where unknown), `queries` (a list of query
        names per split; for random the first of its ten draws).
    skipped : list of dict
        `method`, `budget` and `reason` of what could not be filled.
    cost_unit : str or None
    """

    dataset: str
    n_items: int
    n_classes: int
    n_train: int
    n_splits: int
    seed: int
    rows: pd.DataFrame
    skipped: list[dict[str, Any]]
    cost_unit: str | None = None

    def accuracy_table(self) -> pd.DataFrame:
        """Accuracies with a row per method and vote and a column per budget."""
        wide = self.rows.pivot(index=["method", "vote"], columns="budget", values="accuracy")
        return wide.reindex(pd.MultiIndex.from_frame(self.rows[["method", "vote"]]).unique())

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""
        data: dict[str, Any] = {
            "dataset": self.dataset,
            "n_items": self.n_items,
            "n_classes": self.n_classes,
            "n_train": self.n_train,
            "n_splits": self.n_splits,
            "seed": self.seed,
            "cost_unit": self.cost_unit,
            "rows": self.rows.to_dict("records"),
            "skipped": self.skipped,
        }
        return plain(data)

    def to_json(self) -> str:
        """JSON text: NaN becomes null."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False)

    def figure(self) -> Figure:
        """Accuracy, and difference to top-k, against budget."""
        from ensel.figures.comparison import comparison_figure

        return comparison_figure(self)

    def __repr__(self) -> str:
        return (
            f"Comparison({self.dataset}: {len(self.rows)} rows, {self.n_train:,} of "
            f"{self.n_items:,} items to learn from, {self.n_splits} splits)"
        )

    def _repr_html_(self) -> str:
        shown = (100 * self.accuracy_table()).round(2).to_html(na_rep="")
        return (
            f"<p>Held-out accuracy (%) on <b>{self.dataset}</b>: {self.n_train:,} of "
            f"{self.n_items:,} items to learn from, {self.n_splits} splits; columns: "
            f"queries bought</p>{shown}"
        )


def compare(
    table: PredictionTable,
    *,
    methods: Sequence[str] | None = None,
    votes: Sequence[str] | None = None,
    budgets: Sequence[int] | None = None,
    train: float | int = 0.5,
    n_splits: int = 5,
    seed: int = 0,
    progress: bool | None = None,
) -> Comparison:
    """Compare methods and votes at equal budgets over random splits.

    Queries are chosen and votes fitted on each split's training items, and judged on the rest.
    ``single-best`` is one row: the chosen query's own answers, a missing one being wrong.
    ``random`` averages ten draws a split.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    methods : sequence of str, optional
        Of ``single-best random top-k mrmr jmi greedy-mi greedy-logit gain-per-cost self-moa
        exact-mi``; default all but jmi and exact-mi, gain-per-cost where costs are known. exact-mi
        tries every set, so pools must be small.
    votes : sequence of str, optional
        Of ``majority weighted map logit``; default all.
    budgets : sequence of int, optional
        Queries a question; default 1 to min(8, pool).
    train : float or int
        Share or number of items to learn from.
    n_splits : int
        Random splits, stratified by label.
    seed : int
        Same seed, same numbers, on any number of workers.
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    Comparison
        Intervals are 95 %: see `ensel.heldout.intervals`.

    Raises
    ------
    InputError
        Unlabelled or one-class table, unknown names, budgets below 1 or above the pool, too many
        sets for exact-mi.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> result = compare(pool, methods=["top-k", "greedy-mi"], votes=["map"], budgets=[1, 3])
    >>> len(result.rows)
    4
    """
    check_labelled(table)
    chosen_methods = known_names(methods, SELECTORS, "method")
    if methods is None:
        left_out = ON_REQUEST if table.costs is not None else {*ON_REQUEST, "gain-per-cost"}
        chosen_methods = [name for name in chosen_methods if name not in left_out]
    chosen_votes = known_names(votes, VOTES, "vote")
    chosen_budgets = checked_budgets(budgets, table)
    if EXACT in chosen_methods:
        check_searchable(table, chosen_budgets)
    splits = random_splits(table, n_splits, train, seed)
    # The baseline is always scored, since every row is compared to it.
    budgets_of_all = sorted({*chosen_budgets, 1} if SINGLE in chosen_methods else chosen_budgets)
    plan = Plan.grid(
        dict.fromkeys([*chosen_methods, BASELINE[0]]),
        dict.fromkeys([*chosen_votes, BASELINE[1]]),
        budgets_of_all,
    )
    results = over_splits(score_split, table, splits, plan, label="comparing", progress=progress)
    tests = [split.test for split in splits]
    baselines = {
        budget: _scores(results, (*BASELINE, budget), table, tests) for budget in budgets_of_all
    }
    rows = []
    for method in chosen_methods:
        single = method == SINGLE
        for vote in ("majority",) if single else chosen_votes:
            for budget in (1,) if single else chosen_budgets:
                if any((method, vote, budget) not in result.scored for result in results):
                    continue
                rows.append(_row(table, results, (method, vote, budget), tests, baselines[budget]))
    skipped = [
        {"method": method, "budget": budget, "reason": reason}
        for (method, budget), reason in {
            key: reason for result in results for key, reason in result.unfilled.items()
        }.items()
        if method in chosen_methods and budget in chosen_budgets
    ]
    return Comparison(
        dataset=table.name,
        n_items=table.n_items,
        n_classes=table.n_classes,
        n_train=len(splits[0].train),
        n_splits=n_splits,
        seed=int(seed),
        rows=pd.DataFrame(rows, columns=list(ROW_COLUMNS)),
        skipped=skipped,
        cost_unit=table.cost_unit,
    )


def _scores(
    results: list[SplitResult],
    key: tuple[str, str, int],
    table: PredictionTable,
    tests: list[np.ndarray],
) -> SplitScores:
    correct = [result.scored[key].correct for result in results]
    return SplitScores(table.n_items, tests, correct, table.groups)


def _row(
    table: PredictionTable,
    results: list[SplitResult],
    key: tuple[str, str, int],
    tests: list[np.ndarray],
    baseline: SplitScores,
) -> dict[str, Any]:
    method, vote, budget = key
    scores = _scores(results, key, table, tests)
    accuracy = accuracy_interval(scores)
    difference = difference_interval(scores - baseline, same=(method, vote) == BASELINE)
    names = table.query_names
    return {
        "method": method,
        "vote": vote,
        "budget": budget,
        "accuracy": accuracy.value,
        "accuracy_low": accuracy.low,
        "accuracy_high": accuracy.high,
        "diff_vs_top_k": difference.value,
        "diff_vs_top_k_low": difference.low,
        "diff_vs_top_k_high": difference.high,
        "cost": float(np.mean([result.scored[key].cost for result in results])),
        "queries": [[names[j] for j in result.scored[key].columns] for result in results],
    }
