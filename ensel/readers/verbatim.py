"""Answers that are the same where their text is."""

from __future__ import annotations

from ensel.readers.base import Reader


class Verbatim(Reader):
    """Texts are the same where they are equal but for space around them.

    See Also
    --------
    ensel.registry.READERS : Other readers.

    Examples
    --------
    >>> Verbatim().key(" Paris "), Verbatim().key(" ")
    ('Paris', None)
    """

    name = "verbatim"

    def key(self, text: str) -> str | None:
        """The text without space around it; None if there is nothing else."""
        return text.strip() or None
