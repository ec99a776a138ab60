"""Estimators, classes of them and functions are called one way; anything else is refused."""

import pytest

from ensel.testing import check_selector, check_vote


def test_what_can_be_no_subject_is_refused():
    with pytest.raises(TypeError, match="an estimator with get_params and fit"):
        check_selector(3)
    with pytest.raises(TypeError, match="an estimator with get_params and predict"):
        check_vote("majority")
