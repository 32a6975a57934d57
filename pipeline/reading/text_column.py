"""A column whose cells have to be judged as texts: few levels as codes, many as they are."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.reading.cells import cleaned
from pipeline.reading.pieces import Piece, Pieces
from pipeline.tallies import TextTally

Ints = NDArray[np.int64]


class TextColumn:
    """Its cells without the blanks around them. Levels are numbered as they come, until there are too many of them."""

    def __init__(self, missing: pa.Array, most_levels: int, limit: int, pieces: Pieces) -> None:
        self.pieces: list[Piece] = []
        self.file = pieces
        self.tally = TextTally(limit=limit)
        self._missing = missing
        self._most = most_levels
        self._codes: dict[str, int] = {}
        self._rows = np.zeros(0, np.int64)  # of each code
        self._coding = True

    @property
    def n_present(self) -> int:
        return self.tally.n_present

    @property
    def coded(self) -> bool:
        """Whether all cells are codes of few levels."""
        return self._coding

    @property
    def levels(self) -> pa.Array:
        """What the codes stand for, in the order in which they came."""
        return pa.array(list(self._codes), pa.string())

    def add(self, cells: pa.Array) -> None:
        if not (self._coding or self.tally.counting):
            texts = cleaned(cells, self._missing)
            self.tally.count(len(texts), len(texts) - texts.null_count, ())
            self.pieces.append(self.file.write(texts))
            return
        found = cells.dictionary_encode()
        levels = cleaned(found.dictionary, self._missing)
        indices = found.indices
        rows = np.bincount(np.asarray(indices.drop_null()), minlength=len(levels))
        pairs = list(zip(levels.to_pylist(), rows.tolist(), strict=True))
        n_present = sum(n for level, n in pairs if level is not None)
        self.tally.count(len(cells), n_present, pairs)
        codes = self._coded([level for level, _ in pairs]) if self._coding else None
        values = levels if codes is None else codes
        self.pieces.append(self.file.write(values.take(indices)))

    def _coded(self, levels: list[str | None]) -> pa.Array | None:
        new = {level for level in levels if level is not None and level not in self._codes}
        if len(self._codes) + len(new) > self._most:
            self._coding = False
            return None
        return pa.array(
            [None if level is None else self._codes.setdefault(level, len(self._codes)) for level in levels], pa.int32()
        )

    def texts(self) -> Iterator[tuple[pa.Array, Ints]]:
        """All cells that are not missing, each different one of a part once, and how often it occurs there."""
        if self._coding:
            if self._codes:
                counts = self.tally.rows_of(self._codes)
                yield self.levels, np.array(counts, np.int64)
            return
        for k in range(len(self.pieces)):
            counted = pc.value_counts(self.part(k).drop_null())
            if len(counted):
                yield counted.field("values"), np.asarray(counted.field("counts"))

    def in_order(self) -> Iterator[pa.Array]:
        """Cells that are not missing in the order in which they first come."""
        parts = [self.levels] if self._coding else (self.part(k).drop_null() for k in range(len(self.pieces)))
        return (part for part in parts if len(part))

    def part(self, k: int) -> pa.Array:
        """The cells of a piece."""
        piece = self.pieces[k]
        values = self.file.read(piece)
        return self.levels.take(values) if pa.types.is_integer(piece.type) else values
