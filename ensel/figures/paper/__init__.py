"""The committed figures: recipes that turn data into numbers and numbers into pictures."""

from ensel.figures.paper.accuracy import RECIPES as ACCURACY
from ensel.figures.paper.build import Built, build
from ensel.figures.paper.choices import RECIPES as CHOICES
from ensel.figures.paper.errors import RECIPES as ERRORS
from ensel.figures.paper.information import RECIPES as INFORMATION
from ensel.figures.paper.recipe import Recipe
from ensel.figures.paper.sources import Effort, Sources

RECIPES: list[Recipe] = [*ACCURACY, *INFORMATION, *ERRORS, *CHOICES]
"""Every figure, in the order of the index."""

__all__ = ["RECIPES", "Built", "Effort", "Recipe", "Sources", "build"]
