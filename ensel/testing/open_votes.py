"""Laws of votes on open answers, where every item has options of its own."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.testing.callers import Voter
from ensel.testing.laws import LawReport, Laws, name_of, require, try_laws
from ensel.testing.open_callers import (
    MOST_OPTIONS,
    OpenAnswer,
    OpenSubject,
    redrawn,
    rounded,
)
from ensel.testing.strategies import prediction_tables

OPEN_VOTE_LAWS = Laws()
"""What `check_open_vote` asks, in this order."""


def _arrays(table: PredictionTable) -> tuple[np.ndarray, np.ndarray]:
    return np.array(table.answers, dtype=int), np.array(table.known_labels, dtype=int)


def _small(vote: OpenSubject) -> Any:
    tables = prediction_tables(
        min_items=3, max_classes=MOST_OPTIONS, classes_seen=1, costs=False, models=False
    )
    return st.fixed_dictionaries({"table": tables})


def _seeded(vote: OpenSubject) -> Any:
    tables = prediction_tables(
        min_items=3, max_classes=MOST_OPTIONS, classes_seen=1, costs=False, models=False
    )
    return st.fixed_dictionaries({"table": tables, "seed": st.integers(0, 99)})


def _reliable(vote: OpenSubject) -> Any:
    """Queries that are mostly right, and scatter where they err: codes drawn item by item."""

    def built(n_queries: int, tenths_right: int, seed: int) -> PredictionTable:
        rng = np.random.default_rng(seed)
        X = rng.integers(0, MOST_OPTIONS, (200, n_queries))
        y = rng.integers(0, MOST_OPTIONS, 200)
        X = np.where(rng.random(X.shape) < tenths_right / 10, y[:, None], X)
        return PredictionTable(
            X,
            y,
            classes=[str(k) for k in range(MOST_OPTIONS)],
            queries=[f"reliable-{j}" for j in range(n_queries)],
        )

    tables = st.builds(built, st.integers(3, 5), st.integers(6, 9), st.integers(0, 999))
    return st.fixed_dictionaries({"table": tables})


def _rarely(vote: OpenSubject) -> Any:
    """One query right on all items but one, and one right on one, else silent, in any order."""

    def built(n_items: int, place: int, seed: int) -> PredictionTable:
        y = np.random.default_rng(seed).integers(0, MOST_OPTIONS, n_items)
        good, rare = y.copy(), np.full_like(y, MISSING)
        good[0], rare[-1] = (y[0] + 1) % MOST_OPTIONS, y[-1]
        names = ["good", "rare"]
        return PredictionTable(
            np.column_stack([good, rare][::place]),
            y,
            classes=[str(k) for k in range(MOST_OPTIONS)],
            queries=names[::place],
        )

    table = st.builds(built, st.integers(12, 24), st.sampled_from([1, -1]), st.integers(0, 99))
    return st.fixed_dictionaries({"table": table})


def _if_weights(vote: OpenSubject) -> str | None:
    return None if vote.voter.estimator is not None else "takes no weights of items"


_law = OPEN_VOTE_LAWS.add


@_law(
    "probabilities",
    "probabilities are in [0, 1]; those of the given options and of none of them sum to 1",
    _small,
)
def _probabilities(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    answer = vote.ask(X, y, X)
    shape = (len(X), MOST_OPTIONS)
    require(answer.p.shape == shape, f"probabilities of shape {answer.p.shape}, not {shape}")
    bad = ~(np.isfinite(answer.p) & (answer.p >= 0) & (answer.p <= 1 + 1e-9)).all(axis=1)
    require(not bad.any(), f"probabilities {rounded(answer.p[bad][:1])}, outside [0, 1]")

    sums = answer.p.sum(axis=1)
    require((sums <= 1 + 1e-6).all(), f"sums {sums.tolist()}, more than 1")
    if answer.none is not None:
        off = np.flatnonzero(np.abs(sums + answer.none - 1) > 1e-6)[:1]
        found = f"{rounded(answer.p[off])} and none {answer.none[off].tolist()}: not 1 together"
        require(len(off) == 0, found)


@_law("options given", "an option that nobody gave has probability 0, and is not chosen", _small)
def _options_given(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    given = (X[:, :, None] == np.arange(MOST_OPTIONS)).any(axis=1)
    answer = vote.ask(X, y, X)
    bad = np.flatnonzero((np.where(given, 0, answer.p) > 1e-12).any(axis=1))[:1]
    require(len(bad) == 0, f"answers {X[bad].tolist()} have {rounded(answer.p[bad])}")
    codes = np.append(answer.chosen[:, None], X, axis=1)
    speaks = (X != MISSING).any(axis=1)
    given_one = (codes[:, :1] == codes[:, 1:]).any(axis=1)
    bad = np.flatnonzero(speaks & ~given_one)[:1]
    require(len(bad) == 0, f"answers {X[bad].tolist()} give {answer.chosen[bad].tolist()}")


@_law("most probable option", "the chosen option is the most probable one", _small)
def _most_probable(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    answer = vote.ask(X, y, X)
    short = answer.p.max(axis=1) - answer.p[np.arange(len(X)), answer.chosen]
    short[answer.chosen == MISSING] = 0
    worst = int(short.argmax())
    found = f"option {answer.chosen[worst]} with {rounded(answer.p[[worst]])}"
    require(short[worst] <= 1e-9, found)


@_law("silent item", "where no query answers, none is right for certain, and -1 is chosen", _small)
def _silent(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    answer = vote.ask(X, y, np.full((1, X.shape[1]), MISSING))
    require(answer.chosen.tolist() == [MISSING], f"option {answer.chosen.tolist()}")
    require((answer.p == 0).all(), f"probabilities {rounded(answer.p)}")
    if answer.none is not None:
        require(abs(answer.none[0] - 1) <= 1e-9, f"none {answer.none[0]}")


@_law("inputs kept", "answers and labels are not modified", _small)
def _inputs_kept(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    given = X.copy(), y.copy(), X[::-1].copy()
    vote.ask(*given, copy=False)
    for after, before in zip(given, (X, y, X[::-1]), strict=True):
        require(np.array_equal(after, before), f"{before.tolist()} became {after.tolist()}")


@_law("same seed", "the same input and seed give the same answer", _small)
def _same_seed(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    once, again = (vote.ask(X, y, X, seed=7) for _ in range(2))
    vote.same_choice(once, again, "when asked again")
    require(np.array_equal(once.p, again.p), "other probabilities when asked again")


@_law(
    "codes redrawn",
    "drawing the codes of every item anew renames the answers, and changes nothing else",
    _seeded,
)
def _codes_redrawn(vote: OpenSubject, table: PredictionTable, seed: int) -> None:
    X, y = _arrays(table)
    renamed, labels, names = redrawn(X, y, seed)
    before, after = vote.ask(X, y, X), vote.ask(renamed, labels, renamed)
    back = np.argsort(names, axis=1)
    items = np.arange(len(X))
    chosen = np.where(after.chosen == MISSING, MISSING, back[items, after.chosen])
    after = OpenAnswer(chosen, np.take_along_axis(after.p, names, axis=1), after.none)
    vote.same(before, after, "with codes drawn anew, and back")
    vote.same_choice(before, after, "with codes drawn anew, and back")  # ties, too


@_law(
    "unknown truth",
    "where nobody gave the right option it does not matter which code it has",
    _small,
)
def _unknown_truth(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    wrong = ~(y[:, None] == X).any(axis=1)
    last = MOST_OPTIONS  # a code more, that no query gave
    before = vote.ask(X, y, X, n_classes=last + 1)
    after = vote.ask(X, np.where(wrong, last, y), X, n_classes=last + 1)
    vote.same(before, after, "with another code for truths that nobody gave")


@_law(
    "missing abstains",
    "a query that never answers changes nothing, and one that speaks alone is heard",
    _small,
)
def _abstains(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    silent = np.column_stack([X, np.full(len(X), MISSING)])
    vote.same(vote.ask(X, y, X), vote.ask(silent, y, silent), "beside a silent query")
    n_queries = X.shape[1]
    alone = np.full((n_queries, n_queries), MISSING)
    np.fill_diagonal(alone, 2)
    chosen = vote.ask(X, y, alone).chosen
    require((chosen == 2).all(), f"answers {alone.tolist()} give {chosen.tolist()}")


@_law("unseen patterns", "every way to agree gets an answer, whether it was seen or not", _small)
def _unseen(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    n_options = min(X.shape[1], 3)
    asked = np.array(list(product(range(MISSING, n_options), repeat=X.shape[1])))
    answer = vote.ask(X, y, asked)
    require(np.isfinite(answer.p).all(), "probabilities that are no numbers")
    silent = (asked == MISSING).all(axis=1)
    bad = np.flatnonzero((answer.chosen == MISSING) != silent)[:1]
    require(len(bad) == 0, f"answers {asked[bad].tolist()} give {answer.chosen[bad].tolist()}")


@_law("company of items", "the answer for an item does not depend on the others voted on", _small)
def _company(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    together = vote.ask(X, y, X)
    alone = vote.ask(X, y, X[:1])
    vote.same(together.rows([0]), alone, "for item 0 on its own")
    vote.same_choice(together.rows([0]), alone, "for item 0 on its own")


@_law(
    "weights are repeats",
    "an item of weight w is w items",
    _seeded,
    skipped=_if_weights,
)
def _weights(vote: OpenSubject, table: PredictionTable, seed: int) -> None:
    X, y = _arrays(table)
    weights = np.random.default_rng(seed).integers(0, 4, len(X))
    weights[0] = 2
    times = np.repeat(np.arange(len(X)), weights)
    weighted, repeated = vote.ask(X, y, X, weights=weights), vote.ask(X[times], y[times], X)
    vote.same(weighted, repeated, f"with items repeated {weights.tolist()} times")


@_law("order of items", "the order of the items does not matter", _small)
def _order_of_items(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    before, after = vote.ask(X, y, X), vote.ask(X[::-1], y[::-1], X)
    vote.same(before, after, "with the items reversed")


@_law("order of columns", "the order of the columns changes nothing but the draw in ties", _small)
def _order_of_columns(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    mirrored = X[:, ::-1]
    after = vote.ask(mirrored, y, mirrored)
    vote.same(vote.ask(X, y, X), after, "with the columns reversed")


@_law(
    "rare answers",
    "a query that answered one item, rightly, does not outvote one that is mostly right",
    _rarely,
)
def _rare_answers(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    p = vote.ask(X, y, np.array([[0, 1]])).p[0]  # a vote that counts heads may call it a tie
    good, rare = (float(p[table.query_names.index(name)]) for name in ("good", "rare"))
    found = f"where they disagree, the option of 'good' has {good:.3g}, of 'rare' {rare:.3g}"
    require(rare <= good + vote.tolerance, found)


@_law(
    "unanimous",
    "what reliable queries all say is more probably right than not",
    _reliable,
    most_examples=20,
)
def _unanimous(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    p = vote.ask(X, y, np.full((1, X.shape[1]), 1)).p[0]
    require(p[1] > 0.5, f"all say 1, which has {p[1]:.3g}")


@_law(
    "one more backer",
    "of reliable queries, one more for an option does not make it less probable",
    _reliable,
    most_examples=20,
)
def _one_more(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    before = X[:50].copy()
    before[:, 0] = MISSING
    after = before.copy()
    after[:, 0] = before[:, 1]
    items, option = np.arange(len(before)), before[:, 1]
    p = vote.ask(X, y, before).p[items, option]
    q = vote.ask(X, y, after).p[items, option]
    less = np.flatnonzero(q < p - vote.tolerance)[:1]
    found = f"answers {before[less].tolist()}: {p[less].tolist()}, but {q[less].tolist()}"
    require(len(less) == 0, f"{found} with the first query for the option of the second")


@_law(
    "better than chance",
    "of reliable queries' answers, mostly the right one is chosen",
    _reliable,
    most_examples=20,
)
def _better_than_chance(vote: OpenSubject, table: PredictionTable) -> None:
    X, y = _arrays(table)
    learn, asked = slice(0, None, 2), slice(1, None, 2)
    accuracy = float((vote.ask(X[learn], y[learn], X[asked]).chosen == y[asked]).mean())
    best = float(table.accuracies.max())
    least = (1 / MOST_OPTIONS + best) / 2
    require(accuracy >= least, f"accuracy {accuracy:.3f}; the best query has {best:.3f}")


def check_open_vote(
    vote: Any, *, tolerance: float = 1e-6, max_examples: int = 100, report: bool = False
) -> LawReport:
    """Check a method that makes one answer of open answers: options differ from item to item.

    Laws: `OPEN_VOTE_LAWS`.

    Parameters
    ----------
    vote : estimator, class of estimators, or callable
        An estimator has ``fit(X, y, sample_weight=None)``, ``predict(X)`` (-1 where no query
        answers), ``predict_proba(X)``, `get_params`, and perhaps ``none_proba(X)``; its parameters
        `n_classes` and `random_state` are set where it has them. A function is called as
        ``function(answers, labels, asked)`` and returns probabilities of the options, shape
        (n_items, n_classes); the most probable is taken for its choice. `n_classes` and
        `random_state` are handed in by name where it has such a parameter.
    tolerance : float
        By which probabilities may differ where they should be equal.
    max_examples : int
        Tables tried for each law.
    report : bool
        Try all laws, and raise nothing.

    Returns
    -------
    LawReport

    Raises
    ------
    BrokenLaw
        At the first broken law, unless `report`; it prints a small table that breaks it.

    See Also
    --------
    ensel.testing.check_vote : Where all items share their classes.

    Examples
    --------
    >>> from ensel.voting import OpenMajority
    >>> check_open_vote(OpenMajority, max_examples=20).broken
    []
    >>> def knows_codes(answers, labels, asked, n_classes):  # learns which code is often right
    ...     often = np.bincount(labels, minlength=n_classes) + 1
    ...     given = (asked[:, :, None] == np.arange(n_classes)).sum(axis=1) * often
    ...     return given / np.maximum(given.sum(axis=1, keepdims=True), 1)
    >>> check_open_vote(knows_codes, max_examples=20)
    Traceback (most recent call last):
        ...
    ensel.testing.laws.BrokenLaw: knows_codes breaks 'codes redrawn': drawing the codes of every ...
    ...
    """
    subject = OpenSubject(Voter(vote), tolerance)
    return try_laws(
        name_of(vote), OPEN_VOTE_LAWS, subject, max_examples=max_examples, report=report
    )
