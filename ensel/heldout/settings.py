"""Which methods and votes make sense: by the kind of table, and by who judges answers."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ensel.exceptions import InputError
from ensel.policies import FixedSet, Sequential, VerifiedSet
from ensel.policies.polya_urn import PolyaUrn
from ensel.policies.verified_sequence import VerifiedSequence
from ensel.registry import (
    OPEN_SELECTORS,
    OPEN_VOTES,
    SELECTORS,
    SEQUENCES,
    VERIFIER_SELECTORS,
    VERIFIER_SEQUENCES,
    VOTES,
    Registry,
)
from ensel.table.kinds import OPEN, VERDICTS
from ensel.table.prediction_table import PredictionTable

VERIFIER = "verifier"
"""What stands in the place of a vote's name where a verifier picks the answer."""
SINGLE = "single-best"
ADAPTIVE = "adaptive"
"""The method that asks in sequence, by a rule that it learns."""
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
    cost : float
        What it costs to look at one answer, from 0, in the unit of the queries' costs.

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
    cost: float = 0.0

    def __post_init__(self) -> None:
        ranges = {
            "false_accept": (1.0, "a rate from 0 to 1"),
            "false_reject": (1.0, "a rate from 0 to 1"),
            "cost": (sys.float_info.max, "a sum of money from 0"),
        }
        for name, (most, needed) in ranges.items():
            value = getattr(self, name)
            is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
            if not is_number or not 0 <= value <= most:
                raise InputError(f"{name} {value!r}: {needed} is needed")
            object.__setattr__(self, name, float(value))


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
    in_sequence : (str, str)
        Method that buys the queries that are asked in sequence, and the vote of the adaptive one.
    """

    selectors: Registry
    votes: Registry
    baseline: tuple[str, str]
    verifier: Verifier | None = None
    in_sequence: tuple[str, str] = ("greedy-logit", "logit")

    @property
    def sequences(self) -> Registry:
        """Methods that ask in sequence."""
        return SEQUENCES if self.verifier is None else VERIFIER_SEQUENCES

    @property
    def methods(self) -> Registry:
        """All methods: those that buy a set, and those that ask in sequence."""
        return Registry("method", {**self.selectors.addresses, **self.sequences.addresses})

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
        if method in self.sequences:
            return self.sequences[method].matched_vote or self.in_sequence[1]
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
        who = self.verifier
        return VerifiedSet(selector, budget, who.false_accept, who.false_reject, who.cost)

    def sequence(
        self, method: str, budget: int, money: float | None, mean_budget: float | None
    ) -> Any:
        """A policy that asks in sequence, not fitted: the queries of `in_sequence`.

        The rules of the literature come with their own thresholds, and know no mean budget.
        """
        selector = self.selector(self.in_sequence[0], money)
        if self.verifier is not None:
            who = self.verifier
            return VerifiedSequence(selector, budget, who.false_accept, who.false_reject, who.cost)
        vote = self.votes[self.vote_of(method)]()
        if method == ADAPTIVE:
            # Samples of one model are exchangeable: they are asked as they come.
            of_one_model = self.in_sequence == OF_ONE_MODEL
            return Sequential(
                selector,
                vote,
                budget,
                rule=PolyaUrn() if of_one_model else None,
                mean_budget=mean_budget,
                cheap_first=not of_one_model,
            )
        return Sequential(selector, vote, budget, rule=self.sequences[method]())

    def sequence_for_money(self, budget: int, mean_money: float) -> Any:
        """A policy that asks in sequence at a mean cost, cheap queries before dear ones.

        A verifier's sequence has no mean to choose: it stops when an answer passes.
        """
        if self.verifier is not None:
            return self.sequence(ADAPTIVE, budget, mean_money, None)
        method, vote = self.in_sequence
        by_price = method == "greedy-logit" and not self.is_open
        selector = self.selector("gain-per-cost" if by_price else method)
        rule = PolyaUrn() if self.in_sequence == OF_ONE_MODEL else None
        return Sequential(selector, self.votes[vote](), budget, rule, mean_money=mean_money)

    def asking(self, family: tuple[str, str]) -> Setting:
        """The same, but that other queries are asked in sequence, with another vote."""
        return replace(self, in_sequence=family)

    def single_policy(self, money: float | None) -> Any:
        """The single best query, whose answer is taken as it stands."""
        selector = self.selector(SINGLE, money)
        if self.verifier is not None:
            return VerifiedSet(selector)  # of one that never errs: an answer is right, or it is not
        # On open answers a probability of one query's answer leaves room for none being right.
        return FixedSet(selector, OPEN_VOTES["majority"]() if self.is_open else None)


CLOSED_SETTING = Setting(SELECTORS, VOTES, ("top-k", "weighted"))
OPEN_SETTING = Setting(
    OPEN_SELECTORS, OPEN_VOTES, ("top-k", "majority"), in_sequence=("top-k", "majority")
)
OF_ONE_MODEL = ("self-moa", "majority")
"""What is asked in sequence of samples of one model: they are exchangeable, and so are votes."""
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
        sequence = ("greedy-coverage", VERIFIER)
        return Setting(VERIFIER_SELECTORS, NO_VOTES, ("top-k", VERIFIER), who, sequence)
    if table.kind == VERDICTS:
        raise InputError(
            f"{table.name}: only right or wrong is known of each answer, so there is nothing to "
            "vote on; with a verifier (--verifier, verifier=True) an item counts as solved if any "
            "bought query is right"
        )
    setting = OPEN_SETTING if table.kind == OPEN else CLOSED_SETTING
    if len(set(table.models)) == 1 < table.n_queries:
        return replace(setting, in_sequence=OF_ONE_MODEL)
    return setting
