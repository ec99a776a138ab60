"""Answers for a saved policy, read as those that it learned from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ensel.cli.options import UNREADABLE, LogOptions
from ensel.exceptions import InputError
from ensel.formats import read_table
from ensel.policies.base import Policy
from ensel.readers.base import UNREADABLE_CLASS
from ensel.registry import READ_AS, READERS
from ensel.table.kinds import OPEN
from ensel.table.prediction_table import PredictionTable


def answers_for(
    policy: Policy, answers: Path, unreadable: str, logs: LogOptions, *, labelled: bool = False
) -> PredictionTable:
    """Read the queries of a saved policy.

    Parameters
    ----------
    policy : Policy
    answers : Path
        A table, or logs.
    unreadable : str
        ``"stop"`` or ``"missing"``.
    logs : LogOptions
    labelled : bool
        Whether there are labels to read.

    Returns
    -------
    PredictionTable

    Raises
    ------
    InputError
        What reading refuses, and another word for what is unreadable.
    """
    known = policy.class_names or ()
    names = [name for name in known if name != UNREADABLE_CLASS]
    if unreadable not in ("stop", "missing"):
        raise InputError(f"--unreadable {unreadable!r}: stop or missing is needed")
    if unreadable == "stop" and policy.about.get(UNREADABLE) == "missing":
        unreadable = "missing"  # as it was learned
    if unreadable == "stop" and len(names) < len(known):
        unreadable = "wrong"  # as it was learned: there, they are a class of their own
    return read_table(
        answers,
        classes=names if policy.reader is None else None,
        kind=None if policy.reader is None else OPEN,
        queries=policy.query_names,
        labelled=labelled,
        unreadable=unreadable,
        reader=policy.reader or _read_as(policy),
        **logs.choices,
    )


def _read_as(policy: Policy) -> Any:
    """The reader of the answers that a policy learned from; None where it does not say."""
    name = policy.about.get(READ_AS)
    return name if isinstance(name, str) and name in READERS else None
