"""Laws of votes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ensel.table.codes import MISSING
from ensel.table.prediction_table import PredictionTable
from ensel.testing.callers import Voter
from ensel.testing.laws import LawReport, Laws, name_of, require, try_laws
from ensel.testing.strategies import copula_pools, prediction_tables

VOTE_LAWS = Laws()
"""What `check_vote` asks, in this order."""


@dataclass(frozen=True)
class _Vote:
    voter: Voter
    tolerance: float
    has_probabilities: bool

    def ask(
        self, table: PredictionTable, asked: Any, *, learn: Any = slice(None), **more: Any
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Learn from a table (or the rows `learn` of it) and answer other items."""
        return self.voter.ask(
            np.array(table.answers[learn], dtype=int),
            np.array(table.known_labels[learn], dtype=int),
            np.array(asked, dtype=int),
            table.n_classes,
            **more,
        )

    def same(self, before: Any, after: Any, change: str) -> None:
        """Probabilities alike; predictions alike where no second class is as probable."""
        (labels, p), (others, q) = before, after
        if p is None or q is None:
            differ = np.flatnonzero(labels != others)
            require(len(differ) == 0, f"class {labels.tolist()}, but {others.tolist()} {change}")
            return
        differ = np.flatnonzero(np.abs(p - q).max(axis=1) > self.tolerance)
        require(
            len(differ) == 0,
            f"probabilities {_rounded(p[differ])}, but {_rounded(q[differ])} {change}",
        )
        top = np.sort(p, axis=1)
        clear = top[:, -1] - top[:, -2] > 2 * self.tolerance
        require(
            np.array_equal(labels[clear], others[clear]),
            f"class {labels[clear].tolist()}, but {others[clear].tolist()} {change}",
        )

    def valid(self, answer: Any, n_items: int, n_classes: int) -> None:
        """Whether an answer is one: a class an item, and probabilities if there are any."""
        labels, p = answer
        require(labels.shape == (n_items,), f"classes of shape {labels.shape}, not ({n_items},)")
        require(
            np.isin(labels, np.arange(n_classes)).all(),
            f"class {labels.tolist()}, of {n_classes} from 0",
        )
        if p is None:
            return
        require(
            p.shape == (n_items, n_classes),
            f"probabilities of shape {p.shape}, not {(n_items, n_classes)}",
        )
        bad = ~(np.isfinite(p) & (p >= 0) & (p <= 1 + 1e-9)).all(axis=1)
        require(not bad.any(), f"probabilities {_rounded(p[bad][:1])}, outside [0, 1]")
        bad = np.abs(p.sum(axis=1) - 1) > 1e-6
        require(not bad.any(), f"probabilities {_rounded(p[bad][:1])}, which do not sum to 1")


def _rounded(p: np.ndarray) -> list[Any]:
    return [[float(f"{value:.4g}") for value in row] for row in p]


def _small(vote: _Vote) -> Any:
    # A vote that is told the number of classes must do with labels that lack some.
    seen: Any = 2 if "n_classes" in vote.voter.takes else "all"
    return st.fixed_dictionaries(
        {
            "table": prediction_tables(
                min_items=4, max_queries=3, classes_seen=seen, costs=False, models=False
            )
        }
    )


def _held_out(vote: _Vote) -> Any:
    return _small(vote).flatmap(
        lambda example: st.fixed_dictionaries(
            {
                "table": st.just(example["table"]),
                "n_train": st.integers(3, example["table"].n_items - 1),
            }
        )
    )


def _perfect(vote: _Vote) -> Any:
    def built(n_classes: int, n_queries: int, repeats: int) -> PredictionTable:
        labels = np.tile(np.arange(n_classes), repeats)
        return PredictionTable(
            np.repeat(labels[:, None], n_queries, axis=1),
            labels,
            classes=[str(k) for k in range(n_classes)],
            queries=[f"perfect-{j}" for j in range(n_queries)],
        )

    table = st.builds(built, st.integers(2, 4), st.integers(2, 4), st.integers(2, 5))
    return st.fixed_dictionaries({"table": table})


def _easy(vote: _Vote) -> Any:
    pool = copula_pools(
        min_items=800, max_items=800, min_queries=3, max_error=0.3, max_correlation=0.5
    )
    return st.fixed_dictionaries({"table": pool})


def _rarely(vote: _Vote) -> Any:
    def built(n_classes: int, repeats: int, place: int) -> dict[str, Any]:
        labels = np.tile(np.arange(n_classes), repeats)
        good, rare = labels.copy(), np.full_like(labels, MISSING)
        good[0], rare[-1] = 1, labels[-1]  # right but on one item; right on one, else silent
        asked = np.array(list(permutations(range(n_classes), 2)))
        names = ["good", "rare"]
        table = PredictionTable(
            np.column_stack([good, rare][::place]),
            labels,
            classes=[str(k) for k in range(n_classes)],
            queries=names[::place],
        )
        return {"table": table, "asked": asked[:, ::place].tolist()}

    return st.builds(built, st.integers(3, 4), st.integers(4, 8), st.sampled_from([1, -1]))


