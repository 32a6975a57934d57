"""Parquet files: typed columns straight from the file, in memory that depends neither on its rows nor on what it claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import ReadingError, quoted
from pipeline.reading.containers import Unpacked
from pipeline.reading.findings import Repair
from pipeline.reading.header import named
from pipeline.reading.parquet_columns import Column, is_text, natural, written_out
from pipeline.reading.parquet_pages import FOOTER_BYTES, footer_size, pages, row_groups
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.source import changed, stamp
from pipeline.results import ColumnSummary, Progress, Report, no_report
from pipeline.tallies import distinct_limit

_BATCH_BYTES = 1 << 26
_PAGE_BYTES = 1 << 25
_ROWS = 1 << 16
_ENTRIES = 100_000  # of one list in the footer: columns, groups within columns, row groups
_BUFFER = 1 << 20  # read ahead of each column: without it a column's part of a row group is held as a whole
_WRONG = (
    pa.ArrowException,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
)  # what Arrow raises on files that are damaged or made up


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a Parquet file whose columns have been looked at."""

    schema: pa.Schema
    columns: tuple[ColumnSummary, ...]
    repairs: tuple[Repair, ...]
    _parts: "_Parts"
    _columns: tuple[Column, ...]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Raises ReadingError where the file has changed since it was looked at."""
        with _in_our_words(self._parts.filename):
            for arrays in self._parts.read():
                given = [column.given(values) for column, values in zip(self._columns, arrays, strict=True)]
                yield pa.RecordBatch.from_arrays(given, schema=self.schema)


def look_at_parquet(unpacked: Unpacked, recipe: Recipe, limits: Limits, filename: str, report: Report = no_report) -> ParquetRows:
    """Type and summary of each column.

    Whole numbers, floating numbers, decimals (as floating numbers), truth values, texts, dates and times (with a zone: in UTC)
    are read; columns of any other type are left out and told. Of the recipe `missing` and `kinds` count.

    Raises ReadingError for what is damaged, encrypted, or larger than the limits when it is decoded.
    """
    missing = pa.array(recipe.missing, pa.string())
    with _in_our_words(filename):
        parts = _Parts(unpacked, limits, filename)
        names, notices = named([field.name for field in parts.fields], limits)
        limit = distinct_limit(len(names))
        columns = tuple(
            Column(name, field.type, recipe.kinds.get(name, ""), missing, limit)
            for name, field in zip(names, parts.fields, strict=True)
        )
        n_rows = 0
        for arrays in parts.read():
            for column, values in zip(columns, arrays, strict=True):
                column.add(values)
            n_rows += len(arrays[0]) if arrays else 0
            report(Progress(n_rows, parts.n_rows, f"Reading rows: {n_rows:,} of {parts.n_rows:,}"))
    summaries = tuple(column.finish() for column in columns)
    repairs = [*parts.left_out, *(Repair("header_names", notice) for notice in notices)]
    repairs += [repair for column in columns for repair in column.repairs()]
    schema = pa.schema([(column.name, column.type) for column in columns])
    return ParquetRows(schema, summaries, tuple(repairs), parts, columns)


def first_rows(
    unpacked: Unpacked, recipe: Recipe, limits: Limits, filename: str, n: int
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    """The names of the columns and at most `n` rows as texts, None where missing. Raises ReadingError as `look_at_parquet`."""
    missing = pa.array(recipe.missing, pa.string())
    with _in_our_words(filename):
        parts = _Parts(unpacked, limits, filename)
        names, _ = named([field.name for field in parts.fields], limits)
        columns = [written_out(values[:n], missing).to_pylist() for values in next(parts.read())]
    return tuple(names), tuple(zip(*columns, strict=True))


class _Parts:
    """The columns that are read of a Parquet file, and their arrays as the file has them."""

    def __init__(self, unpacked: Unpacked, limits: Limits, filename: str) -> None:
        self._unpacked = unpacked  # keeps a temporary file alive
        self._limits = limits
        self.filename = filename
        self._stamp = stamp(unpacked.path)
        with self._opened() as file:
            self._choose(file)
            self.n_rows: int = file.metadata.num_rows
            self._measure(self.n_rows)

    def _opened(self, **options: object) -> pq.ParquetFile:
        with self._unpacked.path.open("rb") as file:
            if footer_size(file) > FOOTER_BYTES:
                raise self._too_large(f"a table of contents of more than {FOOTER_BYTES:,} bytes")
        return pq.ParquetFile(
            self._unpacked.path,
            buffer_size=_BUFFER,
            pre_buffer=False,
            arrow_extensions_enabled=False,
            thrift_container_size_limit=_ENTRIES,
            **options,
        )

    def _choose(self, file: pq.ParquetFile) -> None:
        schema, limits = file.schema_arrow, self._limits
        if file.metadata.num_columns > limits.columns:
            told = f"'{self.filename}' has {file.metadata.num_columns:,} columns; at most {limits.columns:,} can be read."
            raise ReadingError("too_many_columns", told, fix="Export fewer columns.")
        if not file.metadata.num_rows:
            raise ReadingError("header_only", f"'{self.filename}' holds no rows.", fix="Export the table with its rows.")
        if not 0 < file.metadata.num_rows <= limits.rows:
            told = f"'{self.filename}' has {file.metadata.num_rows:,} rows; at most {limits.rows:,} can be read."
            raise ReadingError("too_large", told, fix="Export fewer rows.")
        read = [field for field in schema if natural(field.type) is not None]
        self.fields = tuple(read)
        if not read:
            told = f"'{self.filename}' holds no column of numbers, texts or dates."
            raise ReadingError("no_column", told, fix="Export plain columns.")
        others = [f"{field.name} ({field.type})"[:60] for field in schema if natural(field.type) is None]
        title = f"{len(others)} column(s) were left out: {quoted(others)};"
        self.left_out = (
            [Repair("left_out", title, "only numbers, texts, truth values, dates and times are read")] if others else []
        )
        firsts = accumulate((_leaves(field.type) for field in schema), initial=0)
        self._indices = [first for first, field in zip(firsts, schema, strict=False) if natural(field.type) is not None]
        self._texts = [file.schema.column(k).path for k, field in zip(self._indices, read, strict=True) if is_text(field.type)]

    def _measure(self, n_rows: int) -> None:
        """How many rows may be decoded at once, by the pages' own headers."""
        total = 8 * n_rows * len(self._indices)
        densest = dict.fromkeys(self._indices, 8.0)  # bytes for each value
        with self._unpacked.path.open("rb") as file:
            for index, chunk in ((k, group[k]) for group in row_groups(file) for k in self._indices):
                for page in pages(file, chunk):
                    total += page.n_bytes
                    if page.n_bytes > _PAGE_BYTES:
                        raise self._too_large(f"a page of {page.n_bytes:,} bytes")
                    if not page.dictionary and page.n_values:
                        densest[index] = max(densest[index], page.n_bytes / page.n_values)
                if total > self._limits.unpacked_bytes:
                    raise self._too_large(f"more than {self._limits.unpacked_bytes:,} bytes")
        self._rows = max(1, min(_ROWS, int(_BATCH_BYTES / sum(densest.values()))))

    def read(self) -> Iterator[list[pa.Array]]:
        """The columns' arrays, some rows at a time; texts come as dictionaries."""
        with self._opened(read_dictionary=self._texts) as file:
            groups = list(range(file.metadata.num_row_groups))
            for batch in file.reader.iter_batches(self._rows, row_groups=groups, column_indices=self._indices, use_threads=False):
                for part in self._slices(batch):
                    yield part.columns
        if stamp(self._unpacked.path) != self._stamp:
            raise changed(self.filename)

    def _slices(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """The batch in parts that stay small when their texts are written out instead of referred to."""
        size = sum(self._written_out(values) for values in batch.columns if pa.types.is_dictionary(values.type))
        if size <= _BATCH_BYTES or len(batch) < 2:
            yield batch
            return
        half = len(batch) // 2
        yield from self._slices(batch.slice(0, half))
        yield from self._slices(batch.slice(half))

    def _written_out(self, values: pa.DictionaryArray) -> int:
        lengths = pc.cast(pc.binary_length(values.dictionary), pa.int64())
        longest = pc.max(lengths).as_py() or 0
        if longest > self._limits.line_bytes:
            raise self._too_large(f"a text of {longest:,} bytes")
        size: int = pc.sum(lengths.take(values.indices)).as_py() or 0
        return size

    def _too_large(self, what: str) -> ReadingError:
        told = f"'{self.filename}' holds {what} when it is unpacked, which is more than can be read."
        return ReadingError("too_large", told, fix="Export fewer rows or columns, or write the table again with usual settings.")


@contextmanager
def _in_our_words(filename: str) -> Iterator[None]:
    """What Arrow says of a damaged file, as a refusal."""
    try:
        yield
    except _WRONG as error:
        if "crypt" in str(error):
            told, fix = f"'{filename}' is an encrypted Parquet file.", "Write it again without encryption."
            raise ReadingError("encrypted", told, fix=fix) from None
        told = f"'{filename}' is a Parquet file that is damaged or cut off."
        raise ReadingError("damaged", told, fix="Write or send it again, and take the whole file.") from None


def _leaves(kind: pa.DataType) -> int:
    """How many of the file's columns one column of the table takes."""
    if pa.types.is_nested(kind):
        return sum(_leaves(kind.field(k).type) for k in range(kind.num_fields))
    return 1
