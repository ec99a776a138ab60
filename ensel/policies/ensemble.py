"""An ensemble to keep: which queries to ask, and the fitted vote over their answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ensel import __version__
from ensel.exceptions import InputError, shorten
from ensel.files import written_whole
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.voting import VOTES, Vote

VERSION = 1


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Queries and a fitted vote, ready for new answers.

    Attributes
    ----------
    classes : tuple of str
    queries : list of dict
        `name`, `model`, `sample`, ... of each query, in the order of buying.
    method : str
        How the queries were chosen.
    vote_name : str
    vote : Vote
        Fitted on the columns in the order of `queries`.
    about : dict
        What it was trained on and is expected to get; for the reader, unused by the vote.
    """

    classes: tuple[str, ...]
    queries: list[dict[str, Any]]
    method: str
    vote_name: str
    vote: Vote
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def query_names(self) -> list[str]:
        """Names of the queries to ask, in the order of buying."""
        return [str(query["name"]) for query in self.queries]

    def __repr__(self) -> str:
        return f"Ensemble({self.method} + {self.vote_name}: {', '.join(self.query_names)})"

    @classmethod
    def fit(
        cls,
        table: PredictionTable,
        columns: list[int],
        *,
        method: str,
        vote: str,
        about: Mapping[str, Any] | None = None,
        random_state: int = 0,
    ) -> Ensemble:
        """Fit a vote of given columns on all labelled items of a table.

        Parameters
        ----------
        table : PredictionTable
        columns : list of int
            Column positions in the order of buying.
        method, vote : str
            Names; the vote is one of `ensel.voting.VOTES`.
        about : mapping, optional
        random_state : int
            Seed of the last resort among the vote's ties.

        Returns
        -------
        Ensemble
        """
        fitted = VOTES[vote](n_classes=table.n_classes, random_state=random_state)
        fitted.fit(table.answers[:, columns], table.known_labels)
        described = table.queries.iloc[columns].drop(columns="name", errors="ignore")
        described = described.reset_index(names="name")
        queries = json.loads(described.to_json(orient="records"))
        return cls(table.classes, queries, method, vote, fitted, about or {})

    def predict(self, table: PredictionTable) -> pd.DataFrame:
        """Vote on new items.

        Parameters
        ----------
        table : PredictionTable
            Holds the ensemble's queries, by name; others are left aside. No labels needed.

        Returns
        -------
        DataFrame
            Indexed by item id: `label` (class name) and `probability` (of that label).

        Raises
        ------
        InputError
            If a query is absent, or an answer is a class that the ensemble does not know.
        """
        absent = [name for name in self.query_names if name not in table.queries.index]
        if absent:
            raise InputError(
                f"{table.name}: no answers of {shorten(absent)}, which the ensemble asks; "
                f"it needs {shorten(self.query_names, 10)}"
            )
        own = table.subset(queries=self.query_names)
        probabilities = self.vote.predict_proba(self._codes(own))
        best = probabilities.argmax(axis=1)
        return pd.DataFrame(
            {
                "label": np.array(self.classes, dtype=object)[best],
                "probability": probabilities[np.arange(len(best)), best],
            },
            index=own.items.index,
        )

    def _codes(self, table: PredictionTable) -> np.ndarray:
        if table.classes == self.classes:
            return table.answers
        said = [table.classes[code] for code in np.unique(table.answers) if code != MISSING]
        unknown = [name for name in said if name not in self.classes]
        if unknown:
            raise InputError(
                f"{table.name}: answers {shorten(unknown)}; "
                f"the ensemble knows the classes {shorten(self.classes, 10)}"
            )
        position = [
            self.classes.index(name) if name in self.classes else MISSING for name in table.classes
        ]
        return np.array([*position, MISSING], dtype=np.int8)[table.answers]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write readable JSON, whole or not at all.

        Parameters
        ----------
        path : path-like
        """
        fitted = {
            name: np.asarray(value).tolist()
            for name, value in vars(self.vote).items()
            if name.endswith("_")
        }
        data = {
            "ensel_ensemble": VERSION,
            "made_with": f"ensel {__version__}",
            "classes": list(self.classes),
            "method": self.method,
            "queries": self.queries,
            "about": dict(self.about),
            "vote": {
                "name": self.vote_name,
                "parameters": self.vote.get_params(),
                "fitted": fitted,
            },
        }
        with written_whole(path) as temporary:
            temporary.write_text(_readable(data) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ensemble:
        """Read what `save` wrote.

        Parameters
        ----------
        path : path-like

        Returns
        -------
        Ensemble

        Raises
        ------
        InputError
            If the file is not an ensemble, or of a later version.
        """
        path = Path(path)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            version = data["ensel_ensemble"]
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}: not an ensemble; a file that `ensel select --save` wrote is needed"
            ) from error
        if version != VERSION:
            raise InputError(f"{path}: ensemble version {version!r}; this ensel reads {VERSION}")
        try:
            name = data["vote"]["name"]
            vote = VOTES[name](**data["vote"]["parameters"])
            for attribute, value in data["vote"]["fitted"].items():
                setattr(vote, attribute, np.asarray(value) if isinstance(value, list) else value)
            ensemble = cls(
                tuple(data["classes"]), data["queries"], data["method"], name, vote, data["about"]
            )
            # A damaged vote fails here, not in use.
            n_queries, n_classes = len(ensemble.query_names), len(ensemble.classes)
            for attribute, shape in vote.fitted_shapes(n_queries, n_classes).items():
                if getattr(vote, attribute).shape != shape:
                    raise ValueError(f"{attribute} of another shape than {shape}")
            vote.predict_proba(np.full((1, n_queries), MISSING))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise InputError(f"{path}: a damaged ensemble ({error!r}); save it again") from error
        return ensemble


def _readable(data: dict[str, Any]) -> str:
    """JSON with a line per entry, but innermost lists of numbers on one line."""
    import re

    text = json.dumps(data, indent=1, allow_nan=False)
    number_list = re.compile(r"\[\s*(-?[\d.eE+-]+(?:,\s*-?[\d.eE+-]+)*)\s*\]")
    return number_list.sub(lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]", text)
