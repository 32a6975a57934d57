"""The parts of a Parquet file by its own tables: how much memory reading them takes, before any of it is read.

A page is unpacked as a whole, so that a few bytes of a file can ask for 2 GB, and the footer says nothing of pages. Arrow's own
view of the footer ends the process on some damaged files (seen with 26.0: "level histogram size mismatch"), so it is not asked.
The tables are in Thrift's compact protocol (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md;
github.com/apache/parquet-format, parquet.thrift).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

FOOTER_BYTES = 1 << 24
_DATA, _DICTIONARY, _DATA_V2 = 5, 7, 8  # fields of a page header that say how many values the page has
_FIRST, _MOST = 1 << 10, 1 << 24  # bytes of a page header: usual, and with the longest statistics
_DEPTH = 16


class BadTable(ValueError):
    """A footer or a page header that is none."""


@dataclass(frozen=True)
class Chunk:
    """A column's part of a row group: where its pages begin, and how many values they have."""

    at: int
    n_values: int


@dataclass(frozen=True)
class Page:
    """One page: bytes when unpacked, and values (of a dictionary: entries)."""

    n_bytes: int
    n_values: int
    dictionary: bool


def footer_size(file: BinaryIO) -> int:
    """The bytes of the footer. Raises BadTable where the file is shorter."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 8))
    length = int.from_bytes(file.read(4), "little")
    if length + 12 > size:
        raise BadTable
    return length


def row_groups(file: BinaryIO) -> list[list[Chunk]]:
    """The chunks of each row group, in the order of the columns. Raises BadTable."""
    length = footer_size(file)
    file.seek(-8 - length, 2)
    try:
        groups = _Compact(file.read(length)).struct()[4]
        return [[_chunk(column[3]) for column in group[1]] for group in groups]
    except (LookupError, TypeError, AttributeError):
        raise BadTable from None


def _chunk(fields: dict[int, Any]) -> Chunk:
    at, dictionary = fields[9], fields.get(11) or 0
    chunk = Chunk(min(at, dictionary) if dictionary > 0 else at, fields[5])
    if chunk.at < 4 or chunk.n_values < 0:
        raise BadTable
    return chunk


def pages(file: BinaryIO, chunk: Chunk) -> Iterator[Page]:
    """The pages of a chunk. Raises BadTable."""
    at, left = chunk.at, chunk.n_values
    while left > 0:
        fields, length = _header(file, at)
        try:
            page = _page(fields)
            at += length + fields[3]
            wrong = min(page.n_bytes, page.n_values, fields[3]) < 0
        except (LookupError, TypeError):
            raise BadTable from None
        if wrong:
            raise BadTable
        yield page
        left -= 0 if page.dictionary else page.n_values


def _page(fields: dict[int, Any]) -> Page:
    counted = next((fields[key] for key in (_DATA, _DATA_V2, _DICTIONARY) if key in fields), {1: 0})  # an index has no values
    return Page(fields[2], counted[1], _DICTIONARY in fields)


def _header(file: BinaryIO, at: int) -> tuple[dict[int, Any], int]:
    size = _FIRST
    while size <= _MOST:
        file.seek(at)
        data = file.read(size)
        reader = _Compact(data)
        try:
            return reader.struct(), reader.at
        except IndexError:
            if len(data) < size:
                break
            size *= 16
    raise BadTable


class _Compact:
    """Structs of the compact protocol as dictionaries; texts are passed over. IndexError where the data end too early."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data

    def struct(self, depth: int = 0) -> dict[int, Any]:
        if depth > _DEPTH:
            raise BadTable
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 0x0F
            fields[number] = kind == 1 if kind in {1, 2} else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in {4, 5, 6}:
            return self._zigzag()
        if kind in {7, 8}:
            return self._skip(8 if kind == 7 else self._varint())
        if kind in {1, 2, 3}:
            return self._byte()
        if kind in {9, 10}:
            head = self._byte()
            size = head >> 4 if head >> 4 < 15 else self._varint()
            return [self._value(head & 0x0F, depth + 1) for _ in range(size)]
        if kind == 12:
            return self.struct(depth + 1)
        raise BadTable  # Parquet has no maps

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _skip(self, n: int) -> None:
        self.at += n
        if self.at > len(self._data):
            raise IndexError

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise BadTable

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
