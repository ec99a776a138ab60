"""The project's own exception and warning."""

from collections.abc import Sequence


class InputError(ValueError):
    """Input that cannot be used: one line that says what, where, and what would be right.

    The command line prints the message and exits with status 2.
    """


class InputWarning(UserWarning):
    """Input that can be used but deserves a look, such as a constant column."""


def shorten(values: Sequence[object], most: int = 5) -> str:
    """List the first few values for a message, and count the rest.

    Examples
    --------
    >>> shorten(["A", "B", "C"], most=2)
    'A, B and 1 more'
    """
    shown = ", ".join(str(value) for value in values[:most])
    rest = len(values) - most
    return f"{shown} and {rest} more" if rest > 0 else shown
