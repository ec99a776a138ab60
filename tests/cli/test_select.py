"""``ensel select``."""

import json


def test_a_method_as_asked_for(run, pool_csv):
    code, out, _ = run("select", pool_csv, "--budget", 2, "--method", "top-k", "--folds", 2)
    assert code == 0
    assert "top-k + weighted, as asked for" in out
    assert "picked the winner" not in out  # there was none to pick
    assert max(len(line) for line in out.splitlines()) <= 80


def test_a_choice_is_said_to_be_corrected(run, pool_csv):
    code, out, _ = run("select", pool_csv, "--budget", 2, "--folds", 2)
    assert code == 0
    assert "chosen by cross-validation" in out
    said = " ".join(out.split())
    assert "corrected for having picked the winner" in said
    assert "held out %, of buying up to here, is not" in said
    assert "luck" not in said


def test_json_has_the_screen_and_the_rest_standard_error(run, pool_csv, tmp_path):
    saved = tmp_path / "e.json"
    code, out, err = run(
        "select", pool_csv, "--budget", 1, "--folds", 2, "--json", "-", "--save", saved
    )
    assert code == 0
    assert len(json.loads(out)["queries"]) == 1
    assert err == f"policy: {saved}\n"
