"""The Gaussian copula of a pool's errors, fitted and ready to ask."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import ndtr, ndtri
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ensel.error_model.bayes_error import BayesError, bayes_error
from ensel.error_model.by_class import correlation_by_class, smoothed_rates
from ensel.error_model.draws import spread_wrong_answers
from ensel.error_model.factors import Factors, fit_factors
from ensel.error_model.mixture import Mixture, mixture
from ensel.error_model.orthant import (
    PatternProbabilities,
    all_wrong_curve,
    pattern_probabilities,
)
from ensel.error_model.posterior import log_posterior
from ensel.error_model.tetrachoric import Tetrachoric, phi_coefficient, tetrachoric
from ensel.error_model.wrong_answers import (
    Agreement,
    concentration,
    popularity,
    wrong_agreement,
)
from ensel.exceptions import InputError
from ensel.table.codes import as_codes

SMALLEST_EIGENVALUE = 1e-6
REPAIR_ROUNDS = 300
GOOD_MISFIT = 0.03
MOST_FACTORS = 3
MOST_COMPARED = 150  # models; beyond, the plainer form and the quicker repair
FOLDS = 5
Thresholds = str  # "one", "class" or "auto"


@dataclass(frozen=True)
class Repair:
    """What it took to make a correlation matrix positive definite."""

    smallest_before: float
    smallest_after: float
    largest_change: float
    """Largest absolute change of a correlation; 0 where nothing was to be done."""


@dataclass(frozen=True)
class HeldOut:
    """Held-out log loss of the label given the answers, by form of thresholds, bits per item."""

    one: float
    by_class: float
    difference: float
    """`one` less `by_class`: positive where thresholds by class predict the label better."""
    standard_error: float
    likelihood_gain: float
    """The same difference for the errors given the label: how much better they are described."""


class GaussianCopulaErrors(BaseEstimator):
    """Errors as thresholds on correlated normals: E_i = 1{T_i <= t_i}, T ~ N(0, R).

    t_i = Phi^-1(eps_i), R by tetrachoric correlation (arXiv 2602.08003: Gaussian copula on errors;
    tetrachoric reported; errors independent of the label inferred). Beyond the paper: thresholds
    may depend on the class, t_iy; wrong answers of more than two classes gather
    on popular options; R is made positive definite, and approximated by a few factors, under which
    pattern probabilities are sums over nodes and the likelihood is cheap.

    Fits of general copula libraries do not serve here: they take ranks of continuous data. On
    simulated binary errors with a true correlation of .60 (3,000 items, error rates .10 to .45),
    copulae's maximum likelihood finds .79 to .70 and the inverse of Kendall's tau .48 to .60; the
    tetrachoric correlation finds .59 to .60 (``benchmarks/copulae_fits.py``).

    Parameters
    ----------
    n_classes : int, optional
        Default: one more than the largest code.
    thresholds : {"auto", "one", "class"}
        One error rate a model, or one a model and class; "auto" takes the latter where it predicts
        held-out labels better by more than a standard error, in pools of up to 150 models.
    n_factors : int or "auto"
        Factors of the approximation; "auto" takes the fewest, up to 3, with a root mean square
        misfit of at most 0.03.
    random_state : int
        Seed of the folds.

    Attributes
    ----------
    columns_ : ndarray of int
        Models in the fit: all but those always or never wrong.
    error_rates_ : ndarray, shape (n_strata, n_models)
        One row, or one a class.
    prior_ : ndarray, shape (n_classes,)
        Label shares.
    tetrachoric_ : Tetrachoric
        Of all models, with standard errors, one threshold a model.
    phi_ : ndarray, shape (N, N)
        Pearson correlation of the error indicators.
    raw_correlation_, correlation_ : ndarray, shape (n_models, n_models)
        Before and after the repair.
    repair_ : Repair
    one_factor_, factors_ : Factors
    mixture_ : Mixture
    agreement_ : Agreement
        Of two wrong answers.
    popularity_ : float
        Share of wrong answers that take the item's popular wrong option (the vote limit's model).
    concentration_ : float
        Spread of the wrong answers' shares over items (the Bayes error's model).
    held_out_ : HeldOut or None
        None where thresholds were given.

    Examples
    --------
    >>> from ensel.error_model import simulate
    >>> pool = simulate(4000, [0.2, 0.25, 0.3], 0.5, random_state=0)  # a simulated table
    >>> model = GaussianCopulaErrors(thresholds="one").fit(pool.answers, pool.labels)
    >>> bool(abs(model.correlation_[0, 1] - 0.5) < 0.1)
    True
    """

    def __init__(
        self,
        n_classes: int | None = None,
        thresholds: Thresholds = "auto",
        n_factors: int | str = "auto",
        random_state: int = 0,
    ) -> None:
        self.n_classes = n_classes
        self.thresholds = thresholds
        self.n_factors = n_factors
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Fit to answers and labels.

        Parameters
        ----------
        X : array_like of int, shape (n_items, N)
            Class codes; -1, a missing answer, is an error.
        y : array_like of int, shape (n_items,)

        Returns
        -------
        self

        Raises
        ------
        InputError
            If fewer than two models err sometimes and are right sometimes.
        """
        X, y = as_codes(np.asarray(X)), as_codes(np.asarray(y))
        if y.min() < 0:
            raise InputError("a label is missing (-1); every item needs one")
        if self.thresholds not in ("auto", "one", "class"):
            raise InputError(f"thresholds={self.thresholds!r}; auto, one or class is needed")
        self.n_classes_ = self.n_classes or int(max(X.max(), y.max())) + 1
        errors = y[:, None] != X
        self.tetrachoric_: Tetrachoric = tetrachoric(errors)
        self.phi_ = phi_coefficient(errors)
        self.columns_ = np.setdiff1d(np.arange(X.shape[1]), self.tetrachoric_.degenerate)
        if len(self.columns_) < 2:
            raise InputError(
                f"{len(self.columns_)} of {X.shape[1]} models are sometimes right and sometimes "
                "wrong; at least two are needed to speak of correlated errors"
            )
        self.prior_ = np.bincount(y, minlength=self.n_classes_) / len(y)
        kept = errors[:, self.columns_]
        self.held_out_ = None
        form = self.thresholds
        if form == "auto" and len(self.columns_) <= MOST_COMPARED:
            self.held_out_ = self._compare_forms(X[:, self.columns_], y)
            better = self.held_out_.difference > self.held_out_.standard_error
            form = "class" if better else "one"
        self.by_class_ = form == "class"
        self.error_rates_ = _rates(kept, y, self.n_classes_, self.by_class_)
        self.raw_correlation_ = (
            correlation_by_class(kept, y, self.n_classes_)
            if self.by_class_
            else self.tetrachoric_.correlation[np.ix_(self.columns_, self.columns_)]
        )
        self.correlation_, self.repair_ = make_positive_definite(self.raw_correlation_)
        self.one_factor_ = fit_factors(self.correlation_, 1)
        self.factors_ = self._fit_factors()
        self.mixture_ = mixture(self.factors_, ndtri(self.error_rates_))
        self.agreement_: Agreement = wrong_agreement(X[:, self.columns_], y, self.n_classes_)
        self.popularity_ = popularity(self.agreement_.rate, self.n_classes_)
        self.concentration_ = concentration(self.agreement_.rate, self.n_classes_)
        return self

    def _compare_forms(self, answers: np.ndarray, y: np.ndarray) -> HeldOut:
        """Held-out log loss of both forms, by cross-validation."""
        errors = answers != y[:, None]
        fold = np.random.default_rng(self.random_state).permutation(len(y)) % FOLDS
        losses = {False: np.empty(len(y)), True: np.empty(len(y))}
        described = {False: 0.0, True: 0.0}
        for number in range(FOLDS):
            train, test = fold != number, fold == number
            for by_class, loss in losses.items():
                rates = _rates(errors[train], y[train], self.n_classes_, by_class)
                raw = (
                    correlation_by_class(errors[train], y[train], self.n_classes_)
                    if by_class
                    # A model may be always right among these items: then it goes with no other.
                    else np.nan_to_num(tetrachoric(errors[train]).correlation, nan=0.0)
                )
                mixed = mixture(fit_factors(raw, 1), ndtri(rates))
                agreement = wrong_agreement(answers[train], y[train], self.n_classes_).rate
                spread = concentration(agreement, self.n_classes_)
                log_p = log_posterior(mixed, self.prior_, spread, answers[test])
                loss[test] = -log_p[np.arange(test.sum()), y[test]] / np.log(2)
                described[by_class] += float(
                    mixed.log_probability_given(errors[test], y[test]).sum() / np.log(2)
                )
        apart = losses[False] - losses[True]
        return HeldOut(
            one=float(losses[False].mean()),
            by_class=float(losses[True].mean()),
            difference=float(apart.mean()),
            standard_error=float(apart.std() / np.sqrt(len(apart))),
            likelihood_gain=(described[True] - described[False]) / len(y),
        )

    def _fit_factors(self) -> Factors:
        """As many factors as asked for, or the fewest that fit well."""
        if self.n_factors != "auto":
            return fit_factors(self.correlation_, int(self.n_factors))
        factors = self.one_factor_
        for k in range(2, MOST_FACTORS + 1):
            if factors.misfit <= GOOD_MISFIT or 2 * k >= len(self.columns_):
                break
            factors = fit_factors(self.correlation_, k)
        return factors

    @property
    def form(self) -> dict[str, Any]:
        """Parameters that fit the same form of model to other items of this pool."""
        check_is_fitted(self)
        return {
            "n_classes": self.n_classes_,
            "thresholds": "class" if self.by_class_ else "one",
            "n_factors": int(self.factors_.loadings.shape[1]),
        }

    # -- what it says ----------------------------------------------------------------------------

    def score_samples(self, X: Any, y: Any) -> np.ndarray:
        """Log-likelihood of each item's error pattern given its label, under the factors.

        Parameters
        ----------
        X : array_like of int, shape (n_items, N)
        y : array_like of int, shape (n_items,)

        Returns
        -------
        ndarray, shape (n_items,)
            Bits.
        """
        check_is_fitted(self)
        errors = np.asarray(X)[:, self.columns_] != np.asarray(y)[:, None]
        return self.mixture_.log_probability_given(errors, np.asarray(y)) / np.log(2)

    def score(self, X: Any, y: Any) -> float:
        """Mean of `score_samples`, bits per item."""
        return float(self.score_samples(X, y).mean())

    def pattern_probabilities(
        self, columns: Any = None, label: int | None = None
    ) -> PatternProbabilities:
        """Probability of every error pattern of some models, under the full matrix.

        Parameters
        ----------
        columns : sequence of int, optional
            Positions in `columns_`; default all.
        label : int, optional
            Class given; default: averaged over the label shares.

        Returns
        -------
        PatternProbabilities
        """
        check_is_fitted(self)
        chosen = np.arange(len(self.columns_)) if columns is None else np.asarray(columns)
        R = self.correlation_[np.ix_(chosen, chosen)]
        t = ndtri(self.error_rates_)[:, chosen]
        if len(t) == 1:
            return pattern_probabilities(t[0], R)
        if label is not None:
            return pattern_probabilities(t[label], R)
        each = [pattern_probabilities(row, R) for row in t]
        p = sum(w * found.probabilities for w, found in zip(self.prior_, each, strict=True))
        return PatternProbabilities(
            each[0].patterns, np.asarray(p), max(found.standard_error for found in each)
        )

    def all_wrong(self, order: Any = None) -> np.ndarray:
        """Probability that the first m models are all wrong, under the full matrix.

        Parameters
        ----------
        order : sequence of int, optional
            Positions in `columns_`; default as they stand.

        Returns
        -------
        ndarray, shape (n_models,)
            One probability for each m; the last is that of all models.
        """
        check_is_fitted(self)
        chosen = np.arange(len(self.columns_)) if order is None else np.asarray(order)
        R = self.correlation_[np.ix_(chosen, chosen)]
        t = ndtri(self.error_rates_)[:, chosen]
        shares = self.prior_ if self.by_class_ else np.ones(1)
        return shares @ np.stack([all_wrong_curve(row, R) for row in t])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Posterior of the label given answers, under the factors: the rule behind `bayes_error`.

        Parameters
        ----------
        X : array_like of int, shape (n_items, N)

        Returns
        -------
        ndarray, shape (n_items, n_classes)
        """
        check_is_fitted(self)
        answers = as_codes(np.asarray(X))[:, self.columns_]
        return np.exp(log_posterior(self.mixture_, self.prior_, self.concentration_, answers))

    def bayes_error(
        self, columns: Any = None, *, n_draws: int = 20_000, random_state: int = 0
    ) -> BayesError:
        """Error of the best rule for these models' answers, under the factors.

        Parameters
        ----------
        columns : sequence of int, optional
            Positions in `columns_`; default all.
        n_draws : int
            Of the Monte Carlo, where patterns are too many to enumerate.
        random_state : int

        Returns
        -------
        BayesError
        """
        check_is_fitted(self)
        chosen = np.arange(len(self.columns_)) if columns is None else np.asarray(columns)
        found = bayes_error(
            self.mixture_.subset(chosen),
            self.prior_,
            self.concentration_,
            self.overall_rates_[chosen],
            n_draws=n_draws,
            rng=np.random.default_rng(random_state),
        )
        # Rates are smoothed; what was observed of the best single query is a bound all the same.
        observed = float(self.tetrachoric_.error_rates[self.columns_[chosen]].min())
        return found._replace(error=min(found.error, observed))

    @property
    def overall_rates_(self) -> np.ndarray:
        """Error rates of the model over all classes, shape (n_models,)."""
        rates: np.ndarray = (
            self.prior_ @ self.error_rates_ if self.by_class_ else self.error_rates_[0]
        )
        return rates

    def sample(self, n_items: int, random_state: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Simulate items under the full (repaired) matrix.

        Parameters
        ----------
        n_items : int
        random_state : int

        Returns
        -------
        labels : ndarray of int, shape (n_items,)
        answers : ndarray of int, shape (n_items, n_models)
            Of the models in `columns_`.
        """
        check_is_fitted(self)
        rng = np.random.default_rng(random_state)
        labels = rng.choice(self.n_classes_, size=n_items, p=self.prior_)
        factor = np.linalg.cholesky(self.correlation_)
        latent = rng.standard_normal((n_items, len(factor))) @ factor.T
        rates = self.error_rates_[labels if self.by_class_ else np.zeros(n_items, dtype=int)]
        wrong = ndtr(latent) <= rates
        return labels, spread_wrong_answers(
            labels, wrong, self.n_classes_, self.concentration_, rng
        )

    def to_copulae(self) -> Any:
        """The fitted correlation as a `copulae.GaussianCopula` (extra ``ensel[copulae]``)."""
        from ensel.error_model.interchange import to_copulae

        check_is_fitted(self)
        return to_copulae(self.correlation_)


