"""Policies: what to ask, when to stop, and what to answer."""

from ensel.policies.base import Policy
from ensel.policies.certified import CertifiedSequential, certify
from ensel.policies.drift import Audit
from ensel.policies.estimator import EstimatorPolicy
from ensel.policies.fixed_set import FixedSet, UnfilledBudget
from ensel.policies.live import Answer
from ensel.policies.saved import load_policy
from ensel.policies.sequential import Sequential
from ensel.policies.training import TrainingSet
from ensel.policies.verified_sequence import VerifiedSequence
from ensel.policies.verified_set import VerifiedSet

__all__ = [
    "Answer",
    "Audit",
    "CertifiedSequential",
    "EstimatorPolicy",
    "FixedSet",
    "Policy",
    "Sequential",
    "TrainingSet",
    "UnfilledBudget",
    "VerifiedSequence",
    "VerifiedSet",
    "certify",
    "load_policy",
]
