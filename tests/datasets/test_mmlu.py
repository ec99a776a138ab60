"""Both readers of MMLU against the tidy files, and what they say of items."""

import ast

import numpy as np
import pandas as pd


def test_mmlu_full_agrees_with_tidy(real, shared, letters):
    table = real("mmlu-full")
    tidy = pd.read_parquet(shared / "tidy/mmlu_helm10_full.parquet").set_index("item_id")
    assert tidy.index.equals(table.items.index)
    assert (tidy["subject"] == table.items["subject"]).all()
    assert (tidy["gold"] == np.array(table.classes)[table.labels]).all()
    assert (letters(table) == tidy[table.query_names]).all(axis=None)


def test_mmlu_agrees_with_tidy(real, shared, letters):
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
