"""The house: imports point down, no circles; rooms and functions of a size that can be read."""

import ast
import functools
from pathlib import Path

import pytest

import ensel

PACKAGE = Path(ensel.__file__).parent
FLOORS = [
    {"exceptions", "__init__"},
    {"files", "registry"},
    {"results", "parallel", "readers"},
    {"table"},
    {"formats", "information"},
    {"datasets", "voting"},
    {"selection"},
    {"policies"},
    {"heldout"},
    {"choosing", "error_model"},
    {"figures", "report"},
    {"studies", "testing"},
    {"cli"},
    {"__main__"},
]
"""From the ground up. Rooms of one floor do not import each other."""

LONGEST_MODULE, LONGEST_FUNCTION = 400, 60


@functools.cache
def modules():
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    parts = ("ensel", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module):
    return module.split(".")[1] if "." in module else "__init__"


@functools.cache
def known_modules():
    return {name_of(one) for one in modules()}


@functools.cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports_of(path, *, run=False):
    """Modules of ours that a file imports anywhere; with `run`, only when it is imported itself.

    `from ensel.a import b` is an import of `ensel.a.b` where that is a module.
    """
    known = known_modules()
    tree = tree_of(path)
    late = {
        id(node)
        for function in (ast.walk(tree) if run else ())
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or is_typing_only(function)
        for node in ast.walk(function)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in late:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else str(node.module))
    return {module for module in found if module.split(".")[0] == "ensel"}


def is_typing_only(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_every_room_has_its_floor():
    rooms = {room_of(name_of(path)) for path in modules()}
    listed = [room for floor in FLOORS for room in floor]
    assert rooms == set(listed)
    assert len(listed) == len(set(listed))


def test_no_import_points_up():
    """Not even inside a function: what must point up is named, and looked up by name."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    upward = []
    for path in modules():
        own = room_of(name_of(path))
        if own == "__init__":  # the package's lazy names, for type checkers
            continue
        for module in imports_of(path):
            other = room_of(module)
            if other not in (own, "__init__") and floor[other] >= floor[own]:
                upward.append(f"{name_of(path)} imports {module}")
    assert upward == []


def test_no_import_circles():
    """Of modules, by what is imported at import time."""
    graph = {name_of(path): imports_of(path, run=True) for path in modules()}
    done: set[str] = set()

    def visit(module, path):
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module in done:
            return
        for other in graph.get(module, ()):
            # A package's __init__ gathers names of its own modules: they never import it back.
            if other in graph and other != module:
                visit(other, [*path, module])
        done.add(module)

    for module in graph:
        visit(module, [])


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_and_functions_can_be_read(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) <= LONGEST_MODULE
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            first, last = body[0].lineno, node.end_lineno
            assert last - first + 1 <= LONGEST_FUNCTION, f"{node.name} is too long"
            if last - first + 1 >= 25:
                blank = any(not line.strip() for line in lines[first - 1 : last])
                assert blank, f"{node.name}: a wall of {last - first + 1} lines"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_the_formatter_wins(path):
    assert "fmt: skip" not in path.read_text(encoding="utf-8")
