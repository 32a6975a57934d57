"""How a file is read, and how much of it is allowed."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from pipeline.errors import ReadingError
from pipeline.reading.dialect import Dialect

FORMAT = 1

# Case matters: "none" is a level in the public credit data, "None" is what Python writes for nothing.
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?", "#N/A", "<NA>")


@dataclass(frozen=True)
class Recipe:
    """How a delimited text is read. Cells lose the blanks around them; a cell that is one of `missing` is missing."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'  # "" where no character quotes
    skipped_lines: int = 0  # lines before the header
    header: bool = True
    missing: tuple[str, ...] = MISSING
    format: int = FORMAT

    @property
    def dialect(self) -> Dialect:
        return Dialect(self.delimiter, self.quote)

    def to_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The recipe as it was stored. Raises ReadingError for a format that this version does not know."""
        if stored.get("format") != FORMAT:
            raise ReadingError(
                "recipe",
                f"The reading recipe has format {stored.get('format')}; this version reads format {FORMAT}.",
                fix="Read the file without a recipe.",
            )
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
        return cls(**values)


@dataclass(frozen=True)
class Limits:
    """What is refused. A line is what ends with a line feed or carriage return."""

    line_bytes: int = 1_000_000
    columns: int = 2_000
    name_length: int = 200  # longer column names are cut, with a notice
