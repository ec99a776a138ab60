"""Recipes draw from their own CSV, the same bytes each time, and rebuild what changed."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable
from ensel.cli import main
from ensel.exceptions import InputError
from ensel.studies.paper import RECIPES, Effort, Recipe, Sources, build
from ensel.studies.paper.recipe import csv_text, data_line, from_csv
from ensel.studies.paper.stamps import read_stamps

BY_NAME = {recipe.name: recipe for recipe in RECIPES}
QUICK = Effort(n_splits=2, n_boot=3, most=3, seed=0)
MODELS = ["bow-nb", "bigram-svm", "char-logreg", "svd-knn", "lexicon"]


def cells() -> pd.DataFrame:
    """Cells of three datasets, in the form that benchmarks/regret.py stores."""
    rows = [
        {"pool": pool, "n_train": n_train, "budget": budget, "regret": 0.001 * budget,
         "vs_top_k": 0.002 * budget, "se_vs_top_k": 0.004, "vs_single": -0.001,
         "se_vs_single": 0.003}
        for pool in ("mmlu", "mmlu:statements", "imdb", "medmcqa")
        for n_train in (300, 1000, 2000)
        for budget in (1, 2, 3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def sources(imdb, tmp_path_factory):
    """Every dataset is a small real pool: the first sample of five classifiers on 125 reviews.

    Its five samples stand for five temperatures; the second sample at each is simulated: the first
    with one answer in twenty turned round.
    """
    plain = imdb.subset(items=slice(0, None, 200), queries=[f"{model}#1" for model in MODELS])
    samples = imdb.subset(
        items=slice(0, None, 200), queries=[f"{m}#{s}" for m in MODELS for s in range(1, 6)]
    )
    rng = np.random.default_rng(0)
    turned = rng.random(samples.answers.shape) < 0.05
    answers = np.hstack([samples.answers, np.where(turned, 1 - samples.answers, samples.answers)])
    queries = pd.DataFrame(
        {
            "model": np.tile(samples.models, 2),
            "sample": np.repeat([1, 2], samples.n_queries),
            "temperature": np.tile(samples.queries["sample"].to_numpy() / 10, 2),
        },
        index=[f"q{i}" for i in range(2 * samples.n_queries)],
    )
    tempered = PredictionTable(
        answers, samples.labels, classes=samples.classes, queries=queries, name="temperatures"
    )
    results = tmp_path_factory.mktemp("results")
    cells().to_csv(results / "regret.csv", index=False)
    return Sources(
        load=lambda name: called(tempered if "temperatures" in name else plain, name),
        results=results,
        effort=QUICK,
    )


def called(table: PredictionTable, name: str) -> PredictionTable:
    return PredictionTable(
        table.answers, table.labels, classes=table.classes, queries=table.queries, name=name,
        cost_unit=table.cost_unit, source="real answers",
    )  # fmt: skip


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Two samples a temperature, few pools, few sums of money."""
    monkeypatch.setattr("ensel.studies.paper.choices.SIZE", 2)
    monkeypatch.setattr("ensel.studies.paper.choices.CHOSEN_FROM", ("mmlu", "imdb"))
    monkeypatch.setattr("ensel.studies.paper.errors.FAILING", ("imdb",))
    monkeypatch.setattr("ensel.choosing.frontiers.LEVELS", 2)


def test_names_are_unique():
    assert len(BY_NAME) == len(RECIPES)


@pytest.mark.parametrize("recipe", RECIPES, ids=BY_NAME)
def test_every_recipe_draws_from_its_own_csv(recipe, sources):
    frame = recipe.compute(sources)
    text = csv_text(frame)
    again = from_csv(text)
    assert csv_text(again) == text  # nothing is lost on the way
    assert list(again.columns) == list(frame.columns)
    assert {"dataset", "source"} <= set(again.columns)
    figure = recipe.draw(again)
    assert 3.3 < figure.get_figwidth() <= 7.0  # a page's one or two columns
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    assert "Data: " in recipe.described(again)


def quick() -> Recipe:
    return replace(BY_NAME["co_failure"], name="quick", datasets=("imdb",))


def test_build_writes_three_files_an_index_and_stamps_then_leaves_them_alone(sources, tmp_path):
    recipe, folder = quick(), tmp_path / "figures"
    (done,) = build([recipe], folder, sources=sources, progress=False)
    assert done.what == "built"
    names = {"quick.csv", "quick.pdf", "quick.png", "README.md", "stamps.json"}
    assert {path.name for path in folder.iterdir()} == names
    index = (folder / "README.md").read_text()
    assert "![quick](quick.png)" in index
    assert recipe.caption in index
    assert read_stamps(folder)["quick"].numbers_at in index
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("quick.*")}
    (done,) = build([recipe], folder, sources=sources, progress=False)
    assert done.what == "unchanged"
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("quick.*")} == before


def test_twice_the_same_bytes(sources, tmp_path):
    recipe = quick()
    for name in ("a", "b"):
        build([recipe], tmp_path / name, sources=sources, progress=False)
    for suffix in ("csv", "pdf", "png"):
        first, second = ((tmp_path / n / f"quick.{suffix}").read_bytes() for n in ("a", "b"))
        assert first == second, suffix


