"""Work that splits, through joblib, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ensel.evaluation.splits import Split
from ensel.predictions import PredictionTable

Result = TypeVar("Result")


def over_splits(
    work: Callable[..., Result],
    table: PredictionTable,
    splits: list[Split],
    *arguments: Any,
    label: str,
    progress: bool | None = None,
) -> list[Result]:
    """Run ``work(table, split, *arguments)`` on every split, in order.

    Where it runs is joblib's choice: one worker unless the caller stands in a
    ``joblib.parallel_config``.

    Parameters
    ----------
    work : callable
    table : PredictionTable
    splits : list of Split
    *arguments
        Passed on.
    label : str
        What the progress bar says.
    progress : bool, optional
        Show the bar; default only on a terminal.

    Returns
    -------
    list
        One result per split.
    """
    from joblib import delayed

    jobs = (delayed(work)(table, split, *arguments) for split in splits)
    return run_all(jobs, len(splits), label=label, unit="split", progress=progress)


def run_all(
    jobs: Iterable[Any], total: int, *, label: str, unit: str, progress: bool | None = None
) -> list[Any]:
    """Run joblib's delayed calls, in order, with a progress bar.

    Parameters
    ----------
    jobs : iterable of delayed calls
    total : int
        How many.
    label, unit : str
        What the progress bar says.
    progress : bool, optional
        Show the bar; default only on a terminal.

    Returns
    -------
    list
        One result per job.
    """
    from joblib import Parallel
    from tqdm.auto import tqdm

    stream = Parallel(return_as="generator")(jobs)
    return list(tqdm(stream, total=total, desc=label, unit=unit, disable=hidden(progress)))


def hidden(progress: bool | None) -> bool | None:
    """What tqdm's `disable` means by it: None leaves the choice to the terminal."""
    return None if progress is None else not progress
