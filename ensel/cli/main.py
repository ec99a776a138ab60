"""The `ensel` command: parses, calls, prints."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from ensel import __version__
from ensel.cli.arguments import (
    amounts,
    check_outputs,
    load_table,
    numbers,
    priced,
    training_part,
    words,
    write_json,
)
from ensel.cli.options import (
    METHODS,
    VOTES,
    Classes,
    Ignore,
    JsonFile,
    Label,
    LabelsFile,
    Other,
    Prices,
    Seed,
    Source,
    Statements,
    Tokens,
    complete_words,
)
from ensel.exceptions import InputError, InputWarning

app = typer.Typer(
    name="ensel",
    help="Which language models to ask: choose what to ensemble when every query costs money.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"ensel {__version__}")
        raise typer.Exit


@app.command("datasets")
def datasets_command(
    download: Annotated[
        str | None,
        typer.Option(help="Fetch these (comma-separated), or [bold]all[/bold]."),
    ] = None,
) -> None:
    """List datasets of real cached predictions, and fetch them.

    Example: [bold]ensel datasets --download mmlu,medmcqa[/bold]
    """
    from ensel.datasets import DATASETS, get_dataset
    from ensel.datasets.files import fetch_all
    from ensel.report import printing

    if download:
        names = list(DATASETS) if download == "all" else words(download)
        for dataset in [get_dataset(name) for name in names]:
            fetch_all(dataset.files)
    printing.print_datasets(list(DATASETS.values()))


@app.command("info")
def info_command(
    source: Source,
    label: Label = "label",
    labels: LabelsFile = None,
    classes: Classes = None,
    ignore: Ignore = None,
    other: Other = "error",
    statements: Statements = False,
    seed: Seed = 0,
    every: Annotated[bool, typer.Option("--all", help="Print every query.")] = False,
    json: JsonFile = None,
) -> None:
    """Describe a pool: accuracies with intervals, missing answers, error correlation.

    Example: [bold]ensel info imdb[/bold]
    """
    from ensel.heldout import describe
    from ensel.report import printing

    check_outputs(json, inputs=(source, labels))
    table = load_table(source, label, labels, classes, ignore, statements, seed, other)
    result = describe(table)
    if write_json(result, json):
        printing.print_description(result, every=every)


@app.command("compare")
def compare_command(
    source: Source,
    methods: Annotated[
        str,
        typer.Option(
            help="Comma-separated, of: single-best, random, top-k, mrmr, jmi, greedy-mi, "
            "greedy-logit, gain-per-cost, self-moa, exact-mi (small pools).",
            autocompletion=complete_words(METHODS),
            show_default="all that apply but jmi and exact-mi",
        ),
    ] = "",
    votes: Annotated[
        str,
        typer.Option(
            help="Comma-separated, of: majority, weighted, map, logit.",
            autocompletion=complete_words(VOTES),
            show_default="all",
        ),
    ] = VOTES,
    budgets: Annotated[
        str | None,
        typer.Option(help="Queries a question, like 1-8 or 1,3,5; default 1 to min(8, pool)."),
    ] = None,
    train: Annotated[
        str, typer.Option(help="Share (0.5) or number (500) of items to learn from.")
    ] = "0.5",
    splits: Annotated[int, typer.Option(help="Random splits.")] = 5,
    seed: Seed = 0,
    statements: Statements = False,
    label: Label = "label",
    labels: LabelsFile = None,
    classes: Classes = None,
    ignore: Ignore = None,
    other: Other = "error",
    json: JsonFile = None,
    figure: Annotated[
        Path | None, typer.Option(help="Save the picture here (.png, .pdf, .svg).")
    ] = None,
) -> None:
    """Compare methods at equal budgets on items they have not seen.

    Example: [bold]ensel compare imdb --figure imdb.png[/bold]
    """
    from ensel.heldout import compare
    from ensel.report import printing

    check_outputs(json, figure=figure, inputs=(source, labels))
    chosen_budgets = None if budgets is None else numbers(budgets, "--budgets")
    chosen_train = training_part(train)
    table = load_table(source, label, labels, classes, ignore, statements, seed, other)
    result = compare(
        table,
        methods=words(methods) or None,
        votes=words(votes),
        budgets=chosen_budgets,
        train=chosen_train,
        n_splits=splits,
        seed=seed,
    )
    if write_json(result, json):
        printing.print_comparison(result)
    if figure is not None:
        printing.save_figure(result.figure(), figure)
        print(f"figure: {figure}", file=sys.stderr if str(json) == "-" else sys.stdout)


@app.command("select")
def select_command(
    source: Source,
    budget: Annotated[
        int | None,
        typer.Option(help="Most queries a question; default, with --money, min(8, pool)."),
    ] = None,
    money: Annotated[
        float | None,
        typer.Option(help="Most that the queries may cost together, in the unit of the costs."),
    ] = None,
    prices: Prices = None,
    tokens: Tokens = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="One of single-best, random, top-k, mrmr, jmi, greedy-mi, greedy-logit, "
            "gain-per-cost, self-moa, exact-mi (small pools); then the whole budget is spent.",
            autocompletion=complete_words(METHODS),
            show_default="chosen, with the vote and the number of queries",
        ),
    ] = None,
    vote: Annotated[
        str | None,
        typer.Option(
            help="With --method: majority, weighted, map or logit; default map for greedy-mi and "
            "exact-mi, logit for greedy-logit, else weighted.",
            autocompletion=complete_words(VOTES),
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Folds of the cross-validation that judges; default 10.")
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(help="Times the items are cut into folds; default 2, or 1 from 4,000 items."),
    ] = None,
    seed: Seed = 0,
    statements: Statements = False,
    label: Label = "label",
    labels: LabelsFile = None,
    classes: Classes = None,
    ignore: Ignore = None,
    other: Other = "error",
    save: Annotated[Path | None, typer.Option(help="Keep the fitted ensemble here (JSON).")] = None,
    json: JsonFile = None,
) -> None:
    """Choose the queries to buy, and say what they will get. It may be one query.

    Example: [bold]ensel select imdb --budget 3 --save ensemble.json[/bold]
    """
    from ensel.choosing import select
    from ensel.report import printing

    if save is not None and str(save) == "-":
        raise InputError("--save -: an ensemble is kept in a file; give its name")
    check_outputs(json, save, inputs=(source, labels, prices))
    if budget is None and money is None:
        raise InputError("how many queries a question? give --budget 3, or a sum with --money")
    table = load_table(source, label, labels, classes, ignore, statements, seed, other)
    table = priced(table, prices, tokens)
    result = select(
        table,
        budget,
        money=money,
        method=method,
        vote=vote,
        n_folds=folds,
        n_repeats=repeats,
        seed=seed,
    )
    if write_json(result, json):
        printing.print_selection(result)
    if save is not None:
        result.ensemble.save(save)
        print(f"ensemble: {save}", file=sys.stderr if str(json) == "-" else sys.stdout)


@app.command("frontier")
def frontier_command(
    source: Source,
    money: Annotated[
        str | None,
        typer.Option(help="Sums, like 0.5,1,2; default six from the cheapest query up."),
    ] = None,
    budget: Annotated[
        int | None, typer.Option(help="Most queries a question; default min(8, pool).")
    ] = None,
    prices: Prices = None,
    tokens: Tokens = None,
    seed: Seed = 0,
    statements: Statements = False,
    label: Label = "label",
    labels: LabelsFile = None,
    classes: Classes = None,
    ignore: Ignore = None,
    other: Other = "error",
    json: JsonFile = None,
    figure: Annotated[
        Path | None, typer.Option(help="Save the picture here (.png, .pdf, .svg).")
    ] = None,
) -> None:
    """Show accuracy against money: what each sum would buy.

    Example: [bold]ensel frontier imdb-api --figure frontier.png[/bold]
    """
    from ensel.choosing import frontier
    from ensel.report import printing

    check_outputs(json, figure=figure, inputs=(source, labels, prices))
    levels = None if money is None else amounts(money, "--money")
    table = load_table(source, label, labels, classes, ignore, statements, seed, other)
    result = frontier(priced(table, prices, tokens), levels, budget=budget, seed=seed)
    if write_json(result, json):
        printing.print_frontier(result)
    if figure is not None:
        printing.save_figure(result.figure(), figure)
        print(f"figure: {figure}", file=sys.stderr if str(json) == "-" else sys.stdout)


@app.command("floor")
def floor_command(
    source: Source,
    families: Annotated[
        Path | None,
        typer.Option(help="CSV with the columns pattern and family, in place of the shipped one."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Item column, like subject, whose groups the intervals draw whole."),
    ] = None,
    boot: Annotated[
        int | None,
        typer.Option(help="Resamples behind the intervals; default 100 (10 for large pools)."),
    ] = None,
    seed: Seed = 0,
    statements: Statements = False,
    label: Label = "label",
    labels: LabelsFile = None,
    classes: Classes = None,
    ignore: Ignore = None,
    other: Other = "error",
    json: JsonFile = None,
    figures: Annotated[
        Path | None, typer.Option(help="Save three pictures (PNG and PDF) in this folder.")
    ] = None,
) -> None:
    """Say how low an ensemble's error can go, and why it stops there: correlated errors.

    Example: [bold]ensel floor imdb --figures pictures[/bold]
    """
    from ensel.error_model.families import read_families
    from ensel.error_model.floor import error_floor
    from ensel.report import printing

    check_outputs(json, inputs=(source, labels, families))
    if figures is not None and figures.exists() and not figures.is_dir():
        raise InputError(f"{figures}: is no folder; give the pictures a folder of their own")
    mapping = None if families is None else read_families(families)
    table = load_table(source, label, labels, classes, ignore, statements, seed, other)
    result = error_floor(table, families=mapping, cluster=cluster, n_boot=boot, seed=seed)
    if write_json(result, json):
        printing.print_floor(result)
    if figures is not None:
        figures.mkdir(parents=True, exist_ok=True)
        for name, figure in result.figures().items():
            for suffix in (".png", ".pdf"):
                printing.save_figure(figure, figures / f"{name}{suffix}")
        print(f"figures: {figures}", file=sys.stderr if str(json) == "-" else sys.stdout)


@app.command("figures")
def figures_command(
    only: Annotated[
        str | None, typer.Option(help="Comma-separated names of figures.", show_default="all")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder of the figures; made if it is not there.")
    ] = Path("paper_figures"),
    results: Annotated[
        Path, typer.Option(help="Folder of stored results of long measurements.")
    ] = Path("benchmarks/results"),
    jobs: Annotated[int, typer.Option(help="Workers; -1 is one a core.")] = -1,
) -> None:
    """Rebuild the committed figures that changed: PDF, PNG and CSV each, and an index.

    Example: [bold]ensel figures --only regret,money[/bold]
    """
    from ensel.report import printing
    from ensel.studies.paper import RECIPES, Sources, build

    if jobs == 0 or jobs < -1:
        raise InputError(f"--jobs {jobs}: a number from 1, or -1 for one a core, is needed")
    names = None if only is None else words(only)
    done = build(RECIPES, output, only=names, sources=Sources(results=results), n_jobs=jobs)
    printing.print_built(done, output)


@app.command("vote")
def vote_command(
    ensemble: Annotated[
        Path, typer.Argument(metavar="ENSEMBLE", help="What ensel select --save wrote.")
    ],
    answers: Annotated[
        Path, typer.Argument(metavar="ANSWERS", help="CSV or Parquet with the queries' answers.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the CSV here; default the screen.")
    ] = None,
    other: Other = "error",
) -> None:
    """Apply a saved ensemble to new answers: a label and its probability per item.

    Example: [bold]ensel vote ensemble.json new_answers.csv -o labels.csv[/bold]
    """
    from ensel.files import written_whole
    from ensel.formats import read_table
    from ensel.policies.ensemble import Ensemble

    check_outputs(output, inputs=(ensemble, answers))
    fitted = Ensemble.load(ensemble)
    table = read_table(
        answers, classes=fitted.classes, queries=fitted.query_names, labelled=False, other=other
    )
    voted = fitted.predict(table)
    text = voted.to_csv(float_format="%.6g")
    if output is None or str(output) == "-":
        print(text, end="")
        return
    with written_whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print(f"{len(voted):,} labels: {output}")


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; bad input is one line on standard error and exit status 2.

    Parameters
    ----------
    arguments : list of str, optional
        Default: those of the process.
    """
    remarks: list[str] = []  # shown at the end, so that an error stays one line

    def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
        if issubclass(category, InputWarning):
            remarks.append(f"warning: {_one_line(message)}")

    command = typer.main.get_command(app)
    status: Any = 0
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = show
        try:
            status = command.main(arguments, prog_name="ensel", standalone_mode=False)
            for remark in dict.fromkeys(remarks):
                print(remark, file=sys.stderr)
        except InputError as error:
            print(f"error: {_one_line(error)}", file=sys.stderr)
            status = 2
        except (KeyboardInterrupt, typer.Abort):
            print("stopped", file=sys.stderr)
            status = 130
        except BrokenPipeError:  # the reader of our output went away, as `head` does
            sys.stderr.close()
            status = 0
        except Exception as error:
            # Usage errors of the command-line library: unknown options, missing arguments.
            if not hasattr(error, "format_message"):
                raise
            said = _one_line(error.format_message())
            if said:  # `ensel` alone has printed its help
                print(f"error: {said} (see --help)", file=sys.stderr)
            status = 2
    sys.exit(status if isinstance(status, int) else 0)
