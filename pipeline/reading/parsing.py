"""Arrow's parser on a file whose encoding, dialect and header are known; its complaints in our words."""

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pacsv

from pipeline.errors import ReadingError
from pipeline.reading.header import Header
from pipeline.reading.recipe import Recipe
from pipeline.reading.source import Source

_PARSE_BLOCK = 1 << 20  # holds the longest line allowed; Arrow reads some 40 blocks ahead, so this bounds the memory


def parsed(
    source: Source, header: Header, recipe: Recipe, wanted: dict[str, pa.DataType], filename: str
) -> Iterator[pa.RecordBatch]:
    """The wanted columns as Arrow's parser gives them, block by block."""
    try:
        with pa.OSFile(str(source.utf8)) as file:
            file.seek(source.start + header.n_bytes)
            reader = pacsv.open_csv(
                file,
                read_options=pacsv.ReadOptions(use_threads=False, block_size=_PARSE_BLOCK, column_names=header.names),
                parse_options=pacsv.ParseOptions(
                    delimiter=recipe.delimiter, quote_char=recipe.quote or False, newlines_in_values=bool(recipe.quote)
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=wanted,
                    include_columns=list(wanted),
                    null_values=recipe.missing,
                    strings_can_be_null=True,
                    check_utf8=False,  # the source has been looked through, and is refused below where it changed
                ),
            )
            yield from (batch for batch in reader if len(batch))
        source.refuse_change(filename)
    except pa.ArrowInvalid as error:
        source.refuse_change(filename)
        if "Empty CSV file" in str(error):
            return
        raise _refusal(filename, str(error)) from None


def _refusal(filename: str, said: str) -> ReadingError:
    """What is wrong with the file, in our words; `said` are Arrow's."""
    counts = re.search(r"Expected (\d+) columns, got (\d+)", said)
    if counts:
        expected, actual = int(counts[1]), int(counts[2])
        return ReadingError(
            "ragged",
            f"A line of '{filename}' has {actual:,} cells where the header has {expected:,}.",
            fix="Correct that line: a delimiter inside a text needs quotes, and a quote that is opened must be closed.",
        )
    if "straddling" in said:
        return unclosed_quote(filename)
    return ReadingError(
        "unreadable", f"'{filename}' cannot be read as a table from its header on.", fix="Check its delimiter and its quotes."
    )


def unclosed_quote(filename: str) -> ReadingError:
    return ReadingError(
        "unclosed_quote",
        f"'{filename}' opens a quote that is never closed.",
        fix="Look for a quote without its partner, and close or remove it.",
    )
