"""What the shell offers."""

from ensel.cli.completion import complete_source, complete_words
from ensel.registry import SELECTORS


def test_completion(tmp_path):
    (tmp_path / "pool.csv").write_text("x")
    assert complete_source(f"{tmp_path}/po") == [f"{tmp_path}/pool.csv"]
    assert "imdb-llm" in complete_source("imdb")
    assert complete_words(["top-k", "greedy-mi"])("top-k,gr") == ["top-k,greedy-mi"]


def test_methods_are_completed_from_the_registry():
    assert complete_words(SELECTORS)("") == list(SELECTORS)
