"""A delimited text as a table: opened once, checked on all its rows, and read again in typed chunks."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipeline.errors import ReadingError
from pipeline.reading.dialect import Records, detect, lines_of
from pipeline.reading.header import Header, blank_lines, looks_like_data, read_header
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.source import Source, open_source
from pipeline.reading.typing_pass import ColumnReader, ColumnType, cleaned
from pipeline.results import ColumnSummary
from pipeline.tallies import distinct_limit

_PARSE_BLOCK = 4 << 20  # holds any allowed line several times over
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
        for batch in _parsed(self._source, self._header, self.recipe, wanted, self._filename):
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
    missing = pa.array(recipe.missing, pa.string())
    limit = distinct_limit(len(header.names))
    readers = {name: ColumnReader(name, missing, limit) for name in header.names}
    due = list(header.names)
    while due:
        n_rows = 0
        for batch in _parsed(source, header, recipe, dict.fromkeys(due, pa.string()), filename):
            n_rows += len(batch)
            for name, cells in zip(due, batch.columns, strict=True):
                readers[name].add(cells)
        if not n_rows:
            raise ReadingError(
                "header_only", f"'{filename}' holds a header and no rows.", fix="Export the table again, with its rows."
            )
        due = [name for name in due if readers[name].incomplete]
        for name in due:
            old = readers[name]
            readers[name] = ColumnReader(name, missing, limit, old.candidates, padded=old.padded)
    found = [readers[name].finish() for name in header.names]
    notices = [
        f"{n_infinite:,} value(s) of '{summary.name}' are infinite or too large and count as missing."
        for _, summary, n_infinite in found
        if n_infinite
    ]
    if not recipe.header:
        notices.append("The first line holds numbers only, so it was read as data and the columns were numbered.")
    return tuple(entry[0] for entry in found), tuple(entry[1] for entry in found), tuple(notices)


def _parsed(
    source: Source, header: Header, recipe: Recipe, wanted: dict[str, pa.DataType], filename: str
) -> Iterator[pa.RecordBatch]:
    """The wanted columns as Arrow's parser gives them, block by block."""
    try:
        with pa.OSFile(str(source.utf8)) as file:
            file.seek(source.start + header.n_bytes)
            reader = pacsv.open_csv(
                file,
                read_options=pacsv.ReadOptions(use_threads=False, block_size=_PARSE_BLOCK, column_names=header.names),
                parse_options=pacsv.ParseOptions(
                    delimiter=recipe.delimiter, quote_char=recipe.quote or False, newlines_in_values=bool(recipe.quote)
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=wanted,
                    include_columns=list(wanted),
                    null_values=recipe.missing,
                    strings_can_be_null=True,
                ),
            )
            yield from (batch for batch in reader if len(batch))
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return
        raise _refusal(source, recipe, filename, str(error)) from None


def _refusal(source: Source, recipe: Recipe, filename: str, said: str) -> ReadingError:
    """What is wrong with the file, in our words; `said` are Arrow's."""
    counts = re.search(r"Expected (\d+) columns, got (\d+)", said)
    if counts:
        expected, actual = int(counts[1]), int(counts[2])
        line = _line_of_ragged(source, recipe, expected)
        place = f"Line {line:,} of '{filename}'" if line else f"A line of '{filename}'"
        return ReadingError(
            "ragged",
            f"{place} has {actual:,} cells where the header has {expected:,}.",
            fix="Correct that line: a delimiter inside a text needs quotes, and a quote that is opened must be closed.",
        )
    if "straddling" in said:
        return ReadingError(
            "unclosed_quote",
            f"'{filename}' has a quoted text of more than {_PARSE_BLOCK // 1_000_000} MB.",
            fix="Look for a quote that is opened and never closed.",
        )
    return ReadingError(
        "unreadable", f"'{filename}' cannot be read as a table from its header on.", fix="Check its delimiter and its quotes."
    )


def _line_of_ragged(source: Source, recipe: Recipe, expected: int) -> int:
    """The line on which the first row of another length begins; 0 where it cannot be told."""
    data = source.head(64 << 20).decode(errors="ignore")
    records = Records(lines_of(data)[recipe.skipped_lines :], recipe.dialect)
    begins = 0
    try:
        for record in records:
            if record and len(record) != expected:
                return recipe.skipped_lines + begins + 1
            begins = records.lines_read
    except csv.Error:
        return 0
    return 0
