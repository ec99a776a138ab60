"""The lines by ensemble size, where theory knows them."""

import numpy as np
import pytest

from ensel import error_floor
from ensel.error_model import simulate


def test_lines_of_a_simulated_uniform_pool_are_where_they_should_be():
    pool = simulate(20_000, [0.2] * 7, 0.3, random_state=0)
    result = error_floor(pool, n_boot=20)
    floor = result.estimates["uniform_floor"]
    assert floor.low < 0.0622 < floor.high
    assert result.estimates["vote_limit"].value == pytest.approx(0.0622, abs=0.01)
    curve = result.curve
    # The majority of seven is the Bayes rule of this pool: (a) finite, (c) and (d) meet.
    assert curve["bayes"].iloc[6] == pytest.approx(curve["uniform"].iloc[6], abs=0.006)
    assert curve["held_out_top_k"].iloc[6] == pytest.approx(curve["uniform"].iloc[6], abs=0.01)
    assert (np.diff(curve["bayes"].dropna()) <= 1e-12).all()
    # No tail beyond the copula's: predicted and observed all-wrong rates agree.
    ratio = result.co_failure.observed / result.estimates["all_wrong_predicted"].value
    assert 0.7 < ratio < 1.4
