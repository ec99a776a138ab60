"""Open answers and verifiers are judged by the same front doors, and codes mean nothing there."""

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from ensel import InputError, PredictionTable, compare, describe, error_floor, frontier, select
from ensel.error_model import simulate
from ensel.heldout.settings import Verifier, setting_of
from ensel.heldout.splits import random_splits
from ensel.selection import TopK


def open_pool(random_state=0, n_items=240):
    """Simulated: five models on sums, now and then silent; hard items are hard for all."""
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 900, n_items)
    ease = rng.normal(size=n_items)
    columns = {}
    for name, accuracy in (("a", 0.6), ("b", 0.65), ("c", 0.5), ("d", 0.7), ("e", 0.3)):
        luck = 0.8 * ease + 0.6 * rng.normal(size=n_items)
        right = luck < np.quantile(luck, accuracy)
        text = np.where(right, truth, truth + rng.integers(1, 4, n_items)).astype(str)
        columns[name] = np.where(rng.random(n_items) < 0.05, "", text)
    frame = pd.DataFrame(columns)
    queries = pd.DataFrame({"cost": [1.0, 2.0, 1.0, 4.0, 0.5]}, index=list(frame))
    return PredictionTable.open(
        frame, truth.astype(str), queries=queries, name="sums", random_state=random_state
    )


@pytest.fixture(scope="module")
def sums():
    return open_pool()


def test_drawing_the_codes_anew_changes_no_number(sums):
    other = open_pool(random_state=9)
    assert (other.answers != sums.answers).mean() > 0.3
    settings = {"budgets": [1, 2, 4], "n_splits": 3}
    assert compare(sums, **settings).to_json() == compare(other, **settings).to_json()
    one, two = (select(t, 4, n_boot=5, n_again=10, n_repeats=1) for t in (sums, other))
    assert one.to_json() == two.to_json()
    one, two = (error_floor(t, n_boot=5) for t in (sums, other))
    assert one.to_json() == two.to_json()
    assert describe(sums).to_json() == describe(other).to_json()


def test_a_majority_of_open_answers_is_a_majority(sums):
    """Of all five queries, on the items where one option leads by two votes: no tie, no weights."""
    rows = compare(sums, methods=["top-k"], votes=["majority"], budgets=[5], n_splits=4).rows
    spelled, truth = sums.spelled(), np.array(sums.truths, dtype=object)
    counts = [row[row != ""].value_counts() for _, row in spelled.fillna("").iterrows()]
    lead = np.array([c.iloc[0] - (c.iloc[1] if len(c) > 1 else 0) if len(c) else 0 for c in counts])
    right = np.array([len(c) > 0 and c.index[0] == t for c, t in zip(counts, truth, strict=True)])
    clear = lead > 0
    tested = np.concatenate([split.test for split in random_splits(sums, 4)])
    low = right[tested][clear[tested]].sum() / len(tested)
    high = low + (~clear[tested]).mean()
    assert low <= rows["accuracy"].iloc[0] <= high
    assert clear.mean() > 0.7


def test_open_pools_have_methods_of_their_own(sums):
    rows = compare(sums, budgets=[2], n_splits=2).rows
    assert set(rows["method"]) == {
        "single-best", "random", "top-k", "mrmr", "greedy-mi", "greedy-logit"
    }  # fmt: skip
    assert set(rows["vote"]) == {"own-answer", "majority", "weighted", "logit"}
    with pytest.raises(InputError, match="no open vote 'map'"):
        compare(sums, votes=["map"])
    with pytest.raises(InputError, match="no method 'exact-mi'"):
        compare(sums, methods=["exact-mi"])


def test_classifiers_have_nothing_to_learn_from_open_codes(sums):
    with pytest.raises(InputError, match="learns from codes, which mean nothing beyond an item"):
        compare(sums, methods={"tree": DecisionTreeClassifier()})
    rows = compare(sums, methods={"mine": TopK(), "top-k": None}, budgets=[3], n_splits=2).rows
    mine, ours = (rows[rows["method"] == name]["accuracy"].tolist() for name in ("mine", "top-k"))
    assert mine == ours


