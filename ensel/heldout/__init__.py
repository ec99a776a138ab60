"""Splits, scores and paired intervals on items not learned from: nothing is chosen here."""

from ensel.heldout.candidates import Candidate
from ensel.heldout.comparison import Comparison, compare
from ensel.heldout.description import Description, describe
from ensel.heldout.intervals import Estimate

__all__ = ["Candidate", "Comparison", "Description", "Estimate", "compare", "describe"]
