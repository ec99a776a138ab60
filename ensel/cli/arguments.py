"""The command's arguments: taken apart, checked before the work, results written after it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ensel.exceptions import InputError, InputWarning

if TYPE_CHECKING:
    from ensel.table.prediction_table import PredictionTable

MOST_BUDGET = 100_000
FIGURE_SUFFIXES = {".png", ".pdf", ".svg"}


def words(text: str) -> list[str]:
    """Take a comma-separated list apart."""
    return [word.strip() for word in text.split(",") if word.strip()]


def numbers(text: str, option: str) -> list[int]:
    """Whole numbers from a list like ``1,3,5-8``."""
    found: list[int] = []
    for part in words(text):
        first, dash, last = part.partition("-")
        whole = first.isdecimal() and (last.isdecimal() or not dash)
        if not whole or int(last or first) < int(first) or int(last or first) > MOST_BUDGET:
            raise InputError(
                f"{option} {text!r}: {part!r} is neither a whole number nor a range like 1-8"
            )
        found += range(int(first), int(last or first) + 1)
    if not found:
        raise InputError(f"{option} {text!r}: no number in it; give 1,3,5 or a range 1-8")
    return found


def amounts(text: str, option: str, example: str = "0.5,1,2") -> list[float]:
    """Numbers above 0 from a list like ``0.5,1,2``."""
    try:
        found = [float(word) for word in words(text)]
    except ValueError:
        found = []
    if not found or not all(0 <= number < float("inf") for number in found):
        raise InputError(f"{option} {text!r}: numbers from 0 are needed, like {example}")
    return found


def priced(table: PredictionTable, prices: Path | None, tokens: str | None) -> PredictionTable:
    """The table with the costs that a file of prices gives."""
    from ensel.formats.prices import read_prices, with_prices

    if prices is None:
        if tokens is not None:
            raise InputError(f"--tokens {tokens!r} without --prices: give both")
        return table
    counts = None if tokens is None else amounts(tokens, "--tokens", "500,200")
    if counts is not None and len(counts) != 2:
        raise InputError(f"--tokens {tokens!r}: two numbers, tokens in and out, are needed")
    return with_prices(
        table, read_prices(prices), None if counts is None else (counts[0], counts[1])
    )


def training_part(text: str) -> float | int:
    """A share (``0.5``) or a number of items (``500``)."""
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        raise InputError(
            f"--train {text!r}: a share (0.5) or a number of items (500) is needed"
        ) from None


def load_table(
    source: str,
    label: str,
    labels: Path | None,
    classes: str | None,
    ignore: str | None,
    statements: bool,
    seed: int,
    other: str = "error",
) -> PredictionTable:
    """A dataset by name, or a file; with a warning about columns that look like mistakes."""
    from ensel.datasets import DATASETS, get_dataset, load_dataset
    from ensel.formats import read_table

    path = Path(source)
    if source in DATASETS and not path.is_file():
        if label != "label" or labels or classes or ignore or other != "error":
            raise InputError(
                f"{source} is a dataset; --label, --labels, --classes, --ignore, --other are for "
                "files"
            )
        table = load_dataset(source)
    elif path.exists() or path.suffix or len(path.parts) > 1:
        table = read_table(
            path,
            label=label,
            labels_file=labels,
            classes=None if classes is None else words(classes),
            ignore=words(ignore or ""),
            other=other,
        )
    else:
        get_dataset(source)  # raises, naming the nearest dataset
    if statements:
        table = table.as_statements(random_state=seed)
    for line in table.trouble():
        warnings.warn(f"{table.name}: {line}", InputWarning, stacklevel=2)
    return table


def check_outputs(
    *paths: Path | None, figure: Path | None = None, inputs: tuple[object, ...] = ()
) -> None:
    """Say so before the work, not after it, where a result could not or must not be written."""
    outputs = [path for path in (*paths, figure) if path is not None and str(path) != "-"]
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
    """Write the result as JSON where asked; True if the screen is free for a table."""
    if path is None:
        return True
    if str(path) == "-":
        print(result.to_json())
        return False
    from ensel.files import written_whole

    with written_whole(path) as temporary:
        temporary.write_text(result.to_json() + "\n", encoding="utf-8")
    return True
