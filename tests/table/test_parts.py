"""The parts of a table: what is refused, what is copied, what is owned."""

import tracemalloc
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

from ensel import InputError


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"answers": [[3, 0, 0]] * 4}, "code 3; -1 to 2 are allowed"),
        ({"answers": [[-2, 0, 0]] * 4}, "code -2; -1 to 2 are allowed"),
        ({"answers": [[0.5, 0, 0]] * 4}, "fractions"),
        ({"answers": [[np.nan, 0, 0]] * 4}, "NaN"),
        ({"answers": np.empty((0, 3), dtype=int), "labels": [], "items": []}, "empty table"),
        ({"labels": [0, 1, 2]}, "3 labels for 4 items"),
        ({"labels": [0, 1, 2, -1]}, "code -1; 0 to 2"),
        ({"queries": ["p", "q", "q"]}, "query names repeat: q"),
        ({"items": ["w", "x", "x", "z"]}, "item ids repeat: x"),
        ({"classes": "A"}, "1 classes"),
        ({"classes": "AAB"}, "class names repeat"),
        ({"probabilities": np.full((4, 3, 3), 1.5)}, r"outside \[0, 1\]"),
        ({"probabilities": np.zeros((4, 3))}, "shape"),
        ({"answers": [["A"]]}, "class indices"),
    ],
)
def test_refuses(table, changes, said):
    with pytest.raises(InputError, match=said):
        table(**changes)


def test_cost_must_not_be_negative(table):
    queries = pd.DataFrame({"cost": [1.0, -1.0, 0.0]}, index=["a", "b", "c"])
    with pytest.raises(InputError, match="negative"):
        table(queries=queries)


def test_a_table_of_its_own_answers_copies_none(table):
    """Read-only answers are shared; writable ones are copied, once, in their order in memory."""
    mine = np.zeros((1000, 500), np.int8, order="F")
    others = {
        "labels": np.zeros(1000, int),
        "queries": [f"q{j}" for j in range(500)],
        "items": None,
    }
    copied = table(answers=mine, **others)
    assert not np.shares_memory(copied.answers, mine)
    assert copied.answers.flags.f_contiguous
    mine.flags.writeable = False
    shared = table(answers=mine, **others)
    assert np.shares_memory(shared.answers, mine)
    tracemalloc.start()
    half = shared.subset(items=np.arange(500))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert half.answers.nbytes < peak < 1.5 * half.answers.nbytes


def test_a_read_only_view_of_writable_memory_is_copied(table):
    """pandas hands out such views of its frames, which can still be written to."""
    codes = np.zeros((4, 3), np.int8)
    labels = np.zeros(4, np.int8)
    p = np.full((4, 3, 3), 0.5, np.float32)
    views = [array.view() for array in (codes, labels, p)]
    for view in views:
        view.flags.writeable = False
    t = table(answers=views[0], labels=views[1], probabilities=views[2])
    codes[:], labels[:], p[:] = 1, 1, 1
    assert (t.answers == 0).all()
    assert (t.labels == 0).all()
    assert (t.probabilities == 0.5).all()


def test_a_frame_of_codes_can_be_changed_afterwards(table):
    optional = int(pd.__version__.split(".")[0]) < 3  # whether pandas hands out read-only views
    with pd.option_context("mode.copy_on_write", True) if optional else nullcontext():
        frame = pd.DataFrame(np.zeros((4, 3), np.int8)).copy()
        t = table(answers=frame)
        frame.iloc[0, 1] = 1
    assert (t.answers == 0).all()


def test_ids_can_be_changed_afterwards(table):
    ids = np.array(["w", "x", "y", "z"], dtype=object)
    tables = [table(items=ids), table(items=pd.DataFrame({"subject": "law"}, index=ids))]
    ids[0] = "x"
    for t in tables:
        assert t.items.index.tolist() == ["w", "x", "y", "z"]


def test_writable_probabilities_are_copied_and_owned_ones_shared(table):
    mine = np.full((4, 3, 3), 0.5, np.float32)
    assert not np.shares_memory(table(probabilities=mine).probabilities, mine)
    mine.flags.writeable = False
    assert np.shares_memory(table(probabilities=mine).probabilities, mine)


def test_a_file_mapped_to_be_read_is_shared(tmp_path, table):
    """Joblib hands large arrays to its workers in this way: they must not be copied there."""
    np.save(tmp_path / "codes.npy", np.zeros((4, 3), np.int8))
    mapped = np.load(tmp_path / "codes.npy", mmap_mode="r")
    assert np.shares_memory(table(answers=mapped).answers, mapped)
