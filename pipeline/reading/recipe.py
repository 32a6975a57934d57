"""How a file is read, and how much of it is allowed."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from pipeline.errors import ReadingError
from pipeline.reading.records import Dialect

FORMAT = 2

# Case matters: "none" is a level in the public credit data, "None" is what Python writes for nothing.
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?", "#N/A", "<NA>")
KINDS = ("number", "category", "text", "date")
RAGGED = ("pad", "refuse")
BLANK_COLUMNS = ("drop", "keep")
DATE_ORDERS = ("", "ymd", "dmy", "mdy")


@dataclass(frozen=True)
class Recipe:
    """How a table is read from a file. Cells lose the blanks around them; a cell that is one of `missing` is missing.

    Of a Parquet file only `missing` and `kinds` count; of a workbook `sheet` and all that says what lines and cells mean.
    """

    container: str = "text"  # text, parquet or xlsx
    compression: str = ""  # "", gzip or zip: what the file is wrapped in
    sheet: str = ""  # of a workbook; "" is the first
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'  # "" where no character quotes
    escape: str = ""  # "" where a quote within quotes is doubled, else the character before it
    skip_blanks: bool = False  # blanks after a delimiter are part of it; several blanks where it is a blank are one
    wrapped: bool = False  # each line stands in quotes as a whole, with a table's cells in it
    skipped_lines: int = 0  # lines before the header, or before the first row where there is no header
    header: bool = True
    footer_lines: int = 0  # lines after the last row that are none: totals, sources, blank cells
    ragged: str = "pad"  # pad: short rows get missing cells, long ones make columns; refuse
    blank_columns: str = "drop"  # drop columns without a name and without a value, or keep
    decimal: str = "."
    thousands: str = ""  # "", or one of , . ' and blank
    dates: str = ""  # the order in dates that could be read in two ways: ymd, dmy, mdy; "": found for each column
    missing: tuple[str, ...] = MISSING
    kinds: dict[str, str] = field(default_factory=dict)  # column -> kind, where the user has chosen it
    format: int = FORMAT

    def __post_init__(self) -> None:
        marks = (self.delimiter, self.quote, self.escape)
        told = ""
        if len(self.delimiter) != 1 or any(len(mark) > 1 or not mark.isascii() or mark in "\r\n\0" for mark in marks if mark):
            told = "Delimiter, quote and escape are one ASCII character each."
        elif len({mark for mark in marks if mark}) < sum(map(bool, marks)):
            told = "Delimiter, quote and escape are different characters."
        elif min(self.skipped_lines, self.footer_lines) < 0:
            told = "The lines to skip are counted from 0."
        elif self.ragged not in RAGGED or self.blank_columns not in BLANK_COLUMNS or self.dates not in DATE_ORDERS:
            told = f"Ragged rows: {' or '.join(RAGGED)}; blank columns: {' or '.join(BLANK_COLUMNS)}; dates: ymd, dmy or mdy."
        if told:
            raise ReadingError("recipe", told, fix="Correct how the file is to be read.")

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.delimiter, self.quote, self.escape, self.skip_blanks, self.wrapped)

    def to_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The recipe as it was stored. Raises ReadingError for a format that this version does not know.

        Format 1 knew neither containers nor marks nor repairs; a file that it read is read the same way with the defaults.
        """
        if stored.get("format") not in {1, FORMAT}:
            raise ReadingError(
                "recipe",
                f"The reading recipe has format {stored.get('format')}; this version reads format {FORMAT}.",
                fix="Read the file without a recipe.",
            )
        known = {entry.name for entry in fields(cls)}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in known
        }
        return cls(**{**values, "format": FORMAT})


@dataclass(frozen=True)
class Limits:
    """What is refused. A line is what ends with a line feed or carriage return."""

    line_bytes: int = 1_000_000
    columns: int = 2_000
    name_length: int = 200  # longer column names are cut, with a notice
    unpacked_bytes: int = 16_000_000_000  # of what a gzip, zip or workbook holds
    unpacked_ratio: int = 200  # what more than 100 MB may be of the packed size
    rows: int = 100_000_000
