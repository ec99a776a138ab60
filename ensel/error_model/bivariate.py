r"""The standard bivariate normal distribution, for whole arrays at once.

Phi2 is known in closed form at correlation 0 and at +-1, and its derivative in the correlation
is the density (Plackett 1954). So it is a closed form plus a one-dimensional integral of the
density, from 0 for moderate correlations and from +-1 for strong ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import erfcx, ndtr

from ensel.exceptions import InputError

FAR = 40.0  # Phi(-FAR) is 0 in double precision: anything beyond is as good as infinite
STRONG = 0.925  # |rho| from which the integral starts at +-1 instead of 0
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(20)


def Phi2(h: Any, k: Any, rho: Any) -> np.ndarray:
    r"""Probability P(T1 <= h, T2 <= k) of two standard normals with correlation rho.

    With r = sin(theta), Plackett's identity dPhi2/dr = phi2 gives

        Phi2(h, k, rho) = Phi(h) Phi(k)
            + 1/(2 pi) int_0^{asin rho} exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)) dt,

    a smooth integrand unless |rho| is near 1. There the integral runs from +-1, where Phi2 is
    a Fréchet bound, and its singular part is taken out and integrated in closed form. Both by
    Gauss-Legendre quadrature with 20 nodes. The method is that of Drezner and Wesolowsky (1990)
    as sharpened by Genz (2004); expansion and recursion are derived here, written for arrays.

    Parameters
    ----------
    h, k : array_like of float
        Upper limits; infinite ones allowed.
    rho : array_like of float in [-1, 1]
        Correlation, -1 and 1 included. The three broadcast against each other.

    Returns
    -------
    ndarray
        Probabilities, absolute error below 1e-14; NaN where an argument is NaN. Never outside
        the Fréchet bounds max(0, Phi(h) + Phi(k) - 1) and min(Phi(h), Phi(k)).

    Raises
    ------
    InputError
        If a correlation is outside [-1, 1].

    See Also
    --------
    phi2 : Its derivative in the correlation, the density.

    References
    ----------
    R. L. Plackett (1954), https://doi.org/10.1093/biomet/41.3-4.351 (the identity).
    Z. Drezner and G. O. Wesolowsky (1990), https://doi.org/10.1080/00949659008811236; A. Genz
    (2004), https://doi.org/10.1023/B:STCO.0000035304.20635.31 (the method, theirs).

    Examples
    --------
    At the centre the value is 1/4 + asin(rho) / (2 pi):

    >>> Phi2(0, 0, [-1, 0, 0.5, 1]).round(6)
    array([0.      , 0.25    , 0.333333, 0.5     ])
    """
    h, k, rho = _broadcast(h, k, rho)
    shape = rho.shape
    h, k, rho = h.ravel(), k.ravel(), rho.ravel()
    below_h, below_k = ndtr(h), ndtr(k)
    most = np.minimum(below_h, below_k)
    # Phi(h) + Phi(k) - 1, free of cancellation where both are small or both are near 1
    least = np.maximum(np.where(h < k, below_h - ndtr(-k), below_k - ndtr(-h)), 0.0)
    result = below_h * below_k
    strong = np.abs(rho) > STRONG
    if not strong.all():
        weak = ~strong
        result[weak] += _integral_from_zero(h[weak], k[weak], rho[weak])
    if strong.any():
        sign = np.sign(rho[strong])
        missing = _integral_to_one(h[strong], sign * k[strong], np.abs(rho[strong]))
        result[strong] = np.where(sign > 0, most[strong], least[strong]) - sign * missing
    return np.clip(result, least, most).reshape(shape)


def phi2(h: Any, k: Any, rho: Any) -> np.ndarray:
    r"""Density of two standard normals with correlation rho; also dPhi2/drho (Plackett 1954).

    phi2 = exp(-(h^2 - 2 rho h k + k^2) / (2 (1 - rho^2))) / (2 pi sqrt(1 - rho^2)). The exponent
    is computed as (h - s k)^2 / (2 (1 - rho^2)) + s h k / (1 + |rho|), s the sign of rho, which
    is the same and keeps its digits near +-1.

    Parameters
    ----------
    h, k : array_like of float
    rho : array_like of float in [-1, 1]
        The three broadcast against each other.

    Returns
    -------
    ndarray
        Densities; at rho = +-1 the limit: infinite on the line h = +-k, 0 beside it.

    Raises
    ------
    InputError
        If a correlation is outside [-1, 1].

    See Also
    --------
    Phi2 : The distribution function.

    Examples
    --------
    >>> phi2(0, 0, [0.0, 0.6]) * 2 * np.pi
    array([1.  , 1.25])
    """
    h, k, rho = _broadcast(h, k, rho)
    sign = np.where(rho < 0, -1.0, 1.0)
    spread = (1 - rho) * (1 + rho)
    squared_distance = (h - sign * k) ** 2  # from the line h = sign * k
    with np.errstate(divide="ignore", invalid="ignore"):
        # On the line the first term is 0 however narrow the density; 0/0 only at rho = +-1
        across = np.where(squared_distance == 0, 0.0, squared_distance / (2 * spread))
        along = np.exp(-across - sign * h * k / (1 + np.abs(rho)))
        density = along / (2 * np.pi * np.sqrt(spread))
    return np.where((spread == 0) & (along == 0), 0.0, density)


def _integral_from_zero(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Integral of phi2(h, k, r) for r from 0 to rho, through r = sin(theta)."""
    half = np.arcsin(rho) / 2
    squares, product = (h * h + k * k) / 2, h * k
    total = np.zeros_like(rho)
    # A loop over nodes, not a (pairs, nodes) array: memory stays that of the pairs
    for node, weight in zip(NODES, NODE_WEIGHTS, strict=True):
        sine = np.sin(half * (1 + node))
        total += weight * np.exp((product * sine - squares) / (1 - sine * sine))
    return total * half / (2 * np.pi)


