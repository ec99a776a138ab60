"""Readers against the accuracies measured from the sources, and against the tidy files."""

import ast

import numpy as np
import pandas as pd
import pytest

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


def letters(table, queries=None):
    kept = table if queries is None else table.subset(queries=queries)
    return pd.DataFrame(
        np.array([*table.classes, "?"])[kept.answers],
        index=kept.items.index,
        columns=kept.query_names,
    )


def test_mmlu_full_agrees_with_tidy(real, shared):
    table = real("mmlu-full")
    tidy = pd.read_parquet(shared / "tidy/mmlu_helm10_full.parquet").set_index("item_id")
    assert tidy.index.equals(table.items.index)
    assert (tidy["subject"] == table.items["subject"]).all()
    assert (tidy["gold"] == np.array(table.classes)[table.labels]).all()
    assert (letters(table) == tidy[table.query_names]).all(axis=None)


def test_mmlu_agrees_with_tidy(real, shared):
    """Join all.csv to the tidy file through question and choices, as its makers did."""
    table = real("mmlu")
    (raw,) = shared.glob("raw/aryopg/mmlu-redux/*/outputs/multi_expert_helm/all.csv")
    (folder,) = shared.glob("raw/aryopg/mmlu-redux/*/outputs/original_helm_combined")
    tests = next(shared.glob("raw/lu-wang-dl/*/*/MMLU/data/test"))
    id_of = {}
    for path in folder.glob("*.csv"):
        key = pd.read_csv(
            tests / f"{path.stem}_test.csv", header=None, dtype=str, keep_default_na=False
        )
        for row, cells in enumerate(key.itertuples(index=False)):
            joined = tuple(" ".join(cell.split()) for cell in cells[:5])
            id_of.setdefault((path.stem, joined), f"{path.stem}/{row}")
    frame = pd.read_csv(raw, dtype=str, keep_default_na=False)
    ids = []
    for subject, question, choices in zip(
        table.items["subject"], frame["question"], frame["choices"], strict=True
    ):
        joined = tuple(" ".join(c.split()) for c in (question, *ast.literal_eval(choices)))
        ids.append(id_of.get((subject, joined)))
    tidy = pd.read_parquet(shared / "tidy/mmlu_helm20_redux.parquet").set_index("item_id")
    ours = letters(table).set_axis(ids).loc[lambda f: f.index.notna()]
    ours = ours[~ours.index.duplicated()]
    common = tidy.index.intersection(ours.index)
    assert len(common) > 5600
    theirs = tidy.loc[common, table.query_names]
    assert (ours.loc[common] == theirs).all(axis=None)
    gold = pd.Series(np.array(table.classes)[table.labels], index=ids)
    gold = gold[gold.index.notna() & ~gold.index.duplicated()]
    assert (gold[common] == tidy.loc[common, "gold"]).all()


def test_mmlu_keeps_the_verdict_on_labels(real):
    kinds = real("mmlu").items["error_type"].value_counts()
    assert kinds["ok"] > 4000
    assert "wrong_groundtruth" in kinds


def test_medmcqa_agrees_with_tidy(real, shared):
    table = real("medmcqa")
    tidy = pd.read_parquet(shared / "tidy/medmcqa_single2816_14models.parquet")
    tidy = tidy.set_index("item_id").loc[table.items.index]
    assert (letters(table) == tidy[table.query_names]).all(axis=None)
    assert (tidy["gold"] == np.array(table.classes)[table.labels]).all()


def test_the_question_a_model_lacks_is_a_missing_answer(real):
    table = real("medmcqa")
    column = table.query_names.index("claude-3-5-sonnet")
    assert (table.answers[:, column] == -1).sum() == 1


def test_imdb_llm_agrees_with_tidy(real, shared):
    table = real("imdb-llm")
    tidy = pd.read_parquet(shared / "tidy/imdb_helm10_1000.parquet")
    np.testing.assert_array_equal(table.answers, tidy[table.query_names].to_numpy())
    np.testing.assert_array_equal(table.labels, tidy["gold"])


def test_imdb_api_agrees_with_tidy(real, shared):
    table = real("imdb-api")
    tidy = pd.read_parquet(shared / "tidy/imdb_frugalml4_apis_25000.parquet")
    tidy = tidy.set_index("item_id").loc[table.items.index]
    columns = ["google_nlp", "baidu", "amazon_comprehend", "vader_github"]
    np.testing.assert_array_equal(table.answers, tidy[columns].to_numpy())
    np.testing.assert_array_equal(table.labels, tidy["gold"])
    assert table.queries["cost"].to_dict() == {
        "Google": 2.5, "Baidu": 3.5, "Amazon": 0.75, "VADER": 0.0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("temperatures", "mcqa_comprehensive100_temperatures_long"),
        ("medmcqa-temperatures", "medmcqa_dev100_gpt35_temperatures_long"),
    ],
)
def test_temperatures_agree_with_tidy(real, shared, name, file):
    table = real(name)
    tidy = pd.read_parquet(shared / f"tidy/{file}.parquet")
    tidy = tidy[tidy["agent"] == "chain_of_thought"]
    names = tidy["model"] + "@" + tidy["temperature"].astype(str) + "#" + tidy["sample"].astype(str)
    wide = tidy.assign(query=names).pivot(index="item_id", columns="query", values="answer")
    assert set(wide.columns) == set(table.query_names)
    theirs = wide.loc[table.items.index, table.query_names]
    # We add one rule: E where an item offers four options is no usable answer.
    four = (table.items["n_options"] == 4).to_numpy()
    theirs[four] = theirs[four].replace("E", "?")
    assert (letters(table) == theirs).all(axis=None)


def test_temperatures_describe_their_queries(real):
    table = real("temperatures")
    assert table.items["n_options"].value_counts().to_dict() == {4: 60, 5: 40}
    gpt = table.queries[table.queries["model"] == "gpt-35-turbo"]
    assert gpt["temperature"].nunique() == 17
    assert gpt.groupby("temperature")["sample"].apply(list).map(
        lambda s: s == list(range(1, 11))
    ).all()  # fmt: skip
    assert (table.queries[["input_tokens", "output_tokens"]] > 0).all(axis=None)
