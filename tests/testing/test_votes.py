"""Laws of votes hold for the package's own, and name bugs put in on purpose."""

import numpy as np
import pytest

from ensel.registry import VOTES
from ensel.testing import BrokenLaw, check_vote
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
    assert "of 13 laws broken" in str(report)


def weighted_shares(asked, weights, n_classes):
    votes = np.einsum("ijk,j->ik", asked[:, :, None] == np.arange(n_classes), weights) + 1e-3
    return votes / votes.sum(axis=1, keepdims=True)


def accuracy_where_answered(answers, labels):
    right, answered = (answers == labels[:, None]).sum(axis=0), (answers >= 0).sum(axis=0)
    return right / np.maximum(answered, 1)


def by_accuracy_where_answered(answers, labels, asked, n_classes):
    weights = accuracy_where_answered(answers, labels) + 1e-3
    return weighted_shares(asked, weights, n_classes)


def by_log_odds_where_answered(answers, labels, asked, n_classes):
    p = np.clip(accuracy_where_answered(answers, labels), 0.01, 0.99)
    scores = np.einsum(
        "ijk,j->ik",
        asked[:, :, None] == np.arange(n_classes),
        np.log((n_classes - 1) * p / (1 - p)),
    )
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def classes_by_accuracy_where_answered(answers, labels, asked, n_classes):
    return by_accuracy_where_answered(answers, labels, asked, n_classes).argmax(axis=1)


def by_accuracy(answers, labels, asked, n_classes):
    """A missing answer is not right."""
    weights = (answers == labels[:, None]).mean(axis=0) + 1e-3
    return weighted_shares(asked, weights, n_classes)


def by_smoothed_accuracy_where_answered(answers, labels, asked, n_classes):
    """One right answer of one is weak evidence: 1.5 / 2 (Jeffreys' prior)."""
    right, answered = (answers == labels[:, None]).sum(axis=0), (answers >= 0).sum(axis=0)
    return weighted_shares(asked, (right + 0.5) / (answered + 1), n_classes)


@pytest.mark.parametrize(
    ("vote", "found"),
    [
        # Weights 11/12 and 1 of 12 items: (.9177 : 1.002) / 1.9217.
        (by_accuracy_where_answered, "the class of 'good' has 0.478, of 'rare' 0.521"),
        # Odds 2 x 11 : 1 and 2 x 99 : 1 of three classes.
        (by_log_odds_where_answered, "the class of 'good' has 0.0995, of 'rare' 0.896"),
        (classes_by_accuracy_where_answered, "the class of 'rare' is chosen"),
    ],
)
def test_a_vote_that_weighs_answered_items_only_is_named(vote, found, few):
    report = check_vote(vote, max_examples=few, report=True)
    assert report.broken == ["rare answers"]
    with pytest.raises(BrokenLaw, match="rare answers") as caught:
        check_vote(vote, max_examples=few)
    assert caught.value.example["table"].n_items == 12
    assert found in caught.value.found


@pytest.mark.parametrize("vote", [by_accuracy, by_smoothed_accuracy_where_answered])
def test_votes_that_do_not_trust_one_right_answer_keep_the_laws(vote, few):
    check_vote(vote, max_examples=few)


def test_classes_that_count_heads_keep_the_law(few):
    def first_of_ties(answers, labels, asked, n_classes):
        return shares(answers, labels, asked, n_classes).argmax(axis=1)

    assert check_vote(first_of_ties, max_examples=few, report=True).broken == []
