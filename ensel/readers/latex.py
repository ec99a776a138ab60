"""One form for expressions that are written in different ways, by rules for text alone."""

from __future__ import annotations

import re

from ensel.readers.wrapping import unwrapped

LONGEST = 2000
"""Characters of the longest text that is looked at."""

MOST_ROUNDS = 12
"""The rules are applied until nothing changes; a text that still changes then is unreadable."""

_SIGNS = {
    "\u2212": "-",
    "\u2013": "-",
    "\u00d7": r"\times ",
    "\u00b7": r"\cdot ",
    "\u00f7": "/",
    "\u2264": r"\le ",
    "\u2265": r"\ge ",
    "\u2260": r"\ne ",
    "\u00b1": r"\pm ",
    "\u222a": r"\cup ",
    "\u2208": r"\in ",
    "\u221e": r"\infty ",
    "\u03c0": r"\pi ",
    "\u03b8": r"\theta ",
    "\u03bb": r"\lambda ",
    "\u03b1": r"\alpha ",
    "\u03b2": r"\beta ",
    "\u00b0": "",
    "\u2032": "'",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2044": "/",
    "\u00bd": r"\frac{1}{2}",
    "\u2153": r"\frac{1}{3}",
    "\u2154": r"\frac{2}{3}",
    "\u00bc": r"\frac{1}{4}",
    "\u00be": r"\frac{3}{4}",
    "\u00b2": "^{2}",
    "\u00b3": "^{3}",
    "\u2074": "^{4}",
}
_SIGNS |= {chr(0x2080 + digit): f"_{{{digit}}}" for digit in range(10)}
_TRANSLATION = str.maketrans(_SIGNS)

_DROPPED = re.compile(
    r"\\(?:left|right|big|Big|bigg|Bigg)[lr]?(?![A-Za-z])\.?"
    r"|(?<!\\)\\[!,;: ()]|~|\\q?quad(?![A-Za-z])|\\displaystyle(?![A-Za-z])|\\limits(?![A-Za-z])"
    r"|\\?%|\\?\$|\^\{?\s*\\circ\s*\}?|\\degree(?![A-Za-z])|\\circ$"
)
_TEXT = re.compile(
    r"\\(?:text|mbox|textbf|textit|mathrm|mathbf|textrm|operatorname)\s*\{([^{}]*)\}"
)
_SQRT_SIGN = re.compile(r"\u221a\s*(?:\(([^()]*)\)|(\d+|[A-Za-z]))", re.ASCII)
_SHORT_SQRT = re.compile(r"\\sqrt\s*(\d|[A-Za-z])", re.ASCII)
_SHORT_FRAC = re.compile(r"\\frac\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))", re.ASCII)
_SLASH = re.compile(r"(?<![\w.}\^)])(\d+) ?/ ?(\d+)(?![\w.^(\\])", re.ASCII)
_MIXED_SLASH = re.compile(r"^(-?\d+) (\d+) ?/ ?(\d+)$", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:(?:,|\{,\})\d{3})+(?:\.\d+)?", re.ASCII)
_LEFT_SIDE = re.compile(r"^\\?[A-Za-z]+(?:\([a-z]\))? ?(?:=|\\in(?![A-Za-z])) ?(?=[^=]*$)")
_BARE_FUNCTION = re.compile(
    r"(?<![\\A-Za-z])(sin|cos|tan|cot|sec|csc|log|ln)(?= ?[\d(\\]| [A-Za-z]\b)"
)
_ONE_NAME = re.compile(r"^(?:[A-Za-z]|\\[A-Za-z]+)(?:\([a-z]\))? ?(?:=|\\in)")
_HEAD = r"-?(?:\d[\d,]*(?:\.\d+)?(?: ?\\frac\{\d+\}\{\d+\})?|\\frac\{-?\d+\}\{\d+\})"
_WITH_UNIT = re.compile(
    rf"({_HEAD})[ ]*[ (]((?:[A-Za-z]{{2,}}\.?)(?: [A-Za-z]{{2,}}){{0,2}})(?: ?\^\{{?\d\}}?)?\)?",
    re.ASCII,
)
_SHORT_UNITS = frozenset(
    re.findall(
        r"\w+",
        "cm mm km in ft mi yd kg mg lb lbs oz ml hr hrs min sec mph day days men boys cup cups",
    )
)
_NO_UNITS = frozenset(
    re.findall(
        r"\w+",
        "and or to more less than at about million billion trillion thousand hundred dozen times "
        "plus minus pi sqrt sin cos tan log ln exp if is not over by mod ii",
    )
)


