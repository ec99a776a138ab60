"""Choose queries for good, and say honestly what they will get.

The promise comes from cross-validation, and its interval from repeating the whole of it (choosing,
fitting, judging) on items resampled with replacement, copies of an item in one fold. A resample
carries the sample's luck and its own, so whatever depends on what was learned varies twice as much
as it should: V_boot = V_items + 2 V_learned. What is wanted is V_items + V_learned, the mean of
V_items and V_boot. Derived here; `benchmarks/coverage.py` measures it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ensel.ensemble import Ensemble
from ensel.errors import InputError
from ensel.evaluation.comparison import check_labelled, checked_budgets, known_names
from ensel.evaluation.intervals import (
    Estimate,
    SplitScores,
    accuracy_interval,
    difference_interval,
)
from ensel.evaluation.plain import plain
from ensel.evaluation.progress import over_splits, run_all
from ensel.evaluation.scoring import SINGLE, Plan, score_split
from ensel.evaluation.splits import Split, check_seed, folds
from ensel.predictions import PredictionTable
from ensel.selection import SELECTORS
from ensel.voting import VOTES

DEFAULT_METHOD = "greedy-mi"
RESAMPLE_FOLDS = 5
OWN_VOTE = {"greedy-mi": "map"}
"""The vote a method is published with; the others get the weighted vote."""


@dataclass(frozen=True, repr=False)
class Selection:
    """Result of `select`.

    Attributes
    ----------
    dataset, method, vote : str
    budget : int
    steps : DataFrame
        One row per bought query, in order: `query`, `model`, `cost`, `train_accuracy` (on all
        items), `gain` (what it brought when bought, in `gain_unit`), `accuracy` with `ci_low` and
        `ci_high`: held-out accuracy that buying up to here is expected to get.
    gain_unit : str
        "bits" or "accuracy".
    expected : Estimate
        Held-out accuracy of the whole procedure at this budget.
    single_best : str
        Query with the highest accuracy on all items.
    single : Estimate
        Held-out accuracy of asking the best query alone, chosen in the same way.
    gain_vs_single : Estimate
        Paired difference of the two.
    n_items, n_folds, n_repeats, seed : int
    ensemble : Ensemble
        Fitted on all items.
    cost_unit : str or None
    """

    dataset: str
    method: str
    vote: str
    budget: int
    steps: pd.DataFrame
    gain_unit: str
    expected: Estimate
    single_best: str
    single: Estimate
    gain_vs_single: Estimate
    n_items: int
    n_folds: int
    n_repeats: int
    seed: int
    ensemble: Ensemble
    cost_unit: str | None = None

    @property
    def queries(self) -> list[str]:
        """Names of the bought queries, in order."""
        return list(self.steps["query"])

    @property
    def why(self) -> str:
        """What the comparison with the single best query says, in words."""
        gain = self.gain_vs_single
        if gain.low > 0:
            return f"better than asking {self.single_best} alone"
        if gain.high < 0:
            return f"worse than asking {self.single_best} alone: buy that one query"
        return f"no clear gain over asking {self.single_best} alone"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""
        cost = float(self.steps["cost"].sum(skipna=False))
        data: dict[str, Any] = {
            "dataset": self.dataset,
            "queries": self.queries,
            "method": self.method,
            "vote": self.vote,
            "budget": self.budget,
            "cost": cost,
            "cost_unit": self.cost_unit,
            "expected_accuracy": self.expected.value,
            "ci_low": self.expected.low,
            "ci_high": self.expected.high,
            "single_best": self.single_best,
            "single_best_accuracy": self.single.value,
            "single_best_ci_low": self.single.low,
            "single_best_ci_high": self.single.high,
            "gain_vs_single": self.gain_vs_single.value,
            "gain_ci_low": self.gain_vs_single.low,
            "gain_ci_high": self.gain_vs_single.high,
            "why": self.why,
            "gain_unit": self.gain_unit,
            "steps": self.steps.to_dict("records"),
            "n_items": self.n_items,
            "n_folds": self.n_folds,
            "n_repeats": self.n_repeats,
            "seed": self.seed,
        }
        return plain(data)

    def to_json(self) -> str:
        """JSON text: NaN becomes null."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False)

    def __repr__(self) -> str:
        e = self.expected
        return (
            f"Selection({self.dataset}, {self.method} + {self.vote}: {', '.join(self.queries)}; "
            f"expected accuracy {e.value:.4f} [{e.low:.4f}, {e.high:.4f}])"
        )

    def _repr_html_(self) -> str:
        e, g = self.expected, self.gain_vs_single
        return (
            f"<p><b>{self.method} + {self.vote}</b> on {self.dataset}, budget {self.budget}: "
            f"expected accuracy {e.value:.4f} [{e.low:.4f}, {e.high:.4f}], against the single best "
            f"{g.value:+.4f} [{g.low:+.4f}, {g.high:+.4f}]: {self.why}</p>"
            + self.steps.round(4).to_html(index=False)
        )


