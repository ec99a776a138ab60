"""Open tables and tables of verdicts: what the kinds share, and what they refuse."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel import InputError, InputWarning, PredictionTable
from ensel.heldout.splits import folds, random_splits
from ensel.readers import Reader

ANSWERS = [["7", "8", "7 "], ["x", None, "y"], ["3", "3", ""], ["5", "6", "5"]]
TRUTHS = ["7", "z", None, "6"]


def open_table(seed=0, **changes) -> PredictionTable:
    arguments = {"queries": ["p", "q#1", "q#2"], "random_state": seed} | changes
    return PredictionTable.open(ANSWERS, TRUTHS, **arguments)


def redrawn(table: PredictionTable, seed: int) -> PredictionTable:
    """The same table with the codes of every item drawn anew."""
    rng = np.random.default_rng(seed)
    answers, labels, options = table.answers.copy(), table.labels.copy(), []
    for i, own in enumerate(table.options):
        order = rng.permutation(len(own))
        place = np.append(np.argsort(order), -1)
        answers[i], labels[i] = place[table.answers[i]], place[table.labels[i]]
        options.append(tuple(own[k] for k in order))
    return table.replace(answers=answers, labels=labels, options=options)


def test_codes_point_into_the_options_of_their_item():
    t = open_table()
    assert (t.kind, t.reader, t.answers.dtype, t.labels.dtype) == ("open", "verbatim", "i2", "i2")
    assert t.spelled().to_numpy().tolist() == [
        ["7", "8", "7"],
        ["x", None, "y"],
        ["3", "3", None],
        ["5", "6", "5"],
    ]
    # The truth is an option, also where nobody gave it (z) and where it is not known (None).
    assert t.truths == ["7", "z", None, "6"]
    assert [set(own) for own in t.options] == [{"7", "8"}, {"x", "y", "z"}, {"3", None}, {"5", "6"}]
    assert t.n_options.tolist() == [2, 3, 2, 2]
    assert (t.n_classes, t.classes) == (3, ("0", "1", "2"))


def test_right_is_the_label_in_every_kind():
    t = open_table()
    assert (t.answers == t.labels[:, None]).tolist() == [
        [True, False, True],
        [False, False, False],
        [False, False, False],
        [False, True, False],
    ]
    assert t.accuracies.tolist() == [0.25, 0.25, 0.25]
    assert t.verdicts().accuracies.tolist() == [0.25, 0.25, 0.25]


def test_the_order_of_options_is_drawn_and_seeded():
    assert len({open_table(seed).options for seed in range(20)}) > 5
    assert open_table(3).options == open_table(3).options
    many = PredictionTable.open([["a", "b"]] * 1000, ["a"] * 1000, queries=["p", "q"])
    assert 400 < many.labels.sum() < 600


def test_options_are_spelled_as_most_often():
    class Folded(Reader):
        name = "folded"

        def key(self, text):
            return text.casefold() if text.isalpha() else None

    row = ["YES", "Yes", "Yes", "no", "NO", "7", "maybe"]
    t = PredictionTable.open([row], ["Maybe"], queries=list("abcdefg"), reader=Folded())
    # Of NO and no, given once each and equally long, the first in the alphabet.
    assert t.spelled().iloc[0].tolist() == ["Yes", "Yes", "Yes", "NO", "NO", None, "Maybe"]
    assert t.truths == ["Maybe"]
    assert t.reader == "folded"


def test_same_joins_keys_and_the_truth_comes_first():
    class Near(Reader):
        name = "near"

        def key(self, text):
            return int(text)

        def same(self, a, b):
            return abs(a - b) <= 1

    t = PredictionTable.open(
        [["3", "2", "1", "1", "5"]], ["4"], queries=list("abcde"), reader=Near()
    )
    # 3 and 5 are next to the truth; 2 is next to 1, which was given twice.
    assert t.spelled().iloc[0].tolist() == ["4", "1", "1", "1", "4"]


def test_a_truth_that_cannot_be_read_is_no_answers():
    """Else the unreadable answers would count where they are right, and only there."""

    class Digits(Reader):
        name = "digits"

        def key(self, text):
            return int(text) if text.isdecimal() else None

    with pytest.warns(InputWarning, match="1 truths cannot be read by 'digits' .about 7."):
        t = PredictionTable.open(
            [["about 7", "about 8", "7"]], ["about 7"], queries="abc", reader=Digits()
        )
    assert t.answers[0, :2].tolist() == [-1, -1]
    assert t.verdicts().answers.tolist() == [[-1, -1, 0]]


def test_numbers_and_frames_are_taken_too():
    frame = pd.DataFrame({"p": [1, np.nan], "q": [2.5, 3]}, index=["x", "y"])
    t = PredictionTable.open(frame, pd.Series([1.0, 3.0], index=["x", "y"]))
    assert t.spelled().to_numpy().tolist() == [["1", "2.5"], [None, "3"]]
    assert (t.query_names, t.items.index.tolist()) == (["p", "q"], ["x", "y"])
    assert t.accuracies.tolist() == [0.5, 0.5]


def test_without_truths_a_table_is_unlabelled():
    t = PredictionTable.open([["1", "2"], [None, None]], None, queries=["p", "q"])
    assert t.labels is None
    assert t.n_options.tolist() == [2, 0]
    with pytest.raises(InputError, match="no labels"):
        t.verdicts()


@pytest.mark.parametrize(
    ("answers", "truths", "options", "said"),
    [
        ([["1"], ["2"]], ["1"], {}, "1 truths for 2 items"),
        ([["1"], ["2", "3"]], ["1", "2"], {}, "no matrix"),
        ([["1"]], ["1"], {"queries": None}, "no queries"),
        ([["1"]], ["1"], {"reader": "numers"}, "no reader 'numers'"),
        ([["1"]], ["1"], {"reader": 3}, "reader 3; a name"),
        ([["1"]], pd.Series(["1"], index=["x"]), {}, "indexed differently"),
    ],
)
def test_open_refuses_in_one_line(answers, truths, options, said):
    with pytest.raises(InputError, match=said) as error:
        PredictionTable.open(answers, truths, **{"queries": ["q"]} | options)
    assert "\n" not in str(error.value)


def test_verdicts_hold_one_and_nought():
    t = PredictionTable.of_verdicts([[True, 0.0], [np.nan, 1]], queries=["p", "q"])
    assert t.answers.tolist() == [[1, 0], [-1, 1]]
    assert (t.kind, t.classes, t.labels.tolist()) == ("verdicts", ("fail", "pass"), [1, 1])
    assert t.accuracies.tolist() == [0.5, 0.5]
    assert t.verdicts() is t
    with pytest.raises(InputError, match="'yes' is no verdict"):
        PredictionTable.of_verdicts([["yes"]], queries=["p"])


def test_verdicts_of_a_closed_table(table):
    t = table().verdicts()
    assert t.answers.tolist() == [[1, 0, 0], [1, 1, -1], [1, 0, 1], [1, 1, 1]]
    assert t.accuracies.equals(table().accuracies)


def test_claims_ask_about_every_option_given():
    claims = open_table().claims()
    assert claims.kind == "closed"
    assert claims.items["option"].tolist() == ["7", "8", "x", "y", "3", "5", "6"]
    assert claims.answers.tolist() == [
        [1, 0, 1],
        [0, 1, 0],
        [1, -1, 0],
        [0, -1, 1],
        [1, 1, -1],
        [1, 0, 1],
        [0, 1, 0],
    ]
    assert claims.labels.tolist() == [1, 0, 0, 0, 0, 0, 1]
    assert claims.groups.tolist() == [0, 0, 1, 1, 2, 3, 3]
    assert claims.items["of"].tolist() == [0, 0, 1, 1, 2, 3, 3]


def test_claims_of_a_closed_table_keep_its_groups(table):
    items = pd.DataFrame({"group": ["a", "a", "", "b"]}, index=list("wxyz"))
    claims = table(items=items).claims()
    assert claims.items["option"].tolist() == ["A", "B", "C", "B", "C", "A", "A"]
    assert claims.groups.tolist() == [0, 0, 0, 0, 1, 1, 2]
    assert claims.labels.tolist() == [1, 0, 0, 1, 1, 0, 1]


def test_what_makes_no_sense_is_refused_in_one_line():
    verdicts = open_table().verdicts()
    for call, said in (
        (open_table().as_statements, "open answers share no options"),
        (verdicts.as_statements, "verdicts answers share no options"),
        (verdicts.claims, "verdicts say who was right"),
        (PredictionTable.open([[""]], [""], queries=["q"]).claims, "no claim"),
        (lambda: open_table().replace(answers=[[2, 0, 0]] * 4), "code of item 0 is none of its 2"),
        (lambda: open_table().replace(options=[("7", "7")] * 4), "options of item 0 repeat"),
        (lambda: open_table().replace(options=[("7", "8", "9")]), "options of 1 items for 4 rows"),
        (lambda: open_table().replace(probabilities=np.ones((4, 3, 3))), "no class probabilities"),
        (lambda: open_table().replace(kind="closed"), "closed tables have no options"),
        (lambda: verdicts.replace(kind="open"), "open tables need the options"),
        (lambda: verdicts.replace(labels=[0, 1, 1, 1]), "a label is not 1"),
        (lambda: verdicts.replace(kind="other"), "no kind of table 'other'"),
    ):
        with pytest.raises(InputError, match=said) as error:
            call()
        assert "\n" not in str(error.value)


def test_nobody_gives_the_unknown_truth():
    t = open_table()
    answers = t.answers.copy()
    answers[2, 0] = t.labels[2]
    with pytest.raises(InputError, match="code of item 2"):
        t.replace(answers=answers)


def test_subset_split_and_pickle_keep_the_kind():
    t = open_table()
    part = t.subset(items=[3, 1], queries=["q#2", "p"])
    assert part.options == (t.options[3], t.options[1])
    assert part.spelled().to_numpy().tolist() == [["5", "5"], ["y", "x"]]
    assert t.subset(items=np.array([True, False, False, True])).n_classes == 2
    assert t.subset(items=slice(1, 3)).options == t.options[1:3]
    assert t.subset(items=[0]).replace(name="other").options == t.options[:1]
    for first in (*t.split(0.5), *t.verdicts().split(0.5)):
        assert first.n_items == 2
    back = pickle.loads(pickle.dumps(t))
    assert (back.kind, back.reader, back.options) == (t.kind, t.reader, t.options)
    np.testing.assert_array_equal(back.answers, t.answers)
    assert not back.answers.flags.writeable


def test_print_says_the_kind():
    assert "4 items, 3 queries of 2 models, open answers, reader verbatim)" in repr(open_table())
    assert "right or wrong)" in repr(open_table().verdicts())
    assert "accuracy" in open_table()._repr_html_()


def test_constant_is_a_spelling_and_no_code():
    rows = [["1", "1", None, str(i), str(i)] for i in range(30)]
    t = PredictionTable.open(rows, ["1"] * 30, queries=list("pqrst"))
    assert t.constant_queries() == ["p", "q", "r"]
    assert t.silent_queries() == ["r"]
    assert t.duplicate_queries() == [("p", "q"), ("s", "t")]
    assert [line.split(":")[0] for line in t.trouble()] == [
        "no usable answer on any item",
        "constant answers",
        "duplicate columns",
    ]


@given(st.integers(0, 2**32 - 1))
def test_drawing_the_codes_anew_changes_nothing(seed):
    rows = [[str((i * j) % 4) for j in range(5)] for i in range(12)]
    items = pd.DataFrame({"group": [str(i % 6) for i in range(12)]})
    t = PredictionTable.open(rows, ["0", "1", None, "2"] * 3, queries=list("abcde"), items=items)
    other = redrawn(t, seed)
    assert t.accuracies.equals(other.accuracies)
    assert t.spelled().equals(other.spelled())
    assert t.truths == other.truths
    assert t.trouble() == other.trouble()
    np.testing.assert_array_equal(t.shared_codes(), other.shared_codes())
    np.testing.assert_array_equal(t.verdicts().answers, other.verdicts().answers)
    np.testing.assert_array_equal(t.claims().answers, other.claims().answers)
    assert t.claims().items.equals(other.claims().items)
    for drawn, n in ((folds, 3), (random_splits, 2)):
        for a, b in zip(drawn(t, n, seed=1), drawn(other, n, seed=1), strict=True):
            np.testing.assert_array_equal(a.train, b.train)
