"""Dataclasses as options."""

import inspect
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from ensel.cli.sharing import Options, takes_options


@dataclass(frozen=True)
class Place(Options):
    street: Annotated[str, typer.Argument()]
    number: Annotated[int, typer.Option("--number")] = 1


@takes_options
def show(
    *,
    first: Annotated[str, typer.Option("--first")] = "a",
    place: Place,
    last: Annotated[str, typer.Option("--last")] = "z",
) -> None:
    """Show it."""
    print(first, place, last)


def test_fields_stand_where_the_dataclass_stood():
    parameters = inspect.signature(show).parameters
    assert list(parameters) == ["first", "street", "number", "last"]
    assert parameters["street"].default is inspect.Parameter.empty
    assert parameters["number"].default == 1
    assert show.__doc__ == "Show it."


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["High"], "a Place(street='High', number=1) z"),
        (["High", "--number", "7", "--last", "b"], "a Place(street='High', number=7) b"),
    ],
)
def test_the_command_gets_the_dataclass(arguments, printed):
    app = typer.Typer()
    app.command()(show)
    assert CliRunner().invoke(app, arguments).stdout.strip() == printed
