"""What is said of asking in sequence: whether it is recommended, and the one sentence."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ensel.choosing.in_sequence_result import WORTH_A_LOSS, InSequence
from ensel.heldout.intervals import Estimate
from ensel.policies import certificates
from ensel.policies.certificates import Certificate

PASSED = certificates.Tested(0.1, 1.9, 2.2, 0.7, n_lost=1, n_gained=0, p_value=0.01, passed=True)
CERTIFIED = Certificate("loss", 0.02, 0.95, True, 200, None, (PASSED,))
NONE = Certificate("loss", 0.02, 0.95, False, 40, 1500, (replace(PASSED, passed=False),))

RESULT = InSequence(
    queries=["a", "b", "c", "d"],
    mean_queries=Estimate(2.5, 2.25, 2.75),
    mean_cost=None,
    accuracy=Estimate(0.8, 0.7, 0.9),
    full_accuracy=Estimate(0.81, 0.71, 0.91),
    loss_to_full=Estimate(0.01, -0.01, 0.03),
    agreement_with_full=0.97,
    loss_to_set=Estimate(0.0, -0.005, 0.005),
    set_size=3,
    set_cost=float("nan"),
    stops=pd.DataFrame({"asked": [2, 4], "share": [0.75, 0.25], "accuracy": [0.9, 0.5]}),
    certificate=None,
    policy=None,
    first=2,
    if_they_differ=True,
)


# -- is it recommended? ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "recommended"),
    [
        ({}, True),
        # Fewer: the interval of the mean has to end below the size of the set.
        ({"mean_queries": Estimate(2.5, 2.0, 2.999)}, True),
        ({"mean_queries": Estimate(2.5, 2.0, 3.0)}, False),
        ({"set_size": 2}, False),
        ({"set_size": 1}, False),
        ({"set_size": 1, "mean_queries": Estimate(0.5, 0.4, 0.6)}, False),
        # Hardly: the interval of the loss ends at half a point at most.
        ({"loss_to_set": Estimate(-0.02, -0.05, 0.005)}, True),
        ({"loss_to_set": Estimate(0.0, -0.0051, 0.0051)}, False),
        ({"loss_to_set": Estimate(-0.02, -0.1, 0.06)}, False),
        # Or a certificate holds, and half a point is expected at most.
        ({"loss_to_set": Estimate(0.005, -0.04, 0.05), "certificate": CERTIFIED}, True),
        ({"loss_to_set": Estimate(0.0051, -0.04, 0.05), "certificate": CERTIFIED}, False),
        ({"loss_to_set": Estimate(0.0, -0.04, 0.05), "certificate": NONE}, False),
        ({"loss_to_set": Estimate(0.0, -0.04, 0.004), "certificate": NONE}, True),
        # It has to ask less, certified or not.
        ({"mean_queries": Estimate(2.9, 2.0, 3.1), "certificate": CERTIFIED}, False),
    ],
)
def test_recommended_at_its_edges(change, recommended):
    assert WORTH_A_LOSS == 0.005
    result = replace(RESULT, **change)
    assert result.is_recommended == recommended
    assert result.to_dict()["recommended"] == recommended


# -- what to do -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queries", "first", "if_they_differ", "said"),
    [
        ("a", 1, False, "ask a of every question"),
        ("ab", 2, False, "ask a and b of every question"),
        ("abc", 3, False, "ask a, b and c of every question"),
        ("ab", 1, False, "ask a; ask b only while the answer is not settled"),
        ("abc", 2, True, "ask a and b; ask c only if they differ"),
        ("abc", 2, False, "ask a and b; ask c only while the answer is not settled"),
        ("abcd", 2, True, "ask a and b; ask c, then d, only if they differ"),
        ("abcde", 2, True, "ask a and b; ask c, then d and e, only if they differ"),
        ("abcdef", 2, True, "ask a and b; ask c, then 3 more, only if they differ"),
        ("abcd", 3, False, "ask a, b and c; ask d only while the answer is not settled"),
        (
            "abcdef",
            1,
            False,
            "ask a; ask b, then 4 more, only while the answer is not settled",
        ),
    ],
)
def test_the_instruction_is_a_sentence(queries, first, if_they_differ, said):
    known = {"queries": list(queries), "first": first, "if_they_differ": if_they_differ}
    result = replace(RESULT, **known)
    assert result.instruction == result.to_dict()["instruction"] == said


# -- plain data -----------------------------------------------------------------------------------


def test_plain_data():
    data = RESULT.to_dict()
    assert data["queries"] == ["a", "b", "c", "d"]
    assert [data[f"mean_queries{end}"] for end in ("", "_low", "_high")] == [2.5, 2.25, 2.75]
    assert [data[f"loss_to_full{end}"] for end in ("", "_low", "_high")] == [0.01, -0.01, 0.03]
    assert (data["accuracy"], data["full_accuracy"]) == (0.8, 0.81)
    assert (data["loss_to_set"], data["set_size"], data["agreement_with_full"]) == (0.0, 3, 0.97)
    assert data["stops"] == [
        {"asked": 2, "share": 0.75, "accuracy": 0.9},
        {"asked": 4, "share": 0.25, "accuracy": 0.5},
    ]
    assert data["certificate"] is None
    assert np.isnan(data["mean_cost"])  # null, once it is written


def test_what_does_not_apply_is_none_and_a_certificate_is_said_in_full():
    known = {"stops": None, "agreement_with_full": None, "mean_cost": Estimate(0.5, 0.4, 0.6)}
    data = replace(RESULT, certificate=CERTIFIED, **known).to_dict()
    assert data["stops"] is data["agreement_with_full"] is None
    assert (data["mean_cost"], data["mean_cost_high"]) == (0.5, 0.6)
    own = data["certificate"]
    assert (own["loss"], own["confidence"], own["certified"]) == (0.02, 0.95, True)
    assert (own["mean_queries"], own["mean_cost"], own["labels_needed"]) == (2.2, 0.7, None)
    own = replace(RESULT, certificate=NONE).to_dict()["certificate"]
    assert (own["certified"], own["mean_queries"], own["labels_needed"]) == (False, None, 1500)
