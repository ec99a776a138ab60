"""One result of each kind, of a small pool with awkward names, and its report."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ensel import PredictionTable, compare, describe, error_floor, frontier, load_dataset, select
from ensel.datasets import DATASETS
from ensel.error_model import count_opinions
from ensel.report.comparison import comparison_report
from ensel.report.datasets import datasets_report
from ensel.report.description import description_report
from ensel.report.figures_built import built_report
from ensel.report.floor import floor_report
from ensel.report.frontier import frontier_report
from ensel.report.opinions import opinions_report
from ensel.report.selection import selection_report
from ensel.report.terminal import print_report

SCRIPT = "<script>alert('1')</script>"
LONG = "an-organisation-with-a-long-name/and-a-model-with-an-even-longer-one-" + 40 * "x"
NAMES = [SCRIPT, LONG, "[bold]model[/bold]", ":smile: & \x1b[31mco", "plain"]


def awkward_table() -> PredictionTable:
    """Three classes, missing answers, and names that markup and HTML could trip over."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 120)
    right = random.random((120, len(NAMES))) < np.linspace(0.5, 0.9, len(NAMES))
    answers = np.where(right, labels[:, None], random.integers(0, 3, right.shape))
    answers[random.random(right.shape) < 0.1] = -1
    queries = pd.DataFrame({"model": NAMES, "cost": [1.0, 2, 3, 4, 0.5]}, index=NAMES)
    return PredictionTable(answers, labels, classes=["<a>", "b&b", "c"], queries=queries)


@dataclass(frozen=True)
class Built:
    name: str
    what: str
    reason: str = ""
    seconds: float = 0.0


def _description():
    return description_report(describe(awkward_table()))


def _comparison():
    return comparison_report(compare(awkward_table(), n_splits=2, methods=["top-k", "single-best"]))


def _selection():
    return selection_report(select(awkward_table(), 3, n_folds=2, n_repeats=1, n_boot=2))


def _frontier():
    return frontier_report(frontier(awkward_table(), levels=[1.0, 6.0], budget=2, n_boot=2))


def _floor():
    return floor_report(error_floor(awkward_table(), n_boot=2))


def _opinions():
    return opinions_report(count_opinions(awkward_table()))


def _datasets():
    return datasets_report(DATASETS.values())


def _built():
    done = [Built(SCRIPT, "built", seconds=2.0), Built(LONG, "skipped", "no data")]
    return built_report(done, Path("figures"))


BUILDERS = {
    "description": _description,
    "comparison": _comparison,
    "selection": _selection,
    "frontier": _frontier,
    "floor": _floor,
    "opinions": _opinions,
    "datasets": _datasets,
    "figures_built": _built,
}


@cache
def built_once(name):
    return BUILDERS[name]()


@pytest.fixture(params=list(BUILDERS))
def any_report(request):
    """The report of each kind of result in turn."""
    return built_once(request.param)


@pytest.fixture(scope="session")
def small_imdb() -> PredictionTable:
    """250 reviews, 10 queries with costs."""
    return load_dataset("imdb").subset(items=slice(0, None, 100), queries=slice(0, None, 9))


@pytest.fixture
def printed(capsys, monkeypatch):
    """What a report looks like on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def show(report) -> str:
        print_report(report)
        return capsys.readouterr().out

    return show
