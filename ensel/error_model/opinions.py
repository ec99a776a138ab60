"""How many opinions a pool is: effective votes, what independence would promise, similar pairs.

The front door is `count_opinions`; its parts stand in `similarity` (CAPA), `independent_votes` (the
vote as it is, and as it would be), `gain_ceiling`, and here.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from ensel.error_model.gain_ceiling import gain_ceiling
from ensel.error_model.independent_votes import independent_accuracy, plurality_scores
from ensel.error_model.opinions_resampled import Pool, resampled
from ensel.error_model.opinions_result import Opinions
from ensel.error_model.similarity import capa, even_share
from ensel.error_model.tetrachoric import phi_coefficient
from ensel.error_model.wrong_answers import popularity, wrong_agreement
from ensel.exceptions import InputError, shorten
from ensel.heldout.checks import check_whole
from ensel.heldout.intervals import Estimate, SplitScores, Z, accuracy_interval
from ensel.heldout.merging import MERGE, count_once
from ensel.heldout.splits import check_seed
from ensel.table.codes import MISSING
from ensel.table.kinds import CLOSED, OPEN, VERDICTS
from ensel.table.prediction_table import PredictionTable

RESAMPLES = 200
MOST_PAIRS = 3
"""Pairs named at each end: the most similar, and the least."""
LEAST_KNOWN = 0.95
"""An interval is unknown where more than a twentieth of the resamples have no value."""
UNKNOWN = Estimate(math.nan, math.nan, math.nan)
LEFT_OUT = {
    OPEN: "CAPA is left out: open answers have no number of options that chance could be "
    "reckoned with",
    VERDICTS: "right and wrong alone are no vote, and do not tell which wrong answers agree: the "
    "majority and CAPA are left out",
}
"""What does not apply to tables that are not closed, and why."""


def effective_votes(n_votes: int, correlation: float) -> float:
    """Independent votes whose mean varies as much as that of these correlated ones (Kish).

    n_eff = n / (1 + (n - 1) rho), rho the mean correlation over pairs: n votes of variance s^2 have
    a mean of variance s^2 (1 + (n - 1) rho) / n, and independent ones s^2 / n_eff. Votes of unequal
    variance are taken as equal. It counts what averages out, not what a rule that weighs its votes
    could make of them.

    A negative mean correlation would count more votes than there are; the result is at most n, and
    at least 1.

    Parameters
    ----------
    n_votes : int
        From 1.
    correlation : float
        Mean over pairs, in [-1, 1]; of errors, that of the 0/1 indicators (phi), not the
        tetrachoric one.

    Returns
    -------
    float
        Votes, in [1, n_votes]; NaN where the correlation is.

    See Also
    --------
    count_opinions : Of a table, with an interval.
    phi_coefficient : The correlation.

    References
    ----------
    L. Kish (1965), Survey Sampling, chapter 5 (theirs: the design effect 1 + (n - 1) rho of a
    cluster of n; its use for votes is common).

    Examples
    --------
    >>> effective_votes(9, 0.5), effective_votes(9, 0.0), effective_votes(9, -0.1)
    (1.8, 9.0, 9.0)
    """
    inflation = 1 + (n_votes - 1) * correlation
    if math.isnan(inflation):
        return math.nan
    return min(max(n_votes / inflation, 1.0), float(n_votes)) if inflation > 0 else float(n_votes)


def count_opinions(
    table: PredictionTable,
    *,
    groups: np.ndarray | None = None,
    copies: str = MERGE,
    n_boot: int = RESAMPLES,
    seed: int = 0,
) -> Opinions:
    """Say how many opinions this pool is, and what that means for its vote.

    *Effective votes* come from the mean correlation of errors over pairs of queries. An error is an
    answer that is not right, a missing one among them. Queries that are always or never right have
    no correlation; they are left out, and n counts the others.

    *The majority* is a plain vote: every answer counts the same, ties are drawn. Beside it stands
    what the same vote would get if the queries erred independently, with the accuracies and missing
    answers that they have, and wrong answers spread as they are here.

    *Similarity* is CAPA of every pair, which also sees which wrong answer was given. Items may
    offer fewer options than there are classes (item column `n_options`).

    *The gain ceiling* is the most that any rule that picks one of these answers can gain over the
    best query.

    Open answers have no CAPA, and right and wrong alone have neither CAPA nor a vote:
    `Opinions.notes` says so.

    Parameters
    ----------
    table : PredictionTable
        Labelled. Samples of one model are queries like others.
    groups : ndarray of int, shape (n_items,), optional
        What intervals redraw whole, numbered from 0; default the questions, copies of one being
        one (`PredictionTable.groups`).
    copies : str
        ``"merge"``: copies of a query count as one; ``"keep"``: each counts.
    n_boot : int
        Resamples behind the intervals, at least 2.
    seed : int
        From 0; the same seed gives the same intervals.

    Returns
    -------
    Opinions
        Accuracies are rates, in [0, 1].

    Raises
    ------
    InputError
        Unlabelled table, fewer than two resamples.

    See Also
    --------
    effective_votes, capa, independent_accuracy, gain_ceiling : What it is made of.
    ensel.error_floor : How low the error of this pool can go.

    References
    ----------
    Effective votes: L. Kish (1965), Survey Sampling. CAPA: S. Goel et al. (2025),
    https://arxiv.org/abs/2502.04313. Gain ceiling: arXiv 2606.27288, second version,
    https://arxiv.org/abs/2606.27288. The vote of independent queries: derived here.

    Examples
    --------
    >>> from ensel.error_model import simulate
    >>> pool = simulate(2000, [0.2] * 5, 0.5, random_state=0)
    >>> found = count_opinions(pool)
    >>> round(found.effective_votes.value, 1), round(found.independent_accuracy, 3)
    (2.3, 0.935)
    """
    labels = table.known_labels.astype(np.int64)
    check_seed(seed)
    check_whole(n_boot, "resamples", 2)
    table, merged = count_once(table, copies)
    groups = table.groups if groups is None else groups
    right = table.answers == labels[:, None]

    similarity = _similarity(table, labels)
    pairs = None if similarity is None else _ends(similarity)
    draws = resampled(_pool(table, labels, pairs), groups, n_boot, seed)
    correlation, n_varying = _error_correlation(right, draws.correlations)
    majority, independent = _vote(table, labels, groups)

    return Opinions(
        dataset=table.name,
        n_queries=table.n_queries,
        n_models=len(set(table.models)),
        n_items=table.n_items,
        n_varying=n_varying,
        error_correlation=correlation,
        effective_votes=_votes(n_varying, correlation),
        majority_accuracy=majority,
        independent_accuracy=independent,
        best_accuracy=float(right.mean(axis=0).max()),
        any_right=float(right.any(axis=1).mean()),
        gain_ceiling=gain_ceiling(right, groups=groups),
        similarity=similarity,
        pairs=_named_pairs(similarity, pairs, draws.similarities),
        notes=_notes(table, right),
        copies=merged,
    )


class _Ends(NamedTuple):
    """Pairs of queries by position, the most similar first."""

    first: np.ndarray
    second: np.ndarray
    is_most: np.ndarray
    """Whether a pair is among the most similar; else it is among the least."""


def _pool(table: PredictionTable, labels: np.ndarray, pairs: _Ends | None) -> Pool:
    """What resamples count."""
    right = table.answers == labels[:, None]
    none = np.zeros(0, dtype=int)
    return Pool(
        right=right,
        wrong=(table.answers != MISSING) & ~right,
        answers=table.answers,
        even=even_share(_n_options(table)) if pairs is not None else np.zeros(table.n_items),
        first=none if pairs is None else pairs.first,
        second=none if pairs is None else pairs.second,
    )


def _error_correlation(right: np.ndarray, draws: np.ndarray) -> tuple[Estimate, int]:
    """Mean phi over pairs of queries whose errors vary, and the number of such queries."""
    rates = right.mean(axis=0)
    varying = np.flatnonzero((rates > 0) & (rates < 1))
    n_varying = len(varying)
    if n_varying < 2:
        return UNKNOWN, n_varying
    phi = phi_coefficient(~right[:, varying])
    value = float(phi[np.triu_indices(n_varying, k=1)].mean())
    return _normal_interval(value, draws, (-1 / (n_varying - 1), 1.0)), n_varying


def _normal_interval(
    value: float, draws: np.ndarray, limits: tuple[float, float], z: float = Z
) -> Estimate:
    """The bootstrap's standard deviation around a value, kept within what is possible."""
    known = draws[~np.isnan(draws)]
    if math.isnan(value) or len(known) < max(2, LEAST_KNOWN * len(draws)):
        return Estimate(value, math.nan, math.nan)
    half = z * float(known.std(ddof=1))
    return Estimate(value, max(value - half, limits[0]), min(value + half, limits[1]))


