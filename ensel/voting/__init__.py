"""How the answers of the bought queries become one answer: one method a file."""

from ensel.registry import OPEN_VOTES, VOTES
from ensel.voting.base import Vote
from ensel.voting.logit import LogitVote
from ensel.voting.majority import MajorityVote
from ensel.voting.map import MAPVote
from ensel.voting.open import OpenVote
from ensel.voting.open_logit import OpenLogit
from ensel.voting.open_majority import OpenMajority
from ensel.voting.open_weighted import OpenWeighted
from ensel.voting.weighted import WeightedVote

__all__ = [
    "OPEN_VOTES",
    "VOTES",
    "LogitVote",
    "MAPVote",
    "MajorityVote",
    "OpenLogit",
    "OpenMajority",
    "OpenVote",
    "OpenWeighted",
    "Vote",
    "WeightedVote",
]
