"""Simulated items under a fitted model of errors: labels, and what every model answers."""

from __future__ import annotations

import numpy as np

from ensel.error_model.mixture import Mixture


def draw_answers(
    mixed: Mixture, prior: np.ndarray, spread: float, n: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Simulate items: labels, and answers of every model.

    Parameters
    ----------
    mixed : Mixture
    prior : ndarray, shape (n_classes,)
        Shares of the labels.
    spread : float
        `concentration` of the wrong answers.
    n : int
        Items.
    rng : Generator

    Returns
    -------
    labels : ndarray of int, shape (n,)
    answers : ndarray of int, shape (n, N)
        None of them missing.

    See Also
    --------
    spread_wrong_answers : Which wrong answer a wrong model gives.
    """
    n_classes = len(prior)
    labels = rng.choice(n_classes, size=n, p=prior)
    nodes = rng.choice(len(mixed.log_weights), size=n, p=np.exp(mixed.log_weights))
    strata = labels if mixed.by_class else np.zeros(n, dtype=int)
    p_wrong = np.exp(mixed.log_wrong[strata, nodes])
    wrong = rng.random(p_wrong.shape) < p_wrong
    return labels, spread_wrong_answers(labels, wrong, n_classes, spread, rng)


def spread_wrong_answers(
    labels: np.ndarray,
    wrong: np.ndarray,
    n_classes: int,
    spread: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give every wrong model a wrong answer, by shares that each item draws from a Dirichlet.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    wrong : ndarray of bool, shape (n, N)
    n_classes : int
    spread : float
        `concentration`.
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n, N)
    """
    shift = np.ones(wrong.shape, dtype=int)
    if n_classes > 2:
        # Gamma draws vanish at tiny concentrations; a floor keeps one option in the lead.
        gammas = np.maximum(rng.gamma(spread, size=(len(labels), n_classes - 1)), 1e-300)
        gammas *= 1 + 1e-6 * rng.random(gammas.shape)
        edges = np.cumsum(gammas / gammas.sum(axis=1, keepdims=True), axis=1)
        shift = 1 + (rng.random(wrong.shape)[:, :, None] > edges[:, None, :-1]).sum(axis=2)
    return np.where(wrong, (labels[:, None] + shift) % n_classes, labels[:, None])


def fill_wrong_answers(
    labels: np.ndarray,
    wrong: np.ndarray,
    n_classes: int,
    popularity: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give every wrong model a wrong answer: the item's popular one with probability c.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
    wrong : ndarray of bool, shape (n, N)
    n_classes : int
    popularity : float
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n, N)
    """
    n = len(labels)
    # Wrong options as shifts 1 ... K-1 from the label; each item has its popular shift.
    popular = rng.integers(1, n_classes, size=n)[:, None]
    shift = np.broadcast_to(popular, wrong.shape).copy()
    if n_classes > 2:
        other = rng.integers(1, n_classes - 1, size=wrong.shape)
        other = other + (other >= popular)  # skips the popular one
        shift = np.where(rng.random(wrong.shape) < popularity, popular, other)
    return np.where(wrong, (labels[:, None] + shift) % n_classes, labels[:, None])
