"""How many opinions a pool is, in sentences; a part of the reports of a pool and of its floors."""

from __future__ import annotations

import math

from ensel.error_model.opinions_result import Opinions
from ensel.report.blocks import Block, Column, Note, Paragraph, Table, text_column
from ensel.report.phrases import counted, span
from ensel.report.report import Report, section, sections

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def opinions_report(result: Opinions) -> Report:
    """Report how many opinions a pool is.

    Parameters
    ----------
    result : Opinions

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel.error_model import count_opinions, simulate
    >>> report = opinions_report(count_opinions(simulate(2000, [0.2] * 5, 0.5, random_state=0)))
    >>> report.blocks[0].text.partition(":")[0]
    '5 models are about two opinions'
    """
    parts = sections(
        section(
            number_of_opinions(result),
            promise(result),
            ceiling(result),
            *(Note(text) for text in result.notes),
        ),
        similar_pairs(result),
    )
    lead = f"{counted(result.n_queries, 'query', 'queries')}, {counted(result.n_items, 'item')}"
    return Report(f"Opinions of {result.dataset}", lead, parts)


def number_of_opinions(result: Opinions) -> Paragraph | None:
    """The one sentence: so many models, so many opinions. None for fewer than two queries."""
    votes = result.effective_votes
    if math.isnan(votes.value):
        return None
    nearest = math.floor(votes.value + 0.5)
    about = NUMBERS[nearest - 1] if nearest <= len(NUMBERS) else f"{nearest:,}"
    opinions = "opinion" if nearest == 1 else "opinions"
    return Paragraph(
        f"{_pool(result)} are about {about} {opinions}: by how often they err together, their "
        f"votes average out like {votes.value:.1f} [{votes.low:.1f}, {votes.high:.1f}] independent "
        "ones."
    )


def _pool(result: Opinions) -> str:
    """The pool in words: models, where each is asked once."""
    if result.n_models == result.n_queries:
        return counted(result.n_queries, "model")
    models = counted(result.n_models, "model")
    return f"{counted(result.n_queries, 'query', 'queries')} of {models}"


def promise(result: Opinions, held_out: str = "") -> Paragraph | None:
    """What independence would promise the majority, beside what it gets.

    Parameters
    ----------
    result : Opinions
    held_out : str
        What else is known to be got of these answers, to end the sentence with.

    Returns
    -------
    Paragraph or None
        None where there is no vote.
    """
    majority = result.majority_accuracy
    if math.isnan(majority.value) or result.n_queries < 2:
        return None
    return Paragraph(
        f"If they erred independently, their majority would be right on "
        f"{_nearly(result.independent_accuracy)} % of items; it is right on "
        f"{100 * majority.value:.1f} % {span(majority)}, the best query on "
        f"{100 * result.best_accuracy:.1f} %{held_out}."
    )


def _nearly(accuracy: float) -> str:
    """A rate in percent; what is next to 1 is not called 1."""
    percent = f"{100 * accuracy:.1f}"
    return "more than 99.9" if percent == "100.0" and accuracy < 1 else percent


def ceiling(result: Opinions) -> Paragraph | None:
    """The most that any rule over these answers could gain. None for fewer than two queries."""
    if result.n_queries < 2:
        return None
    return Paragraph(
        f"On {100 * result.any_right:.1f} % of items at least one is right: no rule that picks one "
        f"of their answers gains more than {100 * result.gain_ceiling:.1f} points over the best "
        "query (gain ceiling, 95 %)."
    )


def similar_pairs(result: Opinions) -> tuple[Block, ...]:
    """The most and the least similar pairs; nothing for two queries, or where CAPA is left out."""
    if len(result.pairs) < 2:
        return ()
    rows = tuple(
        (f"{pair.end} similar", pair.similarity, (pair.similarity_low, pair.similarity_high), names)
        for pair in result.pairs.itertuples()
        for names in [f"{pair.first} ~ {pair.second}"]
    )
    columns = (
        text_column("", wrap=False, once=True),
        Column("CAPA", "{:.2f}"),
        Column("95 %", "{:.2f} to {:.2f}"),
        text_column("pair"),
    )
    return (
        Paragraph(
            "Agreement of two queries beyond what their accuracies make likely, by which answers "
            f"they give, wrong ones too (CAPA: 0 = chance, 1 = the same); mean "
            f"{result.mean_similarity:.2f}:"
        ),
        Table(columns, rows),
    )
