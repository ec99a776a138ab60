"""The report of `select`: what to buy, what it is expected to get, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ensel.heldout.candidates import SINGLE
from ensel.report.blocks import Cell, Column, Facts, Paragraph, Table, text_column
from ensel.report.in_sequence import in_full, recommendation
from ensel.report.phrases import estimate, merged, policy_name
from ensel.report.report import Report, section, sections

if TYPE_CHECKING:
    from ensel.choosing import Selection


def selection_report(result: Selection) -> Report:
    """Report the bought queries, what they are expected to get, and why these.

    Parameters
    ----------
    result : Selection

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel import load_dataset, select
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 30))
    >>> selection_report(select(pool, 1, n_boot=2)).lead
    'single-best, chosen by cross-validation'
    """
    how = "chosen by cross-validation" if result.chosen else "as asked for"
    parts = sections(
        section(_steps(result)),
        section(
            _expected(result),
            Paragraph(f"Verdict: {result.why}."),
            _in_sequence(result),
            *merged(result.copies),
            _silent(result),
            _information(result),
        ),
        *_in_sequence_in_full(result),
        _by_budget(result),
        section(_more_labels(result), _how_to_read(result)),
    )
    return Report(_title(result), f"{policy_name(result.method, result.vote)}, {how}", parts)


def _title(result: Selection) -> str:
    money = "" if result.money is None else f", money {result.money:g}"
    return f"{result.dataset} ({result.n_items:,} items), budget {result.budget}{money}"


def _steps(result: Selection) -> Table:
    """The queries, in the order of buying."""
    with_cost = _has_costs(result.steps)
    columns = (
        text_column(""),
        text_column("query"),
        _gain_column(result.gain_unit),
        *([Column("cost", "{:.3g}")] if with_cost else []),
        Column("held out %", "{:.1f}", scale=100),
        Column("bought again", "{:.0f} %", scale=100),
    )

    rows = []
    for number, step in enumerate(result.steps.to_dict("records"), start=1):
        cells: tuple[Cell, ...] = (
            number,
            step["query"],
            float(step["gain"]),
            *([float(step["cost"])] if with_cost else []),
            float(step["accuracy"]),
            float(step["bought_again"]),
        )
        rows.append(cells)
    return Table(columns, tuple(rows))


def _gain_column(unit: str) -> Column:
    """What each query brought when it was bought, in the unit of its selector."""
    if unit == "bits":
        return Column("gain (bits)", "{:.3f}")
    heading = "newly solved (%)" if unit == "coverage" else "alone (%)"
    return Column(heading, "{:.3f}", scale=100)


def _has_costs(frame: Any) -> bool:
    return not frame["cost"].isna().any()


def _expected(result: Selection) -> Facts:
    """The expected accuracy beside that of one query, and the price."""
    pairs = [
        ("Expected held-out accuracy", result.expected.percent),
        ("Single best query alone", result.single.percent),
    ]
    if result.method != SINGLE:
        pairs.append(("Gain over the single best", result.gain_vs_single.points))
    if _has_costs(result.steps):
        unit = result.cost_unit or "the file's unit"
        pairs.append(("Cost", f"{result.cost:.3g} ({unit})"))
    return Facts(tuple(pairs))


def _information(result: Selection) -> Paragraph | None:
    """What the bought answers tell, where items share labels and no verifier picks."""
    if result.information is None:
        return None
    return Paragraph(f"Information on the label: {result.information}.")


def _in_sequence(result: Selection) -> Paragraph | None:
    """One sentence on asking in sequence, where it was not asked for more."""
    if result.adaptive is None or result.adaptive_asked_for:
        return None
    return recommendation(result.adaptive)


def _in_sequence_in_full(result: Selection) -> tuple[Any, ...]:
    if result.adaptive is None or not result.adaptive_asked_for:
        return ()
    return (in_full(result.adaptive, result.cost_unit or "the file's unit"),)


def _silent(result: Selection) -> Paragraph | None:
    if result.silent <= 0:
        return None
    return Paragraph(
        f"No bought query answers {100 * result.silent:.1f} % of the items: here they count as "
        "wrong (ensel vote guesses their label)."
    )


def _by_budget(result: Selection) -> tuple[Paragraph | Table, ...]:
    """What smaller budgets would buy, where there was a choice."""
    if len(result.by_budget) <= 1 or not result.chosen:
        return ()
    with_cost = _has_costs(result.by_budget)
    columns = (
        Column("budget"),
        Column("buys"),
        Column("method + vote", wrap=True),
        *([Column("cost", "{:.3g}")] if with_cost else []),
        Column("expected %", "{:.1f} [{:.1f}, {:.1f}]", scale=100),
        Column("gain on single", "{:+.1f} [{:+.1f}, {:+.1f}]", scale=100),
    )
    rows = tuple(_budget_row(row, with_cost) for row in _changes(result))
    return Paragraph("What each budget would buy, where that changes:"), Table(columns, rows)


def _changes(result: Selection) -> list[dict[str, Any]]:
    """The budgets that buy something else than the one before."""
    changes: list[dict[str, Any]] = []
    same = ("method", "vote", "queries")
    for row in result.by_budget.to_dict("records"):
        if not changes or any(row[name] != changes[-1][name] for name in same):
            changes.append(row)
    return changes


def _budget_row(row: dict[str, Any], with_cost: bool) -> tuple[Cell, ...]:
    return (
        int(row["budget"]),
        int(row["size"]),
        policy_name(row["method"], row["vote"]),
        *([float(row["cost"])] if with_cost else []),
        estimate(row, "accuracy"),
        None if row["method"] == SINGLE else estimate(row, "gain_vs_single"),
    )


def _more_labels(result: Selection) -> Paragraph | None:
    """What more labelled items would bring."""
    curve = result.learning_curve
    if len(curve) <= 1 or result.method == SINGLE:
        return None
    records = curve.to_dict("records")
    points = ", ".join(
        f"{100 * row['accuracy']:.1f} % with {row['n_train']:,.0f}" for row in records
    )
    doubling = estimate(records[-1], "doubling")
    return Paragraph(
        f"More labels: this ensemble gets {points}; the last doubling brought {doubling.points}."
    )


def _how_to_read(result: Selection) -> Paragraph:
    """What the intervals and columns mean; only a choice has a winner to correct for."""
    if result.chosen:
        honesty = (
            "What is expected is what choosing anew gets on items that had no say in it, drawn "
            "towards what ensembles usually gain, and a further query is bought where that is "
            "worth it (--worth). held out %, of buying up to here, is not corrected for having "
            "picked the winner."
        )
    else:
        honesty = "held out %: of buying up to here."
    return Paragraph(
        f"(95 % intervals, from {result.n_folds}-fold cross-validation, repeats: "
        f"{result.n_repeats}. {honesty} The ensemble kept is fitted on all items. bought again: "
        "share of resamples of the items that buy this query, or as many samples of its model.)"
    )
