"""Laws of bias corrections, asked exactly: over all samples of small known distributions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ensel.testing.callers import InformationSubject
from ensel.testing.laws import Laws, require
from ensel.testing.sample_spaces import copied_labels, independent_coins

BIAS_LAWS = Laws()
"""The last of what `check_information_estimator` asks, where an estimate corrects for its bias.

Corrections differ in how much of plug-in's bias they leave, and where. The bounds are between those
that are in use and those that are in error: see each of them.
"""

MOST_LEFT = 2 / 3
"""Of plug-in's bias, for four items a class of a copied label.

Miller-Madow leaves 0.1, the jackknife -0.1, shrinkage 0.2, Grassberger -0.3, Chao-Shen 0.5;
Miller-Madow taken twice leaves -0.8, with the wrong sign 1.9.
"""

MOST_TURNED = 0.5
"""Of plug-in's bias, the other way, for six items a cell of two coins.

Miller-Madow leaves 0.1, the jackknife -0.1, shrinkage -0.2, Grassberger 0.9, Chao-Shen 0.5;
Miller-Madow taken twice leaves -0.8, with the wrong sign 1.9.
"""


def _copied(estimator: InformationSubject) -> Any:
    """How many classes a copied label has, and four items for each."""
    return st.sampled_from([4, 5, 6]).map(lambda k: {"n_classes": k, "n_items": 4 * k})


def _tossed(estimator: InformationSubject) -> Any:
    """How many items there are of two coins: six for each of the four cells."""
    return st.just({"n_items": 24})


def _few(estimator: InformationSubject) -> Any:
    """How many classes a copied label has, and eight items for each."""
    return st.just({"n_classes": 3, "n_items": 24})


def _if_corrected(estimator: InformationSubject) -> str | None:
    return None if estimator.bias_corrected else "asked of a bias correction only"


_law = BIAS_LAWS.add


@_law(
    "smaller bias",
    "over all samples of a fair label, copied, a correction leaves 2/3 of plug-in's bias at most",
    _copied,
    skipped=_if_corrected,
)
def _smaller_bias(estimator: InformationSubject, n_classes: int, n_items: int) -> None:
    space = copied_labels(n_classes, n_items)
    bias, plug_in = space.bias(estimator.bits), space.plug_in_bias
    require(
        abs(bias) <= MOST_LEFT * abs(plug_in),
        f"a bias of {bias:+.4f} bits, plug-in's is {plug_in:+.4f}; {space.right:.4g} is true",
    )


@_law(
    "no overcorrection",
    "over all samples of two fair coins, plug-in's bias does not grow, nor turn round by half",
    _tossed,
    skipped=_if_corrected,
)
def _no_overcorrection(estimator: InformationSubject, n_items: int) -> None:
    space = independent_coins(n_items)
    bias, plug_in = space.bias(estimator.bits), space.plug_in_bias
    require(
        -MOST_TURNED * plug_in <= bias <= plug_in + estimator.tolerance,
        f"a bias of {bias:+.4f} bits, plug-in's is {plug_in:+.4f}; 0 is true",
    )


@_law(
    "shrinking bias",
    "over all samples of four times as many items, the bias of a correction is at most half",
    _few,
    skipped=_if_corrected,
)
def _shrinking_bias(estimator: InformationSubject, n_classes: int, n_items: int) -> None:
    few, many = copied_labels(n_classes, n_items), copied_labels(n_classes, 4 * n_items)
    before, after = few.bias(estimator.bits), many.bias(estimator.bits)
    nothing = abs(many.plug_in_bias) / 20
    require(
        abs(after) <= max(abs(before) / 2, nothing),
        f"a bias of {before:+.4f} bits on {n_items} items, of {after:+.4f} on {4 * n_items}",
    )
