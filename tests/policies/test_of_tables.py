"""A table as a policy reads it: by the names of queries and classes, wherever they stand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ensel import InputError, PredictionTable
from ensel.policies import FixedSet
from ensel.policies.of_tables import NOBODY, codes_like, read_by
from ensel.registry import OPEN_VOTES
from ensel.voting import MajorityVote

CLASSES = ("no", "so so", "yes")


def table(answers, labels=None, classes=CLASSES, queries=("p", "q", "r"), **known):
    return PredictionTable(answers, labels, classes=classes, queries=list(queries), **known)


def closed_policy():
    answers = [[0, 0, 1], [1, 1, 1], [2, 2, -1]] * 4
    return FixedSet(None, MajorityVote()).fit_table(table(answers, [0, 1, 2] * 4)).narrowed()


def test_queries_and_classes_are_taken_by_their_names():
    """The policy knows no, so so, yes as 0, 1, 2; the table has yes, no and another query."""
    other = table([[0, 1, 1], [1, -1, 0]], [1, 0], classes=("yes", "no"), queries=("r", "x", "p"))
    taught = table([[0, 0], [1, 1], [2, 2]] * 4, [0, 1, 2] * 4, queries=("p", "r"))
    asked = FixedSet(None, MajorityVote()).fit_table(taught)
    own = read_by(asked, other)
    # Of p: no, yes; of r: yes, no. Nobody asked x.
    assert own.codes.tolist() == [[0, 2], [2, 0]]
    assert own.label_codes.tolist() == [0, 2]
    assert own.table.query_names == ["p", "r"]
    assert own.original is None
    # Its own codes of yes and no.
    assert own.places.tolist() == [2, 0]
    assert own.labels_named(asked, np.array([1, 2])).tolist() == ["so so", "yes"]


def test_unlabelled_tables_have_no_label_codes():
    own = read_by(closed_policy(), table([[0, 1, -1]]))
    assert own.label_codes is None
    assert own.codes.tolist() == [[0, 1, -1]]


def test_a_label_that_the_policy_does_not_know_is_missing():
    """No query answers maybe, so that the answers can be read; its label cannot."""
    other = table([[0, 0, 0], [0, 0, 1]], [1, 2], classes=("no", "maybe", "yes"))
    with pytest.raises(InputError, match="answers maybe; the policy knows the classes no, so so"):
        read_by(closed_policy(), other)
    spoken = table([[0, 0, 0], [0, 0, 2]], [1, 2], classes=("no", "maybe", "yes"))
    own = read_by(closed_policy(), spoken)
    assert own.codes.tolist() == [[0, 0, 0], [0, 0, 2]]
    assert own.label_codes.tolist() == [-1, 2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.zeros((2, 3)), "ndarray given; a PredictionTable is needed"),
        (table([[0]], queries=["p"]), "no answers of q, r, which the policy asks; it needs p, q"),
        (
            PredictionTable.open([["1", "1", "1"]], None, queries=[*"pqr"], reader="numbers"),
            "answers read as numbers; the policy was fitted on answers read as classes",
        ),
    ],
)
def test_refuses(given, said):
    with pytest.raises(InputError, match=said) as raised:
        read_by(closed_policy(), given)
    assert "\n" not in str(raised.value)


# -- open answers ---------------------------------------------------------------------------------


def open_table(texts, labels=None, queries=("p", "q", "r")):
    return PredictionTable.open(texts, labels, queries=list(queries), reader="numbers")


def open_policy():
    texts = [["7", "7", "8"], ["1", "2", "1"]] * 5
    return FixedSet(None, OPEN_VOTES["majority"]()).fit_table(open_table(texts, ["7", "1"] * 5))


def test_options_are_numbered_as_the_policys_queries_first_give_them():
    """Columns r, q, p of the table, that is p, q, r of the policy: 5 6 5; 4, none, 3; 9 9 9."""
    texts = [["5", "6", "5.0"], ["3", None, "4"], ["9", "9", "9"]]
    own = read_by(open_policy(), open_table(texts, ["6", "3", "1"], queries="rqp"))
    assert own.codes.tolist() == [[0, 1, 0], [0, -1, 1], [0, 0, 0]]
    # 6 was given second, 3 second; nobody gave 1.
    assert own.label_codes.tolist() == [1, 1, NOBODY]
    assert own.places is None
    named = own.labels_named(open_policy(), np.array([1, 0, 2]))
    assert named.tolist()[:2] == ["6", "4"]
    assert named[2] is None  # an option that nobody gave
    best = np.array([5, 5, 5])  # beyond all that there are
    assert own.labels_named(open_policy(), best).tolist() == [None] * 3


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_what_is_right_stays_right_in_whatever_codes(seed, is_open):
    """Read by a policy or not, a query is right on the same items."""
    rng = np.random.default_rng(seed)
    answers, labels = rng.integers(-1, 3, (12, 3)), rng.integers(0, 3, 12)
    if is_open:
        texts = [[None if a < 0 else str(a + 5) for a in row] for row in answers]
        given, policy = open_table(texts, [str(y + 5) for y in labels]), open_policy()
    else:
        order = rng.permutation(3)
        given = table(
            np.where(answers < 0, -1, order[answers]),
            order[labels],
            classes=[CLASSES[k] for k in np.argsort(order)],
        )
        policy = closed_policy()
    own = read_by(policy, given)
    right = own.codes == own.label_codes[:, None]
    np.testing.assert_array_equal(right, (answers == labels[:, None]) & (answers >= 0))


# -- one table like another -----------------------------------------------------------------------


def test_answers_in_the_columns_and_classes_of_another_table():
    other = table([[0, 1, 2], [-1, 0, 0]], classes=("yes", "no", "so so"), queries="rpx")
    like = table([[0, 0]], classes=("no", "yes", "so so"), queries="pr")
    # Of p: no, yes; of r: yes, none.
    assert codes_like(other.subset(queries=[*"pr"]), like).tolist() == [[0, 1], [1, -1]]
    with pytest.raises(InputError, match="no answers of q"):
        codes_like(other, table([[0]], queries="q"))
