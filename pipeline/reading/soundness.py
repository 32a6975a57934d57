"""Whether Arrow's parser, which knows no repairs, has read a text as it is meant."""

import re
from collections.abc import Sequence

from pipeline.reading.header import Header
from pipeline.reading.recipe import Recipe
from pipeline.reading.source import Source
from pipeline.reading.text_lines import count_lines, last_lines
from pipeline.results import ColumnSummary

_BLOCK = 1 << 18


def is_as_read(source: Source, header: Header, recipe: Recipe, columns: Sequence[ColumnSummary]) -> bool:
    """Whether each line is one row and each row is one of data, so that nothing is left to be told.

    A quote that swallows lines makes fewer rows than lines, as do texts with line ends in them, and empty lines.
    """
    n_lines = count_lines(source) - header.n_lines - last_lines(source).n_blank
    if n_lines != columns[0].n_rows:
        return False
    blank = recipe.delimiter.encode() * (header.width - 1)
    if all(column.n_missing for column in columns) and _holds_line(source, blank):
        return False
    if not header.cells or any(column.kind in {"number", "date"} and not column.n_unread for column in columns):
        return True
    first = source.head(header.n_bytes).splitlines()[-1].strip()
    return not first or not _holds_line(source, first, header.n_bytes)


def _holds_line(source: Source, line: bytes, begin: int = 0) -> bool:
    """Whether a line is exactly this one. The file is read in blocks: pages of a mapped one would count as memory."""
    pattern = re.compile(rb"[\r\n]" + re.escape(line) + rb"[\r\n]")
    rest = b""
    with source.utf8.open("rb") as file:
        file.seek(max(source.start + begin - 1, 0))
        while block := file.read(_BLOCK):
            block = rest + block
            if line in block and pattern.search(block):  # a tenth of what the pattern alone costs
                return True
            rest = block[-len(line) - 2 :]
    return False
