"""The Gaussian copula of a pool's errors, fitted and ready to ask."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy.special import ndtr, ndtri
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ensel.error_model.bayes_error import BayesError, bayes_error
from ensel.error_model.by_class import correlation_by_class
from ensel.error_model.certain import Certain, certain_queries, with_certain
from ensel.error_model.draws import spread_wrong_answers
from ensel.error_model.factors import Factors, fit_factors
from ensel.error_model.form_comparison import FormComparison, compare_forms, threshold_rates
from ensel.error_model.mixture import Mixture, mixture
from ensel.error_model.orthant import (
    PatternProbabilities,
    all_wrong_curve,
    pattern_probabilities,
)
from ensel.error_model.positive_definite import Repair, make_positive_definite
from ensel.error_model.posterior import log_posterior
from ensel.error_model.tetrachoric import Tetrachoric, tetrachoric
from ensel.error_model.wrong_answers import (
    Agreement,
    concentration,
    popularity,
    wrong_agreement,
)
from ensel.exceptions import InputError
from ensel.table.codes import as_codes

GOOD_MISFIT = 0.03
MOST_FACTORS = 3
MOST_COMPARED = 150  # models; beyond, the plainer form and the quicker repair
Thresholds = str  # "one", "class" or "auto"


class GaussianCopulaErrors(BaseEstimator):
    """Errors as thresholds on correlated normals: E_i = 1{T_i <= t_i}, T ~ N(0, R).

    The thresholds are t_i = Phi^-1(eps_i), eps_i the error rates; R is the tetrachoric correlation
    of the errors. Of arXiv 2602.08003, the Gaussian copula on errors is the paper's own, the
    tetrachoric correlation is reported by others, and errors independent of the label are
    inferred. Beyond the paper, derived here: thresholds may depend on the class, t_iy. Wrong
    answers of more than two classes gather on popular options. R is made positive definite, and
    approximated by a few factors: then pattern probabilities are sums over nodes, and the
    likelihood is cheap.

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
    certain_ : Certain
        Those always or never wrong: no part of the fit, but of the rule and of its error.
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
    mixture_, whole_mixture_ : Mixture
        Of the fit, and with the certain models behind its own.
    agreement_ : Agreement
        Of two wrong answers.
    popularity_ : float
        Share of wrong answers that take the item's popular wrong option (the vote limit's model).
    concentration_ : float
        Spread of the wrong answers' shares over items (the Bayes error's model).
    held_out_ : FormComparison or None
        None where thresholds were given.

    See Also
    --------
    ensel.error_floor : How low error can go under this model.
    ensel.error_model.tetrachoric : The correlations, with standard errors.
    ensel.error_model.simulate : Tables drawn from such a model.

    References
    ----------
    arXiv 2602.08003, https://arxiv.org/abs/2602.08003

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

        errors = y[:, None] != X
        self.n_classes_ = self.n_classes or int(max(X.max(), y.max())) + 1
        self.prior_ = np.bincount(y, minlength=self.n_classes_) / len(y)
        self._fit_pairs(errors)
        self.certain_: Certain = certain_queries(X, errors)
        answers = X
        if len(self.columns_) < X.shape[1]:
            answers, errors = X[:, self.columns_], errors[:, self.columns_]
        self._choose_thresholds(answers, y)
        self._fit_correlation(errors, y)
        self._fit_wrong_answers(answers, y)
        return self

    def _fit_pairs(self, errors: np.ndarray) -> None:
        """Correlations of all pairs, with one threshold a model; which models can be fitted."""
        self.tetrachoric_: Tetrachoric = tetrachoric(errors)
        self.phi_ = self.tetrachoric_.phi
        n_models = errors.shape[1]
        self.columns_ = np.setdiff1d(np.arange(n_models), self.tetrachoric_.degenerate)
        if len(self.columns_) < 2:
            raise InputError(
                f"{len(self.columns_)} of {n_models} models are sometimes right and sometimes "
                "wrong; at least two are needed to speak of correlated errors"
            )

    def _choose_thresholds(self, answers: np.ndarray, y: np.ndarray) -> None:
        """The form asked for, or the one that predicts held-out labels clearly better."""
        form: Thresholds = self.thresholds
        self.held_out_: FormComparison | None = None
        if form == "auto" and len(self.columns_) <= MOST_COMPARED:
            self.held_out_ = compare_forms(answers, y, self.prior_, self.random_state)
            better = self.held_out_.difference > self.held_out_.standard_error
            form = "class" if better else "one"
        self.by_class_ = form == "class"

    def _fit_correlation(self, errors: np.ndarray, y: np.ndarray) -> None:
        """Error rates, the correlation matrix, its factors, and these on nodes."""
        self.error_rates_ = threshold_rates(errors, y, self.n_classes_, self.by_class_)
        self.raw_correlation_ = (
            correlation_by_class(errors, y, self.n_classes_)
            if self.by_class_
            else self.tetrachoric_.correlation[np.ix_(self.columns_, self.columns_)]
        )
        self.repair_: Repair
        self.correlation_, self.repair_ = make_positive_definite(self.raw_correlation_)
        self.one_factor_ = fit_factors(self.correlation_, 1)
        self.factors_ = self._fit_factors()
        self.mixture_: Mixture = mixture(self.factors_, ndtri(self.error_rates_))
        self.whole_mixture_: Mixture = with_certain(self.mixture_, self.certain_)

    def _fit_wrong_answers(self, answers: np.ndarray, y: np.ndarray) -> None:
        """Where wrong answers go."""
        self.agreement_: Agreement = wrong_agreement(answers, y, self.n_classes_)
        self.popularity_ = popularity(self.agreement_.rate, self.n_classes_)
        self.concentration_ = concentration(self.agreement_.rate, self.n_classes_)

    def _fit_factors(self) -> Factors:
        """As many factors as asked for, or the fewest that fit well."""
        if self.n_factors == 1:
            return self.one_factor_
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

        by_class = [pattern_probabilities(row, R) for row in t]
        p = self.prior_ @ np.stack([one.probabilities for one in by_class])
        error = max(one.standard_error for one in by_class)
        return PatternProbabilities(by_class[0].patterns, p, error)

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

        A model that was never wrong is followed, and what one answers that was never right is ruled
        out.

        Parameters
        ----------
        X : array_like of int, shape (n_items, N)

        Returns
        -------
        ndarray, shape (n_items, n_classes)
        """
        check_is_fitted(self)
        chosen = np.concatenate([self.columns_, self.certain_.columns])
        answers = as_codes(np.asarray(X))[:, chosen]
        return np.exp(log_posterior(self.whole_mixture_, self.prior_, self.concentration_, answers))

    def bayes_error(
        self, columns: Any = None, *, n_draws: int = 20_000, random_state: int = 0
    ) -> BayesError:
        """Error of the best rule for these models' answers, under the factors.

        Parameters
        ----------
        columns : sequence of int, optional
            Positions in `columns_`; default all models, with those that are always or never wrong.
        n_draws : int
            Of the Monte Carlo, where patterns are too many to enumerate.
        random_state : int

        Returns
        -------
        BayesError
        """
        check_is_fitted(self)
        if columns is None and self.certain_.decides(self.n_classes_):
            return BayesError(0.0, 0.0, 0)
        chosen = np.arange(len(self.columns_)) if columns is None else np.asarray(columns)
        mixed, rates = self.mixture_.subset(chosen), self.overall_rates_[chosen]
        if columns is None:
            mixed, rates = self.whole_mixture_, np.append(rates, np.ones(len(self.certain_.wrong)))
        model_says = bayes_error(
            mixed,
            self.prior_,
            self.concentration_,
            rates,
            n_draws=n_draws,
            rng=np.random.default_rng(random_state),
        )
        # Rates are smoothed; what was observed of the best single query is a bound all the same.
        observed = float(self.tetrachoric_.error_rates[self.columns_[chosen]].min())
        return model_says._replace(error=min(model_says.error, observed))

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
