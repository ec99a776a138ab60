"""Policies that ask in sequence, with a tested promise: see `ensel.policies.certificates`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np

from ensel.exceptions import InputError
from ensel.policies.base import DamagedPolicy
from ensel.policies.certificates import Certificate, certificate_of, check_promise
from ensel.policies.of_tables import read_by
from ensel.policies.sequential import FOLDS, Sequential
from ensel.policies.stages import can_teach
from ensel.policies.stopping import ASK_ALL
from ensel.policies.training import TrainingSet
from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable

TEST_DRAW = 1
"""Number of the deal into what teaches and what tests."""
KNOWN = ("query_names", "class_names", "reader", "queries", "about")
"""What a policy knows of the table that it was fitted on."""


class TooFewLabels(InputError):
    """Labels that cannot be cut in two: some to learn from, of two classes, and some to test on."""


class CertifiedSequential(Sequential):
    """Asks in sequence, and stops no earlier than labels that it has not learned from vouch for.

    Parameters
    ----------
    selector, vote, budget, rule, n_folds, unlabelled
        See `Sequential`.
    loss : float
        Accuracy that may be lost to asking everything, above 0 and below 1.
    confidence : float
        Of the promise, between 0 and 1.
    share : float
        Share of the labels that teach; the others test.

    Attributes
    ----------
    certificate_ : Certificate
    threshold_ : float
        The loosest certified; where none is, everything is asked.

    See Also
    --------
    certify : Tests a policy on labels, or on answers alone, that are new to it.

    References
    ----------
    .. [1] Angelopoulos, A. N. et al. (2021). Learn then Test: Calibrating Predictive Algorithms to
       Achieve Risk Control. arXiv 2110.01052.

    Examples
    --------
    Forty labels cannot vouch for a loss of half a point: it asks everything, and says how many
    would do.

    >>> X, y = np.array([[0, 0], [1, 1]] * 20), np.array([0, 1] * 20)
    >>> policy = CertifiedSequential(loss=0.005).fit(X, y)
    >>> policy.certificate_.certified, policy.certificate_.labels_needed > 1000
    (False, True)
    """

    def __init__(
        self,
        selector: Any = None,
        vote: Any = None,
        budget: int | None = None,
        rule: Any = None,
        loss: float = 0.005,
        confidence: float = 0.95,
        share: float = 0.5,
        n_folds: int = FOLDS,
        unlabelled: Any = None,
    ) -> None:
        super().__init__(selector, vote, budget, rule, n_folds=n_folds, unlabelled=unlabelled)
        self.loss = loss
        self.confidence = confidence
        self.share = share

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_promise(self.loss, self.confidence)
        if not 0 < self.share < 1:
            raise InputError(f"share {self.share!r}: a share between 0 and 1 is needed")
        self.tolerance = self.loss  # the rule that is cheapest at the loss that may be

    def _learn(self, training: TrainingSet, draw: int) -> None:
        """Learn from one part of the items, and test on the other."""
        # No label has a say in who tests: labels that are dealt out evenly would make the test
        # items resemble those that teach, and be no draw of their own.
        teaching, test = training.in_two(self.share, TEST_DRAW, by_label=False)
        if not can_teach(teaching, self._vote) or not len(test.y):
            raise TooFewLabels(
                f"{len(training.y)} labels are too few to learn from some and certify a loss on "
                "the others, or nearly all are of one class; more labels are needed"
            )
        super()._learn(teaching, draw)
        certificate = certificate_of(self, test, self.loss, self.confidence, labelled=True)
        if certificate.labels_needed is not None:
            in_all = int(np.ceil(certificate.labels_needed / (1 - self.share)))
            certificate = replace(certificate, labels_needed=in_all)
        take(self, certificate)

    def to_data(self) -> dict[str, Any]:
        """Order, votes, rule and certificate, for a file."""
        return super().to_data() | {"certificate": self.certificate_.to_dict()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any], n_queries: int, n_classes: int) -> Self:
        """A fitted policy from what `to_data` gave: see `Policy.from_data`."""
        policy = super().from_data(data, n_queries, n_classes)
        policy.certificate_ = Certificate.from_dict(data["certificate"])
        taken = policy.certificate_.taken
        if policy.threshold_ != (ASK_ALL if taken is None else taken.threshold):
            raise DamagedPolicy(f"threshold {policy.threshold_}, which is not the certified one")
        policy.loss, policy.confidence = policy.certificate_.loss, policy.certificate_.confidence
        return policy


def take(policy: Sequential, certificate: Certificate) -> None:
    """Let a policy stop where its certificate says."""
    policy.certificate_ = certificate
    taken = certificate.taken
    policy.threshold_ = ASK_ALL if taken is None else taken.threshold


def certify(
    policy: Sequential, table: PredictionTable, loss: float = 0.005, confidence: float = 0.95
) -> Sequential:
    """Test a policy that asks in sequence on answers that are new to it.

    With labels, the accuracy lost to asking everything is tested; without, how often the answer
    differs from that of asking everything, which bounds the loss. The thresholds that are tested
    were fixed when the policy was fitted.

    Parameters
    ----------
    policy : Sequential
        Fitted on a table. It is not changed.
    table : PredictionTable
        Answers of all its queries to questions that it has not learned from: that is what the
        promise rests on, and nothing here can check it. Labels on all items, or on none.
    loss : float
        Accuracy that may be lost to asking everything, between 0 and 1.
    confidence : float
        Of the promise.

    Returns
    -------
    Sequential
        A copy that stops where its `certificate_` says; everything is asked where nothing could be
        certified.

    Raises
    ------
    InputError
        If the policy does not ask in sequence by a rule that it learned, or the table lacks a
        query or some labels.

    See Also
    --------
    CertifiedSequential : Learns and tests on one table, cut in two.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> pool = load_dataset("imdb").subset(queries=slice(0, None, 15))
    >>> policy = Sequential().fit_table(pool.subset(items=slice(0, 500)))
    >>> fresh = certify(policy, pool.subset(items=slice(500, 3000)), loss=0.02)
    >>> fresh.certificate_.certified, fresh.certificate_.n_test
    (True, 2500)
    """
    check_promise(loss, confidence)
    if not isinstance(policy, Sequential) or not policy.rule_.learns:
        raise InputError(
            f"a {type(policy).__name__} is given; only what asks in sequence by a learned rule can "
            "be certified (`ensel select --adaptive --save` writes one)"
        )
    own = read_by(policy, table)
    labels = own.label_codes
    if labels is not None and (labels == MISSING).any():
        raise InputError(
            f"{table.name}: some items have no label (or one that the policy does not know); leave "
            "them out, or leave out all labels"
        )
    known = np.zeros(len(own.codes), dtype=int) if labels is None else labels
    test = TrainingSet(own.codes, known, costs=own.table.costs, groups=own.table.groups)
    labelled = labels is not None
    copied = CertifiedSequential(loss=loss, confidence=confidence)
    copied.__dict__.update({k: v for k, v in vars(policy).items() if k[-1] == "_" or k in KNOWN})
    take(copied, certificate_of(copied, test, loss, confidence, labelled=labelled))
    return copied
