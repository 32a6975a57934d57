"""Lines cut into records of cells, also where quotes do not balance."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_JOINED_LINES, _JOINED_CHARACTERS = 1_000, 1_000_000
_BLANK = " \t\r\n\x1a"  # the last ends files of DOS
csv.field_size_limit(1 << 24)  # a cell may be as long as the longest line; the library's own limit is 128 KB


@dataclass(frozen=True)
class Dialect:
    """Which character separates cells, which one quotes them, and how a quote stands within quotes."""

    delimiter: str
    quote: str
    escape: str = ""
    skip_blanks: bool = False  # blanks after a delimiter are part of it, also where the delimiter is a blank
    wrapped: bool = False  # whole lines stand in quotes

    @property
    def plain(self) -> bool:
        """Whether Arrow's parser knows all of it."""
        return not (self.escape or self.skip_blanks or self.wrapped)

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """The records of some lines. Raises csv.Error where a line cannot be cut; `strict`: and where quotes do not balance."""
        runs = self.delimiter == " " and self.skip_blanks
        if runs or self.escape:
            lines = map(self._prepared, lines)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            skipinitialspace=self.skip_blanks and not runs,
            strict=strict,
        )

    def unwrapped(self, cells: list[str]) -> list[str]:
        """The cells within a record that is one quoted cell."""
        if len(cells) != 1 or self.delimiter not in cells[0]:
            return cells
        try:
            return next(self.reader([cells[0]]), cells)
        except csv.Error:  # a line end within
            return cells

    def _prepared(self, line: str) -> str:
        if self.escape and self.escape in line:
            # The library drops every escape; here it stands for itself but before what it can protect, as in C:\temp.
            line = _lone_escapes(self).sub(lambda found: found[1] or self.escape * 2, line)
        if self.delimiter == " " and self.skip_blanks:
            text = line.rstrip(" \r\n")
            line = _runs(self.quote).sub(lambda found: found[1] or " ", text.lstrip(" ")) + line[len(text) :].lstrip(" ")
        return line


@lru_cache(maxsize=32)
def _lone_escapes(dialect: Dialect) -> re.Pattern[str]:
    e = re.escape(dialect.escape)
    return re.compile(f"({e}[{re.escape(dialect.quote + dialect.delimiter + dialect.escape)}])|{e}")


@lru_cache(maxsize=32)
def _runs(quote: str) -> re.Pattern[str]:
    q = re.escape(quote)
    return re.compile(f"({q}[^{q}]*{q})| {{2,}}" if quote else "()  +")


@dataclass(frozen=True, slots=True)
class Record:
    cells: list[str]
    line: int  # on which it begins
    n_lines: int
    sound: bool  # its quotes balance

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return is_blank(self.cells)

    @property
    def empty(self) -> bool:
        """Whether it is a line without cells."""
        return self.blank and len(self.cells) < 2

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip(_BLANK)) for cell in self.cells)


def is_blank(cells: list[str]) -> bool:
    return not any(cell.strip(_BLANK) for cell in cells)


def lines_of(text: str) -> list[str]:
    """The lines with their ends: line feed, carriage return or both, and nothing else, as Arrow cuts them."""
    return list(io.StringIO(text, newline=""))


class Feed:
    """Lines, numbered, that can be given back. They come in blocks, so that many can be had at once."""

    def __init__(self, blocks: Iterable[list[str]], number: int = 1) -> None:
        self.number = number  # of the next line
        self._blocks = iter(blocks)
        self._ready: deque[str] = deque()

    def take(self) -> str | None:
        self._fill()
        if not self._ready:
            return None
        self.number += 1
        return self._ready.popleft()

    def take_block(self) -> list[str]:
        """The lines at hand; none at the end."""
        self._fill()
        lines = list(self._ready)
        self._ready.clear()
        self.number += len(lines)
        return lines

    def give_back(self, lines: list[str]) -> None:
        self._ready.extendleft(reversed(lines))
        self.number -= len(lines)

    def _fill(self) -> None:
        while not self._ready and (block := next(self._blocks, None)) is not None:
            self._ready.extend(block)


