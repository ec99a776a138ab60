"""``ensel vote``, and what ``ensel select`` keeps for it."""

import json

import numpy as np
import pandas as pd
import pytest


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
    assert list(voted.columns) == ["item", "label", "probability", "asked"]
    assert voted["asked"].nunique() == 1  # a fixed set asks the same of every item
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


@pytest.fixture
def pool(tmp_path):
    """120 items, five models, their answers spelled as they are or in many ways, and logs."""
    rng = np.random.default_rng(3)
    gold = rng.choice(list("ABCD"), 120)
    answers = {
        f"m{j}": np.where(rng.random(120) < 0.5 + 0.07 * j, gold, rng.choice(list("ABCD"), 120))
        for j in range(5)
    }
    forms = ["({})", "{}.", "**{}**", "The answer is {}.", "{}"]

    def write(name, *, messy=False, labels=True, n_bad=0):
        frame = pd.DataFrame({"item": [f"q{i}" for i in range(120)]})
        if labels:
            frame["label"] = gold
        for model, own in answers.items():
            frame[model] = [forms[i % 5 if messy else 4].format(a) for i, a in enumerate(own)]
        frame.loc[: n_bad - 1, "m4"] = "no idea" if n_bad else frame["m4"]
        frame.to_csv(tmp_path / name, index=False)
        return tmp_path / name

    def logs():
        folder = tmp_path / "runs"
        folder.mkdir()
        for model, own in answers.items():
            rows = [{"id": f"q{i}", "pred": f"({a})", "model": model} for i, a in enumerate(own)]
            (folder / f"{model}.jsonl").write_text("\n".join(map(json.dumps, rows)))
        return folder

    write.logs = logs
    return write


def learn(run, path, kept, *more):
    assert run("select", path, "--budget", 3, "--repeats", 1, "--save", kept, *more)[0] == 0


def test_new_answers_are_read_as_those_that_were_learned_from(run, pool, tmp_path):
    learn(run, pool("clean.csv"), tmp_path / "e.json")
    new = [pool("new.csv", labels=False), pool("messy.csv", messy=True, labels=False), pool.logs()]
    voted = [run("vote", tmp_path / "e.json", path) for path in new]
    assert [code for code, _, _ in voted] == [0, 0, 0]
    assert voted[0][1] == voted[1][1] == voted[2][1]
    assert len(voted[0][1].splitlines()) == 121


def test_new_answers_that_cannot_be_read_stop_or_abstain(run, pool, tmp_path):
    learn(run, pool("clean.csv"), tmp_path / "e.json")
    new = pool("new.csv", labels=False, n_bad=10)
    code, out, err = run("vote", tmp_path / "e.json", new)
    assert (code, out) == (2, "")
    assert "10 of 120 of 'm4'" in err
    assert "--ignore" not in err  # vote has no such option
    code, out, err = run("vote", tmp_path / "e.json", new, "--unreadable", "missing")
    assert code == 0
    assert "count as missing" in err
    assert len(out.splitlines()) == 121
    code, _, err = run("vote", tmp_path / "e.json", new, "--unreadable", "wrong")
    assert (code, "stop or missing is needed" in err) == (2, True)


def test_a_policy_learned_with_a_class_of_the_unreadable_reads_letters(run, pool, tmp_path):
    bad = pool("bad.csv", n_bad=10)
    learn(run, bad, tmp_path / "e.json", "--unreadable", "wrong", "--method", "top-k")
    code, _, err = run("vote", tmp_path / "e.json", pool("new.csv", labels=False, n_bad=10))
    assert code == 0
    assert "cannot be read as letters, and count as wrong" in err
    clean = run("vote", tmp_path / "e.json", pool("clean.csv", labels=False))
    messy = run("vote", tmp_path / "e.json", pool("messy.csv", messy=True, labels=False))
    assert clean[0] == messy[0] == 0
    assert clean[1] == messy[1]


def test_right_answers_beside_new_ones_are_not_used(run, pool, tmp_path):
    learn(run, pool("clean.csv"), tmp_path / "e.json")
    with_labels = run("vote", tmp_path / "e.json", pool("new.csv"))
    assert with_labels == run("vote", tmp_path / "e.json", pool("new.csv", labels=False))


def test_a_policy_with_numbers_beyond_measure_is_refused_in_one_line(run, pool, tmp_path):
    """Fault 18."""
    new = pool("clean.csv")
    learn(run, new, tmp_path / "e.json")
    kept = json.loads((tmp_path / "e.json").read_text())

    def spoiled(one, number):
        if isinstance(one, dict):
            return {name: spoiled(value, number) for name, value in one.items()}
        if isinstance(one, list):
            return [spoiled(value, number) for value in one]
        return number if isinstance(one, float) else one

    for number in (10**40, -(10**40), 10**400, None, [[]], "9" * 5000):
        (tmp_path / "e.json").write_text(json.dumps(spoiled(kept, number)))
        code, out, err = run("vote", tmp_path / "e.json", new)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1


def test_new_answers_are_read_as_those_that_the_policy_learned_from(run, tmp_path):
    """Learned verbatim, "(A)" is no answer; by letters it would be A."""
    rows = "".join(f"{n},{'AB'[n % 2]},{'AB'[n % 2]},{'AB'[n % 3 % 2]}\n" for n in range(40))
    (tmp_path / "pool.csv").write_text("item,label,m,k\n" + rows)
    (tmp_path / "new.csv").write_text("item,m,k\na,A,B\nb,(A),B\n")
    for reader, given in (("verbatim", 2), ("letters", 0)):
        kept = tmp_path / f"{reader}.json"
        code, _, _ = run(
            "select", tmp_path / "pool.csv", "--read", reader, "--method", "top-k", "--budget", 2,
            "--folds", 2, "--repeats", 1, "--save", kept,
        )  # fmt: skip
        assert code == 0
        code, _, err = run("vote", kept, tmp_path / "new.csv")
        assert code == given, err
        assert ("cannot be read as verbatim" in err) == (reader == "verbatim")
