"""How a text is to be read, found from its first and its last lines."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from pipeline.errors import ReadingError
from pipeline.reading.dialect import detect
from pipeline.reading.header import read_header
from pipeline.reading.layout import count_footer_lines, find_table
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.records import Dialect, cut, lines_of
from pipeline.reading.source import Source
from pipeline.reading.text_lines import first_lines, last_lines

_RECORDS = 1_000


def detected(
    source: Source, limits: Limits, filename: str, *, complete: bool = True, forced: Mapping[str, Any] | None = None
) -> Recipe:
    """The recipe for a text; its end is looked at where the text is complete. Raises ReadingError where it holds blanks only.

    `forced` are the fields that are known beforehand: of a text that was made of a sheet, its dialect.
    """
    forced = forced or {}
    sample = first_lines(source)
    if not sample.strip():
        raise ReadingError("empty", f"'{filename}' holds blank lines only.", fix="Export the table again.")
    lines = lines_of(sample)
    dialect = Dialect(forced["delimiter"], forced["quote"]) if "delimiter" in forced else detect(lines)
    skipped, header = find_table(list(islice(cut(lines, dialect), _RECORDS)), dialect)
    recipe = Recipe(
        encoding=source.encoding,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        skip_blanks=dialect.skip_blanks,
        wrapped=dialect.wrapped,
        skipped_lines=skipped,
        header=header,
    )
    recipe = replace(recipe, **forced)
    return replace(recipe, footer_lines=_footer(source, sample, recipe, limits, filename)) if complete else recipe


def _footer(source: Source, sample: str, recipe: Recipe, limits: Limits, filename: str) -> int:
    head = read_header(sample, recipe, limits, filename)
    tail = last_lines(source)
    lines = tail.lines[head.n_lines :] if tail.whole else tail.lines
    return count_footer_lines(list(cut(lines, recipe.dialect, head.width)), head.width, head.kinds())
