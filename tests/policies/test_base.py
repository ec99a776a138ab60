"""What all policies share: a narrowed one knows no query but its own, and does the same."""

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, load_policy
from ensel.error_model import simulate
from ensel.policies import CertifiedSequential, FixedSet, Sequential, VerifiedSequence, VerifiedSet
from ensel.registry import VOTES
from ensel.selection import GreedyMI, SelfMoA, TopK
from ensel.voting import MajorityVote, MAPVote, WeightedVote

POLICIES = {
    "fixed": lambda: FixedSet(TopK(budget=3), MAPVote()),
    "sequential": lambda: Sequential(TopK(budget=3), WeightedVote(), n_folds=2),
    "certified": lambda: CertifiedSequential(
        GreedyMI(budget=3), WeightedVote(), loss=0.2, n_folds=2
    ),
}


@pytest.fixture(scope="module")
def pool():
    """Simulated: the best queries are neither first nor in the order of their names."""
    rates = [0.4, 0.2, 0.35, 0.15, 0.45, 0.25]
    return simulate(150, rates, 0.3, n_classes=3, random_state=2)


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("vote", sorted(VOTES))
def test_narrowed_it_replays_the_same_and_needs_no_other_answers(pool, name, vote, tmp_path):
    wide = POLICIES[name]().set_params(vote=VOTES[vote]()).fit_table(pool, method="mine")
    narrow = wide.narrowed()
    assert type(narrow) is type(wide)
    bought = [wide.query_names[j] for j in wide.columns_]
    assert [narrow.query_names[j] for j in narrow.columns_] == bought
    assert list(narrow.query_names) == [n for n in pool.query_names if n in bought]  # old order
    assert [query["name"] for query in narrow.queries] == list(narrow.query_names)
    assert narrow.n_features_in_ == 3
    assert narrow.about == {"method": "mine"}

    own = pool.subset(queries=list(narrow.query_names))
    pd.testing.assert_frame_equal(narrow.replay(own), wide.replay(pool))
    pd.testing.assert_frame_equal(narrow.replay(pool), wide.replay(pool))
    kept = [pool.query_names.index(n) for n in narrow.query_names]
    np.testing.assert_array_equal(narrow.asked(own.answers), wide.asked(pool.answers)[:, kept])
    assert getattr(narrow, "certificate_", None) is getattr(wide, "certificate_", None)
    pd.testing.assert_frame_equal(narrow.narrowed().replay(own), narrow.replay(own))
    narrow.save(tmp_path / "p.json")
    pd.testing.assert_frame_equal(load_policy(tmp_path / "p.json").replay(own), wide.replay(pool))


@pytest.mark.parametrize("name", POLICIES)
def test_live_a_narrowed_policy_asks_the_same_and_the_wide_one_stays(pool, name):
    wide = POLICIES[name]().fit_table(pool)
    first = wide.next({})  # the live half is built before it is narrowed
    narrow = wide.narrowed()
    assert narrow.next({}) == first
    answers = {first[0]: "0"}
    for told in (answers, {first[0]: None}):
        assert narrow.next(told, 5) == wide.next(told, 5)
        assert narrow.answer(told) == wide.answer(told)
    others = set(pool.query_names) - set(narrow.query_names)
    with pytest.raises(InputError, match="which the policy does not ask"):
        narrow.next({others.pop(): "0"})
    assert (wide.n_features_in_, len(wide.query_names)) == (6, 6)


@pytest.mark.parametrize("kind", [VerifiedSet, VerifiedSequence])
def test_what_a_verifier_picks_is_narrowed_too(pool, kind):
    verdicts = pool.verdicts()
    wide = kind(TopK(budget=2)).fit_table(verdicts)
    narrow = wide.narrowed()
    assert narrow.next({}, 5) == wide.next({}, 5)
    own = verdicts.subset(queries=list(narrow.query_names))
    X, y = own.answers, own.labels
    np.testing.assert_array_equal(narrow.spent(X, y).asked, wide.spent(verdicts.answers, y).asked)


def test_of_samples_of_one_model(pool):
    table = pool.replace(queries=["k", "m#1", "j", "m#2", "i", "h"])
    policy = FixedSet(SelfMoA(2), MajorityVote())
    wide = policy.fit_table(table)
    assert set(wide.narrowed().query_names) == {"m#1", "m#2"}
    pd.testing.assert_frame_equal(wide.narrowed().replay(table), wide.replay(table))


def test_fitted_on_an_array_it_is_narrowed_by_numbers(pool):
    wide = Sequential(TopK(budget=2), WeightedVote(), n_folds=2).fit(pool.answers, pool.labels)
    narrow = wide.narrowed()
    assert narrow.query_names == ("1", "3")
    assert narrow.queries == ()
    X = pool.answers[:, [1, 3]]
    np.testing.assert_array_equal(narrow.predict(X), wide.predict(pool.answers))
