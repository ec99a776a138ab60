"""IMDB reviews: the embedded classifier pool, LLM answers from HELM, commercial APIs."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pandas as pd

from ensel.table.parts import read_only
from ensel.table.prediction_table import PredictionTable

CLASSES = ("negative", "positive")
POOL_FILE = "imdb_pool.parquet"
POOL_KEY = b"ensel.imdb_pool"


def read_imdb_pool(paths: dict[str, Path]) -> PredictionTable:
    """Read the pool of real classifiers that the package carries (built by `data/`).

    Probabilities are kept as one byte, the floor of 256 P(positive); a byte of 128 or more is
    the answer *positive*, and the middle of the byte's interval is its probability.

    Parameters
    ----------
    paths : dict
        Unused: the file is part of the package.

    Returns
    -------
    PredictionTable
        Costs are measured CPU milliseconds per review.

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    import pyarrow.parquet as pq

    with as_file(files("ensel.datasets").joinpath(POOL_FILE)) as path:
        raw = pq.read_table(path)

    meta = json.loads(raw.schema.metadata[POOL_KEY])
    queries = pd.DataFrame(meta["queries"]).set_index("name")
    bytes_ = np.column_stack([raw.column(name).to_numpy() for name in queries.index])
    positive = (bytes_.astype(np.float32) + np.float32(0.5)) / np.float32(256)

    return PredictionTable(
        (bytes_ >= 128).astype(np.int8),
        raw.column("label").to_numpy(),
        classes=CLASSES,
        queries=queries,
        items=raw.column("item_id").to_pylist(),
        probabilities=read_only(np.stack([1 - positive, positive], axis=2)),
        name="imdb",
        cost_unit=meta["cost_unit"],
        source="classifiers trained for this project on aclImdb (Maas et al. 2011)",
    )


def read_imdb_llm(paths: dict[str, Path]) -> PredictionTable:
    """Read 10 LLMs on 1,000 IMDB reviews: one number a line, no review ids.

    Parameters
    ----------
    paths : dict of str to Path
        Local path of each raw file, by its path in the repository.

    Returns
    -------
    PredictionTable

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    answers: dict[str, np.ndarray] = {}
    labels = None
    for path, local in sorted(paths.items()):
        numbers = np.loadtxt(local).astype(np.int8)
        if path.endswith("_ground_truth.csv"):
            labels = numbers
        else:
            model = Path(path).name.removeprefix("imdb:model=").split(",")[0]
            answers[model] = numbers

    return PredictionTable(
        np.column_stack(list(answers.values())),
        labels,
        classes=CLASSES,
        queries=list(answers),
        name="imdb-llm",
        source="HELM answers from TestEnsemble",
    )


def read_imdb_api(paths: dict[str, Path]) -> PredictionTable:
    """Read 3 commercial sentiment APIs and VADER on 25,000 reviews, with their prices.

    The raw code 0 means positive. Confidences are left out: Google's and VADER's are magnitudes,
    Amazon's belong to four classes, so none is a probability of ours. VADER runs at home: free.

    Parameters
    ----------
    paths : dict of str to Path
        Local path of each raw file, by its path in the repository.

    Returns
    -------
    PredictionTable

    See Also
    --------
    ensel.load_dataset : Finds the files, and calls this.
    """
    by_name = {Path(path).name: local for path, local in paths.items()}
    meta = pd.read_csv(by_name["meta.csv"])
    services = {
        f"Model{row['Index']}": (row["MLaaS(API)"], float(row["Cost per 10k texts"]))
        for _, row in meta.iterrows()
    }
    services["Model100"] = ("VADER", 0.0)
    queries = pd.DataFrame(
        {"cost": [price for _, price in services.values()]},
        index=[name for name, _ in services.values()],
    )

    labels = 1 - np.loadtxt(by_name["Model0_TrueLabel.txt"]).astype(np.int8)
    answers = [
        1 - np.loadtxt(by_name[f"{model}_PredictedLabel.txt"]).astype(np.int8) for model in services
    ]
    names = by_name["Model0_ImageName.txt"].read_text(encoding="utf-8").split(",")
    reviews = [Path(name.strip()).stem for name in names if name.strip()]
    folder = {1: "pos", 0: "neg"}
    ids = [f"test/{folder[y]}/{r}" for r, y in zip(reviews, labels.tolist(), strict=True)]

    return PredictionTable(
        np.column_stack(answers),
        labels,
        classes=CLASSES,
        queries=queries,
        items=ids,
        name="imdb-api",
        cost_unit="USD per 10,000 texts",
        source="FrugalML (Chen et al.)",
    )
