"""Asking in sequence on the command line: `select`, `vote`, `compare` and `frontier`."""

import json
from functools import partial
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable, choosing, load_policy
from ensel.choosing import in_sequence
from ensel.error_model import simulate
from ensel.policies import CertifiedSequential, FixedSet, Sequential, VerifiedSequence

PRICES = "model,input,output\nm0,1,1\nm1,2,2\nm2,3,3\nm3,4,4\n"
SELECT = ("--budget", 3, "--method", "top-k", "--vote", "weighted", "--folds", 2, "--repeats", 1)
ESTIMATES = ("mean_queries", "accuracy", "full_accuracy", "loss_to_full", "loss_to_set")


@pytest.fixture(scope="module", autouse=True)
def few_draws():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_sequence, "REPEATS", 3)
        yield


@pytest.fixture(scope="module")
def pool():
    """Simulated: four models of alike accuracy on 120 questions."""
    drawn = simulate(120, [0.15, 0.2, 0.2, 0.25], 0.3, random_state=1)
    return drawn.replace(queries=["m0", "m1", "m2", "m3"], classes=["A", "B"])


@pytest.fixture(scope="module")
def files(pool, tmp_path_factory):
    """The pool, and again without labels and in other spellings, and prices."""
    folder = tmp_path_factory.mktemp("adaptive")
    pool.to_csv(folder / "pool.csv")
    bare = pd.read_csv(folder / "pool.csv", dtype=str).drop(columns="label")
    bare[["m0", "m2"]] = "(" + bare[["m0", "m2"]] + ")"
    bare[["m1", "m3"]] = "**" + bare[["m1", "m3"]] + "**"
    bare.to_csv(folder / "new.csv", index=False)
    (folder / "prices.csv").write_text(PRICES)
    return folder


def adaptive_of(path):
    return json.loads(path.read_text())["adaptive"]


# -- select and vote ------------------------------------------------------------------------------


def test_select_save_and_vote(run, files, tmp_path, pool):
    kept, written = tmp_path / "p.json", tmp_path / "r.json"
    priced = ("--prices", files / "prices.csv", "--tokens", "500,200")
    code, out, err = run(
        "select", files / "pool.csv", *SELECT, "--adaptive", *priced, "--save", kept,
        "--json", written,
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines() if "policy:" not in line) <= 80
    words = " ".join(out.split())
    assert "In sequence: ask m" in words
    assert " of accuracy, the same answer as all 3 in " in words
    for fact in ("Queries a question", "Cost", "Asking all 3", "Lost by stopping"):
        assert f"\n{fact} " in out
    assert "Where questions stop, held out:" in out
    assert "Certificate" not in out

    told = adaptive_of(written)
    assert told["certificate"] is None
    for name in ESTIMATES:
        assert told[f"{name}_low"] <= told[name] <= told[f"{name}_high"]
    assert f"Queries a question {told['mean_queries']:.2f} [" in words
    assert f"Cost {told['mean_cost']:.3g} [" in words
    assert 0 <= told["agreement_with_full"] <= 1
    assert (told["set_size"], len(told["queries"])) == (3, 3)
    assert sum(stop["share"] for stop in told["stops"]) == pytest.approx(1)

    policy = load_policy(kept)
    assert type(policy) is Sequential
    assert policy.about["read_as"] == "letters"
    code, out, err = run("vote", kept, files / "new.csv", "-o", tmp_path / "labels.csv")
    assert code == 0
    voted = pd.read_csv(tmp_path / "labels.csv")
    assert voted.columns.tolist() == ["item", "label", "probability", "asked"]
    assert voted["asked"].nunique() > 1
    replayed = policy.replay(pool)
    assert voted["label"].tolist() == replayed["label"].tolist()
    assert voted["asked"].tolist() == replayed["asked"].tolist()
    # 700 tokens a question: 0.7 USD per 1,000 questions of m0, twice that of m1, and so on.
    prices = np.array([query["cost"] for query in policy.queries])
    spent = policy.costs_of(pool.subset(queries=list(policy.query_names)).answers, prices)
    said = " ".join(err.split())
    assert f"asks {voted['asked'].mean():.2f} queries an item on average instead of 3 (" in said
    cost = f", at a cost of {spent.mean():.3g} instead of {prices.sum():.3g}"
    assert f"{cost} (USD per 1,000 questions)" in said

    # Live, it reads what models wrote as the file was read.
    first = policy.next({})
    assert policy.answer({first[0]: "The answer is (A)."}).label == "A"