def _if_probabilities(vote: _Vote) -> str | None:
    return None if vote.has_probabilities else "gives classes, no probabilities"


def _if_ties_show(vote: _Vote) -> str | None:
    return None if vote.has_probabilities else "gives no probabilities to tell ties by"


_law = VOTE_LAWS.add


@_law(
    "probabilities",
    "probabilities are in [0, 1] and sum to 1, a column a class",
    _small,
    skipped=_if_probabilities,
)
def _probabilities(vote: _Vote, table: PredictionTable) -> None:
    vote.valid(vote.ask(table, table.answers), table.n_items, table.n_classes)


@_law(
    "most probable class",
    "the predicted class is the most probable one",
    _small,
    skipped=_if_probabilities,
)
def _most_probable(vote: _Vote, table: PredictionTable) -> None:
    labels, p = vote.ask(table, table.answers)
    if p is not None:
        short = p.max(axis=1) - p[np.arange(len(p)), labels]
        worst = int(short.argmax())
        require(short[worst] <= 1e-9, f"class {labels[worst]} with {_rounded(p[[worst]])}")


@_law("same seed", "the same input and seed give the same answer", _small)
def _same_seed(vote: _Vote, table: PredictionTable) -> None:
    once, again = (vote.ask(table, table.answers, seed=7) for _ in range(2))
    require(np.array_equal(once[0], again[0]), f"{once[0].tolist()}, then {again[0].tolist()}")
    if once[1] is not None and again[1] is not None:
        require(np.array_equal(once[1], again[1]), "other probabilities when asked again")


@_law("inputs kept", "answers and labels are not modified", _small)
def _inputs_kept(vote: _Vote, table: PredictionTable) -> None:
    given = {
        "answers": np.array(table.answers, dtype=int),
        "labels": np.array(table.labels, dtype=int),
        "answers to vote on": np.array(table.answers[::-1], dtype=int),
    }
    before = {name: array.copy() for name, array in given.items()}
    X, y, asked = given.values()
    vote.voter.ask(X, y, asked, table.n_classes)
    for name, array in given.items():
        require(np.array_equal(array, before[name]), f"{name} became {array.tolist()}")


@_law(
    "missing abstains",
    "a missing answer is no vote: one perfect query speaks, the rest do not",
    _perfect,
)
def _abstains(vote: _Vote, table: PredictionTable) -> None:
    classes, n_queries = np.arange(table.n_classes), table.n_queries
    one_speaks = np.full((n_queries, table.n_classes, n_queries), MISSING)
    for speaker in range(n_queries):
        one_speaks[speaker, :, speaker] = classes
    asked = one_speaks.reshape(-1, n_queries)
    labels, _ = vote.ask(table, asked)
    wrong = np.flatnonzero(labels != np.tile(classes, n_queries))[:1]
    require(len(wrong) == 0, f"answers {asked[wrong].tolist()} give {labels[wrong].tolist()}")


@_law("silent item", "an item on which no query answers gets a valid answer", _small)
def _silent(vote: _Vote, table: PredictionTable) -> None:
    asked = np.full((1, table.n_queries), MISSING)
    vote.valid(vote.ask(table, asked), 1, table.n_classes)


@_law(
    "unseen patterns",
    "every pattern of answers gets a valid answer, seen in training or not",
    _small,
)
def _unseen(vote: _Vote, table: PredictionTable) -> None:
    codes = range(MISSING, table.n_classes)
    asked = np.array(list(product(codes, repeat=table.n_queries)))
    vote.valid(vote.ask(table, asked), len(asked), table.n_classes)


@_law("held-out labels", "labels outside the training items change nothing", _held_out)
def _held_out_labels(vote: _Vote, table: PredictionTable, n_train: int) -> None:
    # Training items are the first rows of larger arrays, whose other labels change between calls.
    X, y = np.array(table.answers, dtype=int), np.array(table.known_labels, dtype=int)
    y[:n_train] = np.arange(n_train) % table.n_classes
    others = y.copy()
    others[n_train:] = (y[n_train:] + 1) % table.n_classes
    first, second = (
        vote.voter.ask(
            X[:n_train],
            labels[:n_train],
            X[n_train:],
            table.n_classes,
            asked_labels=labels[n_train:],
        )
        for labels in (y, others)
    )
    vote.same(first, second, "with other held-out labels")