def make_positive_definite(correlation: np.ndarray) -> tuple[np.ndarray, Repair]:
    """Nearest correlation matrix with eigenvalues above 1e-6 (statsmodels), and the change.

    Parameters
    ----------
    correlation : ndarray, shape (N, N)

    Returns
    -------
    ndarray, shape (N, N)
    Repair

    Examples
    --------
    >>> R = np.array([[1, 0.9, 0.2], [0.9, 1, 0.9], [0.2, 0.9, 1]])
    >>> repaired, repair = make_positive_definite(R)
    >>> repair.smallest_before < 0 < repair.smallest_after
    True
    """
    from statsmodels.stats.correlation_tools import corr_clipped, corr_nearest

    before = float(np.linalg.eigvalsh(correlation)[0])
    if before >= SMALLEST_EIGENVALUE:
        return correlation, Repair(before, before, 0.0)
    with warnings.catch_warnings():  # its iteration limit: what is left, clipping mends
        warnings.simplefilter("ignore")
        # Its n_fact counts iterations per model, each an eigendecomposition.
        rounds = REPAIR_ROUNDS / len(correlation)
        near = correlation
        if len(correlation) <= MOST_COMPARED:
            near = corr_nearest(correlation, threshold=2 * SMALLEST_EIGENVALUE, n_fact=rounds)
        if np.linalg.eigvalsh(near)[0] < SMALLEST_EIGENVALUE:
            near = corr_clipped(near, threshold=2 * SMALLEST_EIGENVALUE)
    near = (near + near.T) / 2
    np.fill_diagonal(near, 1.0)
    after = float(np.linalg.eigvalsh(near)[0])
    return near, Repair(before, after, float(np.abs(near - correlation).max()))


def _rates(errors: np.ndarray, y: np.ndarray, n_classes: int, by_class: bool) -> np.ndarray:
    """(Smoothed) error rates, one row or one a class."""
    if by_class:
        return smoothed_rates(errors, y, n_classes)
    return smoothed_rates(errors, np.zeros(len(y), dtype=np.int64), 1)
