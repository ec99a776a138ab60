"""The tables of docs/adaptive.md, from the stored results of benchmarks/adaptive.py.

python benchmarks/adaptive_table.py            # prints them
python benchmarks/adaptive_table.py --write    # puts them into docs/adaptive.md
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ensel.files import written_whole
from ensel.registry import SEQUENCES

HERE = Path(__file__).parent
STORED, PAGE = HERE / "results" / "adaptive.csv", HERE.parent / "docs" / "adaptive.md"
START, END = "<!-- adaptive_table.py -->", "<!-- end -->"
ADAPTIVE = "adaptive"
PUBLISHED = [name for name in SEQUENCES if name != ADAPTIVE]
EQUAL, FULL = "diff_equal_queries", "diff_to_full"
LIMIT = 2.0
"""Mean number of queries of the limited policy that is shown."""


def tables(rows: pd.DataFrame) -> str:
    """Two tables in Markdown: what adaptive does, and what the rules of the literature do."""
    rows = of_one_model_together(rows[rows["accuracy"].notna()])
    own = ["pool", "labels", "most", "asks", "against all", "at equal queries"]
    own += [f"at most {LIMIT:g} on average: asks", "at equal queries"]
    others = ["pool", "labels", *PUBLISHED]
    return f"{markdown(own, adaptive_rows(rows))}\n\n{markdown(others, published_rows(rows))}"


def of_one_model_together(rows: pd.DataFrame) -> pd.DataFrame:
    """Pools of samples of one model as one: the mean, without an interval."""
    base = rows["pool"].str.partition(":")[0]
    alone = rows[base == rows["pool"]]
    samples = rows[base != rows["pool"]]
    if samples.empty:
        return alone
    n_pools = samples["pool"].nunique()
    keys = ["n_train", "method", "vote", "budget", "mean_budget"]
    means = samples.groupby(keys, dropna=False, as_index=False)[
        ["accuracy", "mean_queries", FULL, EQUAL]
    ].mean()
    return pd.concat([alone, means.assign(pool=f"one model (mean of {n_pools} pools)")])


def cells(rows: pd.DataFrame) -> Iterator[tuple[str, int, pd.DataFrame]]:
    """Pool, number of labels, and the rows of both."""
    for (pool, n_train), part in rows.groupby(["pool", "n_train"], sort=False):
        yield str(pool), int(n_train), part


def adaptive_rows(rows: pd.DataFrame) -> Iterator[list[str]]:
    """What adaptive asks, and what that costs in points."""
    for pool, n_train, part in cells(rows):
        own = part[part["method"] == ADAPTIVE]
        free, limited = own[own["mean_budget"].isna()], own[own["mean_budget"] == LIMIT]
        if free.empty or limited.empty:
            continue
        first, second = free.iloc[0], limited.iloc[0]
        yield [
            pool,
            f"{n_train:,}",
            f"{int(first['budget'])}",
            f"{first['mean_queries']:.2f}",
            points(first, FULL),
            points(first, EQUAL),
            f"{second['mean_queries']:.2f}",
            points(second, EQUAL),
        ]


def published_rows(rows: pd.DataFrame) -> Iterator[list[str]]:
    """What each rule of the literature asks, and its points against fixed sets of as many."""
    for pool, n_train, part in cells(rows):
        texts = []
        for method in PUBLISHED:
            found = part[part["method"] == method]
            row = found.iloc[0] if len(found) else None
            texts.append("" if row is None else f"{row['mean_queries']:.2f}: {points(row, EQUAL)}")
        yield [pool, f"{n_train:,}", *texts]


def points(row: pd.Series, name: str) -> str:
    """``+0.4 [+0.1, +0.7]``; without the interval where there is none."""
    ends = (100 * row.get(f"{name}{end}", float("nan")) for end in ("", "_low", "_high"))
    value, low, high = (round(end, 1) + 0.0 for end in ends)  # never -0.0
    return f"{value:+.1f}" if pd.isna(low) else f"{value:+.1f} [{low:+.1f}, {high:+.1f}]"


def markdown(header: list[str], rows: Iterator[list[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    text = tables(pd.read_csv(STORED))
    if not parser.parse_args().write:
        print(text)
        return
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    with written_whole(PAGE) as temporary:
        temporary.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
