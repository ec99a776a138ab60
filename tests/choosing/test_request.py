"""What `select` is asked for, checked: who limits or certifies asking in sequence wants it."""

import numpy as np
import pytest

from ensel import InputError, Verifier, select
from ensel.choosing.request import checked_request
from ensel.error_model import simulate

POOL = simulate(60, [0.2, 0.25, 0.3], 0.3, random_state=0)


def requested(**details):
    return checked_request(POOL, 2, None, details.pop("verifier", None), seed=0, **details)


@pytest.mark.parametrize(
    ("details", "adaptive"),
    [
        ({}, None),
        ({"adaptive": True}, True),
        ({"adaptive": False}, False),
        ({"mean_budget": 1.5}, True),
        ({"mean_budget": 1, "adaptive": True}, True),
        ({"loss": 0.01}, True),
        ({"loss": 0.01, "confidence": 0.9, "adaptive": True}, True),
        ({"verifier": True, "adaptive": True}, True),
    ],
)
def test_who_limits_or_certifies_asking_in_sequence_wants_it(details, adaptive):
    request = requested(**details)
    assert request.adaptive is adaptive
    assert request.loss == details.get("loss")
    assert request.confidence == details.get("confidence", 0.95)
    assert request.mean_budget == details.get("mean_budget")


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"mean_budget": 0.5}, "mean budget 0.5"),
        ({"mean_budget": "two"}, "mean budget 'two'"),
        ({"mean_budget": np.nan}, "mean budget nan"),
        ({"mean_budget": True}, "mean budget True"),
        ({"loss": 0}, "loss 0: a share between 0 and 1"),
        ({"loss": 1.5}, "loss 1.5: a share between 0 and 1"),
        ({"loss": "little"}, "loss 'little': a share between 0 and 1"),
        ({"loss": 0.01, "confidence": 95}, "confidence 95: a share between 0 and 1"),
        ({"loss": 0.01, "mean_budget": 2}, "a loss and a mean budget; give one"),
        ({"loss": 0.01, "adaptive": False}, "adaptive is False"),
        ({"mean_budget": 2, "adaptive": False}, "adaptive is False"),
        ({"mean_budget": 2, "verifier": True}, "a mean budget with a verifier"),
        ({"loss": 0.01, "verifier": Verifier(0.1)}, "a loss with a verifier"),
    ],
)
def test_refuses(details, said):
    with pytest.raises(InputError, match=said) as raised:
        requested(**details)
    assert "\n" not in str(raised.value)
    # The front door says the same, before anything is learned.
    with pytest.raises(InputError, match=said):
        select(POOL, 2, **details)


def test_a_mean_budget_above_the_budget_limits_nothing():
    assert requested(mean_budget=100).mean_budget == 100
