"""The report of the datasets: what there is, how large, from where, and whether it is here."""

from __future__ import annotations

from collections.abc import Iterable

from ensel.datasets import Dataset
from ensel.report.blocks import Cell, Column, Paragraph, Table, text_column
from ensel.report.report import Report, section, sections

COLUMNS = (
    text_column("dataset"),
    Column("size", "{:.1f} MB", scale=1e-6),
    Column("local"),
    text_column("what, licence, source"),
)


def datasets_report(datasets: Iterable[Dataset]) -> Report:
    """Report name, size, whether local, contents, licence and source of each dataset.

    Parameters
    ----------
    datasets : iterable of Dataset

    Returns
    -------
    Report

    Examples
    --------
    >>> from ensel.datasets import get_dataset
    >>> datasets_report([get_dataset("imdb")]).blocks[0].shown()[0][:3]
    ['imdb', '1.9 MB', 'embedded']
    """
    table = Table(COLUMNS, tuple(_row(dataset) for dataset in datasets))
    fetching = Paragraph("Fetch with: ensel datasets --download NAME[,NAME] (or all)")
    return Report(title="", lead="", sections=sections(section(table), section(fetching)))


def _row(dataset: Dataset) -> tuple[Cell, ...]:
    return (
        dataset.name,
        float(dataset.n_bytes),
        _where(dataset),
        f"{dataset.about}; {dataset.licence}; {dataset.source}",
    )


def _where(dataset: Dataset) -> str:
    if dataset.embedded:
        return "embedded"
    return "yes" if dataset.local else "no"
