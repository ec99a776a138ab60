"""Phrases that several reports share."""

from __future__ import annotations

from typing import Any

from ensel.heldout.intervals import Estimate

SINGLE = "single-best"
OWN = "own"
"""The vote of a method that brings its own way of answering."""


def policy_name(method: str, vote: str) -> str:
    """Method and vote; a single query does not vote, nor does a method with answers of its own.

    Examples
    --------
    >>> policy_name("top-k", "weighted")
    'top-k + weighted'
    >>> policy_name("single-best", "majority")
    'single-best'
    """
    return method if method == SINGLE or vote == OWN else f"{method} + {vote}"


def estimate(row: dict[str, Any], name: str) -> Estimate:
    """A number of a row with its interval: NAME, NAME_low, NAME_high."""
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])


def span(value: Estimate, spec: str = ".1f") -> str:
    """``[85.5, 87.3]``: the interval of a rate, in percent or points."""
    return f"[{100 * value.low:{spec}}, {100 * value.high:{spec}}]"
