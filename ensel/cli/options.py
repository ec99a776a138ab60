"""Options that several commands share, and what their arguments complete to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

METHODS = "single-best,random,top-k,mrmr,jmi,greedy-mi,greedy-logit,gain-per-cost,self-moa,exact-mi"
VOTES = "majority,weighted,map,logit"
TABLE_SUFFIXES = {".csv", ".tsv", ".parquet"}


def complete_source(incomplete: str) -> list[str]:
    """Datasets, folders and files of tables that begin like this."""
    from ensel.datasets import list_datasets

    names = [name for name in list_datasets() if name.startswith(incomplete)]
    start = Path(incomplete)
    folder = start if incomplete.endswith("/") else start.parent
    wanted = "" if incomplete.endswith("/") else start.name
    found = sorted(p for p in folder.glob(f"{wanted}*") if p.is_dir() or p.suffix in TABLE_SUFFIXES)
    return names + [f"{p}/" if p.is_dir() else str(p) for p in found]


def complete_words(words: str) -> Callable[[str], list[str]]:
    """Completion of the last of several words of a list, separated by commas."""

    def complete(incomplete: str) -> list[str]:
        done, comma, start = incomplete.rpartition(",")
        return [done + comma + word for word in words.split(",") if word.startswith(start)]

    return complete


Source = Annotated[
    str,
    typer.Argument(
        metavar="DATASET|FILE",
        help="A dataset's name (see [bold]ensel datasets[/bold]) or a CSV or Parquet file.",
        autocompletion=complete_source,
    ),
]
Label = Annotated[str, typer.Option("--label", help="Name of the label column of a file.")]
LabelsFile = Annotated[
    Path | None, typer.Option("--labels", help="Second file with the columns item and label.")
]
Classes = Annotated[
    str | None, typer.Option("--classes", help="All class names in order, comma-separated.")
]
Ignore = Annotated[
    str | None, typer.Option("--ignore", help="Columns of a file to leave out, comma-separated.")
]
Other = Annotated[
    str,
    typer.Option(
        "--other",
        help="What an answer of a file is that is none of the classes: error, or missing.",
        autocompletion=complete_words("error,missing"),
    ),
]
Statements = Annotated[
    bool,
    typer.Option("--statements", help="Turn multiple choice into true-or-false statements."),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of everything random.")]
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Write the result as JSON here; - is the screen.")
]
Prices = Annotated[
    Path | None,
    typer.Option(
        help="CSV with the columns model, input, output (USD per million tokens) and, if known, "
        "input_tokens, output_tokens; costs are then USD per 1,000 questions."
    ),
]
Tokens = Annotated[
    str | None,
    typer.Option(help="With --prices: tokens in and out a question, like 500,200."),
]
