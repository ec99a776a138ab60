"""Options that several commands share, and the table that they describe."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ensel.cli.arguments import amounts, words
from ensel.cli.completion import complete_source, complete_words
from ensel.cli.sharing import Options
from ensel.exceptions import InputError, InputWarning
from ensel.registry import READERS

if TYPE_CHECKING:
    from ensel.heldout.settings import Verifier
    from ensel.table.prediction_table import PredictionTable

Other = Annotated[
    str,
    typer.Option(
        "--other",
        help="What an answer of a file is that is none of the classes: error, or missing.",
        autocompletion=complete_words(["error", "missing"]),
    ),
]


@dataclass(frozen=True)
class TableOptions(Options):
    """Which table, and how it is read: a dataset by name, or a file."""

    source: Annotated[
        str,
        typer.Argument(
            metavar="DATASET|FILE",
            help="A dataset's name (see [bold]ensel datasets[/bold]) or a CSV or Parquet file.",
            autocompletion=complete_source,
        ),
    ]
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0
    statements: Annotated[
        bool,
        typer.Option("--statements", help="Turn multiple choice into true-or-false statements."),
    ] = False
    label: Annotated[str, typer.Option("--label", help="Name of the label column of a file.")] = (
        "label"
    )
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Second file with the columns item and label.")
    ] = None
    classes: Annotated[
        str | None, typer.Option("--classes", help="All class names in order, comma-separated.")
    ] = None
    ignore: Annotated[
        str | None,
        typer.Option("--ignore", help="Columns of a file to leave out, comma-separated."),
    ] = None
    other: Other = "error"
    reader: Annotated[
        str | None,
        typer.Option(
            "--reader",
            help=f"Answers of a file are no classes, but open; told apart by one of "
            f"{READERS.listed}.",
            autocompletion=complete_words(READERS),
        ),
    ] = None

    @property
    def inputs(self) -> tuple[object, ...]:
        """What is read, and may not be written over."""
        return self.source, self.labels

    def load(self) -> PredictionTable:
        """Read the table; with a warning about columns that look like mistakes.

        Raises
        ------
        InputError
            An unknown dataset, a file that cannot be read, options of files given for a dataset.
        """
        table = self._dataset_or_file()
        if self.statements:
            table = table.as_statements(random_state=self.seed)
        for line in table.trouble():
            warnings.warn(f"{table.name}: {line}", InputWarning, stacklevel=2)
        return table

    def _dataset_or_file(self) -> PredictionTable:
        from ensel.datasets import DATASETS, get_dataset, load_dataset

        path = Path(self.source)
        if self.source in DATASETS and not path.is_file():
            self._check_no_file_options()
            return load_dataset(self.source)
        if not (path.exists() or path.suffix or len(path.parts) > 1):
            get_dataset(self.source)  # raises, naming the nearest dataset
        return self._file(path)

    def _check_no_file_options(self) -> None:
        given = self.label != "label" or self.labels or self.classes or self.ignore
        if given or self.other != "error" or self.reader:
            raise InputError(
                f"{self.source} is a dataset; --label, --labels, --classes, --ignore, --other, "
                "--reader are for files"
            )

    def _file(self, path: Path) -> PredictionTable:
        from ensel.formats import read_table

        return read_table(
            path,
            label=self.label,
            labels_file=self.labels,
            classes=None if self.classes is None else words(self.classes),
            ignore=words(self.ignore or ""),
            other=self.other,
            reader=self.reader,
        )


@dataclass(frozen=True)
class VerifierOptions(Options):
    """Who picks the right answer: a vote, or a verifier that may err."""

    verifier: Annotated[
        bool,
        typer.Option(
            "--verifier",
            help="A test picks the right answer, not a vote: an item is solved if a bought query "
            "is right.",
        ),
    ] = False
    false_accept: Annotated[
        float, typer.Option(help="With --verifier: share of wrong answers that it accepts.")
    ] = 0.0
    false_reject: Annotated[
        float, typer.Option(help="With --verifier: share of right answers that it rejects.")
    ] = 0.0

    def who(self) -> Verifier | None:
        """The verifier; None where there is none.

        Raises
        ------
        InputError
            Error rates without a verifier, or no rates.
        """
        from ensel.heldout.settings import Verifier

        if self.verifier:
            return Verifier(self.false_accept, self.false_reject)
        if self.false_accept or self.false_reject:
            raise InputError("--false-accept and --false-reject are a verifier's: add --verifier")
        return None


@dataclass(frozen=True)
class PriceOptions(Options):
    """What a query costs, where the table does not say."""

    prices: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            help="CSV with the columns model, input, output (USD per million tokens) and, if "
            "known, input_tokens, output_tokens; costs are then USD per 1,000 questions.",
        ),
    ] = None
    tokens: Annotated[
        str | None,
        typer.Option("--tokens", help="With --prices: tokens in and out a question, like 500,200."),
    ] = None

    def applied_to(self, table: PredictionTable) -> PredictionTable:
        """The table with the costs that a file of prices gives.

        Raises
        ------
        InputError
            Tokens without prices, or not two of them; a file that cannot be read.
        """
        from ensel.formats.prices import read_prices, with_prices

        if self.prices is None:
            if self.tokens is not None:
                raise InputError(f"--tokens {self.tokens!r} without --prices: give both")
            return table
        tokens = self._tokens_in_and_out()
        return with_prices(table, read_prices(self.prices), tokens)

    def for_money(self, table: PredictionTable) -> PredictionTable:
        """The table with costs, and without the queries that money cannot buy: none is known.

        Warns
        -----
        InputWarning
            If queries are left out, with their names.
        """
        from ensel.heldout.checks import unpriced

        table = self.applied_to(table)
        unknown = unpriced(table)
        if not 0 < len(unknown) < table.n_queries:
            return table
        warnings.warn(
            f"{table.name}: no cost is known of {len(unknown)} queries, which are left out: "
            f"{', '.join(unknown)}",
            InputWarning,
            stacklevel=2,
        )
        return table.subset(queries=[name for name in table.query_names if name not in unknown])

    def _tokens_in_and_out(self) -> tuple[float, float] | None:
        if self.tokens is None:
            return None
        counts = amounts(self.tokens, "--tokens", "500,200")
        if len(counts) != 2:
            raise InputError(
                f"--tokens {self.tokens!r}: two numbers, tokens in and out, are needed"
            )
        return counts[0], counts[1]
