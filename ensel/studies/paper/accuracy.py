"""Recipes: held-out accuracy against budget, money and labels."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from ensel.choosing.frontiers import frontier
from ensel.choosing.learning_curve import learning_curves
from ensel.figures.choices import learning_figure
from ensel.figures.comparison import budget_figure, votes_figure
from ensel.figures.frontiers import money_figure
from ensel.heldout.candidates import SINGLE, method_at
from ensel.registry import SELECTORS
from ensel.studies.paper.recipe import Recipe, labelled, stacked
from ensel.studies.paper.sources import Sources
from ensel.table.prediction_table import PredictionTable

POOLS = ("mmlu", "medmcqa", "imdb-llm", "imdb")
MONEY = "imdb-api"
LABELS = (50, 100, 200, 400, 800, 1600)
LEARNERS = ("single-best", "top-k", "greedy-mi", "greedy-logit")
BUDGET = 5
SEPARATOR = "; "
OF_SEQUENCES = (
    "queries",
    "mean_queries",
    "mean_budget",
    *(f"diff_equal_{what}{end}" for what in ("queries", "cost") for end in ("", "_low", "_high")),
)
"""Columns that say nothing of sets, which ask as many queries as their budget; and the names."""


def comparison(sources: Sources, name: str) -> pd.DataFrame:
    """Every method with every vote, on one pool."""
    result = sources.comparison(name)
    rows = result.rows.drop(columns=[name for name in result.rows if name in OF_SEQUENCES])
    rows.insert(0, "n_train", result.n_train)
    rows.insert(1, "n_splits", result.n_splits)
    return labelled(rows, sources.table(name))


def accuracy(sources: Sources) -> pd.DataFrame:
    """Every method with its own vote, on all pools."""
    frame = pd.concat([comparison(sources, name) for name in POOLS], ignore_index=True)
    own_vote = frame["method"].map(lambda method: SELECTORS[method].matched_vote)
    return frame[(frame["vote"] == own_vote) | (frame["method"] == SINGLE)]


def draw_votes(frame: pd.DataFrame) -> Figure:
    """All methods and votes on the one dataset of a frame."""
    first = frame.iloc[0]
    return votes_figure(
        frame,
        dataset=first["dataset"],
        n_items=int(first["n_items"]),
        n_train=int(first["n_train"]),
        n_splits=int(first["n_splits"]),
    )


def money(sources: Sources) -> pd.DataFrame:
    """What sums of money buy."""
    table = sources.table(MONEY)
    result = frontier(
        table,
        budget=min(sources.effort.most, table.n_queries),
        n_boot=max(sources.effort.n_boot // 4, 2),
        seed=sources.effort.seed,
        progress=False,
    )
    rows = result.rows.assign(
        queries=result.rows["queries"].map(SEPARATOR.join), cost_unit=result.cost_unit or ""
    )
    return labelled(rows, table)


def draw_money(frame: pd.DataFrame) -> Figure:
    """What sums of money buy on the one dataset of a frame."""
    first = frame.iloc[0]
    return money_figure(
        frame.assign(queries=frame["queries"].str.split(SEPARATOR)),
        dataset=first["dataset"],
        n_items=int(first["n_items"]),
        cost_unit=first["cost_unit"] if isinstance(first["cost_unit"], str) else None,
    )


def learning(sources: Sources) -> pd.DataFrame:
    """Accuracy against labels, at one budget."""
    effort = sources.effort

    def of_table(table: PredictionTable) -> pd.DataFrame:
        size = min(BUDGET, effort.most, table.n_queries)
        return learning_curves(
            table,
            [method_at(method, size) for method in LEARNERS],
            LABELS,
            baseline=method_at("top-k", size),
            n_splits=effort.n_splits,
            seed=effort.seed,
            progress=False,
        )

    return stacked(sources, POOLS[:3], of_table)


RECIPES = [
    Recipe(
        "accuracy",
        "Held-out accuracy against queries a question (above), and the paired difference to "
        "top-k + weighted vote at the same budget (below), each method with its own vote. "
        "Queries and votes are learned on half of the items, judged on the other half; means "
        "over random splits. Bands: 95 % of the paired difference, splits accounted for. Bands, "
        "random draws and gain-per-cost (for imdb, whose costs are CPU time) may leave the "
        "frame. The numbers also hold the intervals of the accuracies.",
        POOLS,
        accuracy,
        budget_figure,
    ),
    *(
        Recipe(
            f"accuracy_{name.replace('-', '_')}",
            f"Held-out accuracy on {name} against queries a question, all methods with all votes "
            "(above), and the paired difference to top-k + weighted vote at the same budget "
            "(below). Half of the items to learn from; means over random splits; bands: 95 % of "
            "the paired difference.",
            (name,),
            partial(comparison, name=name),
            draw_votes,
        )
        for name in POOLS
    ),
    Recipe(
        "learning_curve",
        f"Held-out accuracy of ensembles of {BUDGET} queries, and of the single best query, "
        "against labelled items to learn from (above); the paired difference to top-k + weighted "
        "vote learned from as many (below). Smaller training sets are part of larger ones, all "
        "judged on the same half of the items; means over random splits; bands: 95 %, which may "
        "leave the frame.",
        POOLS[:3],
        learning,
        learning_figure,
    ),
    Recipe(
        "money",
        "Expected held-out accuracy of what `select` buys for a sum of money, against what is "
        "spent. Joined: worth it; hollow: something cheaper is expected to be as good. "
        "Cross-validated, corrected for having picked the winner; bars: 95 %.",
        (MONEY,),
        money,
        draw_money,
    ),
]
