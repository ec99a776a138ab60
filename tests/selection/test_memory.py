"""A selector makes no second matrix."""

import subprocess
import sys

import pytest

MEASURE = """
import sys
from pathlib import Path
import numpy as np
from ensel.selection import SELECTORS

def memory(what):
    return int(Path("/proc/self/status").read_text().partition(what + ":")[2].split()[0]) * 1024

rng = np.random.default_rng(0)
small = rng.integers(-1, 4, (200, 9), dtype=np.int8)
for name in sys.argv[1:]:
    selector = SELECTORS[name]().set_params(budget=3)
    for order in "CF":  # compiled code is loaded: part of the import
        selector.fit(np.asarray(small, order=order), small[:, 0] % 4)
    for shape in ((14042, 3000), (3000, 14042)):
        before = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        X = rng.integers(-1, 4, shape, dtype=np.int8)
        X = X if len(X) == 14042 else X.T
        selector.fit(X, rng.integers(0, 4, 14042))
        print((memory("VmHWM") - before) / X.nbytes)
        del X
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_peak_is_below_two_matrices():
    command = [sys.executable, "-c", MEASURE, "greedy-mi", "mrmr", "top-k"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    peaks = [float(line) for line in done.stdout.split()]
    assert len(peaks) == 6  # each in both layouts
    assert min(peaks) > 0.9  # the matrix itself
    assert max(peaks) < 1.9
