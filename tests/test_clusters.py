"""On a real Dask cluster of two worker processes: the same numbers, whoever dies on the way."""

import os
import time

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config

from ensel import PredictionTable, compare, error_floor, select
from ensel.choosing import promise
from ensel.heldout import comparison
from ensel.heldout.candidates import named_candidates
from ensel.heldout.scoring import score_split
from ensel.heldout.splits import random_splits
from ensel.parallel import run_all

dask = pytest.importorskip("dask", reason="needs ensel[dask]")
distributed = pytest.importorskip("distributed", reason="needs ensel[dask]")
psutil = pytest.importorskip("psutil", reason="comes with distributed")

IMPORTED = ["distributed", "ensel.choosing.promise", "ensel.error_model.floor"]
"""What the process has imported off which workers are forked: seven are started here."""

FEW = {"methods": ["top-k", "greedy-mi"], "votes": ["weighted", "map"], "budgets": [1, 3]}


@pytest.fixture(scope="module")
def client():
    """Two workers of one thread each, in processes that a nanny starts again when they die."""
    settings = {
        # 15 s after a death, Dask gives a worker up for good if it happens to be dead again.
        "distributed.deploy.lost-worker-timeout": "1h",
        "distributed.worker.multiprocessing-method": "forkserver",
    }
    with dask.config.set(settings):
        distributed.utils.get_mp_context().set_forkserver_preload(IMPORTED)
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client
        workers = [psutil.Process(pid) for pid in worker_pids(client)]
    assert not psutil.wait_procs(workers, timeout=20)[1]  # none is left behind


def worker_pids(client) -> set[int]:
    """The processes of the two workers, once their nannies know that they run.

    A nanny does not start a worker again that dies before that.
    """
    nannies = client.cluster.workers.values()
    deadline = time.monotonic() + 60
    while True:
        running = [n.pid for n in nannies if n.process and n.process.status.name == "running"]
        answering = set(client.run(os.getpid, on_error="ignore").values())
        if len(answering) == 2 and answering == set(running):
            return answering
        assert time.monotonic() < deadline, f"of two workers, {running} run, {answering} answer"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def pool(imdb):
    """250 reviews, 18 queries: the first sample of each classifier."""
    return imdb.subset(items=slice(0, None, 100), queries=imdb.query_names[::5])


def deadly(module, name, folder, victims=()):
    """A function that does the same, but once three calls are done kills its worker: once.

    By SIGKILL, in the middle of a call, and the victims before it. Made here and not at the top
    of the file, so that it goes to the workers as code.
    """

    def run(*arguments):
        import importlib
        import os
        import signal
        import tempfile

        if len(os.listdir(folder)) >= 3:
            try:
                os.close(os.open(folder / "killed", os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                pass  # another call was first
            else:
                for pid in [*(set(victims) - {os.getpid()}), os.getpid()]:  # itself last
                    os.kill(pid, signal.SIGKILL)
        result = getattr(importlib.import_module(module), name)(*arguments)
        os.close(tempfile.mkstemp(dir=folder)[0])
        return result

    return run


def test_compare_outlives_a_worker(client, pool, tmp_path, monkeypatch):
    serial = compare(pool, **FEW, n_splits=6)
    before = worker_pids(client)
    work = deadly("ensel.heldout.scoring", "score_split", tmp_path)
    monkeypatch.setattr(comparison, "score_split", work)
    with parallel_config("dask"):
        found = compare(pool, **FEW, n_splits=6)
    assert (tmp_path / "killed").exists()
    assert len(before & worker_pids(client)) == 1  # the other one is a new process
    assert found.to_json() == serial.to_json()


def test_select_outlives_all_workers(client, pool, tmp_path, monkeypatch):
    """With them goes every copy of the table that they have."""
    options: dict = {"method": "greedy-mi", "vote": "map", "n_boot": 6}
    serial = select(pool, 3, **options)
    before = worker_pids(client)
    work = deadly("ensel.choosing.promise", "_draw", tmp_path, before)
    monkeypatch.setattr(promise, "_draw", work)
    with parallel_config("dask"):
        found = select(pool, 3, **options)
    assert (tmp_path / "killed").exists()
    assert not before & worker_pids(client)
    assert found.to_json() == serial.to_json()


def test_arrays_outlive_all_workers(client, tmp_path):
    """Left to itself, joblib scatters an array to one worker, and Dask cannot make it again."""
    matrix = np.arange(10_000.0).reshape(100, 100)
    work = deadly("numpy", "dot", tmp_path, worker_pids(client))
    with parallel_config("dask"):
        jobs = (delayed(work)(matrix, k) for k in range(8))
        found = run_all(jobs, 8, shared=[matrix, None], label="dot", unit="product")
    assert (tmp_path / "killed").exists()
    np.testing.assert_array_equal(found, [matrix * k for k in range(8)])


def test_one_worker_with_one_core(small_pool):
    """Then joblib calls the function in this process, and no worker resolves what was sent."""
    serial = compare(small_pool, **FEW, n_splits=2)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster),
        parallel_config("dask"),
    ):
        assert compare(small_pool, **FEW, n_splits=2).to_json() == serial.to_json()


def test_floor_gives_the_same_numbers(client, pool):
    few = pool.subset(queries=pool.query_names[:4])
    serial = error_floor(few, n_boot=3)
    with parallel_config("dask"):
        assert error_floor(few, n_boot=3).to_json() == serial.to_json()


def test_the_table_is_sent_once_not_once_a_call(client, pool, monkeypatch):
    assert len(worker_pids(client)) == 2
    pickled = []

    def counted(table):
        pickled.append(table)
        return table.__dict__

    monkeypatch.setattr(PredictionTable, "__getstate__", counted)  # in this process only

    def times(n_splits: int) -> int:
        pickled.clear()
        with parallel_config("dask"):
            compare(pool, **FEW, n_splits=n_splits)
        return len(pickled)

    # Once by the client, and once by the scheduler, which runs in this process too.
    assert 1 <= times(3) <= 2
    assert 1 <= times(12) <= 2
    # What joblib does by itself, so that the count is seen to count.
    pickled.clear()
    splits = random_splits(pool, 6)
    plan = named_candidates([("top-k", "map")], [3])
    with parallel_config("dask"):
        Parallel()(delayed(score_split)(pool, split, plan) for split in splits)
    assert len(pickled) >= 6
