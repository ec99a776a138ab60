"""A block at a time, or whole: the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ensel import InputError, PredictionTable


@given(st.data())
def test_looked_at_in_blocks_or_whole(data):
    """Whatever the size of the blocks and the order in memory: the plain definitions."""
    shape = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 8)))
    codes = data.draw(arrays(np.int8, shape, elements=st.integers(-1, 1)))
    order = data.draw(st.sampled_from("CF"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ensel.table.blocks.BLOCK_CELLS", data.draw(st.integers(1, 50)))
        labels = np.arange(shape[0]) % 2
        names = [f"q{j}" for j in range(shape[1])]
        t = PredictionTable(codes.copy(order), labels, classes="ab", queries=names)
        np.testing.assert_array_equal(t.answers, codes)
        np.testing.assert_array_equal(t.accuracies, (codes == labels[:, None]).mean(axis=0))
        columns = [tuple(column) for column in codes.T]
        assert t.constant_queries() == [names[j] for j, c in enumerate(columns) if len(set(c)) == 1]
        firsts = [columns.index(column) for column in columns]
        twins = [(names[i], names[j]) for j, i in enumerate(firsts) if i != j]
        assert t.duplicate_queries() == twins
        codes[-1, -1] = 2
        kind = data.draw(st.sampled_from(["i1", "i8", "f8"]))
        with pytest.raises(InputError, match="code 2"):
            PredictionTable(codes.astype(kind), labels, classes="ab", queries=names)
