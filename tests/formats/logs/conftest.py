"""The real logs, where they are; and what a harness writes, once for all workers."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

LOGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "logs"

collect_ignore = ["inspect_tasks.py"]
"""Doctests would import it, and with it Inspect, which changes zipfile: it is run by itself."""


@pytest.fixture(scope="session")
def logs() -> Path:
    if not LOGS.is_dir():
        pytest.skip("the real logs are not here")
    return LOGS


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Makes a folder that all workers of a test run share: whoever comes first fills it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, fill: Callable[[Path], None]) -> Path:
        folder = shared / name
        try:
            folder.mkdir()
        except FileExistsError:
            for _ in range(3000):
                if (folder / "done").exists():
                    break
                time.sleep(0.1)
            return folder
        try:
            fill(folder)
        finally:
            (folder / "done").touch()
        return folder

    return made
