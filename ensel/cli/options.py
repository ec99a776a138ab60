"""Options that several commands share, and the table that they describe."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ensel.cli.arguments import amounts, words
from ensel.cli.completion import complete_source, complete_words
from ensel.cli.sharing import Options
from ensel.exceptions import InputError, InputNote, InputWarning, shorten
from ensel.registry import READERS

if TYPE_CHECKING:
    from ensel.formats.predictions import ImportedTable
    from ensel.heldout.settings import Verifier
    from ensel.table.prediction_table import PredictionTable


UNREADABLE = "unreadable"
"""What a saved policy's `about` calls what became of answers that could not be read; `READ_AS` is
how they were read."""


Unreadable = Annotated[
    str,
    typer.Option(
        "--unreadable",
        help="Where over 2 % of a query's answers cannot be read: stop, or count them as missing "
        "(an abstention). A policy goes on as it learned.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class LogOptions(Options):
    """Choices that logs leave open."""

    task: Annotated[
        str | None,
        typer.Option("--task", help="Task of logs of several; a pattern like 'mmlu_*' joins some."),
    ] = None
    filter: Annotated[
        str | None, typer.Option("--filter", help="Which filter's reading of a log's responses.")
    ] = None
    metric: Annotated[
        str | None, typer.Option("--metric", help="Which metric or scorer of a log says right.")
    ] = None
    items: Annotated[
        str,
        typer.Option(
            "--items",
            help="Where logs hold different items: stop, or keep all, or those common to all.",
            autocompletion=complete_words(["stop", "all", "common"]),
        ),
    ] = "stop"

    @property
    def choices(self) -> dict[str, Any]:
        """Arguments of `read_predictions`."""
        return {
            "task": self.task,
            "filter": self.filter,
            "metric": self.metric,
            "items": self.items,
        }


@dataclass(frozen=True, kw_only=True)
class ReadingOptions(LogOptions):
    """How files and logs are read."""

    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            help="Name of the label column of a file.",
            show_default="label, or one of its usual names",
        ),
    ] = None
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Second file with the columns item and label.")
    ] = None
    classes: Annotated[
        str | None, typer.Option("--classes", help="All class names in order, comma-separated.")
    ] = None
    ignore: Annotated[
        str | None,
        typer.Option(
            "--ignore", help="Columns of a file, or models of a log, to leave out, comma-separated."
        ),
    ] = None
    reader: Annotated[
        str | None,
        typer.Option(
            "--read",
            help=f"Read answers as one of {READERS.listed}.",
            autocompletion=complete_words(READERS),
            show_default="chosen by the data",
        ),
    ] = None
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help="closed (all items share classes), open, or verdicts (right or wrong).",
            autocompletion=complete_words(["closed", "open", "verdicts"]),
            show_default="chosen by the data",
        ),
    ] = None
    unreadable: Annotated[
        str,
        typer.Option(
            "--unreadable",
            help="Where over 2 % of a query's answers cannot be read: stop, or count them as "
            "missing (an abstention) or wrong (an answer that is never right).",
            autocompletion=complete_words(["stop", "missing", "wrong"]),
        ),
    ] = "stop"

    @property
    def reading(self) -> dict[str, Any]:
        """Arguments of `read_predictions`."""
        return {
            "label": self.label,
            "labels_file": self.labels,
            "classes": None if self.classes is None else words(self.classes),
            "ignore": words(self.ignore or ""),
            "reader": self.reader,
            "kind": self.kind,
            "unreadable": self.unreadable,
            **self.choices,
        }

    @property
    def given(self) -> list[str]:
        """Names of the options that were typed."""
        return [
            "--read" if one.name == "reader" else f"--{one.name}"
            for one in fields(ReadingOptions)
            if getattr(self, one.name) != one.default
        ]


@dataclass(frozen=True, kw_only=True)
class TableOptions(ReadingOptions):
    """Which table, and how it is read: a dataset by name, or files and logs."""

    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="DATASET|PATH...",
            help="A dataset's name (see [bold]ensel datasets[/bold]), or files, folders and globs: "
            "tables (CSV, Excel, Parquet, JSON) or logs of a harness (see [bold]ensel import "
            "--help[/bold]); - is standard input.",
            autocompletion=complete_source,
        ),
    ]
    seed: Annotated[int, typer.Option("--seed", help="Seed of everything random.")] = 0
    statements: Annotated[
        bool,
        typer.Option("--statements", help="Turn multiple choice into true-or-false statements."),
    ] = False

    @property
    def inputs(self) -> tuple[object, ...]:
        """What is read, and may not be written over."""
        return (*self.sources, self.labels)

    def load(self) -> PredictionTable:
        """Read the table; with remarks on what was read as what, and what looks like a mistake.

        Raises
        ------
        InputError
            An unknown dataset, a file that cannot be read, options of files given for a dataset.
        """
        return self.found()[0]

    def found(self, *, quiet: bool = False) -> tuple[PredictionTable, ImportedTable | None]:
        """The table, and how it was read: None for a dataset. Raises as `load` does.

        Where the caller reports how it was read, `quiet` leaves the note out.
        """
        dataset = self._dataset()
        table, one = (dataset, None) if dataset is not None else self._files(quiet)
        if self.statements:
            table = table.as_statements(random_state=self.seed)
        for line in table.trouble():
            warnings.warn(f"{table.name}: {line}", InputWarning, stacklevel=2)
        return table, one

    def _dataset(self) -> PredictionTable | None:
        from ensel.datasets import DATASETS, get_dataset, load_dataset

        first = self.sources[0]
        path = Path(first)
        if first in DATASETS and not path.is_file():
            if self.given or len(self.sources) > 1:
                extra = shorten([*self.given, *self.sources[1:]])
                raise InputError(
                    f"{first} is a dataset, read as it is; leave out {extra} (they are for files)"
                )
            return load_dataset(first)
        looks_like_a_path = path.exists() or path.suffix or len(path.parts) > 1
        if not (looks_like_a_path or first == "-" or has_magic(first)):
            get_dataset(first)  # raises, naming the nearest dataset
        return None

    def _files(self, quiet: bool) -> tuple[PredictionTable, ImportedTable]:
        from ensel.formats import lost_answers, read_predictions
        from ensel.report.predictions import reading_line

        found = read_predictions(self.sources, **self.reading, progress=True)
        one = found.only
        line = reading_line(one)
        if line is not None and not quiet:
            warnings.warn(line, InputNote, stacklevel=2)
        for line in lost_answers(found):
            warnings.warn(line, InputWarning, stacklevel=2)
        return one.table, one


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
    verifier_cost: Annotated[
        float,
        typer.Option(
            help="With --verifier: what looking at one answer costs, in the unit of the costs; "
            "comparisons count it."
        ),
    ] = 0.0

    def who(self) -> Verifier | None:
        """The verifier; None where there is none.

        Raises
        ------
        InputError
            Error rates or a cost without a verifier, or none of these.
        """
        from ensel.heldout.settings import Verifier

        if self.verifier:
            return Verifier(self.false_accept, self.false_reject, self.verifier_cost)
        if self.false_accept or self.false_reject or self.verifier_cost:
            raise InputError(
                "--false-accept, --false-reject and --verifier-cost are a verifier's: add "
                "--verifier"
            )
        return None


@dataclass(frozen=True)
class PriceOptions(Options):
    """What a query costs, where the table does not say."""

    prices: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            help="Price list: CSV with the columns model, input, output (USD per million tokens "
            "unless the header says otherwise) and, if known, input_tokens, output_tokens; or "
            "LiteLLM's or OpenRouter's JSON. Costs are then USD per 1,000 questions.",
        ),
    ] = None
    price_unit: Annotated[
        str | None,
        typer.Option(
            "--price-unit",
            help="With --prices: what a price is for, where the list does not say: token, 1k or 1m "
            "tokens.",
            autocompletion=complete_words(["token", "1k", "1m"]),
        ),
    ] = None
    tokens: Annotated[
        str | None,
        typer.Option("--tokens", help="With --prices: tokens in and out a question, like 500,200."),
    ] = None

    def applied_to(self, table: PredictionTable) -> PredictionTable:
        """The table with the costs that a price list gives; with a warning about odd costs.

        Raises
        ------
        InputError
            Tokens or a unit without prices, not two tokens; a list that cannot be read.
        """
        if self.prices is None:
            for option, value in (("--tokens", self.tokens), ("--price-unit", self.price_unit)):
                if value is not None:
                    raise InputError(f"{option} {value!r} without --prices: give both")
            self._warn_of_odd_costs(table)
            return table
        from ensel.formats.prices import read_prices, with_prices

        tokens = self._tokens_in_and_out()
        return with_prices(table, read_prices(self.prices, unit=self.price_unit), tokens)

    def _warn_of_odd_costs(self, table: PredictionTable) -> None:
        """Of a file, whose source is itself: those of a dataset were looked at when it was made."""
        from ensel.formats.cost_oddities import cost_oddities

        if table.source in (None, table.name) and "cost" in table.queries:
            for line in cost_oddities(table.queries["cost"], table.queries):
                warnings.warn(f"{table.name}: {line}", InputWarning, stacklevel=3)

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


@dataclass(frozen=True)
class CopiesOptions(Options):
    """Whether one model under two names counts as one."""

    keep_copies: Annotated[
        bool,
        typer.Option(
            "--keep-copies",
            help="Let copies of a query (one model under two names, answers uploaded twice) count "
            "each; default: as one, and say which.",
        ),
    ] = False

    @property
    def how(self) -> str:
        """The argument `copies` of the front doors."""
        return "keep" if self.keep_copies else "merge"
