"""Policies survive a round trip through JSON, and refuse what they cannot vote on."""

import json

import numpy as np
import pandas as pd
import pytest

from ensel import InputError, PredictionTable, load_policy
from ensel.policies import FixedSet
from ensel.registry import VOTES


def kept(table, columns, vote):
    return FixedSet(None, VOTES[vote]()).fit_table(table.subset(queries=columns))


@pytest.mark.parametrize("vote", sorted(VOTES))
def test_round_trip(tmp_path, small_pool, vote):
    train, test = small_pool.split(0.5)
    policy = kept(train, [4, 0, 2], vote)
    policy.save(tmp_path / "e.json")
    back = load_policy(tmp_path / "e.json")
    assert back.query_names == ("lexicon#1", "bow-nb#1", "char-logreg#1")
    pd.testing.assert_frame_equal(back.replay(test), policy.replay(test))
    # It takes its columns by name, wherever they stand.
    turned = test.subset(queries=test.query_names[::-1])
    pd.testing.assert_frame_equal(back.replay(turned), policy.replay(test))


def test_is_readable_and_versioned(tmp_path, small_pool):
    kept(small_pool, [0, 1], "map").save(tmp_path / "e.json")
    text = (tmp_path / "e.json").read_text()
    data = json.loads(text)
    assert data["ensel_policy"] == 1
    assert data["queries"][0]["model"] == "bow-nb"
    assert max(len(line) for line in text.splitlines()) < 120


def test_classes_are_matched_by_name(small_pool):
    policy = kept(small_pool, [0, 1, 2], "map")
    swapped = PredictionTable(
        np.where(small_pool.answers >= 0, 1 - small_pool.answers, -1),
        classes=small_pool.classes[::-1],
        queries=small_pool.queries,
        items=small_pool.items,
    )
    pd.testing.assert_frame_equal(policy.replay(swapped), policy.replay(small_pool))


def test_refuses_absent_queries_and_unknown_classes(small_pool):
    policy = kept(small_pool, [0, 1], "map")
    with pytest.raises(InputError, match="no answers of bigram-svm#1, which the policy asks"):
        policy.replay(small_pool.subset(queries=[0]))
    other = PredictionTable(
        [[0, 1]], classes=["negative", "mixed"], queries=["bow-nb#1", "bigram-svm#1"]
    )
    with pytest.raises(InputError, match="answers mixed; the policy knows the classes"):
        policy.replay(other)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:-60], "not a policy"),
        (lambda text: "[1, 2]", "not a policy"),
        (lambda text: "{}", "not a policy"),
        (lambda text: text.replace('"ensel_policy": 1', '"ensel_policy": 9'), "version 9"),
        (lambda text: text.replace('"name": "map"', '"name": "oracle"'), "damaged"),
        (lambda text: text.replace('"counts_"', '"count_"'), "damaged"),
        (lambda text: text.replace('"prior_": [0.5, 0.5]', '"prior_": [1.0]'), "damaged"),
    ],
)
def test_refuses_damaged_files(tmp_path, small_pool, spoil, said):
    path = tmp_path / "e.json"
    kept(small_pool, [0, 1], "map").save(path)
    path.write_text(spoil(path.read_text()))
    with pytest.raises(InputError, match=said) as raised:
        load_policy(path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda d: d["queries"].append(d["queries"][0]), "names of queries repeat"),
        (lambda d: d.update(classes=["positive", "positive"]), "names of classes repeat"),
        (lambda d: d.update(kind="oracle"), "no kind 'oracle'; kinds: fixed-set"),
        (lambda d: d["vote"].update(name="magic"), "no vote 'magic'; votes: majority"),
        (lambda d: d["vote"]["fitted"].update(classes_=[0, 7]), "other classes than the 2"),
        (lambda d: d["vote"]["fitted"].update(weights_=[1e400, 1]), "holds what is no number"),
        (lambda d: d["vote"]["fitted"].update(weights_=["a", "b"]), "holds what is no number"),
        (
            lambda d: d["vote"]["fitted"].update(weights_=[10**400, 1]),
            "malformed|no number",
        ),
        (lambda d: d.update(asks=[0, 5]), "asks .0, 5. of 2 queries"),
        (lambda d: d.pop("about"), "absent or malformed"),
    ],
)
def test_damage_is_named_in_words(tmp_path, small_pool, damage, said):
    path = tmp_path / "p.json"
    kept(small_pool, [0, 1], "weighted").save(path)
    data = json.loads(path.read_text())
    damage(data)
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match=said) as raised:
        load_policy(path)
    assert "\n" not in str(raised.value)


def test_own_kinds_are_not_kept_and_the_message_says_so(tmp_path, small_pool):
    class Mine(FixedSet):
        pass

    with pytest.raises(InputError, match="a Mine cannot be kept in a file"):
        Mine(None, VOTES["map"]()).fit_table(small_pool).save(tmp_path / "p.json")
    fitted = FixedSet(None, VOTES["map"]()).fit(small_pool.answers, small_pool.labels)
    with pytest.raises(InputError, match="fit it with fit_table"):
        fitted.save(tmp_path / "p.json")
    assert not (tmp_path / "p.json").exists()


def test_names_survive_whatever_they_look_like(tmp_path):
    names = ["[1,  2]", "q[ 1 ]", "\ttab", "é\u2028"]
    answers = np.array([[0, 1, 0, 1], [1, 0, 1, 1]] * 5)
    table = PredictionTable(answers, [0, 1] * 5, classes=["[3,  4]", "{}"], queries=names)
    policy = FixedSet(None, VOTES["weighted"]()).fit_table(table)
    policy.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert (back.query_names, back.class_names) == (tuple(names), ("[3,  4]", "{}"))
    pd.testing.assert_frame_equal(back.replay(table), policy.replay(table))
