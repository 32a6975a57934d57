"""A column whose first cells are plain numbers or ISO dates: converted as it comes, until a cell refuses."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.reading.cells import cleaned, has_codes
from pipeline.reading.pieces import Piece, Pieces
from pipeline.reading.values import Marks, all_ambiguous, comma_numbers
from pipeline.tallies import RangeTally

_WHOLE, _POINT, _COMMA = "whole", "point", "comma"
_DATES = {"day": pa.date32(), "second": pa.timestamp("s"), "microsecond": pa.timestamp("us")}
_AFTER = {_WHOLE: (_WHOLE, _POINT, _COMMA), _POINT: (_POINT,), _COMMA: (_COMMA,)}  # what numbers so far may turn out to be
_FIRST_DAY = {"day": -719_162, "second": -719_162 * 86_400, "microsecond": -719_162 * 86_400_000_000}  # 1 January of year 1


class TypedColumn:
    """Its values so far. The way in which they are read only ever widens from whole numbers to fractions."""

    def __init__(self, missing: pa.Array, limit: int, pieces: Pieces, *, dates: bool = True) -> None:
        self.way = ""
        self.example = ("", 0.0)  # the first cell with a decimal comma, and its number
        self.pieces: list[Piece] = []
        self.tally = RangeTally("number", limit)
        self._missing = missing
        self._limit = limit
        self._file = pieces
        self._ways = (*_AFTER[_WHOLE], *(_DATES if dates else ()))
        self._padded = False  # cells have blanks around them, which Arrow's conversions do not take

    @property
    def type(self) -> pa.DataType:
        return _DATES.get(self.way) or (pa.int64() if self.way == _WHOLE else pa.float64())

    @property
    def marks(self) -> Marks | None:
        """The decimal mark where a cell proves it."""
        return {_POINT: Marks("."), _COMMA: Marks(",")}.get(self.way)

    def begin(self, cells: pa.Array, blank: Sequence[int]) -> bool:
        """Finds how the first cells, which are trimmed, can be read; false where they are neither plain numbers nor ISO dates.

        `blank` are the rows of parts before, which hold nothing.
        """
        if not any(self._take(_converted(cells, way), cells, way) for way in self._ways):
            return False
        self.pieces[:0] = [Piece(self.type, n) for n in blank]
        self.tally.n_rows += sum(blank)
        return True

    def add(self, cells: pa.Array) -> bool:
        """Whether these cells too could be read."""
        if cells.null_count == len(cells):
            self.pieces.append(Piece(self.type, len(cells)))
            self.tally.n_rows += len(cells)
            return True
        return any(self._add(cells, way) for way in _AFTER.get(self.way, (self.way,)))

    def _add(self, cells: pa.Array, way: str) -> bool:
        if self._padded:
            cells = cleaned(cells, self._missing)
        values = _converted(cells, way)
        if values is None and not self._padded and _has_blanks(cells):
            cells = cleaned(cells, self._missing)
            values = _converted(cells, way)
            self._padded = values is not None
        return self._take(values, cells, way)

    def _take(self, values: pa.Array | None, cells: pa.Array, way: str) -> bool:
        if values is None or not self._is_certain(cells, way):
            return False
        if way in _DATES and not self.pieces:
            self.tally = RangeTally("date", self._limit)
        if way == _COMMA != self.way:
            place = pc.index(pc.match_substring(cells, ","), True).as_py()
            self.example = (cells[place].as_py(), values[place].as_py())
        self.way = way
        counted = self.tally.n_present
        self.tally.add(values)
        if self.tally.n_present - counted < len(values) - values.null_count:  # infinite numbers and NaN are missing
            values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
        self.pieces.append(self._file.write(values))
        return True

    def _is_certain(self, cells: pa.Array, way: str) -> bool:
        if way in _DATES:
            return True
        if has_codes(cells):
            return False
        # 1.234 may be a thousand and some: what the other columns hold decides.
        mark = {_POINT: ".", _COMMA: ","}.get(way)
        return mark is None or self.way == way or not all_ambiguous(cells, mark)


def _converted(cells: pa.Array, way: str) -> pa.Array | None:
    if way == _COMMA:
        return comma_numbers(cells)
    wanted = _DATES.get(way) or (pa.int64() if way == _WHOLE else pa.float64())
    # Arrow builds an error for every cell that refuses, some 2 µs each: try growing parts first.
    try:
        for probe in (64, 2_048):
            pc.cast(cells[:probe], wanted)
        values = pc.cast(cells, wanted)
    except pa.ArrowInvalid:
        return None
    if way in _DATES:
        first = pc.min(values.view(pa.int32() if way == "day" else pa.int64())).as_py()
        return values if first is None or first >= _FIRST_DAY[way] else None
    return values


def _has_blanks(cells: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, r"^\s|\s$"), min_count=0).as_py())
