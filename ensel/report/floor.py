"""The report of `error_floor`: four lines, each with its assumption, and why errors stop there."""

from __future__ import annotations

import numpy as np

from ensel.error_model.floor_result import Floor
from ensel.heldout.intervals import Estimate
from ensel.report.blocks import Block, Cell, Column, Note, Paragraph, Table, text_column
from ensel.report.opinions import number_of_opinions, promise
from ensel.report.phrases import merged, span
from ensel.report.report import Report, section, sections

COLUMNS = (
    text_column("", wrap=False),
    Column("error %", "{:.2f}", scale=100),
    Column("95 %", "{:.2f}-{:.2f}", scale=100),
    text_column("what it assumes"),
)
SINGLES = {"mean of the queries": "mean_error", "best single query": "best_single_error"}
FLOORS = {
    "uniform floor": "uniform_floor",
    "vote limit": "vote_limit",
    "Bayes error": "bayes_error",
}
REFUTED = "model's belief"
"""Name of (c) where its own rule refutes it."""
HELD_OUT = ("held_out_top_k", "held_out_greedy_mi")


def floor_report(result: Floor) -> Report:
    """Report the four lines, each with its assumption; co-failure; families; warnings.

    Parameters
    ----------
    result : Floor

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel import error_floor, load_dataset
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 30))
    >>> floor_report(error_floor(pool, n_boot=2)).title
    'Error floors of imdb'
    """
    parts = sections(
        section(_lines(result), _monte_carlo(result)),
        _opinions(result),
        section(
            *merged(result.copies),
            _correlations(result),
            _families(result),
            _agreement(result),
            _all_wrong(result),
            _suspect(result),
            _sound(result),
            *(Note(text) for text in result.warnings),
        ),
    )
    lead = f"{result.n_models} queries, {result.n_items:,} items"
    return Report(f"Error floors of {result.dataset}", lead, parts)


def _lines(result: Floor) -> Table:
    """The lines (a) to (d), below what single queries get."""
    rows = [_row(name, result.estimates[key], "") for name, key in SINGLES.items()]
    for name, key in FLOORS.items():
        letter, _, assumption = result.assumptions[key].partition(" ")
        if key == "bayes_error" and result.model_refuted:
            name = REFUTED
        rows.append(_row(f"{letter} {name}", result.estimates[key], assumption))

    rows += [
        _held_out_row(result, name, column)
        for name, column in zip(result.real_ensembles, HELD_OUT, strict=True)
        if result.curve[column].notna().any()
    ]
    if not np.isnan(result.rule_held_out.value):
        rows.append(_row("(d) the rule of (c)", result.rule_held_out, "held out, all queries"))
    return Table(COLUMNS, tuple(rows))


def _row(name: str, error: Estimate, assumption: str) -> tuple[Cell, ...]:
    return name, error.value, (error.low, error.high), assumption


def _held_out_row(result: Floor, name: str, column: str) -> tuple[Cell, ...]:
    """What a real ensemble gets, of the largest size; smaller ones beside it."""
    known = result.curve[result.curve[column].notna()]
    largest = known.iloc[-1]
    error = Estimate(*(float(largest[f"{column}{end}"]) for end in ("", "_low", "_high")))
    by_size = ", ".join(f"{100 * value:.1f}" for value in known[column])
    n_queries = int(largest["size"])
    return _row(f"(d) {name}", error, f"held out, {n_queries} queries; from 1 on: {by_size}")


def _monte_carlo(result: Floor) -> Paragraph | None:
    if not result.bayes_error_se > 0:
        return None
    error = f"{100 * result.bayes_error_se:.2f}"
    return Paragraph(f"(c) by Monte Carlo, standard error {error} points.")


def _opinions(result: Floor) -> tuple[Block, ...]:
    """How many opinions the pool is, and what its votes get beside what independence promises."""
    opinions, rule = result.opinions, result.rule_held_out
    if opinions is None:
        return ()
    held_out = f", and the rule of (c) on {100 * (1 - rule.value):.1f} % of held-out ones"
    known = held_out if not np.isnan(rule.value) else ""
    return section(number_of_opinions(opinions), promise(opinions, known))


def _correlations(result: Floor) -> Paragraph:
    names = ("mean_tetrachoric", "mean_phi", "mi_limit_bits")
    rho, phi, limit = (result.estimates[name] for name in names)
    known = f"; information limit of the uniform pool {limit.value:.3f} bits"
    return Paragraph(
        f"Errors: mean tetrachoric correlation {rho.value:.3f} [{rho.low:.3f}, {rho.high:.3f}], "
        f"phi {phi.value:.3f}{'' if np.isnan(limit.value) else known}."
    )


def _families(result: Floor) -> Paragraph | None:
    names = ("within_family", "across_family", "family_difference")
    within, across, difference = (result.estimates[name] for name in names)
    if np.isnan(difference.value):
        return None
    return Paragraph(
        f"Within families {within.value:.3f}, across {across.value:.3f}: difference "
        f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]."
    )


def _agreement(result: Floor) -> Paragraph | None:
    """How often wrong answers agree, where they can differ."""
    agreement = result.model.agreement_
    if not agreement.chance < 1:
        return None
    return Paragraph(
        f"Two wrong answers agree in {100 * agreement.rate:.0f} % of cases "
        f"(chance {100 * agreement.chance:.0f} %)."
    )


def _all_wrong(result: Floor) -> Paragraph:
    failed, predicted = result.co_failure, result.estimates["all_wrong_predicted"].value
    observed = Estimate(failed.observed, failed.low, failed.high)
    return Paragraph(
        f"All wrong: {100 * observed.value:.2f} % of items {span(observed, '.2f')}; the copula "
        f"says {100 * predicted:.2f} %. No rule that outputs a member's answer gains more than "
        f"{100 * failed.gain_ceiling:.1f} points over the best single query (gain ceiling, 95 %)."
    )


def _suspect(result: Floor) -> Paragraph | None:
    """How many of the items that all get wrong may be labelled wrongly."""
    lost = result.all_wrong_items
    if "suspect" not in lost or not len(lost):
        return None
    n_suspect = int(lost["suspect"].sum())
    return Paragraph(
        f"Of the {len(lost)} all-wrong items, {n_suspect} have a label that is itself in doubt.",
        hint="The list: --json FILE.",
    )


def _sound(result: Floor) -> Paragraph | None:
    """The same on items whose label is sound, where the source says which."""
    sound = result.ok_items
    if sound is None:
        return None
    single, best = (sound.estimates[name].value for name in ("best_single_error", "bayes_error"))
    refuted = ", refuted" if sound.model_refuted else ""
    return Paragraph(
        f"On the {sound.n_items:,} items with a sound label: best single {100 * single:.2f} %, "
        f"(c) {100 * best:.2f} %{refuted}, all wrong {100 * sound.co_failure.observed:.2f} %."
    )
