"""The committed figures: recipes that turn data into numbers and numbers into pictures."""

from ensel.studies.paper.accuracy import RECIPES as ACCURACY
from ensel.studies.paper.build import Built, build
from ensel.studies.paper.choices import RECIPES as CHOICES
from ensel.studies.paper.errors import RECIPES as ERRORS
from ensel.studies.paper.information import RECIPES as INFORMATION
from ensel.studies.paper.recipe import Recipe
from ensel.studies.paper.sequences import RECIPES as SEQUENCES
from ensel.studies.paper.sources import Effort, Sources

RECIPES: list[Recipe] = [*ACCURACY, *INFORMATION, *ERRORS, *CHOICES, *SEQUENCES]
"""Every figure, in the order of the index."""

__all__ = ["RECIPES", "Built", "Effort", "Recipe", "Sources", "build"]