def test_text_in_the_pdf_stays_text(sources, tmp_path):
    build([quick()], tmp_path, sources=sources, progress=False)
    assert b"/Type3" not in (tmp_path / "quick.pdf").read_bytes()


def counted(recipe: Recipe) -> tuple[Recipe, list[int]]:
    calls: list[int] = []

    def compute(sources):
        calls.append(1)
        return recipe.compute(sources)

    return replace(recipe, compute=compute), calls


def test_a_lost_picture_is_redrawn_without_computing(sources, tmp_path):
    recipe, calls = counted(quick())
    build([recipe], tmp_path, sources=sources, progress=False)
    (tmp_path / "quick.png").unlink()
    (done,) = build([recipe], tmp_path, sources=sources, progress=False)
    assert (done.what, len(calls)) == ("redrawn", 1)
    assert (tmp_path / "quick.png").is_file()


def test_a_new_caption_redraws_and_edited_numbers_are_computed_again(sources, tmp_path):
    recipe, calls = counted(quick())
    build([recipe], tmp_path, sources=sources, progress=False)
    (done,) = build([replace(recipe, caption="Other words.")], tmp_path, sources=sources)
    assert (done.what, len(calls)) == ("redrawn", 1)
    (tmp_path / "quick.csv").write_text("dataset\nmine\n")
    (done,) = build([recipe], tmp_path, sources=sources)
    assert (done.what, len(calls)) == ("built", 2)
    assert "mine" not in (tmp_path / "quick.csv").read_text()


def test_other_effort_computes_again(sources, tmp_path):
    recipe, calls = counted(quick())
    build([recipe], tmp_path, sources=sources, progress=False)
    other = Sources(load=sources.table, results=sources.results, effort=replace(QUICK, seed=1))
    (done,) = build([recipe], tmp_path, sources=other, progress=False)
    assert (done.what, len(calls)) == ("built", 2)  # another seed, other orders


def test_a_figure_that_fails_leaves_nothing_behind(sources, tmp_path):
    def fail(frame):
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError):
        build([replace(quick(), draw=fail)], tmp_path, sources=sources, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_at_hand_is_skipped_with_its_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("ENSEL_DATA", str(tmp_path / "nothing"))
    monkeypatch.setattr("ensel.datasets.files.cache_folder", lambda: tmp_path / "nothing")
    folder = tmp_path / "figures"
    chosen = [BY_NAME["accuracy_mmlu"], BY_NAME["regret"]]
    done = build(chosen, folder, sources=Sources(results=tmp_path / "no"), progress=False)
    assert [one.what for one in done] == ["skipped", "skipped"]
    assert "ensel datasets --download mmlu" in done[0].reason
    assert "regret.csv" in done[1].reason
    assert done[0].reason in (folder / "README.md").read_text()
    assert {path.name for path in folder.iterdir()} == {"README.md"}


def test_a_skipped_figure_keeps_its_files_and_its_place(sources, tmp_path):
    recipe = replace(BY_NAME["regret"])
    build([recipe], tmp_path, sources=sources, progress=False)
    (done,) = build([recipe], tmp_path, sources=Sources(results=tmp_path / "no"), progress=False)
    assert done.what == "skipped"
    assert (tmp_path / "regret.png").is_file()
    assert "![regret](regret.png)" in (tmp_path / "README.md").read_text()


def test_unknown_names_are_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["figures", "--only", "regrets,money", "--output", str(tmp_path / "f")])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "no figure 'regrets'; figures: accuracy" in error
    assert not (tmp_path / "f").exists()


def test_stored_results_that_are_no_table_are_one_line(tmp_path, capsys):
    (tmp_path / "regret.csv").write_text("")
    options = ["--output", str(tmp_path / "f"), "--results", str(tmp_path), "--jobs", "1"]
    with pytest.raises(SystemExit) as stop:
        main(["figures", "--only", "regret", *options])
    assert stop.value.code == 2
    assert "regret.csv: cannot be read as CSV" in capsys.readouterr().err


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "f").write_text("")
    with pytest.raises(InputError, match="is a file"):
        build([quick()], tmp_path / "f", progress=False)


def test_the_command_draws_stored_results(tmp_path, capsys):
    cells().to_csv(tmp_path / "regret.csv", index=False)
    folder = tmp_path / "figures"
    options = ["--output", str(folder), "--results", str(tmp_path), "--jobs", "1"]
    with pytest.raises(SystemExit) as stop:
        main(["figures", "--only", "regret", *options])
    assert not stop.value.code
    assert "built" in capsys.readouterr().out
    assert (folder / "regret.png").read_bytes().startswith(b"\x89PNG")


def test_csv_is_rounded_and_has_no_minus_zero():
    frame = pd.DataFrame({"dataset": "a", "value": [1 / 3, -1e-12, np.nan]})
    assert csv_text(frame) == "dataset,value\na,0.333333\na,0\na,\n"


def test_data_line_names_every_dataset():
    frame = pd.DataFrame({"dataset": ["a", "b"], "n_items": [10, 2000], "source": ["x", "y"]})
    assert data_line(frame) == "a (n = 10 items; x), b (n = 2,000 items; y)"
