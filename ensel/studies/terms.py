"""The information of what is bought, in three terms, and what a query tells of each item.

I(Y; X_j | X_S) = I(Y; X_j) [relevance] - I(X_j; X_S) [redundancy] + I(X_j; X_S | Y) [dependence],
with Y the label, X_j a new query and X_S those bought before [1]_.

Intervals are those of `ensel.heldout.intervals`. A plug-in information is the mean over items of
log2 p(x, y) / (p(x) p(y)). To first order an item's influence on it is that logarithm less the
mean, since the entropies' own derivatives cancel (classical). So these logarithms are scores of
items like any other. The Miller-Madow correction moves the mean, not the influences.

References
----------
.. [1] G. Brown, A. Pocock, M.-J. Zhao, M. Lujan, "Conditional likelihood maximisation: a unifying
   framework for information theoretic feature selection", JMLR 13 (2012), 27-66. The identity is
   theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ensel.heldout.intervals import Estimate, SplitScores, mean_interval
from ensel.heldout.scoring import Exam
from ensel.heldout.splits import Split, random_splits
from ensel.information import information_terms, pattern_ids
from ensel.parallel import over_splits
from ensel.selection import GreedyMI
from ensel.studies.rows import interval_columns, scores_of, split_columns
from ensel.table.prediction_table import PredictionTable
from ensel.voting import LogitVote

TERMS = ("relevance", "redundancy", "dependence")
TOTAL, LEARNED, BOUND = "information", "on training items", "held-out bound"
"""The sum of the terms; what the method itself sees of it; what a vote proves of it."""


def information_by_term(
    table: PredictionTable,
    *,
    most: int = 5,
    train: float | int = 0.5,
    n_splits: int = 10,
    seed: int = 0,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Information of what Greedy MI buys, split in its three terms, summed over the purchases.

    Queries are bought on the training items of each split; terms are estimated on the others, with
    the Miller-Madow correction.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    most : int
        Largest budget; the pool's size if that is less.
    train : float or int
    n_splits, seed : int
    progress : bool, optional

    Returns
    -------
    DataFrame
        A row per budget and quantity, in bits: ``relevance``, ``redundancy``, ``dependence`` (sums
        over the queries bought so far), ``information`` (their total, I(Y; X_S)), ``on training
        items`` (the plug-in of I(Y; X_S) that the method itself sees), ``held-out bound`` (see
        `held_out_bits`); `value`, `value_low`, `value_high`, `n_train`, `n_splits`.

    See Also
    --------
    ensel.studies.ablation.ablate_terms : What choosing by fewer terms costs.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50), queries=slice(0, None, 15))
    >>> len(information_by_term(pool, most=2, n_splits=2))
    12
    """
    budgets = range(1, min(most, table.n_queries) + 1)
    splits = random_splits(table, n_splits, train, seed)
    by_split = over_splits(
        _terms_of_split, table, splits, len(budgets), label="terms", progress=progress
    )

    rows = []
    for budget in budgets:
        for quantity in (*TERMS, TOTAL, LEARNED, BOUND):
            learned = quantity == LEARNED
            scores = scores_of(table, splits, by_split, (quantity, budget), learned=learned)
            value = _interval(scores, learned)
            key = {"budget": budget, "quantity": quantity}
            rows.append(split_columns(splits) | key | interval_columns("value", value))
    return pd.DataFrame(rows)


def _interval(scores: SplitScores, learned: bool) -> Estimate:
    """Items that were learned from vary as items do: there is no training to vary beside them."""
    return mean_interval(scores, scores.item_variance() if learned else None)


def _terms_of_split(
    table: PredictionTable, split: Split, most: int
) -> dict[tuple[str, int], np.ndarray]:
    """Scores of items by (quantity, budget) on one split, in bits."""
    exam = Exam(table, split)
    order = (
        GreedyMI(most, random_state=split.rng(0))
        .fit(exam.training.X, exam.training.y)
        .order_.tolist()
    )

    sums = {name: np.zeros(len(split.test)) for name in TERMS}
    scores: dict[tuple[str, int], np.ndarray] = {}
    for budget in range(1, most + 1):
        bought, new = order[: budget - 1], order[budget - 1]
        terms = corrected_terms(exam.X, exam.y, bought, new)
        sums = {name: sums[name] + terms[name] for name in TERMS}
        scores |= {(name, budget): sums[name] for name in TERMS}
        scores[TOTAL, budget] = sums["relevance"] - sums["redundancy"] + sums["dependence"]

        columns = order[:budget]
        patterns = pattern_ids(exam.training.X[:, columns])
        scores[LEARNED, budget] = log_ratio(patterns, exam.training.y)
        scores[BOUND, budget] = held_out_bits(table, exam, tuple(columns))
    return scores


