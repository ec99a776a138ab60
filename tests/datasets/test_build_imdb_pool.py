"""The embedded pool, rebuilt from the corpus to the byte."""

import importlib.util
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "data" / "build_imdb_pool.py"


@pytest.fixture
def script(monkeypatch):
    """The script that builds the pool, with the modules beside it."""
    monkeypatch.syspath_prepend(SCRIPT.parent)
    spec = importlib.util.spec_from_file_location("build_imdb_pool", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("model", "sample"), [("bow-nb", 2), ("lexicon", 1)])
def test_rebuilds(script, shared, model, sample):
    """Train one query anew from the review texts; libraries may round a byte one step apart."""
    train, test = script.read_folder(shared / "imdb_text")
    some = test.iloc[::25]
    rebuilt = script.to_bytes(script.predict_query(model, sample, train, some))
    raw = pd.read_parquet(str(files("ensel.datasets").joinpath("imdb_pool.parquet")))
    committed = raw.set_index("item_id").loc[some["item_id"], f"{model}#{sample}"].to_numpy()
    assert np.abs(rebuilt.astype(int) - committed.astype(int)).max() <= 1
    assert (rebuilt == committed).mean() > 0.99
