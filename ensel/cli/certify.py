"""``ensel certify``: what a saved policy that asks in sequence may promise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ensel.cli.arguments import share_of_points
from ensel.cli.options import LogOptions, Unreadable
from ensel.cli.outputs import SCREEN, check_outputs
from ensel.cli.sharing import takes_options
from ensel.exceptions import InputError


@takes_options
def certify_command(
    *,
    kept: Annotated[
        Path, typer.Argument(metavar="POLICY", help="What ensel select --adaptive --save wrote.")
    ],
    answers: Annotated[
        Path,
        typer.Argument(
            metavar="ANSWERS",
            help="Answers to questions that the policy has not learned from: a table, or logs.",
        ),
    ],
    loss: Annotated[
        float, typer.Option(help="Points that stopping may lose to asking everything.")
    ] = 0.5,
    confidence: Annotated[float, typer.Option(help="Of the promise.")] = 0.95,
    answers_only: Annotated[
        bool,
        typer.Option(
            "--answers-only",
            help="There are no labels: bound how often the answer differs from that of asking "
            "everything, which bounds the loss.",
        ),
    ] = False,
    save: Annotated[
        Path | None, typer.Option(help="Keep the policy that stops where this vouches for it.")
    ] = None,
    unreadable: Unreadable = "stop",
    logs: LogOptions,
) -> None:
    """Test a policy that asks in sequence on new questions; it stops where they vouch for it.

    Example: [bold]ensel certify policy.json fresh.csv --loss 1 --save certified.json[/bold]
    """
    from ensel.cli.answers import answers_for
    from ensel.policies import certify, load_policy
    from ensel.report.in_sequence import certificate_report
    from ensel.report.terminal import print_report

    if save is not None and str(save) == SCREEN:
        raise InputError("--save -: a policy is kept in a file; give its name")
    check_outputs(save, inputs=(kept, answers))

    policy = load_policy(kept)
    table = answers_for(policy, answers, unreadable, logs, labelled=not answers_only)
    certified = certify(policy, table, share_of_points(loss, "--loss"), confidence)
    print_report(certificate_report(certified.certificate_, table.name))
    if save is not None:
        certified.save(save)
        print(f"policy: {save}")
