"""How the answers of the bought queries become one answer: one method a file."""

from ensel.registry import VOTES
from ensel.voting.base import Vote
from ensel.voting.logit import LogitVote
from ensel.voting.majority import MajorityVote
from ensel.voting.map import MAPVote
from ensel.voting.weighted import WeightedVote

__all__ = [
    "VOTES",
    "LogitVote",
    "MAPVote",
    "MajorityVote",
    "Vote",
    "WeightedVote",
]
