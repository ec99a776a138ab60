"""``ensel figures``: the committed figures, made again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ensel.cli.arguments import words
from ensel.exceptions import InputError


def figures_command(
    only: Annotated[
        str | None, typer.Option(help="Comma-separated names of figures.", show_default="all")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder of the figures; made if it is not there.")
    ] = Path("paper_figures"),
    results: Annotated[
        Path, typer.Option(help="Folder of stored results of long measurements.")
    ] = Path("benchmarks/results"),
    jobs: Annotated[int, typer.Option(help="Workers; -1 is one a core.")] = -1,
) -> None:
    """Rebuild the committed figures that changed: PDF, PNG and CSV each, and an index.

    Example: [bold]ensel figures --only regret,money[/bold]
    """
    from ensel.report.figures_built import built_report
    from ensel.report.terminal import print_report
    from ensel.studies.paper import RECIPES, Sources, build

    if jobs == 0 or jobs < -1:
        raise InputError(f"--jobs {jobs}: a number from 1, or -1 for one a core, is needed")
    names = None if only is None else words(only)

    done = build(RECIPES, output, only=names, sources=Sources(results=results), n_jobs=jobs)

    print_report(built_report(done, output))
