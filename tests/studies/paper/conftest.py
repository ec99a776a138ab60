"""Small real pools under the names of the datasets, and stored results, for the recipes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable
from ensel.studies.paper import RECIPES, Effort, Sources

QUICK = Effort(n_splits=2, n_boot=3, most=3, seed=0)
FAMILIES = [("greedy-logit", "logit"), ("top-k", "majority"), ("greedy-mi", "map")]
MODELS = ["bow-nb", "bigram-svm", "char-logreg", "svd-knn", "lexicon"]


@pytest.fixture(scope="session")
def by_name():
    """Every recipe by its name."""
    return {recipe.name: recipe for recipe in RECIPES}


@pytest.fixture
def quick(by_name):
    """A recipe that is little work."""
    return replace(by_name["co_failure"], name="quick", datasets=("imdb",))


@pytest.fixture(scope="session")
def cells() -> pd.DataFrame:
    """Cells of three datasets, in the form that benchmarks/regret.py stores."""
    rows = [
        {
            "pool": pool,
            "n_train": n_train,
            "budget": budget,
            "regret": 0.001 * budget,
            "vs_top_k": 0.002 * budget,
            "se_vs_top_k": 0.004,
            "vs_single": -0.001,
            "se_vs_single": 0.003,
        }
        for pool in ("mmlu", "mmlu:statements", "imdb", "medmcqa")
        for n_train in (300, 1000, 2000)
        for budget in (1, 2, 3)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def asked() -> dict[str, pd.DataFrame]:
    """Made-up results in the form that benchmarks/adaptive.py and certificates.py store."""
    nothing = (np.nan, np.nan, np.nan)
    policies = [
        ("single-best", "own-answer", 1, np.nan, 0.8, 1.0, *nothing),
        *((*family, 1, np.nan, 0.8, 1.0, *nothing) for family in FAMILIES),
        *((*family, 3, np.nan, 0.85, 3.0, *nothing) for family in FAMILIES),
        ("adaptive", "logit", 3, np.nan, 0.85, 1.8, 0.03, 0.01, 0.05),
        ("adaptive", "logit", 3, 1.5, 0.84, 1.5, 0.025, -0.01, 0.06),
        ("adaptive:gain", "logit", 3, np.nan, 0.85, 1.9, 0.03, 0.01, 0.05),
        ("esc", "majority", 3, np.nan, 0.81, 2.5, -0.03, -0.05, -0.01),
    ]
    names = ["method", "vote", "budget", "mean_budget", "accuracy", "mean_queries"]
    names += [f"diff_equal_queries{end}" for end in ("", "_low", "_high")]
    frames = {
        "adaptive": pd.DataFrame(policies, columns=names),
        "adaptive_curves": pd.DataFrame(
            {"rule": ["gain"] * 2 + ["overturn"] * 2, "queries": [1.0, 3.0] * 2, "accuracy": 0.8}
        ),
        "adaptive_stops": pd.DataFrame({"asked": [1, 3], "share": [0.6, 0.4], "accuracy": 0.9}),
    }
    sizes = [("math", 100, 400), ("mmlu", 300, 5700), ("mmlu", 1000, 5700), ("mine", 50, 100)]
    stored = {
        name: pd.concat(
            [frame.assign(pool=pool, n_train=n, n_items=items) for pool, n, items in sizes]
        )
        for name, frame in frames.items()
    }
    certified = pd.DataFrame({"n_labels": [60, 4000], "share_certified": [0.0, 1.0]})
    stored["certificates"] = certified.assign(
        pool="alike (simulated)",
        loss=0.05,
        mean_queries_bound=[np.nan, 2.5],
        mean_queries=[np.nan, 2.2],
        violations=0.0,
        violations_high=0.004,
    )
    return stored


@pytest.fixture(scope="session")
def plain(imdb) -> PredictionTable:
    """A small real pool: the first sample of five classifiers on 125 reviews."""
    return imdb.subset(items=slice(0, None, 200), queries=[f"{model}#1" for model in MODELS])


@pytest.fixture(scope="session")
def tempered(imdb) -> PredictionTable:
    """Five samples of five classifiers that stand for five temperatures.

    The second sample at each is simulated: the first with one answer in twenty turned round.
    """
    names = [f"{model}#{sample}" for model in MODELS for sample in range(1, 6)]
    samples = imdb.subset(items=slice(0, None, 200), queries=names)
    rng = np.random.default_rng(0)
    turned = rng.random(samples.answers.shape) < 0.05
    answers = np.hstack([samples.answers, np.where(turned, 1 - samples.answers, samples.answers)])
    queries = pd.DataFrame(
        {
            "model": np.tile(samples.models, 2),
            "sample": np.repeat([1, 2], samples.n_queries),
            "temperature": np.tile(samples.queries["sample"].to_numpy() / 10, 2),
        },
        index=[f"q{i}" for i in range(2 * samples.n_queries)],
    )
    return PredictionTable(
        answers, samples.labels, classes=samples.classes, queries=queries, name="temperatures"
    )


@pytest.fixture(scope="session")
def sources(plain, tempered, cells, asked, tmp_path_factory):
    """Every dataset is one of the two small pools."""
    results = tmp_path_factory.mktemp("results")
    for name, rows in {"regret": cells, **asked}.items():
        rows.to_csv(results / f"{name}.csv", index=False)
    return Sources(
        load=lambda name: called(tempered if "temperatures" in name else plain, name),
        results=results,
        effort=QUICK,
    )


def called(table: PredictionTable, name: str) -> PredictionTable:
    """The same table under another name."""
    return PredictionTable(
        table.answers,
        table.labels,
        classes=table.classes,
        queries=table.queries,
        name=name,
        cost_unit=table.cost_unit,
        source="real answers",
    )


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Two samples a temperature, few pools, few sums of money."""
    monkeypatch.setattr("ensel.studies.paper.choices.SIZE", 2)
    monkeypatch.setattr("ensel.studies.paper.choices.CHOSEN_FROM", ("mmlu", "imdb"))
    monkeypatch.setattr("ensel.studies.paper.errors.FAILING", ("imdb",))
    monkeypatch.setattr("ensel.choosing.frontiers.LEVELS", 2)
