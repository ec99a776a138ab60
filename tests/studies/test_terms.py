"""The three terms: one definition, computed two ways; their sum, and a bound on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ensel.information import information_terms, mutual_information
from ensel.studies.terms import TERMS, information_by_term, log_ratio, pointwise_terms

tables = st.tuples(st.integers(1, 40), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.int8, shape, elements=st.integers(-1, 2)),
        hnp.arrays(np.int8, shape[0], elements=st.integers(0, 2)),
    )
)


@given(tables)
def test_pointwise_means_are_the_plug_in_terms(table):
    answers, labels = table
    new = answers.shape[1] - 1
    for bought in ([], list(range(new))):
        found = pointwise_terms(answers, labels, bought, new)
        right = information_terms(answers, labels, bought, [new])
        for name in TERMS:
            assert found[name].mean() == pytest.approx(getattr(right, name)[0], abs=1e-9)


@given(tables)
def test_pointwise_terms_add_up_to_the_information(table):
    answers, labels = table
    total = 0.0
    for new in range(answers.shape[1]):
        terms = pointwise_terms(answers, labels, list(range(new)), new)
        total += (terms["relevance"] - terms["redundancy"] + terms["dependence"]).mean()
    assert total == pytest.approx(mutual_information(answers, labels), abs=1e-9)


def test_log_ratio_by_hand():
    # p(0, 0) = 2/4, p(a = 0) = 3/4, p(b = 0) = 2/4: log2((2/4) / (6/16)) = log2(4/3)
    # p(0, 1) = 1/4, p(b = 1) = 2/4: log2((1/4) / (6/16)) = log2(2/3); p(1, 1): log2(2)
    found = log_ratio(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(found, np.log2([4 / 3, 4 / 3, 2 / 3, 2]))


def test_information_is_the_sum_of_its_terms_and_the_bound_is_below_the_entropy(small_pool):
    found = information_by_term(small_pool, most=3, n_splits=2)
    wide = found.pivot(index="budget", columns="quantity", values="value")
    total = wide["relevance"] - wide["redundancy"] + wide["dependence"]
    np.testing.assert_allclose(wide["information"], total, atol=1e-6)
    assert (wide["held-out bound"] <= 1).all()  # H(Y) of two classes
    assert wide["on training items"].is_monotonic_increasing
    assert (wide.loc[1, ["redundancy", "dependence"]] == 0).all()
