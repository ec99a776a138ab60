"""Answers that are mathematics: numbers, expressions, tuples, intervals, matrices, words."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Hashable
from fractions import Fraction

from ensel.readers.base import Reader
from ensel.readers.formula_process import library_says_same
from ensel.readers.latex import plain_latex
from ensel.readers.numerals import number_of

LONGEST_COMPARED = 250
"""Characters of the longest expression that is given to the library."""

LONGEST_DECIMAL = 30
"""Places behind the point up to which a number is written as a decimal."""

_MIXED = re.compile(r"(-?)(\d+)\\frac\{(\d+)\}\{(\d+)\}", re.ASCII)
_FRACTION = re.compile(r"(-?)\\frac\{(-?\d+)\}\{(\d+)\}", re.ASCII)
_WORD = re.compile(r"(?<!\\)(?<![A-Za-z\\])[A-Za-z]{3,}")
_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        "pmatrix bmatrix vmatrix matrix array cases "
        "sin cos tan cot sec csc log exp sqrt arcsin arccos arctan",
    )
)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_LETTER_AT_END = re.compile(r"(?<![\^_])[\d}]([A-Za-z])$", re.ASCII)
_NAMED = re.compile(r"([A-Za-z])=(.+)")
_WITH_BASE = re.compile(r"\w_\{?\d+\}?$", re.ASCII)
_BRACKETS = {"(": ")", "[": "]"}


class Formulas(Reader):
    r"""Texts are the same where they are the same number, expression, tuple, interval or word.

    What is written differently is first brought to one form: dollar signs, spaces, ``\left``,
    ``\dfrac``, degree and percent signs, units behind a number, ``x =`` before a value. Numbers are
    then compared exactly. Two expressions that still differ are given to math-verify
    (``pip install 'ensel[math]'``), in a process of its own that is ended when it takes too long;
    then they count as different. Numbers with a base (``40_9``) are the same only where both are
    written with it. The parts of a tuple or interval are compared one by one, in their order; the
    parts of a list without brackets in any order.

    Units are dropped, so that 5 hours are 5 minutes, and 7 am is 7 pm: where they are part of the
    answer, read it verbatim. Not read are ``1e3``, repeating decimals (``0.\overline{3}``) and
    numbers in words; each is the same as its own text.

    Raises
    ------
    InputError
        When two expressions have to be compared and math-verify is not installed.

    See Also
    --------
    ensel.readers.numerals.Numbers : Where every answer is one number.
    ensel.readers.latex.plain_latex : The one form.

    References
    ----------
    Hendrycks et al. (arXiv 2103.03874) publish the rules by which MATH is marked, for strings: most
    of what is dropped here is dropped there, too. math-verify: https://pypi.org/project/math-verify

    Examples
    --------
    >>> reader = Formulas()
    >>> reader.key(r"\frac 59") == reader.key("5/9") == reader.key(r"$\dfrac{5}{9}$")
    True
    >>> reader.key("x = 5") == reader.key("5.0"), reader.key("90^\\circ") == reader.key("90°")
    (True, True)
    """

    name = "math"

    def key(self, text: str) -> Hashable | None:
        """A Fraction for a number, else the expression in its one form; None for no answer."""
        return _key(text)

    def same(self, a: Hashable, b: Hashable) -> bool:
        """Whether two keys mean the same. The library sees them in one order: it is symmetric."""
        if a == b:
            return True
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return False
        first, second = sorted((_written(a), _written(b)))
        return _same(first, second)


@functools.lru_cache(maxsize=100_000)
def _key(text: str) -> Fraction | str | None:
    """See `Formulas.key`."""
    plain = plain_latex(text)
    if plain is None or re.search(r"[^\W_]|\\(?:infty|emptyset)", plain) is None:
        return None
    number = _number(plain)
    return plain if number is None else number


def _number(plain: str) -> Fraction | None:
    """The number that an expression is, if it is one."""
    for form, sign in ((_MIXED, "{1}{2} {3}/{4}"), (_FRACTION, "{1}{2}/{3}")):
        match = form.fullmatch(plain)
        if match:
            parts = ["", *(part or "" for part in match.groups()), "", ""]
            text = sign.format(*parts).replace("--", "")
            return number_of(text)
    return None if re.search(r"[eE=$]", plain) else number_of(plain)


def _written(key: Hashable) -> str:
    """A key as an expression again."""
    if isinstance(key, Fraction):
        sign = "-" if key < 0 else ""
        top, bottom = abs(key.numerator), key.denominator
        if bottom == 1:
            return f"{sign}{top}"
        # As a decimal where it can be one: the library compares those with roots to six places.
        decimal = next((n for n in range(1, LONGEST_DECIMAL) if 10**n % bottom == 0), None)
        if decimal is not None:
            digits = str(top * 10**decimal // bottom).zfill(decimal + 1)
            return f"{sign}{digits[:-decimal]}.{digits[-decimal:]}"
        return rf"{sign}\frac{{{top}}}{{{bottom}}}"
    return str(key)


@functools.lru_cache(maxsize=100_000)
def _same(first: str, second: str) -> bool:
    """Whether two expressions mean the same; parts of tuples and lists one by one."""
    a, b = _parts(first), _parts(second)
    if len(a.parts) != len(b.parts) or a.brackets != b.brackets:
        # A list may be written in one piece, such as 1 \pm 2.
        return not (a.brackets or b.brackets) and _same_expression(first, second)
    if len(a.parts) == 1 and not a.brackets:
        return _same_expression(first, second)

    if a.brackets:
        pairs = zip(_keys(a.parts), _keys(b.parts), strict=True)
        return all(Formulas().same(x, y) for x, y in pairs)
    named_a, named_b = _values_by_name(a.parts), _values_by_name(b.parts)
    if named_a and named_b:  # x = 1, y = 2 is not x = 2, y = 1
        return named_a.keys() == named_b.keys() and all(
            _same_list(values, named_b[name]) for name, values in named_a.items()
        )
    return _same_list(a.parts, b.parts)


def _values_by_name(parts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The values that a list gives to each name; empty if some part names nothing."""
    matches = [_NAMED.fullmatch(part) for part in parts]
    if None in matches:
        return {}
    values: dict[str, tuple[str, ...]] = {}
    for match in matches:
        assert match is not None
        values[match[1]] = (*values.get(match[1], ()), match[2])
    return values


