"""``ensel vote``: a saved policy on new answers."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated

import typer

from ensel.cli.options import LogOptions, Unreadable
from ensel.cli.outputs import SCREEN, check_outputs, write_text
from ensel.cli.sharing import takes_options
from ensel.exceptions import InputError, InputNote, InputWarning, shorten


@takes_options
def vote_command(
    *,
    kept: Annotated[Path, typer.Argument(metavar="POLICY", help="What ensel select --save wrote.")],
    answers: Annotated[
        Path,
        typer.Argument(
            metavar="ANSWERS", help="The queries' answers: a table, or logs (a file or a folder)."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the CSV here; default the screen.")
    ] = None,
    unreadable: Unreadable = "stop",
    logs: LogOptions,
) -> None:
    """Apply a saved policy to new answers: a label, its probability and what it asks, per item.

    Example: [bold]ensel vote policy.json new_answers.csv -o labels.csv[/bold]
    """
    from ensel.cli.answers import answers_for
    from ensel.policies import VerifiedSet, load_policy
    from ensel.report.asked import asked_in_words
    from ensel.report.phrases import counted
    from ensel.table.codes import MISSING

    check_outputs(output, inputs=(kept, answers))

    policy = load_policy(kept)
    if isinstance(policy, VerifiedSet):
        in_order = policy.next({}, len(policy.query_names))
        raise InputError(
            f"{kept}: a verifier picks its answers, so there is nothing to vote on: ask "
            f"{shorten(in_order, 10)} in this order until an answer passes your check"
        )
    table = answers_for(policy, answers, unreadable, logs)
    voted = policy.replay(table)
    silent = table.items.index[(table.answers == MISSING).all(axis=1)].tolist()
    if silent:
        warnings.warn(
            f"{counted(len(silent), 'item')} without any usable answer, of which a label says "
            f"nothing: {shorten(silent, 5)}",
            InputWarning,
            stacklevel=2,
        )

    warnings.warn(asked_in_words(policy, table, voted["asked"]), InputNote, stacklevel=2)
    text = voted.to_csv(float_format="%.6g")
    if output is None or str(output) == SCREEN:
        print(text, end="")
        return
    write_text(output, text)
    print(f"{len(voted):,} labels: {output}")
