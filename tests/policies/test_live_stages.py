"""Asked live, a policy does what it does replayed, whatever it votes by and answers look like."""

import copy
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB

from ensel import InputError, InputWarning, PredictionTable, load_policy
from ensel.policies import Sequential
from ensel.policies.live_stages import plain_vote
from ensel.policies.open_answers import renumbered
from ensel.policies.published_rules import AdaptiveConsistency, CannotBeOverturned
from ensel.policies.stages import replayed
from ensel.policies.stopping import ASK_ALL
from ensel.registry import OPEN_VOTES, VOTES
from ensel.selection import TopK
from ensel.voting import MajorityVote, WeightedVote

CLOSED = {**{name: VOTES[name]() for name in VOTES}, "foreign": GaussianNB()}
NAMES = ["p", "q", "r", "s"]


def codes(n_items=40, seed=0, n_classes=3, missing=0.2):
    """Answers of four queries, right 9, 8, 7 and 6 times in ten, and labels."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_items)
    shape = n_items, 4
    right = rng.random(shape) < np.array([0.7, 0.9, 0.6, 0.8])
    X = np.where(right, y[:, None], rng.integers(0, n_classes, shape))
    return np.where(rng.random(shape) < missing, -1, X), y


def asked_live(policy, row, n=1):
    """What one item is asked live, in waves of n; `row`: answers by name, None where unusable."""
    told = {}
    while wave := policy.next(told, n):
        assert len(wave) <= n
        told |= {name: row[name] for name in wave}
    return told


def assert_live_as_replayed(policy, rows, asked, labels, probabilities):
    """`rows`: answers by name, an item each; the others: what replay says of each item."""
    for row, of_item, label, probability in zip(rows, asked, labels, probabilities, strict=True):
        told = asked_live(policy, row)
        assert set(told) == {policy.query_names[j] for j in np.flatnonzero(of_item)}
        answer = policy.answer(told)
        assert answer.settled
        assert answer.label == label
        assert answer.probability == pytest.approx(probability, abs=1e-9)


def rows_of(frame):
    """Answers by name, an item each, None where there is none."""
    return [
        {name: None if value in (-1, None) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


@pytest.mark.parametrize("vote", CLOSED)
@pytest.mark.parametrize("rule", ["overturn", "gain", "posterior"])
def test_on_codes(vote, rule):
    X, y = codes()
    frame = pd.DataFrame(X + (X >= 0) * 3, columns=NAMES)  # classes 3, 4 and 5
    policy = Sequential(TopK(4), CLOSED[vote], rule=rule, tolerance=0.02, n_folds=3)
    policy.fit(frame, y + 3)
    p = policy.predict_proba(frame)
    said = policy.predict(frame)
    assert set(said) <= {3, 4, 5}
    assert_live_as_replayed(policy, rows_of(frame), policy.asked(frame), said, p.max(axis=1))


@pytest.mark.parametrize("vote", VOTES)
def test_on_text(vote):
    X, y = codes()
    frame = pd.DataFrame(np.array([*"ABC", None], dtype=object)[X], columns=NAMES)
    policy = Sequential(TopK(4), VOTES[vote](), rule="gain", tolerance=0.02, n_folds=3)
    policy.fit(frame, np.array([*"ABC"])[y])
    p = policy.predict_proba(frame)
    said = policy.predict(frame)
    assert_live_as_replayed(policy, rows_of(frame), policy.asked(frame), said, p.max(axis=1))


@pytest.mark.parametrize("vote", CLOSED)
def test_on_names_of_classes(vote):
    X, y = codes()
    table = PredictionTable(X, y, classes=["no", "yes", "so so"], queries=NAMES)
    policy = Sequential(TopK(4), CLOSED[vote], tolerance=0.02, n_folds=3).fit_table(table)
    names = pd.DataFrame(np.array([*table.classes, None], dtype=object)[X], columns=NAMES)
    replay = policy.replay(table)
    asked = policy.asked(X)
    np.testing.assert_array_equal(replay["asked"], asked.sum(axis=1))
    assert_live_as_replayed(policy, rows_of(names), asked, replay["label"], replay["probability"])


SPELLED = {
    "numbers": (["7", "12", "3.5", "1,000"], ["7.0", "12", "7/2", "1000"]),
    "math": (
        ["7", r"\frac{1}{2}", "(1, 2)", "x+1"],
        ["7.0", r"\dfrac12", r"\left(1,2\right)", "1+x"],
    ),
}


@pytest.mark.parametrize("vote", OPEN_VOTES)
@pytest.mark.parametrize("reader", SPELLED)
def test_on_open_answers_in_other_spellings(vote, reader):
    """Replayed as codes of a table; live as texts, some queries spelling otherwise than others."""
    if reader == "math":
        pytest.importorskip("math_verify", reason="pip install 'ensel[math]'")
    X, y = codes(n_items=24, n_classes=4)
    one, other = (np.array([*spelled, None], dtype=object) for spelled in SPELLED[reader])
    texts = np.where(np.arange(4) % 2, one[X], other[X])
    frame = pd.DataFrame(texts, columns=NAMES)
    table = PredictionTable.open(frame.fillna(""), one[y], queries=NAMES, reader=reader, name="t")
    policy = Sequential(None, OPEN_VOTES[vote](), tolerance=0.05, n_folds=3).fit_table(table)
    replay = policy.replay(table)
    asked = policy.asked(renumbered(table.answers)[0])
    np.testing.assert_array_equal(replay["asked"], asked.sum(axis=1))
    labels = [
        None if label is None else places(SPELLED[reader], label) for label in replay["label"]
    ]
    for row, of_item, label, probability in zip(
        rows_of(frame), asked, labels, replay["probability"], strict=True
    ):
        told = asked_live(policy, row)
        assert set(told) == {NAMES[j] for j in np.flatnonzero(of_item)}
        answer = policy.answer(told)
        said = None if answer.label is None else places(SPELLED[reader], answer.label)
        assert (said, answer.settled) == (label, True)
        assert answer.probability == pytest.approx(probability, abs=1e-9)


def places(spellings, text):
    """Which of the answers a text is, in either spelling."""
    return next(n for n, both in enumerate(zip(*spellings, strict=True)) if text in both)


@pytest.mark.parametrize("vote", [*CLOSED, *(f"open-{name}" for name in OPEN_VOTES)])
def test_a_plain_vote_is_the_vote(vote):
    """The two largest probabilities, in the order of asking; ties are settled by 1e-9."""
    X, y = codes(n_items=60)
    is_open = vote.startswith("open-")
    made = OPEN_VOTES[vote[5:]](n_classes=3) if is_open else CLOSED[vote]
    columns = (2, 0, 3, 1)
    fitted = clone(made).fit(X, y)
    plain = plain_vote(fitted, columns)
    p = np.sort(fitted.predict_proba(X), axis=1)
    for i, row in enumerate(X):
        if (row == -1).all():
            continue
        second = max(p[i, -2], 1 - p[i].sum()) if is_open else p[i, -2]
        np.testing.assert_allclose(
            plain(row[list(columns)].tolist()), [p[i, -1], second], atol=2e-9
        )


@settings(max_examples=15)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([*VOTES, *(f"open-{name}" for name in OPEN_VOTES)]),
    st.sampled_from(["overturn", "gain"]),
)
def test_a_live_score_is_the_replayed_one_also_where_votes_tie(seed, vote, rule):
    """A tie of two is settled by 2e-9 of log-odds, one of three by 3e-9: both are margin 0.

    Were they two knots of a curve, live would find itself on the wrong one.
    """
    X, y = codes(30, seed)
    is_open = vote.startswith("open-")
    made = OPEN_VOTES[vote[5:]](n_classes=3) if is_open else VOTES[vote]()
    policy = Sequential(None, made, rule=rule, n_folds=2).fit(X, y)
    stages, _ = replayed(policy.votes_, policy.columns_, X)
    scores = policy.rule_.scores(stages)
    for i, j in zip(*np.nonzero(stages.heard[:, :-1]), strict=True):
        alone = policy._live.score(X[i, : j + 1].tolist())
        assert alone == pytest.approx(scores[i, j], abs=1e-7)


class Contrary(MajorityVote):
    """A user's own, of our kind: it answers what fewest say."""

    def _posterior(self, codes):
        p = 1 - super()._posterior(codes)
        return p / p.sum(axis=1, keepdims=True)


