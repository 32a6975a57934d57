"""A delimited text as a table: opened once, checked on all its rows, and read again in typed chunks."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pipeline.errors import ReadingError
from pipeline.reading.dialect import Records, detect, lines_of
from pipeline.reading.findings import Repair
from pipeline.reading.header import blank_lines, looks_like_data, read_header
from pipeline.reading.looking import look_at_all
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.source import Source, open_source
from pipeline.results import ColumnSummary

_SAMPLE = 1 << 18


class TypedRows(Protocol):
    """The rows of a table with their final types, whatever kind of file they come from."""

    @property
    def schema(self) -> pa.Schema: ...

    @property
    def columns(self) -> tuple[ColumnSummary, ...]: ...

    @property
    def repairs(self) -> tuple[Repair, ...]: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class TableFile:
    """A file that can be read as a table, and what is known about its columns."""

    recipe: Recipe
    columns: tuple[ColumnSummary, ...]
    sha256: str
    n_bytes: int
    repairs: tuple[Repair, ...]
    _rows: TypedRows

    @property
    def n_rows(self) -> int:
        return self.columns[0].n_rows

    @property
    def notices(self) -> tuple[str, ...]:
        """The repairs as sentences."""
        return tuple(repair.sentence for repair in self.repairs)

    @property
    def schema(self) -> pa.Schema:
        return self._rows.schema

    def chunks(self, rows: int = 65_536) -> Iterator[pa.RecordBatch]:
        """The rows in their order, `rows` at a time, with one schema and one dictionary for each category.

        Raises ReadingError where the file has changed since it was opened.
        """
        held: list[pa.RecordBatch] = []
        n_held = 0
        for batch in self._rows.batches():
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
    rows = look_at_all(source, header, recipe, filename)
    told = [Repair("encoding", source.notice)] if source.notice else []
    repairs = (*told, *(Repair("header_names", notice) for notice in header.notices), *rows.repairs)
    return TableFile(recipe, rows.columns, source.sha256, source.n_bytes, repairs, rows)


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
    return Recipe(
        encoding=encoding,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        skipped_lines=skipped,
        header=not looks_like_data(first),
    )
