"""`--verifier` on the command line."""

import json

import numpy as np
import pytest

from ensel import InputError, frontier
from ensel.policies import FixedSet, VerifiedSequence
from ensel.registry import OPEN_VOTES
from ensel.table import PredictionTable


@pytest.fixture
def verdicts(tmp_path, small_pool):
    path = tmp_path / "verdicts.parquet"
    small_pool.verdicts().to_parquet(path)
    return path


def test_verdicts_are_served_by_a_verifier_and_by_nothing_else(run, verdicts):
    code, out, err = run("compare", verdicts, "--verifier", "--budgets", "1,2", "--splits", 2)
    assert (code, err) == (0, "")
    assert "greedy-coverage" in out
    assert max(map(len, out.splitlines())) <= 80
    code, out, err = run("compare", verdicts, "--budgets", "1,2")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "nothing to vote on; with a verifier (--verifier" in err


def test_rates_of_a_verifier(run, verdicts, tmp_path):
    def solved(*rates):
        path = tmp_path / "r.json"
        code, _, err = run(
            "compare", verdicts, "--verifier", *rates, "--methods", "top-k", "--budgets", "3",
            "--splits", 2, "--json", path,
        )  # fmt: skip
        assert (code, err) == (0, "")
        return json.loads(path.read_text())["rows"][0]["accuracy"]

    assert solved("--false-accept", 0.5) < solved()
    code, _, err = run("compare", verdicts, "--false-accept", 0.5)
    assert (code, err.count("\n")) == (2, 1)
    assert "add --verifier" in err
    code, _, err = run("compare", verdicts, "--verifier", "--false-accept", 5)
    assert (code, err.count("\n")) == (2, 1)


