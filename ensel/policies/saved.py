"""Policies in files: one readable JSON each."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from ensel import __version__
from ensel.exceptions import InputError, shorten
from ensel.files import written_whole
from ensel.policies.base import DamagedPolicy, Policy
from ensel.registry import POLICIES, READERS
from ensel.results import plain

VERSION = 1
NUMBERS = "\ue000numbers "
"""Stands for a list of numbers until all else is laid out; no name begins like this."""
DAMAGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What the parts of a damaged file raise."""


def save_policy(policy: Policy, path: str | os.PathLike[str]) -> None:
    """Write a policy that was fitted on a table, whole or not at all.

    Parameters
    ----------
    policy : Policy
    path : path-like

    Raises
    ------
    InputError
        If the policy has no names of queries and classes, or its kind cannot be kept.
    """
    kind = POLICIES.name_of(type(policy))
    if kind is None:
        raise InputError(
            f"{path}: a {type(policy).__name__} cannot be kept in a file; of ensel's policies, "
            f"these can: {POLICIES.listed}"
        )
    if policy.class_names is None:
        raise InputError(
            f"{path}: this policy was fitted on an array, and does not know the names of its "
            "queries and classes; fit it with fit_table"
        )
    data = {
        "ensel_policy": VERSION,
        "made_with": f"ensel {__version__}",
        "kind": kind,
        "classes": list(policy.class_names),
        "reader": policy.reader,
        "queries": list(policy.queries),
        "about": dict(policy.about),
        **policy.to_data(),
    }
    with written_whole(path) as temporary:
        temporary.write_text(_readable(plain(data)) + "\n", encoding="utf-8")


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """Read what `Policy.save` wrote.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Policy

    Raises
    ------
    InputError
        If the file holds no policy, one of a later version, or a damaged one.

    See Also
    --------
    Policy.save : Writes it.
    """
    path = Path(path)
    data = _read(path)
    if data["ensel_policy"] != VERSION:
        raise InputError(
            f"{path}: policy version {data['ensel_policy']!r}; this ensel reads {VERSION}"
        )
    try:
        return _policy_of(data)
    except DAMAGE as error:
        what = str(error) if isinstance(error, DamagedPolicy) else "a part is absent or malformed"
        raise InputError(f"{path}: a damaged policy ({what}); save it again") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if "ensel_policy" not in data:
            raise KeyError("ensel_policy")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path}: not a policy; a file that `ensel select --save` wrote is needed"
        ) from error
    if not isinstance(data, dict):
        raise InputError(f"{path}: not a policy; a file that `ensel select --save` wrote is needed")
    return data


def _policy_of(data: dict[str, Any]) -> Policy:
    names = tuple(str(query["name"]) for query in data["queries"])
    classes = tuple(str(name) for name in data["classes"])
    for what, words in (("queries", names), ("classes", classes)):
        if len(set(words)) < len(words):
            raise DamagedPolicy(f"names of {what} repeat: {shorten(words)}")
    if data["kind"] not in POLICIES:
        raise DamagedPolicy(f"no kind {data['kind']!r}; kinds: {POLICIES.listed}")
    policy: Policy = POLICIES[data["kind"]].from_data(data, len(names), len(classes))
    policy.query_names, policy.class_names = names, classes
    policy.reader = data["reader"]
    if policy.reader is not None and policy.reader not in READERS:
        raise DamagedPolicy(f"no reader {policy.reader!r}; readers: {READERS.listed}")
    policy.queries, policy.about = data["queries"], dict(data["about"])
    return policy


def _readable(data: dict[str, Any]) -> str:
    """JSON with a line per entry, but innermost lists of numbers on one line."""
    numbers: list[str] = []

    def set_apart(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: set_apart(item) for key, item in value.items()}
        if isinstance(value, list):
            if value and all(isinstance(item, int | float) for item in value):
                numbers.append(json.dumps(value, allow_nan=False))
                return f"{NUMBERS}{len(numbers) - 1}"
            return [set_apart(item) for item in value]
        return value

    text = json.dumps(set_apart(data), indent=1, allow_nan=False, ensure_ascii=False)
    place = re.compile(f'"{NUMBERS}([0-9]+)"')
    return place.sub(lambda match: numbers[int(match.group(1))], text)
