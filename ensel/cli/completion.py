"""What the shell offers when a word of the command line is half typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

TABLE_SUFFIXES = {".csv", ".tsv", ".parquet"}


def complete_source(incomplete: str) -> list[str]:
    """Datasets, folders and files of tables that begin like this."""
    from ensel.datasets import list_datasets

    names = [name for name in list_datasets() if name.startswith(incomplete)]

    start = Path(incomplete)
    inside = incomplete.endswith("/")
    folder, beginning = (start, "") if inside else (start.parent, start.name)
    paths = sorted(path for path in folder.glob(f"{beginning}*") if _may_hold_a_table(path))
    return names + [f"{path}/" if path.is_dir() else str(path) for path in paths]


def _may_hold_a_table(path: Path) -> bool:
    return path.is_dir() or path.suffix in TABLE_SUFFIXES


def complete_words(words: Iterable[str]) -> Callable[[str], list[str]]:
    """Completion of the last of several words of a list, separated by commas.

    Examples
    --------
    >>> complete_words(["top-k", "greedy-mi"])("top-k,gr")
    ['top-k,greedy-mi']
    """

    def complete(incomplete: str) -> list[str]:
        done, comma, start = incomplete.rpartition(",")
        return [done + comma + word for word in words if word.startswith(start)]

    return complete
