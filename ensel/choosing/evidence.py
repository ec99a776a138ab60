"""How many bits a set of queries tells about the label, without fooling yourself.

The plug-in estimate grows with the number of patterns whether they tell anything or not: with
labels shuffled, which leaves nothing to tell, it is still far above 0. What a vote does on items
it was not fitted on bounds the information from below: I(Y; X_S) >= H(Y) - E[-log2 q(Y | X_S)] for
any q, since the cross-entropy of a fixed q is never below H(Y | X_S). Classical (Barber & Agakov
2003); cross-fitting it with the votes of this package, and its interval, are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ensel.heldout.intervals import Estimate, Z, by_question
from ensel.information.entropy import entropy_of_counts
from ensel.information.kernels.joint_counts import JointCounts
from ensel.information.patterns import pattern_ids

SHUFFLES = 100
MOST_NULL = 0.1
"""Share of the plug-in estimate that shuffled labels may reach before n is called too small."""


@dataclass(frozen=True)
class Evidence:
    """Information of a set of queries about the label, in bits.

    Attributes
    ----------
    label_entropy : float
        H(Y): what there is to tell.
    held_out : Estimate or None
        Lower bound from held-out log losses, with its 95 % interval. Where each fold buys its own
        queries, it is of what the method buys without the items it is judged on: a bound for the
        printed set itself would be of a set chosen on all of them, and too high.
    plug_in : float
    null_mean, null_high : float
        Mean and 95th percentile of the plug-in estimate with shuffled labels.
    p_value : float
        Share of shuffles, counting the real labels as one, that reach the plug-in estimate. It does
        not redo the choice of queries: of the best of many noise queries it is small as well.
    n_items, n_patterns : int
    too_few : bool
        Whether shuffled labels reach a tenth of the plug-in estimate: n is too small for this
        many patterns, and the plug-in estimate says little.
    """

    label_entropy: float
    held_out: Estimate | None
    plug_in: float
    null_mean: float
    null_high: float
    p_value: float
    n_items: int
    n_patterns: int
    too_few: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        held_out = self.held_out or (None, None, None)
        return {
            "label_entropy": self.label_entropy,
            "held_out": held_out[0],
            "held_out_low": held_out[1],
            "held_out_high": held_out[2],
            "plug_in": self.plug_in,
            "null_mean": self.null_mean,
            "null_high": self.null_high,
            "p_value": self.p_value,
            "n_patterns": self.n_patterns,
            "too_few": self.too_few,
        }

    def __str__(self) -> str:
        parts = []
        if self.held_out is not None:
            value, low, high = self.held_out
            parts.append(
                f"at least {value:.3f} of {self.label_entropy:.3f} bits [{low:.3f}, {high:.3f}], "
                "held out (each fold buying anew)"
            )
        parts.append(
            f"plug-in {self.plug_in:.3f}, {self.null_mean:.3f} with shuffled labels"
            + (
                f": {self.n_items:,} items are too few for {self.n_patterns:,} patterns"
                if self.too_few
                else ""
            )
        )
        return "; ".join(parts)


def assess_information(
    answers: np.ndarray,
    labels: np.ndarray,
    log_loss: np.ndarray | None = None,
    *,
    groups: np.ndarray | None = None,
    n_shuffles: int = SHUFFLES,
    seed: int = 0,
) -> Evidence:
    """What the answers tell about the label: plug-in, its null, and the held-out bound.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
    labels : ndarray of int, shape (n_items,)
        From 0.
    log_loss : ndarray of float, shape (n_questions,), optional
        Held-out, in nats: of a vote fitted without the item; by question where items are copies,
        as in `ensel.choosing.scoreboard.Scoreboard`.
    groups : ndarray of int, shape (n_items,), optional
        Question of each item, from 0; shuffles swap the labels of questions with equally many
        copies. Default: all differ.
    n_shuffles : int
        At least 1.
    seed : int

    Returns
    -------
    Evidence

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise, labels = rng.integers(0, 4, (200, 6)), rng.integers(0, 4, 200)
    >>> evidence = assess_information(noise, labels)
    >>> evidence.plug_in > 1.5, evidence.too_few  # six random queries seem to tell all there is
    (True, True)
    """
    labels = np.asarray(labels, dtype=np.int64)
    groups = np.arange(len(labels)) if groups is None else groups
    pattern = pattern_ids(answers)
    told = _PlugIn(pattern, labels)
    rng = np.random.default_rng(seed)
    copies = _by_number_of_copies(groups)

    value = told.bits(labels)
    null = np.array([told.bits(_shuffled(labels, copies, rng)) for _ in range(n_shuffles)])
    return Evidence(
        label_entropy=told.label_entropy,
        held_out=None if log_loss is None else _held_out_bound(labels, log_loss, groups),
        plug_in=value,
        null_mean=float(null.mean()),
        null_high=float(np.quantile(null, 0.95)),
        p_value=float((1 + (null >= value - 1e-12).sum()) / (1 + n_shuffles)),
        n_items=len(labels),
        n_patterns=int(pattern.max()) + 1,
        too_few=bool(null.mean() > MOST_NULL * value),
    )


class _PlugIn:
    """Plug-in information of fixed patterns on labels that may be shuffled."""

    def __init__(self, pattern: np.ndarray, labels: np.ndarray) -> None:
        self.n_items, self.n_labels = len(labels), int(labels.max()) + 1
        self.label_entropy = float(entropy_of_counts(np.bincount(labels)))
        # The pattern is the candidate; each set of shuffled labels is the target.
        self._joint = JointCounts(pattern[:, None], labels)

    def bits(self, labels: np.ndarray) -> float:
        """I(labels; pattern), at least 0."""
        unsettled = float(self._joint.left(labels, self.n_labels)[0]) / self.n_items
        return max(self.label_entropy - unsettled, 0.0)


def _shuffled(labels: np.ndarray, copies: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Labels swapped among questions with equally many copies."""
    mixed = np.empty_like(labels)
    for items in copies:
        mixed[items] = labels[rng.permutation(items)]
    return mixed


def _held_out_bound(labels: np.ndarray, log_loss: np.ndarray, groups: np.ndarray) -> Estimate:
    """H(Y) less the held-out cross-entropy, in bits.

    H(Y) is the mean of a term an item, so that its sampling error is in the interval.
    """
    counts = np.bincount(labels)
    untold = by_question(-np.log2(counts[labels] / len(labels)), groups)
    gains = untold - np.asarray(log_loss) / np.log(2)
    mean = float(gains.mean())
    half = Z * float(gains.std(ddof=1)) / np.sqrt(len(gains))
    return Estimate(mean, mean - half, mean + half)


def _by_number_of_copies(groups: np.ndarray) -> list[np.ndarray]:
    """Items of the questions with one copy, two, ...: arrays of shape (n_questions, n_copies)."""
    size = np.bincount(groups)[groups]
    order = np.lexsort((groups, size))
    return [order[size[order] == copies].reshape(-1, copies) for copies in np.unique(size)]
