"""The embedded pool: real, different classifiers, rebuilt from the corpus to the byte."""

import importlib.util
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "data" / "build_imdb_pool.py"


def test_is_small_and_holds_no_text(imdb):
    path = files("ensel.datasets").joinpath("imdb_pool.parquet")
    assert len(path.read_bytes()) <= 3_000_000
    assert list(imdb.items.columns) == []
    assert imdb.items.index.str.fullmatch(r"test/(pos|neg)/\d+_\d+").all()


def test_has_many_different_models_five_samples_each(imdb):
    counts = imdb.queries["model"].value_counts()
    assert len(counts) >= 16
    assert (counts == 5).all()
    assert imdb.queries["family"].nunique() >= 5
    assert (imdb.costs > 0).all()
    assert imdb.cost_unit == "CPU ms per review"


def test_labels_and_answers(imdb):
    assert np.bincount(imdb.labels).tolist() == [12500, 12500]
    from_id = imdb.items.index.str.contains("/pos/").astype(int)
    np.testing.assert_array_equal(imdb.labels, from_id)
    np.testing.assert_array_equal(imdb.answers, imdb.probabilities.argmax(axis=2))
    assert imdb.accuracies.between(0.6, 0.95).all()


def test_samples_agree_more_with_their_own_model(imdb):
    """Mean agreement within a model exceeds that across models, for all but unstable trees."""
    answers = imdb.answers
    agree = np.array([(answers == answers[:, [j]]).mean(axis=0) for j in range(imdb.n_queries)])
    models = imdb.models
    for model in np.unique(models):
        own = models == model
        within = agree[np.ix_(own, own)][~np.eye(5, dtype=bool)].mean()
        across = agree[np.ix_(own, ~own)].mean()
        assert within > across + (0.03 if model != "decision-tree" else 0.0), model


def load_script():
    spec = importlib.util.spec_from_file_location("build_imdb_pool", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("model", "sample"), [("bow-nb", 2), ("lexicon", 1)])
def test_rebuilds(imdb, shared, model, sample):
    """Train one query anew from the review texts; libraries may round a byte one step apart."""
    script = load_script()
    train, test = script.read_folder(shared / "imdb_text")
    some = test.iloc[::25]
    rebuilt = script.to_bytes(script.predict_query(model, sample, train, some))
    raw = pd.read_parquet(str(files("ensel.datasets").joinpath("imdb_pool.parquet")))
    committed = raw.set_index("item_id").loc[some["item_id"], f"{model}#{sample}"].to_numpy()
    assert np.abs(rebuilt.astype(int) - committed.astype(int)).max() <= 1
    assert (rebuilt == committed).mean() > 0.99
