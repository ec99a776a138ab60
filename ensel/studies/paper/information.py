"""Recipes: bits against budget in three terms, and what each term is worth."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from ensel.figures.information import ablation_figure, terms_figure
from ensel.information import entropy_of_counts
from ensel.studies.ablation import ablate_terms
from ensel.studies.paper.recipe import Recipe, stacked
from ensel.studies.paper.sources import Sources
from ensel.studies.terms import information_by_term
from ensel.table.prediction_table import PredictionTable

POOLS = ("mmlu", "medmcqa", "imdb-llm")
MOST_SPLIT = 5
"""Largest budget of the three terms: beyond, held-out items are too few for the patterns."""


def terms(sources: Sources) -> pd.DataFrame:
    """The three terms of what Greedy MI buys, and their sum seen three ways."""
    effort = sources.effort

    def of_table(table: PredictionTable) -> pd.DataFrame:
        rows = information_by_term(
            table,
            most=min(MOST_SPLIT, effort.most),
            n_splits=effort.n_splits,
            seed=effort.seed,
            progress=False,
        )
        entropy = float(entropy_of_counts(np.bincount(table.known_labels)))
        return rows.assign(label_entropy=entropy)

    return stacked(sources, POOLS, of_table)


def ablation(sources: Sources) -> pd.DataFrame:
    """Greedy on one, two and three terms."""
    effort = sources.effort
    compute = partial(
        ablate_terms,
        most=effort.most,
        n_splits=effort.n_splits,
        seed=effort.seed,
        progress=False,
    )
    return stacked(sources, POOLS, compute)


RECIPES = [
    Recipe(
        "information_terms",
        "Information of what Greedy MI buys, in bits, against queries a question. Above: its "
        "three terms, summed over the purchases, on held-out items (Miller-Madow), redundancy "
        "with its minus sign; black: their sum, I(Y; X_S). Below: that sum again, what the "
        "method sees on the items it learns from (plug-in), and a held-out lower bound from the "
        "logit vote; dotted: all there is to tell, H(Y). Estimates from counts drift upwards as "
        "patterns grow in number; the bound does not. Half of the items to learn from; means "
        "over random splits; bands: 95 %.",
        POOLS,
        terms,
        terms_figure,
    ),
    Recipe(
        "ablation",
        "Greedy selection by relevance alone, by relevance less redundancy, and by all three "
        "terms (Greedy MI): held-out accuracy with the MAP vote, its paired difference to all "
        "three terms, and that difference in held-out bits (lower bound by the logit vote). Half "
        "of the items to learn from; means over random splits; bands: 95 % of the paired "
        "difference.",
        POOLS,
        ablation,
        ablation_figure,
    ),
]
