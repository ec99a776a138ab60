"""Stamps: all that numbers go through counts, and nothing else makes figures anew."""

import ast
from dataclasses import replace

import pytest

from ensel.studies.paper.stamps import (
    PACKAGE,
    SILENT,
    SPOKEN,
    computed_hash,
    drawn_hash,
    files_of_numbers,
)

COUNTED = files_of_numbers()


def imported_at_once(name: str) -> set[str]:
    """Files and folders of the package that a module imports when it is itself imported."""
    found = set()
    for node in ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body:
        modules = [node.module] if isinstance(node, ast.ImportFrom) else []
        found |= {m.removeprefix("ensel.").replace(".", "/") for m in modules if "ensel." in m}
    return found


def test_every_room_counts_or_is_silent():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    counted = {name.partition("/")[0] for name in COUNTED}
    assert rooms - counted <= set(SILENT)
    assert {"table", "heldout", "choosing", "selection", "voting", "error_model"} <= counted
    assert {"registry.py", "parallel.py"} <= set(COUNTED)


def test_what_is_named_exists():
    assert all((PACKAGE / name).exists() for name in (*SILENT, *SPOKEN))


@pytest.mark.parametrize("name", [name for name in COUNTED if name.endswith(".py")])
def test_numbers_go_through_no_silent_room(name):
    # What says, writes or checks may be imported: messages, whole files, results, the version.
    harmless = {"exceptions", "files", "results"}
    spoken = {module.removesuffix(".py") for module in SPOKEN}
    rooms = {name for name in SILENT if not name.endswith(".py")}
    silent = {m for m in imported_at_once(name) if any(f"{m}/".startswith(f"{r}/") for r in rooms)}
    assert silent <= harmless | spoken


def test_captions_and_pictures_are_no_numbers(sources, quick):
    other = replace(quick, caption="Other words.")
    assert computed_hash(other, sources) == computed_hash(quick, sources)
    assert drawn_hash(other, b"a") != drawn_hash(quick, b"a")
    assert drawn_hash(quick, b"b") != drawn_hash(quick, b"a")


def test_effort_and_stored_results_count(sources, by_name, tmp_path):
    recipe = by_name["regret"]
    before = computed_hash(recipe, sources)
    stored = (sources.results / "regret.csv").read_bytes()
    (tmp_path / "regret.csv").write_bytes(stored)
    sources_there = replace_results(sources, tmp_path)
    assert computed_hash(recipe, sources_there) == before
    (tmp_path / "regret.csv").write_bytes(stored + b"\n")
    assert computed_hash(recipe, sources_there) != before


def replace_results(sources, folder):
    return type(sources)(load=sources.table, results=folder, effort=sources.effort)
