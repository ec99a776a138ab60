"""What each vote gains over the log-odds vote of the same number of queries, on real pools.

    python benchmarks/votes.py

For every dataset at hand and 300, 1,000 and half of the items to learn from: top-k and greedy MI
with the weighted, MAP, logit and class-logit votes, held-out accuracy and the paired difference to
top-k + weighted vote, with intervals. Writes benchmarks/results/votes.csv. About ten minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ensel import compare, load_dataset
from ensel.files import written_whole

DATASETS = ("mmlu", "medmcqa", "imdb-llm", "imdb-api", "imdb")
VOTES = ["weighted", "map", "logit", "class-logit"]
RESULT = Path(__file__).parent / "results" / "votes.csv"


def main() -> None:
    """Run, write and print the accuracies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("datasets", nargs="*", default=DATASETS)
    parser.add_argument("--splits", type=int, default=10)
    given = parser.parse_args()
    parts = []
    for name in tqdm(given.datasets, disable=None):
        table = load_dataset(name)
        if name == "imdb":  # one sample a model: a pool of different models
            table = table.subset(queries=[q for q in table.query_names if "#1" in q])
        for train in [*(n for n in (300, 1000) if n < table.n_items / 2), 0.5]:
            budgets = [k for k in (3, 5, 8) if k <= table.n_queries]
            result = compare(
                table, methods=["top-k", "greedy-mi"], votes=VOTES, budgets=budgets, train=train,
                n_splits=given.splits,
            )  # fmt: skip
            parts.append(result.rows.drop(columns=["queries", "cost"]).assign(
                dataset=name, n_train=result.n_train, n_splits=given.splits
            ))  # fmt: skip
    table = pd.concat(parts)
    RESULT.parent.mkdir(exist_ok=True)
    with written_whole(RESULT) as temporary:
        table.round(5).to_csv(temporary, index=False)
    keys = ["dataset", "n_train", "method", "budget"]
    print(
        (100 * table.pivot(index=keys, columns="vote", values="accuracy")[VOTES])
        .round(2)
        .to_string()
    )


if __name__ == "__main__":
    main()