def held_out_bits(table: PredictionTable, exam: Exam, columns: tuple[int, ...]) -> np.ndarray:
    """What the logit vote of some queries is sure to have told of each test item, in bits.

    Its mean is the lower bound H(Y) - E[-log2 q(Y | X_S)] on I(Y; X_S), with the vote as q. Neither
    the queries nor the vote have seen these items, so nothing in it is learned by heart.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    exam : Exam
        Of one split of it.
    columns : tuple of int

    Returns
    -------
    ndarray of float, shape (n_test,)

    References
    ----------
    D. Barber, F. Agakov, "The IM algorithm: a variational approach to information maximization",
    NIPS 2003. The bound is theirs; that q is the logit vote is ours.
    """
    shares = np.bincount(table.known_labels.astype(int), minlength=table.n_classes) / table.n_items
    to_tell = -np.log2(shares[exam.y])  # of each item; the mean is H(Y)
    log_loss = exam.voted(LogitVote(), columns)[1]
    return to_tell - log_loss / np.log(2)


def corrected_terms(
    answers: np.ndarray, labels: np.ndarray, bought: Sequence[int], new: int
) -> dict[str, np.ndarray]:
    """Scores of each item whose means are the three terms with the Miller-Madow correction.

    The correction moves all scores by the same amount. What follows from no query being bought
    yet is exactly 0: no redundancy, no dependence.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
    bought : sequence of int
        Columns bought so far.
    new : int
        Column of the new query.

    Returns
    -------
    dict of str to ndarray of float, shape (n_items,)
        Bits.

    See Also
    --------
    pointwise_terms : The same without the correction.
    """
    scores = pointwise_terms(answers, labels, bought, new)
    right = information_terms(answers, labels, list(bought), [new], correction="miller-madow")
    known = {name: float(getattr(right, name)[0]) for name in TERMS}
    if not len(bought):
        known |= {"redundancy": 0.0, "dependence": 0.0}
    return {name: scores[name] - scores[name].mean() + known[name] for name in TERMS}


def pointwise_terms(
    answers: np.ndarray, labels: np.ndarray, bought: Sequence[int], new: int
) -> dict[str, np.ndarray]:
    """Log ratios of each item whose means are the three plug-in terms of a new query.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
    bought : sequence of int
        Columns bought so far.
    new : int
        Column of the new query.

    Returns
    -------
    dict of str to ndarray of float, shape (n_items,)
        Bits.

    See Also
    --------
    ensel.information.information_terms : Their means, for many new queries at once.

    Examples
    --------
    >>> X, xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> {name: float(x.mean()) for name, x in pointwise_terms(X, xor, [0], 1).items()}
    {'relevance': 0.0, 'redundancy': 0.0, 'dependence': 1.0}
    """
    x = pattern_ids(answers[:, [new]])
    y = pattern_ids(labels)
    none = np.zeros(len(y), dtype=np.int64)
    pattern = pattern_ids(answers[:, list(bought)]) if len(bought) else none
    return {
        "relevance": log_ratio(x, y),
        "redundancy": log_ratio(x, pattern),
        "dependence": log_ratio(x, pattern, y),
    }


def log_ratio(a: np.ndarray, b: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
    """log2 p(a, b | given) / (p(a | given) p(b | given)) of each item, by its observed shares.

    Parameters
    ----------
    a, b : ndarray of int, shape (n_items,)
        Codes from 0.
    given : ndarray of int, shape (n_items,), optional

    Returns
    -------
    ndarray of float, shape (n_items,)
        Its mean is the plug-in I(A; B | given), in bits.

    Examples
    --------
    >>> log_ratio(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    array([1., 1., 1., 1.])
    """
    c = np.zeros(len(a), dtype=np.int64) if given is None else given

    def count(*codes: np.ndarray) -> np.ndarray:
        ids = pattern_ids(np.column_stack(codes))
        return np.bincount(ids)[ids].astype(float)

    return np.log2(count(a, b, c) * count(c) / (count(a, c) * count(b, c)))
