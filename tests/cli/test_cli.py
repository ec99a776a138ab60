"""The command line: what it prints, what it writes, and one line for bad input."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from ensel import load_dataset
from ensel.cli import main


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def run(capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


@pytest.fixture
def pool_csv(tmp_path, small_pool):
    small_pool.to_csv(tmp_path / "pool.csv")
    return tmp_path / "pool.csv"


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


def test_select_save_vote(run, pool_csv, tmp_path, small_pool):
    ensemble, labels = tmp_path / "e.json", tmp_path / "labels.csv"
    code, out, _ = run("select", pool_csv, "--budget", 3, "--repeats", 1, "--save", ensemble)
    assert code == 0
    assert "Expected held-out accuracy" in out
    assert "Single best query alone" in out
    # New answers: no labels, other columns about, another order.
    answers = pd.read_csv(pool_csv, dtype=str).drop(columns="label").head(20)
    answers = answers[answers.columns[::-1]].assign(remark="hello")
    answers.to_csv(tmp_path / "new.csv", index=False)
    code, out, _ = run("vote", ensemble, tmp_path / "new.csv", "-o", labels)
    assert code == 0
    voted = pd.read_csv(labels)
    assert list(voted.columns) == ["item", "label", "probability"]
    assert voted["item"].tolist() == [str(item) for item in small_pool.items.index[:20]]
    assert voted["probability"].between(0.5, 1).all()
    code, out, _ = run("vote", ensemble, tmp_path / "new.csv")
    assert out == labels.read_text()


def test_info(run, tmp_path):
    table = load_dataset("imdb").subset(items=slice(0, None, 50))
    table.to_parquet(tmp_path / "pool.parquet")
    code, out, _ = run("info", tmp_path / "pool.parquet")
    assert code == 0
    assert "... and 66 less accurate ones" in out
    assert "Mean correlation of errors" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_statements(run, shared):
    code, out, _ = run("compare", "mmlu", "--statements", "--budgets", "1", "--splits", 1)
    assert code == 0
    assert "mmlu (statements)" in out


def test_datasets_lists_all(run):
    code, out, _ = run("datasets")
    assert code == 0
    for name in ("imdb", "mmlu-full", "medmcqa-temperatures"):
        assert name in out


def test_warns_of_constant_and_duplicate_columns(run, tmp_path):
    path = tmp_path / "pool.csv"
    rows = [f"{i},{i % 2},{i % 2},{i % 2},1" for i in range(40)]
    path.write_text("\n".join(["item,label,a,b,c", *rows]) + "\n")
    code, _, err = run("info", path)
    assert code == 0
    assert "warning: pool.csv: constant answers: c" in err
    assert "warning: pool.csv: duplicate columns: b = a" in err


GOOD = "item,label,a,b\n" + "".join(f"{i},{i % 2},{i % 2},{(i // 2) % 2}\n" for i in range(20))


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", ["info"], "empty file"),
        ("item,label,a\n", ["compare"], "empty table"),
        ("item,label,a\n1,x,x\n2,x,x\n", ["compare"], "at least two classes"),
        ("item,label,a\n1,x,z\n2,y,x\n", ["compare"], "none of the classes"),
        ("item,label,a\n1,nan,x\n2,y,y\n", ["compare"], "no label for item"),
        (b"item,label,a\n1,x,\xff\n", ["info"], "not UTF-8"),
        (GOOD[:-4], ["info"], "is the file cut off"),
        (GOOD, ["compare", "--budgets", "0"], "from 1 to 2"),
        (GOOD, ["compare", "--budgets", "3"], "from 1 to 2"),
        (GOOD, ["compare", "--budgets", "x"], "neither a whole number"),
        (GOOD, ["compare", "--train", "half"], "a share (0.5)"),
        (GOOD, ["compare", "--methods", "best"], "no method 'best'"),
        (GOOD, ["compare", "--splits", "0"], "at least 1"),
        (GOOD, ["compare", "--figure", "no/where/f.png"], "make it first"),
        (GOOD, ["compare", "--label", "gold"], "no column 'gold'"),
        (GOOD, ["select", "--budget", "0"], "from 1 to 2"),
        (GOOD, ["select", "--budget", "9"], "from 1 to 2"),
        (GOOD, ["select", "--budget", "many"], "valid integer"),
        (GOOD, ["select"], "how many queries a question? give --budget 3"),
        (GOOD, ["select", "--budget", "1", "--nonsense"], "No such option"),
        (GOOD, ["compare", "--train", "nan"], "share between 0 and 1"),
        (GOOD, ["compare", "--train", "inf"], "share between 0 and 1"),
        (GOOD, ["compare", "--seed", "-1"], "whole number from 0"),
        (GOOD, ["compare", "--budgets", "2-1"], "neither a whole number nor a range"),
        (GOOD, ["compare", "--budgets", "1-99999999999"], "neither a whole number nor a range"),
        (GOOD, ["compare", "--figure", "f.gif"], ".png, .pdf or .svg"),
        (GOOD, ["select", "--budget", "1", "--save", "."], "no regular file"),
        (GOOD, ["select", "--budget", "1", "--save", "-"], "kept in a file"),
        (GOOD.replace(",a,b", ",a,a"), ["info"], "column names repeat"),
    ],
)
def test_bad_input_is_one_line_and_changes_no_file(run, tmp_path, text, arguments, said):
    path = tmp_path / "pool.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    kept = tmp_path / "kept.json"
    kept.write_text("before")
    command, *options = arguments
    code, out, err = run(command, path, *options, "--json", kept)
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err
    assert kept.read_text() == "before"
    assert {p.name for p in tmp_path.iterdir()} == {"pool.csv", "kept.json"}


def test_nothing_to_compare_is_an_empty_table(run, pool_csv):
    code, out, err = run("compare", pool_csv, "--methods", "self-moa", "--budgets", "3")
    assert (code, err) == (0, "")
    assert "Skipped self-moa at budget 3" in out


def test_outputs_do_not_replace_inputs_or_one_another(run, pool_csv, tmp_path):
    before = pool_csv.read_bytes()
    for arguments in (
        ("select", pool_csv, "--budget", 1, "--save", pool_csv),
        ("info", pool_csv, "--json", pool_csv),
        ("select", pool_csv, "--budget", 1, "--save", tmp_path / "x", "--json", tmp_path / "x"),
    ):
        code, _, err = run(*arguments)
        assert code == 2
        assert len(err.splitlines()) == 1
    assert pool_csv.read_bytes() == before
    assert not (tmp_path / "x").exists()


def test_dataset_refuses_options_for_files(run):
    code, _, err = run("info", "imdb", "--ignore", "x")
    assert code == 2
    assert "are for files" in err


def test_completion(tmp_path):
    from ensel.cli.options import complete_source, complete_words

    (tmp_path / "pool.csv").write_text("x")
    assert complete_source(f"{tmp_path}/po") == [f"{tmp_path}/pool.csv"]
    assert "imdb-llm" in complete_source("imdb")
    assert complete_words("top-k,greedy-mi")("top-k,gr") == ["top-k,greedy-mi"]


def test_figure_of_unknown_kind(run, pool_csv, tmp_path):
    code, _, err = run("compare", pool_csv, "--splits", 1, "--figure", tmp_path / "f.gif")
    assert code == 2
    assert ".png, .pdf or .svg" in err


def test_vote_without_the_queries(run, pool_csv, tmp_path):
    run("select", pool_csv, "--budget", 2, "--folds", 2, "--save", tmp_path / "e.json")
    (tmp_path / "new.csv").write_text("item,other\n1,positive\n")
    code, _, err = run("vote", tmp_path / "e.json", tmp_path / "new.csv", "-o", tmp_path / "l.csv")
    assert code == 2
    assert "no column for the query" in err
    assert not (tmp_path / "l.csv").exists()


def test_unknown_dataset(run):
    code, _, err = run("info", "imbd")
    assert code == 2
    assert "did you mean 'imdb'" in err


def test_help_has_an_example_and_is_prompt():
    for command in ("compare", "select", "vote", "info", "datasets"):
        done = subprocess.run(
            [sys.executable, "-m", "ensel", command, "--help"], capture_output=True, text=True
        )
        assert done.returncode == 0
        assert "Example: ensel" in done.stdout


def test_import_is_light():
    heavy = ("pandas", "sklearn", "scipy", "matplotlib", "pyarrow", "numba", "joblib")
    code = f"import sys, ensel.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_compiled_code_waits_for_the_first_fit():
    code = (
        "import sys, ensel.selection, ensel.voting\n"
        "print('numba' in sys.modules)\n"
        "ensel.selection.TopK(1).fit([[0, 1], [1, 1]], [0, 1])\n"
        "print('numba' in sys.modules)\n"
        "ensel.selection.GreedyMI(1).fit([[0, 1], [1, 1]], [0, 1])\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
