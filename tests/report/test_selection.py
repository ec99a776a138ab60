"""The report of what to buy."""

from dataclasses import replace

import pytest

from ensel import select
from ensel.report import Facts
from ensel.report.selection import selection_report


@pytest.fixture(scope="module")
def chosen(small_imdb):
    return select(small_imdb, 3, n_folds=3, n_repeats=1, n_boot=2)


def texts(report) -> str:
    return "\n".join(getattr(block, "text", "") for block in report.blocks)


def test_title_and_lead(chosen):
    report = selection_report(replace(chosen, money=2.0))
    assert report.title == "imdb (250 items), budget 3, money 2"
    assert report.lead.endswith("chosen by cross-validation")
    asked_for = selection_report(replace(chosen, method="top-k", vote="map", chosen=False))
    assert asked_for.lead == "top-k + map, as asked for"


def test_only_a_choice_has_a_winner(chosen):
    assert "corrected for having picked the winner" in texts(selection_report(chosen))
    assert "winner" not in texts(selection_report(replace(chosen, chosen=False)))


def test_a_single_query_gains_nothing_over_itself(chosen):
    report = selection_report(replace(chosen, method="single-best", vote="own-answer"))
    (facts,) = (block for block in report.blocks if isinstance(block, Facts))
    assert "Gain over the single best" not in dict(facts.pairs)
    assert "More labels" not in texts(report)


def test_budgets_are_listed_where_the_purchase_changes(chosen):
    first = chosen.by_budget.iloc[[0, 0, 1]].assign(budget=[1, 2, 3])
    report = selection_report(replace(chosen, by_budget=first))
    table = report.sections[2][1]
    assert [row[0] for row in table.rows] == ([1, 3] if _differ(first) else [1])


def _differ(frame) -> bool:
    before, after = (frame.iloc[n][["method", "vote", "queries"]].tolist() for n in (0, 2))
    return before != after


def test_costs_are_shown_where_known(chosen):
    assert "cost" in [column.header for column in selection_report(chosen).blocks[0].columns]
    unknown = replace(chosen, steps=chosen.steps.assign(cost=float("nan")))
    report = selection_report(unknown)
    assert "cost" not in [column.header for column in report.blocks[0].columns]
    assert all(name != "Cost" for name, _ in report.blocks[1].pairs)


def test_items_without_an_answer_are_said(chosen):
    report = selection_report(replace(chosen, silent=0.125))
    assert "No bought query answers 12.5 % of the items" in texts(report)
