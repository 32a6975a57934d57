"""A file as a table: opened once, checked on all its rows, and read again in typed chunks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from pipeline.errors import ReadingError
from pipeline.reading.containers import unpack
from pipeline.reading.detection import detected
from pipeline.reading.findings import Repair
from pipeline.reading.fitting import PADDED
from pipeline.reading.header import Header, read_header
from pipeline.reading.looking import TextRows, look_at_all
from pipeline.reading.parquet import look_at_parquet
from pipeline.reading.parsing import parsed
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.soundness import is_as_read
from pipeline.reading.source import Source, open_source
from pipeline.reading.text_lines import first_lines
from pipeline.reading.tidy import tidied
from pipeline.results import ColumnSummary, Report, no_report

_MENDED = {"ragged", "unclosed_quote", "unreadable"}  # what Arrow's parser refuses and a tidy copy may have mended


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
    _text: "Text | None" = None
    sheets: tuple[str, ...] = ()  # of a workbook: the names that `recipe.sheet` may have

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

    def text_batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as the file has them: cells as strings, untrimmed; null where a row is short of a cell, and nowhere else."""
        if self._text is None:
            texts = pa.schema([(name, pa.string()) for name in self.schema.names])
            yield from (batch.cast(texts) for batch in self._rows.batches())
        else:
            yield from self._text.batches(missing=(PADDED,))

    def table(self) -> pa.Table:
        """All rows at once."""
        return pa.Table.from_batches(list(self.chunks()), schema=self.schema)


@dataclass(frozen=True)
class Text:
    """A text that Arrow's parser reads right: the file as it is, or its tidy copy."""

    source: Source
    header: Header
    recipe: Recipe
    filename: str
    repairs: tuple[Repair, ...] = ()

    def typed(self, report: Report, delimiter: str = "") -> TextRows:
        """The delimiter is that of the file as it was received."""
        return look_at_all(self.source, self.header, self.recipe, self.filename, delimiter or self.recipe.delimiter, report)

    def batches(self, missing: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        """All cells as strings, but for those that stand for missing."""
        wanted = dict.fromkeys(self.header.names, pa.string())
        return parsed(self.source, self.header, replace(self.recipe, missing=missing), wanted, self.filename)


def check_and_open(
    path: Path,
    *,
    filename: str,
    recipe: Recipe | None = None,
    sheet: str = "",
    limits: Limits | None = None,
    report: Report = no_report,
) -> TableFile:
    """Opens a delimited text, a Parquet file or a sheet of a workbook, plain or packed, having looked at all of it.

    Parameters
    ----------
    path : Path
        The file as it was received.
    filename : str
        Its name in messages.
    recipe : Recipe, optional
        How to read it; detected where none is given.
    sheet : str
        Of a workbook whose recipe is detected: the sheet to read; "" is the first.
    limits : Limits, optional
        What is too much.
    report : Report, optional
        Told how far the reading is, a few times for each 100,000 rows; it may raise Stopped.

    Returns
    -------
    TableFile
        Memory does not grow with the number of rows, here and in `TableFile.chunks`.

    Raises
    ------
    ReadingError
        For whatever keeps the file from being a table of one row or more.
    """
    limits = limits or Limits()
    unpacked = unpack(path, filename, limits, recipe or Recipe(sheet=sheet))
    recipe = replace(recipe, **unpacked.forced) if recipe else None
    if unpacked.container == "parquet":
        recipe = recipe or Recipe(**unpacked.forced)
        typed = look_at_parquet(unpacked, recipe, limits, filename, report)
        repairs = (*unpacked.repairs, *typed.repairs)
        return TableFile(recipe, typed.columns, unpacked.sha256, unpacked.n_bytes, repairs, typed)
    source = open_source(unpacked, filename, limits, recipe.encoding if recipe else None)
    recipe = recipe or detected(source, limits, filename, forced=unpacked.forced)
    header = read_header(first_lines(source), recipe, limits, filename)
    text, rows = _looked_at(source, header, recipe, limits, filename, report)
    repairs = (*source.repairs, *header.repairs, *text.repairs, *rows.repairs)
    return TableFile(rows.resolved(recipe), rows.columns, source.sha256, source.n_bytes, repairs, rows, text, unpacked.sheets)


def _looked_at(
    source: Source, header: Header, recipe: Recipe, limits: Limits, filename: str, report: Report
) -> tuple[Text, TextRows]:
    """The text as Arrow reads it: straight from the file where that is right, else from a tidy copy."""
    if header.plain and recipe.dialect.plain and not recipe.footer_lines:
        text = Text(source, header, recipe, filename)
        try:
            rows = text.typed(report)
        except ReadingError as error:
            if error.kind not in _MENDED:
                raise
        else:
            if is_as_read(source, header, recipe, rows.columns):
                return text, rows
    tidy = tidied(source, header, recipe, limits, filename)
    # Cells that were added count as missing also where a blank does not.
    missing = (*recipe.missing, PADDED)
    inner = replace(recipe, delimiter=tidy.dialect.delimiter, quote=tidy.dialect.quote, escape="", missing=missing)
    text = Text(tidy.source, tidy.header, inner, filename, tidy.repairs)
    return text, text.typed(report, recipe.delimiter)
