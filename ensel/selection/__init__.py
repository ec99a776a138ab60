"""Which queries to buy: one method a file, all scikit-learn feature selectors."""

from ensel.registry import SELECTORS
from ensel.selection.base import QuerySelector
from ensel.selection.claims import ClaimsLogit, ClaimsMI, ClaimsMRMR, OnClaims
from ensel.selection.coverage import GreedyCoverage
from ensel.selection.exact import ExactMI, GreedyShortfall, greedy_shortfall
from ensel.selection.exact_coverage import ExactCoverage
from ensel.selection.greedy_logit import GainPerCost, GreedyLogit
from ensel.selection.greedy_mi import GreedyMI
from ensel.selection.jmi import JMI
from ensel.selection.mrmr import MRMR
from ensel.selection.random import Random
from ensel.selection.self_moa import SelfMoA
from ensel.selection.top_k import SingleBest, TopK

__all__ = [
    "JMI",
    "MRMR",
    "SELECTORS",
    "ClaimsLogit",
    "ClaimsMI",
    "ClaimsMRMR",
    "ExactCoverage",
    "ExactMI",
    "GainPerCost",
    "GreedyCoverage",
    "GreedyLogit",
    "GreedyMI",
    "GreedyShortfall",
    "OnClaims",
    "QuerySelector",
    "Random",
    "SelfMoA",
    "SingleBest",
    "TopK",
    "greedy_shortfall",
]
