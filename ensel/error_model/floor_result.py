"""What `error_floor` found: numbers with intervals, curves, and pictures of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from ensel.error_model import CoFailure, GaussianCopulaErrors
from ensel.heldout.intervals import Estimate
from ensel.results import plain

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
ESTIMATED = (
    "mean_error",
    "best_single_error",
    "mean_tetrachoric",
    "mean_phi",
    "uniform_floor",
    "mi_limit_bits",
    "vote_limit",
    "bayes_error",
    "all_wrong_predicted",
    "within_family",
    "across_family",
    "family_difference",
)


@dataclass(frozen=True, repr=False)
class Floor:
    """Result of `error_floor`.

    Attributes
    ----------
    dataset : str
    n_models, n_items : int
    estimates : dict of str to Estimate
        With 95 % intervals by resampling items (or clusters); errors are rates.
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

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`; errors as rates."""
        values = {name: self.estimates[name].value for name in ESTIMATED}
        intervals = {name: list(self.estimates[name][1:]) for name in ESTIMATED}
        data: dict[str, Any] = {
            "dataset": self.dataset,
            "n_models": self.n_models,
            "n_items": self.n_items,
            **values,
            "bayes_error_se": self.bayes_error_se,
            "all_wrong_observed": self.co_failure.observed,
            "all_wrong_low": self.co_failure.low,
            "all_wrong_high": self.co_failure.high,
            "all_wrong_ratio": ratio(self.co_failure.observed, values["all_wrong_predicted"]),
            "certificate_max_gain": self.co_failure.certificate_max_gain,
            "warnings": self.warnings,
            "intervals": intervals,
            "assumptions": ASSUMPTIONS,
            "thresholds": "class" if self.model.by_class_ else "one",
            "n_factors": int(self.model.factors_.loadings.shape[1]),
            "factor_misfit": self.model.factors_.misfit,
            "one_factor_misfit": self.model.one_factor_.misfit,
            "rule_held_out": list(self.rule_held_out),
            "wrong_agreement": self.model.agreement_.rate,
            "wrong_agreement_chance": self.model.agreement_.chance,
            "curve": self.curve.to_dict("records"),
            "all_wrong_items": self.all_wrong_items.to_dict("records"),
            "ok_items": None if self.ok_items is None else self.ok_items.to_dict(),
        }
        return plain(data)

    def to_json(self) -> str:
        """JSON text: NaN becomes null."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False)

    def figure(self) -> Figure:
        """Error against ensemble size, with the four lines."""
        from ensel.figures.floors import error_by_size_figure

        return error_by_size_figure(self)

    def figures(self) -> dict[str, Figure]:
        """All three figures by name."""
        from ensel.figures import floors

        return {
            "error_by_size": floors.error_by_size_figure(self),
            "error_correlation": floors.correlation_figure(self),
            "co_failure": floors.co_failure_figure(self),
        }

    def __repr__(self) -> str:
        lines = ("best_single_error", "uniform_floor", "vote_limit", "bayes_error")
        values = ", ".join(f"{name} {self.estimates[name].value:.4f}" for name in lines)
        return f"Floor({self.dataset}, {self.n_models} queries: {values})"

    def _repr_html_(self) -> str:
        rows = pd.DataFrame(self.estimates).T.round(4)
        rows.columns = ["value", "low", "high"]
        notes = "".join(f"<li>{text}</li>" for text in self.warnings)
        return f"<p>Error floors of <b>{self.dataset}</b></p>{rows.to_html()}<ul>{notes}</ul>"


def ratio(observed: float, predicted: float) -> float:
    """Observed over predicted; NaN where nothing is predicted."""
    return observed / predicted if predicted > 0 else float("nan")
