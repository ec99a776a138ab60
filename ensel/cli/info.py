"""``ensel info``: a first look at a pool."""

from __future__ import annotations

from typing import Annotated

import typer

from ensel.cli.options import TableOptions
from ensel.cli.outputs import JsonFile, check_outputs, write_json
from ensel.cli.sharing import takes_options


@takes_options
def info_command(
    table: TableOptions,
    every: Annotated[bool, typer.Option("--all", help="Print every query.")] = False,
    json: JsonFile = None,
) -> None:
    """Describe a pool: accuracies with intervals, missing answers, how many opinions it is.

    Example: [bold]ensel info imdb[/bold], or [bold]ensel info runs/[/bold]
    """
    from ensel.error_model.opinions import count_opinions
    from ensel.error_model.opinions_result import DescribedWithOpinions
    from ensel.heldout import describe
    from ensel.report.description import description_report
    from ensel.report.predictions import reading_blocks
    from ensel.report.report import with_section
    from ensel.report.terminal import print_report

    check_outputs(json, inputs=table.inputs)

    pool, one = table.found(quiet=True)
    result = DescribedWithOpinions(describe(pool), count_opinions(pool))

    if write_json(result, json):
        read = () if one is None else reading_blocks(one, titled=False)
        report = description_report(result.description, every=every, opinions=result.opinions)
        print_report(with_section(report, *read))
