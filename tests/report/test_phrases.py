"""Phrases of several reports."""

import pytest

from ensel.report.phrases import policy_name


@pytest.mark.parametrize(
    ("method", "vote", "name"),
    [
        ("top-k", "weighted", "top-k + weighted"),
        ("single-best", "own-answer", "single-best"),
        ("mine", "own", "mine"),
    ],
)
def test_only_what_votes_has_a_vote_in_its_name(method, vote, name):
    assert policy_name(method, vote) == name
