"""A build makes what changed, whole or not at all: the same bytes each time."""

from dataclasses import replace

import pytest

from ensel.exceptions import InputError
from ensel.studies.paper import Recipe, Sources, build
from ensel.studies.paper.stamps import read_stamps


def test_build_writes_three_files_an_index_and_stamps_then_leaves_them_alone(
    sources, tmp_path, quick
):
    recipe, folder = quick, tmp_path / "figures"
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


def test_twice_the_same_bytes(sources, tmp_path, quick):
    recipe = quick
    for name in ("a", "b"):
        build([recipe], tmp_path / name, sources=sources, progress=False)
    for suffix in ("csv", "pdf", "png"):
        first, second = ((tmp_path / n / f"quick.{suffix}").read_bytes() for n in ("a", "b"))
        assert first == second, suffix


def test_text_in_the_pdf_stays_text(sources, tmp_path, quick):
    build([quick], tmp_path, sources=sources, progress=False)
    assert b"/Type3" not in (tmp_path / "quick.pdf").read_bytes()


def counted(recipe: Recipe) -> tuple[Recipe, list[int]]:
    calls: list[int] = []

    def compute(sources):
        calls.append(1)
        return recipe.compute(sources)

    return replace(recipe, compute=compute), calls


def test_a_lost_picture_is_redrawn_without_computing(sources, tmp_path, quick):
    recipe, calls = counted(quick)
    build([recipe], tmp_path, sources=sources, progress=False)
    (tmp_path / "quick.png").unlink()
    (done,) = build([recipe], tmp_path, sources=sources, progress=False)
    assert (done.what, len(calls)) == ("redrawn", 1)
    assert (tmp_path / "quick.png").is_file()


def test_a_new_caption_redraws_and_edited_numbers_are_computed_again(sources, tmp_path, quick):
    recipe, calls = counted(quick)
    build([recipe], tmp_path, sources=sources, progress=False)
    (done,) = build([replace(recipe, caption="Other words.")], tmp_path, sources=sources)
    assert (done.what, len(calls)) == ("redrawn", 1)
    (tmp_path / "quick.csv").write_text("dataset\nmine\n")
    (done,) = build([recipe], tmp_path, sources=sources)
    assert (done.what, len(calls)) == ("built", 2)
    assert "mine" not in (tmp_path / "quick.csv").read_text()


def test_other_effort_computes_again(sources, tmp_path, quick):
    recipe, calls = counted(quick)
    build([recipe], tmp_path, sources=sources, progress=False)
    other = Sources(
        load=sources.table, results=sources.results, effort=replace(sources.effort, seed=1)
    )
    (done,) = build([recipe], tmp_path, sources=other, progress=False)
    assert (done.what, len(calls)) == ("built", 2)  # another seed, other orders


def test_a_figure_that_fails_leaves_nothing_behind(sources, tmp_path, quick):
    def fail(frame):
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError):
        build([replace(quick, draw=fail)], tmp_path, sources=sources, progress=False)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_at_hand_is_skipped_with_its_reason(tmp_path, monkeypatch, by_name):
    monkeypatch.setenv("ENSEL_DATA", str(tmp_path / "nothing"))
    monkeypatch.setattr("ensel.datasets.files.cache_folder", lambda: tmp_path / "nothing")
    folder = tmp_path / "figures"
    chosen = [by_name["accuracy_mmlu"], by_name["regret"]]
    done = build(chosen, folder, sources=Sources(results=tmp_path / "no"), progress=False)
    assert [one.what for one in done] == ["skipped", "skipped"]
    assert "ensel datasets --download mmlu" in done[0].reason
    assert "regret.csv" in done[1].reason
    assert done[0].reason in (folder / "README.md").read_text()
    assert {path.name for path in folder.iterdir()} == {"README.md"}


def test_a_skipped_figure_keeps_its_files_and_its_place(sources, tmp_path, by_name):
    recipe = replace(by_name["regret"])
    build([recipe], tmp_path, sources=sources, progress=False)
    (done,) = build([recipe], tmp_path, sources=Sources(results=tmp_path / "no"), progress=False)
    assert done.what == "skipped"
    assert (tmp_path / "regret.png").is_file()
    assert "![regret](regret.png)" in (tmp_path / "README.md").read_text()


def test_a_file_is_no_folder(tmp_path, quick):
    (tmp_path / "f").write_text("")
    with pytest.raises(InputError, match="is a file"):
        build([quick], tmp_path / "f", progress=False)