def test_probabilities_leave_room_for_none_being_right(sums):
    (split,) = random_splits(sums, 1)
    from ensel.heldout.candidates import method_at
    from ensel.heldout.scoring import Exam

    exam = Exam(sums, split)
    fitted = exam.fit(method_at("top-k", 3, setting=setting_of(sums)))
    p = fitted.predict_proba(exam.X)
    given = (exam.X[:, list(fitted.columns_)] == exam.y[:, None]).any(axis=1)
    expected = np.where(given, p[np.arange(len(p)), exam.y], 1 - p.sum(axis=1))
    np.testing.assert_allclose(exam.score(fitted).log_loss, -np.log(expected), rtol=1e-5)
    # What the vote says of none being right is about what happens.
    assert abs((1 - p.sum(axis=1)).mean() - (~given).mean()) < 0.1


def test_verdicts_without_a_verifier_are_refused(sums):
    verdicts = sums.verdicts()
    for call in (compare, lambda t: select(t, 2), lambda t: frontier(t, [3.0])):
        with pytest.raises(InputError, match="nothing to vote on; with a verifier") as raised:
            call(verdicts)
        assert "\n" not in str(raised.value)


def test_with_a_verifier_an_item_is_solved_if_a_bought_query_is_right(sums):
    result = compare(sums, methods=["top-k"], verifier=True, budgets=[1, 3], n_splits=3)
    right = sums.answers == sums.labels[:, None]
    shares = []
    for split, names in zip(random_splits(sums, 3), result.rows["queries"].iloc[1], strict=True):
        columns = [sums.query_names.index(name) for name in names]
        shares.append(right[split.test][:, columns].any(axis=1).mean())
    assert result.rows["accuracy"].iloc[1] == pytest.approx(np.mean(shares), abs=1e-6)
    # Verdicts are all that it looks at.
    of_verdicts = compare(
        sums.verdicts(), methods=["top-k"], verifier=True, budgets=[1, 3], n_splits=3
    )
    assert of_verdicts.rows["queries"].tolist() == result.rows["queries"].tolist()
    assert of_verdicts.rows["accuracy"].tolist() == result.rows["accuracy"].tolist()


def test_a_verifier_that_errs_is_worth_less(sums):
    def solved(**rates):
        who = Verifier(**rates)
        rows = compare(
            sums, methods=["greedy-coverage"], verifier=who, budgets=[3], n_splits=2
        ).rows
        return rows["accuracy"].iloc[0]

    assert solved() > solved(false_accept=0.2) > solved(false_accept=0.9)
    assert solved(false_reject=1.0) == 0
    # One that accepts whatever comes first is worth the first query; the next where it is silent.
    single = compare(sums, methods=["single-best"], n_splits=2).rows["accuracy"].iloc[0]
    assert solved(false_accept=1.0) <= single + 0.08
    with pytest.raises(InputError, match="false_accept 2: a rate from 0 to 1"):
        Verifier(false_accept=2)


def test_select_with_a_verifier_says_what_it_gets(sums, tmp_path):
    from ensel import load_policy

    result = select(sums, 3, verifier=True, n_boot=5, n_again=10, n_repeats=1)
    assert result.vote in ("verifier", "own-answer")
    assert (result.information, result.commonest) == (None, None)
    assert result.gain_vs_single.low > 0
    assert '"verifier"' in result.to_json()
    assert "Information" not in str(result.report())
    result.policy.save(tmp_path / "p.json")
    back = load_policy(tmp_path / "p.json")
    assert back.next({}, n=3) == tuple(result.queries)
    first = result.queries[0]
    assert back.answer({}) == (None, 0.0, False)
    assert back.answer({first: True})[:2] == (first, 1.0)


