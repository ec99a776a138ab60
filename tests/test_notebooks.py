"""Notebooks: each script and its .ipynb agree, outputs are small and name no machine.

`.ci/run` executes them; here they are only read.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SCRIPTS = sorted(FOLDER.glob("*.py"))
MOST_BYTES = 300_000
MACHINE_PATH = re.compile(
    r"/(home|Users|root|tmp|var|opt|work|mnt|workspace)/|[A-Z]:\\\\?Users|site-packages|ipykernel_\d"
)


def cells_of_script(path: Path) -> list[tuple[str, str]]:
    """(kind, text) of each cell of a percent script; magics stand there as comments."""
    cells: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# %%"):
            cells.append(("markdown" if "[markdown]" in line else "code", []))
        elif cells and cells[-1][0] == "markdown":
            cells[-1][1].append(line.removeprefix("#").removeprefix(" "))
        else:
            cells[-1][1].append(re.sub(r"^# (%\w)", r"\1", line))
    return [(kind, "\n".join(lines).strip()) for kind, lines in cells]


def notebook_of(script: Path) -> dict:
    return json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))


def texts(value: object) -> Iterator[str]:
    """Every string of a notebook but pictures, whose base64 may spell anything."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "image/png":
                yield from texts(part)


def test_there_are_six_pairs():
    assert [script.stem[:2] for script in SCRIPTS] == ["1_", "2_", "3_", "4_", "5_", "6_"]
    assert sorted(FOLDER.glob("*.ipynb")) == [script.with_suffix(".ipynb") for script in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
class TestEach:
    def test_pair_agrees(self, script):
        cells = notebook_of(script)["cells"]
        found = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in cells]
        assert found == cells_of_script(script), "run: jupytext --sync notebooks/*.py"

    def test_opens_with_what_the_reader_can_do(self, script):
        first = cells_of_script(script)[0]
        assert first[0] == "markdown"
        assert first[1].startswith("# ")
        assert "After this notebook you" in first[1]

    def test_was_executed_in_order_without_errors(self, script):
        code = [cell for cell in notebook_of(script)["cells"] if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        kinds = {output["output_type"] for cell in code for output in cell["outputs"]}
        assert "error" not in kinds

    def test_is_small(self, script):
        assert script.with_suffix(".ipynb").stat().st_size < MOST_BYTES

    def test_names_no_machine(self, script):
        everything = [script.read_text(encoding="utf-8"), *texts(notebook_of(script))]
        assert [found.group() for text in everything if (found := MACHINE_PATH.search(text))] == []


def test_a_machine_path_is_found():
    output = {"data": {"text/plain": ["at /home/", "someone/x.csv"], "image/png": "/tmp/"}}
    found = [text for text in texts(output) if MACHINE_PATH.search(text)]
    assert found == ["at /home/"]
