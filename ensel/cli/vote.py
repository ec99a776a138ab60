"""``ensel vote``: a saved policy on new answers."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ensel.cli.options import UNREADABLE, LogOptions
from ensel.cli.outputs import SCREEN, check_outputs, write_text
from ensel.cli.sharing import takes_options
from ensel.exceptions import InputError, InputNote, InputWarning, shorten
from ensel.registry import READ_AS, READERS

if TYPE_CHECKING:
    from ensel.policies.base import Policy


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
    unreadable: Annotated[
        str,
        typer.Option(
            "--unreadable",
            help="Where over 2 % of a query's answers cannot be read: stop, or count them as "
            "missing (an abstention). A policy goes on as it learned.",
        ),
    ] = "stop",
    logs: LogOptions,
) -> None:
    """Apply a saved policy to new answers: a label, its probability and what it asks, per item.

    Example: [bold]ensel vote policy.json new_answers.csv -o labels.csv[/bold]
    """
    from ensel.formats import read_table
    from ensel.formats.decoding import UNREADABLE_CLASS
    from ensel.policies import VerifiedSet, load_policy
    from ensel.report.asked import asked_in_words
    from ensel.report.phrases import counted
    from ensel.table.codes import MISSING
    from ensel.table.kinds import OPEN

    check_outputs(output, inputs=(kept, answers))

    policy = load_policy(kept)
    if isinstance(policy, VerifiedSet):
        in_order = policy.next({}, len(policy.query_names))
        raise InputError(
            f"{kept}: a verifier picks its answers, so there is nothing to vote on: ask "
            f"{shorten(in_order, 10)} in this order until an answer passes your check"
        )
    known = policy.class_names or ()
    names = [name for name in known if name != UNREADABLE_CLASS]
    if unreadable not in ("stop", "missing"):
        raise InputError(f"--unreadable {unreadable!r}: stop or missing is needed")
    if unreadable == "stop" and policy.about.get(UNREADABLE) == "missing":
        unreadable = "missing"  # as it was learned
    if unreadable == "stop" and len(names) < len(known):
        unreadable = "wrong"  # as it was learned: there, they are a class of their own
    table = read_table(
        answers,
        classes=names if policy.reader is None else None,
        kind=None if policy.reader is None else OPEN,
        queries=policy.query_names,
        labelled=False,
        unreadable=unreadable,
        reader=policy.reader or _read_as(policy),
        **logs.choices,
    )
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


def _read_as(policy: Policy) -> str | None:
    """The reader of the answers that a policy learned from; None where it does not say."""
    name = policy.about.get(READ_AS)
    return name if isinstance(name, str) and name in READERS else None
