"""Arguments taken apart: lists of words, of whole numbers, of amounts."""

from __future__ import annotations

from ensel.exceptions import InputError

MOST_BUDGET = 100_000


def words(text: str) -> list[str]:
    """Take a comma-separated list apart.

    Examples
    --------
    >>> words("map, logit,")
    ['map', 'logit']
    """
    return [word.strip() for word in text.split(",") if word.strip()]


def numbers(text: str, option: str) -> list[int]:
    """Whole numbers from a list like ``1,3,5-8``.

    Parameters
    ----------
    text : str
    option : str
        Its name, for messages.

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        What is neither a number nor a range, and an empty list.

    Examples
    --------
    >>> numbers("1,3-5", "--budgets")
    [1, 3, 4, 5]
    """
    listed: list[int] = []
    for part in words(text):
        first, dash, last = part.partition("-")
        whole = first.isdecimal() and (last.isdecimal() or not dash)
        if not whole or int(last or first) < int(first) or int(last or first) > MOST_BUDGET:
            raise InputError(
                f"{option} {text!r}: {part!r} is neither a whole number nor a range like 1-8"
            )
        listed += range(int(first), int(last or first) + 1)

    if not listed:
        raise InputError(f"{option} {text!r}: no number in it; give 1,3,5 or a range 1-8")
    return listed


def amounts(text: str, option: str, example: str = "0.5,1,2") -> list[float]:
    """Numbers from 0 from a list like ``0.5,1,2``: a query may be free.

    Parameters
    ----------
    text : str
    option : str
        Its name, for messages.
    example : str
        What would be right, for messages.

    Returns
    -------
    list of float

    Raises
    ------
    InputError
        What is no number, negative or infinite, and an empty list.

    Examples
    --------
    >>> amounts("0,0.5", "--money")
    [0.0, 0.5]
    """
    try:
        listed = [float(word) for word in words(text)]
    except ValueError:
        listed = []
    if not listed or not all(0 <= number < float("inf") for number in listed):
        raise InputError(f"{option} {text!r}: numbers from 0 are needed, like {example}")
    return listed


def share_of_points(points: float, option: str) -> float:
    """A share of items from points of accuracy, that is, hundredths.

    Parameters
    ----------
    points : float
    option : str
        Its name, for messages.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is not between 0 and 100.

    Examples
    --------
    >>> share_of_points(1, "--loss")
    0.01
    """
    if not 0 < points < 100:
        raise InputError(f"{option} {points:g}: points between 0 and 100 are needed, like 0.5")
    return points / 100


def training_part(text: str) -> float | int:
    """A share (``0.5``) or a number of items (``500``).

    Raises
    ------
    InputError
        If it is no number.
    """
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        raise InputError(
            f"--train {text!r}: a share (0.5) or a number of items (500) is needed"
        ) from None
