"""What tests of several readers share."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable


def answer_names(table: PredictionTable, queries=None) -> pd.DataFrame:
    kept = table if queries is None else table.subset(queries=queries)
    return pd.DataFrame(
        np.array([*table.classes, "?"])[kept.answers],
        index=kept.items.index,
        columns=kept.query_names,
    )


@pytest.fixture
def letters() -> Callable[..., pd.DataFrame]:
    """Answers by the names of their classes, missing ones as a question mark."""
    return answer_names