def _same_list(parts_a: tuple[str, ...], parts_b: tuple[str, ...]) -> bool:
    """Whether two lists have the same parts, in any order."""
    keys_a, keys_b = _keys(parts_a), _keys(parts_b)
    if Counter(keys_a) == Counter(keys_b):
        return True
    return len(keys_a) == len(keys_b) and _paired(keys_a, keys_b)


def _keys(parts: tuple[str, ...]) -> list[Hashable]:
    """The key of each part; its text, where that cannot be read."""
    return [_key(part) or part for part in parts]


def _paired(keys_a: list[Hashable], keys_b: list[Hashable]) -> bool:
    """Whether each part of one list has a part of the other to itself."""
    left = list(keys_b)
    for key in keys_a:
        partner = next((other for other in left if Formulas().same(key, other)), None)
        if partner is None:
            return False
        left.remove(partner)
    return True


class _Parts:
    """An expression taken apart at its commas, and the brackets around it."""

    def __init__(self, brackets: str, parts: tuple[str, ...]) -> None:
        self.brackets, self.parts = brackets, parts


@functools.lru_cache(maxsize=100_000)
def _parts(plain: str) -> _Parts:
    """Take a tuple, an interval or a list apart; anything else is one part without brackets."""
    inner, brackets = plain, ""
    if plain[:1] in _BRACKETS and plain[-1:] in (")", "]"):
        inner, brackets = plain[1:-1], plain[0] + plain[-1]
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(inner):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:  # the brackets at the ends are not one pair
            return _Parts("", (plain,))
        if sign == "," and depth == 0:
            parts.append(inner[start:place])
            start = place + 1
    parts.append(inner[start:])
    if len(parts) == 1:
        return _Parts("", (plain,))
    return _Parts(brackets, tuple(part.strip() for part in parts))


def _same_expression(first: str, second: str) -> bool:
    """Ask the library, where both are expressions that it can know something about."""
    if not (_is_expression(first) and _is_expression(second)):
        return False
    if _is_equation(first) != _is_equation(second):
        return False  # 3x = 6 is not 6, but 2 + 4 = 6 is
    if _unit_like(first) not in second or _unit_like(second) not in first:
        return False  # 2t is not 2, though the library takes t for a unit
    return library_says_same(first, second)


def _is_equation(plain: str) -> bool:
    """Whether an equals sign has a name on its left: else it ends a computation."""
    left, _, _ = plain.rpartition("=")
    return re.search("[A-Za-z]", _COMMAND.sub("", left)) is not None


def _unit_like(plain: str) -> str:
    """The one letter at the end of an expression, behind a number; else nothing."""
    match = _LETTER_AT_END.search(plain)
    return match[1] if match else ""


def _is_expression(plain: str) -> bool:
    """Whether a text is mathematics: no words, no base, and of a length to be compared."""
    words = set(_WORD.findall(plain)) - _FUNCTIONS
    return len(plain) <= LONGEST_COMPARED and not words and not _WITH_BASE.search(plain)
