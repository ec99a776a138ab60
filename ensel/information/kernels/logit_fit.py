"""Weights of the logit vote by Newton's method, compiled.

An answer touches one parameter, so a pattern of q answers has at most K + q parameters that are
not multiplied by 0: its bias of each class, and one weight a query. Sums go over those alone.

Newton's steps are those of the plain method (`tests/voting/test_logit.py` has it), but for two
short cuts that follow from a bound on how fast the curvature changes. Along a step d, in which no
pattern's scores move apart by more than R, the curvature lies between exp(-R) and exp(R) times that
at the start: the third cumulant of one draw among classes is at most R times its variance. So

- a step with small R lowers the loss as much as the line search asks, and the loss need not be
  computed to see it (`SURE`);
- the stopping rule can be decided by the last step's factors where exp(R) times what they promise
  is below the tolerance.
"""

from __future__ import annotations

import numpy as np

from ensel.information.kernels.bit_planes import compiled

MOST_STEPS = 50
TOLERANCE = 1e-8
"""Newton stops where a step would lower the loss by less than half of this, an item."""
DESCENT = 1e-4
"""Share of the promised descent that a step must keep."""
SHORTEST = 1e-6
"""A step halved to this is taken as it is."""
PLAIN = 600.0
"""Where scores stay closer together than this, products of odds do not overflow."""
SMALLEST = 1e-300
"""Stands for a probability that is too small for a number."""
SURE = 1.7
"""Up to this R a whole step keeps its promise: (exp(R) - 1 - R) / R^2 < 1 - DESCENT."""


@compiled
def touched(patterns, n_classes):
    """Parameters that each pattern touches, class by class.

    Parameters are numbered class by class: the bias, then a weight a query.

    Parameters
    ----------
    patterns : ndarray of int64, shape (n_patterns, n_queries)
        Class positions; -1 = missing.
    n_classes : int

    Returns
    -------
    places : ndarray of uint64, shape (n_patterns, n_classes + n_queries)
        Ascending.
    ends : ndarray of int64, shape (n_patterns, n_classes + 1)
        Those of class k are ``places[z, ends[z, k] : ends[z, k + 1]]``.
    """
    n_patterns, n_queries = patterns.shape
    # Unsigned: an index that may be negative costs a comparison each time.
    places = np.zeros((n_patterns, n_classes + n_queries), dtype=np.uint64)
    ends = np.zeros((n_patterns, n_classes + 1), dtype=np.int64)
    for z in range(n_patterns):
        at = 0
        for k in range(n_classes):
            bias = k * (n_queries + 1)
            places[z, at] = bias
            at += 1
            for i in range(n_queries):
                if patterns[z, i] == k:
                    places[z, at] = bias + 1 + i
                    at += 1
            ends[z, k + 1] = at
    return places, ends


@compiled
def _spread(step, n_classes):
    """How far apart a step can move the scores of a pattern's classes, at most."""
    n_terms = len(step) // n_classes
    total = 0.0
    for term in range(n_terms):
        most = 0.0
        for k in range(n_classes):
            most = max(most, abs(step[k * n_terms + term]))
        total += most
    return 2 * total


@compiled
def _probabilities(places, ends, counts, theta, p):
    """Write each pattern's class probabilities; patterns without items are left out."""
    n_classes = p.shape[1]
    odds = np.exp(theta)
    plain = _spread(theta, n_classes) < PLAIN
    for z in range(len(p)):
        if counts[z] == 0:
            continue
        if plain:
            for k in range(n_classes):
                p[z, k] = 1.0
                for a in range(ends[z, k], ends[z, k + 1]):
                    p[z, k] *= odds[places[z, a]]
        else:
            for k in range(n_classes):
                p[z, k] = 0.0
                for a in range(ends[z, k], ends[z, k + 1]):
                    p[z, k] += theta[places[z, a]]
            most = p[z].max()
            for k in range(n_classes):
                p[z, k] = np.exp(p[z, k] - most)

        total = 0.0
        for k in range(n_classes):
            total += p[z, k]
        for k in range(n_classes):
            p[z, k] /= total