def _votes(n_votes: int, correlation: Estimate) -> Estimate:
    """Effective votes; more correlation makes fewer, so the ends of the interval change places."""
    value, low, high = correlation
    return Estimate(*(effective_votes(n_votes, rho) for rho in (value, high, low)))


def _vote(table: PredictionTable, labels: np.ndarray, groups: np.ndarray) -> tuple[Estimate, float]:
    """Accuracy of the plain vote, and what independence would promise it."""
    if table.kind == VERDICTS:
        return UNKNOWN, math.nan
    answers, n_classes = table.answers, table.n_classes
    scores = plurality_scores(answers, labels, n_classes)
    everything = [np.arange(table.n_items)]
    majority = accuracy_interval(SplitScores(table.n_items, everything, [scores], groups))

    right = (answers == labels[:, None]).mean(axis=0)
    wrong = (answers != MISSING).mean(axis=0) - right
    rate = wrong_agreement(answers, labels, n_classes).rate
    if table.kind == OPEN:
        # Wrong answers that are not the popular one are all different: c^2 agree.
        popular = 0.0 if math.isnan(rate) else math.sqrt(rate)
        return majority, independent_accuracy(right, wrong, popularity=popular, n_options=None)
    popular = popularity(rate, n_classes)
    return majority, independent_accuracy(right, wrong, popularity=popular, n_options=n_classes)


