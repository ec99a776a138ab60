"""How answers are read: which texts are one and the same answer."""

from ensel.readers.base import Reader, reader_named

__all__ = ["Reader", "reader_named"]
