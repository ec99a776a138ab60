"""How much a set of queries tells about the label, in bits."""

from ensel.information.bounds import (
    binary_entropy,
    fano_error_bound,
    hellman_raviv_error_bound,
    pattern_bayes_error,
)
from ensel.information.candidates import Terms, information_terms, information_with
from ensel.information.entropy import (
    conditional_mutual_information,
    entropy,
    entropy_of_counts,
    mutual_information,
)
from ensel.information.exhaustive import every_information
from ensel.information.patterns import pattern_ids

__all__ = [
    "Terms",
    "binary_entropy",
    "conditional_mutual_information",
    "entropy",
    "entropy_of_counts",
    "every_information",
    "fano_error_bound",
    "hellman_raviv_error_bound",
    "information_terms",
    "information_with",
    "mutual_information",
    "pattern_bayes_error",
    "pattern_ids",
]
