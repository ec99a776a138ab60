"""Fragments of HTML: well formed, and nothing in them that a name brought."""

from html.parser import HTMLParser

from ensel.report import Column, Facts, Listing, Note, Paragraph, Report, Table
from ensel.report.blocks import text_column
from ensel.report.html import to_html

SCRIPT = "<script>alert('1')</script> & \"more\""
BLOCKS = {"section", "h2", "p", "div", "strong", "ul", "li", "dl", "dt", "dd"}
GRID = {"table", "thead", "tbody", "tr", "th", "td"}


class Reader(HTMLParser):
    """Collects tags and text; a tag that is not closed in order is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_every_text_is_escaped():
    """A model called <script> is a model, wherever its name stands."""
    table = Table((text_column(SCRIPT), Column("n", SCRIPT + "{}")), ((SCRIPT, 1),))
    blocks = (
        Paragraph(SCRIPT),
        Note(SCRIPT),
        Listing((SCRIPT,)),
        Facts(((SCRIPT, SCRIPT),)),
        table,
    )
    reader = read(to_html(Report(SCRIPT, SCRIPT, (blocks,))))
    assert reader.tags <= BLOCKS | GRID
    assert "".join(reader.texts).count(SCRIPT) == 10


def test_every_report_is_well_formed(any_report):
    assert read(to_html(any_report)).tags <= BLOCKS | GRID


def test_marks_become_classes_and_hints_are_left_out():
    column = Column("%", "{:.0f}{}", marked=True)
    table = Table((column,), ((((1.0, "+")),), ((2.0, "-"),), ((3.0, ""),)))
    text = to_html(Report("t", "", ((table, Paragraph("All.", hint="--json FILE")),)))
    assert '<td class="better" style="text-align: right">1+</td>' in text
    assert '<td class="worse" style="text-align: right">2-</td>' in text
    assert '<td style="text-align: right">3</td>' in text
    assert "--json" not in text
