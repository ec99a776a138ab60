"""Ask one query after another, and stop when the answer is settled."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ensel.exceptions import InputError
from ensel.policies.base import DamagedPolicy, Policy
from ensel.policies.coded import in_positions, positions, unlabelled_codes
from ensel.policies.fixed_set import Unaffordable, at_budget, purchase
from ensel.policies.live import Answer, Answers, check_wave
from ensel.policies.live_stages import LiveStages
from ensel.policies.order import CheapFirst, by_gain_per_price, prices_differ, prices_of
from ensel.policies.polya_urn import POLYA_URN, PolyaUrn
from ensel.policies.saved_votes import vote_from_data, vote_to_data
from ensel.policies.stages import Stages, counted, crossed, prefix_votes, replayed
from ensel.policies.stopping import RULES, LearnedRule, StoppingRule
from ensel.policies.thresholds import (
    Curve,
    best_of,
    check_numbers,
    curve_of,
    learned_rules,
    limit_of,
    stop_stages,
    within,
)
from ensel.policies.training import TrainingSet
from ensel.table.codes import as_codes
from ensel.voting.logit import LogitVote
from ensel.voting.open import OpenVote

FOLDS, N_LEVELS = 10, 20
TOLERANCE = 0.0015
"""Accuracy that may be lost to asking everything, unless said otherwise: .15 points."""


class Sequential(Policy):
    """The queries of a set, asked one after another until the answer is settled.

    Every number of answers has a vote of its own, fitted on so many. After each answer a rule says
    what stopping is expected to cost, and the policy stops where that is at most its threshold; it
    never stops before one usable answer. Rule and threshold are chosen on the training items, by
    ten-fold cross-validation of order and votes, unless they are given.

    Parameters
    ----------
    selector : estimator, optional
        Buys the queries; they are asked in the order of buying. Default: every query of the pool,
        as they stand.
    vote : estimator, optional
        One of `ensel.voting`; default: the logit vote.
    budget : int, optional
        Most queries of an item; default, the selector's own.
    rule : str or StoppingRule, optional
        Of ``overturn gain posterior`` (`LearnedRule`), or one of your own; default: chosen.
    threshold : float, optional
        Highest score at which it stops; default: the rule's own, or chosen.
    mean_budget : float, optional
        Most queries of an item on average: the threshold is the best under it.
    mean_money : float, optional
        Most that an item may cost on average, in place of it; needs costs.
    tolerance : float
        Accuracy that may be lost to asking everything, where neither a limit on the mean nor a
        threshold is given, by the user or by the rule.
    n_folds : int
        Of the cross-validation.
    unlabelled : ndarray of int, shape (n_others, n_queries), optional
        Answers to other questions, as codes, of all queries of the pool. Their labels are not
        needed to see whether going on would change the answer, and the votes have not learned from
        them: they teach when to stop, beside the training items.
    cheap_first : bool
        Whether, where prices differ, the same queries may also be asked by gain per price: they are
        where that costs less at the tolerable loss (or loses less under the limit), held out.

    Attributes
    ----------
    columns_ : tuple of int
        Queries in the order of asking.
    votes_ : tuple of estimator
        Fitted: of the first query, of the first two, and so on.
    rule_ : StoppingRule
        Fitted.
    threshold_ : float
    levels_ : ndarray of float
        Thresholds from strict to loose, at even steps of the mean cost: what `certify` tests.

    See Also
    --------
    FixedSet : Asks all of them of every item.
    CertifiedSequential : Stops no earlier than labels can vouch for.

    References
    ----------
    The formulation (votes of every prefix, rules learned without labels) is derived here; the
    rules of the literature are in `ensel.policies.published_rules`.

    Examples
    --------
    Two queries that are always right: the second is never asked.

    >>> X, y = np.array([[0, 0], [1, 1]] * 20), np.array([0, 1] * 20)
    >>> policy = Sequential().fit(X, y)
    >>> policy.asked(X).sum(axis=0).tolist(), policy.next({"0": 1}), policy.answer({"0": 1}).label
    ([40, 0], (), 1)
    """

    _order = CheapFirst.NO

    def __init__(
        self,
        selector: Any = None,
        vote: Any = None,
        budget: int | None = None,
        rule: Any = None,
        threshold: float | None = None,
        mean_budget: float | None = None,
        mean_money: float | None = None,
        tolerance: float = TOLERANCE,
        n_folds: int = FOLDS,
        unlabelled: Any = None,
        cheap_first: bool = True,
    ) -> None:
        self.unlabelled = unlabelled
        self.cheap_first = cheap_first
        self.selector = selector
        self.vote = vote
        self.budget = budget
        self.rule = rule
        self.threshold = threshold
        self.mean_budget = mean_budget
        self.mean_money = mean_money
        self.tolerance = tolerance
        self.n_folds = n_folds

    # -- learning ---------------------------------------------------------------------------------

    def fit_to(self, training: TrainingSet, draw: int = 0) -> Self:
        """Buy queries, learn a vote for every number of answers, and when to stop.

        See `Policy.fit_to`.

        Raises
        ------
        UnfilledBudget
            If the selector buys fewer queries than the budget, and money is not why.
        """
        self._check_parameters()
        self.n_features_in_ = training.n_queries
        self.classes_, coded = in_positions(
            training, self.is_open, getattr(self._vote, "n_classes", None)
        )
        self._learn(coded, draw)
        return self

    def _learn(self, training: TrainingSet, draw: int) -> None:
        """Learn from class positions; where prices differ, in the order that is cheaper."""
        self._learn_in_order(training, draw, CheapFirst.NO)
        if self.cheap_first and prices_differ(training, self.columns_) and not self.is_open:
            cheap_first = copy.copy(self)
            cheap_first._learn_in_order(training, draw, CheapFirst.YES)
            if cheap_first._operating < self._operating:
                self.__dict__.update(cheap_first.__dict__)

    def _learn_in_order(self, training: TrainingSet, draw: int, order: CheapFirst) -> None:
        self._order = order
        bought = self._bought(training, draw)
        assert bought is not None
        self.columns_ = bought
        self.votes_ = prefix_votes(training, self._vote, self.columns_)
        self._learn_when_to_stop(training, draw)

    def _learn_when_to_stop(self, training: TrainingSet, draw: int) -> None:
        self._operating: tuple[float, float] = (0.0, 0.0)
        rules, given = self._rules(), self.threshold
        for rule in rules:
            rule.learn_from(training, self.columns_, self._vote)
        limit = limit_of(self.mean_budget, self.mean_money, training.costs)
        if len(rules) == 1 and given is None and limit is None:
            given = rules[0].threshold
        if given is not None and not rules[0].learns:
            self.rule_, self.threshold_ = rules[0], float(given)
            self.levels_ = np.array([self.threshold_])
            return

        curves = self.curves(training, rules, draw)
        if limit is not None and given is None and not curves[0].can_keep(limit):
            raise Unaffordable(limit.most)
        curve, place = best_of(curves, self.tolerance, limit)
        self.rule_, self.levels_ = curve.rule, curve.levels(N_LEVELS)
        self._operating = curve.key(place, limit)
        self.threshold_ = float(curve.thresholds[place] if given is None else given)
        if limit is not None and given is None:
            rule, stages = self.rule_, self.stages_of(training.X)
            self.threshold_ = within(stages, rule, prices_of(training, self.columns_), limit)

    def _rules(self) -> list[Any]:
        """Unfitted rules: the one that is given, or those to choose from."""
        if isinstance(self.rule, StoppingRule):
            return [copy.deepcopy(self.rule)]
        return learned_rules(self.rule)

    def curves(
        self, training: TrainingSet, rules: Sequence[StoppingRule], draw: int = 0
    ) -> list[Curve]:
        """What each rule would cost and lose at each threshold: see `curve_of`."""
        stages = self.crossed_stages(training, draw)
        dealt = training.dealt(self.n_folds, by_label=not self.is_open)
        folds, weights = dealt[dealt >= 0], counted(training)
        if self.unlabelled is not None:
            others = self.stages_of(unlabelled_codes(self.unlabelled, self.n_features_in_))
            stages = stages.followed_by(others)
            shuffled = np.random.default_rng(0).permutation(len(others.best))
            folds = np.concatenate([folds, shuffled % self.n_folds])
            weights = np.concatenate([weights, np.ones(len(others.best))])
        paid = prices_of(training, self.columns_)
        return [curve_of(rule, stages, folds, weights, paid) for rule in rules]

    def crossed_stages(self, training: TrainingSet, draw: int = 0) -> Stages:
        """Held-out votes of every stage on the training items: see `crossed`."""

        def buy(part: TrainingSet) -> tuple[int, ...] | None:
            try:
                return self._bought(part, draw)
            except ValueError:  # a part that lacks a class, or samples of its best model
                return None

        return crossed(training, buy, self._vote, self.columns_, self.n_folds)

    def _bought(self, training: TrainingSet, draw: int) -> tuple[int, ...] | None:
        """Columns in the order of asking."""
        if self.selector is None:
            columns = tuple(range(training.n_queries))[: self.budget]
        else:
            columns = purchase(at_budget(self.selector, self.budget), training, draw)[1]
        return by_gain_per_price(training, columns) if self._order is CheapFirst.YES else columns

    @property
    def _vote(self) -> Any:
        return LogitVote() if self.vote is None else self.vote

    @property
    def is_open(self) -> bool:
        """Whether every item has options of its own."""
        return isinstance(self._vote, OpenVote)

    def _check_parameters(self) -> None:
        if not (self.rule is None or isinstance(self.rule, StoppingRule) or self.rule in RULES):
            raise InputError(f"rule {self.rule!r}: one of {', '.join(RULES)} is needed")
        check_numbers(self)
        if not hasattr(self._vote, "predict_proba"):
            raise InputError(
                f"vote {self._vote!r}: when to stop goes by probabilities; predict_proba is needed"
            )

    # -- replay -----------------------------------------------------------------------------------

    def stages_of(self, X: np.ndarray) -> Stages:
        """The vote of every stage.

        Parameters
        ----------
        X : ndarray of int, shape (n_items, n_queries)
            Class positions.

        Returns
        -------
        Stages
        """
        return replayed(self.votes_, self.columns_, X)[0]

    def _replayed(self, X: Any) -> tuple[np.ndarray, list[np.ndarray]]:
        """The stage at which each item stops, and the votes of all stages."""
        check_is_fitted(self)
        codes = self.positions_of(self.matrix_of(X))
        stages, probabilities = replayed(self.votes_, self.columns_, codes)
        return stop_stages(stages, self.rule_.scores(stages), self.threshold_), probabilities

    def positions_of(self, X: np.ndarray) -> np.ndarray:
        """Answers as class positions; of open ones, as codes, of which the votes know the most."""
        if isinstance(self.votes_[-1], OpenVote):
            return as_codes(X)
        return positions(X, self.classes_)

    def asked(self, X: Any) -> np.ndarray:
        """The queries up to where each item is settled: see `Policy.asked`."""
        stops = self._replayed(X)[0]
        mask = np.zeros((len(stops), self.n_features_in_), dtype=bool)
        mask[:, list(self.columns_)] = np.arange(len(self.columns_)) <= stops[:, None]
        return mask

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities by the vote of the answers that were asked: see `Policy.predict_proba`."""
        stops, probabilities = self._replayed(X)
        p = np.empty_like(probabilities[0])
        for stage, of_stage in enumerate(probabilities):
            p[stops == stage] = of_stage[stops == stage]
        return p

    def full_proba(self, X: Any) -> np.ndarray:
        """Probabilities by the vote of all answers: what asking everything would say.

        Parameters
        ----------
        X : array_like of int, shape (n_items, n_queries)

        Returns
        -------
        ndarray of float, shape (n_items, n_classes)
        """
        return self._replayed(X)[1][-1]

    # -- live -------------------------------------------------------------------------------------

    def next(self, answers: Answers, n: int = 1) -> tuple[str, ...]:
        """What to ask now: see `LivePolicy.next`.

        Plain Python for our votes; a service may call it for every question.
        """
        check_wave(n)
        return self._live.next(answers, n)

    def answer(self, answers: Answers) -> Answer:
        """What to say: see `LivePolicy.answer`.

        Goes by the answers in the order of asking, up to the first query that was not asked.
        """
        stage = self._live.n_in_order(answers)
        return self._answer_at(max(stage, 1) - 1, answers, settled=self.next(answers) == ())

    def full_answer(self, answers: Answers) -> Answer:
        """What to say when everything was asked; what was not is taken as unusable."""
        return self._answer_at(len(self.columns_) - 1, answers, settled=True)

    def _answer_at(self, stage: int, answers: Answers, settled: bool) -> Answer:
        check_is_fitted(self)
        row = self.positions_of(self._row_of(answers)[None, :])
        p = self.votes_[stage].predict_proba(row[:, sorted(self.columns_[: stage + 1])])[0]
        best = int(p.argmax())
        return Answer(self._label_of(best, answers), float(p[best]), settled)

    @property
    def _live(self) -> LiveStages:
        """The live half, built when first asked for."""
        known = self.__dict__.get("_live_stages")
        if known is None or known.made_for != self._fingerprint():
            check_is_fitted(self)
            known = self.__dict__["_live_stages"] = LiveStages(self, self._fingerprint())
        return known

    def _fingerprint(self) -> tuple[Any, ...]:
        """Changes where the policy is fitted again, or its threshold is set."""
        return self.votes_, self.rule_, self.threshold_, self.query_names, self.class_names

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop("_live_stages", None)
        return state

    def _to_ask(self, row: np.ndarray, taken: np.ndarray) -> Sequence[int]:
        return [j for j in self.columns_ if not taken[j]]

    # -- files ------------------------------------------------------------------------------------

    def to_data(self) -> dict[str, Any]:
        """Order, votes and rule, for a file."""
        stops = {"threshold": self.threshold_, "levels": self.levels_.tolist()}
        return {
            "asks": list(self.columns_),
            "stops": stops | self.rule_.to_data(),
            "votes": [vote_to_data(vote) for vote in self.votes_],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_queries: int, n_classes: int) -> Self:
        """A fitted policy from what `to_data` gave: see `Policy.from_data`."""
        columns = tuple(int(j) for j in data["asks"])
        if not columns or sorted(set(columns) & set(range(n_queries))) != sorted(columns):
            raise DamagedPolicy(f"asks {list(columns)} of {n_queries} queries")
        if len(data["votes"]) != len(columns):
            raise DamagedPolicy(f"{len(data['votes'])} votes for {len(columns)} queries")
        policy = cls()
        policy.columns_, policy.n_features_in_ = columns, n_queries
        policy.classes_ = np.arange(n_classes)
        policy.votes_ = tuple(
            vote_from_data(vote, size, n_classes) for size, vote in enumerate(data["votes"], 1)
        )
        kept = PolyaUrn if data["stops"]["kind"] == POLYA_URN else LearnedRule
        policy.rule_ = kept.from_data(data["stops"], len(columns))
        policy.threshold_ = float(data["stops"]["threshold"])
        policy.levels_ = np.array(data["stops"]["levels"], dtype=float)
        if not np.isfinite(policy.threshold_):
            raise DamagedPolicy(f"threshold {policy.threshold_}")
        return policy
