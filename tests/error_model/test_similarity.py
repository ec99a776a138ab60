"""CAPA: by hand, against the paper's sums item by item, and what it must keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ensel.error_model import capa, phi_coefficient
from ensel.error_model.similarity import ITEMS_AT_ONCE, agreements


def by_the_paper(first, second, labels, n_options):
    """The definition for probabilities, with plain answers as probabilities, item by item.

    A missing answer gives no option any probability; 1 - a in c_exp is the probability of the wrong
    options.
    """
    observed, right, wrong, even = 0.0, [0.0, 0.0], [0.0, 0.0], 0.0
    for one, two, label, k in zip(first, second, labels, n_options, strict=True):
        p = np.zeros((2, max(k, label + 1, one + 1, two + 1)))
        for model, answer in enumerate((one, two)):
            if answer >= 0:
                p[model, answer] = 1
        observed += sum(p[0, o] * p[1, o] for o in range(p.shape[1]))
        even += 1 / (k - 1)
        for model in (0, 1):
            right[model] += p[model, label]
            wrong[model] += sum(p[model]) - p[model, label]
    n = len(labels)
    expected = right[0] * right[1] / n**2 + wrong[0] * wrong[1] / n**2 * even / n
    return (observed / n - expected) / (1 - expected)


@st.composite
def answered(draw, n_classes=4, least=-1):
    n_items = draw(st.integers(2, 12))
    answers = draw(arrays(np.int64, (n_items, 3), elements=st.integers(least, n_classes - 1)))
    labels = draw(arrays(np.int64, n_items, elements=st.integers(0, n_classes - 1)))
    return answers, labels


@given(answered(), st.data())
def test_is_the_definition_of_the_paper(drawn, data):
    answers, labels = drawn
    n_options = data.draw(arrays(np.int64, len(labels), elements=st.integers(2, 6)))
    found = capa(answers, labels, n_options)
    for i in range(3):
        for j in range(3):
            right = (answers[:, [i, j]] == labels[:, None]).all()
            only_two = (n_options == 2).all()
            if right or (only_two and np.isnan(found[i, j])):
                assert np.isnan(found[i, j])
                continue
            slow = by_the_paper(answers[:, i], answers[:, j], labels, n_options)
            assert found[i, j] == pytest.approx(slow, abs=1e-12)


def test_by_hand():
    """Ten items of three options: eight and seven right, both right on six, one wrong together.

    c_obs = (6 + 1) / 10; c_exp = .8 * .7 + .2 * .3 / 2 = .59; (.7 - .59) / (1 - .59) = .11 / .41.
    """
    labels = np.zeros(10, dtype=int)
    first = np.array([0] * 6 + [0, 0, 1, 2])
    second = np.array([0] * 6 + [1, 2, 1, 0])
    found = capa(np.column_stack([first, second]), labels, 3)
    assert found[0, 1] == found[1, 0] == pytest.approx(0.11 / 0.41)


def test_a_missing_answer_agrees_with_nothing():
    """c_obs: two of four items; c_exp = .5 * .5 + 0 * .25 / 3, since a missing answer is not one
    that could agree by chance; (.5 - .25) / .75."""
    answers = np.array([[0, 0], [0, 0], [-1, -1], [-1, 1]])
    found = capa(answers, np.zeros(4, dtype=int), 4)
    assert found[0, 1] == pytest.approx(1 / 3)
    assert found[0, 0] < 1


@given(answered(n_classes=2, least=0))
def test_of_two_classes_it_is_kappa_of_right_and_wrong(drawn):
    answers, labels = drawn
    wrong = answers != labels[:, None]
    found = capa(answers, labels, 2)[0, 1]
    together = (wrong[:, 0] == wrong[:, 1]).mean()
    a, b = wrong.mean(axis=0)[:2]
    chance = a * b + (1 - a) * (1 - b)
    if chance > 1 - 1e-9:
        assert np.isnan(found)
    else:
        assert found == pytest.approx((together - chance) / (1 - chance))


@given(answered(least=0))
def test_is_symmetric_within_its_range_and_1_for_a_copy(drawn):
    answers, labels = drawn
    found = capa(answers, labels, 4)
    np.testing.assert_array_equal(found, found.T)
    known = found[~np.isnan(found)]
    assert ((known >= -1 - 1e-12) & (known <= 1 + 1e-12)).all()
    assert np.allclose(np.diag(found)[~np.isnan(np.diag(found))], 1)


@given(answered(least=0), st.permutations(range(4)))
def test_the_names_of_classes_do_not_matter(drawn, names):
    answers, labels = drawn
    renamed = np.array(names)
    np.testing.assert_allclose(
        capa(renamed[answers], renamed[labels], 4), capa(answers, labels, 4), atol=1e-12
    )


def test_wrong_in_the_same_way_is_more_alike_than_wrong_together():
    """Same errors, so the same phi; CAPA tells a pair that also gives the same wrong answer."""
    labels = np.zeros(40, dtype=int)
    first = np.repeat([0, 1], [30, 10])
    alike, unlike = first.copy(), np.repeat([0, 2], [30, 10])
    answers = np.column_stack([first, alike, unlike])
    assert phi_coefficient(answers != 0).min() == pytest.approx(1)
    found = capa(answers, labels, 4)
    assert found[0, 1] == pytest.approx(1)
    # c_obs = 30/40; c_exp = .75^2 + .25^2 / 3 = .58333
    assert found[0, 2] == pytest.approx((0.75 - 0.7 / 1.2) / (1 - 0.7 / 1.2))


def test_independent_models_that_scatter_are_at_chance():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 200_000)
    shift = np.where(rng.random((200_000, 2)) < 0.4, rng.integers(1, 4, (200_000, 2)), 0)
    found = capa((labels[:, None] + shift) % 4, labels, 4)
    assert abs(found[0, 1]) < 0.01


def test_many_items_are_counted_in_blocks():
    """More than one block: 3/4 of the items alike in each."""
    n = ITEMS_AT_ONCE + 4
    answers = np.zeros((n, 2), dtype=np.int8)
    answers[::4, 1] = 1
    found = agreements(answers, np.zeros(n, dtype=int), 3)
    assert found.same[0, 1] == 0.75
    assert found.wrong.tolist() == [0, 0.25]


def test_two_that_are_always_right_have_none():
    answers = np.zeros((5, 2), dtype=int)
    assert np.isnan(capa(answers, np.zeros(5, dtype=int), 4)).all()


def test_one_text_model_behind_two_names_is_most_similar(real):
    table = real("mmlu")
    found = capa(table.answers, table.labels, 4)
    names = table.query_names
    i = names.index("meta_llama-3.2-90b-vision-instruct-turbo")
    j = names.index("meta_llama-3.1-70b-instruct-turbo")
    off_diagonal = found - 2 * np.eye(len(found))
    assert off_diagonal.max() == found[i, j]
