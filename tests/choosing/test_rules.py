"""The rules of the choice, one by one, on made-up held-out scores; and its honesty."""

import numpy as np
import pytest

from ensel import select
from ensel.choosing.candidates import CLOSED_FAMILIES, candidates_up_to
from ensel.choosing.learning_curve import learning_curve
from ensel.choosing.promise import spread_of_choice
from ensel.choosing.rules import Choice, choose, choose_or_ask_in_sequence
from ensel.choosing.scoreboard import Scoreboard, judge
from ensel.error_model import simulate
from ensel.heldout.candidates import Candidate, named_candidates, single_best
from ensel.heldout.scoring import score_split
from ensel.heldout.splits import folds

N = 400


def made_up(accuracy=None, log_loss=None, budget=3, noise=0.0):
    """Held-out scores: every candidate alike, but for what is given by (method, vote, size)."""
    keys = candidates_up_to(budget)
    rng = np.random.default_rng(0)
    correct, losses = np.zeros((N, len(keys))), np.zeros((N, len(keys)))
    for j, key in enumerate(keys):
        share = (accuracy or {}).get(key, 0.8)
        correct[:, j] = np.arange(N) < share * N
        losses[:, j] = (log_loss or {}).get(key, 0.5) + noise * rng.normal(size=N)
    return Scoreboard(keys, correct, losses, 10, 2)


def entrant(method, vote, size):
    """The candidate of that name."""
    return named_candidates([(method, vote)], [size])[0]


SINGLE = single_best()
START3 = entrant("greedy-logit", "logit", 3)


def test_single_best_when_nothing_is_better():
    choice = choose(made_up(), 3)
    assert choice.chosen == SINGLE
    assert choice.ensemble == START3


def test_start_when_it_is_better():
    losses = {entrant("greedy-logit", "logit", 3): 0.4}
    choice = choose(made_up({SINGLE: 0.7}, losses), 3)
    assert choice.chosen == choice.ensemble == START3


def test_fewer_queries_when_their_log_loss_is_no_worse():
    losses = {entrant("greedy-logit", "logit", size): 0.4 for size in (2, 3)}
    assert choose(made_up({SINGLE: 0.7}, losses), 3).chosen == entrant("greedy-logit", "logit", 2)


def test_fewer_queries_must_be_worth_it_themselves():
    """All log losses alike: one query is as good as three, says that rule alone."""
    one, two = entrant("greedy-logit", "logit", 1), entrant("greedy-logit", "logit", 2)
    better = {two: 0.8, START3: 0.8, SINGLE: 0.7}
    assert choose(made_up(better | {one: 0.75}), 3).chosen == one
    assert choose(made_up(better | {one: 0.7}), 3).chosen == two
    # Two, of which the second is never heard: right where the single best is.
    assert choose(made_up(better | {one: 0.7, two: 0.7}), 3).chosen == START3


def test_top_k_when_its_log_loss_is_lower():
    losses = {entrant("top-k", "logit", 3): 0.3, START3: 0.4}
    assert choose(made_up({SINGLE: 0.7}, losses), 3).chosen == entrant("top-k", "logit", 3)


def test_others_when_they_are_more_accurate_by_more_than_their_error():
    losses = {START3: 0.4}
    # 8 of 400 items apart: 2 points, standard error sqrt(.02 * .98 / 400) = .7 points.
    better = {entrant("greedy-mi", "map", 3): 0.82, SINGLE: 0.7}
    assert choose(made_up(better, losses), 3).chosen == entrant("greedy-mi", "map", 3)
    level = {entrant("greedy-mi", "map", 3): 0.8, SINGLE: 0.7}
    assert choose(made_up(level, losses), 3).chosen == START3


def apart(wins, losses):
    """The start of size 3 wins some items against the single best and loses others."""
    held_out = made_up({}, {START3: 0.4})
    single = held_out.scores(SINGLE).copy()
    own = single.copy()
    own[np.flatnonzero(single == 0)[:wins]] = 1
    own[np.flatnonzero(single == 1)[:losses]] = 0
    correct = np.tile(single[:, None], (1, len(held_out.candidates)))
    correct[:, held_out.candidates.index(START3)] = own
    return Scoreboard(held_out.candidates, correct, held_out.log_loss, 10, 2)


def test_single_best_by_the_shrunk_gain_by_hand():
    # 9 items won, 10 lost of 400: gain -1/400 = -.25 points; error^2 = (19/400) / 400 - tiny =
    # (1.09 points)^2. Shrunk: -.25 + 1.19 * 1 / 2.25 = +.28: keep the ensemble.
    assert choose(apart(9, 10), 3).chosen == START3
    # 9 won, 13 lost: -1 + (22/400/400 = 1.17^2 points^2) / 2.25 = -1 + .61 < 0: buy one query.
    assert choose(apart(9, 13), 3) == Choice(SINGLE, START3)
    # The same items right: nothing gained, no error, one query.
    assert choose(apart(0, 0), 3).chosen == SINGLE


IN_SEQUENCE = Candidate("adaptive", "logit", 3)


def beside_a_sequence(right, single=0.7, start=0.8):
    """The board on which the start of 3 is chosen, and what asks in sequence: right on those."""
    board = made_up({SINGLE: single, START3: start}, {START3: 0.4})
    scores = np.isin(np.arange(N), right).astype(float)
    return Scoreboard(
        (*board.candidates, IN_SEQUENCE),
        np.column_stack([board.correct, scores]),
        np.column_stack([board.log_loss, np.full(N, 0.5)]),
        10,
        2,
    )


