"""A policy asked live: what to ask now, and what to say with what came back."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ensel.exceptions import InputError, InputWarning, shorten
from ensel.policies.open_answers import heard_options
from ensel.readers.base import CLASS_READERS, UNREADABLE_CLASS
from ensel.readers.choices import ChoiceReader
from ensel.readers.letters import Letters
from ensel.readers.words import Words
from ensel.registry import READ_AS, READERS
from ensel.table.codes import MISSING

Answers = Mapping[str, Any]
"""Answers so far, by query: None = asked and unusable; absent = not asked."""


class Answer(NamedTuple):
    """What a policy says with the answers that came back."""

    label: Any
    """A class name, or a class of the labels it was fitted on."""
    probability: float
    settled: bool
    """Whether it wants to ask nothing more."""


@lru_cache(maxsize=64)
def class_reader(name: str, classes: tuple[str, ...]) -> ChoiceReader | None:
    """Reads the class that a text names.

    Parameters
    ----------
    name : str
        Of ``READERS``, how the policy's answers were read; anything else: letters where all classes
        are single ones, else words.
    classes : tuple of str
        Names that a text may give.

    Returns
    -------
    ChoiceReader or None
        None for a reader that knows no classes: then a class's own name is read, and no other text.
    """
    if name in READERS and name not in CLASS_READERS:
        return None
    single = all(len(one) == 1 and one.isalpha() for one in classes)
    if name == "letters" or (name != "words" and single):
        return Letters(classes)
    return Words(classes)


class LivePolicy:
    """The live half of a `Policy`.

    See Also
    --------
    Policy : The whole contract.
    """

    class_names: tuple[str, ...] | None
    reader: str | None
    query_names: tuple[str, ...]
    about: Mapping[str, Any]
    classes_: np.ndarray

    def next(self, answers: Answers, n: int = 1) -> tuple[str, ...]:
        """What to ask now.

        Parameters
        ----------
        answers : mapping of str to answer
            By query name; None = asked and unusable; absent = not asked.
        n : int
            Most queries of one wave.

        Returns
        -------
        tuple of str
            Query names; empty where the answer is settled.

        Raises
        ------
        InputError
            If an answer is of a query that the policy does not know.
        """
        check_is_fitted(self)
        check_wave(n)
        row = self._row_of(answers)
        taken = np.array([name in answers for name in self.query_names])
        return tuple(self.query_names[j] for j in self._to_ask(row, taken)[:n])

    def answer(self, answers: Answers) -> Answer:
        """What to say with the answers that came back.

        Parameters
        ----------
        answers : mapping of str to answer
            As in `next`.

        Returns
        -------
        Answer
        """
        check_is_fitted(self)
        row = self._row_of(answers)
        probabilities = self.predict_proba(row[None, :])[0]
        best = int(probabilities.argmax())
        label = self._label_of(best, answers)
        return Answer(label, float(probabilities[best]), self.next(answers) == ())

    def _label_of(self, best: int, answers: Answers) -> Any:
        """A class by its name; of open answers, an answer as it was first spelled."""
        if self.reader is not None:
            options = heard_options([answers.get(name) for name in self.query_names], self.reader)[
                1
            ]
            return options[best] if best < len(options) else None
        label = self.classes_[best]
        if self.class_names is not None:
            return self.class_names[int(label)]
        return label.item() if isinstance(label, np.generic) else label

    @abstractmethod
    def _to_ask(self, row: np.ndarray, taken: np.ndarray) -> Sequence[int]:
        """Columns that it still wants to ask of one item, in order."""

    def _row_of(self, answers: Answers) -> np.ndarray:
        """One item's answers by column, missing where not asked or unusable."""
        if not isinstance(answers, Mapping):
            raise InputError(f"{type(answers).__name__} given; answers by query name are needed")
        unknown = [name for name in answers if name not in self.query_names]
        if unknown:
            raise InputError(
                f"answers of {shorten(unknown)}, which the policy does not ask; "
                f"it asks {shorten(self.query_names, 10)}"
            )
        given = [answers.get(name) for name in self.query_names]
        if self.reader is not None:
            return heard_options(given, self.reader)[0]
        if self.class_names is not None:
            return np.array([self._answered(answer) for answer in given])
        if self.classes_.dtype.kind in "iuf":
            return np.array([self._code_of(answer) for answer in given])
        return np.array(given, dtype=object)

    def _code_of(self, answer: Any) -> int:
        if answer is None:
            return MISSING
        whole = isinstance(answer, int | np.integer) and not isinstance(answer, bool)
        if not whole or answer < MISSING:
            raise InputError(
                f"answer {answer!r}; the policy was fitted on codes: a whole number, or None"
            )
        return int(answer)

    def _answered(self, answer: str | int | None) -> int:
        """The class of an answer; where unreadable ones had a class of their own, that of those."""
        known = self.class_names or ()
        is_text = answer is not None and str(answer).strip()
        if is_text and UNREADABLE_CLASS in known and self._read(answer) is None:
            return known.index(UNREADABLE_CLASS)
        return self._class_of(answer)

    def _read(self, answer: str | int | None) -> str | None:
        """The class that an answer names; None if none."""
        known = self.class_names or ()
        if str(answer) in known:
            return str(answer)
        names = tuple(name for name in known if name != UNREADABLE_CLASS)
        reader = class_reader(str(self.about.get(READ_AS, "")), names)
        return None if reader is None else reader.choice(str(answer))

    def _class_of(self, answer: str | int | None) -> int:
        if answer is None:
            return MISSING
        known, read = self.class_names or (), self._read(answer)
        if read is None:
            warnings.warn(
                f"answer {shorten([answer])!r} names none of the classes {shorten(known, 10)}: "
                "taken as unusable, as None is",
                InputWarning,
                stacklevel=4,
            )
            return MISSING
        return known.index(read)

    @abstractmethod
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class: see `Policy.predict_proba`."""


def check_wave(n: object) -> None:
    """Check how many queries may be asked at once.

    Raises
    ------
    InputError
        If it is no whole number from 1.
    """
    if not isinstance(n, int | np.integer) or n < 1:
        raise InputError(f"n={n!r}: a wave is of a whole number of queries, from one")