@_law("company of items", "the answer for an item does not depend on the others voted on", _small)
def _company(vote: _Vote, table: PredictionTable) -> None:
    X = np.array(table.answers, dtype=int)
    labels, p = vote.ask(table, X)
    alone, q = vote.ask(table, X[:1])
    vote.same((labels[:1], None if p is None else p[:1]), (alone, q), "for item 0 on its own")
    require(labels[0] == alone[0], f"class {labels[0]}, but {alone[0]} for item 0 on its own")
    most, q = vote.ask(table, np.vstack([X[:1], X, X[1:]]))
    same = (most[1 : len(X) + 1], None if q is None else q[1 : len(X) + 1])
    vote.same((labels, p), same, "with most of them twice")


@_law(
    "names of classes",
    "renaming the classes renames the answer, and changes nothing else",
    _small,
    skipped=_if_ties_show,
)
def _names(vote: _Vote, table: PredictionTable) -> None:
    last = table.n_classes - 1
    X, y = table.answers, table.known_labels
    renamed = np.where(X == MISSING, MISSING, last - X).astype(int)
    labels, p = vote.voter.ask(renamed, (last - y).astype(int), renamed, table.n_classes)
    back = last - labels, None if p is None else p[:, ::-1]
    vote.same(vote.ask(table, X), back, f"with class k renamed {last} - k, and back")


@_law("order of columns", "the order of the columns does not matter", _small, skipped=_if_ties_show)
def _order_of_columns(vote: _Vote, table: PredictionTable) -> None:
    X, y = np.array(table.answers, dtype=int), np.array(table.labels, dtype=int)
    mirrored = X[:, ::-1].copy()
    after = vote.voter.ask(mirrored, y, mirrored, table.n_classes)
    vote.same(vote.ask(table, X), after, "with the columns reversed")


@_law(
    "rare answers",
    "a query that answered one item, rightly, does not outvote one that is mostly right",
    _rarely,
)
def _rare_answers(vote: _Vote, table: PredictionTable, asked: list[list[int]]) -> None:
    # Where they disagree on each pair of classes. A vote that counts heads may call it a tie.
    labels, p = vote.ask(table, asked)
    good, rare = (np.array(asked)[:, table.query_names.index(q)] for q in ("good", "rare"))
    if p is None:
        require((labels != rare).any(), "wherever they disagree, the class of 'rare' is chosen")
        return
    items = np.arange(len(asked))
    of_good, of_rare = p[items, good].mean(), p[items, rare].mean()
    require(
        of_rare <= of_good + vote.tolerance,
        f"where they disagree, the class of 'good' has {of_good:.3g}, of 'rare' {of_rare:.3g}",
    )


@_law(
    "better than chance",
    "on an easy simulated pool, held-out accuracy is well above chance",
    _easy,
    most_examples=10,
)
def _better_than_chance(vote: _Vote, table: PredictionTable) -> None:
    learn, asked = slice(0, None, 2), slice(1, None, 2)
    labels, _ = vote.ask(table, table.answers[asked], learn=learn)
    accuracy = float((labels == table.known_labels[asked]).mean())
    best = float(table.accuracies.max())
    least = (1 / table.n_classes + best) / 2
    require(
        accuracy >= least,
        f"accuracy {accuracy:.3f}; the best query has {best:.3f}, chance {1 / table.n_classes:.3f}",
    )


def check_vote(
    vote: Any, *, tolerance: float = 1e-6, max_examples: int = 100, report: bool = False
) -> LawReport:
    """Check a method that makes one answer of several queries' answers.

    Laws: `VOTE_LAWS`.

    Parameters
    ----------
    vote : estimator, class of estimators, or callable
        An estimator has ``fit(X, y)``, ``predict(X)``, `get_params`, and perhaps
        ``predict_proba(X)``; its parameters `n_classes` and `random_state` are set where it has
        them. A function is called as ``function(answers, labels, asked)``: training answers and
        labels, and the answers to vote on; it returns probabilities of shape (n_items, n_classes)
        or classes of shape (n_items,). `n_classes` and `random_state` are handed in by name where
        it has such a parameter. One with a parameter `train` is called as
        ``function(answers, labels, train=rows)`` with *all* items, and returns an answer for each
        of them: so it is checked not to look at the labels of the others.
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
    ensel.testing.check_policy : Laws of a vote together with the queries that it asks.

    Examples
    --------
    >>> from ensel.voting import MajorityVote
    >>> check_vote(MajorityVote, max_examples=20).broken
    []
    >>> def shares(answers, labels, asked, n_classes):  # of all queries, also of silent ones
    ...     return (asked[:, :, None] == np.arange(n_classes)).mean(axis=1)
    >>> check_vote(shares, max_examples=20)
    Traceback (most recent call last):
        ...
    ensel.testing.laws.BrokenLaw: shares breaks 'probabilities': probabilities are in [0, 1] and ...
    probabilities ... which do not sum to 1
      table = ...
    """
    voter = Voter(vote)
    subject = _Vote(voter, tolerance, voter.has_probabilities())
    return try_laws(name_of(vote), VOTE_LAWS, subject, max_examples=max_examples, report=report)
