"""``ensel certify``, and answers without labels that teach when to stop."""

import pytest

from ensel import load_policy


@pytest.fixture
def files(tmp_path, imdb_pool):
    parts = {"taught": slice(0, None, 125), "fresh": slice(1, None, 50), "bare": slice(2, None, 50)}
    for name, items in parts.items():
        frame = imdb_pool.subset(items=items).to_frame()
        if name == "bare":
            frame = frame.drop(columns="label")
        frame.to_csv(tmp_path / f"{name}.csv")
    return tmp_path


@pytest.fixture
def imdb_pool(imdb):
    return imdb.subset(queries=imdb.query_names[::18])


SELECT = ("--budget", 4, "--folds", 3, "--repeats", 1)


def test_unlabelled_answers_teach_and_new_labels_vouch(run, files):
    kept = files / "p.json"
    code, out, _ = run(
        "select", files / "taught.csv", *SELECT, "--unlabelled", files / "bare.csv", "--save", kept
    )
    assert code == 0
    assert "In sequence: ask" in out

    code, out, _ = run(
        "certify", kept, files / "fresh.csv", "--loss", 5, "--save", files / "c.json"
    )
    assert code == 0
    words = " ".join(out.split())
    assert "Certificate: with 95 % confidence the policy loses at most 5 points" in words
    assert "on the 500 labels that it was tested on" in words
    certificate = load_policy(files / "c.json").certificate_
    assert (certificate.certified, certificate.n_test, certificate.kind) == (True, 500, "loss")

    code, out, err = run("vote", files / "c.json", files / "bare.csv", "-o", files / "l.csv")
    assert code == 0
    assert "queries an item on average instead of 4" in err


def test_answers_alone_bound_the_disagreement(run, files):
    kept = files / "p.json"
    run("select", files / "taught.csv", *SELECT, "--adaptive", "--save", kept)
    code, out, _ = run("certify", kept, files / "bare.csv", "--loss", 6, "--answers-only")
    assert code == 0
    assert "differs in at most 6 % of questions" in " ".join(out.split())


def test_what_cannot_be_certified(run, files):
    kept = files / "p.json"
    run("select", files / "taught.csv", *SELECT, "--no-adaptive", "--save", kept)
    code, _, err = run("certify", kept, files / "fresh.csv")
    assert code == 2
    assert "only what asks in sequence by a learned rule can be certified" in " ".join(err.split())
    code, _, err = run("certify", kept, files / "fresh.csv", "--loss", 0)
    assert code == 2
    code, _, err = run("select", files / "taught.csv", *SELECT, "--unlabelled", files / "no.csv")
    assert (code, "no.csv" in err) == (2, True)
