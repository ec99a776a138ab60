"""The floor's front door: sound labels, families, refusals, and the command."""

import json

import numpy as np
import pytest

from ensel import InputError, PredictionTable, error_floor
from ensel.cli import main
from ensel.error_model import count_opinions, simulate
from ensel.report.floor import floor_report


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


SIXTY_WITHOUT_ONE = 1 - 0.025 ** (1 / 60)
"""Largest share that sixty items miss with probability .025: .0596."""


def certain_pool(n_classes, answers_of):
    """Sixty simulated items: four queries that are right on three quarters, and one more."""
    rng = np.random.default_rng(3)
    labels = rng.integers(n_classes, size=60)
    others = (labels + rng.integers(1, n_classes, size=(4, 60))) % n_classes
    usual = np.where(rng.random((4, 60)) < 0.25, others, labels)
    return PredictionTable(
        np.column_stack([*usual, answers_of(labels)]),
        labels,
        classes=[f"class {k}" for k in range(n_classes)],
        queries=list("abcde"),
    )


def said(result):
    return " ".join(getattr(block, "text", "") for block in floor_report(result).blocks)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_an_always_right_query_leaves_an_error_of_0_with_an_upper_limit(n_classes):
    result = error_floor(certain_pool(n_classes, lambda y: y), n_boot=20, progress=False)
    assert result.estimates["bayes_error"] == pytest.approx((0, 0, SIXTY_WITHOUT_ONE))
    assert result.estimates["all_wrong_predicted"] == pytest.approx((0, 0, SIXTY_WITHOUT_ONE))
    assert result.rule_held_out.value == 0
    assert result.rule_held_out.high == pytest.approx(0.06, abs=0.002)
    assert not result.model_refuted
    assert (result.curve["bayes"] == 0).all()
    assert "never wrong on these items: e; the rule of (c) goes by that" in said(result)
    for wrong in ("too low", "refuted", "nan", "no floor of this pool"):
        assert wrong not in said(result)


def test_an_always_wrong_query_of_two_classes_is_as_good():
    result = error_floor(certain_pool(2, lambda y: 1 - y), n_boot=20, progress=False)
    assert result.estimates["bayes_error"] == pytest.approx((0, 0, SIXTY_WITHOUT_ONE))
    assert result.rule_held_out.value == 0
    assert result.estimates["best_single_error"].value > 0.05
    assert "never right on these items: e; the rule of (c) rules that answer out" in said(result)


def test_a_silent_query_changes_no_error():
    with_it = error_floor(certain_pool(2, lambda y: -np.ones_like(y)), n_boot=3, progress=False)
    table = certain_pool(2, lambda y: -np.ones_like(y)).subset(queries=[0, 1, 2, 3])
    without = error_floor(table, n_boot=3, progress=False)
    for name in ("vote_limit", "bayes_error", "all_wrong_predicted"):
        assert with_it.estimates[name].value == without.estimates[name].value
    assert "never right and sometimes silent, left out of the model: e" in said(with_it)


def test_limits_by_cluster_count_clusters_where_nothing_goes_wrong():
    table = certain_pool(2, lambda y: y)
    items = table.items.assign(topic=np.repeat(["x", "y", "z"], 20))
    clustered = PredictionTable(
        table.answers, table.labels, classes=table.classes, queries=table.queries, items=items
    )
    found = error_floor(clustered, cluster="topic", n_boot=5, progress=False)
    assert found.estimates["bayes_error"].high == pytest.approx(1 - 0.025 ** (1 / 3))
    assert found.co_failure.high == pytest.approx(1 - 0.025 ** (1 / 3))


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
