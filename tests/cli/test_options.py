"""The table that options describe."""

import pandas as pd
import pytest


def test_dataset_refuses_options_for_files(run):
    code, _, err = run("info", "imdb", "--ignore", "x")
    assert code == 2
    assert "are for files" in err


def test_unknown_dataset(run):
    code, _, err = run("info", "imbd")
    assert code == 2
    assert "did you mean 'imdb'" in err


def test_labels_of_a_second_file(run, small_pool, tmp_path):
    small_pool.to_csv(tmp_path / "pool.csv")
    frame = pd.read_csv(tmp_path / "pool.csv", dtype=str)
    frame[["item", "label"]].to_csv(tmp_path / "labels.csv", index=False)
    frame.drop(columns="label").to_csv(tmp_path / "answers.csv", index=False)
    code, out, err = run("info", tmp_path / "answers.csv", "--labels", tmp_path / "labels.csv")
    assert (code, err) == (0, "")
    assert out.startswith("answers.csv: 500 items, 6 queries")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tokens", "500,200"], "without --prices: give both"),
        (["--prices", "prices.csv", "--tokens", "500"], "two numbers, tokens in and out"),
        (["--prices", "prices.csv", "--tokens", "a,b"], "numbers from 0 are needed, like 500,200"),
    ],
)
def test_prices_and_tokens_go_together(run, pool_csv, arguments, said):
    code, out, err = run("frontier", pool_csv, *arguments)
    assert (code, out) == (2, "")
    assert said in err
