"""What the results of all front doors share: plain data, JSON, a picture, a report."""

from __future__ import annotations

import json
import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ensel.registry import resolve

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Result:
    """Base of the results: frozen dataclasses with a tidy DataFrame.

    What draws and what reports a result stands on a higher floor; a result names it, and it is
    imported when asked for.

    Attributes
    ----------
    drawn_by : str or None
        ``"module:function"`` from the result to a matplotlib figure.
    reported_by : str or None
        ``"module:function"`` from the result to an `ensel.report.Report`.
    """

    drawn_by: ClassVar[str | None] = None
    reported_by: ClassVar[str | None] = None

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Plain data, as written by `to_json`."""

    def to_json(self) -> str:
        """JSON text: NaN becomes null."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False)

    def figure(self) -> Figure:
        """The picture of this result.

        Raises
        ------
        NotImplementedError
            If there is none.
        """
        return self._by_name(self.drawn_by, "picture")

    def report(self) -> Any:
        """Title, tables and sentences, as an `ensel.report.Report`.

        Raises
        ------
        NotImplementedError
            If there is none.
        """
        return self._by_name(self.reported_by, "report")

    def _by_name(self, address: str | None, what: str) -> Any:
        if address is None:
            raise NotImplementedError(f"a {type(self).__name__} has no {what}")
        return resolve(address)(self)


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
