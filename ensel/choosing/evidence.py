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
        as in `ensel.choosing.rules.HeldOut`.
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
    >>> found = assess_information(noise, labels)
    >>> found.plug_in > 1.5, found.too_few  # six random queries seem to tell all there is
    (True, True)
    """
    labels = np.asarray(labels, dtype=np.int64)
    n_items, n_labels = len(labels), int(labels.max()) + 1
    pattern = pattern_ids(answers)
    counts = np.bincount(labels)
    h_label = float(entropy_of_counts(counts))
    rng = np.random.default_rng(seed)
    # The pattern is the candidate; each set of shuffled labels is the target.
    joint = JointCounts(pattern[:, None], labels)

    def plug_in(of: np.ndarray) -> float:
        return max(h_label - float(joint.left(of, n_labels)[0]) / n_items, 0.0)

    groups = np.arange(n_items) if groups is None else groups
    copies = _by_number_of_copies(groups)

    def shuffled() -> np.ndarray:
        mixed = np.empty_like(labels)
        for items in copies:
            mixed[items] = labels[rng.permutation(items)]
        return mixed

    value = plug_in(labels)
    null = np.array([plug_in(shuffled()) for _ in range(n_shuffles)])
    held_out = None
    if log_loss is not None:
        # H(Y) by its own per-item terms, so that its sampling error is in the interval.
        alone = by_question(-np.log2(counts[labels] / n_items), groups)
        gains = alone - np.asarray(log_loss) / np.log(2)
        half = Z * float(gains.std(ddof=1)) / np.sqrt(len(gains))
        mean = float(gains.mean())
        held_out = Estimate(mean, mean - half, mean + half)
    return Evidence(
        label_entropy=h_label,
        held_out=held_out,
        plug_in=value,
        null_mean=float(null.mean()),
        null_high=float(np.quantile(null, 0.95)),
        p_value=float((1 + (null >= value - 1e-12).sum()) / (1 + n_shuffles)),
        n_items=n_items,
        n_patterns=int(pattern.max()) + 1,
        too_few=bool(null.mean() > MOST_NULL * value),
    )


def _by_number_of_copies(groups: np.ndarray) -> list[np.ndarray]:
    """Items of the questions with one copy, two, ...: arrays of shape (n_questions, n_copies)."""
    size = np.bincount(groups)[groups]
    order = np.lexsort((groups, size))
    return [order[size[order] == copies].reshape(-1, copies) for copies in np.unique(size)]
