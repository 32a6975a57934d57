"""All rows of a delimited text looked at once, so that each column has its type, and then given out with those types."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import ReadingError
from pipeline.reading.findings import Repair
from pipeline.reading.header import Header
from pipeline.reading.parsing import parsed, unclosed_quote
from pipeline.reading.recipe import Recipe
from pipeline.reading.source import Source
from pipeline.reading.typing_pass import ColumnReader, ColumnType, cleaned
from pipeline.results import ColumnSummary
from pipeline.tallies import distinct_limit


@dataclass(frozen=True)
class TextRows:
    """The rows of a text whose columns' types are known."""

    columns: tuple[ColumnSummary, ...]
    repairs: tuple[Repair, ...]
    _source: Source
    _header: Header
    _types: tuple[ColumnType, ...]
    _recipe: Recipe
    _filename: str

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(name, found.type) for name, found in zip(self._header.names, self._types, strict=True)])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Raises ReadingError where the file has changed since it was looked at."""
        missing = pa.array(self._recipe.missing, pa.string())
        wanted = {
            name: pa.string() if found.padded else found.type for name, found in zip(self._header.names, self._types, strict=True)
        }
        for batch in parsed(self._source, self._header, self._recipe, wanted, self._filename):
            arrays = [_finished(values, found, missing) for values, found in zip(batch.columns, self._types, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _finished(values: pa.Array, found: ColumnType, missing: pa.Array) -> pa.Array:
    """A parsed column as its final type."""
    if pa.types.is_dictionary(found.type):
        levels = pc.index_in(cleaned(values.dictionary, missing), value_set=pa.array(found.levels, pa.string()))
        return pa.DictionaryArray.from_arrays(levels.take(values.indices), pa.array(found.levels, pa.string()))
    if pa.types.is_string(found.type):
        return cleaned(values, missing)
    if found.padded:
        values = pc.cast(cleaned(values, missing), found.type)
    if pa.types.is_floating(found.type):
        finite = pc.is_finite(values)
        if not pc.all(finite, min_count=0).as_py():
            values = pc.if_else(finite, values, pa.scalar(None, found.type))
    return values


def look_at_all(source: Source, header: Header, recipe: Recipe, filename: str) -> TextRows:
    """Type and summary of each column, decided on all rows. Columns that turn out to be another type are read once more."""
    missing = pa.array(recipe.missing, pa.string())
    limit = distinct_limit(len(header.names))
    readers = {name: ColumnReader(name, missing, limit) for name in header.names}
    last_row = _fill(list(readers.values()), source, header, recipe, filename)
    odd_quotes = bool(recipe.quote) and source.count(recipe.quote) % 2 == 1
    if odd_quotes and any("\n" in str(cells[0]) or "\r" in str(cells[0]) for cells in last_row.columns):
        raise unclosed_quote(filename)
    while again := [reader.once_more() for reader in readers.values() if reader.incomplete]:
        _fill(again, source, header, recipe, filename)
        readers |= {reader.name: reader for reader in again}
    found = [readers[name].finish() for name in header.names]
    repairs = [
        Repair(
            "infinite",
            f"{n_infinite:,} value(s) of '{summary.name}' are infinite or too large and count as missing",
            column=summary.name,
        )
        for _, summary, n_infinite in found
        if n_infinite
    ]
    if not recipe.header:
        repairs.append(
            Repair("header", "The first line holds numbers only, so it was read as data and the columns were numbered")
        )
    if odd_quotes:
        told = f"The file holds an odd number of {recipe.quote}: one is not closed"
        repairs.append(Repair("quote", told, "Check the texts around it."))
    types = tuple(entry[0] for entry in found)
    return TextRows(tuple(entry[1] for entry in found), tuple(repairs), source, header, types, recipe, filename)


def _fill(readers: list[ColumnReader], source: Source, header: Header, recipe: Recipe, filename: str) -> pa.RecordBatch:
    """Gives each reader its cells; the last row of them. Raises ReadingError where there is no row."""
    last: pa.RecordBatch | None = None
    for batch in parsed(source, header, recipe, {reader.name: pa.string() for reader in readers}, filename):
        last = batch[-1:]
        for reader, cells in zip(readers, batch.columns, strict=True):
            reader.add(cells)
    if last is None:
        raise ReadingError("header_only", f"'{filename}' holds a header and no rows.", fix="Export the table with its rows.")
    return last
