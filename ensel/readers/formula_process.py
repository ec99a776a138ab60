"""A process of its own for the library that compares expressions: it can always be ended.

Expressions of strangers can keep a computer algebra system busy for ever (``9^{9^{9}}``), and its
own time limits are signals, which only the main thread may set. So it stands in another process,
which answers one line for one line, and is ended where no answer comes in time.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import json
import os
import queue
import subprocess
import sys
import threading
import warnings
from pathlib import Path

from ensel.exceptions import InputError, InputWarning, shorten

SECONDS = 30.0
"""What one comparison may take by the clock; it is ended earlier by its own processor time."""

BESIDE = r"\frac{1}{7}"
"""What an expression is compared with to see whether it is the one that takes too long."""

SECONDS_TO_START = 120.0
"""What importing the library may take on a busy machine."""

WORKER = Path(__file__).with_name("formula_worker.py")


@functools.lru_cache(maxsize=100_000)
def library_says_same(first: str, second: str) -> bool:
    """Whether math-verify takes two LaTeX expressions for the same.

    Parameters
    ----------
    first, second : str

    Returns
    -------
    bool
        False also where it cannot read one, or takes longer than 5 seconds of processor time.

    Raises
    ------
    InputError
        If math-verify is not installed, or its process cannot be started.

    Warns
    -----
    InputWarning
        If a comparison takes too long.

    See Also
    --------
    ensel.readers.formulas.Formulas : Asks only where cheaper rules do not settle it.
    """
    if importlib.util.find_spec("math_verify") is None:
        raise InputError(
            "comparing formulas needs math-verify; install it with pip install 'ensel[math]'"
        )
    return _PROCESS.ask(first, second)


class _Process:
    """The process, started when it is first asked, and again after it had to be ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._owner = self._number = 0
        self._endless: set[str] = set()

    def ask(self, first: str, second: str) -> bool:
        """One comparison; one that takes too long is of different expressions.

        Then each of the two is tried beside a plain number. One that takes too long there as well
        is not compared again: the other has no part in it.
        """
        with self._lock:
            if self._endless & {first, second}:
                return False
            answer = self._answer(first, second)
            if answer is not None:
                return answer == "same"
            self._endless |= {one for one in (first, second) if self._answer(one, BESIDE) is None}
        warnings.warn(
            f"comparing {shorten([first, second])} takes too long: they count as different",
            InputWarning,
            stacklevel=3,
        )
        return False

    def _answer(self, first: str, second: str) -> str | None:
        """What the process says; None if it had to be ended."""
        running = self._started()
        self._number += 1
        assert running.stdin is not None
        try:
            running.stdin.write(json.dumps([self._number, first, second]) + "\n")
            running.stdin.flush()
            number, _, answer = self._lines.get(timeout=SECONDS).strip().partition(" ")
        except (queue.Empty, OSError):
            number = answer = ""
        if answer and number == str(self._number):
            return answer
        self.end()
        return None

    def _started(self) -> subprocess.Popen[str]:
        """The running process; another one, where it belongs to the process we were forked from."""
        if self._running is not None and self._owner == os.getpid():
            if self._running.poll() is None:
                return self._running
            self.end()
        self._lines = queue.Queue()
        self._owner = os.getpid()
        # -P: its own folder is not where it looks for modules.
        self._running = subprocess.Popen(
            [sys.executable, "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=_forward, args=(self._running, self._lines), daemon=True).start()
        try:
            ready = self._lines.get(timeout=SECONDS_TO_START)
        except queue.Empty:
            ready = ""
        if ready.strip() != "ready":
            self.end()
            raise InputError("math-verify does not start; reinstall it: pip install 'ensel[math]'")
        return self._running

    def end(self) -> None:
        """End the process, if one runs."""
        running, self._running = self._running, None
        if running is None or self._owner != os.getpid():
            return
        running.kill()
        running.wait()
        if running.stdin is not None:
            with contextlib.suppress(OSError):
                running.stdin.close()


def _forward(running: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Put each line of the process into the queue; an empty one when it is over."""
    assert running.stdout is not None
    with running.stdout as stdout:
        for line in stdout:
            lines.put(line)
    lines.put("")


_PROCESS = _Process()
atexit.register(_PROCESS.end)