def test_what_asks_in_sequence_is_chosen_where_it_leads_by_more_than_its_error():
    """The start is right on the first 320 of 400 items."""
    # 2 won, 0 lost: .5 points; error^2 = (2/400 - .005^2) / 400 = (.353 points)^2. It leads.
    # 1 won: .25 points, and error^2 = (1/400 - .0025^2) / 400 = (.2497 points)^2. By a hair.
    # 4 won, 3 lost: .25 points, error (7/400 - .0025^2) / 400 = (.66 points)^2. It does not.
    for won, lost, leads in (
        (2, 0, True),
        (1, 0, True),
        (4, 3, False),
        (0, 0, False),
        (0, 2, False),
    ):
        board = beside_a_sequence(np.arange(lost, 320 + won))
        expected = Choice(IN_SEQUENCE, IN_SEQUENCE) if leads else Choice(START3, START3)
        assert choose_or_ask_in_sequence(board, 3) == expected
        assert choose(board, 3) == Choice(START3, START3)


def test_it_may_take_the_place_of_one_query_too():
    """No ensemble is worth it; what asks in sequence leads the single best by two points."""
    board = beside_a_sequence(np.arange(328), single=0.8, start=0.8)
    assert choose(board, 3).chosen == SINGLE
    assert choose_or_ask_in_sequence(board, 3) == Choice(IN_SEQUENCE, IN_SEQUENCE)


def test_without_anything_that_asks_in_sequence_the_choice_is_the_same():
    for better in ({SINGLE: 0.7}, {}):
        board = made_up(better, {START3: 0.4})
        assert choose_or_ask_in_sequence(board, 3) == choose(board, 3)


def test_weights_count_for_what_asks_in_sequence_too():
    """Two items won of 400 decide; where neither is drawn, they do not."""
    board = beside_a_sequence(np.arange(322))
    weights = np.ones(N)
    weights[[320, 321]] = 0
    assert choose_or_ask_in_sequence(board, 3, weights).chosen == START3
    assert choose_or_ask_in_sequence(board, 3, np.ones(N)).chosen == IN_SEQUENCE


def test_weights_stand_for_repeated_items():
    held_out = made_up({SINGLE: 0.75}, {START3: 0.45}, noise=0.5)
    rng = np.random.default_rng(1)
    for _ in range(20):
        rows = rng.integers(N, size=N)
        drawn = Scoreboard(
            held_out.candidates, held_out.correct[rows], held_out.log_loss[rows], 10, 2
        )
        assert choose(drawn, 3) == choose(held_out, 3, np.bincount(rows, minlength=N))


def test_candidates_hold_top_k_and_the_single_best():
    keys = candidates_up_to(2)
    assert keys[0] == SINGLE
    assert len(keys) == 1 + 2 * len(CLOSED_FAMILIES.named(None))
    assert {entrant("top-k", "weighted", 1), entrant("top-k", "weighted", 2)} <= set(keys)


def test_cross_validation_by_hand(small_pool):
    keys = (SINGLE, entrant("top-k", "logit", 2))
    held_out = judge(small_pool, keys, n_folds=5, n_repeats=2, seed=3)
    total = np.zeros(small_pool.n_items)
    for split in folds(small_pool, 5, 2, 3):
        scored = score_split(small_pool, split, keys).scored
        total[split.test] += scored[entrant("top-k", "logit", 2)].correct
    np.testing.assert_allclose(held_out.scores(entrant("top-k", "logit", 2)), total / 2)
    assert np.isnan(held_out.losses(SINGLE)).all()


def test_scores_move_with_the_choice():
    """Simulated: 12 alike queries of .7; which is chosen is chance."""
    pool = simulate(150, [0.3] * 12, 0.3, random_state=0)
    held_out = judge(pool, candidates_up_to(4), n_repeats=1)
    spread = spread_of_choice(held_out, 4, seed=0)
    assert spread.accuracy > 0
    assert spread.gain > 0
    assert spread_of_choice(held_out, 4, seed=0) == spread


def test_honest_on_noise():
    """Simulated: independent labels. Whatever is chosen is expected to get a half."""
    rng = np.random.default_rng(5)
    covered = []
    for seed in range(10):
        pool = simulate(120, [0.5] * 8, 0.0, random_state=int(rng.integers(2**31)))
        result = select(pool, 3, n_repeats=1, n_boot=10, seed=seed)
        covered.append(result.expected.low <= 0.5 <= result.expected.high)
    assert sum(covered) >= 8


def test_learning_curve_is_nested_and_paired(small_pool):
    curve = learning_curve(small_pool, entrant("top-k", "logit", 3), seed=1)
    assert curve["n_train"].tolist() == [62, 125, 250]
    np.testing.assert_allclose(
        curve["doubling"].to_numpy()[1:], np.diff(curve["accuracy"]), atol=1e-9
    )
    assert (curve["doubling_low"][1:] <= curve["doubling"][1:]).all()


def test_tiny_tables_have_no_learning_curve(small_pool):
    tiny = small_pool.subset(items=slice(0, None, 17))
    assert learning_curve(tiny, SINGLE)["n_train"].tolist() == [15]


@pytest.mark.parametrize("size", [1, 2])
def test_copies_of_one_question_share_a_fold(real, size):
    table = real("mmlu").subset(items=slice(0, 2000))
    tested = np.zeros(table.n_items)
    for split in folds(table, 5, 1, seed=size):
        tested[split.test] += 1
    assert (tested == 1).all()
