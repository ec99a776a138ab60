"""What the command line prints: tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ensel.error_model.floor_result import ASSUMPTIONS
from ensel.exceptions import shorten
from ensel.files import written_whole
from ensel.heldout.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ensel.choosing import Frontier, Selection
    from ensel.datasets import Dataset
    from ensel.error_model.floor_result import Floor
    from ensel.heldout import Comparison, Description
    from ensel.studies.paper import Built
    from ensel.table.prediction_table import PredictionTable

MOST_QUERIES = 24
BUDGETS_PER_TABLE = 8


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # the command treats it alike wherever it happens


def _console() -> Console:
    return _Console(highlight=False, soft_wrap=False)


def _table(*columns: str, left: int = 1) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(columns):
        if number < left:
            table.add_column(name, overflow="fold")
        else:
            table.add_column(name, justify="right", no_wrap=True)
    return table


def print_datasets(datasets: Iterable[Dataset]) -> None:
    """Print name, size, whether local, contents, licence and source of each dataset."""
    console = _console()
    table = _table("dataset", "size", "local", "what, licence, source")
    table.columns[3].justify = "left"
    table.columns[3].no_wrap = False
    for dataset in datasets:
        where = "embedded" if dataset.embedded else ("yes" if dataset.local else "no")
        table.add_row(
            dataset.name,
            f"{dataset.n_bytes / 1e6:.1f} MB",
            where,
            f"{dataset.about}; {dataset.licence}; {dataset.source}",
        )
    console.print(table)
    console.print("\nFetch with: ensel datasets --download NAME[,NAME] (or all)", markup=False)


def print_description(result: Description, *, every: bool = False) -> None:
    """Print a pool: its queries, what is missing, what moves together."""
    console = _console()
    data = result.to_dict()
    labels = ", ".join(f"{name} {count:,}" for name, count in data["classes"].items())
    console.print(
        f"{data['dataset']}: {data['n_items']:,} items{_questions(result.table)}, "
        f"{data['n_queries']} queries of "
        f"{data['n_models']} models; labels: {labels}\n",
        markup=False,
    )
    with_cost = "cost" in result.queries
    header = ["query", "acc. %", "95 %", "missing", "phi"]
    table = _table(*header, *(["cost"] if with_cost else []))
    shown = result.queries if every else result.queries.head(MOST_QUERIES)
    for name, row in shown.iterrows():
        cells = [
            str(name),
            f"{100 * row['accuracy']:.2f}",
            f"{100 * row['accuracy_low']:.1f}-{100 * row['accuracy_high']:.1f}",
            f"{row['missing']:,}",
            "-" if np.isnan(row["error_correlation"]) else f"{row['error_correlation']:.2f}",
        ]
        table.add_row(*cells, *([f"{row['cost']:.3g}"] if with_cost else []))
    console.print(table)
    hidden = len(result.queries) - len(shown)
    if hidden:
        console.print(f"... and {hidden} less accurate ones (--all prints them)")
    console.print()
    if len(result.pairs) and not np.isnan(result.mean_error_correlation):
        console.print(
            f"Mean correlation of errors (phi) over pairs: {result.mean_error_correlation:.3f} "
            "(column phi: with the others); most correlated:"
        )
        for _, pair in result.pairs.head(3).iterrows():
            console.print(
                f"  {pair['error_correlation']:.2f}  {pair['first']} ~ {pair['second']}",
                markup=False,
            )
    share = max(data["classes"].values()) / data["n_items"]
    poor = list(result.queries.index[result.queries["accuracy"] <= share])
    if poor:
        commonest = max(data["classes"], key=data["classes"].get)
        console.print(
            f"No better than always answering {commonest} ({100 * share:.1f} %): "
            f"{shorten(poor, 6)}.",
            markup=False,
        )
    console.print(f"Items that every query gets wrong: {100 * result.all_wrong:.2f} %.")
    if with_cost:
        console.print(f"Costs are in {result.table.cost_unit or 'the file’s unit'}.")
    if result.duplicates:
        pairs = [f"{later} = {first}" for first, later in result.duplicates]
        console.print(f"Duplicate columns: {shorten(pairs)}", markup=False)
    else:
        console.print("No duplicate columns.")


def _questions(table: PredictionTable) -> str:
    """How many questions the items are copies of, where some are."""
    if table.n_questions == table.n_items:
        return ""
    return f" (copies of {table.n_questions:,} questions, by the column group)"


def print_comparison(result: Comparison) -> None:
    """Print held-out accuracies, a row per method and vote, a column per budget."""
    console = _console()
    console.print(
        f"Held-out accuracy (%) on {result.dataset}: {result.n_train:,} of {result.n_items:,} "
        f"items to learn from, mean of {result.n_splits} random splits; a column per budget "
        "(queries a question).",
        markup=False,
    )
    wide = result.accuracy_table()
    marks = {
        (row.method, row.vote, row.budget): "+" if row.diff_vs_top_k_low > 0 else "-"
        for row in result.rows.itertuples()
        if row.diff_vs_top_k_low > 0 or row.diff_vs_top_k_high < 0
    }
    budgets = list(wide.columns)
    for start in range(0, len(budgets), BUDGETS_PER_TABLE):
        block = budgets[start : start + BUDGETS_PER_TABLE]
        console.print()
        table = _table("method", "vote", *(f"{budget} " for budget in block), left=2)
        for column in table.columns:
            column.padding = (0, 1, 0, 0)  # type: ignore[attr-defined]
            column.no_wrap = True
        last = None
        for key, row in wide[block].iterrows():
            if row.isna().all():
                continue
            method, vote = str(key[0]), str(key[1])
            cells = [
                Text("") if pd.isna(row[b]) else _marked(row[b], marks.get((method, vote, b), " "))
                for b in block
            ]
            table.add_row("" if method == last else method, vote, *cells)
            last = method
        console.print(table)
    console.print(
        "\n+ above, - below top-k + weighted vote at the same budget (95 % interval of the paired "
        "difference leaves out 0). All intervals: --json FILE; a picture: --figure FILE."
    )
    single = result.rows[result.rows["method"] == "single-best"]
    if len(single):
        row = single.iloc[0]
        console.print(
            f"The single best query alone: {100 * row['accuracy']:.1f} % "
            f"[{100 * row['accuracy_low']:.1f}, {100 * row['accuracy_high']:.1f}]."
        )
    by_reason: dict[tuple[str, str], list[int]] = {}
    for entry in result.skipped:
        by_reason.setdefault((entry["method"], entry["reason"]), []).append(entry["budget"])
    for (method, reason), skipped in by_reason.items():
        console.print(f"Skipped {method} at budget {shorten(skipped, 10)}: {reason}.", markup=False)


def _marked(accuracy: float, mark: str) -> Text:
    style = {"+": "green", "-": "red"}.get(mark, "")
    return Text(f"{100 * accuracy:.1f}{mark}", style=style)


def print_selection(result: Selection) -> None:
    """Print the bought queries, what they are expected to get, and why these."""
    console = _console()
    how = "chosen by cross-validation" if result.chosen else "as asked for"
    console.print(
        f"{result.dataset} ({result.n_items:,} items), budget {result.budget}"
        + (f", money {result.money:g}: " if result.money is not None else ": ")
        + f"{_ensemble(result.method, result.vote)}, {how}\n",
        markup=False,
    )
    with_cost = not result.steps["cost"].isna().any()
    gain = "gain (bits)" if result.gain_unit == "bits" else "alone (%)"
    header = ["", "query", gain, *(["cost"] if with_cost else []), "held out %", "bought again"]
    table = _table(*header, left=2)
    shares = result.stability.set_index("query")["share"]
    for number, row in enumerate(result.steps.to_dict("records"), start=1):
        brought = row["gain"] if result.gain_unit == "bits" else 100 * row["gain"]
        cost = [f"{row['cost']:.3g}"] if with_cost else []
        again = f"{100 * shares.get(row['query'], 0.0):.0f} %"
        table.add_row(
            f"{number}",
            row["query"],
            f"{brought:.3f}",
            *cost,
            f"{100 * row['accuracy']:.1f}",
            again,
        )
    console.print(table)
    console.print()
    console.print(f"Expected held-out accuracy   {result.expected.percent}", markup=False)
    console.print(f"Single best query alone      {result.single.percent}", markup=False)
    if result.method != "single-best":
        console.print(f"Gain over the single best    {result.gain_vs_single.points}", markup=False)
    if with_cost:
        unit = result.cost_unit or "the file's unit"
        console.print(f"Cost                         {result.cost:.3g} ({unit})", markup=False)
    console.print(f"Verdict: {result.why}.", markup=False)
    if result.silent > 0:
        console.print(
            f"No bought query answers {100 * result.silent:.1f} % of the items: here they count as "
            "wrong (ensel vote guesses their label).",
            markup=False,
        )
    console.print(f"Information on the label: {result.information}.", markup=False)
    if len(result.by_budget) > 1 and result.chosen:
        console.print("\nWhat each budget would buy, where that changes:")
        with_cost = not result.by_budget["cost"].isna().any()
        table = _table(
            "budget",
            "buys",
            "method + vote",
            *(["cost"] if with_cost else []),
            "expected %",
            "gain on single",
            left=0,
        )
        table.columns[2].no_wrap = False
        before = None
        for row in result.by_budget.to_dict("records"):
            if (row["method"], row["vote"], row["queries"]) == before:
                continue
            before = row["method"], row["vote"], row["queries"]
            expected = Estimate(row["accuracy"], row["accuracy_low"], row["accuracy_high"])
            gained = Estimate(
                row["gain_vs_single"], row["gain_vs_single_low"], row["gain_vs_single_high"]
            )
            table.add_row(
                f"{row['budget']}",
                f"{row['size']}",
                _ensemble(row["method"], row["vote"]),
                *([f"{row['cost']:.3g}"] if with_cost else []),
                expected.percent.replace(" %", ""),
                gained.points.replace(" points", "") if row["method"] != "single-best" else "-",
            )
        console.print(table)
    curve = result.learning_curve
    if len(curve) > 1 and result.method != "single-best":
        points = ", ".join(
            f"{100 * row['accuracy']:.1f} % with {row['n_train']:,.0f}"
            for row in curve.to_dict("records")
        )
        last = curve.iloc[-1]
        doubling = Estimate(last["doubling"], last["doubling_low"], last["doubling_high"])
        console.print(
            f"\nMore labels: this ensemble gets {points}; the last doubling brought "
            f"{doubling.points}.",
            markup=False,
        )
    console.print(
        f"(95 % intervals, from {result.n_folds}-fold cross-validation, repeats: "
        f"{result.n_repeats}, less the luck of the choice. held out %: of buying up "
        "to here, luck included. The ensemble kept is fitted on all items. bought again: share of "
        "resamples of the items that buy this query.)",
        markup=False,
    )


def _ensemble(method: str, vote: str) -> str:
    """Method and vote; a single query does not vote."""
    return method if method == "single-best" else f"{method} + {vote}"


def print_frontier(result: Frontier) -> None:
    """Print what each sum of money would buy."""
    console = _console()
    console.print(
        f"Accuracy against money on {result.dataset} ({result.n_items:,} items), in "
        f"{result.cost_unit or 'the unit of the file'}\n",
        markup=False,
    )
    table = _table("money", "cost", "buys", "expected %", "gain on single", "method", "", left=0)
    table.columns[5].justify, table.columns[5].no_wrap = "left", False
    for row in result.rows.to_dict("records"):
        single = row["method"] == "single-best"
        expected = Estimate(row["accuracy"], row["accuracy_low"], row["accuracy_high"])
        gained = Estimate(
            row["gain_vs_single"], row["gain_vs_single_low"], row["gain_vs_single_high"]
        )
        table.add_row(
            f"{row['money']:.3g}",
            f"{row['cost']:.3g}",
            f"{len(row['queries'])}",
            expected.percent.replace(" %", ""),
            "-" if single else gained.points.replace(" points", ""),
            _ensemble(row["method"], row["vote"]),
            "" if row["worth_it"] else "*",
        )
    console.print(table)
    if not result.rows["worth_it"].all():
        console.print("\n* something cheaper is expected to be as accurate.")
    console.print("\ngain on single: over the best single query that the money buys, in points.")
    for row in result.rows[result.rows["worth_it"]].drop_duplicates("cost").to_dict("records"):
        console.print(f"{row['cost']:.3g}: {shorten(row['queries'], 8)}", markup=False)


def print_floor(result: Floor) -> None:
    """Print the four lines, each with its assumption; co-failure; families; warnings."""
    console = _console()
    value = result.estimates
    console.print(
        f"Error floors of {result.dataset}: {result.n_models} queries, {result.n_items:,} items\n",
        markup=False,
    )
    table = _table("", "error %", "95 %", "what it assumes")
    table.columns[0].no_wrap = True
    table.columns[3].justify, table.columns[3].no_wrap = "left", False
    lines = [
        ("mean of the queries", "mean_error", ""),
        ("best single query", "best_single_error", ""),
        ("(a) uniform floor", "uniform_floor", ASSUMPTIONS["uniform_floor"]),
        ("(b) vote limit", "vote_limit", ASSUMPTIONS["vote_limit"]),
        ("(c) Bayes error", "bayes_error", ASSUMPTIONS["bayes_error"]),
    ]
    for name, key, words in lines:
        e = value[key]
        interval = "-" if np.isnan(e.low) else f"{100 * e.low:.2f}-{100 * e.high:.2f}"
        shown = "-" if np.isnan(e.value) else f"{100 * e.value:.2f}"
        table.add_row(name, shown, interval, words[4:])
    real = result.curve[["held_out_top_k", "held_out_greedy_mi"]]
    for column, name in zip(real, ("top-k + weighted", "greedy-mi + map"), strict=True):
        known = result.curve[result.curve[column].notna()]
        errors = ", ".join(f"{100 * error:.1f}" for error in known[column])
        low, high = known[f"{column}_low"].iloc[-1], known[f"{column}_high"].iloc[-1]
        table.add_row(
            f"(d) {name}",
            f"{100 * known[column].iloc[-1]:.2f}",
            f"{100 * low:.2f}-{100 * high:.2f}",
            f"held out, {known['size'].iloc[-1]} queries; from 1 on: {errors}",
        )
    rule = result.rule_held_out
    if not np.isnan(rule.value):
        table.add_row(
            "(d) the rule of (c)",
            f"{100 * rule.value:.2f}",
            f"{100 * rule.low:.2f}-{100 * rule.high:.2f}",
            "held out, all queries",
        )
    console.print(table)
    se = result.bayes_error_se
    if se > 0:
        console.print(f"(c) by Monte Carlo, standard error {100 * se:.2f} points.")
    rho, phi, mi = (value[k] for k in ("mean_tetrachoric", "mean_phi", "mi_limit_bits"))
    console.print(
        f"\nErrors: mean tetrachoric correlation {rho.value:.3f} [{rho.low:.3f}, {rho.high:.3f}], "
        f"phi {phi.value:.3f}; information limit of the uniform pool {mi.value:.3f} bits.",
        markup=False,
    )
    within, across, apart = (
        value[k] for k in ("within_family", "across_family", "family_difference")
    )
    if not np.isnan(apart.value):
        console.print(
            f"Within families {within.value:.3f}, across {across.value:.3f}: difference "
            f"{apart.value:+.3f} [{apart.low:+.3f}, {apart.high:+.3f}].",
            markup=False,
        )
    agreement = result.model.agreement_
    if agreement.chance < 1:
        console.print(
            f"Two wrong answers agree in {100 * agreement.rate:.0f} % of cases "
            f"(chance {100 * agreement.chance:.0f} %)."
        )
    failed, predicted = result.co_failure, value["all_wrong_predicted"].value
    console.print(
        f"All wrong: {100 * failed.observed:.2f} % of items [{100 * failed.low:.2f}, "
        f"{100 * failed.high:.2f}]; the copula says {100 * predicted:.2f} %. No rule that outputs "
        f"a member's answer gains more than {100 * failed.gain_ceiling:.1f} points over "
        "the best single query (95 % certificate).",
        markup=False,
    )
    lost = result.all_wrong_items
    if "suspect" in lost and len(lost):
        console.print(
            f"Of the {len(lost)} all-wrong items, {int(lost['suspect'].sum())} have a label "
            "that is itself in doubt (list: --json)."
        )
    if result.ok_items is not None:
        ok = result.ok_items
        console.print(
            f"On the {ok.n_items:,} items with a sound label: best single "
            f"{100 * ok.estimates['best_single_error'].value:.2f} %, (c) "
            f"{100 * ok.estimates['bayes_error'].value:.2f} %, all wrong "
            f"{100 * ok.co_failure.observed:.2f} %."
        )
    for text in result.warnings:
        console.print(f"Note: {text}.", markup=False)


def print_built(done: Sequence[Built], folder: Path) -> None:
    """Print what became of each figure of a folder."""
    console = _console()
    table = _table("figure", "", "seconds", left=2)
    for one in done:
        took = f"{one.seconds:.1f}" if one.what in ("built", "redrawn") else ""
        table.add_row(one.name, one.what, took)
    console.print(table)
    for one in done:
        if one.reason:
            console.print(f"{one.name} skipped: {one.reason}", markup=False)
    console.print(f"index: {folder / 'README.md'}", markup=False)


def save_figure(figure: Figure, path: Path) -> None:
    """Save a figure, whole or not at all, in the format its name ends in."""
    import matplotlib as mpl

    from ensel.figures.style import RC

    # Fonts of a PDF are settled when it is saved, not when it is drawn.
    with mpl.rc_context(RC), written_whole(path) as temporary:
        figure.savefig(temporary, format=path.suffix.lower()[1:])
