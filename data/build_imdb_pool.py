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
from collections.abc import Callable, Iterable, Sequence
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
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import (
    AdaBoostClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]
from tqdm import tqdm

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"
OUTPUT = Path(__file__).resolve().parents[1] / "ensel" / "datasets" / "imdb_pool.parquet"
METADATA_KEY = "ensel.imdb_pool"
SAMPLES = range(1, 6)
N_TIMED = 1000  # test reviews on which costs are measured

# Opinion words written down for this script from general knowledge of English.
POSITIVE_WORDS = """
admirable amazing appealing awesome beautiful beloved best breathtaking brilliant captivating
charm charming clever compelling delight delightful elegant engaging enjoy enjoyable enjoyed
entertaining excellent exceptional exciting fabulous fantastic fascinating favorite flawless fun
funniest gem gorgeous great greatest gripping heartwarming hilarious impressed impressive
incredible insightful inspiring intelligent love loved magical magnificent masterful masterpiece
memorable moving outstanding perfect pleasant pleasure poignant powerful recommend refreshing
remarkable rewarding riveting solid splendid stunning subtle superb talented terrific thoughtful
thrilling timeless touching treat underrated unforgettable warm witty wonderful worthwhile
"""
NEGATIVE_WORDS = """
abysmal amateurish annoying appalling atrocious avoid awful bad bland bored boredom boring cheap
cheesy cliche confusing crap crappy cringe disappointed disappointment disaster disgusting drags
dreadful dreary dull dumb embarrassing embarrassment excruciating fail failure flawed flop
forgettable garbage hate horrible idiotic implausible incoherent inept insipid insult irritating
lacking lame laughable lazy lifeless ludicrous mediocre mess mindless miserable nonsense obnoxious
overrated painful pathetic poor poorly pointless predictable pretentious redeeming ridiculous
rubbish shallow silly sloppy stupid tedious terrible trash unbearable unconvincing unfunny
unfortunately uninspired uninteresting unwatchable useless waste wooden worse worst worthless
"""
OPINION = dict.fromkeys(POSITIVE_WORDS.split(), 1) | dict.fromkeys(NEGATIVE_WORDS.split(), -1)
NEGATION = re.compile(r"not|no|never|without|hardly|\w+n't")

WORD = r"\b\w+(?:['-]\w+)*"
STYLE_PATTERNS = (
    r"<br />",
    r"!",
    r"\?",
    r"\.\.\.",
    r",",
    r"[;:]",
    r"\"",
    r"[()]",
    r"-",
    r"\d",
    r"\*",
    r"'",
    r"\b[A-Z]{2,}\b",
    r"\b[A-Z][a-z]+",
    r"\bI\b",
    r"\bthe\b",
    r"[.!?]\s",
    r"\d ?/ ?10",
)


def clean(text: str) -> str:
    """Drop the line-break markup and lower the case."""
    return text.replace("<br />", " ").lower()


def excerpt(text: str, part: slice) -> str:
    """Cut a review down to some of its sentences."""
    return " ".join(re.split(r"(?<=[.!?])\s+", clean(text).strip())[part])


def opinion_counts(texts: Iterable[str]) -> NDArray[np.float64]:
    """Log counts of positive and negative opinion words; a preceding negation swaps the sign."""
    rows = []
    for text in texts:
        counts = {1: 0, -1: 0}
        words = re.findall(WORD, clean(text))
        for place, word in enumerate(words):
            if sign := OPINION.get(word, 0):
                before = words[max(0, place - 2) : place]
                counts[-sign if any(map(NEGATION.fullmatch, before)) else sign] += 1
        rows.append((counts[1], counts[-1]))
    return np.asarray(np.log1p(rows), dtype=np.float64)


def style_features(texts: Iterable[str]) -> NDArray[np.float64]:
    """Length, word length, vocabulary richness, and rates of punctuation and capitals."""
    rows = []
    for text in texts:
        words = text.split()
        n_words = max(1, len(words))
        rates = [len(re.findall(pattern, text)) / n_words for pattern in STYLE_PATTERNS]
        rows.append([len(text), len(text) / n_words, len(set(words)) / n_words, *rates])
    return np.array(rows, dtype=float)


