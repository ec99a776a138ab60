"""Letters and class names give the same as codes do, through selector, vote and pipeline."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from ensel.exceptions import InputWarning
from ensel.selection import SELECTORS, GreedyMI, Random, TopK
from ensel.voting import VOTES, LogitVote, MajorityVote, MAPVote
from ensel.voting.letters import text_codes

LETTERS = np.array(["A", "B", "C", "D", None], dtype=object)  # -1 picks the last


@pytest.fixture(scope="module")
def codes():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 120)
    noise = rng.integers(-1, 4, (120, 6))
    return np.where(rng.random((120, 6)) < np.linspace(0.3, 0.8, 6), y[:, None], noise), y


@pytest.fixture(scope="module")
def letters(codes):
    X, y = codes
    return pd.DataFrame(LETTERS[X], columns=list("uvwxyz")), LETTERS[y].astype(str)


def as_missing(frame, missing):
    return frame.where(frame.notna(), missing).astype(object)


@pytest.mark.parametrize("vote", list(VOTES))
@pytest.mark.parametrize("method", list(SELECTORS))
def test_a_pipeline_chooses_and_predicts_as_on_codes(method, vote, codes, letters):
    selector = SELECTORS[method]()
    if "budget" in selector.get_params():
        selector.set_params(budget=3)
    on_codes = make_pipeline(clone(selector), VOTES[vote]()).fit(*codes)
    on_letters = make_pipeline(clone(selector), VOTES[vote]()).fit(*letters)
    assert on_letters[0].order_.tolist() == on_codes[0].order_.tolist()
    assert on_letters[0].gains_.tolist() == on_codes[0].gains_.tolist()
    assert on_letters.classes_.tolist() == ["A", "B", "C", "D"]
    predicted = on_letters.predict(letters[0])
    assert predicted.tolist() == LETTERS[on_codes.predict(codes[0])].tolist()
    p, q = on_letters.predict_proba(letters[0]), on_codes.predict_proba(codes[0])
    np.testing.assert_array_equal(p, q)


@pytest.mark.parametrize("missing", [None, np.nan, "", pd.NA])
@pytest.mark.parametrize("of", ["frame", "array", "lists"])
def test_none_nan_and_the_empty_text_are_missing(missing, of, codes, letters):
    frame = as_missing(letters[0], missing)
    X = {"frame": frame, "array": frame.to_numpy(), "lists": frame.to_numpy().tolist()}[of]
    fitted = make_pipeline(GreedyMI(3), MAPVote()).fit(X, letters[1])
    on_codes = make_pipeline(GreedyMI(3), MAPVote()).fit(*codes)
    np.testing.assert_array_equal(fitted.predict_proba(X), on_codes.predict_proba(codes[0]))


def test_text_of_fixed_width_and_categories(codes, letters):
    fixed = np.where(letters[0].isna(), "", letters[0]).astype("U1")
    expected = MAPVote().fit(*codes).predict_proba(codes[0])
    for X in (fixed, letters[0].astype("category"), letters[0].astype("string")):
        np.testing.assert_array_equal(MAPVote().fit(X, letters[1]).predict_proba(X), expected)


def test_selected_columns_come_as_they_were(letters):
    frame = as_missing(letters[0], np.nan)
    selector = TopK(2).fit(frame, letters[1])
    kept = selector.get_feature_names_out().tolist()
    assert kept == [list("uvwxyz")[j] for j in sorted(selector.order_)]
    out = selector.transform(frame)
    assert isinstance(out, np.ndarray)  # as scikit-learn gives a frame
    pd.testing.assert_frame_equal(pd.DataFrame(out, columns=kept), frame[kept])
    pd.testing.assert_frame_equal(
        selector.set_output(transform="pandas").transform(frame), frame[kept]
    )
    lists = TopK(2).fit([["A", None], ["B", np.nan]], ["A", "B"]).transform([[np.nan, "B"]])
    assert lists[0, 1] == "B"
    assert np.isnan(lists[0, 0])


def test_other_text_is_a_symbol_of_its_own_to_a_selector():
    # Column 0 answers "pass" exactly where the label is B: to a selector it tells all, 1 bit.
    X = [["pass", "A"], ["A", "A"], ["pass", "A"], ["A", "B"]]
    selector = GreedyMI(1).fit(X, ["B", "A", "B", "A"])
    assert selector.order_.tolist() == [0]
    assert selector.gains_[0] == pytest.approx(1.0)


def test_other_text_can_be_right_for_no_label_and_is_counted():
    X, y = [["A", "A"], ["B", "A"], ["B", "?"]], ["A", "B", "B"]
    with pytest.warns(InputWarning, match=r"^1 answers name no class \(\?\): taken as missing$"):
        vote = MajorityVote().fit(X, y)
    plain = MajorityVote().fit([["A", "A"], ["B", "A"], ["B", None]], y)
    assert vote.accuracies_.tolist() == plain.accuracies_.tolist()
    with pytest.warns(InputWarning, match="2 answers name no class"):
        assert vote.predict([["I think A", "b"]]).tolist() == ["B"]  # the commoner class


def test_letters_after_letters_may_all_be_missing(letters):
    vote = LogitVote().fit(*letters)
    nothing = pd.DataFrame(np.full((2, 6), np.nan), columns=letters[0].columns)
    assert vote.predict(nothing).shape == (2,)
    pipeline = make_pipeline(GreedyMI(2), MAPVote()).fit(*letters)
    assert pipeline.predict(nothing).shape == (2,)


def test_classes_that_are_numbers_and_truth_values_have_names():
    X = np.array([["0", "1"], ["1", "1"], ["0", "0"]], dtype=object)
    assert MAPVote().fit(X, [0, 1, 0]).predict(X).tolist() == [0, 1, 0]
    X = np.array([["True", "x"], ["False", "x"], ["True", "x"]], dtype=object)
    with pytest.warns(InputWarning, match="3 answers"):
        vote = MAPVote().fit(X, [True, False, True])
    with pytest.warns(InputWarning, match="3 answers"):
        assert vote.predict(X).tolist() == [True, False, True]


def test_mixed_types_are_read_by_their_names():
    X = np.array(
        [[1, np.str_("2"), True], ["2", 2.0, None], [np.int8(1), "1", "True"]], dtype=object
    )
    codes, others = text_codes(X, np.array(["1", "2"]))
    # True is not 1: a text of its own, "True".
    assert codes.tolist() == [[0, 1, 2], [1, 1, -1], [0, 0, 2]]
    assert others == ["True"]


def test_names_with_a_number_of_classes_are_refused():
    with pytest.raises(ValueError, match="labels that are names"):
        MajorityVote(n_classes=2).fit([["A"], ["B"]], ["A", "B"])


def test_codes_after_letters_are_places_among_the_names(codes, letters):
    vote = MAPVote().fit(letters[0].to_numpy(), letters[1])
    np.testing.assert_array_equal(
        vote.predict_proba(codes[0]), vote.predict_proba(letters[0].to_numpy())
    )


def test_weights_count_letters_as_repeated_items_do(codes, letters):
    weights = np.arange(len(codes[1])) % 3
    for estimator in (GreedyMI(3), MAPVote()):
        a = clone(estimator).fit(*codes, sample_weight=weights)
        b = clone(estimator).fit(*letters, sample_weight=weights)
        names = ("order_", "gains_") if hasattr(a, "order_") else ("counts_", "prior_")
        for name in names:
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_random_draws_do_not_depend_on_spelling(codes, letters):
    drawn = [Random(2, random_state=5).fit(*data).order_.tolist() for data in (codes, letters)]
    assert drawn[0] == drawn[1]
