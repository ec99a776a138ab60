"""What `select` says of asking in sequence: one sentence, or all of it."""

from dataclasses import replace

import pandas as pd
import pytest

from ensel.choosing.in_sequence_result import InSequence
from ensel.heldout.intervals import Estimate
from ensel.policies import certificates
from ensel.policies.certificates import Certificate
from ensel.report import Facts, Paragraph, Table
from ensel.report.in_sequence import (
    NOT_PROMISED,
    certificate_report,
    certified,
    in_full,
    price,
    recommendation,
)

STRICT = certificates.Tested(0.1, 1.9, 2.234, 0.7512, 1, 0, p_value=0.0112, passed=True)
LOOSE = certificates.Tested(0.3, 1.2, 1.4, 0.5, 9, 2, p_value=0.4, passed=False)
CERTIFIED = Certificate("loss", 0.02, 0.95, True, 2830, None, (STRICT, LOOSE))
UNCERTIFIED = replace(
    CERTIFIED,
    certified=False,
    n_test=40,
    labels_needed=1499,
    tested=(replace(STRICT, passed=False),),
)

RESULT = InSequence(
    queries=["a", "b", "c", "d"],
    mean_queries=Estimate(2.371, 2.12, 2.62),
    mean_cost=None,
    accuracy=Estimate(0.876, 0.867, 0.884),
    full_accuracy=Estimate(0.8764, 0.8671, 0.8852),
    loss_to_full=Estimate(0.001, -0.002, 0.003),
    agreement_with_full=0.989,
    loss_to_set=Estimate(0.001, -0.002, 0.005),
    set_size=3,
    set_cost=float("nan"),
    stops=pd.DataFrame({"asked": [2, 4], "share": [0.832, 0.168], "accuracy": [0.919, 0.5]}),
    certificate=None,
    policy=None,
    first=2,
    if_they_differ=True,
)
SENTENCE = (
    "In sequence: ask a and b; ask c, then d, only if they differ: 2.37 queries on average "
    "[2.12, 2.62] instead of 3, at -0.1 points [-0.5, +0.2] of accuracy, the same answer as all 4 "
    "in 98.9 %."
)


def texts(blocks):
    return [block.text for block in blocks if isinstance(block, Paragraph)]


# -- one sentence ---------------------------------------------------------------------------------


def test_the_sentence_where_it_is_recommended():
    said = recommendation(RESULT)
    assert said.text == SENTENCE
    assert "--adaptive --save FILE" in said.hint


def test_no_sentence_where_it_is_not():
    assert recommendation(replace(RESULT, set_size=2)) is None
    assert recommendation(replace(RESULT, loss_to_set=Estimate(0.0, -0.1, 0.1))) is None


def test_what_is_lost_is_a_change_of_accuracy_with_the_sign_turned():
    """Lost .1 points, at most .5 and at least -.2: the change is -.1, from -.5 to +.2."""
    assert "at -0.1 points [-0.5, +0.2] of accuracy" in price(RESULT)
    even = replace(RESULT, loss_to_set=Estimate(0.0, 0.0, 0.0))
    assert "at +0.0 points [+0.0, +0.0] of accuracy" in price(even)
    better = replace(RESULT, loss_to_set=Estimate(-0.02, -0.03, -0.01))
    assert "at +2.0 points [+1.0, +3.0] of accuracy" in price(better)


def test_a_verifier_gives_no_answer_that_could_be_the_same():
    assert price(replace(RESULT, agreement_with_full=None)).endswith("of accuracy")


# -- in full --------------------------------------------------------------------------------------


def test_in_full():
    sentence, facts, heading, table = in_full(RESULT, "USD")
    assert sentence.text == SENTENCE
    assert isinstance(facts, Facts)
    assert facts.pairs == (
        ("Queries a question", "2.37 [2.12, 2.62]"),
        ("Held-out accuracy", "87.6 % [86.7, 88.4]"),
        ("Asking all 4", "87.6 % [86.7, 88.5]"),
        ("Lost by stopping", "+0.1 points [-0.2, +0.3]"),
    )
    assert heading.text == "Where questions stop, held out:"
    assert isinstance(table, Table)
    assert [column.header for column in table.columns] == ["asked", "questions %", "right %"]
    assert table.shown() == [["2", "83.2", "91.9"], ["4", "16.8", "50.0"]]


def test_costs_are_said_where_they_are_known():
    priced = replace(RESULT, mean_cost=Estimate(0.01234, 0.01, 0.015), set_cost=0.02)
    facts = in_full(priced, "USD")[1]
    assert facts.pairs[1] == ("Cost", "0.0123 [0.01, 0.015] instead of 0.02 (USD)")


