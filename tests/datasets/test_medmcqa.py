"""The reader of MedMCQA against the tidy file."""

import numpy as np
import pandas as pd


def test_medmcqa_agrees_with_tidy(real, shared, letters):
    table = real("medmcqa")
    tidy = pd.read_parquet(shared / "tidy/medmcqa_single2816_14models.parquet")
    tidy = tidy.set_index("item_id").loc[table.items.index]
    assert (letters(table) == tidy[table.query_names]).all(axis=None)
    assert (tidy["gold"] == np.array(table.classes)[table.labels]).all()


def test_the_question_a_model_lacks_is_a_missing_answer(real):
    table = real("medmcqa")
    column = table.query_names.index("claude-3-5-sonnet")
    assert (table.answers[:, column] == -1).sum() == 1
