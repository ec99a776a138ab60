"""Laws of policies hold for one that keeps them by its making, and name every bug put into it."""

from collections import Counter, namedtuple
from functools import partial

import numpy as np
import pandas as pd
import pytest

from ensel.testing import BrokenLaw, check_policy

Answer = namedtuple("Answer", ["label", "probability", "settled"])


class UntilSettled:
    """Asks the most accurate queries one after another, until no other class can catch up.

    Replayed, it is run live on each item: what it does with one item is written once, in `next`
    and `shares`, which see the answers they are told and nothing else.
    """

    def __init__(self, most=3):
        self.most = most

    def fit(self, X, y, *, models=None, costs=None, sample_weight=None):
        answers = np.asarray(X)
        self.query_names = [str(name) for name in pd.DataFrame(X)]
        self.classes_ = np.unique(y)
        right = (answers == np.asarray(y)[:, None]).mean(axis=0)
        best = np.argsort(-right, kind="stable")[: self.most]
        self.order_ = [self.query_names[j] for j in best]
        return self

    def counts(self, answers):
        """Votes for each class; the smallest number keeps silence from having no answer."""
        votes = Counter(answers.values())
        return [votes[label] + 0.01 for label in self.classes_.tolist()]

    def shares(self, answers):
        counts = np.array(self.counts(answers))
        return counts / counts.sum()

    def settled(self, answers):
        last, first = sorted(self.counts(answers))[-2:]
        return first - last > len(set(self.order_) - set(answers))

    def next(self, answers, n=1):
        ahead = [name for name in self.order_ if name not in answers]
        return () if self.settled(answers) else tuple(ahead[:n])

    def answer(self, answers):
        p = self.shares(answers)
        best = int(p.argmax())
        return Answer(self.classes_.tolist()[best], float(p[best]), self.settled(answers))

    def told(self, row):
        """What is asked of an item of known answers, and what comes back."""
        cached = dict(zip(self.query_names, row.tolist(), strict=True))
        answers = {}
        while wave := UntilSettled.next(self, answers):
            answers |= {name: None if cached[name] < 0 else cached[name] for name in wave}
        return answers

    def asked(self, X):
        told = [self.told(row) for row in np.asarray(X)]
        return np.array([[name in answers for name in self.query_names] for answers in told])

    def predict_proba(self, X):
        told = [self.told(row) for row in np.asarray(X)]
        return np.array([UntilSettled.shares(self, answers) for answers in told])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


# -- bugs: each class has one -------------------------------------------------------------------


class Nameless(UntilSettled):
    """Numbers its queries, whatever they are called."""

    def fit(self, X, y, **of_queries):
        return super().fit(np.asarray(X), y, **of_queries)


class AsksNothing(UntilSettled):
    """Does without an answer where the first one is missing."""

    def asked(self, X):
        first = self.query_names.index(self.order_[0])
        return super().asked(X) & (np.asarray(X)[:, [first]] >= 0)


class Unnormalised(UntilSettled):
    """Its probabilities are counts."""

    def predict_proba(self, X):
        return len(self.order_) * super().predict_proba(X)


class FillsInPlace(UntilSettled):
    """Takes missing answers for class 0, in the caller's table."""

    def predict_proba(self, X):
        X[X < 0] = 0
        return super().predict_proba(X)


class AddsToCosts(UntilSettled):
    """Adds a fee to the caller's costs."""

    def fit(self, X, y, *, costs=None, **of_queries):
        costs += 1
        return super().fit(X, y, costs=costs, **of_queries)


class Remembers(UntilSettled):
    """Adds what it is fitted on to what it was fitted on before."""

    def fit(self, X, y, **of_queries):
        seen = getattr(self, "seen", [])
        self.seen = [*seen, (np.asarray(X), np.asarray(y))]
        super().fit(X, y, **of_queries)
        right = np.concatenate([answers == labels[:, None] for answers, labels in self.seen])
        best = np.argsort(-right.mean(axis=0), kind="stable")[: self.most]
        self.order_ = [self.query_names[j] for j in best]
        return self


class Unseeded(UntilSettled):
    """Asks in an order that it draws, and says no seed."""

    def fit(self, X, y, **of_queries):
        super().fit(X, y, **of_queries)
        self.order_ = np.random.default_rng().permutation(self.query_names)[:2].tolist()
        return self


class PeeksToVote(UntilSettled):
    """Asks until settled, and votes over the whole pool."""

    def predict_proba(self, X):
        told = [dict(zip(self.query_names, row.tolist(), strict=True)) for row in np.asarray(X)]
        return np.array([self.shares(answers) for answers in told])


