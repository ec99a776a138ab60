"""Splits, held-out comparison and choice, and the uncertainty of both."""

from ensel.evaluation.comparison import Comparison, compare
from ensel.evaluation.description import Description, describe
from ensel.evaluation.floor import error_floor
from ensel.evaluation.floor_result import Floor
from ensel.evaluation.intervals import Estimate
from ensel.evaluation.recommendation import Selection, select

__all__ = [
    "Comparison",
    "Description",
    "Estimate",
    "Floor",
    "Selection",
    "compare",
    "describe",
    "error_floor",
    "select",
]
