"""Laws of votes hold for the package's own, and name bugs put in on purpose."""

import numpy as np
import pytest

from ensel.registry import VOTES
from ensel.testing import check_vote
from ensel.voting import MajorityVote


@pytest.mark.parametrize("name", sorted(VOTES))
def test_votes(name, few):
    check_vote(VOTES[name], tolerance=1e-9, max_examples=few)


def shares(answers, labels, asked, n_classes):
    """Shares of the votes, ties left alone: what the bugs are put into."""
    votes = (asked[:, :, None] == np.arange(n_classes)).sum(axis=1) + 1e-3
    return votes / votes.sum(axis=1, keepdims=True)


def unnormalised(answers, labels, asked, n_classes):
    return (asked[:, :, None] == np.arange(n_classes)).mean(axis=1)


def silence_is_the_last_class(answers, labels, asked, n_classes):
    return np.eye(n_classes)[asked].mean(axis=1)


def relative_to_the_others(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    p = p / p.mean(axis=0)
    return p / p.sum(axis=1, keepdims=True)


def first_column_twice(answers, labels, asked, n_classes):
    return shares(answers, labels, asked[:, [0, *range(asked.shape[1])]], n_classes)


def leans_to_class_0(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes) + 0.2 * np.eye(n_classes)[0]
    return p / p.sum(axis=1, keepdims=True)


def knows_the_prior(answers, labels, train, n_classes):
    p = shares(answers, labels, answers, n_classes)
    p = p * (np.bincount(labels, minlength=n_classes) + 1)
    return p / p.sum(axis=1, keepdims=True)


def only_patterns_seen(answers, labels, asked, n_classes):
    seen = {tuple(row): label for row, label in zip(answers.tolist(), labels, strict=True)}
    speaks = (asked >= 0).sum(axis=1) == 1
    known = [seen.get(tuple(row), -1) for row in asked.tolist()]
    return np.where(speaks, asked.max(axis=1), known)


class Second(MajorityVote):
    """Predicts the class of the smallest probability."""

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmin(axis=1)]


@pytest.mark.parametrize(
    ("vote", "law"),
    [
        (unnormalised, "probabilities"),
        (Second, "most probable class"),
        (silence_is_the_last_class, "missing abstains"),
        (relative_to_the_others, "company of items"),
        (knows_the_prior, "held-out labels"),
        (leans_to_class_0, "names of classes"),
        (first_column_twice, "order of columns"),
        (only_patterns_seen, "silent item"),
    ],
)
def test_vote_bugs_are_named(vote, law, broken):
    assert broken(check_vote, vote) == law


def test_what_the_vote_bugs_are_put_into_has_none(few):
    assert check_vote(shares, max_examples=few, report=True).broken == []


def test_a_constant_vote_is_no_better_than_chance(few):
    def always_0(answers, labels, asked):
        return np.zeros(len(asked), dtype=int)

    report = check_vote(always_0, max_examples=few, report=True)
    assert report.broken == ["missing abstains", "better than chance"]
    of_probabilities = ["probabilities", "most probable class"]
    assert report.skipped == [*of_probabilities, "names of classes", "order of columns"]
    assert "gives classes, no probabilities" in str(report)
    assert "of 12 laws broken" in str(report)