def test_a_vote_of_ones_own_is_asked_itself_whatever_it_inherits():
    X, y = codes()
    frame = pd.DataFrame(X, columns=NAMES)
    policy = Sequential(None, Contrary(), rule="posterior", threshold=0.4, n_folds=2)
    policy.fit(frame, y)
    p, asked = policy.predict_proba(X), policy.asked(X)
    assert asked.all()  # the two that fewest say share all there is; a majority would stop at once
    assert_live_as_replayed(policy, rows_of(frame), asked, policy.predict(frame), p.max(axis=1))


@pytest.mark.parametrize("rule", [AdaptiveConsistency(0.8), CannotBeOverturned()])
def test_rules_that_only_know_arrays_are_live_too(rule):
    X, y = codes()
    frame = pd.DataFrame(X, columns=NAMES)
    policy = Sequential(TopK(4), WeightedVote(), rule=rule).fit(frame, y)
    p, asked = policy.predict_proba(X), policy.asked(X)
    assert asked.sum(axis=1).min() < 4
    assert_live_as_replayed(policy, rows_of(frame), asked, policy.predict(frame), p.max(axis=1))


# -- waves, and answers that come as they come ----------------------------------------------------


def agreeing(**parameters):
    """Queries a, b, c and d, asked in that order: it stops at .75 of the votes or more."""
    X = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1], [1, 0, 1, 0]] * 5)
    settings = {"rule": "posterior", "threshold": 0.25, "n_folds": 2} | parameters
    policy = Sequential(None, MajorityVote(), **settings)
    return policy.fit(pd.DataFrame(X, columns=[*"abcd"]), np.array([0, 1, 0, 1] * 5))


