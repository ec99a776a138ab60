"""Answers that are one number."""

from __future__ import annotations

import re
from fractions import Fraction

from ensel.readers.base import Reader
from ensel.readers.wrapping import unwrapped

LONGEST = 400
"""Characters of the longest number that is read; also the largest power of ten."""

LONGEST_WRAPPED = 2 * LONGEST
"""Characters of the longest answer: a number, and what may stand around it."""

_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"), " "
)
_SPACES |= dict.fromkeys(map(ord, "\u2009\u200a\u202f\u205f\u3000\t\r\n"), " ")
_MINUS = dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"), "-")
_THIRDS_AND_SO_ON = "1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/6 5/6 1/8 3/8 5/8 7/8"
_VULGAR = {
    ord(sign): f" {text}"
    for sign, text in zip("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞", re.split(" ", _THIRDS_AND_SO_ON), strict=True)
}

_CURRENCY = r"(?:\\?[$€£¥₽]|US\$|(?:USD|EUR|GBP|RUB)\b)"
_UNIT = rf"(?:{_CURRENCY}|\\?%|percent\b|dollars?\b|euros?\b|cents?\b)"
_WHOLE = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)"
_NUMBER = re.compile(
    rf"(?P<sign>[-+]?)\s*{_CURRENCY}?\s*(?P<inner>[-+]?)"
    rf"(?:(?:(?P<mixed>\d+) +)?(?P<top>\d+) ?/ ?(?P<bottom>\d+)"
    rf"|(?P<whole>{_WHOLE})?(?P<part>\.\d*)?(?:[eE](?P<power>[-+]?\d+))?)"
    rf"\s*{_UNIT}?",
    re.ASCII,
)
_FRAC = re.compile(r"\\[dtc]?frac\s*\{\s*(-?)\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}", re.ASCII)
_LEFT_SIDE = re.compile(r"[A-Za-z]\w{0,20} ?= ?(?=[^=]*$)", re.ASCII)


class Numbers(Reader):
    r"""Texts are the same where they are the same number.

    Thousands may be set off by commas or spaces; fractions, mixed numbers and powers of ten are
    read. Currency signs and percent signs are dropped: ``50%`` reads as 50, as the graders of
    GSM8K read it, who look at digits alone. Around the number may stand ``Answer:``, ``x =``,
    ``####``, ``\boxed{}``, dollar signs of mathematics, or a full stop. Anything else, such as two
    numbers, is unreadable and not guessed at.

    See Also
    --------
    ensel.readers.formulas.Formulas : Reads expressions, too.

    References
    ----------
    GSM8K (arXiv 2110.14168): its answers are whole numbers, and its graders (lm-evaluation-harness,
    simple-evals) drop commas, dollar signs and what follows the digits.

    Examples
    --------
    >>> reader = Numbers()
    >>> [str(reader.key(text)) for text in ("1,234", "$ 12.0", "Answer: 1 1/2.", "x = -1e3")]
    ['1234', '12', '3/2', '-1000']
    >>> reader.key("between 3 and 4") is None
    True
    """

    name = "numbers"

    def key(self, text: str) -> Fraction | None:
        """The number, exactly; None if the text is not one number."""
        return number_of(unwrapped(text)) if len(text) <= LONGEST_WRAPPED else None


def number_of(text: str) -> Fraction | None:
    """The number that a text is, without anything around it; None if it is none.

    Parameters
    ----------
    text : str

    Returns
    -------
    Fraction or None

    See Also
    --------
    Numbers : Reads what stands around it, too.

    Examples
    --------
    >>> number_of("1 234.50"), number_of("1,23")
    (Fraction(2469, 2), None)
    """
    if len(text) > LONGEST:
        return None
    text = text.translate(_SPACES | _MINUS | _VULGAR).replace("{,}", ",").replace(",\\!", ",")
    text = re.sub(" +", " ", _FRAC.sub(r" \1\2/\3", text)).strip()
    text = _LEFT_SIDE.sub("", text, count=1) if _LEFT_SIDE.match(text) else text
    match = _NUMBER.fullmatch(text.strip())
    if match is None or (match["sign"] and match["inner"]):
        return None

    value = _unsigned(match)
    negative = "-" in (match["sign"], match["inner"])
    return -value if value is not None and negative else value


def _unsigned(match: re.Match[str]) -> Fraction | None:
    """The value of a match, without its sign."""
    if match["bottom"] is not None:
        bottom = int(match["bottom"])
        if bottom == 0:
            return None
        return int(match["mixed"] or 0) + Fraction(int(match["top"]), bottom)

    whole = re.sub("[, ]", "", match["whole"] or "")
    part = (match["part"] or "").removeprefix(".")
    if not whole and not part:
        return None
    power = match["power"] or "0"
    if len(power) > 5 or abs(int(power)) > LONGEST:
        return None
    return Fraction(int(whole + part), 10 ** len(part)) * Fraction(10) ** int(power)
