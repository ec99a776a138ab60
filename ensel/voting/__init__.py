"""How the answers of the bought queries become one answer: one method a file."""

from ensel.voting.base import Vote
from ensel.voting.majority import MajorityVote
from ensel.voting.map import MAPVote
from ensel.voting.weighted import WeightedVote

VOTES: dict[str, type[Vote]] = {
    "majority": MajorityVote,
    "weighted": WeightedVote,
    "map": MAPVote,
}
"""Votes by the name they have on the command line and in results."""

__all__ = ["VOTES", "MAPVote", "MajorityVote", "Vote", "WeightedVote"]
