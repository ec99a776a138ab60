"""Answers of a whole pool as dense codes in bit planes.

Few different answers need few bits: four letters and *missing* take three, where the matrix has
eight or more. A word of a plane holds one bit of the codes of 64 items, so counting is a matter of
``and`` and of counting set bits, and 7,000 models fit beside their matrix in less than half of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from ensel.information.kernels.threads import over_chunks

# Compiled code is kept beside this file (or in the user's cache folder), for the next start.
compiled = njit(cache=True, nogil=True, error_model="numpy")

WORD = 64
LANES = 8
"""Queries whose words lie side by side, so that one instruction counts for all of them."""
MOST_PACKED = 16
"""Pools with more different answers than this are kept as rows of codes."""
BLOCK_CELLS = 2**22  # answers that are copied at a time
MOST_SLOTS = 2**22  # longest look-up table from raw to dense codes
CELLS_A_THREAD = 2**24  # packing fewer is not worth a thread

# Byte b: its eight bits in eight bytes, lowest first.
SPREAD = (
    np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    .copy()
    .view(np.uint64)
    .ravel()
)


def _population_count(_context: Any, word: Any) -> Any:
    """Number of set bits of a word: one instruction, several words at a time where there is one."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


set_bits: Any = intrinsic(_population_count)


@dataclass(frozen=True)
class PackedAnswers:
    """Dense codes 0 to m - 1 of every query.

    Attributes
    ----------
    values : ndarray of int, shape (m,)
        The raw code that each dense code stands for, ascending.
    planes : ndarray of uint64, shape (n_groups, n_planes, n_words, LANES), or None
        Bit b of the codes of items 64 w to 64 w + 63 of query LANES g + l, where m is at most 16.
    rows : ndarray of uint8, uint16 or int32, shape (n_queries, n_items), or None
        The codes themselves, where m is larger.
    n_items, n_queries : int
    """

    values: np.ndarray
    planes: np.ndarray | None
    rows: np.ndarray | None
    n_items: int
    n_queries: int

    @property
    def width(self) -> int:
        """Number of dense codes m."""
        return len(self.values)

    def codes(self, query: int) -> np.ndarray:
        """Dense codes of one query as int64, shape (n_items,)."""
        if self.rows is not None:
            return self.rows[query].astype(np.int64)
        assert self.planes is not None
        group, lane = divmod(query, LANES)
        codes = np.empty(self.planes.shape[2] * WORD, dtype=np.uint8)
        unpack(self.planes[group], lane, codes)
        return codes[: self.n_items].astype(np.int64)