def test_by_default_the_set_is_kept_and_one_sentence_said_at_most(run, files, tmp_path):
    said, kept = {}, {}
    for options in ((), ("--no-adaptive",)):
        path, policy = tmp_path / "r.json", tmp_path / "p.json"
        code, out, _ = run(
            "select", files / "pool.csv", *SELECT, *options, "--save", policy, "--json", path
        )
        assert code == 0
        assert "Where questions stop" not in out
        result = json.loads(path.read_text())
        said[options] = result.pop("adaptive")
        assert type(load_policy(policy)) is FixedSet
        kept[options] = (result, policy.read_text())
        recommended = bool(said[options]) and said[options]["recommended"]
        assert ("In sequence:" in out) == recommended
    assert said[()] is not None
    assert said["--no-adaptive",] is None
    assert kept[()] == kept["--no-adaptive",]


def test_a_mean_budget_asks_for_it(run, files, tmp_path):
    means = []
    for limit in (1.2, 3):
        code, out, _ = run(
            "select", files / "pool.csv", *SELECT, "--mean-budget", limit, "--json",
            tmp_path / "r.json", "--save", tmp_path / "p.json",
        )  # fmt: skip
        assert code == 0
        assert "In sequence: ask m" in out
        assert type(load_policy(tmp_path / "p.json")) is Sequential
        means.append(adaptive_of(tmp_path / "r.json")["mean_queries"])
    assert means[0] < means[1]


