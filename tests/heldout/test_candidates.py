"""Methods of one's own come in by the front door, and are judged as ours are."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import make_pipeline

from ensel import InputError, compare
from ensel.heldout.candidates import (
    OWN_ANSWER,
    Candidate,
    grid,
    method_at,
    named_candidates,
    own_candidates,
    single_best,
)
from ensel.heldout.scoring import Exam, score_split
from ensel.heldout.splits import random_splits
from ensel.policies import FixedSet, Sequential
from ensel.policies.stopping import ASK_ALL
from ensel.selection import GreedyLogit, GreedyMI, TopK
from ensel.voting import MAPVote, WeightedVote

NUMBERS = ["accuracy", "accuracy_low", "accuracy_high", "diff_vs_top_k", "cost", "mean_queries"]


class AskUntilTwoAgree(BaseEstimator):
    """A policy of a user's own: no class of ours above it, and another cost for every item."""

    def fit(self, X, y, *, models=None, costs=None, sample_weight=None):
        self.order_ = TopK(budget=X.shape[1]).fit(X, y).order_
        self.classes_ = np.unique(y)
        return self

    def asked(self, X):
        asked = np.zeros(X.shape, dtype=bool)
        for i, row in enumerate(X):
            heard = []
            for j in self.order_:
                asked[i, j] = True
                heard.append(row[j])
                if row[j] >= 0 and heard.count(row[j]) == 2:
                    break
        return asked

    def predict_proba(self, X):
        votes = np.stack([((k == X) & self.asked(X)).sum(axis=1) for k in self.classes_], axis=1)
        return (votes + 0.5) / (votes + 0.5).sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def pool(imdb):
    return imdb.subset(items=slice(0, None, 25), queries=imdb.query_names[::9])


def rows_of(result, method):
    rows = result.rows[result.rows["method"] == method]
    return rows.sort_values(["vote", "budget"])[NUMBERS].to_numpy(dtype=float)


def test_a_selector_of_ones_own_is_scored_as_ours(pool):
    result = compare(
        pool,
        methods={"mine": GreedyMI(), "greedy-mi": None},
        votes=["map", "logit"],
        budgets=[1, 3],
    )
    np.testing.assert_array_equal(rows_of(result, "mine"), rows_of(result, "greedy-mi"))


def test_a_pipeline_gets_every_budget(pool):
    mine = make_pipeline(GreedyMI(budget=2), MAPVote())
    result = compare(
        pool, methods={"mine": mine, "greedy-mi": None}, votes=["map"], budgets=[1, 2, 4]
    )
    np.testing.assert_allclose(rows_of(result, "mine"), rows_of(result, "greedy-mi"))
    assert mine.named_steps["greedymi"].budget == 2  # the user's own is not changed


def test_a_bare_classifier_votes_on_what_top_k_buys(pool):
    result = compare(
        pool, methods={"mine": WeightedVote(), "top-k": None}, votes=["weighted"], budgets=[2, 3]
    )
    np.testing.assert_array_equal(rows_of(result, "mine"), rows_of(result, "top-k"))


def test_a_bare_classifier_of_the_whole_pool_is_one_row(pool):
    result = compare(pool, methods={"forest": RandomForestClassifier(20)}, after=None, n_splits=2)
    (row,) = result.rows[result.rows["method"] == "forest"].to_dict("records")
    assert (row["vote"], row["budget"], row["mean_queries"]) == ("own", 10, 10)
    assert row["cost"] == pytest.approx(pool.costs.sum())
    assert 0.8 < row["accuracy"] <= row["accuracy_high"]
    assert row["diff_vs_top_k_low"] < row["diff_vs_top_k"] < row["diff_vs_top_k_high"]


def test_chance_that_is_left_open_is_the_splits(pool):
    methods = {"forest": RandomForestClassifier(5)}  # random_state=None
    once, again = (compare(pool, methods=methods, budgets=[3], n_splits=2) for _ in range(2))
    assert once.to_json() == again.to_json()


def test_classifiers_without_probabilities_have_no_log_loss(pool):
    (split,) = random_splits(pool, 1)
    (mine,) = own_candidates({"ridge": RidgeClassifier()}, [], [3], n_queries=10)
    scored = score_split(pool, split, [mine]).scored[mine]
    assert np.isnan(scored.log_loss).all()
    assert scored.correct.mean() > 0.8


