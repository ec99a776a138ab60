"""``ensel vote``: a saved policy on new answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ensel.cli.options import Other
from ensel.cli.outputs import SCREEN, check_outputs, write_text
from ensel.exceptions import InputError, shorten


def vote_command(
    kept: Annotated[Path, typer.Argument(metavar="POLICY", help="What ensel select --save wrote.")],
    answers: Annotated[
        Path, typer.Argument(metavar="ANSWERS", help="CSV or Parquet with the queries' answers.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the CSV here; default the screen.")
    ] = None,
    other: Other = "error",
) -> None:
    """Apply a saved policy to new answers: a label and its probability per item.

    Example: [bold]ensel vote policy.json new_answers.csv -o labels.csv[/bold]
    """
    from ensel.formats import read_table
    from ensel.policies import VerifiedSet, load_policy

    check_outputs(output, inputs=(kept, answers))

    policy = load_policy(kept)
    if isinstance(policy, VerifiedSet):
        raise InputError(
            f"{kept}: a verifier picks its answers, so there is nothing to vote on: ask "
            f"{shorten(policy.query_names, 10)} in this order until an answer passes your check"
        )
    table = read_table(
        answers,
        classes=policy.class_names,
        queries=policy.query_names,
        labelled=False,
        other=other,
        reader=policy.reader,
    )
    voted = policy.replay(table)[["label", "probability"]]

    text = voted.to_csv(float_format="%.6g")
    if output is None or str(output) == SCREEN:
        print(text, end="")
        return
    write_text(output, text)
    print(f"{len(voted):,} labels: {output}")
