"""``ensel compare``."""

import json


def test_compare_prints_a_table_and_saves_a_figure(run, pool_csv, tmp_path):
    figure, result = tmp_path / "f.png", tmp_path / "r.json"
    code, out, err = run(
        "compare", pool_csv, "--budgets", "1-3", "--splits", 2, "--figure", figure, "--json", result
    )
    assert code == 0, err
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert max(len(line) for line in out.splitlines() if "figure:" not in line) <= 80
    assert "greedy-mi" in out
    rows = json.loads(result.read_text())["rows"]
    assert {row["budget"] for row in rows} == {1, 2, 3}


def test_json_on_the_screen_is_only_json(run, pool_csv):
    code, out, _ = run("compare", pool_csv, "--methods", "top-k", "--splits", 2, "--json", "-")
    assert code == 0
    assert json.loads(out)["n_items"] == 500


def test_statements(run, shared):
    code, out, _ = run("compare", "mmlu", "--statements", "--budgets", "1", "--splits", 1)
    assert code == 0
    assert "mmlu (statements)" in out


def test_nothing_to_compare_is_an_empty_table(run, pool_csv):
    code, out, err = run("compare", pool_csv, "--methods", "self-moa", "--budgets", "3")
    assert (code, err) == (0, "")
    assert "Skipped self-moa at budget 3" in out


def test_figure_of_unknown_kind(run, pool_csv, tmp_path):
    code, _, err = run("compare", pool_csv, "--splits", 1, "--figure", tmp_path / "f.gif")
    assert code == 2
    assert ".png, .pdf or .svg" in err
