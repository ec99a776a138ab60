"""What stands around an answer and says nothing: *Answer:*, boxes, dollar signs, a full stop."""

from __future__ import annotations

import re

_MARK = re.compile(r"(?:\banswer\b(?:\*\*)?\s*(?:is\s*:|is\b|:|=)(?:\*\*)?|####)", re.IGNORECASE)
_PAIRS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`"))
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


def unwrapped(text: str) -> str:
    r"""A text without what stands around it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    See Also
    --------
    boxed : What a ``\boxed{}`` holds.

    Examples
    --------
    >>> unwrapped("Answer: $42$."), unwrapped(r"\(\boxed{\frac{1}{2}}\)")
    ('42', '\\frac{1}{2}')
    """
    text = text.strip()
    while True:
        bare = _once(text)
        if bare == text:
            return text
        text = bare


def _once(text: str) -> str:
    """One layer less; every step makes the text shorter, or leaves it."""
    *_, last = _MARK.split(text) if _MARK.search(text) else ("", text)
    text = last.strip()
    if text.count("**") == 1:  # the other half of a pair stood around the mark
        text = text.removesuffix("**").removeprefix("**").strip()
    text = boxed(text)
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1].rstrip()
    for start, end in _PAIRS:
        inner = text[len(start) : -len(end)]
        if (
            len(text) > len(start) + len(end)
            and text.startswith(start)
            and text.endswith(end)
            and start not in inner
            and end not in inner
        ):
            return inner.strip()
    return text


def boxed(text: str) -> str:
    r"""What the last ``\boxed{}`` of a text holds; the text, if there is none.

    Examples
    --------
    >>> boxed(r"so \boxed{x^{2}} it is")
    'x^{2}'
    """
    starts = list(_BOX.finditer(text))
    if not starts:
        return text
    start = starts[-1].end()
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start:place].strip()
    return text
