"""Results as neutral reports, for the terminal, for HTML and for JSON.

A report is data: a title and sections of blocks (`ensel.report.blocks`). A file here builds the
report of one kind of result; `terminal` and `html` show any report, whatever it is of.
"""

from ensel.report.blocks import Block, Column, Facts, Listing, Note, Paragraph, Table
from ensel.report.report import Report

__all__ = ["Block", "Column", "Facts", "Listing", "Note", "Paragraph", "Report", "Table"]
