"""The single query that a method would buy on other items, for the intervals of `compare`.

All splits of one sample share its luck. Where two queries are nearly tied, a sample that happens to
favour one lets nearly every split buy it, though fresh samples would often buy the other. The
splits then show little of what was learned, or nothing at all, and least where the luck was
greatest. So single queries are bought again on items drawn with replacement from the whole sample.

- *How many are drawn.* As many questions of each class as a split learns from. The share of
  draws that buy a query then stands for that of fresh training sets. For a score that is linear in
  the training items, the variance between such draws is that between fresh training sets.
  (Classical: the bootstrap. It is applied here to a choice, which is anything but linear.)
- *What is taken.* The scores on all items of what each draw buys, one method's less the other's,
  and their variance about their own mean. The luck of the sample is common to all draws, so that it
  is not counted a second time (`ensel.choosing.promise` cross-validates anew in each resample,
  where it is).
- *What is kept.* Scores of two queries differ by luck of the items as well. That noise is not taken
  off the variance: where all splits bought alike, nothing else speaks for the items on which the
  two queries differ. (Simulated: two queries that tell as much, 1.5 points of accuracy apart, 1,000
  questions. Splits alone cover 64 % of the samples, draws less the noise 89 %, draws 93 %.)

`SplitScores.variance` makes of it what overlapping splits add to the variance of their mean. It
takes the place of what the splits show: a hundred draws tell more than five splits. Where every
draw gives the same difference, the choice is stable, and the interval stays that of the splits.
``benchmarks/interval_coverage.py`` measures what is covered.

It is done where a query's own answer is all that counts: at a budget of one, for methods of ours
that learn what to buy, under votes that leave every answer as it is. Larger sets would have to be
voted on anew in each draw, and their choice is seldom so tied that splits do not show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from ensel.heldout.candidates import Candidate
from ensel.heldout.scoring import SplitResult, is_plain_set
from ensel.heldout.splits import Split, distinct_rows
from ensel.policies.training import method_key
from ensel.selection.base import QuerySelector
from ensel.selection.market import Market, open_market
from ensel.table.prediction_table import PredictionTable

DRAWS = 100
AT_ONCE = 25
"""Draws laid out together: their weights of all items are held at once."""
DRAW_NUMBER = 4000
"""Number of the first split's generator that draws: see `Split.rng`."""


class BoughtAgain:
    """Single queries bought again on items drawn with replacement.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    splits : sequence of Split
        The first says how many questions of each class are drawn.
    results : sequence of SplitResult
        One a split: they show whether a vote leaves answers as they are.
    candidates : iterable of Candidate
        Those of more than one query, of users' own making or bought by chance are passed over.

    See Also
    --------
    ensel.choosing.stability.reselect : How often sets of any size would be bought again.

    Examples
    --------
    >>> from ensel import load_dataset
    >>> from ensel.heldout.candidates import named_candidates
    >>> from ensel.heldout.scoring import score_split
    >>> from ensel.heldout.splits import random_splits
    >>> pool = load_dataset("imdb").subset(items=slice(0, None, 50))
    >>> pair = named_candidates([("greedy-mi", "majority"), ("top-k", "majority")], [1])
    >>> splits = random_splits(pool, 2)
    >>> results = [score_split(pool, split, pair) for split in splits]
    >>> again = BoughtAgain(pool, splits, results, pair)
    >>> len(again.columns[pair[0]])  # draws
    100
    """

    def __init__(
        self,
        table: PredictionTable,
        splits: Sequence[Split],
        results: Sequence[SplitResult],
        candidates: Iterable[Candidate],
    ) -> None:
        right = table.answers == table.known_labels[:, None]
        self.accuracies = right.mean(axis=0)
        tests = [split.test for split in splits]
        single = [c for c in candidates if _buys_one(c) and _own_answers(c, tests, results, right)]
        methods = {method_key(c.policy.selector): c.policy.sized_selector for c in single}
        bought = _bought(table, splits[0], methods)
        self.columns: dict[Candidate, np.ndarray] = {
            c: bought[method_key(c.policy.selector)] for c in single
        }

    def training_variance(self, candidate: Candidate, baseline: Candidate) -> float | None:
        """Variance of the difference of two candidates' scores between fresh training sets.

        Parameters
        ----------
        candidate, baseline : Candidate

        Returns
        -------
        float or None
            Of shares of right answers, from 0. None where every draw gives the same difference, or
            one of the two was not bought again.
        """
        if candidate not in self.columns or baseline not in self.columns:
            return None
        columns = self.columns[candidate], self.columns[baseline]
        differences = self.accuracies[columns[0]] - self.accuracies[columns[1]]
        if len(differences) < 2 or np.ptp(differences) == 0:
            return None
        return float(np.var(differences, ddof=1))


