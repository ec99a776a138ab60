"""To copulae's Gaussian copula and back (extra ``ensel[copulae]``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ensel.exceptions import InputError


def to_copulae(correlation: np.ndarray) -> Any:
    """A `copulae.GaussianCopula` with the given correlation matrix.

    For interchange, sampling and cross-checks; the numbers that ensel prints never depend on
    copulae's cdf, which varies by 1e-5 a call.

    Parameters
    ----------
    correlation : ndarray, shape (N, N)
        Positive definite.

    Returns
    -------
    copulae.GaussianCopula

    Raises
    ------
    InputError
        If copulae is not installed.

    See Also
    --------
    from_copulae : The way back.
    """
    try:
        from copulae import GaussianCopula
    except ImportError as error:
        raise InputError("copulae is not installed; run: pip install 'ensel[copulae]'") from error
    n_models = len(correlation)
    copula = GaussianCopula(dim=n_models)
    copula.params = correlation[np.triu_indices(n_models, k=1)]
    return copula


def from_copulae(copula: Any) -> np.ndarray:
    """Correlation matrix of a `copulae.GaussianCopula`.

    Parameters
    ----------
    copula : copulae.GaussianCopula

    Returns
    -------
    ndarray, shape (N, N)

    See Also
    --------
    to_copulae : The other way.
    """
    return np.array(copula.sigma, dtype=float)
