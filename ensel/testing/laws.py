"""What a law is, how it is tried on many examples, and what is said of one that is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.strategies import SearchStrategy

from ensel.table.prediction_table import PredictionTable

MOST_SHOWN = 24  # items of an example that are printed one by one


@dataclass(frozen=True)
class Law:
    """One law: what it says, and how it is tried.

    Attributes
    ----------
    name : str
        Short and unique among the laws of its kind.
    says : str
        The law in a sentence.
    """

    name: str
    says: str
    holds: Callable[..., None] = field(repr=False)
    """Of the subject and one example; raises where the law is broken."""
    examples: Callable[[Any], SearchStrategy[dict[str, Any]]] = field(repr=False)
    """Examples for a subject, as keyword arguments of `holds`."""
    skipped: Callable[[Any], str | None] = field(repr=False)
    """Why a subject is not asked, if so."""
    most_examples: int | None = field(repr=False)
    """Where one example is much work."""


class BrokenLaw(AssertionError):
    """A law that does not hold, and the smallest example found against it.

    Attributes
    ----------
    law : Law
    example : dict
        What broke it: a `PredictionTable` under ``"table"``, and what else the law needs.
    found : str
        What was found instead, in words.
    """

    def __init__(self, what: str, law: Law, found: str, example: dict[str, Any]) -> None:
        self.law = law
        self.example = example
        self.found = found
        lines = "\n".join(f"  {name} = {_shown(value)}" for name, value in example.items())
        super().__init__(f"{what} breaks {law.name!r}: {law.says}.\n{found}\n{lines}")


class Violation(Exception):
    """What is found against a law on one example."""


def require(condition: Any, found: str) -> None:
    """Raise a `Violation` unless the condition holds."""
    if not condition:
        raise Violation(found)


@dataclass(frozen=True)
class LawReport:
    """How a subject fared under each law.

    Attributes
    ----------
    what : str
        Name of the subject.
    rows : DataFrame
        A row per law: `law`, `says`, `result` (holds, broken or skipped), `detail` (the message
        of a broken law, the reason of a skipped one).
    """

    what: str
    rows: pd.DataFrame

    @property
    def broken(self) -> list[str]:
        """Names of the broken laws."""
        return list(self.rows.loc[self.rows["result"] == "broken", "law"])

    @property
    def skipped(self) -> list[str]:
        """Names of the laws that were not asked."""
        return list(self.rows.loc[self.rows["result"] == "skipped", "law"])

    def __str__(self) -> str:
        width = max(len(name) for name in self.rows["law"])
        lines = [f"{self.what}: {len(self.broken)} of {len(self.rows)} laws broken"]
        for row in self.rows.itertuples():
            more = row.detail if row.result == "skipped" else row.says
            lines.append(f"  {row.result:<7}  {row.law:<{width}}  {more}")
            if row.result == "broken":
                lines += [f"    {line}" for line in row.detail.splitlines()[1:]]
        return "\n".join(lines)


class Laws(list[Law]):
    """The laws of one kind of subject, in the order of being asked."""

    def add(
        self,
        name: str,
        says: str,
        examples: Callable[[Any], SearchStrategy[dict[str, Any]]],
        *,
        skipped: Callable[[Any], str | None] = lambda subject: None,
        most_examples: int | None = None,
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Take the decorated function for a law."""

        def take(holds: Callable[..., None]) -> Callable[..., None]:
            self.append(Law(name, says, holds, examples, skipped, most_examples))
            return holds

        return take


def try_laws(
    what: str, laws: Sequence[Law], subject: Any, *, max_examples: int, report: bool
) -> LawReport:
    """Try a subject on every law.

    Parameters
    ----------
    what : str
        Name of the subject.
    laws : sequence of Law
    subject : object
        First argument of each law.
    max_examples : int
        Examples tried for each law, at most.
    report : bool
        Go on after a broken law.

    Returns
    -------
    LawReport

    Raises
    ------
    BrokenLaw
        At the first broken law, unless `report`.
    """
    rows = []
    for law in laws:
        reason = law.skipped(subject)
        broken = None if reason else _broken(what, law, subject, max_examples)
        if broken and not report:
            raise broken from None
        result = "skipped" if reason else "broken" if broken else "holds"
        rows.append((law.name, law.says, result, reason or str(broken or "")))
    return LawReport(what, pd.DataFrame(rows, columns=["law", "says", "result", "detail"]))


def name_of(subject: Any) -> str:
    """What to call a function, class or instance."""
    named = getattr(subject, "func", subject)  # the function behind a partial
    return str(getattr(named, "__name__", None) or type(named).__name__)


def _broken(what: str, law: Law, subject: Any, max_examples: int) -> BrokenLaw | None:
    """Try one law; the smallest example against it, if any."""
    last: tuple[dict[str, Any], Exception] | None = None

    # Derandomised and without a database: the same examples every time.
    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=min(max_examples, law.most_examples or max_examples),
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    @given(law.examples(subject))
    def holds(example: dict[str, Any]) -> None:
        nonlocal last
        try:
            law.holds(subject, **example)
        except HypothesisException:
            raise
        except Exception as error:
            last = example, error
            raise

    try:
        holds()
    except Exception as error:
        if last is None:
            raise
        example, cause = last  # hypothesis ends with the smallest example
        found = str(cause) if isinstance(cause, Violation) else f"{type(cause).__name__}: {cause}"
        if isinstance(error, Flaky):
            found += " (but not on every call: the answer changes on the same input)"
        return BrokenLaw(what, law, found, example)
    return None


def _shown(value: Any) -> str:
    """Value for print; a table as its arrays, or as counted rows where it is long."""
    if not isinstance(value, PredictionTable):
        return repr(value)
    answers, labels = value.answers, value.known_labels
    if value.n_items > MOST_SHOWN:
        both, counts = np.unique(np.column_stack([answers, labels]), axis=0, return_counts=True)
        most = np.argsort(-counts, kind="stable")[:MOST_SHOWN]
        lines = [
            f"{counts[i]:>6} x answers {both[i, :-1].tolist()} label {both[i, -1]}" for i in most
        ]
        left = len(both) - len(most)
        lines += [f"       and {left} rarer rows"] if left else []
        return f"{value.n_items} items, {value.name}\n    " + "\n    ".join(lines)
    lines = [
        f"answers {answers.tolist()}",
        f"labels  {labels.tolist()}, of {value.n_classes} classes",
    ]
    if value.costs is not None:
        lines.append(f"costs   {value.costs.tolist()}")
    if len(set(value.models)) < value.n_queries:
        lines.append(f"models  {value.models.tolist()}")
    return f"{value.n_items} items\n    " + "\n    ".join(lines)
