"""Which columns are missing together: rows counted by their pattern of gaps."""

from typing import Self

import numpy as np

from pipeline.profiling.arrays import Hashes, Ints, Mask
from pipeline.profiling.cells import runs
from pipeline.profiling.hashing import column_key

MOST_PATTERNS = 500_000  # kept while counting; with more, no pattern says anything
_WAITING = 200_000


class GapPatterns:
    """Rows of each pattern; mergeable. A pattern is a row of bits, 64 columns to a word."""

    def __init__(self, n_columns: int) -> None:
        self.too_many = False
        self._words = (n_columns + 63) // 64
        self._patterns = np.zeros((0, self._words), np.uint64)
        self._counts = np.zeros(0, np.int64)
        self._pieces: list[tuple[Hashes, Ints]] = []

    def add(self, gaps: dict[int, Mask], n_rows: int) -> None:
        """Counts rows: `gaps` has where each column with a gap is missing."""
        if self.too_many or not self._words:
            return
        bits = np.zeros((self._words, n_rows), np.uint64)
        for column, missing in gaps.items():
            bits[column // 64] |= missing.astype(np.uint64) << np.uint64(column % 64)
        if self._words == 1:
            bits.sort(axis=1)
            first = runs(bits[0])
            self._append(bits[:, first].T, np.diff(np.append(first, n_rows)))
        else:
            self._append(*_summed(bits.T, np.ones(n_rows, np.int64)))

    def merge(self, other: Self) -> None:
        if other.too_many or self.too_many:
            self._give_up()
        else:
            self._append(*other._settled())

    def most_frequent(self, most: int) -> list[tuple[tuple[int, ...], int]]:
        """Positions of the columns that are missing, and rows; most frequent first."""
        patterns, counts = self._settled()
        order = np.lexsort((*patterns.T, -counts))[:most]
        return [(_positions(patterns[place]), int(counts[place])) for place in order]

    @property
    def n_patterns(self) -> int | None:
        """None where there are more than are counted."""
        counts = self._settled()[1]
        return None if self.too_many else len(counts)

    def _append(self, patterns: Hashes, counts: Ints) -> None:
        self._pieces.append((patterns, counts))
        if sum(len(piece[1]) for piece in self._pieces) > max(2 * len(self._counts), _WAITING):
            self._settled()

    def _settled(self) -> tuple[Hashes, Ints]:
        if self._pieces:
            patterns, counts = zip((self._patterns, self._counts), *self._pieces, strict=True)
            self._pieces = []
            self._patterns, self._counts = _summed(np.concatenate(patterns), np.concatenate(counts))
        if len(self._counts) > MOST_PATTERNS:
            self._give_up()
        return self._patterns, self._counts

    def _give_up(self) -> None:
        self.too_many = True
        self._patterns, self._counts, self._pieces = self._patterns[:0], self._counts[:0], []


def _summed(patterns: Hashes, counts: Ints) -> tuple[Hashes, Ints]:
    """Equal patterns once, with the sums of their counts."""
    keys = patterns[:, 0]
    if patterns.shape[1] > 1:
        keys = patterns @ np.array([column_key(word) for word in range(patterns.shape[1])])
    order = np.argsort(keys, kind="stable")
    first = runs(keys[order])
    return patterns[order[first]], np.add.reduceat(counts[order], first) if len(first) else counts


def _positions(pattern: Hashes) -> tuple[int, ...]:
    return tuple(64 * word + bit for word, bits in enumerate(pattern.tolist()) for bit in range(64) if bits >> bit & 1)
