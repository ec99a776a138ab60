"""What runs in the process of `formula_process`: a line with two expressions in, a line out.

It imports nothing of ensel, and reads LaTeX by a grammar: no text is ever evaluated as Python.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sys
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


def same(first: str, second: str) -> bool:
    """Whether one is accepted as an answer where the other is the truth."""
    from math_verify import verify

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
    print("ready", flush=True)
    for line in sys.stdin:
        limit_time(SECONDS)
        try:
            answer = "same" if same(*json.loads(line)) else "different"
        except (Exception, MemoryError, RecursionError):
            answer = "different"
        limit_time(0)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