def test_the_frontier_of_solved_items_rises(sums):
    rows = frontier(sums, [0.5, 2.0, 6.0], verifier=True, n_boot=3).rows
    assert rows["accuracy"].is_monotonic_increasing
    assert (rows["cost"] <= rows["money"] + 1e-9).all()


def test_a_vote_where_a_verifier_picks_is_refused(sums):
    with pytest.raises(InputError, match="votes, and a verifier picks the answer"):
        compare(sums, methods={"tree": DecisionTreeClassifier()}, verifier=True)
    with pytest.raises(InputError, match="no vote 'majority'; votes: verifier"):
        compare(sums, votes=["majority"], verifier=True)


def test_the_floor_of_right_and_wrong_leaves_out_what_it_cannot_know(sums):
    of_answers, of_verdicts = error_floor(sums, n_boot=5), error_floor(sums.verdicts(), n_boot=5)
    for floor in (of_answers, of_verdicts):
        assert np.isnan(floor.estimates["bayes_error"].value)
        assert "only right and wrong count here" in floor.warnings[0]
        right = sums.answers == sums.labels[:, None]
        assert floor.co_failure.observed == pytest.approx((~right.any(axis=1)).mean())
        assert floor.estimates["best_single_error"].value == pytest.approx(
            1 - right.mean(axis=0).max()
        )
    assert of_answers.curve["held_out_top_k"].notna().any()
    assert of_verdicts.curve["held_out_top_k"].isna().all()
    assert "greedy-mi + logit" in str(of_answers.report())
    assert "held out" not in str(of_verdicts.report())
    assert len(of_answers.figures()) == 3


def test_closed_tables_can_be_checked_by_a_verifier_too():
    pool = simulate(300, [0.3] * 4, 0.2, n_classes=4, random_state=0)
    rows = compare(pool, methods=["top-k"], verifier=True, budgets=[1, 4], n_splits=2).rows
    assert rows["accuracy"].iloc[1] > rows["accuracy"].iloc[0] + 0.1


def test_more_queries_are_bought_where_more_are_right():
    """Simulated: eight equal models, right on 3 of 10 items, 3 of 10 errors the same.

    Log loss rises with the size, since more options leave less room for "none of these"; accuracy
    rises as well, and it decides.
    """
    rng = np.random.default_rng(0)
    right = rng.random((300, 8)) < 0.3
    common = rng.random((300, 8)) < 0.3
    texts = np.where(right, 0, np.where(common, 1, rng.integers(2, 500, size=(300, 8))))
    pool = PredictionTable.open(texts, [0] * 300, queries=list("abcdefgh"), name="simulated")
    result = select(pool, 8, n_folds=5, n_repeats=1, n_boot=2, n_again=2)
    assert len(result.queries) >= 7
    assert result.gain_vs_single.low > 0.1


class Guesser:
    """Says what nobody said, wherever it can."""

    def __init__(self, shift=0):
        self.shift = shift

    def fit(self, X, y):
        self.classes_ = np.arange(2)
        return self

    def asked(self, X):
        return np.ones(X.shape, dtype=bool)

    def predict_proba(self, X):
        p = np.full((len(X), 2), 0.1)
        p[np.arange(len(X)), (X[:, 0] + self.shift) % 2] = 0.9
        return p


def test_an_option_that_nobody_gave_is_no_answer():
    """Two options an item, the wrong one given and the truth: the code of the truth is plain."""
    wrong = PredictionTable.open([["8", "8"]] * 40, ["7"] * 40, queries=["p", "q"], name="t")
    rows = compare(
        wrong,
        methods={"guesser": Guesser(1), "sayer": Guesser(0)},
        votes=["majority"],
        budgets=[2],
        n_splits=2,
    ).rows.set_index("method")["accuracy"]
    assert rows["guesser"] == rows["sayer"] == 0


def test_what_is_no_verifier_is_refused(sums):
    with pytest.raises(InputError, match=r"verifier 5; True or ensel.Verifier"):
        select(sums, 2, verifier=5)
