"""Correlated errors: tetrachoric correlation, the Gaussian copula, and how low error can go.

The front door of the error floors is `ensel.error_model.floor`: it says which module works out
which line.
"""

from ensel.error_model.bayes_error import BayesError, bayes_error
from ensel.error_model.bivariate import Phi2, phi2
from ensel.error_model.co_failure import CoFailure, co_failure
from ensel.error_model.copula import GaussianCopulaErrors
from ensel.error_model.factors import Factors, fit_factors
from ensel.error_model.families import families_of, read_families, within_and_across
from ensel.error_model.gain_ceiling import gain_ceiling
from ensel.error_model.independent_votes import independent_accuracy, plurality_scores
from ensel.error_model.interchange import from_copulae, to_copulae
from ensel.error_model.opinions import count_opinions, effective_votes
from ensel.error_model.orthant import pattern_probabilities
from ensel.error_model.positive_definite import make_positive_definite
from ensel.error_model.similarity import capa
from ensel.error_model.simulated import simulate
from ensel.error_model.tetrachoric import Tetrachoric, phi_coefficient, tetrachoric
from ensel.error_model.uniform import (
    uniform_floor,
    uniform_information_limit,
    uniform_majority_error,
)
from ensel.error_model.vote_limit import vote_limit
from ensel.error_model.wrong_answers import (
    Agreement,
    concentration,
    popularity,
    wrong_agreement,
)

__all__ = [
    "Agreement",
    "BayesError",
    "CoFailure",
    "Factors",
    "GaussianCopulaErrors",
    "Phi2",
    "Tetrachoric",
    "bayes_error",
    "capa",
    "co_failure",
    "concentration",
    "count_opinions",
    "effective_votes",
    "families_of",
    "fit_factors",
    "from_copulae",
    "gain_ceiling",
    "independent_accuracy",
    "make_positive_definite",
    "pattern_probabilities",
    "phi2",
    "phi_coefficient",
    "plurality_scores",
    "popularity",
    "read_families",
    "simulate",
    "tetrachoric",
    "to_copulae",
    "uniform_floor",
    "uniform_information_limit",
    "uniform_majority_error",
    "vote_limit",
    "within_and_across",
    "wrong_agreement",
]
