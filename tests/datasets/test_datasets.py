"""Every dataset against the shape and the accuracies measured from its sources."""

import pytest

from ensel import InputError, load_dataset

ACCURACIES = {
    # Measured from the raw files by others: an unparsed answer is wrong.
    "mmlu": {
        "anthropic_claude-3-5-sonnet-20240620": 0.8647,
        "anthropic_claude-3-opus-20240229": 0.8442,
        "openai_gpt-4o-2024-05-13": 0.8400,
        "mistralai_mistral-large-2407": 0.7981,
    },
    "mmlu-full": {
        "anthropic_claude-3-opus-20240229": 0.8504,
        "openai_gpt-4o-2024-05-13": 0.8482,
    },
    "medmcqa": {
        "DeepSeek-R1": 0.8185,
        "o3-mini": 0.7706,
        "gpt-4o": 0.7660,
        "claude-3-5-haiku": 0.6289,
    },
    "imdb-llm": {"meta_llama-2-70b": 0.961, "openai_gpt-3.5-turbo-0301": 0.899},
    "imdb-api": {"Google": 0.8645, "Amazon": 0.7911, "VADER": 0.6931, "Baidu": 0.5156},
}
SHAPES = {
    "mmlu": (5700, 14, 4),
    "mmlu-full": (14015, 10, 4),
    "medmcqa": (2816, 10, 4),
    "imdb-llm": (1000, 10, 2),
    "imdb-api": (25000, 4, 2),
    "temperatures": (100, 1050, 5),
    "medmcqa-temperatures": (100, 110, 4),
}


@pytest.mark.parametrize("name", list(SHAPES))
def test_shape(real, name):
    table = real(name)
    assert (table.n_items, table.n_queries, table.n_classes) == SHAPES[name]


@pytest.mark.parametrize("name", list(ACCURACIES))
def test_accuracies_to_the_digit(real, name):
    found = real(name).accuracies.round(4)
    for model, accuracy in ACCURACIES[name].items():
        assert found[model] == accuracy


def test_unknown_names_get_a_hint():
    with pytest.raises(InputError, match="did you mean 'medmcqa'"):
        load_dataset("medmqca")
