"""Methods against each other at equal budgets, on items they have not seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from ensel.exceptions import InputError
from ensel.heldout.board import Board
from ensel.heldout.candidates import (
    Candidate,
    grid,
    named_candidates,
    own_candidates,
)
from ensel.heldout.checks import (
    check_labelled,
    check_mean_budget,
    check_searchable,
    checked_budgets,
)
from ensel.heldout.merging import MERGE, count_once, within_pool
from ensel.heldout.scoring import score_split
from ensel.heldout.settings import ADAPTIVE, SINGLE, Setting, Verifier, setting_of
from ensel.heldout.splits import random_splits
from ensel.parallel import over_splits
from ensel.results import Result, plain
from ensel.table.copies import NO_COPIES, Copies
from ensel.table.prediction_table import PredictionTable

BESIDE_OWN = (SINGLE, "top-k")
"""What users' own methods are shown beside, where they name nothing else."""
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
    "mean_queries",
    "mean_budget",
    "diff_equal_queries",
    "diff_equal_queries_low",
    "diff_equal_queries_high",
    "diff_equal_cost",
    "diff_equal_cost_low",
    "diff_equal_cost_high",
    "queries",
)


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """Result of `compare`.

    Attributes
    ----------
    dataset : str
    n_items, n_classes, n_train, n_splits, seed : int
    rows : DataFrame
        One row per method, vote and budget: `method`, `vote`, `budget` (queries), `accuracy`
        held out, mean over splits, with `accuracy_low` and `accuracy_high` (95 %), `diff_vs_top_k`
        (paired difference to top-k + weighted vote at the same budget; on open answers to top-k +
        majority, with a verifier to top-k) with `diff_vs_top_k_low` and `diff_vs_top_k_high`,
        `cost` (mean per item, NaN where unknown), `mean_queries` (asked per item), `queries` (a
        list of query names per split: what was asked of any item; for random the first of its ten
        draws). Of what asks in sequence, `budget` is the most queries that it may ask,
        `mean_budget` the limit on their mean (NaN: none), and `diff_equal_queries` and
        `diff_equal_cost`, each with `_low` and `_high`, the paired difference to fixed sets of as
        many queries on average, or of the same mean cost (`ensel.heldout.equal_cost`; NaN of fixed
        sets).
    skipped : list of dict
        `method`, `budget` and `reason` of what could not be filled.
    cost_unit : str or None
    baseline : str
        What `diff_vs_top_k` is a difference to.
    copies : Copies
        What was counted as one.
    in_sequence : str
        Method and vote of the fixed sets that `diff_equal_queries` is a difference to.
    """

    drawn_by = "ensel.figures.comparison:comparison_figure"
    reported_by = "ensel.report.comparison:comparison_report"

    dataset: str
    n_items: int
    n_classes: int
    n_train: int
    n_splits: int
    seed: int
    rows: pd.DataFrame
    skipped: list[dict[str, Any]]
    cost_unit: str | None = None
    baseline: str = "top-k + weighted vote"
    copies: Copies = NO_COPIES
    in_sequence: str = "greedy-logit + logit"

    @property
    def sequence_rows(self) -> pd.DataFrame:
        """The rows of what asks in sequence."""
        return self.rows[self.rows["diff_equal_queries"].notna()]

    def accuracy_table(self) -> pd.DataFrame:
        """Accuracies of fixed sets with a row per method and vote and a column per budget."""
        sets = self.rows.drop(self.sequence_rows.index)
        wide = sets.pivot(index=["method", "vote"], columns="budget", values="accuracy")
        return wide.reindex(pd.MultiIndex.from_frame(sets[["method", "vote"]]).unique())

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
            "copies": self.copies.to_list(),
        }
        return plain(data)

    def __repr__(self) -> str:
        return (
            f"Comparison({self.dataset}: {len(self.rows)} rows, {self.n_train:,} of "
            f"{self.n_items:,} items to learn from, {self.n_splits} splits)"
        )

    def _repr_html_(self) -> str:
        shown = (100 * self.accuracy_table()).round(2).to_html(na_rep="")
        return (
            f"<p>Held-out accuracy (%) on <b>{escape(self.dataset)}</b>: {self.n_train:,} of "
            f"{self.n_items:,} items to learn from, {self.n_splits} splits; columns: "
            f"queries bought</p>{shown}"
        )


