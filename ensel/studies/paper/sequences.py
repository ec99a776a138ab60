"""Recipes: asking in sequence, where questions stop, and what labels can vouch for."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from ensel.exceptions import InputError
from ensel.figures.certificates import certificate_figure
from ensel.figures.sequences import sequence_figure, stops_figure
from ensel.heldout.candidates import SINGLE
from ensel.registry import SEQUENCES
from ensel.studies.paper.recipe import Recipe
from ensel.studies.paper.sources import Sources

POLICIES, CURVES, STOPS = "adaptive.csv", "adaptive_curves.csv", "adaptive_stops.csv"
CERTIFICATES = "certificates.csv"
SHOWN = ("mmlu", "mmlu-full", "medmcqa", "imdb-llm", "imdb", "math")
STOPPING = ("mmlu", "medmcqa", "imdb-llm", "imdb")
SETS = (("greedy-logit", "logit"), ("top-k", "majority"))
"""Fixed sets to compare with: of closed pools, and of open ones."""
OPEN = ("math", "mgsm")
FEW = 300
POLICY, HINDSIGHT = "policy", "hindsight"
"""What a row of the figure's numbers is of."""
EQUAL = [f"diff_equal_queries{end}" for end in ("", "_low", "_high")]
SIZES = ["pool", "n_train", "n_items"]


def sequences(sources: Sources, few: bool) -> pd.DataFrame:
    """Fixed sets, what asks in sequence, and what its rules could do in hindsight.

    Parameters
    ----------
    sources : Sources
    few : bool
        Learned from the smallest number of labels that was tried; else, from the largest.
    """
    columns = [*SIZES, "method", "vote", "budget", "mean_budget", "accuracy", "mean_queries"]
    policies = _stored(sources, POLICIES, [*columns, *EQUAL], SHOWN, few)
    hindsight = _stored(sources, CURVES, [*SIZES, "rule", "queries", "accuracy"], SHOWN, few)
    policies = policies[_is_shown(policies)]
    source = policies["source"].iloc[0]
    return pd.concat(
        [policies.assign(kind=POLICY), hindsight.assign(kind=HINDSIGHT, source=source)],
        ignore_index=True,
    )


def draw_sequences(frame: pd.DataFrame) -> Figure:
    """Policies and hindsight of one frame."""
    is_policy = frame["kind"] == POLICY
    return sequence_figure(frame[is_policy], frame[~is_policy])


def stops(sources: Sources) -> pd.DataFrame:
    """Where questions stop, and how right those are."""
    return _stored(sources, STOPS, [*SIZES, "asked", "share", "accuracy"], STOPPING, few=False)


def certificates(sources: Sources) -> pd.DataFrame:
    """What labels vouch for."""
    columns = ["pool", "n_labels", "loss", "share_certified", "mean_queries_bound"]
    rows = sources.stored(CERTIFICATES, columns, "benchmarks/certificates.py")
    return _named(rows, CERTIFICATES)


def _stored(
    sources: Sources, name: str, columns: list[str], pools: tuple[str, ...], few: bool
) -> pd.DataFrame:
    """Some columns and pools of a result of ``benchmarks/adaptive.py``, at one number of labels."""
    rows = sources.stored(name, columns, "benchmarks/adaptive.py")[columns]
    rows = rows[rows["pool"].isin(pools)]
    if rows.empty:
        raise InputError(
            f"{sources.results / name}: none of the pools {', '.join(pools)}; run "
            "benchmarks/adaptive.py"
        )
    sizes = rows.groupby("pool")["n_train"]
    rows = rows[rows["n_train"] == (sizes.transform("min") if few else sizes.transform("max"))]
    in_order = rows["pool"].map(pools.index)
    return _named(rows.loc[in_order.sort_values(kind="stable").index], name)


def _named(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows with their dataset and source in the first columns."""
    named = rows.rename(columns={"pool": "dataset"})
    named.insert(1, "source", f"stored benchmarks/results/{name}")
    return named


def _is_shown(rows: pd.DataFrame) -> pd.Series:
    """Fixed sets to compare with, the single best query, and what asks in sequence."""
    families = rows["dataset"].map(lambda pool: SETS[pool in OPEN])
    own = pd.Series(zip(rows["method"], rows["vote"], strict=True), index=rows.index)
    return (own == families) | rows["method"].isin([SINGLE, *SEQUENCES])


RECIPES = [
    *(
        Recipe(
            name,
            "Accuracy on new questions against the mean number of queries of a question, learned "
            f"from {labels}; means over random splits. Lines: fixed sets of 1 to 8 queries. Stars: "
            "the same queries asked one after another until the answer is settled, rule and "
            "threshold chosen on the training labels alone: filled, to lose a tenth of a point to "
            "asking everything; hollow, to ask 1.5, 2 or 3 queries on average at most. Other "
            "marks: rules of the literature at their own thresholds, each with the vote that it "
            "comes with. Bars: 95 % of the paired difference to fixed sets of as many queries on "
            "average, drawn from their line (between two sizes a coin is thrown); a bar clear of "
            "the line is a clear difference. Pale: each learned rule with its threshold chosen in "
            "hindsight, which nobody could have.",
            (),
            partial(sequences, few=few),
            draw_sequences,
            results=(POLICIES, CURVES),
        )
        for name, labels, few in (
            ("sequence", "about 1,000 labels (or half of the items)", False),
            ("sequence_few_labels", f"about {FEW} labels", True),
        )
    ),
    Recipe(
        "stops",
        "Where questions stop that are asked in sequence (above), and how many of those are "
        "answered right (below; area: share of the questions, below 0.2 % not shown), on new "
        "questions, all random splits together; about 1,000 labels, or half of the items. "
        "Questions that are settled early are the easy ones.",
        (),
        stops,
        stops_figure,
        results=(STOPS,),
    ),
    Recipe(
        "certificates",
        "What labels can vouch for, against their number (one half teaches, the other tests), on "
        "simulated pools of five queries whose truth is known. Above: mean queries that are "
        "certified at most, over draws of labels with a certificate; thin: the true mean. Middle: "
        "draws with a certificate; without one, everything is asked. Below: draws in which the "
        "policy loses, or asks, more than it promises; bars: up to the upper end of the 95 % "
        "interval.",
        (),
        certificates,
        certificate_figure,
        results=(CERTIFICATES,),
    ),
]
