"""``ensel select``: what to buy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ensel.cli.arguments import share_of_points
from ensel.cli.completion import complete_words
from ensel.cli.options import (
    UNREADABLE,
    CopiesOptions,
    PriceOptions,
    TableOptions,
    VerifierOptions,
)
from ensel.cli.outputs import SCREEN, JsonFile, announce, check_outputs, write_json
from ensel.cli.sharing import takes_options
from ensel.exceptions import InputError
from ensel.registry import READ_AS, SELECTORS, VOTES

if TYPE_CHECKING:
    from ensel.table.prediction_table import PredictionTable


@takes_options
def select_command(
    *,
    budget: Annotated[
        int | None,
        typer.Option(help="Most queries a question; default, with --money, min(8, pool)."),
    ] = None,
    money: Annotated[
        float | None,
        typer.Option(help="Most that the queries may cost together, in the unit of the costs."),
    ] = None,
    prices: PriceOptions,
    method: Annotated[
        str | None,
        typer.Option(
            help=f"One of {SELECTORS.listed}; exact-mi in small pools. The whole budget is then "
            "spent.",
            autocompletion=complete_words(SELECTORS),
            show_default="chosen, with the vote and the number of queries",
        ),
    ] = None,
    vote: Annotated[
        str | None,
        typer.Option(
            help=f"With --method, one of {VOTES.listed}; default map for greedy-mi and exact-mi, "
            "logit for greedy-logit, else weighted.",
            autocompletion=complete_words(VOTES),
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Folds of the cross-validation that judges; default 10.")
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(help="Times the items are cut into folds; default 2, or 1 from 4,000 items."),
    ] = None,
    adaptive: Annotated[
        bool | None,
        typer.Option(
            "--adaptive/--no-adaptive",
            help="Ask the queries in sequence, until the answer is settled, and save that.",
            show_default="a sentence where it saves queries",
        ),
    ] = None,
    mean_budget: Annotated[
        float | None,
        typer.Option(help="Most queries a question on average; implies --adaptive."),
    ] = None,
    loss: Annotated[
        float | None,
        typer.Option(
            help="Points that stopping may lose to asking everything, certified on half of the "
            "labels; implies --adaptive."
        ),
    ] = None,
    confidence: Annotated[float, typer.Option(help="Of the certificate.")] = 0.95,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            help="Answers of the same queries to other questions, without labels: they teach when "
            "to stop; implies --adaptive."
        ),
    ] = None,
    worth: Annotated[
        float | None,
        typer.Option(
            help="Points of accuracy that one more query must be expected to bring; with --money, "
            "as much money again as the single best query costs.",
            show_default="0.05; with --money 0.02",
        ),
    ] = None,
    verifier: VerifierOptions,
    copies: CopiesOptions,
    table: TableOptions,
    save: Annotated[Path | None, typer.Option(help="Keep the fitted policy here (JSON).")] = None,
    json: JsonFile = None,
) -> None:
    """Choose the queries to buy, and say what they will get. It may be one query.

    Example: [bold]ensel select imdb --budget 3 --save policy.json[/bold]

    Asked until settled: [bold]ensel select imdb --budget 8 --adaptive --save policy.json[/bold]
    """
    from ensel.choosing import select
    from ensel.report.selection import selection_report
    from ensel.report.terminal import print_report

    if loss is None and confidence != 0.95:
        raise InputError(
            "--confidence is of a certificate; give the points to be certified, --loss 1"
        )
    if save is not None and str(save) == SCREEN:
        raise InputError("--save -: a policy is kept in a file; give its name")
    check_outputs(json, save, inputs=(*table.inputs, prices.prices, unlabelled))
    if budget is None and money is None:
        raise InputError("how many queries a question? give --budget 3, or a sum with --money")

    with_costs = prices.applied_to if money is None else prices.for_money
    pool, how = table.found()
    result = select(
        with_costs(pool),
        budget,
        money=money,
        method=method,
        vote=vote,
        adaptive=adaptive,
        mean_budget=mean_budget,
        loss=None if loss is None else share_of_points(loss, "--loss"),
        confidence=confidence,
        unlabelled=None if unlabelled is None else _others(unlabelled, pool),
        worth=None if worth is None else worth / 100,
        n_folds=folds,
        n_repeats=repeats,
        verifier=verifier.who(),
        copies=copies.how,
        seed=table.seed,
    )

    if write_json(result, json):
        print_report(selection_report(result))
    if save is not None:
        policy = result.recommended_policy
        if how is not None and how.read is not None:
            # So that new answers are read as these were.
            how_read = {READ_AS: how.read.reader, UNREADABLE: table.unreadable}
            policy.about = {**policy.about, **how_read}
        policy.save(save)
        announce(f"policy: {save}", json)


def _others(path: Path, pool: PredictionTable) -> PredictionTable:
    """Answers to other questions, read as those of the pool are."""
    from ensel.formats import read_table

    return read_table(path, classes=pool.classes, queries=pool.query_names, labelled=False)
