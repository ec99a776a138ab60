"""Recipes: samples of one model or a mixture, regret of `select`, stability of what it buys."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from ensel.choosing.recommendation import select
from ensel.figures.choices import stability_figure, temperature_figure
from ensel.figures.regret import regret_figure
from ensel.studies.paper.recipe import Recipe, stacked
from ensel.studies.paper.sources import Sources
from ensel.studies.regret import regret_summary
from ensel.studies.temperature_mixes import temperature_mixes
from ensel.table.prediction_table import PredictionTable

TEMPERED = ("temperatures", "medmcqa-temperatures")
CHOSEN_FROM = ("mmlu", "medmcqa", "imdb-llm", "imdb")
REGRET = "regret.csv"
SIZE = 5


def temperatures(sources: Sources) -> pd.DataFrame:
    """Self-MoA against mixtures."""
    n_splits, seed = 2 * sources.effort.n_splits, sources.effort.seed

    def of_table(table: PredictionTable) -> pd.DataFrame:
        rows = temperature_mixes(table, SIZE, n_splits=n_splits, seed=seed, progress=False)
        return rows.assign(n_models=len(set(table.models)))

    return stacked(sources, TEMPERED, of_table)


def stability(sources: Sources) -> pd.DataFrame:
    """Share of resamples that buy each query."""
    budget = min(SIZE, sources.effort.most)
    n_draws, seed = sources.effort.n_boot, sources.effort.seed

    def of_table(table: PredictionTable) -> pd.DataFrame:
        chosen = select(table, budget, n_boot=n_draws, seed=seed, progress=False)
        rows = chosen.stability
        n_bought = (rows["share"] * n_draws).round()
        low, high = proportion_confint(n_bought, n_draws, method="wilson")
        return rows.assign(
            share_low=low,
            share_high=high,
            bought=rows["query"].isin(chosen.queries),
            n_draws=n_draws,
            method=chosen.method,
            vote=chosen.vote,
            n_bought=len(chosen.queries),
            budget=budget,
        )

    return stacked(sources, CHOSEN_FROM, of_table)


def regret(sources: Sources) -> pd.DataFrame:
    """Regret of `select`, from stored cells."""
    cells = sources.stored(REGRET, (), "benchmarks/regret.py")
    summary = regret_summary(cells)
    summary.insert(1, "source", f"stored benchmarks/results/{REGRET}")
    return summary


RECIPES = [
    Recipe(
        "temperatures",
        f"{SIZE} queries a question, voted by majority: samples of the best model (Self-MoA), one "
        "sample of each of the best models, and samples of the best model at evenly spaced "
        "temperatures, against sampling temperature; below, paired differences to Self-MoA. "
        "Models are chosen on half of the items, judged on the other half; means over random "
        "splits and over ten ways to take the samples; bands: 95 %. The mixture of temperatures "
        "has no temperature: its model is the best over all of them, which is chosen from more "
        "answers, and it is compared to Self-MoA's mean over them. One hundred questions only: "
        "intervals are wide, and differences of a few points cannot be told from none.",
        TEMPERED,
        temperatures,
        temperature_figure,
    ),
    Recipe(
        "regret",
        "What `select` loses and gains. Above: accuracy that it is behind the fixed method and "
        "vote that is best in hindsight (chosen and judged on different splits), against "
        "labelled items; hollow: the pool as statements, or without its best model. The black "
        "mean is over datasets, bar: 95 %, datasets as units; single pools have no interval "
        "here. Below: `select` less top-k + weighted vote and less the single best query, "
        "paired, means over budgets from 2 up; bars: 95 %, an upper limit for the mean over "
        "budgets; those of pools of 100 items leave the frame. Half of imdb-llm's items is 500.",
        (),
        regret,
        regret_figure,
        results=(REGRET,),
    ),
    Recipe(
        "stability",
        f"Share of resamples that buy each query, where `select` may buy up to {SIZE} a question "
        "and chooses method, vote and number anew in each; filled: bought from all items "
        "(titles: what is chosen, and how many queries); the eight most bought are shown. Bars: "
        "95 %, Wilson, of the number of resamples.",
        CHOSEN_FROM,
        stability,
        stability_figure,
    ),
]
