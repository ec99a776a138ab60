"""What runs in the process of `formula_process`: a line with two expressions in, a line out.

It imports nothing of ensel, and reads LaTeX by a grammar: no text is ever evaluated as Python.
"""

from __future__ import annotations

import cmath
import contextlib
import functools
import json
import sys
import zlib
from typing import Any

MEMORY = 2 << 30
"""Bytes that it may use, where the system can say so."""


SECONDS = 5.0
"""Processor time of one comparison; the system then ends this process."""


def limit_time(seconds: float) -> None:
    """Set the limit anew; 0 for none. Its signal has no handler, so it stops any computation."""
    with contextlib.suppress(ImportError, AttributeError):
        import signal

        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def limit_memory() -> None:
    """A number of a billion digits must not fill the machine."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@functools.lru_cache(maxsize=4096)
def parsed(formula: str) -> Any:
    """What the library reads; time is kept outside."""
    from math_verify import LatexExtractionConfig, parse

    return parse(f"${formula}$", [LatexExtractionConfig()], parsing_timeout=None)


@functools.lru_cache(maxsize=4096)
def value(formula: str) -> complex | None:
    """A value at one point, each name at a number of its own; None where there is none."""
    try:
        return complex(float(formula))
    except ValueError:
        pass

    import sympy

    read = parsed(formula)
    if not read or not isinstance(read[0], sympy.Expr):
        return None
    point = {name: place(str(name)) for name in read[0].free_symbols}
    try:
        at_point = complex(read[0].subs(point).evalf(12))
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return None
    return at_point if cmath.isfinite(at_point) else None


def place(name: str) -> float:
    """A number between 1 and 2 that follows from a name."""
    return 1 + zlib.crc32(name.encode()) / 2**32


def differ_at_a_point(first: str, second: str) -> bool:
    """Whether two expressions have values that are plainly different: they cannot be the same.

    This spares most comparisons, which would be simplified at length.
    """
    a, b = value(first), value(second)
    return a is not None and b is not None and abs(a - b) > 1e-4 * max(1.0, abs(a), abs(b))


def same(first: str, second: str) -> bool:
    """Whether one is accepted as an answer where the other is the truth."""
    from math_verify import verify

    if differ_at_a_point(first, second):
        return False
    a, b = parsed(first), parsed(second)
    if not a or not b or isinstance(a[0], str) or isinstance(b[0], str):
        return False
    return verify(a, b, timeout_seconds=None) or verify(b, a, timeout_seconds=None)


def main() -> None:
    """Answer until there is no more to read."""
    import math_verify

    assert math_verify
    limit_memory()
    sys.setrecursionlimit(3000)
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        number, first, second = json.loads(line)
        limit_time(SECONDS)
        try:
            answer = "same" if same(first, second) else "different"
        except (Exception, MemoryError, RecursionError):
            answer = "different"
        limit_time(0)
        print(number, answer, file=answers, flush=True)


if __name__ == "__main__":
    main()
