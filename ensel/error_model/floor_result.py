"""The result of `error_floor`: numbers with intervals, curves, and pictures of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from ensel.error_model.co_failure import CoFailure
from ensel.error_model.copula import GaussianCopulaErrors
from ensel.error_model.opinions_result import Opinions
from ensel.heldout.intervals import Estimate
from ensel.registry import resolve
from ensel.results import Result, plain
from ensel.table.copies import NO_COPIES, Copies

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ASSUMPTIONS = {
    "uniform_floor": "(a) endless copies of one average model: two classes, equal error, one "
    "correlation; the textbook number, no floor of a real pool",
    "vote_limit": "(b) equal-weight vote of endless copies of this pool, errors driven by one "
    "common factor, wrong answers as observed",
    "bayes_error": "(c) best possible rule for these very queries, if their errors follow the "
    "fitted copula (a few common factors), wrong answers spread as observed",
    "held_out": "(d) real ensembles on items they have not seen",
}
REFUTED = (
    "(c) refuted, no floor: what the fitted copula believes of the best rule for these queries; "
    "its own rule gets {error}"
)
"""In place of an assumption that the items refute."""
RANGES = {
    "mean_error": (0.0, 1.0),
    "best_single_error": (0.0, 1.0),
    "mean_tetrachoric": (-1.0, 1.0),
    "mean_phi": (-1.0, 1.0),
    "uniform_floor": (0.0, 1.0),
    "mi_limit_bits": (0.0, 1.0),
    "vote_limit": (0.0, 1.0),
    "bayes_error": (0.0, 1.0),
    "rule_excess": (-1.0, 1.0),
    "all_wrong_predicted": (0.0, 1.0),
    "within_family": (-1.0, 1.0),
    "across_family": (-1.0, 1.0),
    "family_difference": (-2.0, 2.0),
}
"""Every estimated number, and what values it can have: an interval goes no further."""
RATES = ("mean_error", "uniform_floor", "vote_limit", "bayes_error", "all_wrong_predicted")
"""Those that are error rates: one of 0 on a few items is not known to be 0."""
FIGURES = {
    "error_by_size": "ensel.figures.floors:error_by_size_figure",
    "error_correlation": "ensel.figures.floors:correlation_figure",
    "co_failure": "ensel.figures.floors:co_failure_figure",
}


@dataclass(frozen=True, repr=False)
class Floor(Result):
    """Result of `error_floor`.

    Attributes
    ----------
    dataset : str
    n_models, n_items : int
    estimates : dict of str to Estimate
        With 95 % intervals by resampling items (or clusters); errors are rates. Among them is
        ``rule_excess``, what the rule of (c) errs more than (c) says (see `model_refuted`).
    bayes_error_se : float
        Standard error of the Monte Carlo behind `bayes_error`; 0 where it was enumerated.
    co_failure : CoFailure
    all_wrong_items : DataFrame
        Items that every query gets wrong: `item`, and where the source has it `error_type` and
        `suspect` (the label itself is in doubt).
    curve : DataFrame
        `size`, `uniform` (a, finite), `bayes` (c, best subset), `bayes_exact` (whether all subsets
        were tried), `held_out_top_k`, `held_out_greedy_mi` (d).
    growth : DataFrame
        Mean all-wrong rate of random subsets: see `ensel.error_model.joint_failure`.
    families : list of str
    model : GaussianCopulaErrors
    rule_held_out : Estimate
        Error on held-out items of the very rule that (c) belongs to.
    warnings : list of str
    ok_items : Floor or None
        The same on items whose label is marked ok, where the source says so.
    real_ensembles : (str, str)
        What line (d) is of.
    copies : Copies
        What was counted as one.
    opinions : Opinions or None
        How many independent votes the pool is worth, and what independence would promise.

    See Also
    --------
    ensel.error_floor : The front door, which says where each line is worked out.
    ensel.figures.floors : Pictures of it.
    """

    dataset: str
    n_models: int
    n_items: int
    estimates: dict[str, Estimate]
    bayes_error_se: float
    co_failure: CoFailure
    all_wrong_items: pd.DataFrame
    curve: pd.DataFrame
    growth: pd.DataFrame
    families: list[str]
    model: GaussianCopulaErrors
    query_names: list[str]
    rule_held_out: Estimate
    warnings: list[str] = field(default_factory=list)
    ok_items: Floor | None = None
    real_ensembles: tuple[str, str] = ("top-k + weighted", "greedy-mi + map")
    copies: Copies = NO_COPIES
    opinions: Opinions | None = None

    drawn_by: ClassVar[str | None] = FIGURES["error_by_size"]
    reported_by: ClassVar[str | None] = "ensel.report.floor:floor_report"

    @property
    def model_refuted(self) -> bool:
        """Whether (c) is no floor: its own rule errs more than (c) says.

        That is so where the 95 % interval of ``rule_excess`` lies above 0. The comparison is
        paired: the rule is judged on the items that it and (c) were fitted to, and every resample
        redraws these, refits both, and takes their difference (`ensel.error_model.rule_held_out`).
        """
        return self.estimates["rule_excess"].low > 0  # False where it is not known

    @property
    def assumptions(self) -> dict[str, str]:
        """Each line's assumption in words, or that the items refute it."""
        if not self.model_refuted:
            return ASSUMPTIONS
        fitted = self.estimates["bayes_error"].value + self.estimates["rule_excess"].value
        error = f"{100 * fitted:.1f} % on the items it was fitted to"
        if not math.isnan(self.rule_held_out.value):
            error = f"{100 * self.rule_held_out.value:.1f} % held out"
        return {**ASSUMPTIONS, "bayes_error": REFUTED.format(error=error)}

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`; errors as rates.

        Every number that has an interval stands as ``NAME``, ``NAME_low`` and ``NAME_high``.
        """
        model, failed = self.model, self.co_failure
        predicted = self.estimates["all_wrong_predicted"].value

        data: dict[str, Any] = {
            "dataset": self.dataset,
            "n_models": self.n_models,
            "n_items": self.n_items,
            **self._flat_estimates(),
            "bayes_error_se": self.bayes_error_se,
            "model_refuted": self.model_refuted,
            "all_wrong_ratio": ratio(failed.observed, predicted),
            "gain_ceiling": failed.gain_ceiling,
            "warnings": self.warnings,
            "copies": self.copies.to_list(),
            "assumptions": self.assumptions,
            "thresholds": "class" if model.by_class_ else "one",
            "n_factors": int(model.factors_.loadings.shape[1]),
            "factor_misfit": model.factors_.misfit,
            "one_factor_misfit": model.one_factor_.misfit,
            "wrong_agreement": model.agreement_.rate,
            "wrong_agreement_chance": model.agreement_.chance,
            "curve": self.curve.to_dict("records"),
            "all_wrong_items": self.all_wrong_items.to_dict("records"),
            "ok_items": None if self.ok_items is None else self.ok_items.to_dict(),
            "opinions": None if self.opinions is None else self.opinions.to_dict(),
        }
        return plain(data)

    def figures(self) -> dict[str, Figure]:
        """All figures by name."""
        return {name: resolve(address)(self) for name, address in FIGURES.items()}

    def _flat_estimates(self) -> dict[str, float]:
        """NAME, NAME_low and NAME_high of every number with an interval."""
        failed = self.co_failure
        estimates = {
            **{name: self.estimates[name] for name in RANGES},
            "all_wrong_observed": Estimate(failed.observed, failed.low, failed.high),
            "rule_held_out": self.rule_held_out,
        }
        return {
            name + end: value
            for name, estimate in estimates.items()
            for end, value in zip(("", "_low", "_high"), estimate, strict=True)
        }

    def __repr__(self) -> str:
        lines = ("best_single_error", "uniform_floor", "vote_limit", "bayes_error")
        values = ", ".join(f"{name} {self.estimates[name].value:.4f}" for name in lines)
        refuted = " (refuted)" if self.model_refuted else ""
        return f"Floor({self.dataset}, {self.n_models} queries: {values}{refuted})"

    def _repr_html_(self) -> str:
        rows = pd.DataFrame(self.estimates).T.round(4)
        rows.columns = ["value", "low", "high"]
        notes = "".join(f"<li>{escape(text)}</li>" for text in self.warnings)
        return (
            f"<p>Error floors of <b>{escape(self.dataset)}</b></p>{rows.to_html()}<ul>{notes}</ul>"
        )


def ratio(observed: float, predicted: float) -> float:
    """Observed over predicted; NaN where nothing is predicted."""
    return observed / predicted if predicted > 0 else math.nan
