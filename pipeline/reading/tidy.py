"""A copy of a text in which every row has the same number of cells and every quote its partner, and what that took."""

import csv
import io
from typing import TextIO

from pipeline.errors import ReadingError
from pipeline.reading.findings import Repair
from pipeline.reading.fitting import Fitting
from pipeline.reading.header import Header, named
from pipeline.reading.noted import repair_of_footer, repairs_of_rows
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.records import Feed, next_record
from pipeline.reading.source import Source
from pipeline.reading.spool import spooled
from pipeline.reading.text_lines import last_lines, line_blocks


def tidied(source: Source, header: Header, recipe: Recipe, limits: Limits, filename: str) -> tuple[Source, Header, list[Repair]]:
    """The copy, its header (which is not in it), and the repairs.

    The copy has commas and doubled quotes, and goes when the source returned goes. Raises ReadingError where the rows are too
    ragged to be one table.
    """
    tail = last_lines(source, recipe.footer_lines)
    end, footer = tail.without(min(recipe.footer_lines, len(tail.lines)))
    begin = source.start + header.n_bytes
    with spooled(filename, ".csv") as copy, io.TextIOWrapper(copy.file, encoding="utf-8", newline="") as file:
        width = len(header.names)
        while True:
            work = Fitting(header, width, recipe, filename)
            feed = Feed(line_blocks(source, begin, max(begin, end)), header.n_lines + 1)
            _copy(feed, work, recipe, file)
            if work.needed == width:
                break
            width = work.needed  # a later row has cells beyond: once more, for that many columns
            refuse_too_many(width, limits, filename)
            file.seek(0)
            file.truncate()
        work.check()
    names = widened(header, width, limits)
    repairs = [*repairs_of_rows(work.noted, header.width, names), *repair_of_footer(footer, feed.number - 1)]
    return source.copied(copy), Header(names, 0, 0, width, header.cells, header.rows, header.repairs), repairs


def _copy(feed: Feed, work: Fitting, recipe: Recipe, file: TextIO) -> None:
    writer = csv.writer(file)
    while lines := feed.take_block():
        rows = work.lines(lines)
        if rows is not None:
            writer.writerows(rows)
            continue
        feed.give_back(lines)
        end = feed.number + len(lines)
        while feed.number < end and (record := next_record(feed, recipe.dialect, work.full)) is not None:
            row = work.row(record)
            if row is not None and work.needed == work.width:
                writer.writerow(row)


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
