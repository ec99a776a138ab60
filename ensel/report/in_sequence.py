"""What `select` says of asking in sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ensel.choosing.in_sequence_result import WORTH_A_LOSS
from ensel.report.blocks import Block, Column, Facts, Paragraph, Table
from ensel.report.phrases import counted
from ensel.report.report import Report, section, sections

if TYPE_CHECKING:
    from ensel.choosing.in_sequence_result import InSequence
    from ensel.policies.certificates import Certificate

NOT_PROMISED = (
    "Not promised: other questions than such as these, models or prompts that have changed since, "
    "any one question."
)


def recommendation(result: InSequence) -> Paragraph | None:
    """One sentence, where asking in sequence is to be recommended.

    Parameters
    ----------
    result : InSequence

    Returns
    -------
    Paragraph or None
    """
    if not result.is_recommended:
        return None
    return Paragraph(
        f"In sequence: {result.instruction}: {price(result)}.",
        hint="To keep that in place of the set: --adaptive --save FILE.",
    )


def price(result: InSequence) -> str:
    """``2.3 queries on average [2.2, 2.4] instead of 5, ...``."""
    mean = result.mean_queries
    if result.certificate is not None and result.certificate.taken is not None:
        return (
            f"{_asked(result.certificate):.2f} queries on average instead of {result.set_size}, on "
            "the labels that it was tested on"
        )
    change = -result.loss_to_set.value, -result.loss_to_set.high, -result.loss_to_set.low
    points = "{:+.1f} points [{:+.1f}, {:+.1f}]".format(*(100 * value + 0.0 for value in change))
    words = (
        f"{mean.value:.2f} queries on average [{mean.low:.2f}, {mean.high:.2f}] instead of "
        f"{result.set_size}, at {points} of accuracy"
    )
    if result.agreement_with_full is None:
        return words
    same = 100 * result.agreement_with_full
    return f"{words}, the same answer as all {len(result.queries)} in {same:.1f} %"


def in_full(result: InSequence, unit: str) -> tuple[Block, ...]:
    """All that is known of it, where it was asked for.

    Parameters
    ----------
    result : InSequence
    unit : str
        Of costs.

    Returns
    -------
    tuple of Block
    """
    mean, loss = result.mean_queries, result.loss_to_full

    pairs = [
        ("Queries a question", f"{mean.value:.2f} [{mean.low:.2f}, {mean.high:.2f}]"),
        ("Held-out accuracy", result.accuracy.percent),
        (f"Asking all {len(result.queries)}", result.full_accuracy.percent),
        ("Lost by stopping", loss.points),
    ]
    if result.mean_cost is not None:
        cost = result.mean_cost
        shown = f"{cost.value:.3g} [{cost.low:.3g}, {cost.high:.3g}]"
        pairs.insert(1, ("Cost", f"{shown} instead of {result.set_cost:.3g} ({unit})"))

    blocks: list[Block] = [
        Paragraph(f"In sequence: {result.instruction}: {price(result)}.{_verdict(result)}"),
        Facts(tuple(pairs)),
    ]
    if result.stops is not None:
        blocks += [Paragraph("Where questions stop, held out:"), _stops(result)]
    if result.certificate is not None:
        blocks += [
            Paragraph(certified(result.certificate)),
            Paragraph(
                "What stands above is of the whole procedure, certificate and all, repeated "
                "without each fold: with fewer labels it may certify less, or something else."
            ),
            Paragraph(NOT_PROMISED),
        ]
    return tuple(blocks)


def _verdict(result: InSequence) -> str:
    """Why it is not recommended in place of the set that is bought, where it is not."""
    if result.is_recommended:
        return ""
    if result.certificate is not None and result.certificate.certified:
        return ""  # the folds may have certified less: they say nothing of this policy
    if result.certificate is not None:
        return " Nothing could be certified, so everything is asked: the set is the better buy."
    if result.set_size == 1:
        return " One query alone is as good, as far as these labels say: keep that."
    if result.mean_queries.high >= result.set_size:
        return " That it asks fewer queries than the set is not clear: keep the set."
    return (
        f" It may lose more than {100 * WORTH_A_LOSS:g} points to the set that is bought, as far "
        "as these labels say; more of them would tell."
    )


def _stops(result: InSequence) -> Table:
    assert result.stops is not None
    columns = (
        Column("asked"),
        Column("questions %", "{:.1f}", scale=100),
        Column("right %", "{:.1f}", scale=100),
    )
    rows = (
        (int(row["asked"]), float(row["share"]), float(row["accuracy"]))
        for row in result.stops.to_dict("records")
    )
    return Table(columns, tuple(rows))


def certificate_report(certificate: Certificate, name: str) -> Report:
    """Report what is promised of a policy, and what each threshold did.

    Parameters
    ----------
    certificate : Certificate
    name : str
        Of the answers that it was tested on.

    Returns
    -------
    Report
    """
    columns = (
        Column("mean queries", "{:.2f}"),
        Column("at most", "{:.2f}"),
        Column("lost" if certificate.kind == "loss" else "differ"),
        *([Column("gained")] if certificate.kind == "loss" else []),
        Column("p", "{:.2g}"),
        Column(""),
    )

    rows = tuple(
        (
            one.mean_queries,
            one.mean_queries_bound,
            one.n_lost,
            *([one.n_gained] if certificate.kind == "loss" else []),
            one.p_value,
            "holds" if one.passed else "",
        )
        for one in certificate.tested
    )
    rows = tuple(dict.fromkeys(rows))  # neighbours may stop every question alike

    parts = sections(
        section(Paragraph(certified(certificate)), Paragraph(NOT_PROMISED)),
        section(
            Paragraph(
                "Thresholds from strict to loose; each is tested until the first that fails (p up "
                f"to {(1 - certificate.confidence) / 2:.3g}):"
            ),
            Table(columns, rows),
        ),
    )
    return Report(f"Certificate on {name} ({certificate.n_test:,} questions)", "", parts)


def _asked(certificate: Certificate) -> float:
    """Mean queries on the questions that it was tested on."""
    assert certificate.taken is not None
    return certificate.taken.mean_queries


def certified(certificate: Certificate) -> str:
    """What is promised, or what would be needed, in a sentence or two."""
    loss, sure = 100 * certificate.loss, 100 * certificate.confidence
    points = "point" if certificate.loss == 0.01 else "points"
    unit = f"{points} to" if certificate.kind == "loss" else "% of questions from"
    one, does = ("label", "loses") if certificate.kind == "loss" else ("question", "differs")
    what = f"{does} at most" if certificate.kind == "loss" else f"{does} in at most"
    labels = counted(certificate.n_test, one)

    if certificate.certified:
        cost = certificate.mean_cost
        price = "" if cost is None else f", for {cost:.3g} at most at list prices"
        return (
            f"Certificate: with {sure:g} % confidence the policy {what} {loss:g} {unit} asking "
            f"everything and asks {certificate.mean_queries:.2f} queries on average at most{price} "
            f"({_asked(certificate):.2f} on the {labels} that it was tested on, and had not "
            "learned from)."
        )
    if not certificate.tested:
        return (
            "Certificate: none. No way to stop before everything is asked was found, so there is "
            "nothing to vouch for."
        )

    needed = certificate.labels_needed
    more = (
        f"no number of {one}s would change that while stopping {does} as much as here"
        if needed is None
        else f"about {needed:,} {one}s in all would do, if stopping {does} as seldom as here"
    )
    return (
        f"Certificate: none. That it {what} {loss:g} {unit} asking everything cannot be vouched "
        f"for with {sure:g} % confidence by {labels}, so it asks everything; {more}."
    )
