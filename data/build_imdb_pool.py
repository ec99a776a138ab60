"""Build ``imdb_pool.parquet``: a pool of real text classifiers judged on film reviews.

Eighteen different classifiers are each trained five times, on bootstrap resamples of the
25,000 training reviews of the Large Movie Review Dataset (Maas et al. 2011, "aclImdb v1"), and
predict P(positive) for its 25,000 test reviews.  One trained classifier is one *query*.  The
output has no review text: only review ids, labels, and one byte per query and review,
``min(255, floor(256 * P))``, so that P is about ``(byte + 0.5) / 256`` and the answer is
"positive" exactly where ``byte >= 128``.

Hyperparameters were chosen for speed and variety, never by test accuracy.  Vectorisers see the
texts of all training reviews but no labels; everything that uses labels sees only the resample
(and, to calibrate margins, the reviews left out of it).  Costs are measured, so they vary a
little from build to build; everything else is the same for the same library versions.

Usage: ``python data/build_imdb_pool.py`` downloads the reviews (84 MB) and builds everything,
which takes some six minutes on one fast core.  See ``--help`` for other sources and subsets.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import tarfile
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import joblib
import numpy as np
import pandas as pd
import pooch
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
from imdb_classifiers import MODELS
from imdb_views import VIEWS
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]
from tqdm import tqdm

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"
OUTPUT = Path(__file__).resolve().parents[1] / "ensel" / "datasets" / "imdb_pool.parquet"
METADATA_KEY = "ensel.imdb_pool"
SAMPLES = range(1, 6)
N_TIMED = 1000  # test reviews on which costs are measured


class Answer(NamedTuple):
    """What the pool keeps of one query: its byte for each test review, and its cost."""

    column: NDArray[np.uint8]
    cost: float


def fit_query(
    model_name: str, sample: int, features: Any, labels: NDArray[np.int8]
) -> Callable[[Any], NDArray[np.float64]]:
    """Train one query on its bootstrap resample.

    Parameters
    ----------
    model_name : str
        A key of `MODELS`.
    sample : int
        Which of the model's resamples; with the name, it seeds everything random.
    features, labels
        The model's view of all training reviews, and their labels.

    Returns
    -------
    callable
        From a view of some reviews to their P(positive).
    """
    rng = np.random.default_rng([zlib.crc32(model_name.encode()), sample])
    rows = rng.integers(len(labels), size=len(labels))
    seed = int(rng.integers(2**31))
    classifier = clone(MODELS[model_name].prototype)
    seeds = [name for name in classifier.get_params() if name.endswith("random_state")]
    classifier.set_params(**dict.fromkeys(seeds, seed))
    classifier.fit(features[rows], labels[rows])
    # AdaBoost's own probabilities all lie close to one half, so it counts as having none.
    if hasattr(classifier, "predict_proba") and not isinstance(classifier, AdaBoostClassifier):
        return lambda view: classifier.predict_proba(view)[:, 1]

    left_out = np.setdiff1d(np.arange(len(labels)), rows)
    margins = classifier.decision_function(features[left_out]).reshape(-1, 1)
    # Unregularised, as the scale of a margin means nothing.
    link = LogisticRegression(C=np.inf).fit(margins, labels[left_out])
    return lambda view: link.predict_proba(classifier.decision_function(view).reshape(-1, 1))[:, 1]


def predict_query(
    model_name: str, sample: int, train: pd.DataFrame, test: pd.DataFrame
) -> NDArray[np.float64]:
    """Train one query and predict P(positive) of every test review.

    Parameters
    ----------
    model_name : str
        A key of `MODELS`.
    sample : int
        Which of the model's resamples, from 1.
    train, test : DataFrame
        Reviews as `read_folder` or `read_tar` returns them.

    Returns
    -------
    ndarray
        P(positive) in the order of `test`; `to_bytes` makes the pool's column of it.
    """
    with threadpool_limits(1):
        view = clone(VIEWS[MODELS[model_name].view])
        features = view.fit_transform(train["text"].tolist())
        predict = fit_query(model_name, sample, features, train["label"].to_numpy())
        return predict(view.transform(test["text"].tolist()))


def to_bytes(probabilities: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Quantise probabilities so that 128 and above is one half and above."""
    return np.minimum(255, np.floor(256 * probabilities)).astype(np.uint8)


