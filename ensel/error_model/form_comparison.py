"""One threshold a model, or one a model and class: which form predicts held-out labels better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ensel.error_model.by_class import correlation_by_class, smoothed_rates
from ensel.error_model.factors import fit_factors
from ensel.error_model.mixture import Mixture, mixture
from ensel.error_model.posterior import log_posterior
from ensel.error_model.tetrachoric import tetrachoric
from ensel.error_model.wrong_answers import concentration, wrong_agreement

FOLDS = 5


@dataclass(frozen=True)
class FormComparison:
    """Held-out log loss of the label given the answers, by form of thresholds, bits per item."""

    one: float
    """With one threshold a model."""
    by_class: float
    """With a threshold a model and class."""
    difference: float
    """`one` less `by_class`: positive where thresholds by class predict the label better."""
    standard_error: float
    """Of the difference, over items."""
    likelihood_gain: float
    """The same difference for the errors given the label: how much better they are described."""


def compare_forms(
    answers: np.ndarray, labels: np.ndarray, prior: np.ndarray, seed: int = 0
) -> FormComparison:
    """Cross-validate both forms of thresholds, with one common factor each.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, N)
        Of models that are sometimes right and sometimes wrong.
    labels : ndarray of int, shape (n_items,)
    prior : ndarray, shape (n_classes,)
        Shares of the labels.
    seed : int
        Of the five folds.

    Returns
    -------
    FormComparison

    See Also
    --------
    ensel.error_model.GaussianCopulaErrors : Takes the form that this prefers.

    Examples
    --------
    Errors that depend on the label are described better with thresholds of each class's own:

    >>> from ensel.error_model import simulate
    >>> pool = simulate(3000, [[0.05, 0.1, 0.1], [0.4, 0.3, 0.4]], 0.5, random_state=0)
    >>> compare_forms(pool.answers, pool.labels, np.array([0.5, 0.5])).difference > 0
    True
    """
    errors, n = answers != labels[:, None], len(labels)
    fold = np.random.default_rng(seed).permutation(n) % FOLDS
    losses = {False: np.empty(n), True: np.empty(n)}
    described = {False: 0.0, True: 0.0}
    for number in range(FOLDS):
        train, test = fold != number, fold == number
        agreement = wrong_agreement(answers[train], labels[train], len(prior)).rate
        spread = concentration(agreement, len(prior))
        for by_class in (False, True):
            mixed = _one_factor_mixture(errors[train], labels[train], len(prior), by_class)
            log_p = log_posterior(mixed, prior, spread, answers[test])
            losses[by_class][test] = -log_p[np.arange(test.sum()), labels[test]] / np.log(2)
            log_errors = mixed.log_probability_given(errors[test], labels[test])
            described[by_class] += float(log_errors.sum() / np.log(2))

    difference = losses[False] - losses[True]
    return FormComparison(
        one=float(losses[False].mean()),
        by_class=float(losses[True].mean()),
        difference=float(difference.mean()),
        standard_error=float(difference.std() / np.sqrt(n)),
        likelihood_gain=(described[True] - described[False]) / n,
    )


def threshold_rates(
    errors: np.ndarray, labels: np.ndarray, n_classes: int, by_class: bool
) -> np.ndarray:
    """(Smoothed) error rates behind the thresholds, one row or one a class.

    Parameters
    ----------
    errors : ndarray of bool, shape (n_items, N)
    labels : ndarray of int, shape (n_items,)
    n_classes : int
    by_class : bool

    Returns
    -------
    ndarray, shape (n_strata, N)
        In (0, 1).
    """
    if by_class:
        return smoothed_rates(errors, labels, n_classes)
    return smoothed_rates(errors, np.zeros(len(labels), dtype=np.int64), 1)


def _one_factor_mixture(
    errors: np.ndarray, labels: np.ndarray, n_classes: int, by_class: bool
) -> Mixture:
    """Errors by one common factor, fitted to some of the items."""
    if by_class:
        correlation = correlation_by_class(errors, labels, n_classes)
    else:
        # A model may be always right among these items: then it goes with no other.
        correlation = np.nan_to_num(tetrachoric(errors).correlation, nan=0.0)
    rates = threshold_rates(errors, labels, n_classes, by_class)
    return mixture(fit_factors(correlation, 1), ndtri(rates))
