"""`--verifier` on the command line."""

import json

import pytest

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
