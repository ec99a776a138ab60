"""The `ensel` command: its commands, and what becomes of errors."""

from __future__ import annotations

import re
import sys
import warnings
from typing import Annotated, Any

import typer

from ensel import __version__
from ensel.cli.certify import certify_command
from ensel.cli.compare import compare_command
from ensel.cli.datasets import datasets_command
from ensel.cli.figures import figures_command
from ensel.cli.floor import floor_command
from ensel.cli.frontier import frontier_command
from ensel.cli.import_answers import import_command
from ensel.cli.info import info_command
from ensel.cli.select import select_command
from ensel.cli.vote import vote_command
from ensel.exceptions import InputError, InputNote, InputWarning

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Codes by which a name in somebody's file could move the cursor; line breaks are folded."""

app = typer.Typer(
    name="ensel",
    help="Which language models to ask: choose what to ensemble when every query costs money.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("datasets")(datasets_command)
app.command("import")(import_command)
app.command("info")(info_command)
app.command("compare")(compare_command)
app.command("select")(select_command)
app.command("frontier")(frontier_command)
app.command("floor")(floor_command)
app.command("figures")(figures_command)
app.command("vote")(vote_command)
app.command("certify")(certify_command)

BAD_INPUT, STOPPED = 2, 130
"""Exit statuses."""


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"ensel {__version__}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; bad input is one line on standard error and exit status 2.

    Parameters
    ----------
    arguments : list of str, optional
        Default: those of the process.
    """
    try:
        status = _run(arguments)
    except InputError as error:
        status = _complain(f"error: {_one_line(error)}", BAD_INPUT)
    except (KeyboardInterrupt, typer.Abort):
        status = _complain("stopped", STOPPED)
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        status = 0
    except Exception as error:
        status = _complain(_usage(error), BAD_INPUT)
    sys.exit(status)


def _run(arguments: list[str] | None) -> int:
    """Run the command, then show its remarks: at the end, so that an error stays one line."""
    remarks: dict[str, None] = {}  # each once, in order

    def keep(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if issubclass(category, InputWarning):
            what = "note" if issubclass(category, InputNote) else "warning"
            remarks[f"{what}: {_one_line(message)}"] = None

    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = keep
        command = typer.main.get_command(app)
        status: Any = command.main(arguments, prog_name="ensel", standalone_mode=False)

    for remark in remarks:
        print(remark, file=sys.stderr)
    return status if isinstance(status, int) else 0


def _usage(error: Exception) -> str:
    """The line for a usage error of the command-line library; raises what is none.

    Unknown options and missing arguments are such. `ensel` alone is one without a message: it has
    printed its help.
    """
    if not hasattr(error, "format_message"):
        raise error
    message = _one_line(error.format_message())
    return f"error: {message} (see --help)" if message else ""


def _complain(line: str, status: int) -> int:
    if line:
        print(line, file=sys.stderr)
    return status


def _one_line(text: object) -> str:
    return " ".join(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(text)).split())