def cpu_ms(work: Callable[[], Any], n_reviews: int) -> float:
    """Median CPU milliseconds that `work` takes per review."""
    timings = []
    for _ in range(3):
        start = time.process_time()
        work()
        timings.append(time.process_time() - start)
    return 1000 * float(np.median(timings)) / n_reviews


def build_view(
    view_name: str,
    queries: Sequence[tuple[str, int]],
    train: pd.DataFrame,
    test: pd.DataFrame,
    cache: Path | None,
) -> dict[str, Answer]:
    """Answer all queries that read one view, taking finished ones from the cache."""
    answers = {query: answer for query in queries if (answer := load_answer(cache, query))}
    if len(answers) == len(queries):
        return {query_name(query): answer for query, answer in answers.items()}

    with threadpool_limits(1):
        view = clone(VIEWS[view_name])
        features = view.fit_transform(train["text"].tolist())
        texts = test["text"].tolist()
        test_features = view.transform(texts)

        # A spread of rows, since the negative reviews come before the positive ones.
        timed = np.unique(np.linspace(0, len(texts) - 1, N_TIMED).astype(int))
        timed_texts, timed_features = [texts[i] for i in timed], test_features[timed]
        view_cost = cpu_ms(lambda: view.transform(timed_texts), len(timed))

        for query in queries:
            if query not in answers:
                predict = fit_query(*query, features, train["label"].to_numpy())
                column = to_bytes(predict(test_features))
                cost = view_cost + cpu_ms(partial(predict, timed_features), len(timed))
                answers[query] = Answer(column, cost)
                save_answer(cache, query, answers[query])
    return {query_name(query): answer for query, answer in answers.items()}


def query_name(query: tuple[str, int]) -> str:
    """Write a model's name and the number of a sample as one name."""
    model_name, sample = query
    return f"{model_name}#{sample}"


def load_answer(cache: Path | None, query: tuple[str, int]) -> Answer | None:
    """Take a finished query from the cache, if it is there."""
    file = cache / f"{query_name(query)}.npz" if cache else None
    if file is None or not file.exists():
        return None
    with np.load(file) as saved:
        return Answer(saved["column"], float(saved["cost"]))


def save_answer(cache: Path | None, query: tuple[str, int], answer: Answer) -> None:
    """Put a finished query into the cache, whole or not at all."""
    if cache:
        file = cache / f"{query_name(query)}.npz"
        unfinished = file.with_name(f"{file.stem}.part.npz")
        np.savez_compressed(unfinished, column=answer.column, cost=answer.cost)
        os.replace(unfinished, file)


def build(
    model_names: Sequence[str],
    train: pd.DataFrame,
    test: pd.DataFrame,
    cache: Path | None = None,
    jobs: int = 1,
) -> dict[str, Answer]:
    """Answer the five queries of each model, in `jobs` processes, one view at a time each."""
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
    by_view: dict[str, list[tuple[str, int]]] = {}
    for name in model_names:
        by_view.setdefault(MODELS[name].view, []).extend((name, sample) for sample in SAMPLES)
    answers: dict[str, Answer] = {}
    with tqdm(total=len(model_names) * len(SAMPLES), unit="query") as progress:
        for part in joblib.Parallel(jobs, return_as="generator_unordered")(
            joblib.delayed(build_view)(view, queries, train, test, cache)
            for view, queries in by_view.items()
        ):
            answers |= part
            progress.update(len(part))
    return answers


