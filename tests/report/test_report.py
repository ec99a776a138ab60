"""Every report is plain data, and comes back from it."""

import json

from ensel.report import Column, Note, Paragraph, Report, Table
from ensel.report.html import to_html
from ensel.report.report import section, sections


def test_json_holds_all_of_a_report(any_report, printed):
    """What is written and read again is shown alike."""
    again = Report.from_dict(json.loads(any_report.to_json()))
    assert printed(again) == printed(any_report)
    assert to_html(again) == to_html(any_report)
    assert again.to_dict() == any_report.to_dict()


def test_cells_are_numbers_not_text():
    table = Table((Column("%", "{:.0f}", scale=100), Column("n")), ((0.5, 3), (float("nan"), 4)))
    report = Report("t", "", (section(table),))
    (data,) = report.to_dict()["sections"][0]
    assert data["rows"] == [[0.5, 3], [None, 4]]
    assert Report.from_dict(report.to_dict()).blocks[0].shown() == [["50", "3"], ["-", "4"]]


def test_what_does_not_apply_leaves_no_trace():
    parts = sections(section(None), section(Paragraph("a"), None, Note("b")))
    assert parts == ((Paragraph("a"), Note("b")),)
    assert Report("t", "", parts).blocks == [Paragraph("a"), Note("b")]


def test_a_notebook_shows_the_html(any_report):
    assert any_report._repr_html_() == to_html(any_report)
