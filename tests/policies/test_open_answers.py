"""Policies of open answers: live, replayed and saved, by spelling and not by code."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError, PredictionTable, load_policy
from ensel.policies import FixedSet
from ensel.policies.open_answers import heard_options, renumbered
from ensel.registry import OPEN_VOTES

ANSWERS = pd.DataFrame(
    {
        "p": ["7", "12", "3", "", "8"],
        "q": ["7.0", "12", "4", "", "9"],
        "r": ["8", "12", "4", "", "9"],
    }
)
TRUTHS = ["7", "12", "4", "5", "8"]


def table(answers=ANSWERS, truths=TRUTHS):
    return PredictionTable.open(answers, truths, queries=list(answers), reader="numbers", name="t")


@pytest.mark.parametrize("vote", OPEN_VOTES)
def test_replayed_live_and_saved_alike(tmp_path, vote):
    pool = table()
    policy = FixedSet(None, OPEN_VOTES[vote]()).fit_table(pool)
    policy.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert back.reader == "numbers"
    replayed = back.replay(pool)
    pd.testing.assert_frame_equal(replayed, policy.replay(pool))
    for i in range(len(ANSWERS)):
        told = {name: ANSWERS[name].iloc[i] or None for name in ANSWERS}
        answer = back.answer(told)
        label = replayed["label"].iloc[i]
        assert (answer.label is None) == (label is None)
        if label is not None:
            assert float(answer.label) == float(label)
            assert answer.probability == pytest.approx(replayed["probability"].iloc[i])


def test_new_items_may_have_more_options_than_those_learned_from():
    policy = FixedSet(None, OPEN_VOTES["majority"]()).fit_table(table())
    new = table(pd.DataFrame({"p": ["1"], "q": ["2"], "r": ["3"]}), ["9"])
    assert policy.replay(new)["label"].iloc[0] in ("1", "2", "3")
    assert policy.answer({"p": "1", "q": "2", "r": "3"}).label in ("1", "2", "3")


def test_another_reader_is_refused():
    policy = FixedSet(None, OPEN_VOTES["majority"]()).fit_table(table())
    other = PredictionTable.open(ANSWERS, TRUTHS, queries=list(ANSWERS), name="t")
    with pytest.raises(
        InputError, match="read as verbatim; the policy was fitted on answers read as num"
    ):
        policy.replay(other)


def test_options_are_the_first_spelling_heard():
    codes, options = heard_options(["7.0", None, "8", "7"], "numbers")
    assert (codes.tolist(), options) == ([0, -1, 1, 0], ["7.0", "8"])


@given(st.lists(st.lists(st.integers(-1, 6), min_size=4, max_size=4), min_size=1, max_size=8))
def test_renumbering_keeps_who_agrees_with_whom(rows):
    answers = np.array(rows)
    codes, original = renumbered(answers)
    assert ((codes == -1) == (answers == -1)).all()
    for before, after, meant in zip(answers, codes, original, strict=True):
        assert all(meant[c] == a for c, a in zip(after, before, strict=True) if a >= 0)
        heard = after[after >= 0]
        assert sorted(set(heard)) == list(range(len(set(heard))))
