"""Laws of votes on open answers hold for the package's own, and name bugs put in on purpose."""

import numpy as np
import pytest

from ensel.registry import OPEN_VOTES
from ensel.testing import OPEN_VOTE_LAWS, BrokenLaw, check_open_vote
from ensel.voting import OpenMajority


@pytest.mark.parametrize("name", sorted(OPEN_VOTES))
def test_open_votes(name, few):
    assert check_open_vote(OPEN_VOTES[name], tolerance=1e-8, max_examples=few).broken == []


def counted(asked, n_classes):
    """Votes for each option; a hair more for those of the first columns, which settles ties."""
    hair = 1e-8 / 2.0 ** np.arange(asked.shape[1])
    return np.einsum("ijk,j->ik", asked[:, :, None] == np.arange(n_classes), 1 + hair)


def shares(answers, labels, asked, n_classes):
    """Votes for each option, and one for none of them: what the bugs are put into."""
    votes = counted(asked, n_classes)
    return votes / (votes.sum(axis=1, keepdims=True) + 1)


def unnormalised(answers, labels, asked, n_classes):
    return counted(asked, n_classes)


def add_one(answers, labels, asked, n_classes):
    votes = counted(asked, n_classes) + 0.1
    return votes / votes.sum(axis=1, keepdims=True)


def fills_in_place(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    asked[asked < 0] = 0
    return p


def unseeded(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    return p * np.random.default_rng().random((len(p), 1))


def first_code_wins_ties(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    return p * (1 - 1e-3 * np.arange(n_classes))


def knows_the_codes(answers, labels, asked, n_classes):
    often = np.bincount(labels, minlength=n_classes) + 1.0
    votes = counted(asked, n_classes) * often
    return votes / (votes.sum(axis=1, keepdims=True) + 1)


def counts_spare_labels(answers, labels, asked, n_classes):
    spare = (labels == 4).mean()
    return shares(answers, labels, asked, n_classes) * (1 - spare / 2)


def silence_is_a_voice(answers, labels, asked, n_classes):
    return counted(asked, n_classes) / (asked.shape[1] + 1)


def only_what_was_seen(answers, labels, asked, n_classes):
    seen = {tuple((row[:, None] == row).ravel()) for row in answers}
    p = shares(answers, labels, asked, n_classes)
    known = [tuple((row[:, None] == row).ravel()) in seen or (row >= 0).sum() < 2 for row in asked]
    return np.where(np.array(known)[:, None], p, np.nan)


def relative_to_the_others(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    return p / np.maximum(p.sum(), 1)


def last_item_counts(answers, labels, asked, n_classes):
    p = shares(answers, labels, asked, n_classes)
    return p * (0.5 + 0.5 * (answers[-1] == labels[-1]).any())


def first_column_twice(answers, labels, asked, n_classes):
    return shares(answers, labels, asked[:, [0, *range(asked.shape[1])]], n_classes)


def timid(answers, labels, asked, n_classes):
    return shares(answers, labels, asked, n_classes) / 2


def rarest(answers, labels, asked, n_classes):
    votes = counted(asked, n_classes)
    odds = np.where(votes > 0, 20.0 / np.maximum(votes, 1), 0)
    return odds / (odds.sum(axis=1, keepdims=True) + 1)


class Second(OpenMajority):
    """Chooses the least probable of the options given."""

    def predict(self, X):
        p = self.predict_proba(X)
        best = np.where(p > 0, p, 2).argmin(axis=1)
        return np.where((np.asarray(X) >= 0).any(axis=1), best, -1)


class AlwaysSpeaks(OpenMajority):
    """Chooses option 0 where nobody answers."""

    def predict(self, X):
        return np.maximum(super().predict(X), 0)


class SureOfItself(OpenMajority):
    """Leaves nothing for none of them."""

    def none_proba(self, X):
        return np.zeros(len(X))


class Unweighted(OpenMajority):
    """Takes weights, and does not use them."""

    def fit(self, X, y, sample_weight=None, models=None):
        return super().fit(X, y)


@pytest.mark.parametrize(
    ("vote", "law"),
    [
        (unnormalised, "probabilities"),
        (SureOfItself, "probabilities"),
        (add_one, "options given"),
        (Second, "most probable option"),
        (AlwaysSpeaks, "silent item"),
        (fills_in_place, "inputs kept"),
        (first_code_wins_ties, "codes redrawn"),
        (knows_the_codes, "codes redrawn"),
        (counts_spare_labels, "unknown truth"),
        (silence_is_a_voice, "missing abstains"),
        (only_what_was_seen, "unseen patterns"),
        (relative_to_the_others, "company of items"),
        (Unweighted, "weights are repeats"),
        (last_item_counts, "order of items"),
        (first_column_twice, "order of columns"),
    ],
)
def test_open_vote_bugs_are_named(vote, law, broken):
    assert broken(check_open_vote, vote) == law


@pytest.mark.parametrize(
    ("vote", "law"),
    [(timid, "unanimous"), (rarest, "one more backer"), (rarest, "better than chance")],
)
def test_bugs_that_show_on_reliable_queries_are_named(vote, law, few):
    assert law in check_open_vote(vote, max_examples=few, report=True).broken


def test_what_the_open_vote_bugs_are_put_into_has_none(few):
    report = check_open_vote(shares, max_examples=few, report=True)
    assert report.broken == []
    assert report.skipped == ["weights are repeats"]


def test_a_vote_that_draws_without_a_seed_is_named(few):
    with pytest.raises(BrokenLaw, match="same seed"):
        check_open_vote(unseeded, max_examples=few)


def test_every_law_of_the_table_is_tried(few):
    report = check_open_vote(OpenMajority, max_examples=1, report=True)
    assert list(report.rows["law"]) == [law.name for law in OPEN_VOTE_LAWS]
    assert report.skipped == []


def weighted_options(asked, weights, n_classes):
    votes = np.einsum("ijk,j->ik", asked[:, :, None] == np.arange(n_classes), weights)
    return votes * (1 + counted(asked, n_classes) / 1e8) / (votes.sum(axis=1, keepdims=True) + 0.1)


def by_accuracy_where_answered(answers, labels, asked, n_classes):
    """A query that answered one item rightly has the accuracy 1."""
    right, answered = (answers == labels[:, None]).sum(axis=0), (answers >= 0).sum(axis=0)
    return weighted_options(asked, right / np.maximum(answered, 1) + 1e-3, n_classes)


def by_smoothed_accuracy(answers, labels, asked, n_classes):
    right, answered = (answers == labels[:, None]).sum(axis=0), (answers >= 0).sum(axis=0)
    return weighted_options(asked, (right + 0.5) / (answered + 1), n_classes)


def test_an_open_vote_that_weighs_answered_items_only_is_named(few):
    with pytest.raises(BrokenLaw, match="rare answers") as caught:
        check_open_vote(by_accuracy_where_answered, max_examples=few)
    # Weights 11/12 and 1 of 12 items: (.9177 : 1.001) / (1.9187 + .1).
    assert caught.value.found == (
        "where they disagree, the option of 'good' has 0.455, of 'rare' 0.496"
    )
    assert caught.value.example["table"].n_items == 12


def test_an_open_vote_that_does_not_trust_one_right_answer_keeps_the_law(few):
    report = check_open_vote(by_smoothed_accuracy, max_examples=few, report=True)
    assert "rare answers" not in report.broken