def _integral_to_one(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Integral of phi2(h, k, r) for r from rho to 1, for rho near 1.

    With x = sqrt(1 - r^2), b = |h - k|, c = h k and s = sqrt(1 - x^2) it is

        1/(2 pi) int_0^a exp(-b^2 / (2 x^2)) g(x) dx,   g(x) = exp(-c / (1 + s)) / s,

    a = sqrt(1 - rho^2). The first factor rises from 0 the more abruptly the smaller b, which no
    fixed quadrature follows; g is smooth: with y = x^2 and A = (4 - c) / 8,

        log g = -c/2 + A y + A y^2 / 2 + ...,  g = e^{-c/2} (1 + A y + A (A + 1) y^2 / 2 + ...).

    The three terms are integrated exactly: f_m = int_0^a x^{2m} exp(-b^2 / (2 x^2)) dx obeys, by
    parts, (2m + 1) f_m = a^{2m+1} exp(-b^2 / (2 a^2)) - b^2 f_{m-1}. What is left is O(x^6) near
    0, where the abrupt rise no longer shows, and goes to the quadrature.
    """
    a = np.sqrt((1 - rho) * (1 + rho))
    safe = np.where(a > 0, a, 1.0)
    b, c = np.abs(h - k), h * k
    first = (4 - c) / 8
    second = first * (first + 1) / 2
    # All f_m share the factor exp(-b^2 / (2 a^2)); with e^{-c/2} beside it in one exponent
    # nothing overflows, since c < 0 means b^2 >= 4 |c|.
    ratio = b / safe
    f0 = safe - b * np.sqrt(np.pi / 2) * erfcx(ratio / np.sqrt(2))
    f1 = (safe**3 - b**2 * f0) / 3
    f2 = (safe**5 - b**2 * f1) / 5
    total = np.exp(-(ratio**2) / 2 - c / 2) * (f0 + first * f1 + second * f2)
    for node, weight in zip(NODES, NODE_WEIGHTS, strict=True):
        y = (safe * (1 + node) / 2) ** 2
        root = np.sqrt(1 - y)
        rise = b**2 / (2 * y)
        exact = np.exp(-rise - c / (1 + root)) / root
        expansion = np.exp(-rise - c / 2) * (1 + y * (first + y * second))
        total += weight * safe / 2 * (exact - expansion)
    return np.where(a > 0, total / (2 * np.pi), 0.0)


def _broadcast(h: Any, k: Any, rho: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arguments as float arrays of one shape, limits cut to where the normal tail is 0."""
    rho = np.asarray(rho, dtype=float)
    outside = np.abs(rho) > 1
    if outside.any():
        raise InputError(f"correlation {rho[outside].flat[0]:g} found; expected -1 to 1")
    h, k = (np.clip(np.asarray(limit, dtype=float), -FAR, FAR) for limit in (h, k))
    h, k, rho = np.broadcast_arrays(h, k, rho)
    return h, k, rho
