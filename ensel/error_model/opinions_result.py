"""The result of `count_opinions`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from ensel.heldout.description import Description
from ensel.heldout.intervals import Estimate
from ensel.results import Result, plain
from ensel.table.copies import NO_COPIES, Copies


@dataclass(frozen=True, repr=False)
class Opinions(Result):
    """Result of `count_opinions`.

    Attributes
    ----------
    dataset : str
    n_queries, n_models, n_items : int
        Copies of a query count as one.
    n_varying : int
        Queries that are sometimes right and sometimes wrong: those that have a correlation.
    error_correlation : Estimate
        Mean phi over pairs of them, in [-1, 1]; NaN for fewer than two.
    effective_votes : Estimate
        In [1, n_varying].
    majority_accuracy : Estimate
        Of the plain vote of all queries, ties drawn; NaN where right and wrong is all that is
        known.
    independent_accuracy : float
        What the same vote would get if errors were independent, at the accuracies observed.
    best_accuracy : float
        Of the query that is best on these items.
    any_right : float
        Share of items on which a query is right: what no rule that picks an answer can exceed.
    gain_ceiling : float
        The most that such a rule gains over the best query, at level 95 %.
    similarity : DataFrame or None
        CAPA of every pair, in [-1, 1]; None where it does not apply.
    pairs : DataFrame
        The most and the least similar pairs: `first`, `second`, `similarity` with its interval
        (95 % for all pairs of the pool at once, so that it holds for those picked), `end`
        (``"most"`` or ``"least"``).
    notes : list of str
        What does not apply, and why.
    copies : Copies
        What was counted as one.

    See Also
    --------
    ensel.error_model.count_opinions : Makes it, and says how.
    """

    dataset: str
    n_queries: int
    n_models: int
    n_items: int
    n_varying: int
    error_correlation: Estimate
    effective_votes: Estimate
    majority_accuracy: Estimate
    independent_accuracy: float
    best_accuracy: float
    any_right: float
    gain_ceiling: float
    similarity: pd.DataFrame | None
    pairs: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    copies: Copies = NO_COPIES

    reported_by: ClassVar[str | None] = "ensel.report.opinions:opinions_report"

    @property
    def mean_similarity(self) -> float:
        """Mean CAPA over pairs; NaN where there is none."""
        if self.similarity is None:
            return float("nan")
        values = self.similarity.to_numpy()[np.triu_indices(len(self.similarity), k=1)]
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`; accuracies as rates.

        Every number that has an interval stands as ``NAME``, ``NAME_low`` and ``NAME_high``.
        """
        data: dict[str, Any] = {
            "dataset": self.dataset,
            "n_queries": self.n_queries,
            "n_models": self.n_models,
            "n_items": self.n_items,
            "n_varying": self.n_varying,
            **self.effective_votes.named("effective_votes"),
            **self.error_correlation.named("error_correlation"),
            **self.majority_accuracy.named("majority_accuracy"),
            "independent_accuracy": self.independent_accuracy,
            "best_accuracy": self.best_accuracy,
            "any_right": self.any_right,
            "gain_ceiling": self.gain_ceiling,
            "mean_similarity": self.mean_similarity,
            "most_similar": self._pairs_at("most"),
            "least_similar": self._pairs_at("least"),
            "notes": self.notes,
            "copies": self.copies.to_list(),
        }
        return plain(data)

    def _pairs_at(self, end: str) -> list[dict[str, Any]]:
        chosen = self.pairs[self.pairs["end"] == end]
        return chosen.drop(columns="end").to_dict("records")

    def __repr__(self) -> str:
        votes = self.effective_votes
        return (
            f"Opinions({self.dataset}, {self.n_queries} queries: {votes.value:.1f} effective votes "
            f"[{votes.low:.1f}, {votes.high:.1f}])"
        )


@dataclass(frozen=True)
class DescribedWithOpinions(Result):
    """What `ensel info` says of a pool: the description stands lower, and knows no opinions.

    Attributes
    ----------
    description : Description
    opinions : Opinions
    """

    description: Description
    opinions: Opinions

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""
        return {**self.description.to_dict(), "opinions": self.opinions.to_dict()}
