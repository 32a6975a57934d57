"""Parts of columns that wait in one temporary file, so that no cell is parsed twice and memory stays flat."""

import os
import tempfile
import weakref
from dataclasses import dataclass

import pyarrow as pa

from pipeline.reading.spool import FULL, no_space


@dataclass(frozen=True)
class Piece:
    """Some consecutive rows of one column. One that holds nulls only takes no room."""

    type: pa.DataType
    n_rows: int
    begin: int = 0
    size: int = 0


class Pieces:
    """The file, which has no name and is gone when nobody holds this object."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._end = 0
        try:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it lives as long as this object
        except OSError as error:
            raise self._refusal(error) from None
        weakref.finalize(self, self._file.close)

    def write(self, values: pa.Array) -> Piece:
        """Raises ReadingError where the disk is full."""
        if values.null_count == len(values):
            return Piece(values.type, len(values))
        data = pa.record_batch([values], names=[""]).serialize()
        piece = Piece(values.type, len(values), self._end, data.size)
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise self._refusal(error) from None
        self._end += data.size
        return piece

    def read(self, piece: Piece) -> pa.Array:
        if not piece.size:
            return pa.nulls(piece.n_rows, piece.type)
        data = pa.py_buffer(os.pread(self._file.fileno(), piece.size, piece.begin))
        return pa.ipc.read_record_batch(data, pa.schema([("", piece.type)])).column(0)

    def _refusal(self, error: OSError) -> Exception:
        return no_space(self._filename) if error.errno in FULL else error
