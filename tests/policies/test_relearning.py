"""When to stop is learned from answers alone: labels change nothing, and more answers help."""

import numpy as np
import pytest

from ensel import InputError, PredictionTable
from ensel.policies import CertifiedSequential, FixedSet, Sequential
from ensel.policies.base import DamagedPolicy
from ensel.policies.of_tables import codes_like
from ensel.policies.relearning import relearn_stopping
from ensel.voting import MajorityVote


def simulated(n_items, seed=0, name="simulated"):
    """Five queries, two classes; each is wrong on a fifth of the items, often together."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=n_items)
    hard = rng.random((n_items, 1)) < 0.2
    wrong = rng.random((n_items, 5)) < np.where(hard, 0.6, 0.1)
    return PredictionTable(
        np.where(wrong, 1 - labels[:, None], labels[:, None]),
        labels,
        classes=["no", "yes"],
        queries=list("abcde"),
        name=name,
    )


def test_labels_are_not_looked_at():
    policy = Sequential(n_folds=3).fit_table(simulated(120))
    others = simulated(200, seed=1)
    turned = PredictionTable(
        others.answers, 1 - others.labels, classes=others.classes, queries=others.query_names
    )
    bare = PredictionTable(others.answers, classes=others.classes, queries=others.query_names)
    one, two, three = (relearn_stopping(policy, t) for t in (others, turned, bare))
    assert one.threshold_ == two.threshold_ == three.threshold_
    assert one.rule_.to_data() == two.rule_.to_data() == three.rule_.to_data()


def test_order_and_votes_stay_and_the_policy_is_not_changed():
    policy = Sequential(n_folds=3).fit_table(simulated(120))
    before = policy.threshold_
    again = relearn_stopping(policy, simulated(400, seed=2), mean_budget=2)
    assert again.columns_ == policy.columns_
    assert again.votes_ is policy.votes_
    assert policy.threshold_ == before
    asked = again.replay(simulated(2000, seed=3))["asked"].mean()
    assert asked < 2.15  # 2 on the answers that it learned from, give or take their luck


def test_unlabelled_answers_beside_the_training_items():
    table, others = simulated(120), simulated(1000, seed=4)
    X = codes_like(others, table)
    np.testing.assert_array_equal(X, others.answers)
    alone = Sequential(n_folds=3).fit_table(table)
    together = Sequential(n_folds=3, unlabelled=X).fit_table(table)
    assert together.columns_ == alone.columns_
    # 120 items leave no room for a loss that was not seen (.7 / 120 > .0015); 1,120 do.
    fresh = simulated(2000, seed=5)
    assert together.replay(fresh)["asked"].mean() <= alone.replay(fresh)["asked"].mean()


def test_columns_and_classes_are_taken_by_name():
    table = simulated(50)
    others = simulated(30, seed=6).subset(queries=list("edcba"))
    turned = PredictionTable(
        np.where(others.answers == 0, 1, 0), classes=["yes", "no"], queries=others.query_names
    )
    np.testing.assert_array_equal(codes_like(turned, table), simulated(30, seed=6).answers)


def test_what_cannot_learn_is_refused():
    table = simulated(60)
    fixed = FixedSet(None, MajorityVote()).fit_table(table)
    with pytest.raises(InputError, match="a FixedSet is given; only what asks in sequence"):
        relearn_stopping(fixed, table)
    with pytest.raises(InputError, match="codes of all 5 queries are needed"):
        Sequential(unlabelled=np.zeros((3, 2), dtype=int)).fit_table(table)
    policy = Sequential(n_folds=2).fit_table(table)
    with pytest.raises(InputError, match="no answers of e, which the policy asks"):
        relearn_stopping(policy, table.subset(queries=list("abcd")))


def test_a_certified_policy_is_not_learned_anew():
    """Its promise holds for its own threshold."""
    certified = CertifiedSequential(loss=0.1, n_folds=3).fit_table(simulated(400))
    with pytest.raises(InputError, match="whose promise holds for its own threshold"):
        relearn_stopping(certified, simulated(200, seed=1))
    data = certified.to_data()
    data["stops"] = data["stops"] | {"threshold": certified.threshold_ + 0.01}
    with pytest.raises(DamagedPolicy, match="not the certified one"):
        CertifiedSequential.from_data(data, 5, 2)
