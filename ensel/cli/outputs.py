"""Where results go: checked before the work, written after it, whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ensel.exceptions import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCREEN = "-"
FIGURE_SUFFIXES = {".png", ".pdf", ".svg"}

JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Write the result as JSON here; - is the screen.")
]
FigureFile = Annotated[
    Path | None, typer.Option("--figure", help="Save the picture here (.png, .pdf, .svg).")
]


def check_outputs(
    *paths: Path | None, figure: Path | None = None, inputs: tuple[object, ...] = ()
) -> None:
    """Say so before the work, not after it, where a result could not or must not be written.

    Parameters
    ----------
    *paths : Path or None
        Files to be written, where asked for.
    figure : Path, optional
        One that must be a picture.
    inputs : tuple
        What is read, and may not be written over.

    Raises
    ------
    InputError
        Naming the first that cannot be written.
    """
    outputs = [path for path in (*paths, figure) if path is not None and str(path) != SCREEN]
    for path in outputs:
        if not path.absolute().parent.is_dir():
            raise InputError(f"{path}: no folder {path.parent}; make it first")
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: is no regular file; give the name of a file to write")
        if any(path.resolve() == Path(str(given)).resolve() for given in inputs if given):
            raise InputError(f"{path}: is an input; give the result another name")

    if len({path.resolve() for path in outputs}) < len(outputs):
        raise InputError(f"{outputs[0]}: named for two results; give each its own file")
    if figure is not None and figure.suffix.lower() not in FIGURE_SUFFIXES:
        raise InputError(f"{figure}: a name ending in .png, .pdf or .svg is needed")


def write_json(result: Any, path: Path | None) -> bool:
    """Write the result as JSON where asked; True if the screen is free for a report."""
    if path is None:
        return True
    if str(path) == SCREEN:
        print(result.to_json())
        return False
    write_text(path, result.to_json() + "\n")
    return True


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    from ensel.files import written_whole

    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_figure(figure: Figure, path: Path, json: Path | None) -> None:
    """Save a picture, and say where."""
    from ensel.figures.saving import save_figure

    save_figure(figure, path)
    announce(f"figure: {path}", json)


def announce(line: str, json: Path | None) -> None:
    """Print a line beside the result: where JSON has the screen, on standard error."""
    print(line, file=sys.stderr if str(json) == SCREEN else sys.stdout)
