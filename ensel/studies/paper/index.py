"""The index page of a folder of figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ensel.files import written_whole
from ensel.studies.paper.recipe import Recipe, from_csv
from ensel.studies.paper.stamps import Stamp

INDEX = "README.md"
HEAD = """# Figures

Made by `ensel figures`, each drawn from the CSV beside it; do not edit. `ensel figures` makes again
what changed: numbers, if the code that computes, its arguments, its data or its stored results
did; pictures, if the numbers or the code that draws did (`stamps.json`). Every number is an
estimate from items at hand; bands and bars are 95 % intervals unless a caption says otherwise, and
differences are paired, item by item.
"""


def write_index(
    folder: Path, recipes: Sequence[Recipe], stamps: dict[str, Stamp], reasons: dict[str, str]
) -> None:
    """Write the index: every figure that is there, its caption, data and commit.

    Parameters
    ----------
    folder : Path
    recipes : sequence of Recipe
        In the order of the page.
    stamps : dict of str to Stamp
    reasons : dict of str to str
        Why figures were skipped.
    """
    parts, absent = [HEAD], []
    for recipe in recipes:
        name = recipe.name
        csv = folder / f"{name}.csv"
        if name in stamps and csv.is_file():
            frame = from_csv(csv.read_text(encoding="utf-8"))
            parts.append(_entry(recipe, frame, stamps[name]))
        else:
            absent.append(f"- `{name}`: {reasons.get(name, 'not made yet')}")
    if absent:
        parts.append("## Not here\n\n" + "\n".join(absent) + "\n")
    with written_whole(folder / INDEX) as temporary:
        temporary.write_text("\n".join(parts), encoding="utf-8")


def _entry(recipe: Recipe, frame: pd.DataFrame, stamp: Stamp) -> str:
    name = recipe.name
    made = f"commit {stamp.numbers_at}"
    if stamp.drawn_at != stamp.numbers_at:
        made += f", drawn at {stamp.drawn_at}"
    return (
        f"## {name}\n\n![{name}]({name}.png)\n\n{recipe.described(frame)}\n\n"
        f"[PDF]({name}.pdf) · [numbers]({name}.csv), {len(frame):,} rows · {made}\n"
    )
