"""What to be warned of in an error floor: a small function a warning, tried in order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ensel.error_model.co_failure import CoFailure
from ensel.error_model.copula import GaussianCopulaErrors
from ensel.error_model.floor_result import ratio
from ensel.exceptions import shorten
from ensel.heldout.intervals import Estimate

RULE_MARGIN = 0.005
"""Half a point more than (c) says is no reason to warn that few items were there to learn from."""
ONE_FACTOR_MISFIT = 0.1
"""Mean misfit of the correlations from which (b) is doubtful: about their differences in a pool."""
FACTORS_MISFIT = 0.05
"""The same for (c), whose factors are chosen for their fit."""
VISIBLE_CHANGE = 0.0005
"""Smaller changes, and differences of rates, would be printed as 0.000."""
TAIL_EXCESS = 1.5
"""Observed over predicted all-wrong rate that speaks for tail dependence, not for chance."""
MOST_NAMED = 5
"""Queries named in a warning."""
NO_CORRELATION = "correlations leave it out"


class Findings(NamedTuple):
    """What the warnings look at."""

    query_names: list[str]
    model: GaussianCopulaErrors
    point: dict[str, float]
    """Estimated numbers of the floor, without intervals."""
    failed: CoFailure
    rule: Estimate
    """Held-out error of the rule behind (c)."""
    excess: Estimate
    """What that rule errs more than (c) on the items that both were fitted to."""


def floor_warnings(findings: Findings) -> list[str]:
    """Everything that makes a floor doubtful, in sentences.

    Parameters
    ----------
    findings : Findings

    Returns
    -------
    list of str
        Empty where nothing does.

    See Also
    --------
    ensel.error_floor : The front door.
    """
    return [text for check in WARNINGS if (text := check(findings)) is not None]


def _has_rule(findings: Findings) -> bool:
    """Whether there is a line (c): right and wrong alone give none."""
    return not math.isnan(findings.point["bayes_error"])


def _model_refuted(findings: Findings) -> str | None:
    """Few items are no excuse: the rule errs more on the very items that it was fitted to."""
    rule, bayes, excess = findings.rule, findings.point["bayes_error"], findings.excess
    if not excess.low > 0:
        return None
    held_out = "" if math.isnan(rule.value) else f"{100 * rule.value:.1f} % held out and "
    return (
        f"(c) is refuted: the model's own rule gets {held_out}{100 * (bayes + excess.value):.1f} % "
        f"on the items it was fitted to, not {100 * bayes:.1f} %. (c) is what the model believes, "
        "not a floor"
    )


def _rule_not_learned(findings: Findings) -> str | None:
    """The model may be true: a rule that is fitted to few items errs more on others."""
    rule, bayes = findings.rule, findings.point["bayes_error"]
    if findings.excess.low > 0 or not rule.low > bayes + RULE_MARGIN:
        return None
    return (
        f"the rule of (c) errs on {100 * rule.value:.1f} % of held-out items, not "
        f"{100 * bayes:.1f} %: these items may be too few to learn it, and (c) too low"
    )


def _uniform_does_not_apply(findings: Findings) -> str | None:
    if not math.isnan(findings.point["uniform_floor"]):
        return None
    return (
        "(a) does not apply: it needs a mean error of at most 1/2 and a mean correlation of at "
        "least 0"
    )


def _uniform_is_no_floor(findings: Findings) -> str | None:
    uniform, best = findings.point["uniform_floor"], findings.point["best_single_error"]
    if not uniform > best + VISIBLE_CHANGE:
        return None
    return (
        f"(a) {uniform:.3f} lies above the best single query's error {best:.3f}: the textbook "
        "formula is no floor of this pool"
    )


def _factors_misfit(findings: Findings) -> str | None:
    factors = findings.model.factors_
    if not factors.misfit > FACTORS_MISFIT:
        return None
    advice = ": take (c) with care" if _has_rule(findings) else ""
    n_factors = factors.loadings.shape[1]
    still = (
        "one common factor still misses" if n_factors == 1 else f"{n_factors} factors still miss"
    )
    return (
        f"{still} the correlations by {factors.misfit:.2f} on average (worst {factors.worst:.2f})"
        f"{advice}"
    )


def _correlations_repaired(findings: Findings) -> str | None:
    repair = findings.model.repair_
    if repair.largest_change < VISIBLE_CHANGE:
        return None
    return (
        "the pairwise correlations are no correlation matrix (smallest eigenvalue "
        f"{repair.smallest_before:.3f}); repaired, changing none by more than "
        f"{repair.largest_change:.3f}"
    )


def _one_factor_misfit(findings: Findings) -> str | None:
    misfit = findings.model.one_factor_.misfit
    if not misfit > ONE_FACTOR_MISFIT:
        return None
    return (
        f"one common factor misses the correlations by {misfit:.2f} on average: take (b) with care"
    )


def _wrong_together_more_often(findings: Findings) -> str | None:
    failed, predicted = findings.failed, findings.point["all_wrong_predicted"]
    excess = ratio(failed.observed, predicted)
    if not (excess > TAIL_EXCESS and failed.low > predicted):
        return None
    return (
        f"all queries are wrong together {excess:.1f} times as often as the copula says: it has no "
        f"tail dependence{', and (c) may be too low' if _has_rule(findings) else ''}"
    )


def _never_wrong(findings: Findings) -> str | None:
    right = findings.model.certain_.right
    if not len(right):
        return None
    follows = "the rule of (c) goes by that, " if _has_rule(findings) else ""
    return f"never wrong on these items: {_named(findings, right)}; {follows}{NO_CORRELATION}"


def _never_right(findings: Findings) -> str | None:
    wrong = findings.model.certain_.wrong
    if not len(wrong):
        return None
    rules_out = "the rule of (c) rules that answer out, " if _has_rule(findings) else ""
    return f"never right on these items: {_named(findings, wrong)}; {rules_out}{NO_CORRELATION}"


def _left_out(findings: Findings) -> str | None:
    model = findings.model
    left = np.setdiff1d(model.tetrachoric_.degenerate, model.certain_.columns)
    if not len(left):
        return None
    return f"never right and sometimes silent, left out of the model: {_named(findings, left)}"


def _named(findings: Findings, queries: np.ndarray) -> str:
    return shorten([findings.query_names[j] for j in queries], MOST_NAMED)


def _duplicates(findings: Findings) -> str | None:
    n_pairs = len(findings.model.tetrachoric_.duplicates)
    return f"{n_pairs} pairs of queries err on the same items" if n_pairs else None


def _empty_cells(findings: Findings) -> str | None:
    model = findings.model
    kept = np.ix_(model.columns_, model.columns_)
    n_pairs = int(np.triu(model.tetrachoric_.empty_cell[kept], k=1).sum())
    n_pairs -= len(model.tetrachoric_.duplicates)
    if n_pairs <= 0:
        return None
    return f"{n_pairs} pairs have an empty cell (never both wrong, say): half an item was put in"


WARNINGS: tuple[Callable[[Findings], str | None], ...] = (
    _model_refuted,
    _rule_not_learned,
    _uniform_does_not_apply,
    _uniform_is_no_floor,
    _factors_misfit,
    _correlations_repaired,
    _one_factor_misfit,
    _wrong_together_more_often,
    _never_wrong,
    _never_right,
    _left_out,
    _duplicates,
    _empty_cells,
)
