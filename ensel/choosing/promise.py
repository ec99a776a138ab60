"""What fitting, judging and choosing would have said on other items: the bootstrap behind `select`.

A promise from cross-validation moves with three things. *Which items were at hand*: the variance
of the mean of the held-out scores, V_items. *What was learned* from them: the chosen method is
fitted and cross-validated again on items drawn with replacement, copies of an item in one fold
(where items are copies of a question, questions are drawn). A
resample carries the sample's luck and its own, so whatever depends on what was learned varies twice
as much as it should: V_boot = V_items + 2 V_learned, and V_items + V_learned is the mean of V_items
and V_boot. *What was chosen*: items are reweighted, and the choice is made again from the held-out
scores at hand; V_chosen is the variance of the full-sample scores of what it lands on. The same
reweighting prices the winner's luck: what is chosen leads the single best query by more on the
items that chose it than on all items, by the optimism that is then taken off (Efron 1983; that the
scores are leads over the single best query takes the luck of the drawn items out of it; the items
that a resample leaves out would not do for all of them: they are as unlucky as the drawn ones are
lucky). The sum of variances is derived here; ``benchmarks/interval_coverage.py`` measures what it
covers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensel.choosing.rules import MANY, HeldOut, choose
from ensel.exceptions import InputError
from ensel.heldout.checks import check_whole
from ensel.heldout.scoring import SINGLE_KEY, Key, Plan, score_split
from ensel.heldout.splits import Split, check_seed, distinct_rows, draw_with_replacement
from ensel.parallel import run_all
from ensel.table.prediction_table import PredictionTable

RESAMPLE_FOLDS = 5
RECHOICES, RECHOICES_OF_MANY = 500, 100
"""Resamples of the choice; of more than 4,000 questions fewer do, since less of it is luck."""


@dataclass(frozen=True)
class Luck:
    """How much of a held-out score is luck of the choice.

    Attributes
    ----------
    optimism : float
        To be taken off the score of what was chosen, and off its gain.
    variance, gain_variance : float
        V_chosen of the accuracy, and of the gain.
    """

    optimism: float = 0.0
    variance: float = 0.0
    gain_variance: float = 0.0


def luck_of_choice(held_out: HeldOut, budget: int, seed: int) -> Luck:
    """Choose again on reweighted items.

    Parameters
    ----------
    held_out : HeldOut
    budget : int
    seed : int

    Returns
    -------
    Luck
    """
    rng = np.random.default_rng([check_seed(seed), 5])
    n_rows = len(held_out.correct)
    whole = dict(zip(held_out.keys, held_out.correct.mean(axis=0), strict=True))
    single = held_out.scores(SINGLE_KEY)
    optimism, found = [], []
    for _ in range(RECHOICES if n_rows < MANY else RECHOICES_OF_MANY):
        weights = draw_with_replacement(n_rows, rng)
        key = choose(held_out, budget, weights).key
        lead = held_out.scores(key) - single
        optimism.append(weights @ lead / n_rows - lead.mean())
        found.append((whole[key], whole[key] - whole[SINGLE_KEY]))
    variance, gain_variance = np.var(found, axis=0, ddof=1)
    return Luck(max(float(np.mean(optimism)), 0.0), float(variance), float(gain_variance))


def resample(
    table: PredictionTable,
    keys: tuple[Key, ...],
    *,
    money: float | None = None,
    n_boot: int,
    seed: int,
    progress: bool | None = None,
) -> dict[Key, tuple[float, float]]:
    """Cross-validate ensembles on items drawn with replacement.

    Parameters
    ----------
    table : PredictionTable
    keys : tuple of key
        Ensembles whose variances are wanted.
    money : float, optional
    n_boot : int
        At least 2.
    seed : int
    progress : bool, optional

    Returns
    -------
    dict of key to (float, float)
        V_boot of each ensemble's accuracy, and of its gain over the single best query; absent
        where fewer than two resamples could fill it.
    """
    from joblib import delayed

    check_whole(n_boot, "resamples", 2)
    children = np.random.SeedSequence([check_seed(seed), 4]).spawn(n_boot)
    plan = Plan(tuple(dict.fromkeys([SINGLE_KEY, *keys])), money)
    jobs = (delayed(_draw)(table, plan, child) for child in children)
    done = run_all(jobs, n_boot, shared=[table], label="resampling", unit="draw", progress=progress)
    draws = [draw for draw in done if draw is not None]
    if len(draws) < 2:
        raise InputError(
            f"{table.name}: too few items of the rarer classes to resample {table.n_items} items"
        )
    # In a resample another model may be best and have too few samples for a budget.
    found = {key: [draw[key] for draw in draws if key in draw] for key in plan.keys}
    return {
        key: (
            float(np.var([accuracy for accuracy, _ in pairs], ddof=1)),
            float(np.var([gain for _, gain in pairs], ddof=1)),
        )
        for key, pairs in found.items()
        if len(pairs) >= 2
    }


def _draw(
    table: PredictionTable,
    plan: Plan,
    seed: np.random.SeedSequence,
) -> dict[Key, tuple[float, float]] | None:
    """Accuracies and gains in one resample; None if a part has one class."""
    rng = np.random.default_rng(seed)
    groups = table.groups
    n_questions = table.n_questions
    fold = (rng.permutation(n_questions) % min(RESAMPLE_FOLDS, n_questions))[groups]
    of_item = draw_with_replacement(n_questions, rng)[groups]
    once = np.zeros(table.n_items, dtype=bool)
    once[distinct_rows(table)] = True
    right: dict[Key, list[np.ndarray]] = {}
    tested = []
    for number in np.unique(fold[of_item > 0]):
        test = np.flatnonzero((of_item > 0) & (fold == number))
        train = np.flatnonzero((of_item > 0) & (fold != number) & once)
        if len(np.unique(table.known_labels[train])) < 2:
            return None
        split = Split(train, test, seed, of_item[train])
        tested.append(of_item[test])
        for key, scored in score_split(table, split, plan).scored.items():
            right.setdefault(key, []).append(scored.correct)
    counts = np.concatenate(tested)
    counts = counts / counts.sum()
    single = np.concatenate(right[SINGLE_KEY])
    return {
        key: (float(counts @ correct), float(counts @ (correct - single)))
        for key, correct in ((key, np.concatenate(parts)) for key, parts in right.items())
        if len(correct) == len(single)
    }
