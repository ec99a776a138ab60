"""How the answers of the bought queries become one answer: one method a file."""

from ensel.voting.base import Vote
from ensel.voting.logit import ClassLogitVote, LogitVote
from ensel.voting.majority import MajorityVote
from ensel.voting.map import MAPVote
from ensel.voting.weighted import WeightedVote

VOTES: dict[str, type[Vote]] = {
    "majority": MajorityVote,
    "weighted": WeightedVote,
    "map": MAPVote,
    "logit": LogitVote,
    "class-logit": ClassLogitVote,
}
"""Votes by the name they have on the command line and in results."""

DEFAULT_VOTES = ("majority", "weighted", "map")
"""What `compare` tries unless told otherwise: the votes of the published comparison."""

__all__ = [
    "DEFAULT_VOTES",
    "VOTES",
    "ClassLogitVote",
    "LogitVote",
    "MAPVote",
    "MajorityVote",
    "Vote",
    "WeightedVote",
]
