"""Which methods and votes make sense: by the kind of table, and by who judges answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.exceptions import InputError
from ensel.policies import FixedSet, VerifiedSet
from ensel.registry import (
    OPEN_SELECTORS,
    OPEN_VOTES,
    SELECTORS,
    VERIFIER_SELECTORS,
    VOTES,
    Registry,
)
from ensel.table.kinds import OPEN, VERDICTS
from ensel.table.prediction_table import PredictionTable

VERIFIER = "verifier"
"""What stands in the place of a vote's name where a verifier picks the answer."""
SINGLE = "single-best"
OWN_ANSWER = "own-answer"


@dataclass(frozen=True)
class Verifier:
    """Who checks answers: unit tests, a proof checker, a person who picks.

    Attributes
    ----------
    false_accept : float
        Probability that a wrong answer is accepted, in [0, 1].
    false_reject : float
        Probability that a right answer is rejected, in [0, 1].

    See Also
    --------
    ensel.voting.verifier.solved : What is made of it.

    Examples
    --------
    >>> Verifier(false_accept=0.02).false_reject
    0.0
    """

    false_accept: float = 0.0
    false_reject: float = 0.0

    def __post_init__(self) -> None:
        for name in ("false_accept", "false_reject"):
            rate = getattr(self, name)
            is_number = isinstance(rate, int | float | np.number) and not isinstance(rate, bool)
            if not is_number or not 0 <= rate <= 1:
                raise InputError(f"{name} {rate!r}: a rate from 0 to 1 is needed")
            object.__setattr__(self, name, float(rate))


@dataclass(frozen=True)
class Setting:
    """Methods and votes by name, and how policies are made of them.

    Attributes
    ----------
    selectors, votes : Registry
    baseline : (str, str)
        Method and vote that all others are compared with.
    verifier : Verifier or None
        Who picks the answer; None: a vote.
    """

    selectors: Registry
    votes: Registry
    baseline: tuple[str, str]
    verifier: Verifier | None = None

    @property
    def is_open(self) -> bool:
        """Whether every item has options of its own, so that a code means nothing beyond it."""
        return self.votes is OPEN_VOTES

    @property
    def baseline_name(self) -> str:
        """The baseline in words."""
        method, vote = self.baseline
        return method if vote == VERIFIER else f"{method} + {vote} vote"

    def vote_of(self, method: str) -> str:
        """The vote that a method is matched with."""
        if self.verifier is not None:
            return VERIFIER
        vote: str = self.selectors[method].matched_vote
        return vote if vote in self.votes else "logit"

    def policy(self, method: str, vote: Any, budget: int | None, money: float | None) -> Any:
        """A policy, not fitted; `vote` is an estimator, or None."""
        selector = self.selector(method, money)
        return self.policy_of(selector, vote, budget)

    def selector(self, method: str, money: float | None = None) -> Any:
        """A selector by name, not fitted."""
        return self.selectors[method]().set_params(money=money)

    def policy_of(self, selector: Any, vote: Any, budget: int | None) -> Any:
        """A policy of a selector and a vote."""
        if self.verifier is None:
            return FixedSet(selector, vote, budget)
        rates = self.verifier
        return VerifiedSet(selector, budget, rates.false_accept, rates.false_reject)

    def single_policy(self, money: float | None) -> Any:
        """The single best query, whose answer is taken as it stands."""
        selector = self.selector(SINGLE, money)
        if self.verifier is not None:
            return VerifiedSet(selector)  # of one that never errs: an answer is right, or it is not
        # On open answers a probability of one query's answer leaves room for none being right.
        return FixedSet(selector, OPEN_VOTES["majority"]() if self.is_open else None)


CLOSED_SETTING = Setting(SELECTORS, VOTES, ("top-k", "weighted"))
OPEN_SETTING = Setting(OPEN_SELECTORS, OPEN_VOTES, ("top-k", "majority"))
NO_VOTES = Registry("vote", {VERIFIER: "ensel.policies.verified_set:VerifiedSet"})


def setting_of(table: PredictionTable, verifier: Verifier | bool | None = None) -> Setting:
    """What makes sense on a table.

    Parameters
    ----------
    table : PredictionTable
    verifier : Verifier or bool, optional
        Who checks answers; True: one that never errs; None or False: nobody, so that a vote is
        needed.

    Returns
    -------
    Setting

    Raises
    ------
    InputError
        If a vote is asked for where only right or wrong is known of each answer, or the verifier
        is none.
    """
    if verifier:
        who = Verifier() if verifier is True else verifier
        if not isinstance(who, Verifier):
            raise InputError(f"verifier {verifier!r}; True or ensel.Verifier(...) is needed")
        return Setting(VERIFIER_SELECTORS, NO_VOTES, ("top-k", VERIFIER), who)
    if table.kind == VERDICTS:
        raise InputError(
            f"{table.name}: only right or wrong is known of each answer, so there is nothing to "
            "vote on; with a verifier (--verifier, verifier=True) an item counts as solved if any "
            "bought query is right"
        )
    return OPEN_SETTING if table.kind == OPEN else CLOSED_SETTING
