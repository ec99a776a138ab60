"""Lists of words, numbers and amounts."""

import pytest

from ensel import InputError
from ensel.cli.arguments import amounts, numbers, training_part, words


def test_words():
    assert words(" a, b ,,c") == ["a", "b", "c"]


def test_numbers_are_single_or_ranges():
    assert numbers("1,3-5", "--budgets") == [1, 3, 4, 5]


def test_amounts_are_from_zero():
    assert amounts("0,0.5,2", "--money") == [0.0, 0.5, 2.0]


@pytest.mark.parametrize("text", ["", "-1", "inf", "nan", "1,x"])
def test_other_amounts_are_refused(text):
    with pytest.raises(InputError, match="numbers from 0 are needed, like"):
        amounts(text, "--money")


def test_a_training_part_is_a_share_or_a_number():
    assert training_part("500") == 500
    assert training_part("0.5") == 0.5
    with pytest.raises(InputError, match="a share"):
        training_part("half")
