"""What `select` returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import Any

import pandas as pd

from ensel.choosing.evidence import Evidence
from ensel.choosing.in_sequence_result import InSequence
from ensel.heldout.intervals import Estimate
from ensel.heldout.settings import SINGLE, Verifier
from ensel.policies import Policy
from ensel.results import Result, plain
from ensel.table.copies import NO_COPIES, Copies


@dataclass(frozen=True)
class Rejected:
    """The best ensemble, where a single query was preferred to it.

    Attributes
    ----------
    method, vote : str
    size : int
        Queries.
    gain : Estimate
        Its held-out accuracy less that of the single best query.
    """

    method: str
    vote: str
    size: int
    gain: Estimate

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        own = {"method": self.method, "vote": self.vote, "size": self.size}
        return own | self.gain.named("gain")


@dataclass(frozen=True, repr=False)
class Selection(Result):
    """Result of `select`.

    Attributes
    ----------
    dataset, method, vote : str
    budget : int
        Queries that could be bought; `queries` may be fewer.
    money : float or None
        What the queries were allowed to cost together, in `cost_unit`.
    chosen : bool
        Whether method, vote and number of queries were chosen by cross-validation.
    steps : DataFrame
        One row per bought query, in order: `query`, `model`, `cost`, `train_accuracy` (on all
        items), `gain` (what it brought when bought, in `gain_unit`), `accuracy`: held-out accuracy
        of buying up to here (with exact-mi, of the best set of that many), `bought_again`: share
        of the resamples that buy it, or as many samples of its model.
    gain_unit : str
        "bits" or "accuracy".
    expected : Estimate
        Held-out accuracy, honest about having chosen.
    single_best : str
        Query with the highest accuracy on all items.
    single : Estimate
        Held-out accuracy of asking the best query alone.
    gain_vs_single : Estimate
        Paired difference of the two.
    rejected : Rejected or None
        Where one query is bought, the ensemble that was not worth it.
    n_questions : int
        Copies of a question are one.
    questions_needed : int or None
        Where there are too few to tell whether an ensemble gains, about how many would tell.
    by_budget : DataFrame
        The choice for every budget up to this one: `budget`, `method`, `vote`, `size`, `queries`
        (a list), `cost`, `accuracy` with `accuracy_low` and `accuracy_high`, `gain_vs_single` with
        `gain_vs_single_low` and `gain_vs_single_high`.
    information : Evidence
        What the bought queries tell about the label; None with a verifier, and on open answers,
        which share no label.
    commonest : (str, float) or None
        The commonest label and its share: what answering it always would get, for nothing.
    silent : float
        Share of items on which no bought query answers. They count as wrong in all accuracies
        here; the ensemble guesses a label for them.
    stability : DataFrame
        `query`, `share` of the resamples that buy it, with its exact binomial 95 % interval
        `share_low` and `share_high`.
    learning_curve : DataFrame
        See `ensel.choosing.learning_curve`.
    n_items, n_folds, n_repeats, seed : int
    policy : Policy
        Fitted on all items.
    cost_unit : str or None
    verifier : Verifier or None
        Who picks the answer; None: a vote.
    copies : Copies
        What was counted as one.
    adaptive : InSequence or None
        What asking in sequence gets; None where it was not asked for, or has nothing to save.
    adaptive_asked_for : bool
        Whether it was asked for; else it is one sentence of the report.
    """

    reported_by = "ensel.report.selection:selection_report"

    dataset: str
    method: str
    vote: str
    budget: int
    money: float | None
    chosen: bool
    steps: pd.DataFrame
    gain_unit: str
    expected: Estimate
    single_best: str
    single: Estimate
    gain_vs_single: Estimate
    rejected: Rejected | None
    n_questions: int
    questions_needed: int | None
    by_budget: pd.DataFrame
    information: Evidence | None
    commonest: tuple[str, float] | None
    silent: float
    stability: pd.DataFrame
    learning_curve: pd.DataFrame
    n_items: int
    n_folds: int
    n_repeats: int
    seed: int
    policy: Policy
    cost_unit: str | None = None
    verifier: Verifier | None = None
    copies: Copies = NO_COPIES
    adaptive: InSequence | None = None
    adaptive_asked_for: bool = False

    @property
    def recommended_policy(self) -> Policy:
        """What asks in sequence, where that was asked for, else the set."""
        if self.adaptive is not None and self.adaptive_asked_for:
            policy: Policy = self.adaptive.policy
            return policy
        return self.policy

    @property
    def queries(self) -> list[str]:
        """Names of the bought queries, in order."""
        return list(self.steps["query"])

    @property
    def cost(self) -> float:
        """Cost per item of the bought queries; NaN where unknown."""
        return float(self.steps["cost"].sum(skipna=False))

    @property
    def why(self) -> str:
        """What was found, in words."""
        label, share = self.commonest or ("", -1.0)
        gain = self.gain_vs_single
        if self.expected.low <= share:
            return (
                f"not clearly better than always answering {label}, which gets {100 * share:.1f} % "
                "and costs nothing"
            )
        if self.chosen and self.method == SINGLE:
            return self._why_one_query()
        if gain.low > 0:
            return f"better than asking {self.single_best} alone by {gain.points}"
        if gain.high < 0:
            return f"worse than asking {self.single_best} alone: buy that one query"
        verdict = "likely better than" if self.chosen else "no clear gain over"
        return f"{verdict} asking {self.single_best} alone: {gain.points}"

    def _why_one_query(self) -> str:
        best = self.rejected
        if best is None:
            return "the budget is one query"
        queries = "query" if best.size == 1 else "queries"
        gains = f"({best.method} + {best.vote}, {best.size} {queries}) gains {best.gain.points}"
        if self.questions_needed is not None:
            return (
                f"{self.n_questions:,} questions are too few to tell whether an ensemble is better "
                f"than asking {self.single_best} alone: the best {gains}; about "
                f"{self.questions_needed:,} would tell"
            )
        return (
            f"no ensemble within the budget is expected to be worth more than asking "
            f"{self.single_best} alone: the best {gains}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""
        data: dict[str, Any] = {
            "dataset": self.dataset,
            "queries": self.queries,
            "method": self.method,
            "vote": self.vote,
            "budget": self.budget,
            "money": self.money,
            "cost": self.cost,
            "cost_unit": self.cost_unit,
            **self.expected.named("expected_accuracy"),
            "single_best": self.single_best,
            **self.single.named("single_best_accuracy"),
            **self.gain_vs_single.named("gain_vs_single"),
            "why": self.why,
            "rejected": None if self.rejected is None else self.rejected.to_dict(),
            "questions_needed": self.questions_needed,
        }

        data |= {
            "information_bits": None if self.information is None else self.information.to_dict(),
            "commonest_label": None if self.commonest is None else self.commonest[0],
            "commonest_label_share": None if self.commonest is None else self.commonest[1],
            "silent_share": self.silent,
            "stability": self.stability.to_dict("records"),
            "by_budget": self.by_budget.to_dict("records"),
            "learning_curve": self.learning_curve.to_dict("records"),
            "chosen": self.chosen,
            "gain_unit": self.gain_unit,
            "steps": self.steps.to_dict("records"),
            "n_items": self.n_items,
            "n_folds": self.n_folds,
            "n_repeats": self.n_repeats,
            "seed": self.seed,
            "copies": self.copies.to_list(),
            "adaptive": None if self.adaptive is None else self.adaptive.to_dict(),
        }
        if self.verifier is not None:
            data["verifier"] = asdict(self.verifier)
        return plain(data)

    def __repr__(self) -> str:
        e = self.expected
        return (
            f"Selection({self.dataset}, {self.method} + {self.vote}: {', '.join(self.queries)}; "
            f"expected accuracy {e.value:.4f} [{e.low:.4f}, {e.high:.4f}])"
        )

    def _repr_html_(self) -> str:
        e = self.expected
        how = f"<b>{self.method} + {self.vote}</b> on {escape(self.dataset)}"
        return (
            f"<p>{how}, budget {self.budget}: expected accuracy {e.value:.4f} "
            f"[{e.low:.4f}, {e.high:.4f}]: {escape(self.why)}</p>"
            + self.steps.round(4).to_html(index=False)
        )