def _n_options(table: PredictionTable) -> np.ndarray:
    """Answers that each item offers: as its column says, else one for each class."""
    if "n_options" not in table.items:
        return np.full(table.n_items, table.n_classes)
    own = pd.to_numeric(table.items["n_options"], errors="coerce").fillna(table.n_classes)
    if (own < 2).any():
        item = own.index[int(np.argmax(own.to_numpy() < 2))]
        raise InputError(f"{table.name}: item {item} has {own[item]:g} options; 2 at least")
    return own.to_numpy(dtype=float)


def _similarity(table: PredictionTable, labels: np.ndarray) -> pd.DataFrame | None:
    """CAPA of every pair; None where it does not apply."""
    if table.kind != CLOSED or table.n_queries < 2:
        return None
    names = table.query_names
    return pd.DataFrame(capa(table.answers, labels, _n_options(table)), names, names)


def _ends(similarity: pd.DataFrame) -> _Ends:
    """The most and the least similar pairs, at most three of each, none twice."""
    values = similarity.to_numpy()
    first, second = np.triu_indices(len(values), k=1)
    order = np.argsort(-values[first, second], kind="stable")  # NaN last
    order = order[~np.isnan(values[first, second][order])]
    n_most = min(MOST_PAIRS, (len(order) + 1) // 2)
    n_least = min(MOST_PAIRS, len(order) - n_most)

    chosen = np.concatenate([order[:n_most], order[len(order) - n_least :]])
    return _Ends(first[chosen], second[chosen], np.arange(len(chosen)) < n_most)


def _named_pairs(
    similarity: pd.DataFrame | None, pairs: _Ends | None, draws: np.ndarray
) -> pd.DataFrame:
    """The pairs at both ends with intervals that hold for all pairs at once, so for those."""
    columns = ["first", "second", "similarity", "similarity_low", "similarity_high", "end"]
    if similarity is None or pairs is None:
        return pd.DataFrame(columns=columns)
    names, values = similarity.columns, similarity.to_numpy()
    n_pairs = len(names) * (len(names) - 1) // 2
    z = float(stats.norm.isf(0.025 / n_pairs))  # Bonferroni

    rows = []
    for i, j, is_most, of_pair in zip(*pairs, draws.T, strict=True):
        found = _normal_interval(float(values[i, j]), of_pair, (-1.0, 1.0), z)
        rows.append((names[i], names[j], *found, "most" if is_most else "least"))
    return pd.DataFrame(rows, columns=columns)


def _notes(table: PredictionTable, right: np.ndarray) -> list[str]:
    """What does not apply to this table, in sentences without their full stop."""
    notes = [LEFT_OUT[table.kind]] if table.kind in LEFT_OUT else []
    rates = right.mean(axis=0)
    constant = [
        name for name, rate in zip(table.query_names, rates, strict=True) if not 0 < rate < 1
    ]
    if constant and table.n_queries > 1:
        notes.append(f"always or never right, left out of the opinions: {shorten(constant, 5)}")
    return notes
