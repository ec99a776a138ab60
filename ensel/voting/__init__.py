"""How the answers of the bought queries become one answer: one method a file."""

from ensel.voting.base import Vote
from ensel.voting.logit import LogitVote
from ensel.voting.majority import MajorityVote
from ensel.voting.map import MAPVote
from ensel.voting.weighted import WeightedVote

VOTES: dict[str, type[Vote]] = {
    "majority": MajorityVote,
    "weighted": WeightedVote,
    "map": MAPVote,
    "logit": LogitVote,
}
"""Votes by the name they have on the command line and in results."""

__all__ = [
    "VOTES",
    "LogitVote",
    "MAPVote",
    "MajorityVote",
    "Vote",
    "WeightedVote",
]