def select(
    table: PredictionTable,
    budget: int,
    *,
    method: str = DEFAULT_METHOD,
    vote: str | None = None,
    n_folds: int | None = None,
    n_repeats: int = 2,
    n_boot: int = 25,
    seed: int = 0,
    progress: bool | None = None,
) -> Selection:
    """Choose the queries to buy under a budget, and estimate what they will get.

    The choice and the vote are fitted on all items. What they will get is estimated by repeated
    cross-validation of the whole procedure: chosen and fitted without a fold, scored on it. The
    procedure then sees a little less than the one kept, so the estimate errs on the careful side.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    budget : int
        Queries a question, from 1 to the size of the pool.
    method : str
        Of ``single-best random top-k mrmr greedy-mi self-moa``.
    vote : str, optional
        Of ``majority weighted map logit class-logit``; default map for greedy-mi, weighted for the
        others.
    n_folds : int, optional
        Folds of the cross-validation; default 10, or the number of items if that is less.
    n_repeats : int
        How many times the items are cut into folds at random.
    n_boot : int
        Resamples behind the intervals; at least 2.
    seed : int
    progress : bool, optional
        Show a progress bar; default only on a terminal.

    Returns
    -------
    Selection

    Raises
    ------
    InputError
        Unlabelled or one-class table, unknown names, a budget outside the pool or one that the
        method cannot fill.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> len(select(pool, budget=2, method="top-k").queries)
    2
    """
    check_labelled(table)
    check_seed(seed)
    known_names([method], SELECTORS, "method")
    vote = vote or OWN_VOTE.get(method, "weighted")
    known_names([vote], VOTES, "vote")
    if method == SINGLE and budget != 1:
        raise InputError(f"single-best buys one query; budget {budget} is not 1")
    checked_budgets([budget], table)
    selector = SELECTORS[method](random_state=seed)
    if method != SINGLE:
        selector.set_params(budget=budget)
    selector.fit(table.answers, table.known_labels, models=table.models, costs=table.costs)
    order = [int(j) for j in selector.order_]
    if len(order) < budget:
        raise InputError(
            f"{table.name}: {method} can fill {len(order)} of {budget} queries (the best model, "
            f"{table.models[order[0]]}, has {len(order)} sample(s)); a budget up to {len(order)} "
            "is needed"
        )
    n_folds = min(10, table.n_items) if n_folds is None else n_folds
    splits = folds(table, n_folds, n_repeats, seed)
    plan = Plan((SINGLE, method), (vote,), tuple(range(1, budget + 1)))
    results = over_splits(score_split, table, splits, plan, label="judging", progress=progress)
    tests = [split.test for split in splits]

    def scores(key: tuple[str, str, int]) -> SplitScores | None:
        if any(key not in result.scored for result in results):
            return None  # in a fold, another model was best and had fewer samples
        return SplitScores(table.n_items, tests, [r.scored[key].correct for r in results])

    single = scores((SINGLE, "majority", 1))
    assert single is not None
    own_vote = "majority" if method == SINGLE else vote
    whole = scores((method, own_vote, budget))
    if whole is None:
        raise InputError(
            f"{table.name}: {method} cannot fill {budget} queries in every fold, since another "
            "model is best there and has fewer samples; a smaller budget is needed"
        )
    spread = _resampled_variances(table, plan, n_boot, seed, progress)

    def estimate(key: tuple[str, str, int]) -> Estimate:
        found = scores(key)
        if found is None or key not in spread:
            return Estimate(math.nan, math.nan, math.nan)
        return accuracy_interval(found, _halfway(found.item_variance(), spread[key][0]))

    held_out = [estimate((method, own_vote, size)) for size in range(1, budget + 1)]
    accuracies = table.accuracies.to_numpy()
    names = table.query_names
    costs = table.costs
    steps = pd.DataFrame(
        {
            "query": [names[j] for j in order],
            "model": table.models[order],
            "cost": costs[order] if costs is not None else np.full(len(order), np.nan),
            "train_accuracy": accuracies[order],
            "gain": selector.gains_,
            "accuracy": [estimate.value for estimate in held_out],
            "ci_low": [estimate.low for estimate in held_out],
            "ci_high": [estimate.high for estimate in held_out],
        }
    )
    expected = held_out[-1]
    if math.isnan(expected.value):
        raise InputError(
            f"{table.name}: {method} fills {budget} queries in too few resamples to judge, since "
            "another model is often best and has fewer samples; a smaller budget is needed"
        )
    apart = whole - single
    gain = difference_interval(
        apart,
        _halfway(apart.item_variance(), spread[method, own_vote, budget][1]),
        same=method == SINGLE,
    )
    best = SELECTORS[SINGLE](random_state=seed).fit(table.answers, table.known_labels, costs=costs)
    about = {
        "trained_on": table.name,
        "n_items": table.n_items,
        "expected_accuracy": expected.value,
        "ci_low": expected.low,
        "ci_high": expected.high,
        "estimated_by": f"{n_folds}-fold cross-validation, {n_repeats} times",
    }
    return Selection(
        dataset=table.name,
        method=method,
        vote=own_vote,
        budget=budget,
        steps=steps,
        gain_unit=selector.gain_unit,
        expected=expected,
        single_best=names[int(best.order_[0])],
        single=estimate((SINGLE, "majority", 1)),
        gain_vs_single=gain,
        n_items=table.n_items,
        n_folds=n_folds,
        n_repeats=n_repeats,
        seed=seed,
        ensemble=Ensemble.fit(
            table, order, method=method, vote=own_vote, about=about, random_state=seed
        ),
        cost_unit=table.cost_unit,
    )