def test_with_a_verifier_there_are_no_stops_to_list():
    blocks = in_full(replace(RESULT, stops=None, agreement_with_full=None), "USD")
    assert [type(block) for block in blocks] == [Paragraph, Facts]


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, ""),
        (
            {"set_size": 1},
            " One query alone is as good, as far as these labels say: keep that.",
        ),
        ({"set_size": 2}, " That it asks fewer queries than the set is not clear: keep the set."),
        (
            {"loss_to_set": Estimate(0.001, -0.1, 0.0051)},
            " It may lose more than 0.5 points to the set that is bought, as far as these labels "
            "say; more of them would tell.",
        ),
        ({"loss_to_set": Estimate(0.001, -0.1, 0.1), "certificate": CERTIFIED}, ""),
    ],
)
def test_why_it_is_not_recommended(change, verdict):
    result = replace(RESULT, **change)
    sentence = in_full(result, "USD")[0].text
    assert sentence == f"In sequence: {result.instruction}: {price(result)}.{verdict}"
    assert bool(verdict) != result.is_recommended


def test_the_certificate_stands_last_with_what_it_does_not_promise():
    said = texts(in_full(replace(RESULT, certificate=CERTIFIED), "USD"))
    assert said[-3] == certified(CERTIFIED)
    assert said[-2].startswith("What stands above is of the whole procedure")
    assert said[-1] == NOT_PROMISED


# -- the certificate in words ---------------------------------------------------------------------


def test_what_is_promised():
    assert certified(replace(CERTIFIED, tested=(replace(STRICT, mean_cost_bound=None),))) == (
        "Certificate: with 95 % confidence the policy loses at most 2 points to asking everything "
        "and asks 2.23 queries on average at most (1.90 on the 2,830 labels that it was tested on, "
        "and had not learned from)."
    )
    assert "on average at most, for 0.751 at most at list prices (1.90 on" in certified(CERTIFIED)
    one = replace(CERTIFIED, loss=0.01, confidence=0.9, n_test=1)
    assert "with 90 % confidence the policy loses at most 1 point to asking" in certified(one)
    assert "on the 1 label that it was tested on" in certified(one)
    assert "loses at most 0.5 points to" in certified(replace(CERTIFIED, loss=0.005))


def test_what_would_be_needed():
    assert certified(UNCERTIFIED) == (
        "Certificate: none. That it loses at most 2 points to asking everything cannot be vouched "
        "for with 95 % confidence by 40 labels, so it asks everything; about 1,499 labels in all "
        "would do, if stopping loses as seldom as here."
    )
    hopeless = certified(replace(UNCERTIFIED, labels_needed=None))
    assert hopeless.endswith(
        "so it asks everything; no number of labels would change that while stopping loses as much "
        "as here."
    )


def test_without_labels_what_differs_is_said_of_questions():
    known = {"kind": "disagreement"}
    assert certified(replace(CERTIFIED, **known)).startswith(
        "Certificate: with 95 % confidence the policy differs in at most 2 % of questions from "
        "asking everything and asks 2.23 queries"
    )
    none = certified(replace(UNCERTIFIED, **known))
    assert "That it differs in at most 2 % of questions from asking everything cannot" in none
    assert "by 40 questions" in none
    assert none.endswith(
        "about 1,499 questions in all would do, if stopping differs as seldom as here."
    )
    assert "label" not in none
    assert "label" not in certified(replace(UNCERTIFIED, labels_needed=None, **known))


def test_where_nothing_stops_early_there_is_nothing_to_vouch_for():
    nothing = replace(UNCERTIFIED, tested=(), labels_needed=None)
    assert certified(nothing) == (
        "Certificate: none. No way to stop before everything is asked was found, so there is "
        "nothing to vouch for."
    )


def test_the_report_of_a_certificate_lists_what_each_threshold_did(printed):
    report = certificate_report(replace(CERTIFIED, tested=(STRICT, STRICT, LOOSE)), "new")
    assert report.title == "Certificate on new (2,830 questions)"
    (table,) = (block for block in report.blocks if isinstance(block, Table))
    assert table.shown() == [  # neighbours that do the same are one
        ["1.90", "2.23", "1", "0", "0.011", "holds"],
        ["1.20", "1.40", "9", "2", "0.4", ""],
    ]
    assert "p up to 0.025" in " ".join(printed(report).split())
    unlabelled = certificate_report(replace(CERTIFIED, kind="disagreement"), "new")
    (table,) = (block for block in unlabelled.blocks if isinstance(block, Table))
    assert [column.header for column in table.columns][2:4] == ["differ", "p"]
    assert "No way to stop" in printed(certificate_report(replace(UNCERTIFIED, tested=()), "new"))


def test_on_a_terminal_it_fits(printed):
    from ensel.report.report import Report

    result = replace(RESULT, queries=["x" * 60, "y" * 60, "z" * 60, "d"], certificate=CERTIFIED)
    out = printed(Report("title", "", (in_full(result, "USD"),)))
    assert max(map(len, out.splitlines())) <= 80
    assert "instead of 3" in " ".join(out.split())
