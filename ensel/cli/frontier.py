"""``ensel frontier``: accuracy against money."""

from __future__ import annotations

from typing import Annotated

import typer

from ensel.cli.arguments import amounts
from ensel.cli.options import CopiesOptions, PriceOptions, TableOptions, VerifierOptions
from ensel.cli.outputs import FigureFile, JsonFile, check_outputs, write_figure, write_json
from ensel.cli.sharing import takes_options


@takes_options
def frontier_command(
    *,
    money: Annotated[
        str | None,
        typer.Option(help="Sums, like 0.5,1,2; default six from the cheapest query up."),
    ] = None,
    budget: Annotated[
        int | None, typer.Option(help="Most queries a question; default min(8, pool).")
    ] = None,
    prices: PriceOptions,
    adaptive: Annotated[
        bool,
        typer.Option(
            "--adaptive",
            help="Let queries be asked in sequence, until the answer is settled; a sum then limits "
            "the mean cost.",
        ),
    ] = False,
    worth: Annotated[
        float | None,
        typer.Option(
            help="Points of accuracy that as much money again as the single best query costs must "
            "be expected to bring.",
            show_default="0.02",
        ),
    ] = None,
    verifier: VerifierOptions,
    copies: CopiesOptions,
    table: TableOptions,
    json: JsonFile = None,
    figure: FigureFile = None,
) -> None:
    """Show accuracy against money: what each sum would buy.

    Example: [bold]ensel frontier imdb-api --figure frontier.png[/bold]

    Asked in sequence: [bold]ensel frontier imdb-api --adaptive[/bold]
    """
    from ensel.choosing import frontier
    from ensel.report.frontier import frontier_report
    from ensel.report.terminal import print_report

    check_outputs(json, figure=figure, inputs=(*table.inputs, prices.prices))
    levels = None if money is None else amounts(money, "--money")

    result = frontier(
        prices.for_money(table.load()),
        levels,
        budget=budget,
        verifier=verifier.who(),
        adaptive=adaptive,
        worth=None if worth is None else worth / 100,
        copies=copies.how,
        seed=table.seed,
    )

    if write_json(result, json):
        print_report(frontier_report(result))
    if figure is not None:
        write_figure(result.figure(), figure, json)
