"""Which queries to buy for good, and what they will get: `select`, a file a step."""

from ensel.choosing.evidence import Evidence, assess_information
from ensel.choosing.frontiers import Frontier, frontier
from ensel.choosing.recommendation import select
from ensel.choosing.selection_result import Selection
from ensel.choosing.stability import Reselection, reselect

__all__ = [
    "Evidence",
    "Frontier",
    "Reselection",
    "Selection",
    "assess_information",
    "frontier",
    "reselect",
    "select",
]
