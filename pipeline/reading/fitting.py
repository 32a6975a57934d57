"""Rows brought to one number of cells, and what is noted of those that had another."""

import csv

from pipeline.errors import ReadingError
from pipeline.reading.header import Header
from pipeline.reading.layout import is_header_again
from pipeline.reading.noted import Noted
from pipeline.reading.recipe import Recipe
from pipeline.reading.records import Record, is_blank

PADDED = "\0"  # a cell that the file has not; no text holds this character
_RAGGED_SHARE = 0.3
_TABLE_ROWS = 3  # as many rows of another length after a gap are another table


class Fitting:
    """One pass over the rows of a table, each of which gets `width` cells. `needed` are the columns that it would take."""

    def __init__(self, header: Header, width: int, recipe: Recipe, filename: str) -> None:
        self.width = self.needed = width
        self.full = header.width
        self._cells = list(header.cells)
        self._kinds = header.kinds()
        self._recipe = recipe
        self._filename = filename
        self._n_rows = self._n_ragged = 0
        self.noted: dict[str, Noted] = {}
        self._gap = True  # nothing but blank lines since the last row
        self._run = (0, 0, 0)  # after a gap: cells of the rows, how many rows, line of the first

    def fits(self, lines: list[str]) -> bool:
        """Whether each of these lines is a row that needs no repair and can be copied as it stands."""
        dialect = self._recipe.dialect
        if self.full != self.width or self.needed != self.width or self._gap or not dialect.plain:
            return False
        text = "".join(lines)
        if dialect.quote not in text:
            delimiters = {line.count(dialect.delimiter) for line in lines}
            blank_first = any(line[0].isspace() or line[0] == dialect.delimiter for line in lines)
            fits = (delimiters == {self.full - 1} and not (blank_first or self._header_in(text))) or self._parsed_fit(lines)
        else:
            fits = self._parsed_fit(lines)
        if fits:
            self._n_rows += len(lines)
            self._run = (0, 0, 0)
        return fits

    def _header_in(self, text: str) -> bool:
        return bool(self._cells) and self._recipe.delimiter.join(self._cells) in text

    def _parsed_fit(self, lines: list[str]) -> bool:
        try:
            rows = list(self._recipe.dialect.reader(lines, strict=True))
        except csv.Error:
            return False
        if len(rows) != len(lines) or set(map(len, rows)) != {self.full} or self._cells in rows:
            return False
        return not any(not row[0].strip() and is_blank(row) for row in rows)

    def row(self, record: Record) -> list[str] | None:
        """The cells of a record as a row has them; None where it is an empty line."""
        cells, n = record.cells, len(record.cells)
        if not cells or (record.empty and self.full > 1):
            self._note("blank_lines", record)
            self._gap = True
            return None
        self._n_rows += 1
        if not record.sound:
            self._note("quote", record)
        if record.blank and self.full > 1:
            self._note("blank_rows", record)
            self._gap = True
            return self._padded(cells)
        if cells == self._cells:
            self._note("repeated_header", record)
        elif self._gap and n == self.full and is_header_again(cells, self._kinds):
            self._note("second_header", record)
        self._look_for_another_table(record)
        self._gap = n == 1 < self.full
        self._measure(record)
        return self._padded(cells)

    def _padded(self, cells: list[str]) -> list[str]:
        return cells[: self.width] + [PADDED] * (self.width - len(cells))

    def _measure(self, record: Record) -> None:
        """Whether a row has the cells that it should have."""
        n = len(record.cells)
        if n < min(self.width, self.full):
            self._ragged(record)
        elif n > min(self.width, self.full):
            last = next((k for k in range(n, 0, -1) if record.cells[k - 1].strip()), 0)
            self.needed = max(self.needed, last)
            if last > self.full:
                self._ragged(record)
            elif n > self.full:
                self._refuse_if_told(record)
                self._note("surplus", record)

    def _ragged(self, record: Record) -> None:
        self._refuse_if_told(record)
        self._n_ragged += 1
        self._note("ragged", record)

    def _refuse_if_told(self, record: Record) -> None:
        if self._recipe.ragged == "refuse":
            place = f"Line {record.line:,} of '{self._filename}'"
            raise ReadingError(
                "ragged",
                f"{place} has {len(record.cells):,} cells where the header has {self.full:,}.",
                fix="Correct that line: a delimiter inside a text needs quotes, and a quote that is opened must be closed.",
            )

    def _look_for_another_table(self, record: Record) -> None:
        n = len(record.cells)
        cells, rows, line = self._run
        if n == self.full or n < 2 or not (self._gap or cells == n):
            self._run = (0, 0, 0)
            return
        self._run = (n, rows + 1, line) if cells == n and not self._gap else (n, 1, record.line)
        if _TABLE_ROWS <= self._run[1] < self._n_rows:
            raise ReadingError(
                "several_tables",
                f"From line {self._run[2]:,} on, the rows of '{self._filename}' have {n:,} cells where those above have "
                f"{self.full:,}: it seems to hold another table.",
                fix="Save each table as a file of its own, or leave the lines of the other one out.",
            )

    def _note(self, kind: str, record: Record) -> None:
        self.noted.setdefault(kind, Noted()).add(record.line)

    def check(self) -> None:
        """Raises ReadingError where so many rows are ragged that the table is cut wrongly."""
        if self._n_ragged > _RAGGED_SHARE * self._n_rows:
            first = self.noted["ragged"].lines[0]
            raise ReadingError(
                "ragged",
                f"{self._n_ragged:,} of {self._n_rows:,} row(s) of '{self._filename}' do not have {self.full:,} cells, "
                f"beginning with line {first:,}.",
                fix="Check which character separates the columns, which one quotes texts, and where the table begins.",
            )
