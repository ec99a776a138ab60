"""Every recipe draws from its own CSV."""

import io

import pytest

from ensel.studies.paper import RECIPES
from ensel.studies.paper.recipe import csv_text, from_csv

NAMES = [recipe.name for recipe in RECIPES]


def test_names_are_unique():
    assert len(set(NAMES)) == len(RECIPES)


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_every_recipe_draws_from_its_own_csv(recipe, sources):
    frame = recipe.compute(sources)
    text = csv_text(frame)
    again = from_csv(text)
    assert csv_text(again) == text  # nothing is lost on the way
    assert list(again.columns) == list(frame.columns)
    assert {"dataset", "source"} <= set(again.columns)
    figure = recipe.draw(again)
    assert 3.3 < figure.get_figwidth() <= 7.0  # a page's one or two columns
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    assert "Data: " in recipe.described(again)
