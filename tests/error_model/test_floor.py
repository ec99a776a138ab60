"""The floor's front door: keys, warnings, intervals, sound labels, and the command."""

import json

import numpy as np
import pytest

from ensel import InputError, PredictionTable, error_floor
from ensel.cli import main
from ensel.error_model import simulate

KEYS = [
    "n_models", "n_items", "mean_error", "best_single_error", "mean_tetrachoric", "mean_phi",
    "uniform_floor", "mi_limit_bits", "vote_limit", "bayes_error", "bayes_error_se",
    "all_wrong_observed", "all_wrong_observed_low", "all_wrong_observed_high",
    "all_wrong_predicted", "gain_ceiling", "warnings",
]  # fmt: skip


@pytest.fixture(scope="module")
def mmlu(real):
    return error_floor(real("mmlu"), n_boot=10, cluster="subject")


def test_json_has_the_promised_keys(mmlu):
    data = json.loads(mmlu.to_json())
    assert set(KEYS) <= data.keys()
    for key in KEYS[2:-1]:
        assert isinstance(data[key], float), key
    assert data["uniform_floor_low"] < data["uniform_floor"] < data["uniform_floor_high"]


def test_textbook_formula_is_no_floor_on_mmlu(mmlu):
    e = mmlu.estimates
    assert e["uniform_floor"].value == pytest.approx(0.150, abs=5e-4)
    assert e["best_single_error"].value == pytest.approx(0.135, abs=5e-4)
    assert any("no floor of this pool" in text for text in mmlu.warnings)
    assert e["bayes_error"].value <= e["best_single_error"].value


def test_sound_labels_again(mmlu, real):
    ok = (real("mmlu").items["error_type"] == "ok").sum()
    assert mmlu.ok_items.n_items == ok
    assert mmlu.ok_items.co_failure.observed < mmlu.co_failure.observed
    lost = mmlu.all_wrong_items
    assert len(lost) == round(mmlu.co_failure.observed * mmlu.n_items)
    assert 0 < lost["suspect"].sum() < len(lost)


def test_relatives_err_together(mmlu):
    assert mmlu.estimates["family_difference"].low > 0


def test_clustered_intervals_are_wider(real):
    table = real("mmlu").subset(queries=slice(0, 4))
    alone = error_floor(table, n_boot=60).estimates["mean_error"]
    grouped = error_floor(table, n_boot=60, cluster="subject").estimates["mean_error"]
    assert grouped.high - grouped.low > 1.5 * (alone.high - alone.low)


def test_lines_of_a_simulated_uniform_pool_are_where_they_should_be():
    pool = simulate(20_000, [0.2] * 7, 0.3, random_state=0)
    result = error_floor(pool, n_boot=20)
    floor = result.estimates["uniform_floor"]
    assert floor.low < 0.0622 < floor.high
    assert result.estimates["vote_limit"].value == pytest.approx(0.0622, abs=0.01)
    curve = result.curve
    # The majority of seven is the Bayes rule of this pool: (a) finite, (c) and (d) meet.
    assert curve["bayes"].iloc[6] == pytest.approx(curve["uniform"].iloc[6], abs=0.006)
    assert curve["held_out_top_k"].iloc[6] == pytest.approx(curve["uniform"].iloc[6], abs=0.01)
    assert (np.diff(curve["bayes"].dropna()) <= 1e-12).all()
    # No tail beyond the copula's: predicted and observed all-wrong rates agree.
    ratio = result.co_failure.observed / result.estimates["all_wrong_predicted"].value
    assert 0.7 < ratio < 1.4


def test_tail_dependence_is_noticed():
    """Simulated: a fifth of the errors strike all models at once."""
    pool = simulate(8000, [0.15] * 6, 0.1, random_state=1)
    hard = np.random.default_rng(2).random(8000) < 0.03
    answers = np.where(hard[:, None], 1 - pool.labels[:, None], pool.answers)
    table = PredictionTable(answers, pool.labels, classes=pool.classes, queries=pool.queries)
    result = error_floor(table, n_boot=5)
    assert any("times as often as the copula says" in text for text in result.warnings)


def test_a_query_that_is_never_wrong_leaves_no_error():
    pool = simulate(400, [0.3, 0.3, 0.35], 0.4, random_state=0)
    answers = np.column_stack([pool.answers, pool.labels])
    table = PredictionTable(answers, pool.labels, classes=pool.classes, queries=list("abcd"))
    found = error_floor(table, n_boot=3).estimates
    assert found["bayes_error"].value == 0
    assert found["all_wrong_predicted"].value == 0


def test_the_rule_of_the_floor_is_judged_on_held_out_items(mmlu):
    """What (c) promises, its own rule cannot keep on real items; the result says how far off."""
    rule, bayes = mmlu.rule_held_out, mmlu.estimates["bayes_error"]
    assert rule.low < rule.value < rule.high
    assert rule.value > bayes.value
    assert mmlu.to_dict()["rule_held_out"] == rule.value


def test_interval_of_the_best_allows_for_the_choice():
    """Simulated: twenty equal models; the best of them is no better than .2."""
    covered = 0
    for seed in range(40):
        pool = simulate(300, [0.2] * 20, 0.5, random_state=seed)
        e = error_floor_best(pool)
        covered += e.low <= 0.2 <= e.high
    assert covered >= 37


def error_floor_best(pool):
    from ensel.error_model.floor_bootstrap import best_of_many

    return best_of_many(float(1 - pool.accuracies.max()), pool)


def test_pools_where_the_formula_does_not_apply():
    pool = simulate(1000, [0.6, 0.7, 0.55], 0.3, random_state=0)
    result = error_floor(pool, n_boot=5)
    assert np.isnan(result.estimates["uniform_floor"].value)
    assert any("does not apply" in text for text in result.warnings)
    json.loads(result.to_json())
    assert len(result.figures()) == 3


def test_refuses(small_pool):
    with pytest.raises(InputError, match="no item column 'subject'"):
        error_floor(small_pool, cluster="subject")
    grouped = small_pool.items.assign(subject="one")
    table = PredictionTable(
        small_pool.answers, small_pool.labels, classes=small_pool.classes,
        queries=small_pool.queries, items=grouped,
    )  # fmt: skip
    with pytest.raises(InputError, match="two groups"):
        error_floor(table, cluster="subject")
    with pytest.raises(InputError, match="at least two are needed"):
        error_floor(small_pool.subset(queries=[0]))


def test_figures_show_the_numbers(mmlu):
    figures = mmlu.figures()
    axis = figures["error_by_size"].axes[0]
    drawn = {line.get_label(): line.get_ydata() for line in axis.get_lines()}
    np.testing.assert_allclose(
        drawn["(a) its floor, endless copies"], 100 * mmlu.estimates["uniform_floor"].value
    )
    assert "n = 5,700 items" in figures["error_by_size"].get_suptitle()


def test_command(real, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = tmp_path / "floor.json"
    with pytest.raises(SystemExit) as stop:
        main(
            ["floor", "imdb-llm", "--boot", "5", "--json", str(result), "--figures", str(tmp_path)]
        )
    out, err = capsys.readouterr()
    assert stop.value.code == 0, err
    assert max(len(line) for line in out.splitlines() if "figures:" not in line) <= 80
    assert "(c) Bayes error" in out
    assert json.loads(result.read_text())["n_models"] == 10
    assert {p.name for p in tmp_path.glob("*.png")} == {
        "error_by_size.png", "error_correlation.png", "co_failure.png"
    }  # fmt: skip


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
