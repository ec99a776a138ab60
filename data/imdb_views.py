"""Views of a film review: what the classifiers of the IMDB pool read instead of its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from imdb_words import NEGATION, OPINION
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer

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
