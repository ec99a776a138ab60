"""Repeated samples against the tidy files."""

import pandas as pd
import pytest


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("temperatures", "mcqa_comprehensive100_temperatures_long"),
        ("medmcqa-temperatures", "medmcqa_dev100_gpt35_temperatures_long"),
    ],
)
def test_temperatures_agree_with_tidy(real, shared, name, file, letters):
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
    samples = gpt.groupby("temperature")["sample"].apply(list)
    assert samples.map(lambda s: s == list(range(1, 11))).all()
    assert (table.queries[["input_tokens", "output_tokens"]] > 0).all(axis=None)