def test_waves_by_hand():
    policy = agreeing()
    assert policy.next({}) == ("a",)
    assert policy.next({}, n=3) == ("a", "b", "c")
    assert policy.next({}, n=9) == ("a", "b", "c", "d")
    assert policy.next({"a": 0}, n=9) == ()
    assert policy.next({"a": None}, n=2) == ("b", "c")
    # 1 of 2 and 2 of 3 are too few; with all answers there is nothing to ask.
    assert policy.next({"a": 0, "b": 1}, n=9) == ("c", "d")
    assert policy.next({"a": 0, "b": 1, "c": 0}) == ("d",)
    assert policy.next({"a": 0, "b": 1, "c": 0, "d": 0}) == ()
    assert policy.next(dict.fromkeys("abcd")) == ()


def test_answers_by_hand():
    policy = agreeing()
    assert policy.answer({"a": 1}) == (1, 1.0, True)
    label, probability, settled = policy.answer({"a": 0, "b": 1, "c": 0})
    assert (label, settled) == (0, False)
    assert probability == pytest.approx(2 / 3)
    # Nothing usable yet: what is most frequent, and not settled.
    assert not policy.answer({}).settled
    assert not policy.answer({"a": None}).settled
    assert policy.answer(dict.fromkeys("abcd")).settled


def test_what_comes_out_of_order_waits_for_what_was_to_come_first():
    """c has answered, a has not been asked: the vote of one is of a, and c is not asked again."""
    policy = agreeing()
    assert policy.next({"c": 1}, n=2) == ("a", "b")
    assert policy.next({"a": 0, "c": 1}, n=2) == ()
    assert policy.next({"a": None, "c": 1}, n=4) == ("b", "d")
    assert policy.answer({"a": 0, "c": 1}) == policy.answer({"a": 0})


