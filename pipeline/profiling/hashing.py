"""Rows and columns that are copies of others, found by 64-bit hashes of their values.

Two of n different rows share a hash with a chance of about n² / 2^65: 7e-7 for 5,000,000 rows.
"""

import hashlib
from typing import Self

import numpy as np
import pyarrow as pa

from pipeline.profiling.arrays import Floats, Hashes
from pipeline.profiling.cells import runs

MISSING_HASH = np.uint64(0x7FF8_0000_0000_0001)
_ODD = np.uint64(0x9E37_79B9_7F4A_7C15)
_MASK = (1 << 64) - 1
_LONG_TEXT = 256  # bytes; longer ones are hashed one by one


def mixed(bits: Hashes) -> Hashes:
    """The 64-bit finaliser of MurmurHash3: each bit of the input moves about half of the output. A new array."""
    found = bits >> np.uint64(33)
    found ^= bits
    found *= np.uint64(0xFF51_AFD7_ED55_8CCD)
    found ^= found >> np.uint64(33)
    found *= np.uint64(0xC4CE_B9FE_1A85_EC53)
    found ^= found >> np.uint64(33)
    return found


def row_keys(first_row: int, n_rows: int) -> Hashes:
    """A pseudo-random odd number for each row number."""
    return mixed(np.arange(first_row + 1, first_row + 1 + n_rows, dtype=np.uint64)) | np.uint64(1)


def number_hashes(x: Floats) -> Hashes:
    """Of numbers, NaN for missing; 0 and -0 are the same."""
    bits = (x + 0.0).view(np.uint64)
    missing = x != x
    if missing.any():
        np.copyto(bits, MISSING_HASH, where=missing)
    return mixed(bits)


def text_hashes(texts: pa.Array) -> Hashes:
    """Of texts of any length, null for missing; the same in every process."""
    texts = texts.cast(pa.large_binary())
    ends = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    raw = texts.buffers()[2]
    data = np.frombuffer(raw, np.uint8) if raw is not None else np.empty(0, np.uint8)
    starts, lengths = ends[:-1], np.diff(ends)
    found = mixed(lengths.astype(np.uint64) + np.uint64(1))
    # Eight bytes at a time, from wherever a text begins.
    padded = np.concatenate([data[: ends[-1]], np.zeros(8, np.uint8)])
    words = np.lib.stride_tricks.as_strided(padded, (len(padded) - 7, 8), (1, 1))
    rows = np.flatnonzero((lengths > 0) & (lengths <= _LONG_TEXT))
    done = 0
    while len(rows):
        here = words[starts[rows] + done].view(np.uint64).reshape(-1)
        left = np.minimum(lengths[rows] - done, 8).astype(np.uint64)
        here &= np.uint64(_MASK) >> (np.uint64(64) - left * np.uint64(8))
        found[rows] = mixed(found[rows] * _ODD + here)
        done += 8
        rows = rows[lengths[rows] > done]
    for row in np.flatnonzero(lengths > _LONG_TEXT).tolist():
        digest = hashlib.blake2b(data[starts[row] : ends[row + 1]].tobytes(), digest_size=8).digest()
        found[row] = np.uint64(int.from_bytes(digest, "little"))
    if texts.null_count:
        found[texts.is_null().to_numpy(zero_copy_only=False)] = MISSING_HASH
    return found


class ColumnHashes:
    """A hash of each column that depends on the order of its rows; mergeable in any order, as row numbers are part of it."""

    def __init__(self, n_columns: int) -> None:
        self.of_columns = [0] * n_columns

    def add(self, column: int, values: Hashes, keys: Hashes) -> None:
        self.of_columns[column] = (self.of_columns[column] + int(np.dot(values, keys))) & _MASK

    def merge(self, other: Self) -> None:
        self.of_columns = [(mine + theirs) & _MASK for mine, theirs in zip(self.of_columns, other.of_columns, strict=True)]


class RowHashes:
    """A hash of each row, to count the rows that are exact copies of another one. 8 bytes a row."""

    def __init__(self) -> None:
        self._parts: list[Hashes] = []

    def add(self, of_rows: Hashes) -> None:
        self._parts.append(of_rows)

    def merge(self, other: Self) -> None:
        self._parts += other._parts

    def n_copies(self) -> int:
        """Rows that are copies of another one; takes the hashes out."""
        rows = np.empty(sum(map(len, self._parts)), np.uint64)
        filled = 0
        while self._parts:
            part = self._parts.pop()
            rows[filled : filled + len(part)] = part
            filled += len(part)
        rows.sort()
        return len(rows) - len(runs(rows))


def column_key(column: int) -> np.uint64:
    """An odd number of its own for each column's part of a row's hash."""
    key: np.uint64 = mixed(np.array([column + 1], np.uint64) * _ODD)[0] | np.uint64(1)
    return key
