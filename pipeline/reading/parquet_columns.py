"""A column of a Parquet file: from the file's type to the type it is given out with, and what is told about that."""

from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.levels import number_text
from pipeline.reading.findings import Repair
from pipeline.results import ColumnSummary
from pipeline.tallies import RangeTally, TextTally

_TEXT = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.timestamp("us")
_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"


def is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def natural(kind: pa.DataType) -> pa.DataType | None:
    """The type with which a column of the file is read: whole or floating number, date, time or text. None: not at all."""
    if is_text(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return _TEXT
    if pa.types.is_integer(kind):
        return pa.float64() if kind == pa.uint64() else pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_date(kind):
        return pa.date32()
    return _TIME if pa.types.is_timestamp(kind) else None


@dataclass
class Column:
    """One column while it is looked at, and then while it is given out. `chosen` is the kind that the user wants, or ""."""

    name: str
    source: pa.DataType
    chosen: str
    missing: pa.Array
    limit: int
    _unread: list[str] = field(default_factory=list)
    _n_unread: int = 0

    def __post_init__(self) -> None:
        self._natural = natural(self.source) or _TEXT  # columns that cannot be read never come here
        self.wanted = self._possible(self.chosen)
        texts = pa.types.is_dictionary(self.wanted)
        kind = "date" if pa.types.is_temporal(self.wanted) else "number"
        self._tally = TextTally(self.chosen or None, self.limit) if texts else RangeTally(kind, self.limit)
        self._levels: pa.Array | None = None
        self._looking = True

    def _possible(self, chosen: str) -> pa.DataType:
        if chosen in {"category", "text"}:
            return _TEXT
        if chosen in {"number", "date"} and is_text(self.source):
            return pa.float64() if chosen == "number" else pa.date32()
        return self._natural

    def add(self, values: pa.Array) -> None:
        self._tally.add(self._converted(values))

    def finish(self) -> ColumnSummary:
        """The summary. From now on `given` gives the final type."""
        self._looking = False
        summary = self._tally.summary(self.name)
        if isinstance(self._tally, TextTally):
            if summary.kind == "category" and (summary.n_distinct is not None):
                self._levels = pa.array(self._tally.levels, pa.string())
            else:
                summary = replace(summary, kind="text")
        return replace(summary, n_unread=self._n_unread, unread=tuple(self._unread))

    @property
    def type(self) -> pa.DataType:
        """The final type."""
        if pa.types.is_dictionary(self.wanted):
            return pa.string() if self._levels is None else _TEXT
        return self.wanted

    def given(self, values: pa.Array) -> pa.Array:
        """A part of the column with its final type."""
        found = self._converted(values)
        if pa.types.is_floating(found.type):
            return pc.if_else(pc.is_finite(found), found, pa.scalar(None, found.type))
        if not pa.types.is_dictionary(found.type):
            return found
        if self._levels is None:
            return found.dictionary.take(found.indices)
        levels = pc.index_in(found.dictionary, value_set=self._levels)
        return pa.DictionaryArray.from_arrays(levels.take(found.indices), self._levels)

    def _converted(self, values: pa.Array) -> pa.Array:
        if pa.types.is_boolean(values.type):
            values = pc.cast(values, pa.string())
        if is_text(values.type) or pa.types.is_null(values.type):
            return self._of_texts(_texts(values, self.missing))
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
            found = pc.cast(values, self._natural, safe=False)
        elif pa.types.is_timestamp(values.type):
            found = pc.cast(pc.cast(values, pa.timestamp(values.type.unit)), _TIME, safe=False)
        else:
            found = pc.cast(values, self._natural)
        return _texts(_written(found), self.missing) if pa.types.is_dictionary(self.wanted) else found

    def _of_texts(self, texts: pa.DictionaryArray) -> pa.Array:
        if pa.types.is_dictionary(self.wanted):
            return texts
        cells = texts.dictionary
        if pa.types.is_floating(self.wanted):
            right = pc.match_substring_regex(cells, _NUMBER)
            found = pc.cast(pc.if_else(right, cells, pa.scalar(None, pa.string())), pa.float64())
        else:
            found = pc.cast(pc.strptime(cells, format="%Y-%m-%d", unit="s", error_is_null=True), pa.date32())
        if self._looking:
            unread = pc.filter(texts.indices, pc.and_(pc.is_null(found), pc.is_valid(cells)).take(texts.indices))
            self._n_unread += len(unread)
            fresh = cells.take(pc.unique(unread)).to_pylist()
            self._unread = list(dict.fromkeys([*self._unread, *fresh]))[:5]
        return found.take(texts.indices)

    def repairs(self) -> list[Repair]:
        told = []
        if isinstance(self._tally, RangeTally) and self._tally.n_infinite:
            title = f"{self._tally.n_infinite:,} value(s) of '{self.name}' are infinite or too large and count as missing"
            told.append(Repair("infinite", title, column=self.name))
        if pa.types.is_decimal(self.source) and pa.types.is_floating(self.wanted):
            title = f"'{self.name}' holds decimal numbers, of which 15 digits are kept"
            told.append(Repair("decimal", title, column=self.name))
        if pa.types.is_timestamp(self.source) and self.source.tz:
            told.append(Repair("time_zone", f"The times of '{self.name}' ({self.source.tz}) were read as UTC", column=self.name))
        if self.chosen and self.wanted == self._natural and not self._fits():
            title = (
                f"'{self.name}' stays a {self._tally.summary(self.name).kind}: the file's type cannot be read as {self.chosen}"
            )
            told.append(Repair("kinds", title, column=self.name))
        return told

    def _fits(self) -> bool:
        return self.chosen in {"category", "text"} or self.chosen == getattr(self._tally, "kind", "")


def written_out(values: pa.Array, missing: pa.Array) -> pa.DictionaryArray:
    """Values of any kind as texts, null where they stand for missing."""
    return _texts(_written(values) if pa.types.is_floating(values.type) else values, missing)


def _texts(values: pa.Array, missing: pa.Array) -> pa.DictionaryArray:
    """Texts without the blanks around them, and null where they stand for missing."""
    if not pa.types.is_dictionary(values.type):
        values = pc.cast(values, pa.string()).dictionary_encode()
    cells = pc.utf8_trim_whitespace(pc.cast(values.dictionary, pa.string()))
    cells = pc.if_else(pc.is_in(cells, value_set=missing), pa.scalar(None, pa.string()), cells)
    indices = pc.cast(values.indices, pa.int32())
    if cells.null_count:
        indices = pc.if_else(pc.is_valid(cells).take(indices), indices, pa.scalar(None, pa.int32()))
    return pa.DictionaryArray.from_arrays(indices, cells)


def _written(values: pa.Array) -> pa.DictionaryArray:
    """Numbers and dates as texts: 1 for 1.0."""
    encoded = values.dictionary_encode()
    if pa.types.is_floating(values.type):
        cells = pa.array(
            [None if value != value else number_text(value) for value in encoded.dictionary.to_pylist()], pa.string()
        )
    else:
        cells = pc.cast(encoded.dictionary, pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices, cells)
