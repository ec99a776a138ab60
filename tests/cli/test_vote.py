"""``ensel vote``, and what ``ensel select`` keeps for it."""

import pandas as pd


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


def test_vote_without_the_queries(run, pool_csv, tmp_path):
    run("select", pool_csv, "--budget", 2, "--folds", 2, "--save", tmp_path / "e.json")
    (tmp_path / "new.csv").write_text("item,other\n1,positive\n")
    code, _, err = run("vote", tmp_path / "e.json", tmp_path / "new.csv", "-o", tmp_path / "l.csv")
    assert code == 2
    assert "no column for the query" in err
    assert not (tmp_path / "l.csv").exists()