def test_the_full_answer_is_that_of_all():
    policy = agreeing()
    told = {"a": 0, "b": 1, "c": 1, "d": 1}
    assert policy.answer({"a": 0}).label == 0
    assert policy.full_answer(told) == (1, 0.75, True)
    assert policy.full_answer({"a": 0, "b": 1, "c": 1}) == (1, pytest.approx(2 / 3), True)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_waves_end_and_larger_ones_ask_no_fewer(n):
    X, y = codes()
    frame = pd.DataFrame(X, columns=NAMES)
    policy = Sequential(TopK(4), WeightedVote(), tolerance=0.05, n_folds=3).fit(frame, y)
    for row in rows_of(frame):
        told, one_by_one = asked_live(policy, row, n), asked_live(policy, row)
        assert set(told) >= set(one_by_one)
        assert len(told) % n == 0 or len(told) == 4


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda p: p.next({"gpt": 0}), "answers of gpt, which the policy does not ask; it asks a"),
        (lambda p: p.answer({"a": 0, "gpt": 0}), "answers of gpt, which the policy does not ask"),
        (lambda p: p.next(["a"]), "list given; answers by query name are needed"),
        (lambda p: p.next({}, n=0), "n=0: a wave is of a whole number of queries, from one"),
        (lambda p: p.next({}, n=1.5), "n=1.5: a wave is of a whole number of queries, from one"),
        (lambda p: p.next({"a": "A"}), "answer 'A'; the policy was fitted on codes"),
        (lambda p: p.next({"a": [0]}), "answer .0.; the policy was fitted on codes"),
    ],
)
def test_refuses_live(call, said):
    with pytest.raises(InputError, match=said) as raised:
        call(agreeing())
    assert "\n" not in str(raised.value)


def test_what_names_no_class_is_unusable_and_said():
    X, y = codes()
    table = PredictionTable(X, y, classes=["no", "yes", "so so"], queries=NAMES)
    policy = Sequential(None, MajorityVote(), n_folds=2).fit_table(table)
    for answer in ("maybe", 1.5, 7):
        with pytest.warns(InputWarning, match=r"answer .*no, yes, so so"):
            found = policy.next({"p": answer})
        assert found == policy.next({"p": None})


def test_an_unfitted_policy_says_so():
    with pytest.raises(ValueError, match="not fitted"):
        Sequential().next({})


# -- copies ---------------------------------------------------------------------------------------


def test_fitted_again_or_at_another_threshold_it_is_live_as_it_now_is():
    policy = agreeing()
    assert policy.next({"a": 0}) == ()
    policy.threshold_ = ASK_ALL
    assert policy.next({"a": 0}) == ("b",)
    policy.threshold_ = 0.25
    assert policy.next({"a": 0}) == ()

    X, y = codes()
    for turn in range(3):  # twice without a question in between, too
        policy.fit(pd.DataFrame(X[:, [turn, 3]], columns=["x", "y"]), y)
        if turn != 1:
            assert policy.next({}) == ("x",)
            with pytest.raises(InputError, match="answers of a"):
                policy.next({"a": 0})
    assert policy.answer({"x": 2}).label == 2


