"""A copy of a text in which every row has the same number of cells and every quote its partner, and what that took."""

import csv
import io
from dataclasses import dataclass, replace
from typing import TextIO

from pipeline.errors import ReadingError
from pipeline.reading.findings import Repair
from pipeline.reading.fitting import Fitting
from pipeline.reading.header import Header, named
from pipeline.reading.noted import repair_of_footer, repairs_of_rows
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.records import Dialect, Feed, next_record
from pipeline.reading.source import Source
from pipeline.reading.spool import spooled
from pipeline.reading.text_lines import last_lines, line_blocks


@dataclass(frozen=True)
class Tidy:
    """The copy, the header that is not in it, its dialect, and what was mended."""

    source: Source
    header: Header
    dialect: Dialect
    repairs: tuple[Repair, ...]


def tidied(source: Source, header: Header, recipe: Recipe, limits: Limits, filename: str) -> Tidy:
    """A copy that goes when its source goes. Raises ReadingError where the rows are too ragged to be one table."""
    tail = last_lines(source, recipe.footer_lines)
    end, footer = tail.without(min(recipe.footer_lines, len(tail.lines)))
    begin = source.start + header.n_bytes
    with spooled(filename, ".csv") as copy, io.TextIOWrapper(copy.file, encoding="utf-8", newline="") as file:
        width = len(header.names)
        while True:
            work = Fitting(header, width, recipe, filename)
            feed = Feed(line_blocks(source, begin, max(begin, end)), header.n_lines + 1)
            _copy(feed, work, recipe.dialect, file)
            if work.needed == width:
                break
            width = work.needed  # a later row has cells beyond: once more, for that many columns
            refuse_too_many(width, limits, filename)
            file.seek(0)
            file.truncate()
        work.check()
    names = widened(header, width, limits)
    repairs = (*repairs_of_rows(work.noted, header.width, names), *repair_of_footer(footer, feed.number - 1))
    return Tidy(source.copied(copy), replace(header, names=names, n_bytes=0, n_lines=0), _written_as(recipe.dialect), repairs)


def _copy(feed: Feed, work: Fitting, dialect: Dialect, file: TextIO) -> None:
    own = _written_as(dialect)
    writer = csv.writer(file, delimiter=own.delimiter, quotechar=own.quote)
    while lines := feed.take_block():
        if own == dialect and work.fits(lines):
            file.writelines(lines)
            continue
        feed.give_back(lines)
        end = feed.number + len(lines)
        while feed.number < end and (record := next_record(feed, dialect, work.full)) is not None:
            row = work.row(record)
            if row is not None and work.needed == work.width:
                writer.writerow(row)


def _written_as(dialect: Dialect) -> Dialect:
    """The dialect of the copy: the text's own where Arrow's parser knows it, so that lines can be copied."""
    return dialect if dialect.plain and dialect.quote else Dialect(",", '"')


def widened(header: Header, width: int, limits: Limits) -> tuple[str, ...]:
    """The names of so many columns; those beyond the header are numbered."""
    if width == len(header.names):
        return header.names
    return named([*header.names, *(f"column_{k}" for k in range(len(header.names) + 1, width + 1))], limits)[0]


def refuse_too_many(width: int, limits: Limits, filename: str) -> None:
    if width > limits.columns:
        raise ReadingError(
            "too_many_columns",
            f"A row of '{filename}' has {width:,} cells; at most {limits.columns:,} can be read.",
            fix="Check which character separates the columns and which one quotes texts.",
        )
