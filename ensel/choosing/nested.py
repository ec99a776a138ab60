"""What choosing anew gets: the whole procedure, on items that none of it saw.

A held-out score of what was chosen owes something to luck, since the choice looked at held-out
scores. So the items are cut into folds once more, around all that: without each fold candidates are
judged by a cross-validation of their own, one is chosen for every budget by the same rules, fitted,
and scored on the fold. Nothing that is scored had a say in what was chosen. (Nested
cross-validation; Varma & Simon 2006.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ensel.choosing.candidates import Families
from ensel.choosing.rules import Chooses
from ensel.choosing.scoreboard import FOLDS, MANY, Scoreboard, judge
from ensel.exceptions import InputError
from ensel.heldout.candidates import Candidate, single_best
from ensel.heldout.intervals import by_question
from ensel.heldout.scoring import score_split
from ensel.heldout.settings import Setting
from ensel.heldout.splits import Split, folds
from ensel.parallel import over_splits
from ensel.table.prediction_table import PredictionTable

INNER_FOLDS, OUTER_FOLDS_OF_MANY, INNER_FOLDS_OF_MANY = 5, 5, 3


@dataclass(frozen=True)
class Ask:
    """One choice that is to be made anew: for a budget and a sum of money, by a rule."""

    budget: int
    money: float | None
    chooses: Chooses


def nested_scores(
    table: PredictionTable,
    candidates: Sequence[Candidate],
    asks: Sequence[Ask],
    *,
    families: Families,
    setting: Setting,
    seed: int = 0,
    progress: bool | None = None,
) -> dict[Ask, np.ndarray]:
    """Choose anew without each fold, and score what is chosen on it.

    Where the other items do not suffice to judge anything (too few of a class), the single best
    query of them is asked.

    Parameters
    ----------
    table : PredictionTable
        Labelled.
    candidates : sequence of Candidate
        That are chosen among.
    asks : sequence of Ask
    families : Families
        See `ensel.choosing.scoreboard.judge`.
    setting : Setting
    seed : int
    progress : bool, optional

    Returns
    -------
    dict of Ask to ndarray of float, shape (n_questions,)
        Scores: 1 right, 0 wrong; of questions as in `Scoreboard.correct`.
    """
    if not asks:
        return {}
    many = table.n_items >= MANY
    n_outer = min(OUTER_FOLDS_OF_MANY if many else FOLDS, table.n_questions)
    n_inner = INNER_FOLDS_OF_MANY if many else INNER_FOLDS
    splits = folds(table, n_outer, 1, seed + 1)  # not the cut that judges candidates
    found = over_splits(
        _chosen_and_scored,
        table,
        splits,
        tuple(candidates),
        tuple(asks),
        (families, setting, n_inner, seed),
        label="choosing anew",
        progress=progress,
    )

    scores = np.empty((table.n_items, len(asks)))
    for split, of_fold in zip(splits, found, strict=True):
        scores[split.test] = of_fold
    of_questions = by_question(scores, table.groups)
    return {ask: of_questions[:, j] for j, ask in enumerate(asks)}


def _chosen_and_scored(
    table: PredictionTable,
    split: Split,
    candidates: tuple[Candidate, ...],
    asks: tuple[Ask, ...],
    details: tuple[Families, Setting, int, int],
) -> np.ndarray:
    """Scores on one fold, shape (n_test, n_asks)."""
    families, setting, n_inner, seed = details
    part = table.subset(items=split.train)
    try:
        board = judge(
            part,
            candidates,
            n_folds=min(n_inner, part.n_questions),
            n_repeats=1,
            families=families,
            seed=seed,
            progress=False,
        )
    except InputError:  # too few of a class for folds within the fold
        board = None

    singles = {ask: single_best(ask.money, setting) for ask in asks}
    chosen = {ask: _choice(board, ask, singles[ask]) for ask in asks}
    wanted = tuple(dict.fromkeys([*chosen.values(), *singles.values()]))
    scored = score_split(table, split, wanted).scored
    columns = [scored.get(chosen[ask], scored[singles[ask]]).correct for ask in asks]
    return np.column_stack(columns)


def _choice(board: Scoreboard | None, ask: Ask, single: Candidate) -> Candidate:
    """What is chosen; where no fold can fill the budget, the most that can be filled."""
    if board is None:
        return single
    own = board.of_money(ask.money)
    for budget in range(ask.budget, 0, -1):
        if own.of(own.families.start, budget) is not None:
            return ask.chooses(own, budget, None).chosen
    return single