@compiled
def log_loss(places, ends, cells, theta):
    """Sum of minus log probabilities of the labels; `cells` has shape (n_patterns, n_classes)."""
    p = np.zeros(cells.shape)
    _probabilities(places, ends, cells.sum(axis=1), theta, p)
    loss = 0.0
    for z in range(len(cells)):
        for k in range(cells.shape[1]):
            if cells[z, k] > 0:
                loss -= cells[z, k] * np.log(max(p[z, k], SMALLEST))
    return loss


@compiled
def _pull(theta, n_classes, shrinkage, bias_share, pull):
    """Write the slope of the prior: its precision times theta."""
    n_terms = len(theta) // n_classes
    between = 1.0 / n_classes**2 - shrinkage / n_classes
    for term in range(n_terms):
        shared = 0.0
        if term > 0:
            for k in range(n_classes):
                shared += theta[k * n_terms + term]
        own = shrinkage if term > 0 else bias_share * shrinkage
        for k in range(n_classes):
            pull[k * n_terms + term] = own * theta[k * n_terms + term] + between * shared


@compiled
def _of_labels(places, ends, cells, size):
    """Items of each pattern, and how often each parameter is that of an item's label."""
    n_patterns, n_classes = cells.shape
    counts = np.zeros(n_patterns)
    own = np.zeros(size)
    for z in range(n_patterns):
        for k in range(n_classes):
            if cells[z, k] > 0:
                counts[z] += cells[z, k]
                for a in range(ends[z, k], ends[z, k + 1]):
                    own[places[z, a]] += cells[z, k]
    return counts, own


@compiled
def _add_expected(places, ends, counts, p, slope):
    """Add to the slope how often each parameter would be that of the label, by the fit."""
    for z in range(len(p)):
        if counts[z] > 0:
            for k in range(p.shape[1]):
                weight = counts[z] * p[z, k]
                for a in range(ends[z, k], ends[z, k + 1]):
                    slope[places[z, a]] += weight


@compiled
def _curvature(places, ends, counts, p, shrinkage, bias_share, matrix):
    """Write the upper triangle of the second derivatives of the penalised loss."""
    n_classes = p.shape[1]
    n_terms = len(matrix) // n_classes
    of_place = np.empty(places.shape[1])
    matrix[:] = 0

    for z in range(len(p)):
        if counts[z] == 0:
            continue
        here, last = places[z], ends[z, n_classes]
        for k in range(n_classes):
            for a in range(ends[z, k], ends[z, k + 1]):
                of_place[a] = p[z, k]
        for k in range(n_classes):
            weight, end = counts[z] * p[z, k], ends[z, k + 1]
            for a in range(ends[z, k], end):
                row = matrix[here[a]]
                for b in range(a, end):
                    row[here[b]] += weight - weight * of_place[b]
                for b in range(end, last):
                    row[here[b]] -= weight * of_place[b]

    between = 1.0 / n_classes**2 - shrinkage / n_classes
    for k in range(n_classes):
        matrix[k * n_terms, k * n_terms] += bias_share * shrinkage
        for term in range(1, n_terms):
            row = matrix[k * n_terms + term]
            row[k * n_terms + term] += shrinkage
            for m in range(k, n_classes):
                row[m * n_terms + term] += between


@compiled
def _factor(matrix):
    """Cholesky factor in place of a positive definite matrix, upper triangles both."""
    size = len(matrix)
    for i in range(size):
        pivot = matrix[i]
        root = np.sqrt(pivot[i])
        for t in range(i, size):
            pivot[t] /= root
        for j in range(i + 1, size):
            factor = pivot[j]
            if factor != 0:
                row = matrix[j]
                for t in range(j, size):
                    row[t] -= factor * pivot[t]


@compiled
def _solve(factor, right, solution):
    """Write the solution of the equations whose Cholesky factor is given."""
    size = len(factor)
    solution[:] = right
    for i in range(size):
        row = factor[i]
        solution[i] /= row[i]
        share = solution[i]
        for t in range(i + 1, size):
            solution[t] -= share * row[t]
    for i in range(size - 1, -1, -1):
        row = factor[i]
        rest = solution[i]
        for t in range(i + 1, size):
            rest -= row[t] * solution[t]
        solution[i] = rest / row[i]


