"""Reports on a terminal of 80 columns."""

import io

import pytest
from rich.console import Console

from ensel.report import Column, Facts, Listing, Note, Paragraph, Report, Table
from ensel.report.blocks import text_column
from ensel.report.terminal import print_report

LONG = "an-organisation-with-a-long-name/and-a-model-with-an-even-longer-one-" + 40 * "x"


def test_every_report_fits(any_report, printed):
    assert max(len(line) for line in printed(any_report).splitlines()) <= 80


def test_a_long_name_is_folded_not_cut(printed):
    """All of its letters are there, and so are the numbers beside it."""
    numbers = tuple(Column(f"number {n}", "{:.3f}") for n in range(4))
    table = Table((text_column("query"), *numbers), ((LONG, 1.0, 2.0, 3.0, 4.0),))
    text = printed(Report("", "", ((table,),)))
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "1.000     2.000     3.000     4.000" in text
    cells = [line.split("  ")[0] for line in text.splitlines()[1:]]
    assert "".join(cells).replace(" ", "") == LONG


@pytest.mark.parametrize("name", ["[bold]model[/bold]", "[/]", ":smile:", "a\\[b]"])
def test_a_name_is_no_markup(printed, name):
    table = Table((text_column(name),), ((name,),))
    blocks = (Paragraph(name), Note(name), Listing((name,)), Facts(((name, name),)), table)
    assert printed(Report(name, name, (blocks,))).count(name) == 9


def test_a_name_cannot_move_the_cursor(printed):
    assert "\x1b" not in printed(Report("\x1b[2J", "", ((Paragraph("a\x1b[31mb"),),)))


def test_blank_lines_stand_between_sections_only(printed):
    parts = ((Paragraph("a", hint="--more"), Note("b")), (Listing(("c", "d")),))
    assert printed(Report("title", "lead", parts)) == (
        "title: lead\n\na --more\nNote: b.\n\n  c\n  d\n"
    )
    assert printed(Report("", "", parts[:1])) == "a --more\nNote: b.\n"


def test_facts_are_aligned(printed):
    facts = Facts((("short", "1"), ("a longer one", "2")))
    assert printed(Report("", "", ((facts,),))) == "short          1\na longer one   2\n"


def test_marks_follow_their_numbers(printed):
    column = Column("1", "{:.1f}{}", scale=100, missing="", marked=True)
    table = Table((column,), (((0.5, "+"),), ((0.25, ""),), (None,)))
    assert printed(Report("", "", ((table,),))).splitlines() == ["    1", "50.0+", " 25.0", " " * 5]


def test_marks_are_coloured():
    column = Column("1", "{:.0f}{}", marked=True)
    table = Table((column,), (((1.0, "+"),), ((2.0, "-"),), ((3.0, ""),)))
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=80)
    print_report(Report("", "", ((table,),)), console)
    green, red = "\x1b[32m1+\x1b[0m", "\x1b[31m2-\x1b[0m"
    assert green in stream.getvalue()
    assert red in stream.getvalue()
