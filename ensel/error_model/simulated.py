"""Simulated pools, for experiments and tests: always named so."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from ensel.error_model.draws import fill_wrong_answers
from ensel.exceptions import InputError
from ensel.table.prediction_table import PredictionTable


def simulate(
    n_items: int,
    error_rates: Any,
    correlation: Any,
    *,
    n_classes: int = 2,
    popularity: float | None = None,
    prior: Any = None,
    random_state: int | np.random.Generator = 0,
) -> PredictionTable:
    """Draw a table from the correlated-error model.

    Parameters
    ----------
    n_items : int
    error_rates : array_like of float, shape (n_models,) or (n_classes, n_models)
        One rate a model, or one a class and model; in [0, 1].
    correlation : float or array_like, shape (n_models, n_models)
        Of the normals behind the errors; a number stands for all pairs.
    n_classes : int
    popularity : float, optional
        Share of wrong answers that go to the item's popular wrong option; default 1/(K-1): they
        scatter.
    prior : array_like of float, shape (n_classes,), optional
        Default uniform.
    random_state : int or Generator

    Returns
    -------
    PredictionTable
        Named "simulated".

    Raises
    ------
    InputError
        If rates are outside [0, 1] or the correlation is not positive semi-definite.

    See Also
    --------
    GaussianCopulaErrors.sample : Drawn from a fitted model.

    Examples
    --------
    >>> pool = simulate(5000, [0.1, 0.4], 0.3, random_state=1)
    >>> pool.accuracies.round(1).tolist()
    [0.9, 0.6]
    """
    rates = _checked_rates(error_rates, n_classes)
    factor = _factor_of(correlation, rates.shape[1])
    shares = _checked_prior(prior, n_classes)
    c = 1 / (n_classes - 1) if popularity is None else popularity
    if not 0 <= c <= 1:
        raise InputError(f"popularity {popularity}; a share in [0, 1] is needed")

    rng = np.random.default_rng(random_state)
    labels = rng.choice(n_classes, size=n_items, p=shares)
    latent = rng.standard_normal((n_items, rates.shape[1])) @ factor.T
    wrong = ndtr(latent) <= rates[labels if len(rates) > 1 else np.zeros(n_items, dtype=int)]
    return PredictionTable(
        fill_wrong_answers(labels, wrong, n_classes, c, rng),
        labels,
        classes=[str(k) for k in range(n_classes)],
        queries=[f"simulated-{j}" for j in range(rates.shape[1])],
        name="simulated",
        source="simulated: Gaussian copula errors",
    )


def _checked_rates(error_rates: Any, n_classes: int) -> np.ndarray:
    """Error rates as (1, n_models) or (n_classes, n_models)."""
    rates = np.atleast_2d(np.asarray(error_rates, dtype=float))
    sound = n_classes >= 2 and rates.shape[0] in (1, n_classes)
    if not (sound and ((rates >= 0) & (rates <= 1)).all()):
        raise InputError(
            f"error rates of shape {rates.shape}; a row, or one for each of {n_classes} classes, "
            "of rates in [0, 1] is needed"
        )
    return rates


def _factor_of(correlation: Any, n_models: int) -> np.ndarray:
    """A matrix F with F F' the correlation; a number stands for all pairs."""
    R = np.asarray(correlation, dtype=float)
    if R.ndim == 0:
        R = np.full((n_models, n_models), float(R)) + (1 - float(R)) * np.eye(n_models)
    if R.shape != (n_models, n_models) or not np.allclose(np.diag(R), 1):
        raise InputError(
            f"correlation of shape {R.shape}; {n_models} x {n_models}, diagonal 1, is needed"
        )
    values, vectors = np.linalg.eigh(R)
    if values[0] < -1e-8:
        raise InputError(
            f"correlation with smallest eigenvalue {values[0]:.3g}; a positive semi-definite "
            "matrix is needed"
        )
    factor: np.ndarray = vectors * np.sqrt(np.maximum(values, 0))
    return factor


def _checked_prior(prior: Any, n_classes: int) -> np.ndarray:
    """Label shares that sum to 1; uniform by default."""
    shares = np.full(n_classes, 1 / n_classes) if prior is None else np.asarray(prior, dtype=float)
    if shares.shape != (n_classes,) or abs(shares.sum() - 1) > 1e-9 or (shares < 0).any():
        raise InputError(f"prior {prior}; {n_classes} shares that sum to 1 are needed")
    return shares
