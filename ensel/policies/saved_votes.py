"""A fitted vote as plain data, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ensel.policies.base import DamagedPolicy
from ensel.registry import SAVED_VOTES


def vote_to_data(vote: Any) -> dict[str, Any]:
    """Name, parameters and what was learned.

    Raises
    ------
    NotImplementedError
        If the vote is none of ours.
    """
    name = SAVED_VOTES.name_of(type(vote))
    if name is None:
        raise NotImplementedError(f"a {type(vote).__name__} cannot be kept in a file")
    fitted = {k: np.asarray(v).tolist() for k, v in vars(vote).items() if k[-1] == "_"}
    return {"name": name, "parameters": vote.get_params(), "fitted": fitted}


def vote_from_data(data: Mapping[str, Any], n_queries: int, n_classes: int) -> Any:
    """A fitted vote from what `vote_to_data` gave.

    Raises
    ------
    DamagedPolicy
        If it is no vote of so many queries and classes.
    """
    if data["name"] not in SAVED_VOTES:
        raise DamagedPolicy(f"no vote {data['name']!r}; votes: {SAVED_VOTES.listed}")
    vote = SAVED_VOTES[data["name"]](**data["parameters"])
    for attribute, value in data["fitted"].items():
        setattr(vote, attribute, np.asarray(value) if isinstance(value, list) else value)

    if not np.array_equal(vote.classes_, np.arange(n_classes)):
        raise DamagedPolicy(f"the vote has other classes than the {n_classes} that are named")
    for attribute, shape in vote.fitted_shapes(n_queries, n_classes).items():
        values = np.asarray(getattr(vote, attribute))
        if values.shape != shape:
            raise DamagedPolicy(f"{attribute} of shape {values.shape}, not {shape}")
        if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
            raise DamagedPolicy(f"{attribute} holds what is no number")
    return vote
