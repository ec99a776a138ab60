"""Splits, held-out comparison and choice, and the uncertainty of both."""

from ensel.evaluation.comparison import Comparison, compare
from ensel.evaluation.description import Description, describe
from ensel.evaluation.evidence import Evidence, assess_information
from ensel.evaluation.floor import error_floor
from ensel.evaluation.floor_result import Floor
from ensel.evaluation.intervals import Estimate
from ensel.evaluation.recommendation import select
from ensel.evaluation.reselection import Reselection, reselect
from ensel.evaluation.selection_result import Selection
from ensel.evaluation.spending import Frontier, frontier

__all__ = [
    "Comparison",
    "Description",
    "Estimate",
    "Evidence",
    "Floor",
    "Frontier",
    "Reselection",
    "Selection",
    "assess_information",
    "compare",
    "describe",
    "error_floor",
    "frontier",
    "reselect",
    "select",
]
