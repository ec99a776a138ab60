"""Shared fixtures: where the real data is, and hypothesis profiles."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from ensel import PredictionTable, load_dataset
from ensel.datasets.files import DATA_FOLDER_VARIABLE

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

if (SHARED / "raw").is_dir():
    os.environ.setdefault(DATA_FOLDER_VARIABLE, str(SHARED / "raw"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("no real data beside the checkout (../shared/data)")
    return SHARED


@pytest.fixture(scope="session")
def real(shared):
    """Load a dataset of real predictions, once a session."""
    loaded: dict[str, PredictionTable] = {}

    def load(name: str) -> PredictionTable:
        if name not in loaded:
            loaded[name] = load_dataset(name)
        return loaded[name]

    return load


@pytest.fixture(scope="session")
def imdb() -> PredictionTable:
    """The embedded pool."""
    return load_dataset("imdb")


@pytest.fixture
def small_pool(imdb) -> PredictionTable:
    """500 reviews, the first sample of six classifiers: real and quick."""
    names = ["bow-nb", "bigram-svm", "char-logreg", "svd-knn", "lexicon", "decision-tree"]
    return imdb.subset(items=slice(0, None, 50), queries=[f"{name}#1" for name in names])