def plain_latex(text: str) -> str | None:
    r"""An expression in its one form; None if it is too long, or does not come to rest.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None
        A second application changes nothing.

    See Also
    --------
    ensel.readers.formulas.Formulas : Compares what comes out.

    Examples
    --------
    >>> plain_latex(r"$\dfrac 59$"), plain_latex(r"\left( -2, 1 \right)")
    ('\\frac{5}{9}', '(-2,1)')
    >>> plain_latex("864 in²"), plain_latex(r"137\frac12 \text{ miles}"), plain_latex("10,\\!080")
    ('864', '137\\frac{1}{2}', '10080')
    """
    if len(text) > LONGEST:
        return None
    for _ in range(MOST_ROUNDS):
        plain = _once(unwrapped(text))
        if plain == text:
            return plain
        text = plain
    return None


def _once(text: str) -> str:
    """Apply every rule once."""
    text = _TEXT.sub(r" \1 ", text)
    text = text.replace(r"\leq", r"\le").replace(r"\geq", r"\ge").replace(",\\!", ",")
    text = re.sub(r"\\[dtc]frac(?![A-Za-z])", r"\\frac", text)
    text = _SQRT_SIGN.sub(lambda match: rf"\sqrt{{{match[1] or match[2]}}}", text)
    text = _DROPPED.sub("", text.translate(_TRANSLATION))
    text = re.sub(r"(?<=\d) ?degrees?$", "", text)
    text = _BARE_FUNCTION.sub(r"\\\1 ", text)

    text = _SHORT_SQRT.sub(r"\\sqrt{\1}", text)
    text = _SHORT_FRAC.sub(_full_fraction, text)
    text = _MIXED_SLASH.sub(r"\1\\frac{\2}{\3}", text)
    text = _SLASH.sub(r"\\frac{\1}{\2}", text)
    text = re.sub(r"([_^])\{(\w)\}", r"\1\2", text)
    text = _without_left_side(_without_unit(re.sub(r"\s+", " ", text).strip()))
    text = _without_spaces(text)
    if _THOUSANDS.fullmatch(text):
        text = text.replace("{,}", "").replace(",", "")
    text = re.sub(r"^\(([A-Za-z])\)", r"\1", text) if len(text) == 3 else text
    return text.casefold() if _is_words(text) else text


def _is_words(text: str) -> bool:
    """Whether a text is words of a language, and not a product of names."""
    only_letters = re.fullmatch(r"(?:[^\W\d_]|[ ,.'-])+", text) is not None
    return only_letters and re.search(r"[^\W\d_]{3}", text) is not None


def _full_fraction(match: re.Match[str]) -> str:
    r"""``\frac 59`` with braces around both parts."""
    top, bottom = match[1] or match[2], match[3] or match[4]
    if top is None or bottom is None:  # empty braces: not a fraction to be mended
        return match[0]
    return rf"\frac{{{top.strip()}}}{{{bottom.strip()}}}"


def _without_unit(text: str) -> str:
    """A number without the unit behind it, where that is plainly one and no product or number."""
    match = _WITH_UNIT.fullmatch(text)
    if match is None:
        return text
    words = match[2].lower().replace(".", "").split()
    unit = len(words[0]) > 3 or words[0] in _SHORT_UNITS
    return match[1] if unit and not _NO_UNITS & set(words) else text


def _without_left_side(text: str) -> str:
    """The right side of an equation that names a value: ``x = 5``, not ``x + y = 5``."""
    return _LEFT_SIDE.sub("", text) if _ONE_NAME.match(text) else text


def _without_spaces(text: str) -> str:
    """A text without spaces, but between two words or digits, and behind a command's name."""
    text = re.sub(r"\s+", " ", text).strip()
    if _is_words(text):
        return text
    text = re.sub(r"(\\[A-Za-z]+) (?![A-Za-z])", r"\1", text)
    return re.sub(r"(?<!\d)(?<!\\[A-Za-z]) | (?!\d)", lambda m: _kept(text, m.start()), text)


def _kept(text: str, place: int) -> str:
    """The space at a place, if something would change without it."""
    before, after = text[:place], text[place + 1 :]
    command = re.search(r"\\[A-Za-z]+$", before) is not None and after[:1].isalpha()
    digits = before[-1:].isdecimal() and after[:1].isdecimal()
    return " " if command or digits else ""