@compiled
def _penalised(places, ends, cells, theta, pull, shrinkage, bias_share):
    """The loss that is minimised; `pull` is overwritten."""
    _pull(theta, cells.shape[1], shrinkage, bias_share, pull)
    return (theta * pull).sum() / 2 + log_loss(places, ends, cells, theta)


@compiled
def fit(places, ends, cells, shrinkage, bias_share, theta):
    """Move theta to the lowest penalised loss.

    Parameters
    ----------
    places, ends : ndarray
        From `touched`.
    cells : ndarray of float, shape (n_patterns, n_classes)
        Items of each pattern and label.
    shrinkage, bias_share : float
        See `ensel.voting.logit.LogitVote`.
    theta : ndarray of float, shape (n_classes * (n_queries + 1),)
        Where to begin; overwritten.

    Returns
    -------
    ndarray of float, shape (n_patterns, n_classes)
        Class probabilities of the patterns that have items.
    """
    n_patterns, n_classes = cells.shape
    size = len(theta)
    counts, own = _of_labels(places, ends, cells, size)
    tolerance = TOLERANCE * max(counts.sum(), 1.0)
    p = np.zeros((n_patterns, n_classes))
    slope, step, pull = np.empty(size), np.empty(size), np.empty(size)
    factor = np.empty((size, size))
    moved = np.inf  # how far apart the last step moved scores at most: no step yet
    value = np.nan  # of the loss; computed where a line search needs it

    _probabilities(places, ends, counts, theta, p)
    for _ in range(MOST_STEPS):
        _pull(theta, n_classes, shrinkage, bias_share, slope)
        slope -= own
        _add_expected(places, ends, counts, p, slope)
        if moved < np.inf:
            _solve(factor, slope, step)
            if (slope * step).sum() * np.exp(moved) < tolerance:
                break
        _curvature(places, ends, counts, p, shrinkage, bias_share, factor)
        _factor(factor)
        _solve(factor, slope, step)
        promised = (slope * step).sum()
        if promised < tolerance:
            break

        moved = _spread(step, n_classes)
        length = 1.0
        if moved > SURE:
            if np.isnan(value):
                value = _penalised(places, ends, cells, theta, pull, shrinkage, bias_share)
            while True:  # convex: a short enough step descends
                tried = theta - length * step
                new = _penalised(places, ends, cells, tried, pull, shrinkage, bias_share)
                if new <= value - DESCENT * length * promised or length < SHORTEST:
                    break
                length /= 2
            value = new
        else:
            value = np.nan

        moved *= length
        theta -= length * step
        _probabilities(places, ends, counts, theta, p)
    return p


@compiled
def cross_validate(places, ends, folds, shrinkages, bias_share):
    """Fit by ever weaker shrinkage, and sum the log losses of folds left out one at a time.

    Parameters
    ----------
    places, ends : ndarray
        From `touched`.
    folds : ndarray of float, shape (n_folds, n_patterns, n_classes)
        Items of each fold, pattern and label.
    shrinkages : ndarray of float, shape (n_shrinkages,)
        From strong to weak; each fit begins at the last.
    bias_share : float

    Returns
    -------
    losses : ndarray of float, shape (n_tried,)
        Fewer than there are shrinkages where the loss grew twice: weaker still is worse still.
    fits : ndarray of float, shape (n_tried, n_classes * (n_queries + 1))
        On all items.
    """
    n_folds, _, n_classes = folds.shape
    whole = folds.sum(axis=0)
    size = n_classes * (places.shape[1] - n_classes + 1)
    losses = np.zeros(len(shrinkages))
    fits = np.zeros((len(shrinkages), size))
    theta = np.zeros(size)
    n_items = whole.sum()
    for s in range(len(shrinkages)):
        fit(places, ends, whole, shrinkages[s], bias_share, theta)
        fits[s] = theta
        for f in range(n_folds):
            n_out = folds[f].sum()
            if 0 < n_out < n_items:
                within = theta.copy()
                fit(places, ends, whole - folds[f], shrinkages[s], bias_share, within)
                losses[s] += log_loss(places, ends, folds[f], within)
        if s >= 2 and losses[s] > losses[s - 1] > losses[s - 2]:
            return losses[: s + 1], fits[: s + 1]
    return losses, fits
