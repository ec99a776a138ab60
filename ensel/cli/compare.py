"""``ensel compare``: methods against each other at equal budgets."""

from __future__ import annotations

from typing import Annotated

import typer

from ensel.cli.arguments import numbers, training_part, words
from ensel.cli.completion import complete_words
from ensel.cli.options import CopiesOptions, TableOptions, VerifierOptions
from ensel.cli.outputs import FigureFile, JsonFile, check_outputs, write_figure, write_json
from ensel.cli.sharing import takes_options
from ensel.registry import SELECTORS, SEQUENCES, VOTES


@takes_options
def compare_command(
    *,
    methods: Annotated[
        str,
        typer.Option(
            help=f"Comma-separated, of: {SELECTORS.listed}; exact-mi in small pools. Asking in "
            f"sequence: {SEQUENCES.listed}.",
            autocompletion=complete_words([*SELECTORS, *SEQUENCES]),
            show_default="all sets that apply but jmi and exact-mi",
        ),
    ] = "",
    votes: Annotated[
        str | None,
        typer.Option(
            help=f"Comma-separated, of: {VOTES.listed}.",
            autocompletion=complete_words(VOTES),
            show_default="all",
        ),
    ] = None,
    budgets: Annotated[
        str | None,
        typer.Option(help="Queries a question, like 1-8 or 1,3,5; default 1 to min(8, pool)."),
    ] = None,
    mean_budget: Annotated[
        float | None,
        typer.Option(help="Most queries a question on average, of adaptive (which then joins)."),
    ] = None,
    train: Annotated[
        str, typer.Option(help="Share (0.5) or number (500) of items to learn from.")
    ] = "0.5",
    splits: Annotated[int, typer.Option(help="Random splits.")] = 5,
    verifier: VerifierOptions,
    copies: CopiesOptions,
    table: TableOptions,
    json: JsonFile = None,
    figure: FigureFile = None,
) -> None:
    """Compare methods at equal budgets on items they have not seen.

    Example: [bold]ensel compare imdb --figure imdb.png[/bold]

    Asking in sequence beside them: [bold]ensel compare imdb --mean-budget 2[/bold]
    """
    from ensel.heldout import compare
    from ensel.report.comparison import comparison_report
    from ensel.report.terminal import print_report

    check_outputs(json, figure=figure, inputs=table.inputs)
    chosen_budgets = None if budgets is None else numbers(budgets, "--budgets")
    train_part = training_part(train)

    result = compare(
        table.load(),
        methods=words(methods) or None,
        votes=None if votes is None else words(votes),
        budgets=chosen_budgets,
        mean_budget=mean_budget,
        train=train_part,
        n_splits=splits,
        verifier=verifier.who(),
        copies=copies.how,
        seed=table.seed,
    )

    if write_json(result, json):
        print_report(comparison_report(result))
    if figure is not None:
        write_figure(result.figure(), figure, json)
