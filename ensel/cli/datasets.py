"""``ensel datasets``: what there is to try things on."""

from __future__ import annotations

from typing import Annotated

import typer

from ensel.cli.arguments import words


def datasets_command(
    download: Annotated[
        str | None,
        typer.Option(help="Fetch these (comma-separated), or [bold]all[/bold]."),
    ] = None,
) -> None:
    """List datasets of real cached predictions, and fetch them.

    Example: [bold]ensel datasets --download mmlu,medmcqa[/bold]
    """
    from ensel.datasets import DATASETS
    from ensel.report.datasets import datasets_report
    from ensel.report.terminal import print_report

    if download:
        _fetch(list(DATASETS) if download == "all" else words(download))
    print_report(datasets_report(DATASETS.values()))


def _fetch(names: list[str]) -> None:
    """Fetch the files of datasets; an unknown name stops it before the first."""
    from ensel.datasets import get_dataset
    from ensel.datasets.files import fetch_all

    for dataset in [get_dataset(name) for name in names]:
        fetch_all(dataset.files)
