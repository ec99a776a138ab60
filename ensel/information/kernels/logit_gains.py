"""What each candidate would gain the logit vote in one Newton step, compiled."""

from __future__ import annotations

import numpy as np

from ensel.information.kernels.bit_planes import LANES, compiled
from ensel.information.kernels.cells import code_products, count_cell
from ensel.information.kernels.joint_counts import JointCounts
from ensel.information.kernels.threads import over_chunks

WORK_A_THREAD = 2**20  # cells; fewer are not worth a thread


def logit_gains(
    counts: JointCounts,
    positions: np.ndarray,
    base: np.ndarray,
    base_pattern: np.ndarray,
    base_label: np.ndarray,
    usual: np.ndarray,
    p: np.ndarray,
    shrinkage: float,
    candidates: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-likelihood gain, in nats an item, from one Newton step on each candidate's weights.

    The weight of class k touches the score of k on items answered k, and nothing else: slope and
    curvature are sums over those items, and the curvature between classes is 0, but for the prior,
    whose precision is s I + (1 / K^2 - s / K) 1 1' (`ensel.voting.logit.class_precision`).

    Parameters
    ----------
    counts : JointCounts
    positions : ndarray of int64, shape (width,)
        Class of each dense code; -1 where it is none.
    base : ndarray of int64, shape (n_items,)
        Cell of each item; items of one cell share pattern, label and `usual`.
    base_pattern, base_label : ndarray of int64, shape (n_cells,)
    usual : ndarray of float, shape (n_cells,)
        Gain of the candidate to compare with, in each cell.
    p : ndarray of float, shape (n_patterns, n_classes)
        Fitted class probabilities.
    shrinkage : float
        s.
    candidates : ndarray of int64, shape (n_candidates,)
        Queries, ascending.

    Returns
    -------
    gains : ndarray of float, shape (n_candidates,)
        Mean over items.
    leads : ndarray of float, shape (n_candidates,)
        Mean of the gain less `usual`.
    spreads : ndarray of float, shape (n_candidates,)
        Standard deviation of the gain less `usual`.
    """
    cells = base_pattern, base_label, usual
    worth = len(candidates) * (len(usual) * (p.shape[1] + 1) + len(base)) / WORK_A_THREAD
    by = _by_rows if counts.packed.planes is None else _by_planes
    gains, leads, spreads = by(counts, positions, base, cells, p, shrinkage, candidates, worth)
    return gains, leads, spreads


def _by_rows(
    counts: JointCounts,
    positions: np.ndarray,
    base: np.ndarray,
    cells: tuple[np.ndarray, np.ndarray, np.ndarray],
    p: np.ndarray,
    shrinkage: float,
    candidates: np.ndarray,
    worth: float,
) -> np.ndarray:
    """Gain, lead and spread of each candidate, shape (3, n_candidates), item by item."""
    said, total = counts.packed.rows, counts.total
    weight = np.ones(len(base), dtype=np.int64) if counts.weights is None else counts.weights
    of_query = np.empty((3, len(candidates)))

    def part(a: int, b: int) -> None:
        of_items = positions, base, weight
        out = of_query[:, a:b]
        _gains_by_rows(said, candidates[a:b], *of_items, *cells, p, shrinkage, total, out)

    over_chunks(part, len(candidates), worth)
    return of_query


def _by_planes(
    counts: JointCounts,
    positions: np.ndarray,
    base: np.ndarray,
    cells: tuple[np.ndarray, np.ndarray, np.ndarray],
    p: np.ndarray,
    shrinkage: float,
    candidates: np.ndarray,
    worth: float,
) -> np.ndarray:
    """The same, eight candidates at a time."""
    planes, total, n_cells = counts.packed.planes, counts.total, len(cells[0])
    entries = counts.words_of(base, n_cells, np.arange(len(base)))
    in_cell = counts.count(base, n_cells)
    groups = np.unique(candidates // LANES)
    group, lane = np.searchsorted(groups, candidates // LANES), candidates % LANES
    wanted = np.zeros((len(groups), LANES), dtype=bool)
    wanted[group, lane] = True
    by_group = np.zeros((len(groups), 3, LANES))

    def part(a: int, b: int) -> None:
        which = groups[a:b], wanted[a:b], positions
        out = by_group[a:b]
        _gains_by_planes(planes, *which, *entries, in_cell, *cells, p, shrinkage, total, out)

    over_chunks(part, len(groups), worth)
    return by_group[group, :, lane].T


@compiled
def _newton(table, base_pattern, base_label, usual, p, shrinkage, n_items, normaliser, found):
    """Gain, lead and spread of one candidate from its counts (n_cells, n_classes + 1)."""
    n_classes = p.shape[1]
    slope, curvature = np.zeros(n_classes), np.full(n_classes, shrinkage)
    between = 1.0 / n_classes**2 - shrinkage / n_classes

    for b in range(len(usual)):
        for k in range(n_classes):
            count = table[b, k + 1]
            if count > 0:
                own = p[base_pattern[b], k]
                right = 1.0 if base_label[b] == k else 0.0
                slope[k] += count * (right - own)
                curvature[k] += count * own * (1 - own)

    # Sherman-Morrison: a diagonal, and `between` times a matrix of ones.
    weight = slope / curvature
    weight = weight - between * weight.sum() / (1 + between * (1 / curvature).sum()) / curvature
    # Of each pattern and answer, computed where an item gave it: few of them occur.
    factor = np.expm1(weight)
    normaliser[:] = np.nan
    total, lead, square = 0.0, 0.0, 0.0
    for b in range(len(usual)):
        for x in range(n_classes + 1):
            count = table[b, x]
            if count > 0:
                gain = 0.0
                if x > 0:
                    z = base_pattern[b]
                    if np.isnan(normaliser[z, x - 1]):
                        normaliser[z, x - 1] = np.log1p(p[z, x - 1] * factor[x - 1])
                    gain = -normaliser[z, x - 1]
                    if base_label[b] == x - 1:
                        gain += weight[x - 1]
                more = gain - usual[b]
                total += count * gain
                lead += count * more
                square += count * more * more
    found[0] = total / n_items
    found[1] = lead / n_items
    found[2] = np.sqrt(max(square / n_items - found[1] ** 2, 0.0))


@compiled
def _gains_by_planes(
    planes,
    groups,
    wanted,
    positions,
    entry_of,
    word,
    bits,
    power,
    in_cell,
    base_pattern,
    base_label,
    usual,
    p,
    shrinkage,
    n_items,
    found,
):
    width, n_cells = len(positions), len(usual)
    products = np.empty((planes.shape[2], (width - 1) * 8), dtype=np.uint64)
    counts = np.empty(width * 8, dtype=np.int64)
    tables = np.empty((8, n_cells, p.shape[1] + 1), dtype=np.int64)
    normaliser = np.empty(p.shape)

    for g in range(len(groups)):
        code_products(planes[groups[g]], width, products)
        tables[:] = 0
        for cell in range(n_cells):
            count_cell(
                entry_of[cell],
                entry_of[cell + 1],
                word,
                bits,
                power,
                products,
                in_cell[cell],
                width,
                counts,
            )
            for x in range(width):
                for lane in range(8):
                    tables[lane, cell, positions[x] + 1] += counts[8 * x + lane]

        for lane in range(8):
            if wanted[g, lane]:
                _newton(
                    tables[lane],
                    base_pattern,
                    base_label,
                    usual,
                    p,
                    shrinkage,
                    n_items,
                    normaliser,
                    found[g, :, lane],
                )


@compiled
def _gains_by_rows(
    said,
    columns,
    positions,
    base,
    weights,
    base_pattern,
    base_label,
    usual,
    p,
    shrinkage,
    n_items,
    found,
):
    table = np.empty((len(usual), p.shape[1] + 1), dtype=np.int64)
    normaliser = np.empty(p.shape)
    for c in range(len(columns)):
        table[:] = 0
        answers = said[columns[c]]
        for i in range(len(base)):
            table[base[i], positions[answers[i]] + 1] += weights[i]
        _newton(
            table,
            base_pattern,
            base_label,
            usual,
            p,
            shrinkage,
            n_items,
            normaliser,
            found[:, c],
        )
