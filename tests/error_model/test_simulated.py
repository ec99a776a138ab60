"""Simulated pools: what is refused."""

import numpy as np
import pytest

from ensel import InputError
from ensel.error_model import simulate


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"error_rates": [0.2, 1.2]}, "rates in"),
        ({"error_rates": [[0.1, 0.2]] * 3}, "rates"),
        (
            {
                "correlation": [[1, 0.9, 0.1], [0.9, 1, 0.9], [0.1, 0.9, 1]],
                "error_rates": [0.2] * 3,
            },
            "positive semi-definite",
        ),
        ({"correlation": [[4, 0], [0, 4]]}, "diagonal"),
        ({"correlation": [[1, 0, 0], [0, 1, 0]]}, "diagonal"),
        ({"error_rates": [np.nan, 0.2]}, "rates in"),
        ({"n_classes": 1}, "rates"),
        ({"prior": [0.5, 0.6]}, "sum to 1"),
        ({"popularity": 5}, "popularity"),
    ],
)
def test_simulate_refuses(arguments, said):
    given_ = {"n_items": 10, "error_rates": [0.2, 0.3], "correlation": 0.3} | arguments
    with pytest.raises(InputError, match=said):
        simulate(**given_)
