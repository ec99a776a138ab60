"""What tests of several readers share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ensel import PredictionTable


def write_file(folder: Path, text: str | bytes, name: str = "pool.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def check_same(a: PredictionTable, b: PredictionTable) -> None:
    np.testing.assert_array_equal(a.answers, b.answers)
    np.testing.assert_array_equal(a.labels, b.labels)
    assert a.classes == b.classes
    assert a.query_names == b.query_names
    assert [str(i) for i in a.items.index] == [str(i) for i in b.items.index]


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    """Writes a file of a folder and returns its path."""
    return write_file


@pytest.fixture(scope="session")
def same() -> Callable[[PredictionTable, PredictionTable], None]:
    """Checks that two tables hold the same answers, labels and names."""
    return check_same


@pytest.fixture(scope="session")
def simulated() -> PredictionTable:
    """300 queries on 20,000 items: 6 MB of answers, 260 MB as a frame of text."""
    rng = np.random.default_rng(0)
    answers = rng.integers(-1, 4, size=(20_000, 300), dtype=np.int8)
    return PredictionTable(
        answers,
        rng.integers(4, size=20_000),
        classes="ABCD",
        queries=[f"m{j}" for j in range(300)],
        items=[f"question-{i:05d}" for i in range(20_000)],
    )