def compare(
    table: PredictionTable,
    *,
    methods: Sequence[str] | Mapping[str, Any] | None = None,
    votes: Sequence[str] | None = None,
    budgets: Sequence[int] | None = None,
    mean_budget: float | None = None,
    train: float | int = 0.5,
    n_splits: int = 5,
    after: str | None = "top-k",
    verifier: Verifier | bool | None = None,
    copies: str = MERGE,
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
    methods : sequence of str or mapping, optional
        Names, of ``single-best random top-k mrmr jmi greedy-mi greedy-logit gain-per-cost self-moa
        exact-mi``; default all but jmi and exact-mi, gain-per-cost where costs are known. exact-mi
        tries every set, so pools must be small. Asking in sequence: ``adaptive``, and rules of the
        literature, ``adaptive-consistency esc cannot-be-overturned fixed-confidence``. A mapping
        brings in methods of your own: a name of yours to a selector, a classifier over answers, a
        pipeline or a policy, and one of ours to None. They get the same splits, intervals and
        figure. Alone, they are shown beside the single best query and top-k.
        `ensel.heldout.candidates.own_candidates` says at which budgets each kind enters.
    votes : sequence of str, optional
        Of ``majority weighted map logit``; default all.
    budgets : sequence of int, optional
        Queries a question; default 1 to min(8, pool).
    mean_budget : float, optional
        Most queries a question on average: ``adaptive`` joins the methods, and is fitted to ask no
        more than that of its training items. Default: it is expected to lose .15 points to
        asking everything, at most.
    train : float or int
        Share or number of items to learn from.
    n_splits : int
        Random splits, stratified by label.
    after : str, optional
        Which method buys for a bare classifier of your own; None: it gets the whole pool.
    verifier : Verifier or bool, optional
        Who picks the right answer in place of a vote (unit tests, a proof checker); True: one that
        never errs. Then an item is solved if a bought query is right, the methods are
        ``single-best random top-k greedy-coverage self-moa exact-coverage``, and accuracy is the
        share of solved items. Tables of verdicts can be compared in no other way.
    copies : str
        ``"merge"``: copies of a query count as one, before anything is learned
        (`PredictionTable.copies` says which they are; labels are not looked at). ``"keep"``: each
        counts.
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
        sets for exact-mi, an own method that is nothing to be fitted.

    See Also
    --------
    ensel.select : Chooses one for good.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> result = compare(pool, methods=["top-k", "greedy-mi"], votes=["map"], budgets=[1, 3])
    >>> len(result.rows)
    4

    A method of your own, any classifier over answers:

    >>> from sklearn.naive_bayes import BernoulliNB
    >>> mine = compare(pool, methods={"bayes": BernoulliNB()}, votes=["map"], budgets=[1, 3])
    >>> mine.rows["method"].unique().tolist()
    ['single-best', 'top-k', 'bayes']
    """
    check_labelled(table)
    whole = table
    table, merged = count_once(whole, copies)
    if budgets is not None:
        budgets = [budgets] if isinstance(budgets, int) else budgets
        budgets = [within_pool(budget, whole, table) for budget in budgets]
    setting = setting_of(table, verifier)
    chosen_votes = setting.votes.checked(votes)
    chosen_budgets = checked_budgets(budgets, table)
    named, own = _told_apart(methods, table, setting)
    if mean_budget is not None:
        check_mean_budget(mean_budget)
        if setting.verifier is not None:
            raise InputError(
                f"{table.name}: mean budget {mean_budget:g}, but a verifier says when to stop: "
                "leave it out"
            )
        named = list(dict.fromkeys([*named, ADAPTIVE]))
    shown = (
        *grid(named, chosen_votes, chosen_budgets, setting, mean_budget),
        *own_candidates(
            own,
            chosen_votes,
            chosen_budgets,
            n_queries=table.n_queries,
            after=after,
            setting=setting,
        ),
    )
    check_searchable(table, shown)

    splits = random_splits(table, n_splits, train, seed)
    # The baseline is always scored, since every row is compared to it.
    sizes = sorted({c.budget for c in shown})
    baselines = named_candidates([setting.baseline], sizes, setting=setting)
    sets = _sets_beside(shown, setting)
    judged = tuple(dict.fromkeys([*shown, *baselines, *sets]))
    results = over_splits(score_split, table, splits, judged, label="comparing", progress=progress)
    board = Board(table, splits, results, setting.baseline, sets)
    return Comparison(
        dataset=table.name,
        n_items=table.n_items,
        n_classes=table.n_classes,
        n_train=len(splits[0].train),
        n_splits=n_splits,
        seed=int(seed),
        rows=pd.DataFrame(board.rows(shown, baselines), columns=list(ROW_COLUMNS)),
        skipped=board.skipped(shown),
        cost_unit=table.cost_unit,
        baseline=setting.baseline_name,
        copies=merged,
        in_sequence=" + ".join(setting.in_sequence),
    )


def _told_apart(
    methods: Sequence[str] | Mapping[str, Any] | None, table: PredictionTable, setting: Setting
) -> tuple[list[str], dict[str, Any]]:
    """Names of ours, and methods of the user's own."""
    if methods is None:
        return _default_methods(table, setting), {}
    if not isinstance(methods, Mapping):
        return setting.methods.checked(methods), {}
    own = {name: method for name, method in methods.items() if method is not None}
    named = [name for name in methods if name not in own]
    if not methods:
        raise InputError("no method; name one, or bring one of your own")
    return setting.methods.checked(named or BESIDE_OWN), own


def _default_methods(table: PredictionTable, setting: Setting) -> list[str]:
    """All that apply and are quick enough."""
    chosen = []
    for name, selector in setting.selectors.items():
        fits = table.costs is not None or not selector.needs_costs
        if fits and not selector.on_request:
            chosen.append(name)
    return chosen


def _sets_beside(shown: Iterable[Candidate], setting: Setting) -> tuple[Candidate, ...]:
    """Fixed sets of every size up to the largest budget of what asks in sequence."""
    largest = max((c.budget for c in shown if c.is_sequence), default=0)
    return named_candidates([setting.in_sequence], range(1, largest + 1), setting=setting)
