"""Which queries to buy: one method a file, all scikit-learn feature selectors."""

from ensel.selection.base import QuerySelector
from ensel.selection.exact import ExactMI, GreedyShortfall, greedy_shortfall
from ensel.selection.greedy_logit import GainPerCost, GreedyLogit
from ensel.selection.greedy_mi import GreedyMI
from ensel.selection.jmi import JMI
from ensel.selection.mrmr import MRMR
from ensel.selection.random import Random
from ensel.selection.self_moa import SelfMoA
from ensel.selection.top_k import SingleBest, TopK

SELECTORS: dict[str, type[QuerySelector]] = {
    "single-best": SingleBest,
    "random": Random,
    "top-k": TopK,
    "mrmr": MRMR,
    "jmi": JMI,
    "greedy-mi": GreedyMI,
    "greedy-logit": GreedyLogit,
    "gain-per-cost": GainPerCost,
    "self-moa": SelfMoA,
    "exact-mi": ExactMI,
}
"""Selectors by the name they have on the command line and in results."""

__all__ = [
    "JMI",
    "MRMR",
    "SELECTORS",
    "ExactMI",
    "GainPerCost",
    "GreedyLogit",
    "GreedyMI",
    "GreedyShortfall",
    "QuerySelector",
    "Random",
    "SelfMoA",
    "SingleBest",
    "TopK",
    "greedy_shortfall",
]