def test_a_verifiers_own_cost(run, small_pool, tmp_path):
    """Queries cost 1 each, and a look 0.5: two queries and one or two looks."""
    verdicts = small_pool.verdicts()
    table = verdicts.replace(queries=verdicts.queries.assign(cost=1.0))
    table.to_parquet(tmp_path / "v.parquet")
    code, _, err = run(
        "compare", tmp_path / "v.parquet", "--verifier", "--verifier-cost", 0.5, "--methods",
        "top-k", "--budgets", "2", "--splits", 2, "--json", tmp_path / "r.json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    row = json.loads((tmp_path / "r.json").read_text())["rows"][0]
    assert 2.5 < row["cost"] < 3
    code, _, err = run("compare", tmp_path / "v.parquet", "--verifier-cost", 0.5)
    assert (code, err.count("\n")) == (2, 1)
    assert "--verifier-cost are a verifier's: add --verifier" in err
    code, _, err = run("compare", tmp_path / "v.parquet", "--verifier", "--verifier-cost", -1)
    assert (code, err.count("\n")) == (2, 1)


def test_info_and_floor_of_verdicts(run, verdicts):
    code, out, _ = run("info", verdicts)
    assert code == 0
    assert "right or wrong is known of each answer" in " ".join(out.split())
    code, out, _ = run("floor", verdicts, "--boot", 2)
    assert code == 0
    assert "only right and wrong count here" in " ".join(out.split())


def test_open_answers_from_a_file(run, tmp_path):
    table = PredictionTable.open(
        [["7", "7.0"], ["8", "9"], ["1", "1"], ["2", "3"]] * 10,
        ["7", "9", "1", "2"] * 10,
        queries=["p", "q"],
        reader="numbers",
        name="sums",
    )
    table.to_parquet(tmp_path / "sums.parquet")
    code, out, _ = run("info", tmp_path / "sums.parquet")
    assert code == 0
    assert "open answers, read as numbers" in out
    saved = tmp_path / "p.json"
    code, _, _ = run(
        "select",
        tmp_path / "sums.parquet",
        "--budget",
        2,
        "--folds",
        2,
        "--repeats",
        1,
        "--save",
        saved,
    )
    assert code == 0
    assert json.loads(saved.read_text())["reader"] == "numbers"


def test_there_is_nothing_to_vote_on(run, verdicts, tmp_path):
    kept = tmp_path / "p.json"
    code, _, _ = run("select", verdicts, "--verifier", "--budget", 2, "--save", kept)
    assert code == 0
    code, out, err = run("vote", kept, verdicts)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "a verifier picks its answers, so there is nothing to vote on" in err


def test_a_sequence_says_in_which_order_to_ask(run, tmp_path):
    right = [[0, 1], [0, 1], [1, 0]] * 5
    table = PredictionTable.of_verdicts(right, queries=["rare", "frequent"])
    VerifiedSequence().fit_table(table).save(tmp_path / "p.json")
    code, _, err = run("vote", tmp_path / "p.json", tmp_path / "p.json")
    assert code == 2
    assert "ask frequent, rare in this order until an answer passes your check" in err


def test_what_a_query_newly_solves_is_called_so(run, verdicts):
    bought = ("select", verdicts, "--verifier", "--budget", 3, "--folds", 2, "--repeats", 1)
    code, out, _ = run(*bought, "--method", "greedy-coverage")
    assert code == 0
    assert "newly solved (%)" in out
    code, out, _ = run(*bought, "--method", "top-k")
    assert code == 0
    assert "alone (%)" in out


def test_one_query_alone_is_not_checked(run, verdicts, tmp_path, small_pool):
    """A verifier that rejects everything solves nothing; the best query is as right as ever."""
    kept = tmp_path / "r.json"
    code, _, _ = run(
        "select", verdicts, "--verifier", "--false-reject", 1, "--budget", 2, "--folds", 2,
        "--repeats", 1, "--json", kept,
    )  # fmt: skip
    assert code == 0
    result = json.loads(kept.read_text())
    assert result["method"] == "single-best"
    assert result["expected_accuracy"] > 0.5


def test_a_policy_of_open_answers_reads_a_csv_as_it_was_taught(run, tmp_path):
    table = PredictionTable.open(
        [["7", "7.0"], ["8", "9"], ["1", "1"], ["2", "3"]] * 10,
        ["7", "9", "1", "2"] * 10,
        queries=["p", "q"],
        reader="numbers",
    )
    FixedSet(None, OPEN_VOTES["majority"]()).fit_table(table).save(tmp_path / "p.json")
    (tmp_path / "new.csv").write_text('item,p,q\na,"1,234",1234.0\nb,,\n')
    code, out, err = run("vote", tmp_path / "p.json", tmp_path / "new.csv")
    assert (code, err.count("\n")) == (0, 2)
    assert "asks all 2 queries of every item" in err
    assert "1 item without any usable answer, of which a label says nothing: b" in err
    first, second = out.splitlines()[1:]
    assert first.startswith(('a,"1,234",', "a,1234.0,"))
    assert second.startswith("b,,")


def test_what_has_no_cost_is_left_out_by_name(run, tmp_path, small_pool):
    costs = [1.0, np.nan, 2.0, 3.0, np.nan, 1.0]
    verdicts = small_pool.verdicts()
    table = PredictionTable.of_verdicts(
        verdicts.answers, queries=verdicts.queries.assign(cost=costs), name="some"
    )
    table.to_parquet(tmp_path / "some.parquet")
    code, _, err = run(
        "frontier", tmp_path / "some.parquet", "--verifier", "--money", "2", "--budget", 2
    )
    assert code == 0
    missing = [table.query_names[1], table.query_names[4]]
    assert f"no cost is known of 2 queries, which are left out: {', '.join(missing)}" in " ".join(
        err.split()
    )
    with pytest.raises(InputError, match=f"none is known of 2 .{', '.join(missing)}."):
        frontier(table, [2.0], verifier=True)


def test_a_csv_of_open_answers_is_read_by_a_reader(run, tmp_path):
    rows = "".join(f"{n},{n},{n}.0,{n + n % 3}\n" for n in range(1, 41))
    (tmp_path / "sums.csv").write_text("item,label,a,b\n" + rows)
    code, out, _ = run("info", tmp_path / "sums.csv", "--read", "numbers")
    assert code == 0
    assert "open answers, read as numbers" in out
    assert "100.00" in out
    code, _, err = run("info", tmp_path / "sums.csv", "--read", "nums")
    assert (code, err.count("\n")) == (2, 1)
    assert "did you mean 'numbers'?" in err
