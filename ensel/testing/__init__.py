"""Check your own methods: laws of information estimators, query selectors, votes and policies.

What scikit-learn's `check_estimator` is, for what scikit-learn does not know of: missing answers
that are symbols or abstentions, budgets, ties, bits. Needs hypothesis: the extra
``ensel[testing]``.
"""

from importlib.util import find_spec

if find_spec("hypothesis") is None:
    raise ImportError("ensel.testing needs hypothesis; pip install 'ensel[testing]' brings it")

from ensel.testing.information import INFORMATION_LAWS, check_information_estimator
from ensel.testing.laws import BrokenLaw, Law, LawReport
from ensel.testing.open_votes import OPEN_VOTE_LAWS, check_open_vote
from ensel.testing.policies import POLICY_LAWS, check_policy
from ensel.testing.selectors import SELECTOR_LAWS, check_selector
from ensel.testing.strategies import Degraded, copula_pools, degraded_queries, prediction_tables
from ensel.testing.votes import VOTE_LAWS, check_vote

__all__ = [
    "INFORMATION_LAWS",
    "OPEN_VOTE_LAWS",
    "POLICY_LAWS",
    "SELECTOR_LAWS",
    "VOTE_LAWS",
    "BrokenLaw",
    "Degraded",
    "Law",
    "LawReport",
    "check_information_estimator",
    "check_open_vote",
    "check_policy",
    "check_selector",
    "check_vote",
    "copula_pools",
    "degraded_queries",
    "prediction_tables",
]
