"""Plurality of open answers, and what a vote is worth."""

import numpy as np
import pytest

from ensel.voting import OpenMajority


def test_one_query_by_hand():
    # Right on 300 of 400 items: odds 3 to 1 against none. With w and b the slopes of the loss are
    #   400 p - 300 + w = 0   and   300 - 400 p + b / 100 = 0,   p = 1 / (1 + exp(b - w)):
    # so w = -b / 100, and w - b is close to log 3.
    vote = OpenMajority(2).fit([[0]] * 400, [0] * 300 + [1] * 100)
    w, b = vote.weights_[0], vote.bias_[0]
    assert w == pytest.approx(-b / 100, abs=1e-9)
    assert w - b == pytest.approx(np.log(3), abs=1e-3)
    p = 1 / (1 + np.exp(b - w))
    assert 400 * p - 300 + w == pytest.approx(0, abs=1e-8)
    assert vote.predict_proba([[1]])[0].tolist() == pytest.approx([0, p])


def test_agreement_is_worth_what_it_was():
    # Of items on which two agree, 9 of 10 are right. Where they differ, each is right in 4 of 10.
    X = [[0, 0], [0, 0], [0, 1], [0, 1], [0, 1]]
    y, counts = [0, 2, 0, 1, 2], np.array([9, 1, 4, 4, 2]) * 1000
    vote = OpenMajority(3).fit(X, y, sample_weight=counts)
    # exp(2 w - b) = 9 and exp(w - b) = 4 / 2: w = log 4.5, b = log 2.25, but for the prior.
    assert vote.weights_[0] == pytest.approx(np.log(4.5), abs=5e-3)
    assert vote.bias_[0] == pytest.approx(np.log(2.25), abs=7e-3)
    np.testing.assert_allclose(vote.none_proba([[2, 2], [0, 1]]), [0.1, 0.2], atol=1e-3)


def test_the_plurality_is_chosen_even_where_it_is_worth_nothing():
    # Whenever two agree they are wrong, and the third is right.
    vote = OpenMajority(3).fit([[0, 0, 1]] * 30, [1] * 30)
    assert vote.weights_.tolist() == [0, 0, 0]
    assert vote.predict([[0, 0, 1], [1, 2, 1]]).tolist() == [0, 1]
    p = vote.predict_proba([[0, 0, 1]])[0]
    assert p[0] == pytest.approx(p[1], abs=1e-8)
    assert p[0] > p[1]