def write_pool(
    path: Path, test: pd.DataFrame, model_names: Sequence[str], answers: dict[str, Answer]
) -> None:
    """Write the Parquet file, whole or not at all."""
    queries = described_queries(model_names, answers)
    about = {
        "format": 1,
        "cost_unit": "CPU ms per review",
        "corpus": "aclImdb v1 (Maas et al. 2011)",
        "corpus_md5": MD5,
        "queries": queries,
        "built_with": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        },
    }
    columns = {
        "item_id": pa.array(test["item_id"].tolist(), pa.string()),
        "label": pa.array(test["label"].to_numpy(), pa.int8()),
        **{query["name"]: pa.array(answers[query["name"]].column) for query in queries},
    }
    table = pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(about)})

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    pq.write_table(
        table,
        unfinished,
        compression="zstd",
        compression_level=22,
        # Parquet's plain encoding would take four bytes for each of ours.
        use_dictionary=table.column_names[1:],
        column_encoding={"item_id": "DELTA_BYTE_ARRAY"},
        write_statistics=False,
        row_group_size=table.num_rows,
    )
    os.replace(unfinished, path)


def described_queries(
    model_names: Sequence[str], answers: dict[str, Answer]
) -> list[dict[str, Any]]:
    """Say of each query its name, model, sample, family and cost."""
    queries = []
    for model, sample in product(model_names, SAMPLES):
        name = query_name((model, sample))
        query = {"name": name, "model": model, "sample": sample}
        cost = round(answers[name].cost, 5)
        queries.append({**query, "family": MODELS[model].family, "cost": cost})
    return queries


def order(reviews: pd.DataFrame) -> pd.DataFrame:
    """Sort reviews by id, so that nothing depends on the order of their source."""
    if reviews["label"].nunique() != 2:
        raise ValueError("the corpus needs positive and negative reviews in each split")
    return reviews[["item_id", "text", "label"]].sort_values("item_id", ignore_index=True)


def read_folder(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read training and test reviews from a folder's ``train.parquet`` and ``test.parquet``."""
    train, test = (pd.read_parquet(folder / f"{split}.parquet") for split in ("train", "test"))
    return order(train), order(test)


def read_tar(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read training and test reviews out of the published tarball, without unpacking it."""
    wanted = re.compile(r"(?:\./)?aclImdb/((train|test)/(pos|neg)/\d+_\d+)\.txt")
    rows: dict[str, list[tuple[str, str, int]]] = {"train": [], "test": []}
    with tarfile.open(path) as archive:
        for member in archive:
            if match := wanted.fullmatch(member.name):
                file = archive.extractfile(member)
                assert file is not None  # as the name is that of a regular file
                text = file.read().decode("utf-8")
                rows[match[2]].append((match[1], text, int(match[3] == "pos")))
    train, test = (pd.DataFrame(r, columns=["item_id", "text", "label"]) for r in rows.values())
    return order(train), order(test)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Build imdb_pool.parquet.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--corpus", type=Path, help="folder with train.parquet and test.parquet")
    source.add_argument("--tar", type=Path, help="aclImdb_v1.tar.gz, if already downloaded")
    parser.add_argument("--output", type=Path, help=f"default: {OUTPUT.name} of the package")
    parser.add_argument("--models", help="comma-separated subset of models; needs --output")
    parser.add_argument("--cache", type=Path, help="folder of finished queries, to resume from")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    args = parser.parse_args()
    model_names = args.models.split(",") if args.models else list(MODELS)
    if unknown := set(model_names) - set(MODELS):
        parser.error(f"unknown models {sorted(unknown)}; choose from {', '.join(MODELS)}")
    if args.models and not args.output:
        parser.error("--models needs --output, so as not to replace the full pool")

    if args.corpus:
        train, test = read_folder(args.corpus)
    else:
        tar = args.tar or pooch.retrieve(URL, known_hash=f"md5:{MD5}", progressbar=True)
        train, test = read_tar(Path(tar))
    output = args.output or OUTPUT
    write_pool(output, test, model_names, build(model_names, train, test, args.cache, args.jobs))
    print(f"{output}: {output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
