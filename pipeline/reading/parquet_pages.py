"""The pages of a Parquet file by their own headers, which say how much memory reading them takes; the footer may say anything.

A page is unpacked as a whole, so that a few bytes of a file can ask for 2 GB. The headers are in Thrift's compact protocol
(github.com/apache/thrift, doc/specs/thrift-compact-protocol.md; github.com/apache/parquet-format, parquet.thrift).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

_DATA, _DICTIONARY, _DATA_V2 = 5, 7, 8  # fields of a page header that say how many values the page has
_FIRST, _MOST = 1 << 10, 1 << 24  # bytes of a page header: usual, and with the longest statistics
_DEPTH = 8


class BadPage(ValueError):
    """A page header that is none."""


@dataclass(frozen=True)
class Page:
    """One page: bytes when unpacked, and values (of a dictionary: entries)."""

    n_bytes: int
    n_values: int
    dictionary: bool


def pages(file: BinaryIO, chunk: Any) -> Iterator[Page]:
    """The pages of a column chunk (`pyarrow.parquet.ColumnChunkMetaData`). Raises BadPage."""
    at: int = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset is not None:
        at = min(at, chunk.dictionary_page_offset)
    if at < 4:
        raise BadPage
    left = chunk.num_values
    while left > 0:
        fields, length = _header(file, at)
        counted = next((fields[key] for key in (_DATA, _DATA_V2, _DICTIONARY) if key in fields), None)
        packed = fields.get(3)
        if not isinstance(packed, int) or not isinstance(fields.get(2), int) or packed < 0:
            raise BadPage
        n_values = counted.get(1, -1) if isinstance(counted, dict) else 0  # a page of an index has none
        if n_values < 0:
            raise BadPage
        dictionary = _DICTIONARY in fields
        yield Page(fields[2], n_values, dictionary)
        left -= 0 if dictionary else n_values
        at += length + packed


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
    raise BadPage


class _Compact:
    """Structs of the compact protocol as dictionaries; texts and lists are passed over. IndexError where the data end."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data

    def struct(self, depth: int = 0) -> dict[int, Any]:
        if depth > _DEPTH:
            raise BadPage
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields[number] = self._value(head & 0x0F, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in {1, 2}:
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in {4, 5, 6}:
            return self._zigzag()
        if kind in {7, 8}:
            return self._skip(8 if kind == 7 else self._varint())
        if kind == 12:
            return self.struct(depth + 1)
        raise BadPage  # headers of pages hold neither lists nor maps

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
                raise BadPage

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
