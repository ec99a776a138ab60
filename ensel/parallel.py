"""Work that splits, through joblib, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

Result = TypeVar("Result")


def over_splits(
    work: Callable[..., Result],
    table: Any,
    splits: Sequence[Any],
    *arguments: Any,
    label: str,
    progress: bool | None = None,
) -> list[Result]:
    """Run ``work(table, split, *arguments)`` on every split, in order.

    Where it runs is joblib's choice: one worker unless the caller stands in a
    ``joblib.parallel_config``; see docs/clusters.md.

    Parameters
    ----------
    work : callable
    table : PredictionTable
    splits : sequence of Split
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
    return run_all(jobs, len(splits), shared=[table], label=label, unit="split", progress=progress)


def run_all(
    jobs: Iterable[Any],
    total: int,
    *,
    shared: Sequence[Any] = (),
    label: str,
    unit: str,
    progress: bool | None = None,
) -> list[Any]:
    """Run joblib's delayed calls, in order, with a progress bar.

    Parameters
    ----------
    jobs : iterable of delayed calls
    total : int
        How many.
    shared : sequence
        Large arguments that many calls have in common: a cluster gets each of them once. None
        among them is passed over.
    label, unit : str
        What the progress bar says.
    progress : bool, optional
        Show the bar; default only on a terminal.

    Returns
    -------
    list
        One result per job.
    """
    return list(run_each(jobs, total, shared=shared, label=label, unit=unit, progress=progress))


def run_each(
    jobs: Iterable[Any],
    total: int,
    *,
    shared: Sequence[Any] = (),
    label: str,
    unit: str,
    progress: bool | None = None,
) -> Iterator[Any]:
    """As `run_all`, but yield each result, in order, as soon as it is there."""
    from joblib import Parallel
    from joblib.parallel import get_active_backend
    from tqdm.auto import tqdm

    backend, _ = get_active_backend()
    # Ray's backend gives all results at the end, and the bar moves then.
    as_they_come = "generator" if backend.supports_return_generator else "list"
    client = getattr(backend, "client", None)  # none but Dask's backend has one
    if client is not None:
        jobs = _sent_once(jobs, [thing for thing in shared if thing is not None], client)
    stream = Parallel(return_as=as_they_come)(jobs)
    yield from tqdm(stream, total=total, desc=label, unit=unit, disable=hidden(progress))


def _sent_once(jobs: Iterable[Any], shared: Sequence[Any], client: Any) -> Iterator[Any]:
    """The same calls, with Dask's futures in the place of what they share.

    joblib would send a table with every call, and scatter a bare array to one worker, whose death
    loses it for good (and a broadcast one too, once Dask has thinned out the copies). What a task
    returns, Dask can make again: so that is what each shared object becomes. Workers fetch it
    from each other.
    """
    sent = {id(thing): client.submit(_itself, thing, pure=False) for thing in shared}
    kept = {id(sent[id(thing)]): thing for thing in shared}
    for work, arguments, named in jobs:
        yield _Call(work, kept), tuple(sent.get(id(a), a) for a in arguments), named


def _itself(thing: Result) -> Result:
    return thing


class _Call:
    """A function that takes futures for what they stand for.

    Dask puts the things in their place before a worker calls it, so workers are not sent them
    here; but joblib calls it in this process, futures and all, where a cluster has but one core.
    """

    def __init__(self, work: Callable[..., Any], kept: dict[int, Any]) -> None:
        self._work, self._kept = work, kept

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._work(*(self._kept.get(id(a), a) for a in arguments), **named)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Call, (self._work, {})


def hidden(progress: bool | None) -> bool | None:
    """What tqdm's `disable` means by it: None leaves the choice to the terminal."""
    return None if progress is None else not progress
