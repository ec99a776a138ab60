"""``ensel info``: a first look at a pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ensel.cli.options import TableOptions
from ensel.cli.outputs import JsonFile, check_outputs, write_json
from ensel.cli.sharing import takes_options
from ensel.results import Result

if TYPE_CHECKING:
    from ensel.error_model.opinions_result import Opinions
    from ensel.heldout.description import Description


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
    from ensel.heldout import describe
    from ensel.report.description import description_report
    from ensel.report.predictions import reading_blocks
    from ensel.report.report import with_section
    from ensel.report.terminal import print_report

    check_outputs(json, inputs=table.inputs)

    pool, one = table.found(quiet=True)
    result = _Info(describe(pool), count_opinions(pool))

    if write_json(result, json):
        read = () if one is None else reading_blocks(one, titled=False)
        report = description_report(result.description, every=every, opinions=result.opinions)
        print_report(with_section(report, *read))


@dataclass(frozen=True)
class _Info(Result):
    """What the command says of a pool: the description stands lower, and knows no opinions."""

    description: Description
    opinions: Opinions

    def to_dict(self) -> dict[str, Any]:
        return {**self.description.to_dict(), "opinions": self.opinions.to_dict()}
