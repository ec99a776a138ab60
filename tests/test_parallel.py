"""Work that splits, on whatever joblib runs it."""

import numpy as np
from joblib import delayed, parallel_config, register_parallel_backend
from joblib.parallel import ThreadingBackend

from ensel.parallel import run_all, run_each


class AllAtOnce(ThreadingBackend):
    """As Ray's: it cannot give results as they come."""

    supports_return_generator = False


def test_a_backend_that_cannot_stream():
    register_parallel_backend("all-at-once", AllAtOnce)
    with parallel_config("all-at-once", n_jobs=2):
        found = run_all((delayed(pow)(i, 2) for i in range(5)), 5, label="squares", unit="one")
    assert found == [0, 1, 4, 9, 16]


def test_results_come_one_by_one_and_in_order():
    begun = []

    def work(matrix, i):
        begun.append(i)
        return matrix[i]

    jobs = (delayed(work)(np.arange(5), i) for i in range(5))
    results = run_each(jobs, 5, label="rows", unit="row")
    assert next(results) == 0
    assert len(begun) < 5  # not all were called before the first is given out
    assert list(results) == [1, 2, 3, 4]
    assert begun == [0, 1, 2, 3, 4]