class PeeksToStop(UntilSettled):
    """Spares the last query where it would agree with the first."""

    def asked(self, X):
        asked = super().asked(X)
        first, last = (self.query_names.index(self.order_[k]) for k in (0, -1))
        asked[:, last] &= np.asarray(X)[:, first] != np.asarray(X)[:, last]
        return asked


class PeeksAtSilence(UntilSettled):
    """Predicts class 0 where any query of the pool has no answer."""

    def predict(self, X):
        silent = (np.asarray(X) < 0).any(axis=1)
        return np.where(silent, self.classes_[0], super().predict(X))


class RelativeToOthers(UntilSettled):
    """Probabilities are divided by their means over the items."""

    def predict_proba(self, X):
        p = super().predict_proba(X)
        p = p / p.mean(axis=0)
        return p / p.sum(axis=1, keepdims=True)


class SharedBudget(UntilSettled):
    """Items that come after three queries are spent are asked one query."""

    def asked(self, X):
        asked = super().asked(X)
        spent = np.cumsum(asked.sum(axis=1)) > 3
        first = np.array(self.query_names) == self.order_[0]
        return np.where(spent[:, None], first, asked)

    def predict_proba(self, X):
        told = np.where(self.asked(X), np.asarray(X), -1)
        return np.array([self.shares(dict(enumerate(row.tolist()))) for row in told])


class AnswersOtherwise(UntilSettled):
    """Live, the last answer decides."""

    def answer(self, answers):
        label, probability, settled = super().answer(answers)
        said = [a for a in answers.values() if a is not None]
        return Answer(said[-1] if said else label, probability, settled)


class Overconfident(UntilSettled):
    """Live, it is sure of what it says."""

    def answer(self, answers):
        return super().answer(answers)._replace(probability=1.0)


class AsksOnLive(UntilSettled):
    """Live, it never stops early."""

    def next(self, answers, n=1):
        return tuple(name for name in self.order_ if name not in answers)[:n]


class KeepsItsPlace(UntilSettled):
    """Counts its own calls, and so mixes up items that run side by side."""

    def next(self, answers, n=1):
        self.place = getattr(self, "place", -1) + 1
        wave = super().next(answers, n)
        return wave if self.place % 3 < 2 else ()


class AsksForMore(UntilSettled):
    """One query more than the wave may have."""

    def next(self, answers, n=1):
        return super().next(answers, n if n == 1 else n + 1)


def test_what_the_bugs_are_put_into_has_none(few):
    report = check_policy(UntilSettled, max_examples=few, report=True)
    assert report.broken == report.skipped == []


@pytest.mark.parametrize("subject", [UntilSettled(2), partial(UntilSettled, most=1)])
def test_instances_and_functions_that_make_one_will_do(subject, few):
    assert check_policy(subject, max_examples=few).broken == []


@pytest.mark.parametrize(
    ("policy", "law"),
    [
        (Nameless, "names of queries"),
        (AsksNothing, "asked queries"),
        (Unnormalised, "probabilities"),
        (FillsInPlace, "inputs kept"),
        (AddsToCosts, "inputs kept"),
        (Remembers, "same fit"),
        (PeeksToVote, "unasked answers"),
        (PeeksToStop, "unasked answers"),
        (PeeksAtSilence, "unasked answers"),
        (RelativeToOthers, "company of items"),
        (SharedBudget, "company of items"),
        (AnswersOtherwise, "replay is live"),
        (Overconfident, "replay is live"),
        (AsksOnLive, "replay is live"),
        (KeepsItsPlace, "replay is live"),
        (AsksForMore, "waves"),
    ],
)
def test_policy_bugs_are_named(policy, law, broken):
    assert broken(check_policy, policy) == law


def test_tables_that_a_policy_refuses_are_passed_over(few):
    class TwoModels(UntilSettled):
        def fit(self, X, y, *, models=None, **of_queries):
            if len(set(models)) < 2:
                raise ArithmeticError("one model")
            return super().fit(X, y, models=models, **of_queries)

    report = check_policy(TwoModels, max_examples=few, refuses=ArithmeticError, report=True)
    assert report.broken == []
    with pytest.raises(BrokenLaw, match="ArithmeticError: one model"):
        check_policy(TwoModels, max_examples=few)


def test_a_policy_that_draws_without_a_seed_is_named(few):
    with pytest.raises(BrokenLaw, match="same fit"):
        check_policy(Unseeded, max_examples=few)


def test_the_message_shows_the_item_and_what_changed(few):
    with pytest.raises(BrokenLaw) as caught:
        check_policy(PeeksToVote, max_examples=few)
    assert "with unasked answers changed: [[" in caught.value.found
    assert caught.value.found.startswith("item 0, answers [")


def test_what_makes_no_policy_is_refused():
    with pytest.raises(TypeError, match="a policy with fit and asked"):
        check_policy(3)
