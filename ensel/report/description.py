"""The report of `describe`: who is how good, what is missing, what moves together."""

from __future__ import annotations

import numpy as np

from ensel.error_model.opinions import count_opinions
from ensel.error_model.opinions_result import Opinions
from ensel.exceptions import shorten
from ensel.heldout.description import Description
from ensel.report.blocks import Block, Cell, Column, Listing, Note, Paragraph, Table, text_column
from ensel.report.opinions import ceiling, number_of_opinions, promise, similar_pairs
from ensel.report.phrases import counted
from ensel.report.report import Report, section, sections
from ensel.table.kinds import CLOSED, OPEN, VERDICTS
from ensel.table.prediction_table import PredictionTable

MOST_QUERIES = 24
MOST_PAIRS = 3


def description_report(
    result: Description, *, every: bool = False, opinions: Opinions | None = None
) -> Report:
    """Report a pool: its queries, what is missing, what moves together, how many opinions it is.

    Parameters
    ----------
    result : Description
    every : bool
        Whether to list every query, not only the most accurate ones.
    opinions : Opinions, optional
        Of the same table; default what `ensel.error_model.count_opinions` says of it.

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel import PredictionTable, describe
    >>> table = PredictionTable([[0, 0], [1, 0], [1, 1], [0, -1]], [0, 1, 1, 0],
    ...                         classes=["no", "yes"], queries=["good", "poor"])
    >>> description_report(describe(table)).lead
    '4 items, 2 queries of 2 models; labels: no 2, yes 2'
    """
    if opinions is None:
        opinions = count_opinions(result.table)
    n_shown = len(result.queries) if every else min(MOST_QUERIES, len(result.queries))
    parts = sections(
        section(_queries(result, n_shown), _hidden(len(result.queries) - n_shown)),
        section(
            *_correlation(result),
            _no_better_than_guessing(result),
            Paragraph(f"Items that every query gets wrong: {100 * result.all_wrong:.2f} %."),
            _cost_unit(result),
            *_duplicates(result),
        ),
        _opinions(opinions),
        similar_pairs(opinions) if opinions.n_queries > 2 else (),
    )
    return Report(title=result.table.name, lead=_lead(result), sections=parts)


def _lead(result: Description) -> str:
    table = result.table
    n_models = len(set(table.models))
    return (
        f"{counted(table.n_items, 'item')}{_questions(table)}, "
        f"{counted(table.n_queries, 'query', 'queries')} of {counted(n_models, 'model')}; "
        f"{_labels(table)}"
    )


def _labels(table: PredictionTable) -> str:
    """How often each label is true, or what stands in the place of shared labels."""
    if table.kind == OPEN:
        return f"open answers, read as {table.reader}"
    if table.kind == VERDICTS:
        return "right or wrong is known of each answer"
    counts = _label_counts(table)
    return "labels: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _label_counts(table: PredictionTable) -> dict[str, int]:
    counts = np.bincount(table.known_labels, minlength=table.n_classes).tolist()
    return dict(zip(table.classes, counts, strict=True))


def _questions(table: PredictionTable) -> str:
    """How many questions the items are copies of, where some are."""
    if table.n_questions == table.n_items:
        return ""
    return f" (copies of {table.n_questions:,} questions, by the column group)"


def _queries(result: Description, n_shown: int) -> Table:
    """The most accurate queries, one a row."""
    columns = [
        text_column("query"),
        Column("acc. %", "{:.2f}", scale=100),
        Column("95 %", "{:.1f}-{:.1f}", scale=100),
        Column("missing", "{:,}"),
        Column("phi", "{:.2f}"),
    ]
    if "cost" in result.queries:
        columns.append(Column("cost", "{:.3g}"))

    rows = []
    for name, query in result.queries.head(n_shown).iterrows():
        cells: list[Cell] = [
            str(name),
            float(query["accuracy"]),
            (float(query["accuracy_low"]), float(query["accuracy_high"])),
            int(query["missing"]),
            float(query["error_correlation"]),
        ]
        if "cost" in result.queries:
            cells.append(float(query["cost"]))
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _hidden(n_hidden: int) -> Paragraph | None:
    if not n_hidden:
        return None
    return Paragraph(f"... and {n_hidden} less accurate ones", hint="(--all prints them)")


def _correlation(result: Description) -> tuple[Block, ...]:
    """How much errors move together, and in which pairs most."""
    if not len(result.pairs) or np.isnan(result.mean_error_correlation):
        return ()
    most = result.pairs.head(MOST_PAIRS).itertuples()
    return (
        Paragraph(
            f"Mean correlation of errors (phi) over pairs: {result.mean_error_correlation:.3f} "
            "(column phi: with the others); most correlated:"
        ),
        Listing(
            tuple(f"{pair.error_correlation:.2f}  {pair.first} ~ {pair.second}" for pair in most)
        ),
    )


def _opinions(opinions: Opinions) -> tuple[Block, ...]:
    """How many opinions the pool is, what independence would promise, what can be gained."""
    return section(
        number_of_opinions(opinions),
        promise(opinions),
        ceiling(opinions),
        *(Note(text) for text in opinions.notes),
    )


def _no_better_than_guessing(result: Description) -> Paragraph | None:
    if result.table.kind != CLOSED:
        return None
    counts = _label_counts(result.table)
    commonest = max(counts, key=counts.__getitem__)
    share = counts[commonest] / result.table.n_items
    poor = list(result.queries.index[result.queries["accuracy"] <= share])
    if not poor:
        return None
    return Paragraph(
        f"No better than always answering {commonest} ({100 * share:.1f} %): {shorten(poor, 6)}."
    )


def _cost_unit(result: Description) -> Paragraph | None:
    if "cost" not in result.queries:
        return None
    return Paragraph(f"Costs are in {result.table.cost_unit or 'the file’s unit'}.")


def _duplicates(result: Description) -> tuple[Paragraph, ...]:
    """What is a copy of what; and what else is the same, though no copy: of too few answers."""
    copies = result.copies
    lines = [f"{line}." for line in (*copies.lines(), *copies.sample_lines())]
    told = {name for copy in copies.found for name in (copy.query, copy.kept)}
    others = [
        f"{later} = {first}"
        for first, later in result.duplicates
        if not {first, later} <= told and (first, later) not in copies.samples
    ]
    if others:
        lines.append(f"Duplicate columns: {shorten(others)}")
    return tuple(Paragraph(line) for line in lines or ["No duplicate columns."])