def _buys_one(candidate: Candidate) -> bool:
    """Whether it is one query, bought for what was learned of it by a method of ours."""
    policy = candidate.policy
    return (
        candidate.budget == 1
        and candidate.n_draws == 1
        and not candidate.is_own
        and is_plain_set(policy)
        and isinstance(policy.selector, QuerySelector)
    )


def _own_answers(
    candidate: Candidate,
    tests: Sequence[np.ndarray],
    results: Sequence[SplitResult],
    right: np.ndarray,
) -> bool:
    """Whether every split scored the bought query's own answers, whatever the vote."""
    for test, result in zip(tests, results, strict=True):
        scored = result.scored.get(candidate)
        if scored is None or not np.array_equal(scored.correct, right[test, scored.columns[0]]):
            return False
    return True


def _bought(table: PredictionTable, split: Split, methods: dict[Any, Any]) -> dict[Any, np.ndarray]:
    """The column that each method buys in each draw."""
    bought: dict[Any, list[int]] = {key: [] for key in methods}
    for market, seed in _markets(table, split) if methods else ():
        for key, selector in methods.items():
            # Every method settles its ties by the same seed, as in a split.
            one = clone(selector).set_params(random_state=seed)
            bought[key].append(one.buy(market.reseeded(seed))[0])
    return {key: np.array(columns, dtype=int) for key, columns in bought.items()}


def _markets(table: PredictionTable, split: Split) -> Iterator[tuple[Market, int]]:
    """What selectors may look at in each draw, and a seed of its own for each."""
    first = np.unique(table.groups, return_index=True)[1]
    strata = table.strata[first]
    n_learned = np.bincount(strata[np.unique(table.groups[split.train])])
    rows = distinct_rows(table)
    rows = rows[np.isin(table.strata[rows], np.flatnonzero(n_learned))]
    market = open_market(
        table.answers[rows],
        table.known_labels[rows].astype(np.int64),
        models=table.models,
        costs=table.costs,
    )

    rng = split.rng(DRAW_NUMBER)
    for _ in range(DRAWS // AT_ONCE):
        drawn = np.zeros((AT_ONCE, len(strata)), dtype=np.int64)
        for stratum in np.flatnonzero(n_learned):
            members = np.flatnonzero(strata == stratum)
            shares = np.full(len(members), 1 / len(members))
            drawn[:, members] = rng.multinomial(n_learned[stratum], shares, size=AT_ONCE)
        weights = drawn[:, table.groups[rows]]
        # Copies of one question may differ in label: a class may be missing all the same.
        weights = weights[[_holds_all_classes(market, row) for row in weights]]
        seeds = rng.integers(2**31, size=len(weights)).tolist()
        yield from zip(market.reweighted(weights, seeds), seeds, strict=True)


def _holds_all_classes(market: Market, weights: np.ndarray) -> bool:
    of_class = np.bincount(market.labels, weights, minlength=len(market.classes))
    return bool((of_class > 0).all())
