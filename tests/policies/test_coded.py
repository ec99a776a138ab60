"""Answers and labels as places among the classes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensel.policies import TrainingSet
from ensel.policies.coded import in_positions, positions


def test_codes_by_hand():
    X = np.array([[7, 3, -1], [5, 7, 3]])
    # 5 is right for no label; it is as good as missing.
    assert positions(X, np.array([3, 7])).tolist() == [[1, 0, -1], [-1, 1, 0]]


def test_text_by_hand():
    X = np.array([["B", None, "A"], ["C", "A", "B"]], dtype=object)
    assert positions(X, np.array(["A", "B"], dtype=object)).tolist() == [[1, -1, 0], [-1, 0, 1]]


@given(st.integers(0, 2**32 - 1))
def test_an_answer_is_right_where_its_position_is_that_of_the_label(seed):
    rng = np.random.default_rng(seed)
    codes = np.sort(rng.choice(20, size=3, replace=False))
    y = codes[np.r_[0, 1, 2, rng.integers(0, 3, 7)]]
    X = rng.choice(np.append(codes, -1), size=(10, 4))
    classes, coded = in_positions(TrainingSet(X, y), is_open=False)
    assert classes.tolist() == codes.tolist()
    np.testing.assert_array_equal(coded.y[:, None] == coded.X, y[:, None] == X)
    np.testing.assert_array_equal(classes[coded.y], y)
    assert coded.n_classes == 3
    names = np.array([f"class {code:02d}" for code in range(20)] + [None], dtype=object)
    of_text = in_positions(TrainingSet(names[X], names[y]), is_open=False)[1]
    np.testing.assert_array_equal(of_text.X, coded.X)
    np.testing.assert_array_equal(of_text.y, coded.y)


def test_what_is_known_of_items_and_queries_goes_along():
    def rng_of(number):
        return np.random.default_rng(number)

    known = {
        "models": ["m", "k"],
        "costs": np.array([1.0, 2.0]),
        "sample_weight": np.array([1, 0, 2]),
        "groups": np.array([0, 0, 1]),
        "rng_of": rng_of,
    }
    training = TrainingSet(np.array([[4, 9], [9, 9], [4, -1]]), np.array([4, 9, 4]), **known)
    coded = in_positions(training, is_open=False)[1]
    assert coded.X.tolist() == [[0, 1], [1, 1], [0, -1]]
    for name, value in known.items():
        assert getattr(coded, name) is value


def test_codes_of_a_known_number_of_classes_stay():
    training = TrainingSet(np.array([[0, 4]]), np.array([0]), n_classes=5)
    classes, coded = in_positions(training, is_open=False)
    assert coded is training
    assert classes.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("n_options", "most"), [(None, 4), (2, 4), (6, 6)])
def test_open_answers_keep_their_codes_and_know_as_many_options_as_there_are(n_options, most):
    training = TrainingSet(np.array([[0, 3], [-1, 1]]), np.array([2, 0]))
    classes, coded = in_positions(training, is_open=True, n_options=n_options)
    assert classes.tolist() == list(range(most))
    assert coded.n_classes == most
    assert coded.X.tolist() == [[0, 3], [-1, 1]]


def test_one_class_is_refused():
    with pytest.raises(ValueError, match=r"y has one class, .*1.*; two or more are needed"):
        in_positions(TrainingSet(np.array([[0], [1]]), np.array([1, 1])), is_open=False)