def cut(lines: list[str], dialect: Dialect, width: int = 0, number: int = 1) -> Iterator[Record]:
    """The records of lines of which the first has this number; `width` is how many cells they should have, 0 if unknown."""
    feed = Feed([lines], number)
    while (record := next_record(feed, dialect, width)) is not None:
        yield record


def next_record(feed: Feed, dialect: Dialect, width: int) -> Record | None:
    """The record that begins with the next line.

    A quote that is not closed after 1,000 lines, or of which the end leads to another number of cells than the line alone, is
    an ordinary character.
    """
    number = feed.number
    line = feed.take()
    if line is None:
        return None
    taken = [line]
    try:
        cells: list[str] | None = next(dialect.reader(_as_needed(taken, feed), strict=True), [])
    except csv.Error:
        cells = None
    if cells is not None and dialect.wrapped:
        cells = dialect.unwrapped(cells)
    if cells is not None and (len(taken) == 1 or width in {0, len(cells)}):
        return Record(cells, number, len(taken), sound=True)
    alone = loose_cells(line, dialect, width)
    if cells is not None and len(alone) != width:
        return Record(cells, number, len(taken), sound=True)
    feed.give_back(taken[1:])
    return Record(alone, number, 1, sound=False)


def _as_needed(taken: list[str], feed: Feed) -> Iterator[str]:
    size = len(taken[0])
    yield taken[0]
    while len(taken) < _JOINED_LINES and size < _JOINED_CHARACTERS and (line := feed.take()) is not None:
        taken.append(line)
        size += len(line)
        yield line


def loose_cells(line: str, dialect: Dialect, width: int) -> list[str]:
    """The cells of a line of which the quotes do not balance.

    Three readings are tried, and the first with the right number of cells is taken: a quote ends a cell only before a
    delimiter, so that `"a "b" c"` is one cell; only cells that are quoted properly are quoted; no character quotes.
    """
    text = line.rstrip("\r\n")
    proper = _loose(text, dialect, far=False)
    for cells in (_loose(text, dialect, far=True), proper, text.split(dialect.delimiter)):
        if len(cells) == width:
            return cells
    return proper


def _loose(text: str, dialect: Dialect, *, far: bool) -> list[str]:
    delimiter, quote = dialect.delimiter, dialect.quote
    cells: list[str] = []
    at, closing = 0, True
    while at <= len(text):
        opens = at
        while dialect.skip_blanks and text.startswith(" ", opens):
            opens += 1
        end = -1
        if closing and quote and text.startswith(quote, opens):
            end = _closing(text, opens + 1, dialect, far=far)
            closing = end >= 0 or not far  # where no quote closes from here, none closes further on
        if end >= 0:
            cells.append(_plain(text[opens + 1 : end], dialect))
            at = end + 2
        else:
            end = text.find(delimiter, opens)
            end = end if end >= 0 else len(text)
            cells.append(text[opens:end])
            at = end + 1
    return cells


def _closing(text: str, at: int, dialect: Dialect, *, far: bool) -> int:
    """Where the quote stands that closes a cell: before a delimiter or the end; -1 where there is none."""
    while (at := text.find(dialect.quote, at)) >= 0:
        if dialect.escape and text[at - 1] == dialect.escape:
            at += 1
        elif text.startswith(dialect.quote, at + 1):
            at += 2
        elif at + 1 == len(text) or text.startswith(dialect.delimiter, at + 1):
            return at
        elif not far:
            return -1
        else:
            at += 1
    return -1


def _plain(cell: str, dialect: Dialect) -> str:
    if dialect.escape:
        cell = cell.replace(dialect.escape + dialect.quote, dialect.quote)
    return cell.replace(dialect.quote * 2, dialect.quote)
