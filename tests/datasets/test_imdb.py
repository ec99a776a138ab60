"""Film reviews: the embedded pool of real, different classifiers; LLMs and priced services."""

from importlib.resources import files

import numpy as np
import pandas as pd


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


def test_imdb_llm_agrees_with_tidy(real, shared):
    table = real("imdb-llm")
    tidy = pd.read_parquet(shared / "tidy/imdb_helm10_1000.parquet")
    np.testing.assert_array_equal(table.answers, tidy[table.query_names].to_numpy())
    np.testing.assert_array_equal(table.labels, tidy["gold"])


def test_imdb_api_agrees_with_tidy(real, shared):
    table = real("imdb-api")
    tidy = pd.read_parquet(shared / "tidy/imdb_frugalml4_apis_25000.parquet")
    tidy = tidy.set_index("item_id").loc[table.items.index]
    columns = ["google_nlp", "baidu", "amazon_comprehend", "vader_github"]
    np.testing.assert_array_equal(table.answers, tidy[columns].to_numpy())
    np.testing.assert_array_equal(table.labels, tidy["gold"])
    costs = {"Google": 2.5, "Baidu": 3.5, "Amazon": 0.75, "VADER": 0.0}
    assert table.queries["cost"].to_dict() == costs
