"""How many random single changes of the code its tests notice.

A line of a module is changed in one place (a comparison, a sum, a constant, `and`, `not`, a value
that is returned), in a copy of the checkout, and the tests of its room are run. A change that they
let pass is shown: either it cannot alter a result (a bound of rounding, an estimate of work), or a
test is missing.

    python benchmarks/mutants.py --number 48               # an hour or so on two cores; resumes
    python benchmarks/mutants.py --rooms voting --number 10 --seed 1
    python benchmarks/mutants.py --only ensel/voting/ties.py --number 8

Annotations, docstrings, messages and whatever stands under `if TYPE_CHECKING` are not changed.
Appends to benchmarks/results/mutants.csv: module, line, the change, and whether it was noticed.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from ensel.files import written_whole

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
COPY = "checkout"
ROOMS = ("information", "selection", "voting", "error_model")
LONGEST = 600
"""Seconds that the tests of a room may take; a change that makes them hang is noticed."""
COMPARED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}


@dataclass(frozen=True)
class Change:
    """One place of one module, by its number among those that can be changed."""

    module: Path
    number: int


class _Changer(ast.NodeTransformer):
    """Changes the place of a number, and counts the places."""

    def __init__(self, number: int = -1) -> None:
        self.number, self.seen = number, 0
        self.line, self.before, self.after = 0, "", ""

    def visit(self, node: Any) -> Any:
        if isinstance(node, ast.AnnAssign):
            node.value = self.visit(node.value) if node.value else None
            return node
        if isinstance(node, ast.arguments):  # defaults, without annotations
            node.defaults = [self.visit(one) for one in node.defaults]
            node.kw_defaults = [one and self.visit(one) for one in node.kw_defaults]
            return node
        if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom):
            return node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return node
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        changed = self._changed(node)
        if changed is not None:
            self.seen += 1
            if self.seen - 1 == self.number:
                self.line = getattr(node, "lineno", 0)
                self.before, self.after = ast.unparse(node), ast.unparse(changed)
                return ast.copy_location(changed, node)
        return self.generic_visit(node)

    def _changed(self, node: ast.AST) -> ast.AST | None:
        new: Any = copy.deepcopy(node)
        if isinstance(new, ast.Compare) and type(new.ops[0]) in COMPARED:
            new.ops[0] = COMPARED[type(new.ops[0])]()
        elif isinstance(new, ast.BinOp) and type(new.op) in COMPUTED:
            new.op = COMPUTED[type(new.op)]()
        elif isinstance(new, ast.BoolOp):
            new.op = JOINED[type(new.op)]()
        elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not | ast.USub):
            return new.operand
        elif isinstance(new, ast.Constant) and type(new.value) in (int, float):
            value: Any = new.value
            new.value = value + 1
        elif isinstance(new, ast.Constant) and isinstance(new.value, bool):
            new.value = not new.value
        else:
            return None
        return new


def places(module: Path) -> int:
    """How many places of a module can be changed."""
    counter = _Changer()
    counter.visit(ast.parse(module.read_text(encoding="utf-8")))
    return counter.seen


def changed_text(change: Change) -> tuple[str, _Changer]:
    """The module with the change, and what it was."""
    changer = _Changer(change.number)
    tree = changer.visit(ast.parse(change.module.read_text(encoding="utf-8")))
    return ast.unparse(ast.fix_missing_locations(tree)), changer


def sampled(modules: list[Path], number: int, seed: int) -> Iterator[Change]:
    """Places drawn at random, each as likely as any other."""
    every = [Change(module, j) for module in modules for j in range(places(module))]
    yield from random.Random(seed).sample(every, min(number, len(every)))


def is_noticed(change: Change, text: str, copied: Path) -> bool:
    """Whether the tests of the module's room fail with it: its own first, then the others."""
    inside = change.module.relative_to(CHECKOUT)
    place = copied / inside
    original = place.read_text(encoding="utf-8")
    place.write_text(text, encoding="utf-8")
    room = inside.parts[1]
    own = copied / "tests" / Path(*inside.parts[1:-1]) / f"test_{inside.name}"
    suites = [path for path in (own, copied / "tests" / room) if path.exists()]
    try:
        return any(_passes_unchanged(path, place, original) and _fails(path) for path in suites)
    finally:
        place.write_text(original, encoding="utf-8")


PASSED: set[Path] = set()
"""Tests that pass where nothing is changed: a failure of others would say nothing."""


def _passes_unchanged(suite: Path, place: Path, original: str) -> bool:
    if suite not in PASSED:
        changed = place.read_text(encoding="utf-8")
        place.write_text(original, encoding="utf-8")
        if _fails(suite):
            sys.exit(f"{suite.name}: fails without a change; mend that first")
        PASSED.add(suite)
        place.write_text(changed, encoding="utf-8")
    return True


def _fails(suite: Path) -> bool:
    copied = next(parent for parent in suite.parents if parent.name == COPY)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(copied), "CI": "true"}
    try:
        done = subprocess.run(
            [*command, str(suite)],
            cwd=copied,
            env=environment,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> None:
    """Try the sampled changes that were not tried yet, and show what nothing noticed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--number", type=int, default=48)
    parser.add_argument("--rooms", nargs="*", default=list(ROOMS))
    parser.add_argument("--only", type=Path, nargs="*", help="these modules in place of rooms")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    modules = [CHECKOUT / path for path in options.only or ()]
    if not modules:
        rooms = [CHECKOUT / "ensel" / room for room in options.rooms]
        modules = sorted(path for room in rooms for path in room.rglob("*.py"))

    stored = HERE / "results" / "mutants.csv"
    known = pd.read_csv(stored) if stored.exists() else pd.DataFrame()
    rows = known.to_dict("records")
    tried = {(row["module"], row["line"], row["before"], row["after"]) for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / COPY
        ignored = shutil.ignore_patterns(".venv", ".git", "work", "__pycache__", ".*_cache")
        shutil.copytree(CHECKOUT, copied, ignore=ignored)
        for change in tqdm(list(sampled(modules, options.number, options.seed))):
            text, what = changed_text(change)
            module = change.module.relative_to(CHECKOUT).as_posix()
            if (module, what.line, what.before, what.after) in tried:
                continue
            noticed = is_noticed(change, text, copied)
            before, after = what.before, what.after
            rows.append(
                {
                    "module": module,
                    "line": what.line,
                    "before": before,
                    "after": after,
                    "noticed": noticed,
                }
            )
            with written_whole(stored) as temporary:
                pd.DataFrame(rows).to_csv(temporary, index=False)

    table = pd.DataFrame(rows)
    print(table[~table["noticed"]].to_string(index=False))
    print(f"noticed: {table['noticed'].sum()} of {len(table)}")


if __name__ == "__main__":
    main()
