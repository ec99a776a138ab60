"""The floor's front door: sound labels, families, refusals, and the command."""

import json

import numpy as np
import pytest

from ensel import InputError, PredictionTable, error_floor
from ensel.cli import main
from ensel.error_model import count_opinions, simulate


def test_sound_labels_again(mmlu_floor, real):
    ok = (real("mmlu").items["error_type"] == "ok").sum()
    assert mmlu_floor.ok_items.n_items == ok
    assert mmlu_floor.ok_items.co_failure.observed < mmlu_floor.co_failure.observed
    lost = mmlu_floor.all_wrong_items
    assert len(lost) == round(mmlu_floor.co_failure.observed * mmlu_floor.n_items)
    assert 0 < lost["suspect"].sum() < len(lost)


def test_relatives_err_together(mmlu_floor):
    assert mmlu_floor.estimates["family_difference"].low > 0


def test_a_query_that_is_never_wrong_leaves_no_error():
    pool = simulate(400, [0.3, 0.3, 0.35], 0.4, random_state=0)
    answers = np.column_stack([pool.answers, pool.labels])
    table = PredictionTable(answers, pool.labels, classes=pool.classes, queries=list("abcd"))
    found = error_floor(table, n_boot=3).estimates
    assert found["bayes_error"].value == 0
    assert found["all_wrong_predicted"].value == 0


def test_opinions_redraw_clusters_whole(mmlu_floor, real):
    """By subject, where errors go together, the interval of the correlation is another."""
    by_question = count_opinions(real("mmlu"))
    found = mmlu_floor.opinions
    assert found.effective_votes.value == by_question.effective_votes.value
    assert found.effective_votes.low < by_question.effective_votes.low
    assert found.majority_accuracy.low < by_question.majority_accuracy.low


def test_refuses(small_pool):
    with pytest.raises(InputError, match="no item column 'subject'"):
        error_floor(small_pool, cluster="subject")
    grouped = small_pool.items.assign(subject="one")
    table = PredictionTable(
        small_pool.answers,
        small_pool.labels,
        classes=small_pool.classes,
        queries=small_pool.queries,
        items=grouped,
    )
    with pytest.raises(InputError, match="two groups"):
        error_floor(table, cluster="subject")
    with pytest.raises(InputError, match="at least two are needed"):
        error_floor(small_pool.subset(queries=[0]))


def test_command(real, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = tmp_path / "floor.json"
    with pytest.raises(SystemExit) as stop:
        main(["floor", "imdb-llm", "--boot", "5", "--json", str(result)])
    out, err = capsys.readouterr()
    assert stop.value.code == 0, err
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "(c) Bayes error" in out
    assert json.loads(result.read_text())["n_models"] == 10


def test_command_refuses_in_one_line(tmp_path, capsys):
    path = tmp_path / "pool.csv"
    path.write_text("item,label,m\n1,0,0\n2,1,0\n")
    for extra in (
        [],
        ["--figures", str(tmp_path / "no")],
        ["--cluster", "subject"],
        ["--boot", "-1"],
        ["--seed", "-1"],
    ):
        with pytest.raises(SystemExit) as stop:
            main(["floor", str(path), *extra])
        out, err = capsys.readouterr()
        assert (stop.value.code, out) == (2, "")
        assert len(err.splitlines()) == 1
