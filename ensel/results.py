"""Results as plain data that JSON can hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """NumPy scalars to Python's, NaN to None, through lists and dicts.

    Examples
    --------
    >>> plain({"a": np.float64("nan"), "b": (np.int64(1), 0.5)})
    {'a': None, 'b': [1, 0.5]}
    """
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
