"""A promise that holds: how much asking in sequence may lose to asking everything.

Learn then Test (Angelopoulos et al. 2021, arXiv 2110.01052) in a fixed
sequence. The labels are cut in two, questions whole. One part
teaches order, votes and rule, and fixes a grid of thresholds, from strict to loose. The other part,
which none of that has seen, tests them in that order: is the loss at most what is allowed? The last
threshold before the first that fails is taken. However many are tested, the chance that the policy
loses more than allowed is at most delta / 2, since the first true hypothesis in the sequence must
be rejected for that. With the other delta / 2, the mean number of queries is bounded for all
thresholds of the grid at once, so that it holds for whichever is taken. Asking everything needs no
test.

The loss of an item is 1 where asking everything is right and the stopped answer wrong, -1 the other
way round, else 0; its mean is at most how often the two differ, which needs no label. The division
of delta and the bound over the grid are derived here; ``benchmarks/certificates.py`` measures how
often the promise is broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ensel.exceptions import InputError
from ensel.policies.betting import mean_upper_bound
from ensel.policies.exact_tests import disagreement_p_value, labels_needed, loss_p_value
from ensel.policies.sequential import Sequential
from ensel.policies.stages import Stages
from ensel.policies.stopping import ASK_ALL
from ensel.policies.thresholds import stop_stages
from ensel.policies.training import TrainingSet

LOSS, DISAGREEMENT = "loss", "disagreement"


@dataclass(frozen=True)
class Tested:
    """One threshold, as the test items see it.

    Attributes
    ----------
    threshold : float
    mean_queries : float
        On the test items.
    mean_queries_bound : float
        Upper limit of its mean on all questions like these, for the whole grid at once.
    mean_cost_bound : float or None
        The same of the cost; None where costs are unknown.
    n_lost, n_gained : int
        Test items on which stopping loses the right answer, and on which it finds it. Without
        labels: on which the answers differ, and 0.
    p_value : float
        Of the hypothesis that it loses more than allowed.
    passed : bool
        Whether it, and every stricter one, was rejected.
    """

    threshold: float
    mean_queries: float
    mean_queries_bound: float
    mean_cost_bound: float | None
    n_lost: int
    n_gained: int
    p_value: float
    passed: bool


@dataclass(frozen=True)
class Certificate:
    """What is promised of a policy, on questions like those that it was tested on.

    It says nothing of other questions, of models that have changed since, or of any one question.

    Attributes
    ----------
    kind : str
        ``"loss"``: accuracy lost to asking everything; ``"disagreement"``: how often the answer
        differs from that of asking everything, which bounds the loss and needs no labels.
    loss : float
        At most so much, in [0, 1].
    confidence : float
        Probability with which the promise holds.
    certified : bool
        Whether anything but asking everything could be certified.
    n_test : int
        Questions that it was tested on.
    labels_needed : int or None
        Where nothing was certified, about how many labels in all would do, if losses stay as rare
        as on the test items; None where no number would, or none is needed.
    tested : tuple of Tested
        From strict to loose.
    """

    kind: str
    loss: float
    confidence: float
    certified: bool
    n_test: int
    labels_needed: int | None
    tested: tuple[Tested, ...]

    @property
    def taken(self) -> Tested | None:
        """The threshold that was taken; None where everything is asked."""
        passed = [one for one in self.tested if one.passed]
        return passed[-1] if passed else None

    @property
    def mean_queries(self) -> float | None:
        """Mean queries at most, with the loss at the same confidence; None where not certified."""
        return None if self.taken is None else self.taken.mean_queries_bound

    @property
    def mean_cost(self) -> float | None:
        """The same of the cost."""
        return None if self.taken is None else self.taken.mean_cost_bound

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        data = {k: v for k, v in asdict(self).items() if k != "tested"}
        own = {"mean_queries": self.mean_queries, "mean_cost": self.mean_cost}
        return data | own | {"tested": [asdict(one) for one in self.tested]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Certificate:
        """A certificate from what `to_dict` gave."""
        own = {name: data[name] for name in cls.__dataclass_fields__ if name != "tested"}
        return cls(**own, tested=tuple(Tested(**one) for one in data["tested"]))


def check_promise(loss: Any, confidence: Any) -> None:
    """Check what is to be promised.

    Raises
    ------
    InputError
        If one of them is no number between 0 and 1.
    """
    for name, value in (("loss", loss), ("confidence", confidence)):
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not is_number or not 0 < value < 1:
            raise InputError(f"{name} {value!r}: a share between 0 and 1 is needed")


def certificate_of(
    policy: Sequential, test: TrainingSet, loss: float, confidence: float, *, labelled: bool
) -> Certificate:
    """Test the thresholds of a fitted policy, from strict to loose, on items that are new to it.

    Parameters
    ----------
    policy : Sequential
        Its `levels_` but that of asking everything are the grid, fixed when it was fitted.
    test : TrainingSet
        Class positions. Of each question one item counts, drawn at random, since copies of a
        question are no independent witnesses.
    loss, confidence : float
    labelled : bool
        Whether `test.y` are labels; else disagreement is tested.

    Returns
    -------
    Certificate
        `labels_needed` counts test items.
    """
    delta = 1 - confidence
    once = _one_of_each(test)
    stages = policy.stages_of(test.X[once])
    weights = np.ones(len(once))  # an item that counts several times is one witness
    costs = None if test.costs is None else np.asarray(test.costs)[list(policy.columns_)]
    # Asking everything, where the grid begins with it, needs no test and certifies nothing.
    levels = policy.levels_[policy.levels_ > ASK_ALL]

    results: list[Tested] = []
    scores = policy.rule_.scores(stages)
    labels = test.y[once] if labelled else None
    for threshold in levels:
        stops = stop_stages(stages, scores, threshold)
        n_lost, n_gained = _outcomes(stages, stops, labels, weights)
        p_value = _p_value(n_lost, n_gained, int(weights.sum()), loss, labelled)
        passed = p_value <= delta / 2 and all(one.passed for one in results)
        each = delta / 2 / len(levels) / (1 if costs is None else 2)  # of queries, and of costs
        bounds = _bounds(stops, stages.n_stages, weights, costs, each)
        mean = float(np.average(stops + 1, weights=weights)) if len(once) else np.nan
        results.append(Tested(float(threshold), mean, *bounds, n_lost, n_gained, p_value, passed))

    certified = any(one.passed for one in results)
    n_test = int(weights.sum())
    needed = None
    if not certified and results and n_test:
        first = results[0]
        needed = labels_needed(first.n_lost / n_test, first.n_gained / n_test, loss, delta / 2)
    kind = LOSS if labelled else DISAGREEMENT
    return Certificate(kind, loss, confidence, certified, n_test, needed, tuple(results))


def _one_of_each(test: TrainingSet) -> np.ndarray:
    """Rows of one copy, drawn at random, of each question that counts."""
    rows = np.random.default_rng(0).permutation(len(test.y))
    if test.sample_weight is not None:
        rows = rows[np.asarray(test.sample_weight)[rows] > 0]
    if test.groups is None:
        return np.sort(rows)
    return np.sort(rows[np.unique(np.asarray(test.groups)[rows], return_index=True)[1]])


def _outcomes(
    stages: Stages,
    stops: np.ndarray,
    labels: np.ndarray | None,
    weights: np.ndarray,
) -> tuple[int, int]:
    """Items on which stopping loses, and on which it gains; without labels, that differ."""
    items = np.arange(len(stops))
    if labels is None:
        differs = stages.best[items, stops] != stages.best[:, -1]
        return int(weights[differs].sum()), 0
    right = stages.right(labels)
    stopped, full = right[items, stops], right[:, -1]
    return int(weights[full & ~stopped].sum()), int(weights[stopped & ~full].sum())


def _p_value(n_lost: int, n_gained: int, n: int, loss: float, labelled: bool) -> float:
    if n == 0:
        return 1.0
    if labelled:
        return loss_p_value(n_lost, n_gained, n, loss)
    return disagreement_p_value(n_lost, n, loss)


def _bounds(
    stops: np.ndarray,
    n_stages: int,
    weights: np.ndarray,
    costs: np.ndarray | None,
    delta: float,
) -> tuple[float, float | None]:
    """Upper limits of the mean number of queries, and of the mean cost."""
    counts = np.bincount(stops, weights, minlength=1)
    used = np.flatnonzero(counts)

    def bound(paid: np.ndarray) -> float:
        if paid[0] == paid[-1] or len(used) == 0:
            return float(paid[-1])
        return mean_upper_bound(paid[used], counts[used], float(paid[0]), float(paid[-1]), delta)

    queries = bound(np.arange(1.0, n_stages + 1))
    return queries, None if costs is None else bound(np.cumsum(costs))