def pack(answers: np.ndarray, items: np.ndarray | None = None) -> PackedAnswers:
    """Pack the answers to all or some items; nothing as large as the matrix is made on the way.

    Parameters
    ----------
    answers : ndarray of int, shape (n_items, n_queries)
        Any codes.
    items : ndarray of int64, shape (n_kept,), optional
        Rows to keep, in this order.

    Returns
    -------
    PackedAnswers

    Examples
    --------
    >>> packed = pack(np.array([[-1, 30000], [7, 7]]))
    >>> packed.values.tolist(), packed.codes(0).tolist(), packed.codes(1).tolist()
    ([-1, 7, 30000], [0, 1], [2, 1])
    """
    n_queries = answers.shape[1]
    n_kept = len(answers) if items is None else len(items)
    kept = np.arange(0) if items is None else items  # none named: all
    at_once = max(1, BLOCK_CELLS // max(len(answers), 1) // LANES) * LANES
    blocks = [slice(a, min(a + at_once, n_queries)) for a in range(0, n_queries, at_once)]
    values = _values(answers, blocks)
    width, low = len(values), int(values[0])
    if width > MOST_PACKED:
        kind = np.uint8 if width <= 2**8 else np.uint16 if width <= 2**16 else np.int32
        rows = np.empty((n_queries, n_kept), dtype=kind)
        for block in blocks:
            part = answers[:, block] if items is None else answers[items, block]
            rows[block] = _dense(part, values, kind).T
        return PackedAnswers(values, None, rows, n_kept, n_queries)
    n_groups, n_words = -(-n_queries // LANES), -(-n_kept // WORD)
    planes = np.zeros((n_groups, max((width - 1).bit_length(), 1), n_words, LANES), dtype=np.uint64)
    if answers.dtype.itemsize == 1 and values[-1] - low + 1 == width:  # only to be shifted
        _pack_bytes(answers.view(np.uint8), low, kept, n_kept, planes)
    else:
        for block in blocks:
            part = _dense(answers[:, block], values, np.uint8)
            groups = planes[block.start // LANES : -(-block.stop // LANES)]
            _pack_bytes(part, 0, kept, n_kept, groups)
    return PackedAnswers(values, planes, None, n_kept, n_queries)


def _values(answers: np.ndarray, blocks: list[slice]) -> np.ndarray:
    """Raw codes that are packed, ascending; a short span is taken whole."""
    low, high = int(answers.min()), int(answers.max())
    span = high - low + 1
    if span <= MOST_PACKED:
        return np.arange(low, high + 1)
    if span > MOST_SLOTS:
        return np.unique(np.concatenate([np.unique(answers[:, block]) for block in blocks]))
    seen = np.zeros(span, dtype=bool)
    for block in blocks:
        seen[answers[:, block].astype(np.int64) - low] = True
    return np.flatnonzero(seen) + low


def _dense(answers: np.ndarray, values: np.ndarray, kind: type) -> np.ndarray:
    """Places of the answers among `values`."""
    low, span = int(values[0]), int(values[-1]) - int(values[0]) + 1
    if span > MOST_SLOTS:
        return np.searchsorted(values, answers).astype(kind)
    place: np.ndarray = np.zeros(span, dtype=kind)
    place[values - low] = np.arange(len(values))
    return place[answers.astype(np.int64) - low]


def _pack_bytes(
    codes: np.ndarray, low: int, kept: np.ndarray, n_kept: int, planes: np.ndarray
) -> None:
    """Pack codes of one byte, less `low`, in whichever direction they lie in memory."""
    shift = np.uint8(low % 256)
    n_threads_worth = n_kept * codes.shape[1] / CELLS_A_THREAD
    by_byte = planes.view(np.uint8).reshape(*planes.shape, WORD // 8)
    if codes.flags.f_contiguous:
        by_query = codes.T

        def pack_groups(a: int, b: int) -> None:
            _pack_queries(by_query[a * LANES : b * LANES], shift, kept, n_kept, by_byte[a:b])

        over_chunks(pack_groups, len(planes), n_threads_worth)
    else:
        codes = np.ascontiguousarray(codes)

        def pack_words(a: int, b: int) -> None:
            _pack_items(codes, shift, kept, n_kept, a, b, by_byte)

        over_chunks(pack_words, planes.shape[2], n_threads_worth)


@compiled
def _pack_queries(codes, low, kept, n_kept, planes):
    """Pack rows of codes (n_queries, n_items) into planes, seen as bytes."""
    n_planes, n_words = planes.shape[1:3]
    buffer = np.zeros(n_words * 64, dtype=np.uint8)
    eights = buffer.view(np.uint64)
    ones = np.uint64(0x0101010101010101)
    gather = np.uint64(0x0102040810204080)  # moves bit 8 i to bit 56 + i
    for j in range(len(codes)):
        said = codes[j]
        if len(kept):
            for i in range(n_kept):
                buffer[i] = said[kept[i]] - low
        else:
            for i in range(n_kept):
                buffer[i] = said[i] - low
        for b in range(n_planes):
            plane = planes[j // 8, b]
            for w in range(n_words):
                for part in range(8):
                    bits = (eights[8 * w + part] >> np.uint64(b)) & ones
                    plane[w, j % 8, part] = np.uint8((bits * gather) >> np.uint64(56))


@compiled
def _pack_items(codes, low, kept, n_kept, first, last, planes):
    """Pack words `first` to `last` of codes (n_items, n_queries) into planes, seen as bytes."""
    n_groups, n_planes = planes.shape[:2]
    n_queries = codes.shape[1]
    buffer = np.zeros((8, n_groups * 8), dtype=np.uint8)
    eights = buffer.view(np.uint64)
    bits = np.zeros(n_groups, dtype=np.uint64)
    lanes = bits.view(np.uint8)
    ones = np.uint64(0x0101010101010101)

    for w in range(first, last):
        for part in range(8):
            for i in range(8):
                item = 64 * w + 8 * part + i
                if item < n_kept:
                    row = codes[kept[item]] if len(kept) else codes[item]
                    for j in range(n_queries):
                        buffer[i, j] = row[j] - low
                else:
                    buffer[i] = 0

            for b in range(n_planes):
                bits[:] = 0
                for i in range(8):
                    for g in range(n_groups):
                        bits[g] |= ((eights[i, g] >> np.uint64(b)) & ones) << np.uint64(i)
                for g in range(n_groups):
                    for lane in range(8):
                        planes[g, b, w, lane, part] = lanes[8 * g + lane]


@compiled
def unpack(planes, lane, codes):
    """Write the codes of one lane of a group's planes, a byte each, whole words of them."""
    eights = codes.view(np.uint64)
    eights[:] = 0
    for b in range(len(planes)):
        for w in range(planes.shape[1]):
            word = planes[b, w, lane]
            for part in range(8):
                bits = (word >> np.uint64(8 * part)) & np.uint64(255)
                eights[8 * w + part] |= SPREAD[bits] << np.uint64(b)