def _halfway(items: float, resampled: float) -> float:
    """V_items + V_learned from V_items and V_boot: see the module."""
    return max((items + resampled) / 2, items)


def _resampled_variances(
    table: PredictionTable, plan: Plan, n_boot: int, seed: int, progress: bool | None
) -> dict[tuple[str, str, int], tuple[float, float]]:
    """Variances over resamples of each ensemble's accuracy and of its gain over the single best."""
    from joblib import delayed

    if n_boot < 2:
        raise InputError(f"{n_boot} resamples; at least 2 are needed for an interval")
    children = np.random.SeedSequence([check_seed(seed), 4]).spawn(n_boot)
    jobs = (delayed(_resample)(table, plan, child) for child in children)
    done = run_all(jobs, n_boot, label="resampling", unit="draw", progress=progress)
    draws = [draw for draw in done if draw]
    if len(draws) < 2:
        raise InputError(
            f"{table.name}: too few items of the rarer classes to resample {table.n_items} items"
        )
    # In a resample another model may be best and have too few samples for a budget.
    found = {key: [draw[key] for draw in draws if key in draw] for key in set().union(*draws)}
    return {
        key: (
            float(np.var([accuracy for accuracy, _ in pairs], ddof=1)),
            float(np.var([gain for _, gain in pairs], ddof=1)),
        )
        for key, pairs in found.items()
        if len(pairs) >= 2
    }


def _resample(
    table: PredictionTable, plan: Plan, seed: np.random.SeedSequence
) -> dict[tuple[str, str, int], tuple[float, float]] | None:
    """Cross-validate on items drawn with replacement; None if a training part has one class."""
    rng = np.random.default_rng(seed)
    fold = rng.permutation(table.n_items) % min(RESAMPLE_FOLDS, table.n_items)
    if "group" in table.items:  # copies of one question are copies of one item
        fold = fold[pd.factorize(table.items["group"])[0]]
    rows = rng.integers(table.n_items, size=table.n_items)
    right: dict[tuple[str, str, int], list[np.ndarray]] = {}
    for number in np.unique(fold[rows]):
        test = fold[rows] == number
        if len(np.unique(table.known_labels[rows[~test]])) < 2:
            return None
        split = Split(rows[~test], rows[test], seed)
        for key, scored in score_split(table, split, plan).scored.items():
            right.setdefault(key, []).append(scored.correct)
    single = np.concatenate(right[SINGLE, "majority", 1])
    return {
        key: (float(correct.mean()), float((correct - single).mean()))
        for key, correct in ((key, np.concatenate(parts)) for key, parts in right.items())
        if len(correct) == len(single)
    }
