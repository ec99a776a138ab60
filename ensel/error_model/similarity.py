"""Chance-adjusted similarity of two models by which answers they give, wrong ones among them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ensel.table.codes import MISSING

ITEMS_AT_ONCE = 2**15
"""Rows made float at a time; float32 counts exactly up to 2^24."""
SURE = 1e-12
"""Chance agreement this close to 1 leaves nothing to adjust."""


class Agreements(NamedTuple):
    """What the similarity of every pair is made of, as `agreements` counts it."""

    same: np.ndarray
    """(N, N), share of items on which both give the same answer; diagonal: any answer at all."""
    right: np.ndarray
    """(N,), share of items that each gets right: its accuracy."""
    wrong: np.ndarray
    """(N,), share of items with a usable answer that is wrong."""
    even: float
    """Mean of 1 / (K_i - 1): how often two wrong answers agree that are spread evenly."""


def agreements(answers: np.ndarray, labels: np.ndarray, n_options: np.ndarray | int) -> Agreements:
    """Count how often models give the same answer, and the rates behind chance.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
        Class codes, the same for all items; -1 = missing.
    labels : ndarray of int, shape (n_items,)
    n_options : int, or ndarray of int, shape (n_items,)
        Answers that each item offers, at least 2.

    Returns
    -------
    Agreements

    See Also
    --------
    capa : The similarity made of it.

    Examples
    --------
    >>> found = agreements(np.array([[0, 0], [1, 2], [2, 2], [0, -1]]), np.array([0, 0, 0, 1]), 3)
    >>> float(found.same[0, 1]), found.right.tolist(), found.wrong.tolist(), found.even
    (0.5, [0.25, 0.25], [0.75, 0.5], 0.5)
    """
    n_items, n_models = answers.shape
    same = np.zeros((n_models, n_models))
    for start in range(0, n_items, ITEMS_AT_ONCE):
        rows = answers[start : start + ITEMS_AT_ONCE]
        for code in range(int(rows.max(initial=MISSING)) + 1):
            gave = (rows == code).astype(np.float32)
            same += gave.T @ gave

    right = (answers == labels[:, None]).mean(axis=0)
    answered = (answers != MISSING).mean(axis=0)
    return Agreements(same / n_items, right, answered - right, float(even_share(n_options).mean()))


def even_share(n_options: np.ndarray | int) -> np.ndarray:
    """1 / (K - 1): the chance that two wrong answers agree if they are spread evenly."""
    return 1 / (np.asarray(n_options, dtype=float) - 1)


def capa(answers: np.ndarray, labels: np.ndarray, n_options: np.ndarray | int) -> np.ndarray:
    """Chance-adjusted agreement (CAPA, kappa_p) of every pair of models, for plain answers.

    kappa_p = (c_obs - c_exp) / (1 - c_exp), in which

        c_obs = mean over items of sum over options o of p_1(o) p_2(o),
        c_exp = a_1 a_2 + (1 - a_1) (1 - a_2) mean over items of 1 / (K_i - 1):

    the agreement seen, and that of two independent models of accuracies a_1 and a_2 whose wrong
    answers are spread evenly over the K_i - 1 wrong options. For a plain answer p is 1 at the
    option given, so c_obs is the share of items with the same answer; nothing is left to be drawn
    at ties. Two models that share right answers only because both are good are not alike by this
    measure, and two that are wrong differently are less alike than two that are wrong together.
    For two classes it is Cohen's kappa of right and wrong, "error consistency".

    *Missing answers* (derived here; the paper has none): such an answer is an error that agrees
    with nothing, not even with another missing one. It is no wrong answer that could agree by
    chance either, so 1 - a in c_exp becomes the share of items with a usable, wrong answer. A model
    is then less than fully similar to itself.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_models)
        Class codes, the same for all items; -1 = missing. Open answers have no K.
    labels : ndarray of int, shape (n_items,)
    n_options : int, or ndarray of int, shape (n_items,)
        K_i, the answers that each item offers, at least 2.

    Returns
    -------
    ndarray, shape (n_models, n_models)
        In [-1, 1]: 1 for the same answer on all items, 0 for as much agreement as chance makes,
        below 0 for less. NaN where chance makes all of it: two models that are always right.

    See Also
    --------
    ensel.error_model.phi_coefficient : Correlation of errors, whichever answer was wrong.
    ensel.error_model.wrong_agreement : How often wrong answers agree, over all pairs.

    References
    ----------
    S. Goel et al. (2025), "Great Models Think Alike and this Undermines AI Oversight", section 2
    (theirs, the definition of CAPA), https://arxiv.org/abs/2502.04313
    Error consistency: R. Geirhos et al. (2020), https://arxiv.org/abs/2006.16736

    Examples
    --------
    Both are right on half of the items, so chance agrees on 1/4 + 1/4 * 1/3 = 1/3 of them; they
    agree on 3 of 4, and (3/4 - 1/3) / (1 - 1/3) = 5/8:

    >>> answers, labels = np.array([[0, 0], [0, 0], [1, 1], [1, 2]]), np.zeros(4, dtype=int)
    >>> round(float(capa(answers, labels, 4)[0, 1]), 3)
    0.625
    """
    found = agreements(answers, labels, n_options)
    return adjusted(
        found.same,
        expected_agreement(
            found.right[:, None], found.right, found.wrong[:, None], found.wrong, found.even
        ),
    )


def expected_agreement(
    right_1: np.ndarray,
    right_2: np.ndarray,
    wrong_1: np.ndarray,
    wrong_2: np.ndarray,
    even: np.ndarray | float,
) -> np.ndarray:
    """Agreement that chance makes: c_exp of `capa`."""
    return right_1 * right_2 + wrong_1 * wrong_2 * even


def adjusted(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """(c_obs - c_exp) / (1 - c_exp); NaN where c_exp is 1."""
    room = 1 - expected
    return np.where(room > SURE, (observed - expected) / np.where(room > SURE, room, 1.0), np.nan)