def test_a_policy_of_ones_own_pays_for_what_it_asks(pool):
    (split,) = random_splits(pool, 1)
    (mine,) = own_candidates({"mine": AskUntilTwoAgree()}, ["map"], [1, 3], n_queries=10)
    scored = score_split(pool, split, [mine]).scored[mine]
    fitted = AskUntilTwoAgree().fit(pool.answers[split.train], pool.labels[split.train])
    asked = fitted.asked(pool.answers[split.test])
    np.testing.assert_allclose(scored.cost, asked @ pool.costs)
    np.testing.assert_array_equal(scored.n_asked, asked.sum(axis=1))
    assert 2 <= scored.n_asked.min() < scored.n_asked.max()
    result = compare(pool, methods={"mine": AskUntilTwoAgree()}, n_splits=2)
    row = result.rows[result.rows["method"] == "mine"].iloc[0]
    assert 2 < row["mean_queries"] < 10 == row["budget"]
    assert row["cost"] < pool.costs.sum()


class OneClass(ClassifierMixin, BaseEstimator):
    """Has seen one class only: its probabilities have one column."""

    def fit(self, X, y):
        self.classes_ = np.array([1])
        return self

    def predict_proba(self, X):
        return np.ones((len(X), 1))

    def predict(self, X):
        return np.ones(len(X), dtype=int)


def test_classes_that_a_classifier_has_not_seen_have_no_probability(pool):
    (split,) = random_splits(pool, 1)
    (mine,) = own_candidates({"mine": OneClass()}, [], [2], n_queries=10)
    scored = score_split(pool, split, [mine]).scored[mine]
    labels = pool.labels[split.test]
    np.testing.assert_array_equal(scored.correct, labels == 1)
    np.testing.assert_allclose(scored.log_loss, np.where(labels == 1, 0, -np.log(1e-6)), rtol=1e-6)


def test_an_item_on_which_nobody_answers_is_wrong_whoever_guesses(small_pool):
    answers = small_pool.answers.copy()
    answers[::2] = -1
    silent = small_pool.replace(answers=answers)
    (split,) = random_splits(silent, 1)
    entrants = own_candidates({"mine": OneClass()}, [], [2], n_queries=6)
    for scored in score_split(silent, split, entrants).scored.values():
        assert not scored.correct[split.test % 2 == 0].any()


def test_own_methods_alone_stand_beside_the_single_best_and_top_k(pool):
    result = compare(pool, methods={"nb": CategoricalNB()}, budgets=[2], votes=["map"], n_splits=2)
    assert result.rows["method"].tolist() == ["single-best", "top-k", "nb"]
    drawn = [text.get_text() for legend in result.figure().legends for text in legend.get_texts()]
    assert "nb" in drawn
    assert "nb" in result._repr_html_()


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"top-k": TopK()}, "'top-k' is ensel's own; give yours another name"),
        ({"mine": TopK}, r"the class TopK is given; an instance is needed, TopK\(\)"),
        ({"mine": 3}, "a int is no selector, classifier, policy or pipeline that ends in a"),
        ({"mine": MAPVote(), "best": None}, "no method 'best'"),
        ({}, "no method"),
    ],
)
def test_refuses(small_pool, methods, said):
    with pytest.raises(InputError, match=said) as raised:
        compare(small_pool, methods=methods)
    assert "\n" not in str(raised.value)


def test_one_purchase_serves_all_budgets_and_votes(pool, monkeypatch):
    fits = []
    own_fit = GreedyMI.fit

    def counted(self, *arguments, **named):
        fits.append(self.budget)
        return own_fit(self, *arguments, **named)

    monkeypatch.setattr(GreedyMI, "fit", counted)
    (split,) = random_splits(pool, 1)
    score_split(
        pool, split, named_candidates([("greedy-mi", v) for v in ("map", "weighted")], [1, 2, 5])
    )
    assert fits == [5]


def test_sets_that_ask_alike_share_one_fitted_vote(pool):
    (split,) = random_splits(pool, 1)
    exam = Exam(pool, split)
    one, two = (exam.fit(method_at(method, 10)) for method in ("top-k", "mrmr"))
    assert one.columns_ != two.columns_
    assert one.vote_ is two.vote_


def test_candidates_are_equal_by_name():
    other = Candidate("single-best", OWN_ANSWER, 1, policy=FixedSet(TopK(1)))
    assert single_best() == other
    assert single_best(2.0) != single_best()
    assert method_at("greedy-mi", 3).family == ("greedy-mi", "map")


