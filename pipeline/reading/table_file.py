"""A delimited text as a table: opened once, checked on all its rows, and read again in typed chunks."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import ReadingError
from pipeline.reading.dialect import Records, detect, lines_of
from pipeline.reading.header import Header, blank_lines, looks_like_data, read_header
from pipeline.reading.parsing import parsed, unclosed_quote
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.source import Source, open_source
from pipeline.reading.typing_pass import ColumnReader, ColumnType, cleaned
from pipeline.results import ColumnSummary
from pipeline.tallies import distinct_limit

_SAMPLE = 1 << 18


@dataclass(frozen=True)
class TableFile:
    """A file that can be read as a table, and what is known about its columns."""

    recipe: Recipe
    n_rows: int
    columns: tuple[ColumnSummary, ...]
    sha256: str
    n_bytes: int
    notices: tuple[str, ...]
    _filename: str
    _source: Source
    _header: Header
    _types: tuple[ColumnType, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(name, found.type) for name, found in zip(self._header.names, self._types, strict=True)])

    def chunks(self, rows: int = 65_536) -> Iterator[pa.RecordBatch]:
        """The rows in their order, `rows` at a time, with one schema and one dictionary for each category.

        Raises ReadingError where the file has changed since it was opened.
        """
        held: list[pa.RecordBatch] = []
        n_held = 0
        for batch in self._typed():
            held.append(batch)
            n_held += len(batch)
            while n_held >= rows:
                table = pa.Table.from_batches(held)
                yield from table.slice(0, rows).combine_chunks().to_batches()
                held = table.slice(rows).to_batches()
                n_held -= rows
        if n_held:
            yield from pa.Table.from_batches(held).combine_chunks().to_batches()

    def table(self) -> pa.Table:
        """All rows at once."""
        return pa.Table.from_batches(list(self.chunks()), schema=self.schema)

    def _typed(self) -> Iterator[pa.RecordBatch]:
        missing = pa.array(self.recipe.missing, pa.string())
        wanted = {
            name: pa.string() if found.padded else found.type for name, found in zip(self._header.names, self._types, strict=True)
        }
        for batch in parsed(self._source, self._header, self.recipe, wanted, self._filename):
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


def check_and_open(path: Path, *, filename: str, recipe: Recipe | None = None, limits: Limits | None = None) -> TableFile:
    """Opens a delimited text, having looked at all of it.

    Parameters
    ----------
    path : Path
        The file as it was received.
    filename : str
        Its name in messages.
    recipe : Recipe, optional
        How to read it; detected where none is given.
    limits : Limits, optional
        What is too much.

    Returns
    -------
    TableFile
        Memory does not grow with the number of rows, here and in `TableFile.chunks`.

    Raises
    ------
    ReadingError
        For whatever keeps the file from being a table of two columns or more and one row or more.
    """
    limits = limits or Limits()
    source = open_source(path, filename, limits, recipe.encoding if recipe else None)
    sample = _first_lines(source)
    if not sample.strip():
        raise ReadingError("empty", f"'{filename}' holds blank lines only.", fix="Export the table again.")
    recipe = recipe or _detected(sample, source.encoding)
    header = read_header(sample, recipe, limits, filename)
    types, columns, notices = _look_at_all(source, header, recipe, filename)
    notices = (*filter(None, [source.notice]), *header.notices, *notices)
    return TableFile(recipe, columns[0].n_rows, columns, source.sha256, source.n_bytes, notices, filename, source, header, types)


def _first_lines(source: Source) -> str:
    """The first quarter of a megabyte, cut after a whole line; more where the first line is longer."""
    size = _SAMPLE
    while True:
        data = source.head(size)
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1))
        if len(data) < size:
            return data.decode()
        if end >= 0:
            return data[: end + 1].decode()
        size *= 2


def _detected(sample: str, encoding: str) -> Recipe:
    skipped = blank_lines(sample)
    lines = lines_of(sample)[skipped:]
    dialect = detect("".join(lines))
    try:
        first = next(iter(Records(lines, dialect)), [])
    except csv.Error:
        first = []
    return Recipe(encoding, dialect.delimiter, dialect.quote, skipped, header=not looks_like_data(first))


def _look_at_all(
    source: Source, header: Header, recipe: Recipe, filename: str
) -> tuple[tuple[ColumnType, ...], tuple[ColumnSummary, ...], tuple[str, ...]]:
    """Type and summary of each column, and notices. Columns that turn out to be another type are read once more."""
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
    notices = [
        f"{n_infinite:,} value(s) of '{summary.name}' are infinite or too large and count as missing."
        for _, summary, n_infinite in found
        if n_infinite
    ]
    if not recipe.header:
        notices.append("The first line holds numbers only, so it was read as data and the columns were numbered.")
    if odd_quotes:
        notices.append(f"The file holds an odd number of {recipe.quote}: one is not closed. Check the texts around it.")
    return tuple(entry[0] for entry in found), tuple(entry[1] for entry in found), tuple(notices)


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
