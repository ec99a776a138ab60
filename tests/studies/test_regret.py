"""Regret, summed up; the summary and its picture call the same things by the same names."""

import numpy as np
import pandas as pd
import pytest

from ensel.exceptions import InputError
from ensel.figures import style
from ensel.studies.regret import LABELS, MEAN, regret_summary


def test_every_number_of_labels_has_its_mark_in_this_order():
    assert tuple(style.REGRET_STYLE) == LABELS
    assert style.MEAN == MEAN


def cells(**changed: object) -> dict[str, object]:
    cell = {"pool": "a", "n_train": 300, "budget": 2, "regret": 0.0, "vs_top_k": 0.0,
            "se_vs_top_k": 0.01, "vs_single": 0.0, "se_vs_single": 0.01}  # fmt: skip
    return {**cell, **changed}


def test_regret_is_the_mean_over_budgets_from_two_up():
    rows = [cells(budget=b, regret=r) for b, r in ((1, 0.9), (2, 0.01), (3, 0.03))]
    found = regret_summary(pd.DataFrame(rows)).set_index("quantity")
    assert found.loc["regret", "value"] == pytest.approx(0.02)
    assert found.loc["regret", "n_budgets"] == 2
    assert np.isnan(found.loc["regret", "value_low"])
    # mean of the standard errors: 0 +- 1.96 x 0.01
    assert found.loc["vs_top_k", "value_high"] == pytest.approx(0.0196, abs=1e-5)


def test_labels_are_grouped_and_datasets_averaged():
    rows = [
        cells(pool=pool, n_train=n, regret=r)
        for pool, sizes, r in (
            ("a", (300, 1000, 5000), 0.01),
            ("a:statements", (300, 1000, 5000), 0.03),  # averaged with a: 0.02
            ("b", (300, 500), 0.04),
            ("c", (300, 1000, 1400), 0.06),
            ("d", (50,), 0.08),
        )
        for n in sizes
    ]
    found = regret_summary(pd.DataFrame(rows))
    found = found[found["quantity"] == "regret"]
    sizes = found[found["dataset"] == "b"].set_index("n_train")["labels"].to_dict()
    assert sizes == {300: "300", 500: "half of the items"}
    assert found.loc[found["dataset"] == "d", "labels"].tolist() == ["fewer than 300"]
    means = found[found["dataset"] == MEAN].set_index("labels")
    assert list(means.index) == [LABELS[1], LABELS[3]]  # one dataset, and two, are too few
    row = means.loc["300"]
    assert row["value"] == pytest.approx(0.04)  # of 0.02, 0.04, 0.06
    # t(2, 97.5 %) = 4.3027; sd 0.02, over sqrt(3)
    assert row["value_high"] - row["value"] == pytest.approx(4.3027 * 0.02 / np.sqrt(3), abs=1e-5)


def test_cells_of_another_form_are_refused():
    with pytest.raises(InputError, match="no column se_vs_single"):
        regret_summary(pd.DataFrame([cells()]).drop(columns="se_vs_single"))
    with pytest.raises(InputError, match="no cell"):
        regret_summary(pd.DataFrame([cells(budget=1)]))


def test_stored_cells_have_the_columns(request):
    path = request.config.rootpath / "benchmarks" / "results" / "regret.csv"
    if not path.is_file():
        pytest.skip("no stored results beside the tests")
    found = regret_summary(pd.read_csv(path))
    assert found["value"].notna().all()
    assert MEAN in set(found["dataset"])