def test_fitted_again_under_the_same_names_it_goes_by_the_new_votes():
    """a is always right, then right half of the time: one answer of it is enough, then not."""
    y = np.array([0, 1] * 20)
    right, noise = np.stack([y, y], axis=1), np.stack([np.arange(40) % 4 // 2, y], axis=1)
    policy = Sequential(None, WeightedVote(), rule="posterior", threshold=0.1, n_folds=2)
    for X, asks in ((right, ()), (noise, ("1",)), (right, ()), (noise, ("1",))):
        assert policy.fit(X, y).next({"0": 1}) == asks
        assert policy.asked(X).sum(axis=1).max() == 1 + len(asks)


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_copies_do_as_the_policy_does(copied):
    X, y = codes()
    frame = pd.DataFrame(X, columns=NAMES)
    policy = Sequential(TopK(4), WeightedVote(), tolerance=0.05, n_folds=3).fit(frame, y)
    policy.next({})  # the live half is there, and stays behind
    other = copied(policy)
    np.testing.assert_array_equal(other.predict_proba(X), policy.predict_proba(X))
    for row in rows_of(frame):
        assert asked_live(other, row) == asked_live(policy, row)
    other.threshold_ = ASK_ALL
    assert len(asked_live(other, rows_of(frame)[0])) == 4
    np.testing.assert_array_equal(other.asked(X), np.ones((40, 4)))
    assert policy.threshold_ != ASK_ALL


def test_a_clone_is_not_fitted_and_learns_the_same():
    X, y = codes()
    for policy in (
        Sequential(TopK(4), WeightedVote(), 3, "gain", tolerance=0.05, n_folds=3),
        Sequential(None, MajorityVote(), rule=AdaptiveConsistency(0.9)),
    ):
        policy.fit(X, y)
        other = clone(policy)
        assert not hasattr(other, "votes_")
        other.fit(X, y)
        np.testing.assert_array_equal(other.asked(X), policy.asked(X))
        np.testing.assert_array_equal(other.predict_proba(X), policy.predict_proba(X))
        assert other.next({"0": 0, "1": 1}) == policy.next({"0": 0, "1": 1})


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("vote", VOTES)
@pytest.mark.parametrize("rule", ["gain", "posterior"])
def test_saved_and_loaded_it_is_the_same(tmp_path, vote, rule):
    X, y = codes()
    table = PredictionTable(X, y, classes=["no", "yes", "so so"], queries=NAMES)
    policy = Sequential(TopK(3), VOTES[vote](), rule=rule, tolerance=0.05, n_folds=3)
    policy.fit_table(table, trained_on="t").save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert isinstance(back, Sequential)
    assert (back.columns_, back.threshold_) == (policy.columns_, policy.threshold_)
    assert back.about == {"trained_on": "t"}
    np.testing.assert_array_equal(back.asked(X), policy.asked(X))
    np.testing.assert_array_equal(back.predict_proba(X), policy.predict_proba(X))
    np.testing.assert_array_equal(back.full_proba(X), policy.full_proba(X))
    pd.testing.assert_frame_equal(back.replay(table), policy.replay(table))
    names = pd.DataFrame(np.array([*table.classes, None], dtype=object)[X], columns=NAMES)
    for row in rows_of(names):
        told = asked_live(policy, row)
        assert asked_live(back, row) == told
        assert back.answer(told) == policy.answer(told)
    assert max(len(line) for line in (tmp_path / "p.json").read_text().splitlines()) < 1000


@pytest.mark.parametrize("vote", OPEN_VOTES)
def test_of_open_answers_too(tmp_path, vote):
    X, y = codes(n_items=20, n_classes=4)
    texts = np.array([*SPELLED["numbers"][0], ""], dtype=object)
    table = PredictionTable.open(
        pd.DataFrame(texts[X], columns=NAMES), texts[y], queries=NAMES, reader="numbers", name="t"
    )
    policy = Sequential(None, OPEN_VOTES[vote](), tolerance=0.05, n_folds=2).fit_table(table)
    policy.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    pd.testing.assert_frame_equal(back.replay(table), policy.replay(table))
    for row in rows_of(pd.DataFrame(texts[X], columns=NAMES).replace("", None)):
        told = asked_live(policy, row)
        assert asked_live(back, row) == told
        assert back.answer(told) == policy.answer(told)


@pytest.mark.parametrize("threshold", [-5.0, ASK_ALL, 0.1, 7.0])
def test_any_threshold_survives_a_file(tmp_path, threshold):
    X, y = codes()
    table = PredictionTable(X, y, classes=["no", "yes", "so so"], queries=NAMES)
    policy = Sequential(None, MajorityVote(), rule="gain", threshold=threshold, n_folds=2)
    policy.fit_table(table).save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert back.threshold_ == threshold
    np.testing.assert_array_equal(back.asked(X), policy.asked(X))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda d: d.update(asks=[0, 9, 1]), "asks .0, 9, 1. of 4 queries"),
        (lambda d: d.update(asks=[0, 0, 1]), "asks .0, 0, 1. of 4 queries"),
        (lambda d: d.update(asks=[]), "asks .. of 4 queries"),
        (lambda d: d["votes"].pop(), "2 votes for 3 queries"),
        (lambda d: d["votes"][0].update(name="magic"), "no vote 'magic'"),
        (lambda d: d["votes"].reverse(), "accuracies_ of shape"),
        (lambda d: d["stops"].update(threshold=float("nan")), "threshold nan"),
        (lambda d: d["stops"].update(threshold="low"), "absent or malformed"),
        (lambda d: d["stops"].update(kind="oracle"), "absent or malformed"),
        (lambda d: d["stops"].update(slopes=[1.0]), "absent or malformed"),
        (lambda d: d.pop("stops"), "absent or malformed"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, damage, said):
    X, y = codes(n_items=12)
    table = PredictionTable(X, y, classes=["no", "yes", "so so"], queries=NAMES)
    path = tmp_path / "p.json"
    Sequential(TopK(3), MajorityVote(), rule="gain", n_folds=2).fit_table(table).save(path)
    data = json.loads(path.read_text())
    damage(data)
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match=said) as raised:
        load_policy(path)
    assert "\n" not in str(raised.value)
