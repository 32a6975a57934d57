"""A copy of a text in which every row has the same number of cells and every quote its partner, and what that took."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import ReadingError, quoted
from pipeline.reading.findings import Repair
from pipeline.reading.header import Header, beginning, named
from pipeline.reading.layout import is_header_again
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.records import Feed, Record, is_blank, next_record
from pipeline.reading.source import Source
from pipeline.reading.spool import spooled
from pipeline.reading.text_lines import last_lines, line_blocks

PADDED = "\0"  # a cell that the file has not; no text holds this character
_RAGGED_SHARE = 0.3
_TABLE_ROWS = 3  # as many rows of another length after a gap are another table


@dataclass
class _Noted:
    """Lines of which something was found: the first 20, and how many."""

    lines: list[int] = field(default_factory=list)
    n: int = 0

    def add(self, line: int) -> None:
        self.n += 1
        if len(self.lines) < 20:
            self.lines.append(line)

    def repair(self, kind: str, one: str, more: str, detail: str, undo: dict[str, Any] | None = None) -> Iterator[Repair]:
        if self.n:
            title = one if self.n == 1 else more.format(n=self.n)
            yield Repair(kind, title, detail, lines=tuple(self.lines), n_lines=self.n, undo=undo or {})


def tidied(source: Source, header: Header, recipe: Recipe, limits: Limits, filename: str) -> tuple[Source, Header, list[Repair]]:
    """The copy, its header (which is not in it), and the repairs.

    The copy has commas and doubled quotes, and goes when the source returned goes. Raises ReadingError where the
    rows are too ragged to be one table.
    """
    tail = last_lines(source, recipe.footer_lines)
    end, footer = tail.without(min(recipe.footer_lines, len(tail.lines)))
    begin = source.start + header.n_bytes
    with spooled(filename, ".csv") as copy, io.TextIOWrapper(copy.file, encoding="utf-8", newline="") as file:
        width = len(header.names)
        while True:
            work = _Tidying(header, width, recipe, filename)
            feed = Feed(line_blocks(source, begin, max(begin, end)), header.n_lines + 1)
            work.run(feed, csv.writer(file))
            if work.needed == width:
                break
            width = work.needed  # a later row has cells beyond: once more, for that many columns
            _refuse_too_many(width, limits, filename)
            file.seek(0)
            file.truncate()
        work.check()
    names = _names(header, width, limits)
    repairs = [*work.repairs(names), *_footer(footer, work.last_line)]
    return source.copied(copy), Header(names, 0, 0, width, header.cells, header.rows, header.repairs), repairs


def _names(header: Header, width: int, limits: Limits) -> tuple[str, ...]:
    if width == len(header.names):
        return header.names
    return named([*header.names, *(f"column_{k}" for k in range(len(header.names) + 1, width + 1))], limits)[0]


def _refuse_too_many(width: int, limits: Limits, filename: str) -> None:
    if width > limits.columns:
        raise ReadingError(
            "too_many_columns",
            f"A row of '{filename}' has {width:,} cells; at most {limits.columns:,} can be read.",
            fix="Check which character separates the columns and which one quotes texts.",
        )


def _footer(lines: list[str], last_line: int) -> list[Repair]:
    if not lines:
        return []
    told = beginning(lines)
    n = len(lines)
    return [
        Repair(
            "footer",
            f"{n} line{'s' if n > 1 else ''} left out at the end",
            f'starting "{told}"' if told else "without any value",
            lines=tuple(range(last_line + 1, last_line + 1 + min(n, 20))),
            n_lines=n,
            undo={"footer_lines": 0},
        )
    ]


class _Tidying:
    """One pass over the rows, which go to a writer with `width` cells each. `needed` are the columns that it would take."""

    def __init__(self, header: Header, width: int, recipe: Recipe, filename: str) -> None:
        self.width = self.needed = width
        self.last_line = 0
        self._full = header.width
        self._cells = list(header.cells)
        self._kinds = header.kinds()
        self._recipe = recipe
        self._filename = filename
        self._n_rows = self._n_ragged = 0
        self._noted: dict[str, _Noted] = {}
        self._gap = True  # nothing but blank lines since the last row
        self._run = (0, 0, 0)  # after a gap: cells of the rows, how many rows, line of the first

    def run(self, feed: Feed, writer: Any) -> None:
        while lines := feed.take_block():
            rows = self._fitting(lines)
            if rows is not None:
                writer.writerows(rows)
                self._n_rows += len(rows)
                self._gap, self._run = False, (0, 0, 0)
                continue
            feed.give_back(lines)
            end = feed.number + len(lines)
            while feed.number < end and (record := next_record(feed, self._recipe.dialect, self._full)) is not None:
                row = self._row(record)
                if row is not None:
                    self._n_rows += 1
                    if self.needed == self.width:
                        writer.writerow(row)
        self.last_line = feed.number - 1

    def _fitting(self, lines: list[str]) -> list[list[str]] | None:
        """The rows of these lines where each line is a row that needs no repair."""
        dialect = self._recipe.dialect
        if self._full != self.width or self.needed != self.width or self._gap or dialect.wrapped:
            return None
        try:
            rows = list(dialect.reader(lines, strict=True))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {self._full} or self._cells in rows:
            return None
        return None if any(not row[0].strip() and is_blank(row) for row in rows) else rows

    def _row(self, record: Record) -> list[str] | None:
        """The cells of a record as a row has them; None where it is an empty line."""
        cells, n = record.cells, len(record.cells)
        if not cells or (record.empty and self._full > 1):
            self._note("blank_lines", record)
            self._gap = True
            return None
        if not record.sound:
            self._note("quote", record)
        if record.blank and self._full > 1:
            self._note("blank_rows", record)
            self._gap = True
            return self._padded(cells)
        if cells == self._cells:
            self._note("repeated_header", record)
        elif self._gap and n == self._full and is_header_again(cells, self._kinds):
            self._note("second_header", record)
        self._look_for_another_table(record)
        self._gap = n == 1 < self._full
        self._measure(record)
        return self._padded(cells)

    def _padded(self, cells: list[str]) -> list[str]:
        return cells[: self.width] + [PADDED] * (self.width - len(cells))

    def _measure(self, record: Record) -> None:
        """Whether a row has the cells that it should have."""
        n = len(record.cells)
        if n < min(self.width, self._full):
            self._ragged(record)
        elif n > min(self.width, self._full):
            last = next((k for k in range(n, 0, -1) if record.cells[k - 1].strip()), 0)
            self.needed = max(self.needed, last)
            if last > self._full:
                self._ragged(record)
            elif n > self._full:
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
                f"{place} has {len(record.cells):,} cells where the header has {self._full:,}.",
                fix="Correct that line: a delimiter inside a text needs quotes, and a quote that is opened must be closed.",
            )

    def _look_for_another_table(self, record: Record) -> None:
        n = len(record.cells)
        cells, rows, line = self._run
        if n == self._full or n < 2 or not (self._gap or cells == n):
            self._run = (0, 0, 0)
            return
        self._run = (n, rows + 1, line) if cells == n and not self._gap else (n, 1, record.line)
        if self._run[1] >= _TABLE_ROWS and self._n_rows:
            raise ReadingError(
                "several_tables",
                f"From line {self._run[2]:,} on, the rows of '{self._filename}' have {n:,} cells where those above have "
                f"{self._full:,}: it seems to hold another table.",
                fix="Save each table as a file of its own, or leave the lines of the other one out.",
            )

    def _note(self, kind: str, record: Record) -> None:
        self._noted.setdefault(kind, _Noted()).add(record.line)

    def check(self) -> None:
        """Raises ReadingError where so many rows are ragged that the table is cut wrongly."""
        if self._n_ragged > _RAGGED_SHARE * self._n_rows:
            first = self._noted["ragged"].lines[0]
            raise ReadingError(
                "ragged",
                f"{self._n_ragged:,} of the {self._n_rows:,} rows of '{self._filename}' do not have {self._full:,} cells, "
                f"beginning with line {first:,}.",
                fix="Check which character separates the columns, which one quotes texts, and where the table begins.",
            )

    def repairs(self, names: tuple[str, ...]) -> Iterator[Repair]:
        noted = {kind: self._noted.get(kind, _Noted()) for kind in (*self._noted, *_KINDS)}
        n, n_new = self._full, len(names) - self._full
        padded = "Short rows got missing cells at the end" if n_new <= 0 else "Cells beyond became " + quoted(names[-n_new:])
        if n_new > 0 and noted["ragged"].n > 1:
            padded += "; short rows got missing cells at the end"
        yield from noted["ragged"].repair(
            "ragged", f"1 row does not have {n} cells.", f"{{n:,}} rows do not have {n} cells.", padded, {"ragged": "refuse"}
        )
        yield from noted["surplus"].repair(
            "ragged",
            "1 row has blank cells beyond the last column,",
            "{n:,} rows have blank cells beyond the last column,",
            "which were dropped",
            {"ragged": "refuse"},
        )
        if self.width < n:
            told = "1 blank column" if n - self.width == 1 else f"{n - self.width} blank columns"
            yield Repair("blank_columns", f"{told} dropped at the end:", "no name and no value", undo={"blank_columns": "keep"})
        yield from noted["quote"].repair(
            "quote",
            "1 line has a quote without its partner,",
            "{n:,} lines have a quote without its partner,",
            "which was read as an ordinary character",
        )
        yield from noted["blank_lines"].repair(
            "blank_lines", "1 empty line skipped", "{n:,} empty lines skipped", "between the rows"
        )
        yield from noted["blank_rows"].repair(
            "blank_rows", "1 row has no value at all;", "{n:,} rows have no value at all;", "kept, with all cells missing"
        )
        yield from noted["repeated_header"].repair(
            "repeated_header", "1 row repeats the header;", "{n:,} rows repeat the header;", "kept as data"
        )
        yield from noted["second_header"].repair(
            "second_header", "1 row looks like a further header;", "{n:,} rows look like further headers;", "kept as data"
        )


_KINDS = ("ragged", "surplus", "quote", "blank_lines", "blank_rows", "repeated_header", "second_header")
