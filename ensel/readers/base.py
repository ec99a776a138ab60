"""What a reader is, and the plainest one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import ClassVar

from ensel.exceptions import InputError
from ensel.registry import READERS

CLASS_READERS = ("letters", "words")
"""Readers that know the classes: their answers are the same for all items."""
UNREADABLE_CLASS = "(unreadable)"
"""The class of answers that cannot be read, where they are to count as wrong."""


class Reader(ABC):
    """Says which answers, given as text, are one and the same.

    A subclass has a `name` and reads a text by `key`. Where different keys can mean the same, it
    has a `same` of its own, too.

    See Also
    --------
    ensel.PredictionTable.open : Sorts answers into options by it.
    """

    name: ClassVar[str]

    @abstractmethod
    def key(self, text: str) -> Hashable | None:
        """What a text says; None if it cannot be read. Equal keys are the same answer."""

    def same(self, a: Hashable, b: Hashable) -> bool:
        """Whether two keys mean the same; symmetric."""
        return a == b


def reader_named(reader: str | Reader) -> Reader:
    """A reader by its name in ``READERS``, or the given one.

    Parameters
    ----------
    reader : str or Reader

    Returns
    -------
    Reader

    Raises
    ------
    InputError
        If no reader has that name, or the object is none.

    See Also
    --------
    ensel.registry.READERS : The names.

    Examples
    --------
    >>> reader_named("verbatim").name
    'verbatim'
    """
    if isinstance(reader, str):
        name = READERS.checked(reader)[0]
        if name in CLASS_READERS:
            raise InputError(
                f"reader {name!r}: reads classes that all items share; open answers are read by "
                f"{', '.join(other for other in READERS if other not in CLASS_READERS)}"
            )
        made: Reader = READERS[name]()
        return made
    if not isinstance(reader, Reader):
        raise InputError(
            f"reader {reader!r}; a name ({READERS.listed}) or an ensel.readers.Reader is needed"
        )
    return reader
