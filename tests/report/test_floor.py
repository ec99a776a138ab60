"""The report of error floors."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from ensel import error_floor
from ensel.heldout.intervals import Estimate
from ensel.report import Note
from ensel.report.floor import floor_report


@pytest.fixture(scope="module")
def result(small_imdb):
    return error_floor(small_imdb, n_boot=2)


def texts(report) -> str:
    return "\n".join(getattr(block, "text", "") for block in report.blocks)


def test_four_lines_each_with_its_assumption(result):
    table = floor_report(result).blocks[0]
    names = [cells[0] for cells in table.rows]
    assert names[2:5] == ["(a) uniform floor", "(b) vote limit", "(c) Bayes error"]
    assert {name[:3] for name in names[5:]} == {"(d)"}
    assumptions = [cells[3] for cells in table.rows]
    assert assumptions[2].startswith("endless copies of one average model")
    assert all("(a)" not in text and "(b)" not in text for text in assumptions)


def test_the_gain_ceiling_goes_by_its_name(result):
    assert "(gain ceiling, 95 %)" in texts(floor_report(result))
    assert "certificate" not in texts(floor_report(result))


def test_doubtful_labels_are_said_where_known(result):
    lost = pd.DataFrame({"item": ["1", "2", "3"], "suspect": [True, False, True]})
    said = texts(floor_report(replace(result, all_wrong_items=lost)))
    assert "Of the 3 all-wrong items, 2 have a label that is itself in doubt." in said
    unknown = texts(floor_report(replace(result, all_wrong_items=lost[["item"]])))
    assert "in doubt" not in unknown


def refuted(result):
    """The same floor, its rule wrong on two points more than (c) says."""
    excess = {"rule_excess": Estimate(0.02, 0.01, 0.03)}
    return replace(result, estimates={**result.estimates, **excess})


def test_a_refuted_line_c_is_called_no_floor(result):
    rows = floor_report(refuted(result)).blocks[0].rows
    name, _, _, assumption = rows[4]
    held_out = f"{100 * result.rule_held_out.value:.1f} % held out"
    assert name == "(c) model's belief"
    assert assumption.startswith("refuted, no floor")
    assert assumption.endswith(f"its own rule gets {held_out}")


def test_a_refuted_line_c_without_a_held_out_rule(result):
    unknown = Estimate(math.nan, math.nan, math.nan)
    rows = floor_report(replace(refuted(result), rule_held_out=unknown)).blocks[0].rows
    fitted = result.estimates["bayes_error"].value + 0.02
    assert rows[4][3].endswith(
        f"its own rule gets {100 * fitted:.1f} % on the items it was fitted to"
    )


def test_sound_items_say_where_their_line_c_is_refuted(result):
    said = texts(floor_report(replace(result, ok_items=refuted(result))))
    assert f"(c) {100 * result.estimates['bayes_error'].value:.2f} %, refuted, all wrong" in said
    assert "refuted" not in texts(floor_report(replace(result, ok_items=result, warnings=[])))


def test_an_unknown_information_limit_is_not_said(result):
    unknown = {"mi_limit_bits": Estimate(math.nan, math.nan, math.nan)}
    said = texts(floor_report(replace(result, estimates={**result.estimates, **unknown})))
    assert "bits" not in said
    assert "bits" in texts(floor_report(result))


def test_sound_items_beside_all(result):
    said = texts(floor_report(replace(result, ok_items=result)))
    assert "On the 250 items with a sound label: best single" in said


def test_warnings_are_notes(result):
    report = floor_report(replace(result, warnings=["take care", "mind"]))
    assert report.blocks[-2:] == [Note("take care"), Note("mind")]


def test_opinions_beside_what_a_rule_gets(result):
    said = texts(floor_report(result))
    assert "10 models are about " in said
    got = 100 * (1 - result.rule_held_out.value)
    assert f", and the rule of (c) on {got:.1f} % of held-out ones." in said
    assert said.count("gain ceiling") == 1
    without = texts(floor_report(replace(result, opinions=None)))
    assert "opinions" not in without


def test_without_a_line_c_the_rule_is_not_named(result):
    unknown = Estimate(math.nan, math.nan, math.nan)
    said = texts(floor_report(replace(result, rule_held_out=unknown)))
    assert "their majority would be right" in said
    assert "rule of (c)" not in said