class Plain:
    """A policy with nothing but what is asked of one: no parameters, a bare `fit`."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)

    def asked(self, X):
        return np.arange(X.shape[1])[None, :] < np.full((len(X), 1), 2)

    def predict_proba(self, X):
        return np.eye(len(self.classes_))[np.maximum(X[:, 0], 0)]


def test_a_policy_needs_no_more_than_the_contract(pool):
    rows = compare(pool, methods={"plain": Plain()}, budgets=[2], votes=["map"], n_splits=2).rows
    row = rows[rows["method"] == "plain"].iloc[0]
    assert (row["mean_queries"], row["budget"]) == (2, 10)
    assert row["cost"] == pytest.approx(pool.costs[:2].sum())


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda p: setattr(p, "predict_proba", lambda X: np.ones((len(X), 5))), "shape .500, 5"),
        (lambda p: setattr(p, "predict_proba", lambda X: np.full((len(X), 2), np.nan)), "finite"),
        (lambda p: setattr(p, "asked", lambda X: np.ones(X.shape)), "asked gives float64"),
        (lambda p: setattr(p, "asked", lambda X: np.zeros(X.shape, bool)), "names no query"),
        (lambda p: setattr(p, "fit", lambda X, y: 1 / 0), "ZeroDivisionError"),
    ],
)
def test_what_goes_wrong_in_an_own_method_names_it(pool, broken, said):
    plain = Plain()
    broken(plain)
    with pytest.raises(InputError, match=f"method 'plain', budget 10: .*{said}") as raised:
        compare(pool, methods={"plain": plain}, budgets=[2], n_splits=1)
    assert "\n" not in str(raised.value)


def test_who_stops_early_is_said_in_the_report(pool):
    result = compare(pool, methods={"mine": AskUntilTwoAgree(), "top-k": None}, n_splits=2)
    assert "mine asks 2." in str(result.report())
    assert "top-k asks" not in str(result.report())


class Spoils(ClassifierMixin, BaseEstimator):
    """Writes into what it is given, as some estimators do with copy=False."""

    def fit(self, X, y):
        X[X < 0] = 0
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)


def test_an_own_method_cannot_change_what_others_learn_from(small_pool):
    silent = small_pool.replace(answers=np.where(np.arange(6) < 3, small_pool.answers, -1))
    with pytest.raises(InputError, match=r"method 'mine', budget 6: ValueError: .*read-only"):
        compare(silent, methods={"mine": Spoils()}, after=None, budgets=[1], n_splits=1)


class Peeks(Plain):
    """Says that it asks one query, and reads them all."""

    def asked(self, X):
        return np.arange(X.shape[1])[None, :] < np.full((len(X), 1), 1)

    def predict_proba(self, X):
        votes = np.stack([(k == X).sum(axis=1) for k in range(len(self.classes_))], axis=1) + 0.1
        return votes / votes.sum(axis=1, keepdims=True)


def test_a_policy_does_not_get_to_see_what_it_has_not_asked_for(pool):
    rows = compare(pool, methods={"peeks": Peeks()}, budgets=[1], n_splits=2).rows
    first = pool.accuracies.iloc[0]
    assert rows.loc[rows["method"] == "peeks", "accuracy"].iloc[0] == pytest.approx(first, abs=0.03)


class Flipped(FixedSet):
    """A set that contradicts its own vote."""

    def predict_proba(self, X):
        return 1 - super().predict_proba(X)


def test_a_subclass_of_a_fixed_set_is_graded_as_itself(pool):
    rows = compare(
        pool, methods={"flipped": Flipped(TopK(), WeightedVote()), "top-k": None}, budgets=[3],
        votes=["weighted"], n_splits=2,
    ).rows.set_index("method")  # fmt: skip
    assert rows.loc["flipped", "accuracy"] == pytest.approx(1 - rows.loc["top-k", "accuracy"])


class ByScores(TopK):
    """Buys by given scores; two of them may look alike when printed."""

    def __init__(self, budget=3, random_state=0, money=None, scores=None):
        super().__init__(budget, random_state, money)
        self.scores = scores

    def _buy(self, market, budget):
        order = np.argsort(-np.asarray(self.scores), kind="stable")[:budget]
        return [int(j) for j in order], [0.0] * budget


def test_own_methods_that_print_alike_are_told_apart(pool):
    one = np.full(10, 0.5)
    two = one.copy()
    two[9] += 1e-12
    methods = {"one": ByScores(scores=one), "two": ByScores(scores=two)}
    rows = compare(pool, methods=methods, votes=["map"], budgets=[1], n_splits=1).rows
    bought = rows.set_index("method")["queries"]
    assert bought["one"] == [[pool.query_names[0]]]
    assert bought["two"] == [[pool.query_names[9]]]


def test_a_set_whose_selector_takes_no_budget_enters_once(pool):
    rows = compare(pool, methods={"all": FixedSet(vote=MAPVote())}, budgets=[1, 3], n_splits=1).rows
    (row,) = rows[rows["method"] == "all"].to_dict("records")
    assert (row["budget"], row["mean_queries"]) == (10, 10)


# -- what asks in sequence ------------------------------------------------------------------------


def test_a_sequence_of_ones_own_is_scored_as_ours(pool):
    """The same policy under another name; what `mean_budget` is to ours is a parameter to it."""
    mine = Sequential(GreedyLogit(), mean_budget=2)
    result = compare(
        pool, methods={"mine": mine, "adaptive": None}, mean_budget=2, budgets=[2, 4], n_splits=2
    )
    np.testing.assert_array_equal(rows_of(result, "mine"), rows_of(result, "adaptive"))
    bought = result.rows.groupby("method")["queries"].apply(list)
    assert bought["mine"] == bought["adaptive"]
    assert (mine.budget, mine.selector.budget) == (None, GreedyLogit().budget)  # not changed
    assert not hasattr(mine, "votes_")


def test_a_sequence_that_asks_everything_is_the_set(pool):
    everything = Sequential(GreedyMI(), MAPVote(), rule="posterior", threshold=ASK_ALL, n_folds=2)
    result = compare(
        pool, methods={"mine": everything, "greedy-mi": None}, votes=["map"], budgets=[1, 3],
        n_splits=2,
    )  # fmt: skip
    np.testing.assert_allclose(rows_of(result, "mine"), rows_of(result, "greedy-mi"))
    assert len(result.sequence_rows) == 0  # of a user's own, nothing is known but what it is


def test_a_sequence_on_the_whole_pool_has_a_budget_too(pool):
    """With no selector it asks the first queries of the pool, at every budget."""
    mine = Sequential(None, WeightedVote(), rule="posterior", threshold=0.05, n_folds=2)
    rows = compare(pool, methods={"mine": mine}, budgets=[2, 6], votes=["map"], n_splits=2).rows
    own = rows[rows["method"] == "mine"]
    assert own["budget"].tolist() == [2, 6]
    for row in own.itertuples():
        assert 1 <= row.mean_queries <= row.budget
        assert all(set(names) <= set(pool.query_names[: row.budget]) for names in row.queries)
    assert 2 < own["mean_queries"].iloc[1] < 6


def test_what_goes_wrong_in_a_sequence_of_ones_own_names_it(pool):
    broken = Sequential(TopK(), RidgeClassifier(), n_folds=2)
    with pytest.raises(InputError, match=r"method 'mine', budget 2: .*predict_proba is needed"):
        compare(pool, methods={"mine": broken}, budgets=[2], n_splits=1)


def test_sequences_by_name_come_with_their_votes():
    made = grid(["adaptive", "esc", "top-k"], ["map", "logit"], [2, 3], mean_budget=1.5)
    assert [(c.method, c.vote, c.budget, c.mean_budget) for c in made] == [
        ("adaptive", "logit", 2, 1.5),
        ("adaptive", "logit", 3, 1.5),
        ("esc", "majority", 2, None),
        ("esc", "majority", 3, None),
        ("top-k", "map", 2, None),
        ("top-k", "map", 3, None),
        ("top-k", "logit", 2, None),
        ("top-k", "logit", 3, None),
    ]
    assert [c.is_sequence for c in made] == [True] * 4 + [False] * 4
    adaptive = made[0].policy
    assert isinstance(adaptive, Sequential)
    assert (adaptive.budget, adaptive.mean_budget) == (2, 1.5)
    assert made[0] != method_at("adaptive", 2)  # with another limit it is another candidate
    assert method_at("adaptive", 2).title == "adaptive + logit"


def test_a_fitted_sequence_asks_what_its_candidate_is_charged(pool):
    (split,) = random_splits(pool, 1)
    candidate = method_at("adaptive", 4)
    exam = Exam(pool, split)
    policy = exam.fit(candidate)
    scored = score_split(pool, split, [candidate]).scored[candidate]
    asked = policy.asked(pool.answers[split.test])
    np.testing.assert_array_equal(scored.n_asked, asked.sum(axis=1))
    np.testing.assert_allclose(scored.cost, asked @ pool.costs)
    right = policy.predict(pool.answers[split.test]) == pool.labels[split.test]
    np.testing.assert_array_equal(scored.correct, right)
    assert scored.columns == tuple(j for j in policy.columns_ if asked[:, j].any())
