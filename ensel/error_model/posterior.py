"""What given answers say of the label, if errors follow the fitted model."""

from __future__ import annotations

import numpy as np

from ensel.error_model.mixture import Mixture
from ensel.error_model.wrong_answers import log_wrong_likelihood


def log_joint(mixed: Mixture, prior: np.ndarray, spread: float, answers: np.ndarray) -> np.ndarray:
    """Log P(label, answers) for every label.

    Given a label, the answers say who errs, and where the wrong answers go: the mixture has the
    probability of the first, `log_wrong_likelihood` that of the second.

    Parameters
    ----------
    mixed : Mixture
    prior : ndarray, shape (n_classes,)
        Shares of the labels.
    spread : float
        `concentration` of the wrong answers.
    answers : ndarray of int, shape (n_patterns, N)
        A missing one is an error.

    Returns
    -------
    ndarray, shape (n_patterns, n_classes)
        Natural logarithms.

    See Also
    --------
    log_posterior : The same, given the answers.
    ensel.error_model.bayes_error : The error of the best rule by it.

    Examples
    --------
    Two independent models that err with probability 1/4 each; both answer 0:

    >>> from scipy.special import ndtri
    >>> from ensel.error_model.factors import Factors
    >>> from ensel.error_model.mixture import mixture
    >>> mixed = mixture(Factors(np.zeros((2, 1)), 0.0, 0.0), ndtri([[0.25, 0.25]]))
    >>> np.exp(log_joint(mixed, np.array([0.5, 0.5]), 1.0, np.array([[0, 0]]))).round(5)
    array([[0.28125, 0.03125]])
    """
    n_classes = len(prior)
    result = log_wrong_likelihood(answers, n_classes, spread)
    for label in range(n_classes):
        stratum = label if mixed.by_class else 0
        result[:, label] += mixed.log_probability(answers != label, stratum)
    with np.errstate(divide="ignore"):
        return result + np.log(prior)


def log_posterior(
    mixed: Mixture, prior: np.ndarray, spread: float, answers: np.ndarray
) -> np.ndarray:
    """Log P(label | answers) for every label; arguments and shape as `log_joint`."""
    log_p = log_joint(mixed, prior, spread, answers)
    normalised: np.ndarray = log_p - np.logaddexp.reduce(log_p, axis=1)[:, None]
    return normalised
