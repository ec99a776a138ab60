"""What is known of asking in sequence: numbers held out, and one sentence of what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ensel.heldout.equal_cost import UNKNOWN
from ensel.heldout.intervals import Estimate
from ensel.policies.certificates import Certificate

WORTH_A_LOSS = 0.005
"""Accuracy that asking in sequence may lose to the bought set, at the end of its interval, and
still be recommended: half a point."""


@dataclass(frozen=True)
class InSequence:
    """What asking in sequence gets, held out.

    Attributes
    ----------
    queries : list of str
        In the order of asking.
    mean_queries : Estimate
        Queries of a question, on average.
    mean_cost : Estimate or None
        Cost of a question, on average; None where unknown.
    accuracy, full_accuracy : Estimate
        Of stopping, and of asking all of these queries.
    loss_to_full : Estimate
        The second less the first, paired.
    agreement_with_full : float or None
        Share of questions with the same answer; None with a verifier.
    loss_to_set : Estimate
        Accuracy of the set that `select` buys less that of stopping, paired.
    set_size : int
        Queries of that set.
    set_cost : float
        Its mean cost, held out; NaN where unknown.
    stops : DataFrame
        A row for each number of queries: `asked`, `share` of the questions that stop there, and
        `accuracy` on those; held out. None with a verifier, whose errors make it an expectation.
    certificate : Certificate or None
        Where one was asked for.
    policy : Policy
        Fitted on all items.
    first : int
        Queries that are asked of every question, at least.
    if_they_differ : bool
        Whether it stops after the first two just where they agree.
    """

    queries: list[str]
    mean_queries: Estimate
    mean_cost: Estimate | None
    accuracy: Estimate
    full_accuracy: Estimate
    loss_to_full: Estimate
    agreement_with_full: float | None
    loss_to_set: Estimate
    set_size: int
    set_cost: float
    stops: pd.DataFrame | None
    certificate: Certificate | None
    policy: Any
    first: int
    if_they_differ: bool

    @property
    def is_recommended(self) -> bool:
        """Whether it asks clearly less than the bought set, and hardly loses to it.

        Less: its interval ends below the size of the set. Hardly: the interval of the loss ends at
        half a point at most, or a certificate holds and the loss is expected to be no more.
        """
        asks_less = self.set_size > 1 and self.mean_queries.high < self.set_size
        certified = self.certificate is not None and self.certificate.certified
        hardly = self.loss_to_set.high <= WORTH_A_LOSS
        return asks_less and (hardly or (certified and self.loss_to_set.value <= WORTH_A_LOSS))

    @property
    def instruction(self) -> str:
        """What to do, in one sentence, without its price."""
        first, others = self.queries[: self.first], self.queries[self.first :]
        asked = _listed(first)
        if not others:
            return f"ask {asked} of every question"
        rest = others[0] if len(others) == 1 else f"{others[0]}, then {_more(others[1:])},"
        condition = "if they differ" if self.if_they_differ else "while the answer is not settled"
        return f"ask {asked}; ask {rest} only {condition}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        certificate = None if self.certificate is None else self.certificate.to_dict()
        cost = UNKNOWN if self.mean_cost is None else self.mean_cost
        return {
            "queries": self.queries,
            **self.mean_queries.named("mean_queries"),
            **cost.named("mean_cost"),
            **self.accuracy.named("accuracy"),
            **self.full_accuracy.named("full_accuracy"),
            **self.loss_to_full.named("loss_to_full"),
            "agreement_with_full": self.agreement_with_full,
            **self.loss_to_set.named("loss_to_set"),
            "set_size": self.set_size,
            "set_cost": self.set_cost,
            "recommended": self.is_recommended,
            "instruction": self.instruction,
            "stops": None if self.stops is None else self.stops.to_dict("records"),
            "certificate": certificate,
        }


def _listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _more(names: Sequence[str]) -> str:
    """The others by name where they are few, else by number."""
    return _listed(names) if len(names) <= 2 else f"{len(names)} more"
