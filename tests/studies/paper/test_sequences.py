"""Recipes of asking in sequence: which stored rows are drawn, and what is refused."""

import pytest

from ensel.exceptions import InputError
from ensel.studies.paper import Sources


@pytest.mark.parametrize(("name", "n_train"), [("sequence", 1000), ("sequence_few_labels", 300)])
def test_pools_at_one_number_of_labels_in_the_order_of_the_figure(by_name, sources, name, n_train):
    frame = by_name[name].compute(sources)
    assert frame["dataset"].unique().tolist() == ["mmlu", "math"]  # "mine" is not shown
    assert frame.loc[frame["dataset"] == "mmlu", "n_train"].unique().tolist() == [n_train]


def test_fixed_sets_are_those_that_differences_are_taken_to(by_name, sources):
    frame = by_name["sequence"].compute(sources)
    policies = frame[frame["kind"] == "policy"]
    families = policies.groupby("dataset")[["method", "vote"]].value_counts().index.tolist()
    both = [("adaptive", "logit"), ("esc", "majority"), ("single-best", "own-answer")]
    assert set(families) == {
        *(("mmlu", *family) for family in [*both, ("greedy-logit", "logit")]),
        *(("math", *family) for family in [*both, ("top-k", "majority")]),
    }


def test_one_source_line_a_pool(by_name, sources):
    recipe = by_name["sequence"]
    said = recipe.described(recipe.compute(sources))
    assert said.count("mmlu (n = 5,700 items; stored benchmarks/results/adaptive.csv)") == 1


def test_results_without_these_pools_are_refused(by_name, asked, tmp_path):
    for name in ("adaptive", "adaptive_curves"):
        rows = asked[name]
        rows[rows["pool"] == "mine"].to_csv(tmp_path / f"{name}.csv", index=False)
    with pytest.raises(InputError, match=r"adaptive\.csv: none of the pools mmlu, "):
        by_name["sequence"].compute(Sources(results=tmp_path))


def test_results_without_a_column_are_refused(by_name, asked, tmp_path):
    rows = asked["certificates"].drop(columns=["loss", "share_certified"])
    rows.to_csv(tmp_path / "certificates.csv", index=False)
    with pytest.raises(
        InputError, match=r"certificates\.csv: no column loss, share_certified; run"
    ):
        by_name["certificates"].compute(Sources(results=tmp_path))
