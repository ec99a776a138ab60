"""Self-MoA against mixtures: by hand on pools without luck."""

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable
from ensel.exceptions import InputError
from ensel.studies.temperature_mixes import temperature_mixes


def pool(right: dict[tuple[str, float], np.ndarray]) -> PredictionTable:
    """Binary items; (model, temperature) to whether each sample (column) is right on each item."""
    n = len(next(iter(right.values())))
    labels = np.arange(n) % 2
    columns, queries = [], []
    for (model, temperature), of_sample in right.items():
        for sample, own in enumerate(of_sample.T, start=1):
            columns.append(np.where(own, labels, 1 - labels))
            queries.append({"model": model, "temperature": temperature, "sample": sample})
    names = [f"{q['model']}@{q['temperature']}#{q['sample']}" for q in queries]
    described = pd.DataFrame(queries, index=names)
    answers = np.column_stack(columns)
    return PredictionTable(
        answers, labels, classes=["no", "yes"], queries=described, name="by hand"
    )


def test_identical_samples_gain_nothing_and_different_models_do():
    n = np.arange(120)
    # Each model is wrong on its own third of the items, the same in all samples: votes of three
    # different models are always right, and three samples of one model are one sample.
    thirds = [np.repeat((n // 2 % 3 != third)[:, None], 3, axis=1) for third in range(3)]
    table = pool({(m, t): thirds[i] for i, m in enumerate("abc") for t in (0.0, 0.5, 1.0)})
    found = temperature_mixes(table, 3, n_splits=4).set_index(["ensemble", "temperature"])
    for t in (0.0, 0.5, 1.0):
        assert found.loc[("different models", t), "accuracy"] == 1
        self_moa = found.loc[("self-moa", t), "accuracy"]
        assert self_moa == found.loc[("one sample", t), "accuracy"]
        assert found.loc[("different models", t), "difference"] == pytest.approx(1 - self_moa)
        assert found.loc[("self-moa", t), "difference_low"] == 0
    mixture = found.loc["different temperatures"].iloc[0]
    assert np.isnan(found.loc["different temperatures"].index[0])
    assert mixture["difference"] == pytest.approx(0, abs=1e-6)  # every temperature is the same


def test_one_model_has_no_mixture_of_models():
    rng = np.random.default_rng(0)  # simulated
    table = pool({("a", t): rng.random((40, 3)) < 0.8 for t in (0.0, 0.5, 1.0)})
    found = temperature_mixes(table, 3, n_splits=2)
    assert set(found["ensemble"]) == {"self-moa", "one sample", "different temperatures"}


def test_only_common_temperatures_count():
    rng = np.random.default_rng(0)  # simulated
    keys = [("a", 0.0), ("a", 1.0), ("a", 1.5), ("b", 0.0), ("b", 1.0)]
    found = temperature_mixes(pool({k: rng.random((40, 2)) < 0.8 for k in keys}), 2, n_splits=2)
    assert set(found["temperature"].dropna()) == {0.0, 1.0}


def test_what_cannot_be_mixed_is_said(small_pool):
    with pytest.raises(InputError, match="needs a temperature"):
        temperature_mixes(small_pool)
    rng = np.random.default_rng(0)
    table = pool({("a", t): rng.random((20, 2)) < 0.8 for t in (0.0, 1.0)})
    with pytest.raises(InputError, match="3 queries of 2 samples"):
        temperature_mixes(table, 3)
