"""True or false made of multiple choice."""

import numpy as np
import pytest

from ensel import InputError


def test_statements_follow_their_definition(real):
    t = real("mmlu")
    statements = t.as_statements(random_state=5)
    assert statements.n_items == t.n_items
    assert statements.classes == ("false", "true")
    option = np.array([t.classes.index(o) for o in statements.items["option"]])
    np.testing.assert_array_equal(statements.labels, option == t.labels)
    expected = np.where(t.answers == -1, -1, t.answers == option[:, None])
    np.testing.assert_array_equal(statements.answers, expected)
    # Half are true (sd .0066), and each of the three wrong options is asked equally often.
    assert statements.labels.mean() == pytest.approx(0.5, abs=0.03)
    shift = ((option - t.labels) % 4)[statements.labels == 0]
    np.testing.assert_allclose(np.bincount(shift, minlength=4)[1:] / len(shift), 1 / 3, atol=0.04)


def test_statements_ask_only_options_an_item_has(real):
    t = real("temperatures")
    statements = t.as_statements(random_state=1)
    four = (t.items["n_options"] == 4).to_numpy()
    assert "E" not in set(statements.items["option"][four])
    assert "E" in set(statements.items["option"][~four])


def test_statement_view_makes_errors_depend_on_the_class(real):
    # The note on Theorem 4.1: false negatives .174, false positives .061 on MMLU.
    t = real("mmlu").as_statements(random_state=0)
    said = t.answers[:, :] == 1
    negatives = 1 - said[t.labels == 1].mean()
    positives = said[t.labels == 0].mean()
    assert negatives == pytest.approx(0.174, abs=0.015)
    assert positives == pytest.approx(0.061, abs=0.010)


def test_statements_need_more_than_two_classes(small_pool):
    with pytest.raises(InputError, match="already two classes"):
        small_pool.as_statements()
