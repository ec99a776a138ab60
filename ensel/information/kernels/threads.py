"""Threads for compiled loops that let go of the interpreter."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

LIMITS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
CHUNKS_A_THREAD = 4  # so that a thread that is held up does not hold up the rest


def n_threads() -> int:
    """Threads that this process may use for one computation.

    joblib's count of cores, or less where ``NUMBA_NUM_THREADS`` or ``OMP_NUM_THREADS`` says so
    (joblib sets them for its workers). One in a worker, of joblib or of multiprocessing: there,
    splits and folds are what runs side by side.

    Returns
    -------
    int
        At least 1.
    """
    import joblib
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    if getattr(backend, "nesting_level", 0) or multiprocessing.parent_process() is not None:
        return 1
    limits = [int(value) for name in LIMITS if (value := os.environ.get(name, "")).isdigit()]
    return max(1, min([joblib.cpu_count(), *limits]))


def over_chunks(work: Callable[[int, int], None], n: int, worth: float) -> None:
    """Call ``work(first, last)`` on pieces of range(n), side by side where that pays.

    Threads are started for the call and gone after it, so that a fork finds none. `work` must
    write each piece's results into places of their own: then they are the same for any number of
    threads.

    Parameters
    ----------
    work : callable
    n : int
    worth : float
        How many threads the work could keep busy; below 2, there is none but this one.

    Examples
    --------
    >>> squares = [0] * 5
    >>> def work(first, last):
    ...     squares[first:last] = [i**2 for i in range(first, last)]
    >>> over_chunks(work, 5, worth=2)
    >>> squares
    [0, 1, 4, 9, 16]
    """
    threads = min(n_threads(), int(worth), n) if worth >= 2 and n > 1 else 1
    if threads == 1:
        work(0, n)
        return
    n_chunks = min(n, threads * CHUNKS_A_THREAD)
    edges = [n * c // n_chunks for c in range(n_chunks + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))
