"""Pages whose Python runs, and whose numbers are those of the stored results."""

import importlib.util
import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
ADAPTIVE = (ROOT / "docs" / "adaptive.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_code_of_asking_in_sequence_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, code in enumerate(BLOCK.findall(ADAPTIVE)):
        exec(compile(code, f"adaptive.md, block {number}", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("Answer(label='positive', ")
    assert printed[1].startswith("True ")  # certified
    assert "no alarm" in printed[2]
    assert printed[3] == "('gpt',) ('llama',) ()"
    assert {path.name for path in tmp_path.iterdir()} == {
        "policy.json",
        "certified.json",
        "audit.json",
    }


def test_the_tables_of_asking_in_sequence_are_the_stored_results():
    script = ROOT / "benchmarks" / "adaptive_table.py"
    stored = ROOT / "benchmarks" / "results" / "adaptive.csv"
    if not stored.exists():
        pytest.skip("no stored results: this is no checkout")
    spec = importlib.util.spec_from_file_location("adaptive_table", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shown = ADAPTIVE.partition(module.START)[2].partition(module.END)[0].strip()
    assert shown == module.tables(pd.read_csv(stored)), (
        "run: python benchmarks/adaptive_table.py --write"
    )


def test_its_command_lines_know_their_options():
    from typer.main import get_command

    from ensel.cli.main import app

    commands = get_command(app).commands
    for line in re.findall(r"^ensel (.*)$", ADAPTIVE, re.MULTILINE):
        name, *words = line.split()
        known = {option for each in commands[name].params for option in each.opts}
        assert {word for word in words if word.startswith("-")} <= known, line
