"""What each column holds, decided on all its rows: numbers, dates, or texts and categories."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.results import ColumnSummary
from pipeline.tallies import RangeTally, TextTally

_NUMERIC = (pa.int64(), pa.float64())
CANDIDATES = (*_NUMERIC, pa.date32(), pa.timestamp("s"), pa.timestamp("us"))


@dataclass(frozen=True)
class ColumnType:
    """The Arrow type of a column as it is read, and for a category its levels in sorted order."""

    type: pa.DataType
    levels: tuple[str, ...] = ()
    padded: bool = False  # cells have blanks around them, which Arrow's own conversion of numbers and dates does not take


def cleaned(cells: pa.Array, missing: pa.Array) -> pa.Array:
    """Cells without the blanks around them; those that then stand for missing are null."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.is_in(trimmed, value_set=missing), pa.scalar(None, pa.string()), trimmed)


class ColumnReader:
    """Takes a column's cells chunk by chunk and finds the narrowest type that holds them all.

    A column starts as whole numbers and falls to fractions, dates, times and text as cells refuse to convert. One that falls
    after some of its cells were counted as another type is `incomplete`: it must be read once more as one of `candidates`.
    """

    def __init__(
        self, name: str, missing: pa.Array, limit: int, candidates: tuple[pa.DataType, ...] = CANDIDATES, *, padded: bool = False
    ) -> None:
        self.name = name
        self.candidates = candidates
        self.padded = padded
        self.incomplete = False
        self._missing = missing
        self._range: RangeTally | None = None
        self._text = TextTally(limit=limit)
        self._limit = limit

    def add(self, cells: pa.Array) -> None:
        if self.incomplete:
            return
        if self.padded or not self.candidates:
            cells = cleaned(cells, self._missing)
        if cells.null_count == len(cells):
            (self._range or self._text).add(cells)
            return
        while self.candidates:
            values = self._converted(cells)
            if values is not None:
                self._tally().add(values)
                return
            if not self._falls():
                return
        self._text.add(cleaned(cells, self._missing))

    def _converted(self, cells: pa.Array) -> pa.Array | None:
        wanted = self.candidates[0]
        values = _cast(cells, wanted)
        if values is None and not self.padded:
            cells = cleaned(cells, self._missing)
            values = _cast(cells, wanted)
            self.padded = values is not None
        return None if values is not None and wanted in _NUMERIC and has_codes(cells) else values

    def _falls(self) -> bool:
        """Goes to the next candidate; false where the column must be read once more for that."""
        failed, *rest = self.candidates
        self.candidates = tuple(rest)
        if failed == pa.int64() or self._range is None:  # whole numbers counted so far are right as numbers too
            return True
        if self._range.kind == "number":
            self.candidates = ()
        self.incomplete = True
        return False

    def _tally(self) -> RangeTally:
        if self._range is None:
            self._range = RangeTally("number" if self.candidates[0] in _NUMERIC else "date", self._limit)
            self._range.n_rows = self._text.n_rows  # all of them blank
        return self._range

    def once_more(self) -> "ColumnReader":
        """A fresh reader of the same column that begins with what is still possible."""
        return ColumnReader(self.name, self._missing, self._limit, self.candidates, padded=self.padded)

    def finish(self) -> tuple[ColumnType, ColumnSummary, int]:
        """Type, summary, and how many cells were infinite numbers."""
        if self._range is not None:
            found = ColumnType(self.candidates[0], padded=self.padded)
            return found, self._range.summary(self.name), self._range.n_infinite
        if self._text.kind == "category":
            found = ColumnType(pa.dictionary(pa.int32(), pa.string()), levels=self._text.levels)
        else:
            found = ColumnType(pa.string())
        return found, self._text.summary(self.name), 0


def _cast(cells: pa.Array, wanted: pa.DataType) -> pa.Array | None:
    # Arrow builds an error for every cell that refuses, some 2 µs each: try growing parts first.
    try:
        for probe in (64, 2_048):
            pc.cast(cells[:probe], wanted)
        return pc.cast(cells, wanted)
    except pa.ArrowInvalid:
        return None


def has_codes(cells: pa.Array) -> bool:
    """Whether a cell is written as no quantity is: 007, 0x1F, or more digits than a number keeps."""
    cells = cells.drop_null() if cells.null_count else cells
    _, offsets, data = cells.buffers()
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    text = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    starts, lengths = ends[:-1], np.diff(ends)
    if (lengths > 17).any() and pc.any(pc.match_substring_regex(cells, r"^\s*[-+]?\d{18,}\s*$")).as_py():
        return True
    longer = starts[lengths > 1]
    suspects = longer[text[longer] == ord("0")]
    return bool(len(suspects)) and not np.isin(text[suspects + 1], np.frombuffer(b".eE \t", np.uint8)).all()