class NaiveBayesRatio(TransformerMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """Weight word presence by its log-odds between the classes (Wang and Manning 2012)."""

    def fit(self, counts: Any, labels: NDArray[np.int8]) -> NaiveBayesRatio:
        """Learn the log-odds, with add-one smoothing."""
        present = counts > 0
        rates = [np.asarray(present[labels == k].sum(axis=0)).ravel() + 1.0 for k in (0, 1)]
        self.ratio_ = np.log(rates[1] / rates[1].sum()) - np.log(rates[0] / rates[0].sum())
        return self

    def transform(self, counts: Any) -> Any:
        """Return the weighted sparse matrix."""
        return (counts > 0).multiply(self.ratio_).tocsr()


class Rocchio(BaseEstimator):  # type: ignore[misc, unused-ignore]
    """Compare cosines with the two class centroids (scikit-learn's own is not for cosines)."""

    def fit(self, features: Any, labels: NDArray[np.int8]) -> Rocchio:
        """Learn the difference of the normalised centroids."""
        means = [np.asarray(features[labels == k].mean(axis=0)).ravel() for k in (0, 1)]
        self.axis_ = means[1] / np.linalg.norm(means[1]) - means[0] / np.linalg.norm(means[0])
        return self

    def decision_function(self, features: Any) -> NDArray[np.float64]:
        """Return how much closer each row is to the positive centroid."""
        return np.asarray(features @ self.axis_)


TOKENS = {"preprocessor": clean, "token_pattern": WORD}
WORDS = CountVectorizer(min_df=5, max_features=30_000, **TOKENS)
BIGRAMS = CountVectorizer(min_df=5, max_features=120_000, ngram_range=(1, 2), **TOKENS)
TFIDF = TfidfTransformer(sublinear_tf=True)
CHARACTERS = HashingVectorizer(
    preprocessor=clean,
    analyzer="char_wb",
    ngram_range=(2, 4),
    n_features=2**17,
    alternate_sign=False,
    norm=None,
    dtype=np.float32,
)
EXCERPT = {"token_pattern": WORD, "min_df": 3, "sublinear_tf": True}

# Views of a review: unsupervised transformers from texts to a matrix, each shared by its models.
VIEWS: dict[str, Any] = {
    "words": WORDS,
    "words-tfidf": make_pipeline(WORDS, TFIDF),
    "bigrams": BIGRAMS,
    "bigrams-tfidf": make_pipeline(BIGRAMS, TFIDF),
    "common-words": CountVectorizer(max_features=2000, dtype=np.float32, **TOKENS),
    "characters": make_pipeline(CHARACTERS, TFIDF),
    "svd": make_pipeline(WORDS, TFIDF, TruncatedSVD(100, random_state=0), Normalizer()),
    "opening": TfidfVectorizer(preprocessor=partial(excerpt, part=slice(2)), **EXCERPT),
    "closing": TfidfVectorizer(preprocessor=partial(excerpt, part=slice(-2, None)), **EXCERPT),
    "opinions": FunctionTransformer(opinion_counts),
    "style": FunctionTransformer(style_features),
}


class Model(NamedTuple):
    """A kind of classifier: its family, the view it reads, and an unfitted example of it."""

    family: str
    view: str
    prototype: Any


LOGREG = partial(LogisticRegression, solver="liblinear")
BOOSTING = partial(HistGradientBoostingClassifier, early_stopping=False)
NBSVM = make_pipeline(NaiveBayesRatio(), LOGREG(C=0.05))
# Weight decay, not early stopping: a part held out of a resample has copies in the rest of it.
MLP = make_pipeline(StandardScaler(), MLPClassifier((32,), alpha=3, tol=1e-3))
MODELS = {
    "bow-nb": Model("naive-bayes", "words", MultinomialNB()),
    "bernoulli-nb": Model("naive-bayes", "words", BernoulliNB()),
    "bigram-cnb": Model("naive-bayes", "bigrams", ComplementNB()),
    "bow-logreg": Model("linear", "words-tfidf", LOGREG(C=2)),
    "bigram-svm": Model("linear", "bigrams-tfidf", LinearSVC(C=0.3)),
    "bigram-nbsvm": Model("linear", "bigrams", NBSVM),
    "opening-logreg": Model("excerpt", "opening", LOGREG(C=1)),
    "closing-logreg": Model("excerpt", "closing", LOGREG(C=1)),
    "char-logreg": Model("characters", "characters", LogisticRegression(C=3)),
    "style-boosting": Model("characters", "style", BOOSTING(max_iter=60, max_leaf_nodes=8)),
    "decision-tree": Model(
        "trees", "common-words", DecisionTreeClassifier(max_depth=25, min_samples_leaf=20)
    ),
    "random-forest": Model(
        "trees", "common-words", RandomForestClassifier(100, min_samples_leaf=2)
    ),
    "stump-adaboost": Model("trees", "common-words", AdaBoostClassifier(n_estimators=80)),
    "svd-boosting": Model("embedding", "svd", BOOSTING(max_iter=120, max_leaf_nodes=16)),
    "svd-mlp": Model("embedding", "svd", MLP),
    "svd-knn": Model("neighbours", "svd", KNeighborsClassifier(25, algorithm="brute")),
    "rocchio": Model("neighbours", "words-tfidf", Rocchio()),
    "lexicon": Model("lexicon", "opinions", LOGREG(C=1)),
}


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
    files = {f"{m}#{s}": cache / f"{m}#{s}.npz" if cache else None for m, s in queries}
    answers = {}
    for name, file in files.items():
        if file and file.exists():
            with np.load(file) as saved:
                answers[name] = Answer(saved["column"], float(saved["cost"]))
    if len(answers) == len(files):
        return answers

    with threadpool_limits(1):
        view = clone(VIEWS[view_name])
        features = view.fit_transform(train["text"].tolist())
        texts = test["text"].tolist()
        test_features = view.transform(texts)
        # A spread of rows, since the negative reviews come before the positive ones.
        timed = np.unique(np.linspace(0, len(texts) - 1, N_TIMED).astype(int))
        timed_texts, timed_features = [texts[i] for i in timed], test_features[timed]
        view_cost = cpu_ms(lambda: view.transform(timed_texts), len(timed))
        for (model_name, sample), (name, file) in zip(queries, files.items(), strict=True):
            if name in answers:
                continue
            predict = fit_query(model_name, sample, features, train["label"].to_numpy())
            column = to_bytes(predict(test_features))
            cost = view_cost + cpu_ms(partial(predict, timed_features), len(timed))
            answers[name] = Answer(column, cost)
            if file:
                unfinished = file.with_name(f"{file.stem}.part.npz")
                np.savez_compressed(unfinished, column=column, cost=cost)
                os.replace(unfinished, file)
    return answers


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
    queries: list[dict[str, Any]] = []
    for model, sample in product(model_names, SAMPLES):
        query = {"name": f"{model}#{sample}", "model": model, "sample": sample}
        cost = round(answers[f"{model}#{sample}"].cost, 5)
        queries.append({**query, "family": MODELS[model].family, "cost": cost})
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
