"""Live, a policy takes what models wrote, and reads it as the answers that it learned from."""

import numpy as np
import pytest

from ensel import InputWarning, PredictionTable, load_policy
from ensel.policies import FixedSet, Sequential
from ensel.policies.live import class_reader
from ensel.readers.base import UNREADABLE_CLASS
from ensel.readers.letters import Letters
from ensel.readers.words import Words
from ensel.registry import READ_AS
from ensel.voting import MajorityVote, WeightedVote

LETTERS, WORDS = ("A", "B", "C", "D"), ("no", "yes", "so so")


def policy(classes, kind=FixedSet, **about):
    """Three queries; whoever agrees with the first is right."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.arange(60) % len(classes))
    right = rng.random((60, 3)) < 0.8
    answers = np.where(right, labels[:, None], rng.integers(0, len(classes), (60, 3)))
    table = PredictionTable(answers, labels, classes=classes, queries=["p", "q", "r"])
    fitted = {
        FixedSet: lambda: FixedSet(None, MajorityVote()),
        Sequential: lambda: Sequential(None, WeightedVote(), n_folds=2),
    }[kind]()
    return fitted.fit_table(table, **about)


@pytest.mark.parametrize("kind", [FixedSet, Sequential])
@pytest.mark.parametrize(
    ("classes", "said", "meant"),
    [
        (LETTERS, "(B)", "B"),
        (LETTERS, "**B**", "B"),
        (LETTERS, " b.", "B"),
        (LETTERS, "The answer is B.", "B"),
        (LETTERS, "B) Paris, since it is the capital", "B"),
        (WORDS, "yes.", "yes"),
        (WORDS, "**Yes**", "yes"),
        (WORDS, "My answer: so so", "so so"),
    ],
)
def test_what_a_model_wrote_is_the_class_that_it_names(kind, classes, said, meant):
    one = policy(classes, kind)
    plain, wrote = dict.fromkeys("pqr", meant), dict.fromkeys("pqr", said)
    assert one.answer(wrote) == one.answer(plain)
    assert one.answer(wrote).label == meant
    for told in ({"p": 1}, {"p": 1, "q": 1}):
        assert one.next(dict.fromkeys(told, said)) == one.next(dict.fromkeys(told, meant))
    assert one.answer({"p": said, "q": meant}) == one.answer({"p": meant, "q": said})


@pytest.mark.parametrize("kind", [FixedSet, Sequential])
@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (LETTERS, "no idea"),
        (LETTERS, "B or C"),
        (LETTERS, "The answer is not B."),
        (LETTERS, "E"),
        (LETTERS, ""),
        (LETTERS, 7),
        (WORDS, "maybe"),
        (WORDS, "yes and no"),
        (WORDS, "so\nso, or not"),
        (WORDS, 1.5),
    ],
)
def test_what_names_no_class_is_taken_as_unusable_and_said_in_one_line(kind, classes, said):
    one = policy(classes, kind)
    for call in (one.next, one.answer):
        with pytest.warns(InputWarning, match=r"names none of the classes .*as None is") as told:
            found = call({"p": said})
        assert found == call({"p": None})
        assert "\n" not in str(told[0].message)


def test_a_long_text_is_quoted_in_part():
    with pytest.warns(InputWarning, match="names none of the classes A, B, C, D") as told:
        policy(LETTERS).next({"p": "word " * 4000})
    assert len(str(told[0].message)) < 1000


def test_numbers_are_taken_for_classes_of_that_name():
    one = policy(("0", "1"), Sequential)
    assert one.answer({"p": 1}) == one.answer({"p": "1"})
    assert one.answer({"p": 1}).label == "1"


# -- as they were read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "classes", "kind"),
    [
        ("", LETTERS, Letters),
        ("", ("a", "b"), Letters),
        ("", WORDS, Words),
        ("", ("A", "maybe"), Words),
        ("letters", LETTERS, Letters),
        ("words", ("y", "n"), Words),
        ("of another version", LETTERS, Letters),
        ("verbatim", LETTERS, type(None)),
        ("numbers", ("1", "2"), type(None)),
        ("math", WORDS, type(None)),
    ],
)
def test_the_reader_is_the_one_that_the_policy_learned_by(name, classes, kind):
    assert type(class_reader(name, classes)) is kind


def test_letters_that_stand_for_words():
    """Read as words, y is yes; read as letters, it is no letter of these but itself."""
    by_words = policy(("n", "y"), **{READ_AS: "words"})
    assert by_words.answer({"p": "yes", "q": "Yes.", "r": None}).label == "y"
    with pytest.warns(InputWarning, match="names none of the classes n, y"):
        policy(("n", "y"), **{READ_AS: "letters"}).answer({"p": "yes"})


@pytest.mark.parametrize("kind", [FixedSet, Sequential])
def test_read_verbatim_only_its_own_name_is_a_class(kind, tmp_path):
    policy(LETTERS, kind, **{READ_AS: "verbatim"}).save(tmp_path / "p.json")
    one = load_policy(tmp_path / "p.json")
    assert one.answer(dict.fromkeys("pqr", "B")).label == "B"
    with pytest.warns(InputWarning, match=r"'\(B\)' names none of the classes A, B, C, D"):
        one.next({"p": "(B)"})


@pytest.mark.parametrize("kind", [FixedSet, Sequential])
@pytest.mark.parametrize(
    ("classes", "reader", "readable"), [(LETTERS, "letters", "(B)"), (WORDS, "words", "Yes.")]
)
def test_what_is_unreadable_is_a_class_where_it_was_one(kind, classes, reader, readable):
    """Learned with unreadable answers as wrong ones, they are so live."""
    one = policy((*classes, UNREADABLE_CLASS), kind, **{READ_AS: reader})
    plain = class_reader(reader, classes).choice(readable)
    assert one.answer({"p": readable, "q": plain}) == one.answer({"p": plain, "q": readable})
    told = {"p": "no idea", "q": readable}
    assert one.answer(told) == one.answer({"p": UNREADABLE_CLASS, "q": plain})
    assert one.next(told) == one.next({"p": UNREADABLE_CLASS, "q": plain})
    # None is no usable answer, and an empty text is none that could be read or not.
    assert one.next({"p": None}) == ("q", "r")[: len(one.next({"p": None}))]
    with pytest.warns(InputWarning, match="taken as unusable, as None is"):
        one.next({"p": " "})