@pytest.mark.parametrize(("points", "certified"), [(20, True), (0.5, False)])
def test_a_loss_in_points_is_certified_at_a_confidence(run, files, tmp_path, points, certified):
    code, out, err = run(
        "select", files / "pool.csv", *SELECT, "--loss", points, "--confidence", 0.9, "--json",
        tmp_path / "r.json", "--save", tmp_path / "p.json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    told = adaptive_of(tmp_path / "r.json")["certificate"]
    # Points on the command line, shares in files.
    assert (told["loss"], told["confidence"]) == (pytest.approx(points / 100), 0.9)
    assert (told["certified"], told["kind"], told["n_test"]) == (certified, "loss", 60)
    policy = load_policy(tmp_path / "p.json")
    assert isinstance(policy, CertifiedSequential)
    assert policy.certificate_.to_dict() == told
    words = " ".join(out.split())
    assert "Not promised: other questions than such as these" in words
    if certified:
        assert told["labels_needed"] is None
        assert (
            f"Certificate: with 90 % confidence the policy loses at most 20 points to asking "
            f"everything and asks {told['mean_queries']:.2f} queries on average at most ("
        ) in words
        assert "60 labels that it was tested on, and had not learned from" in words
        return
    assert told["mean_queries"] is None
    assert "That it loses at most 0.5 points to asking everything cannot be vouched for" in words
    assert "so it asks everything" in words
    code, _, err = run("vote", tmp_path / "p.json", files / "new.csv", "-o", tmp_path / "l.csv")
    assert "asks all 3 queries of every item" in err


def test_a_verifier_is_asked_after_one_another(run, pool, tmp_path):
    verdicts = tmp_path / "verdicts.parquet"
    pool.verdicts().to_parquet(verdicts)
    code, out, _ = run(
        "select", verdicts, "--verifier", "--budget", 3, "--method", "greedy-coverage", "--folds",
        2, "--repeats", 1, "--adaptive", "--save", tmp_path / "p.json", "--json",
        tmp_path / "r.json",
    )  # fmt: skip
    assert code == 0
    assert "Where questions stop" not in out
    assert isinstance(load_policy(tmp_path / "p.json"), VerifiedSequence)
    told = adaptive_of(tmp_path / "r.json")
    assert told["agreement_with_full"] is told["certificate"] is told["stops"] is None
    assert told["loss_to_full"] == 0
    assert 1 <= told["mean_queries"] < 3


def test_json_on_the_screen_is_only_json(run, files, tmp_path):
    code, out, err = run(
        "select", files / "pool.csv", *SELECT, "--adaptive", "--json", "-", "--save",
        tmp_path / "p.json",
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["adaptive"]["queries"]
    assert err == f"policy: {tmp_path / 'p.json'}\n"


# -- compare and frontier -------------------------------------------------------------------------


def test_compare_sets_it_beside_fixed_sets(run, files, tmp_path):
    code, out, err = run(
        "compare", files / "pool.csv", "--methods", "top-k", "--votes", "weighted",
        "--mean-budget", 1.5, "--budgets", "3", "--splits", 2, "--json", tmp_path / "c.json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "at equal queries" in out
    assert max(map(len, out.splitlines())) <= 80
    rows = {row["method"]: row for row in json.loads((tmp_path / "c.json").read_text())["rows"]}
    assert set(rows) == {"top-k", "adaptive"}  # it joins the methods that were named
    own = rows["adaptive"]
    assert (own["vote"], own["budget"], own["mean_budget"]) == ("logit", 3, 1.5)
    assert 1 <= own["mean_queries"] < 3
    assert own["diff_equal_queries_low"] <= own["diff_equal_queries"]
    assert own["diff_equal_cost"] is own["cost"] is None
    assert (rows["top-k"]["mean_queries"], rows["top-k"]["mean_budget"]) == (3, None)
    assert rows["top-k"]["diff_equal_queries"] is None


def test_frontier_lets_sums_limit_the_mean(run, tmp_path, monkeypatch):
    monkeypatch.setattr(choosing, "frontier", partial(choosing.frontier, n_boot=10))
    table = simulate(400, [0.2] * 4, 0.1, random_state=1)
    priced = table.replace(queries=table.queries.assign(cost=1.0))
    priced.to_parquet(tmp_path / "t.parquet")
    code, out, err = run(
        "frontier", tmp_path / "t.parquet", "--money", "2", "--budget", 3, "--adaptive", "--json",
        tmp_path / "f.json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    (row,) = json.loads((tmp_path / "f.json").read_text())["rows"]
    assert (row["method"], len(row["queries"])) == ("adaptive", 3)
    assert f"{row['mean_queries']:.1f} of 3" in out
    assert PredictionTable.read(tmp_path / "t.parquet").n_queries == 4


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--loss", 1, "--mean-budget", 2), "a loss and a mean budget; give one"),
        (("--loss", 1, "--no-adaptive"), "adaptive is False"),
        (("--mean-budget", 2, "--no-adaptive"), "adaptive is False"),
        (("--mean-budget", 0.5), "mean budget 0.5: a number from 1 is needed"),
        (("--mean-budget", "nan"), "mean budget nan: a number from 1 is needed"),
        (("--loss", 0), "--loss 0: points between 0 and 100 are needed"),
        (("--loss", -1), "--loss -1: points between 0 and 100 are needed"),
        (("--loss", 100), "--loss 100: points between 0 and 100 are needed"),
        (("--loss", "nan"), "--loss nan: points between 0 and 100 are needed"),
        (("--loss", 1, "--confidence", 95), "confidence 95.0: a share between 0 and 1 is needed"),
        (("--adaptive", "--save", "-"), "a policy is kept in a file; give its name"),
        (("--adaptive", "--verifier", "--loss", 1), "a loss with a verifier"),
        (("--adaptive", "--verifier", "--mean-budget", 2), "a mean budget with a verifier"),
    ],
)
def test_select_refuses_in_one_line(run, files, options, said):
    code, out, err = run("select", files / "pool.csv", "--budget", 2, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_compare_and_frontier_refuse_in_one_line(run, files):
    for arguments, said in (
        (("compare", files / "pool.csv", "--mean-budget", 0), "mean budget 0"),
        (("frontier", files / "pool.csv", "--adaptive"), "not every query has a cost"),
    ):
        code, out, err = run(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_other_spellings_of_new_answers_that_cannot_be_read_stop_it(run, files, tmp_path):
    kept = tmp_path / "p.json"
    assert run("select", files / "pool.csv", *SELECT, "--adaptive", "--save", kept)[0] == 0
    (first,) = load_policy(kept).next({})
    bad = pd.read_csv(files / "new.csv")
    bad.loc[:20, first] = "no idea"
    bad.to_csv(tmp_path / "bad.csv", index=False)
    code, out, err = run("vote", kept, tmp_path / "bad.csv")
    assert (code, out) == (2, "")
    assert f"21 of 120 of '{first}'" in err
    code, out, _ = run("vote", kept, tmp_path / "bad.csv", "--unreadable", "missing")
    assert code == 0
    # What gave no usable answer was asked, and more after it.
    assert pd.read_csv(StringIO(out))["asked"][:21].min() >= 2
