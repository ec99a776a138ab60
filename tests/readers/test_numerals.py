"""One number, however it is written."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.readers import reader_named

READER = reader_named("numbers")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u00a0234\u00a0567", 1234567),
        ("1\u2009234", 1234),
        ("1\u202f234", 1234),
        ("12.0", 12),
        (".5", Fraction(1, 2)),
        ("$5", 5),
        ("-$5", -5),
        ("$-5", -5),
        ("\\$5", 5),
        ("€ 5", 5),
        ("5 €", 5),
        ("18 dollars", 18),
        ("50%", 50),
        ("50\\%", 50),
        ("1e3", 1000),
        ("1.5E-1", Fraction(3, 20)),
        ("1/2", Fraction(1, 2)),
        ("\\frac{1}{2}", Fraction(1, 2)),
        ("1 1/2", Fraction(3, 2)),
        ("1\\frac{1}{2}", Fraction(3, 2)),
        ("-1½", Fraction(-3, 2)),
        ("½", Fraction(1, 2)),
        ("\u22125", -5),
        ("42.", 42),
        ("Answer: 42", 42),
        ("The final answer is $42$.", 42),
        ("so it is\nAnswer: 42", 42),
        ("#### 1,000", 1000),
        ("**Answer:** 42", 42),
        ("\\boxed{42}", 42),
        ("$\\boxed{42}$", 42),
        ("x = 5", 5),
        ("total=1,000.", 1000),
        ("007", 7),
        ("10,\\!080", 10080),
    ],
)
def test_is_read(text, number):
    assert READER.key(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "between 3 and 4",
        "3 4",
        "3, 4",
        "1,68",
        "1,23,456",
        "12 34",
        "1/0",
        "",
        "?",
        "-",
        ".",
        "nan",
        "inf",
        "1e999999999",
        "1" * 500,
        "--5",
        "2 + 3",
        "2 + 3 = 5",
        "five",
        "5 million",
        "٣",
        "$",
        "5 kg",
    ],
)
def test_is_not_guessed(text):
    assert READER.key(text) is None


@given(st.text() | st.text("0123456789.,/$%e- ½\u00a0xA={}\\"))
def test_takes_any_text_and_reads_its_own_writing(text):
    key = READER.key(text)
    if key is not None:
        assert READER.key(str(key)) == key


@given(st.fractions())
def test_reads_every_fraction(number):
    assert READER.key(str(number)) == number
