"""The report of `ensel figures`: what became of each figure of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ensel.report.blocks import Block, Column, Paragraph, Table, text_column
from ensel.report.report import Report, section, sections

COLUMNS = (text_column("figure"), text_column(""), Column("seconds", "{:.1f}", missing=""))
WORKED = ("built", "redrawn")
"""What takes time worth a number."""


class Built(Protocol):
    """What became of one figure: see `ensel.studies.paper.build.Built`."""

    @property
    def name(self) -> str:
        """Its name, without suffix."""

    @property
    def what(self) -> str:
        """In a word: ``"built"``, ``"redrawn"``, ``"unchanged"`` or ``"skipped"``."""

    @property
    def reason(self) -> str:
        """Why it was skipped; else empty."""

    @property
    def seconds(self) -> float:
        """How long it took."""


def built_report(done: Sequence[Built], folder: Path) -> Report:
    """Report what became of each figure, and where the index is.

    Parameters
    ----------
    done : sequence of Built
    folder : Path

    Returns
    -------
    Report
    """
    rows = tuple((one.name, one.what, one.seconds if one.what in WORKED else None) for one in done)
    index = Paragraph(f"index: {folder / 'README.md'}")
    parts = sections(section(Table(COLUMNS, rows), *_skipped(done), index))
    return Report(title="", lead="", sections=parts)


def _skipped(done: Sequence[Built]) -> list[Block]:
    return [Paragraph(f"{one.name} skipped: {one.reason}") for one in done if one.reason]
