"""Prices in, costs out."""

import numpy as np
import pytest

from ensel import InputError, PredictionTable
from ensel.formats.prices import COST_UNIT, read_prices, with_prices


@pytest.fixture
def table():
    return PredictionTable(
        [[0, 1, 1], [1, 1, 0]], [0, 1], classes="ab", queries=["big#1", "big#2", "small"]
    )


def written(tmp_path, text):
    path = tmp_path / "prices.csv"
    path.write_text(text)
    return path


def test_cost_by_hand(tmp_path, table):
    prices = read_prices(written(tmp_path, "model,input,output\nbig,5,15\nsmall,0.5,1.5\n"))
    priced = with_prices(table, prices, tokens=(400, 100))
    # 5 USD a million in: 400 tokens x 1,000 questions = .4 million: 2 USD; out .1 million: 1.5 USD.
    np.testing.assert_allclose(priced.costs, [3.5, 3.5, 0.35])
    assert priced.cost_unit == COST_UNIT
    assert table.costs is None
    np.testing.assert_array_equal(priced.answers, table.answers)


def test_tokens_of_the_file_come_before_the_general_ones(tmp_path, table):
    text = "model,input,output,input_tokens,output_tokens\nbig,1,1,1000,0\nsmall,1,1,500,500\n"
    priced = with_prices(table, read_prices(written(tmp_path, text)), tokens=(9, 9))
    np.testing.assert_allclose(priced.costs, [1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model,input\nbig,1\n", "no column output"),
        ("model,input,output\nbig,1,1\nbig,2,2\n", "'big' occurs twice"),
        ("model,input,output\nbig,-1,1\n", "input of 'big' is -1; a number from 0"),
        ("model,input,output\nbig,1,dear\n", "output of 'big' is dear"),
        ("", "empty file; a header line"),
        ("model,input,output\n", "empty table"),
        ("model,input,output\nbig,1,1,7\n", "row 2 has 4 cells, the header has 3"),
        ("model,input,output\nbig,1,1\n,1,1\n", "the row ',1,1' names no model"),
        ("model,input,output\nbig,,1\n", "input of 'big' is empty; a number from 0"),
        ("model,input,output,input_tokens\nbig,1,1,-5\n", "input_tokens of 'big' is -5"),
    ],
)
def test_refuses(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        read_prices(written(tmp_path, text))


def test_says_what_is_not_known(tmp_path, table):
    with pytest.raises(InputError, match="cannot be read"):
        read_prices(tmp_path / "none.csv")
    prices = read_prices(written(tmp_path, "model,input,output\nbig,1,1\n"))
    with pytest.raises(InputError, match="no price of small"):
        with_prices(table, prices, tokens=(1, 1))
    prices = read_prices(written(tmp_path, "model,input,output\nbig,1,1\nsmall,1,1\n"))
    with pytest.raises(InputError, match="input_tokens of big#1 unknown"):
        with_prices(table, prices)


def test_unknown_tokens_of_one_model_fall_back_on_the_general_ones(tmp_path, table):
    text = "model,input,output,input_tokens,output_tokens\nbig,1,1,1000,0\nsmall,1,1,,\n"
    prices = read_prices(written(tmp_path, text))
    # small: 300 tokens in and 100 out a question, at 1 USD a million: .4 USD per 1,000 questions.
    np.testing.assert_allclose(with_prices(table, prices, tokens=(300, 100)).costs, [1, 1, 0.4])
    with pytest.raises(InputError, match="input_tokens of small unknown"):
        with_prices(table, prices)
