"""The eighteen kinds of classifier of the IMDB pool."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import (
    AdaBoostClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier


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
