"""A column of which all rows have been looked at: its type, its summary, and its values part by part."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.reading.findings import Repair
from pipeline.reading.pieces import Piece, Pieces
from pipeline.reading.values import Marks
from pipeline.results import ColumnSummary

CODES = pa.int32()  # pieces of this type hold numbers of levels; values have other types


@dataclass(frozen=True)
class Column:
    """`values` are what the codes stand for, where there are codes: of the column's type, or texts that are its levels."""

    type: pa.DataType
    summary: ColumnSummary
    pieces: tuple[Piece, ...]
    file: Pieces
    repairs: tuple[Repair, ...] = ()
    values: pa.Array | None = None
    levels: tuple[str, ...] = ()  # of a category, in sorted order
    marks: Marks | None = None  # of numbers, where a cell has one
    order: str = ""  # of dates written as three numbers

    def part(self, k: int) -> pa.Array:
        """The values of a piece."""
        piece = self.pieces[k]
        if pa.types.is_dictionary(self.type):
            return self._category(piece)
        if not piece.size:
            return pa.nulls(piece.n_rows, self.type)
        values = self.file.read(piece)
        if piece.type == CODES and self.values is not None:
            return self.values.take(values)
        return values if values.type == self.type else pc.cast(values, self.type, safe=False)

    def _category(self, piece: Piece) -> pa.DictionaryArray:
        """Codes are numbered anew in the order of the levels."""
        levels = pa.array(self.levels, pa.string())
        codes = self.file.read(piece) if piece.size else pa.nulls(piece.n_rows, CODES)
        if self.values is not None:
            codes = pc.index_in(self.values, value_set=levels).take(codes)
        return pa.DictionaryArray.from_arrays(codes, levels)
