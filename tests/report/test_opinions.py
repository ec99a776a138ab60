"""How many opinions a pool is, in sentences."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ensel import PredictionTable
from ensel.error_model import count_opinions, simulate
from ensel.heldout.intervals import Estimate
from ensel.report import Note, Table
from ensel.report.opinions import (
    ceiling,
    number_of_opinions,
    opinions_report,
    promise,
    similar_pairs,
)


@pytest.fixture(scope="module")
def result():
    return count_opinions(simulate(400, [0.2] * 4, 0.5, random_state=0))


def with_votes(result, value):
    return replace(result, effective_votes=Estimate(value, value - 0.1, value + 0.1))


@pytest.mark.parametrize(
    ("votes", "about"),
    [
        (1.2, "one opinion"),
        (1.7, "two opinions"),
        (2.5, "three opinions"),
        (9.49, "nine opinions"),
        (10.4, "10 opinions"),
    ],
)
def test_the_nearest_whole_number_in_words(result, votes, about):
    said = number_of_opinions(with_votes(result, votes)).text
    assert said.startswith(f"4 models are about {about}: ")


def test_the_interval_is_said(result):
    assert (
        "like 1.7 [1.6, 1.8] independent ones." in number_of_opinions(with_votes(result, 1.7)).text
    )


def test_samples_are_queries_of_their_models(result):
    said = number_of_opinions(replace(result, n_models=2)).text
    assert said.startswith("4 queries of 2 models are about ")


def test_nothing_is_said_of_what_is_unknown(result):
    unknown = Estimate(math.nan, math.nan, math.nan)
    assert number_of_opinions(replace(result, effective_votes=unknown)) is None
    assert promise(replace(result, majority_accuracy=unknown)) is None
    one = PredictionTable([[0], [1]], [0, 0], classes="ab", queries=["m"])
    assert opinions_report(count_opinions(one)).blocks == []
    assert ceiling(count_opinions(one)) is None


def test_promise_beside_what_the_vote_gets(result):
    known = replace(
        result,
        independent_accuracy=0.9996,
        majority_accuracy=Estimate(0.8, 0.75, 0.85),
        best_accuracy=0.81,
    )
    assert promise(known, ", and so on").text == (
        "If they erred independently, their majority would be right on more than 99.9 % of items; "
        "it is right on 80.0 % [75.0, 85.0], the best query on 81.0 %, and so on."
    )
    assert "right on 100.0 % of items" in promise(replace(known, independent_accuracy=1.0)).text


def test_the_ceiling_goes_by_its_name(result):
    said = ceiling(replace(result, any_right=0.95, gain_ceiling=0.123)).text
    assert said.startswith("On 95.0 % of items at least one is right")
    assert "more than 12.3 points over the best query (gain ceiling, 95 %)" in said


def test_pairs_from_both_ends(result):
    said, table = similar_pairs(result)
    assert "CAPA" in said.text
    assert isinstance(table, Table)
    assert [cells[0] for cells in table.rows] == ["most similar"] * 3 + ["least similar"] * 3
    values = [cells[1] for cells in table.rows]
    assert values == sorted(values, reverse=True)
    assert similar_pairs(count_opinions(simulate(400, [0.2] * 2, 0.5, random_state=0))) == ()


def test_what_does_not_apply_is_a_note(result):
    assert opinions_report(replace(result, notes=["no CAPA"])).blocks[3] == Note("no CAPA")


def test_fits_a_terminal(printed):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    names = [f"an-organisation-with-a-long-name/and-a-model-number-{j}" for j in range(4)]
    answers = np.where(rng.random((60, 4)) < 0.6, labels[:, None], rng.integers(0, 3, (60, 4)))
    out = printed(
        opinions_report(
            count_opinions(PredictionTable(answers, labels, classes="abc", queries=names))
        )
    )
    assert max(map(len, out.splitlines())) <= 80
