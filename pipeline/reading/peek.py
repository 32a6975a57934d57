"""The first rows of a file as they will be read, from its beginning alone."""

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import ReadingError
from pipeline.reading.containers import Unpacked, unpack
from pipeline.reading.detection import detected
from pipeline.reading.encodings import marked, utf16_without_mark
from pipeline.reading.fitting import PADDED, Fitting
from pipeline.reading.header import Header, read_header
from pipeline.reading.parquet import first_rows
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.records import Feed, lines_of, next_record
from pipeline.reading.source import Source, open_source
from pipeline.reading.spool import spooled
from pipeline.reading.text_lines import first_lines, last_lines
from pipeline.reading.tidy import refuse_too_many, widened

_HEAD = 1 << 20


@dataclass(frozen=True)
class Peek:
    """How a file is read and its first rows; `problem` is what keeps the rows from being read, from there on."""

    recipe: Recipe
    names: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    line_numbers: tuple[int, ...] = ()  # on which each row begins
    problem: ReadingError | None = None
    sheets: tuple[str, ...] = ()  # of a workbook: the names that `recipe.sheet` may have


def peek(
    path: Path,
    *,
    filename: str,
    recipe: Recipe | None = None,
    sheet: str = "",
    limits: Limits | None = None,
    rows: int = 50,
    complete: bool = True,
) -> Peek:
    """The first rows of a file, looking at its first megabyte at most.

    Parameters
    ----------
    path : Path
        The file, or its beginning.
    filename : str
        Its name in messages.
    recipe : Recipe, optional
        How to read it; detected where none is given. Of a file that is not complete the end is not known, so that lines to leave
        out there are neither detected nor left out.
    sheet : str
        Of a workbook whose recipe is detected: the sheet to look at; "" is the first.
    limits : Limits, optional
        What is too much.
    rows : int
        How many rows at most.
    complete : bool
        False where `path` holds the beginning of a file only, of which the last line may be cut.

    Returns
    -------
    Peek
        Its cells are texts without the blanks around them, None where missing.
    """
    limits = limits or Limits()
    known = recipe or Recipe()
    sheets: tuple[str, ...] = ()
    try:
        unpacked = unpack(path, filename, limits, recipe or Recipe(sheet=sheet))
        known, sheets = replace(known, **unpacked.forced), unpacked.sheets
        if unpacked.container == "parquet":
            names, cells = first_rows(unpacked, known, limits, filename, rows)
            return Peek(known, names, cells, tuple(range(1, len(cells) + 1)))
        head, whole = _beginning(unpacked, filename, complete)
        source = open_source(head, filename, limits, recipe.encoding if recipe else None)
        known = known if recipe else detected(source, limits, filename, complete=whole, forced=unpacked.forced)
        header = read_header(first_lines(source), known, limits, filename)
        return replace(_rows(source, header, known, limits, filename, rows, whole), sheets=sheets)
    except ReadingError as error:
        return Peek(known, problem=error, sheets=sheets or error.sheets)


def _beginning(unpacked: Unpacked, filename: str, complete: bool) -> tuple[Unpacked, bool]:
    """A text of at most a megabyte that ends with a whole line, and whether that is all of it."""
    with unpacked.path.open("rb") as file:
        data = file.read(_HEAD + 1)
    if complete and len(data) <= _HEAD:
        return unpacked, True
    end = _end_of_line(data[:_HEAD])
    with spooled(filename, ".csv") as copy:
        copy.file.write(data[: end or _HEAD])
    return replace(unpacked, path=copy.path, held=copy), False


def _end_of_line(data: bytes) -> int:
    """Behind the last line end; 0 where there is none."""
    encoding = marked(data)[0] or utf16_without_mark(data) or "ascii"
    ends = [mark.encode(encoding) for mark in ("\n", "\r")] if encoding.startswith("utf-") else [b"\n", b"\r"]
    for end in ends:
        at = data.rfind(end)
        while at % len(end) and at > 0:
            at = data.rfind(end, 0, at)
        if at >= 0:
            return at + len(end)
    return 0


def _rows(source: Source, header: Header, recipe: Recipe, limits: Limits, filename: str, n: int, whole: bool) -> Peek:
    lines = lines_of(first_lines(source))
    if whole:
        tail = last_lines(source, recipe.footer_lines)
        if tail.whole:
            lines = tail.lines[: len(tail.lines) - recipe.footer_lines]
    work = Fitting(header, len(header.names), recipe, filename)
    found, problem = _taken(work, lines, header, recipe, n)
    if work.needed > work.width:
        refuse_too_many(work.needed, limits, filename)
        work = Fitting(header, work.needed, recipe, filename)
        found, problem = _taken(work, lines, header, recipe, n)
    if not found and problem is None and whole:
        problem = ReadingError("header_only", f"'{filename}' holds a header and no rows.", fix="Export the table with its rows.")
    missing = {*recipe.missing, PADDED}
    rows = tuple(tuple(None if (text := cell.strip()) in missing else text for cell in row) for row in found.values())
    return Peek(recipe, widened(header, work.width, limits), rows, tuple(found), problem)


def _taken(
    work: Fitting, lines: list[str], header: Header, recipe: Recipe, n: int
) -> tuple[dict[int, list[str]], ReadingError | None]:
    """The first rows by their lines, and what keeps more from being read."""
    found: dict[int, list[str]] = {}
    feed = Feed([lines[header.n_lines :]], header.n_lines + 1)
    try:
        while len(found) < n:
            record = next_record(feed, recipe.dialect, work.full)
            if record is None:
                work.check()
                break
            row = work.row(record)
            if row is not None:
                found[record.line] = row
    except ReadingError as error:
        return found, error
    return found, None
