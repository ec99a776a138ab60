"""Every policy keeps the laws of policies; live and replayed, it is one and the same."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from ensel import InputError, PredictionTable, load_policy
from ensel.policies import EstimatorPolicy, FixedSet, TrainingSet, UnfilledBudget
from ensel.registry import SELECTORS, VOTES
from ensel.selection import GreedyMI, SelfMoA, TopK
from ensel.testing import check_policy
from ensel.voting import MajorityVote, MAPVote, WeightedVote
from ensel.voting.own_answer import OwnAnswer


@pytest.mark.parametrize("vote", VOTES)
@pytest.mark.parametrize("method", ["top-k", "greedy-mi", "greedy-logit", "random"])
def test_fixed_sets_keep_the_laws(method, vote):
    check_policy(
        lambda: FixedSet(SELECTORS[method](budget=2), VOTES[vote]()),
        refuses=ValueError,
        max_examples=15,
    )


def test_the_single_best_query_keeps_the_laws():
    check_policy(lambda: FixedSet(SELECTORS["single-best"]()), refuses=ValueError, max_examples=30)


def test_a_pipeline_as_a_policy_keeps_the_laws():
    check_policy(
        lambda: EstimatorPolicy(make_pipeline(TopK(2), MAPVote())),
        refuses=ValueError,
        max_examples=30,
    )


X = np.array([[0, 0, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0]])
y = np.array([0, 1, 1, 0])


def test_cost_is_a_number_an_item_also_where_answers_have_their_own():
    policy = FixedSet(TopK(2), MajorityVote()).fit(X, y)
    assert set(policy.columns_) == {0, 1}
    np.testing.assert_array_equal(policy.costs_of(X, np.array([1.0, 2.0, 4.0])), [3, 3, 3, 3])
    of_answers = np.arange(12.0).reshape(4, 3)  # rows 0 1 2; 3 4 5; 6 7 8; 9 10 11
    np.testing.assert_array_equal(policy.costs_of(X, of_answers), [1, 7, 13, 19])
    pipeline = EstimatorPolicy(make_pipeline(TopK(2), MajorityVote())).fit(X, y)
    np.testing.assert_array_equal(pipeline.costs_of(X, of_answers), [1, 7, 13, 19])


def test_waves_of_several_queries():
    policy = FixedSet(TopK(3), WeightedVote()).fit(pd.DataFrame(X, columns=["a", "b", "c"]), y)
    assert policy.next({}, n=2) == ("a", "b")
    assert policy.next({"a": 0}, n=5) == ("b", "c")
    assert policy.next({"a": 0, "b": None, "c": 1}) == ()
    assert not policy.answer({"a": 0}).settled
    assert policy.answer({"a": 0, "b": None, "c": 1}).settled


def test_live_answers_of_unknown_queries_are_refused():
    policy = FixedSet(TopK(1), MajorityVote()).fit(X, y)
    with pytest.raises(InputError, match="answers of gpt, which the policy does not ask"):
        policy.next({"gpt": 0})


def test_a_set_that_cannot_be_filled_says_why():
    with pytest.raises(UnfilledBudget, match=r"the best model, m, has 2 sample\(s\)"):
        FixedSet(SelfMoA(3), MajorityVote()).fit(X, y, models=["m", "m", "k"])


def test_own_answer_by_hand():
    # One query, two classes, right on 3 of 4: p = (3 + 1) / (4 + 2) = 2/3.
    policy = FixedSet(None).fit([[0], [1], [1], [1]], [0, 1, 1, 0])
    np.testing.assert_allclose(policy.predict_proba([[0], [1]]), [[2 / 3, 1 / 3], [1 / 3, 2 / 3]])
    # Silence: the shares of the labels.
    np.testing.assert_allclose(policy.predict_proba([[-1]]), [[0.5, 0.5]], atol=1e-8)
    # Wrong more often than not: still its own answer, by a hair.
    poor = OwnAnswer().fit([[0], [0], [0], [1]], [1, 1, 1, 0])
    assert poor.predict([[0], [1]]).tolist() == [0, 1]
    with pytest.raises(ValueError, match="an own answer is one query's"):
        OwnAnswer().fit(X, y)


def test_weights_are_repeated_items_to_estimators_of_other_libraries():
    weights = np.array([1, 3, 0, 2])
    rows = np.repeat(np.arange(4), weights)
    weighted = TrainingSet(X, y, sample_weight=weights)
    repeated = TrainingSet(X[rows], y[rows])
    tree = DecisionTreeClassifier(random_state=0)
    for policy in (FixedSet(None, tree), EstimatorPolicy(tree)):
        one, two = (
            policy.fit_to(weighted).predict_proba(X),
            policy.fit_to(repeated).predict_proba(X),
        )
        np.testing.assert_array_equal(one, two)


def test_a_training_set_serves_smaller_budgets_from_larger_purchases():
    training = TrainingSet(X, y)
    large = training.bought(GreedyMI(budget=3))
    assert training.bought(GreedyMI(budget=1)) is large
    assert training.bought(TopK(budget=1)) is not large


def letters():
    """Two good models and one that is silent half of the time, on letters."""
    rng = np.random.default_rng(0)
    labels = rng.choice(list("ABC"), 90)
    columns = {
        name: np.where(rng.random(90) < p, labels, rng.choice(list("ABC"), 90)).astype(object)
        for name, p in (("good", 0.9), ("fair", 0.7), ("shy", 0.6))
    }
    columns["shy"][::2] = None
    return pd.DataFrame(columns), pd.Series(labels)


@pytest.mark.parametrize("vote", [MajorityVote, WeightedVote, MAPVote])
def test_letters_in_letters_out_live_and_replayed(vote):
    frame, labels = letters()
    policy = FixedSet(GreedyMI(2), vote()).fit(frame, labels)
    said = policy.predict(frame)
    assert set(said) <= set("ABC")
    for i in range(10):
        row = {name: frame[name].iloc[i] for name in frame}
        answers = {}
        while wave := policy.next(answers):
            answers |= {name: row[name] for name in wave}
        assert policy.answer(answers).label == said[i]


def test_a_saved_policy_reads_letters_by_the_names_of_its_classes(tmp_path):
    frame, labels = letters()
    codes = frame.apply(lambda column: column.map({"A": 0, "B": 1, "C": 2}).fillna(-1))
    table = PredictionTable(
        codes.to_numpy(dtype=int), labels.map({"A": 0, "B": 1, "C": 2}), classes="ABC",
        queries=list(frame),
    )  # fmt: skip
    FixedSet(None, WeightedVote()).fit_table(table).save(tmp_path / "p.json")
    policy = load_policy(tmp_path / "p.json")
    by_letters = policy.predict(frame[["shy", "good", "fair"]])  # by name, wherever they stand
    assert by_letters.tolist() == policy.replay(table)["label"].tolist()
    by_codes = policy.predict(table.answers)
    assert [table.classes[code] for code in by_codes] == by_letters.tolist()
    with pytest.raises(InputError, match="answers D; the policy knows A, B, C"):
        policy.predict(frame.replace("A", "D"))
    with pytest.raises(InputError, match=r"answers of shape \(90, 2\); the policy knows 3"):
        policy.predict(frame[["good", "fair"]])


def test_what_cannot_be_asked_is_one_line():
    policy = FixedSet(TopK(1), MajorityVote()).fit(X, y)
    for call in (
        lambda: policy.next({}, n=0),
        lambda: policy.next(["0"]),
        lambda: policy.replay(pd.DataFrame(X)),
    ):
        with pytest.raises(InputError) as raised:
            call()
        assert "\n" not in str(raised.value)


def test_classes_that_no_label_has_keep_their_names():
    labels = np.array([1, 2] * 20)
    table = PredictionTable(
        np.column_stack([labels, labels]), labels, classes=["A", "B", "C"], queries=["u", "v"]
    )
    for policy in (EstimatorPolicy(DecisionTreeClassifier()), FixedSet(None, MajorityVote())):
        said = policy.fit_table(table).replay(table)["label"]
        assert said.tolist() == ["B", "C"] * 20
        assert policy.answer({"u": "B", "v": "B"}).label == "B"


def test_a_new_fit_forgets_the_names_of_the_old_table():
    table = PredictionTable(X, y, classes=["no", "yes"], queries=["a", "b", "c"])
    policy = FixedSet(None, MajorityVote()).fit_table(table).fit(X, y)
    assert policy.query_names == ("0", "1", "2")
    assert policy.answer({"0": 1, "1": 1}).label == 1


def test_what_cannot_be_learned_from_is_one_line():
    policy = FixedSet(TopK(1), MajorityVote())
    with pytest.raises(InputError, match="names of queries repeat"):
        policy.fit(pd.DataFrame(X, columns=list("aab")), y)
    with pytest.raises(InputError, match="a row an item, a column a query"):
        policy.fit([1, 2, 3], [0, 1, 1])
    fitted = policy.fit(X, y)
    for answer in (1.7, "B", True):
        with pytest.raises(InputError, match="fitted on codes"):
            fitted.answer({"0": answer})
