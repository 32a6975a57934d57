"""Counting one column chunk by chunk: missing, distinct, range and levels, in memory that does not grow with the rows."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.distinct import CloseWholes, Distinct, SortedNumbers
from pipeline.levels import number_text
from pipeline.results import ColumnSummary

DISTINCT_LIMIT = 100_000  # counting of distinct values stops here
LEVELS_SHOWN = 50
NUMBERS_SHOWN = 20
CATEGORY_LEVELS = 1_000  # a text with more levels is no category


def distinct_limit(n_columns: int) -> int:
    """How many distinct values of each column are kept: fewer for very wide tables, so that memory stays bounded."""
    return max(2_000, min(DISTINCT_LIMIT, 5_000_000 // max(n_columns, 1)))


class Tally(Protocol):
    """What is known of a column so far."""

    def add(self, values: pa.Array) -> None: ...

    def summary(self, name: str) -> ColumnSummary: ...


class RangeTally:
    """Numbers, or dates and times. Infinite numbers and NaN count as missing."""

    def __init__(self, kind: str, limit: int = DISTINCT_LIMIT) -> None:
        self.kind = kind
        self.n_rows = 0
        self.n_present = 0
        self.n_infinite = 0
        self._limit = limit
        self._type = pa.int64()
        self._fractions = False  # floating-point numbers, whether whole or not
        self._low: Any = None
        self._high: Any = None
        self._distinct: Distinct | None = CloseWholes(2 * limit)

    def add(self, values: pa.Array) -> None:
        self.n_rows += len(values)
        present = self._present(values)
        if not len(present):
            return
        low, high = present.min(), present.max()
        self._low = low if self._low is None else min(self._low, low)
        self._high = high if self._high is None else max(self._high, high)
        if self._distinct is None:
            return
        if not self._distinct.takes(present, low, high):
            self._distinct = SortedNumbers(*self._distinct.counts(), NUMBERS_SHOWN)
        self._distinct.add(present)
        if self._distinct.more_than(self._limit):
            self._distinct = None

    def _present(self, values: pa.Array) -> NDArray[Any]:
        """The values that count, dates and times as whole numbers of the type's unit; counts them."""
        self.n_present += len(values) - values.null_count
        if values.null_count and self._distinct is None and self.kind == "number":
            values = values.fill_null(self._low.item())  # changes neither end, and costs a fifth of leaving nulls out
        elif values.null_count:
            values = values.drop_null()
        if not len(values):
            return np.empty(0)
        self._type = values.type
        if pa.types.is_temporal(values.type):
            wide = values.type.bit_width == 64
            return np.asarray(values.view(pa.int64() if wide else pa.int32()))
        numbers = np.asarray(values)
        if pa.types.is_floating(values.type):
            self._fractions = True
            finite = np.isfinite(numbers)
            if not finite.all():
                self.n_infinite += int(np.isinf(numbers).sum())
                self.n_present -= len(numbers) - int(np.count_nonzero(finite))
                numbers = numbers[finite]
        return numbers

    def summary(self, name: str) -> ColumnSummary:
        values, counts = self._distinct.counts() if self._distinct is not None else (np.empty(0), None)
        levels: list[tuple[Any, int]] = []
        if counts is not None and len(values) <= NUMBERS_SHOWN:
            levels = sorted(zip(values.tolist(), counts.tolist(), strict=True), key=lambda item: (-item[1], item[0]))
        write = number_text if self.kind == "number" else self._date
        return ColumnSummary(
            name=name,
            kind=self.kind,
            n_rows=self.n_rows,
            n_missing=self.n_rows - self.n_present,
            n_distinct=None if self._distinct is None else len(values),
            minimum=self._end(self._low),
            maximum=self._end(self._high),
            levels=tuple((write(value), rows) for value, rows in levels),
        )

    def _end(self, value: Any) -> float | str | None:
        if value is None:
            return None
        if self.kind == "date":
            return self._date(value)
        number: float = float(value) if self._fractions else value.item()
        return number

    def _date(self, value: Any) -> str:
        wide = self._type.bit_width == 64
        return str(pa.array([int(value)], pa.int64() if wide else pa.int32()).view(self._type)[0].as_py())


class TextTally:
    """Texts, categories and truth values."""

    def __init__(self, kind: str | None = None, limit: int = DISTINCT_LIMIT) -> None:
        self.n_rows = 0
        self.n_present = 0
        self._kind = kind  # None: decided by the number of levels
        self._limit = limit
        self._counts: Counter[str] | None = Counter()

    @property
    def counting(self) -> bool:
        """Whether the levels are still few enough to be counted."""
        return self._counts is not None

    def add(self, values: pa.Array) -> None:
        pairs: Iterable[tuple[Any, int]] = ()
        if self.counting:
            pairs = ((entry["values"], entry["counts"]) for entry in pc.value_counts(values).to_pylist())
        self.count(len(values), len(values) - values.null_count, pairs)

    def count(self, n_rows: int, n_present: int, levels: "Iterable[tuple[Any, int]]") -> None:
        """Rows of which the levels have been counted; a level that is None is missing."""
        self.n_rows += n_rows
        self.n_present += n_present
        if self._counts is None:
            return
        for level, rows in levels:
            if level is not None:
                self._counts[str(level)] += rows
        if len(self._counts) > self._limit:
            self._counts = None

    def rows_of(self, levels: Iterable[str]) -> list[int]:
        """How often each of these levels has come, while they are counted."""
        counts = self._counts or Counter()
        return [counts[level] for level in levels]

    @property
    def levels(self) -> tuple[str, ...]:
        """All levels in sorted order; empty where counting stopped."""
        return tuple(sorted(self._counts or ()))

    @property
    def kind(self) -> str:
        """Category where the levels are few and come back; else text."""
        if self._kind:
            return self._kind
        if self._counts is None or not self._counts or len(self._counts) > CATEGORY_LEVELS:
            return "text"
        few = 2 * len(self._counts) < self.n_present if self.n_rows > 100 else len(self._counts) < self.n_present
        return "category" if few else "text"

    def summary(self, name: str) -> ColumnSummary:
        ordered = sorted((self._counts or {}).items(), key=lambda item: (-item[1], item[0]))
        return ColumnSummary(
            name=name,
            kind=self.kind,
            n_rows=self.n_rows,
            n_missing=self.n_rows - self.n_present,
            n_distinct=None if self._counts is None else len(self._counts),
            levels=tuple(ordered[:LEVELS_SHOWN]),
        )


def is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _tally_for(kind: pa.DataType, limit: int) -> Tally:
    if is_number(kind):
        return RangeTally("number", limit)
    if pa.types.is_temporal(kind):
        return RangeTally("date", limit)
    if pa.types.is_dictionary(kind) or pa.types.is_boolean(kind):
        return TextTally("category", limit)
    return TextTally(limit=limit)


def summarise(table: "pa.Table | Iterable[pa.RecordBatch]") -> tuple[ColumnSummary, ...]:
    """A summary of each column of typed data.

    Parameters
    ----------
    table : pyarrow.Table or iterable of pyarrow.RecordBatch
        Numbers, dictionary-encoded or boolean categories, dates, and texts, which count as categories where their levels are
        few and come back. All batches have the same schema.

    Returns
    -------
    tuple of ColumnSummary
        In the order of the columns; distinct values are counted up to 100,000 (fewer in tables of more than 50 columns).
        Empty where there is no batch at all.
    """
    batches = table.to_batches() if isinstance(table, pa.Table) else table
    names: list[str] = list(table.schema.names) if isinstance(table, pa.Table) else []
    tallies: list[Tally] = []
    if isinstance(table, pa.Table):
        tallies = [_tally_for(field.type, distinct_limit(len(names))) for field in table.schema]
    for batch in batches:
        if not tallies:
            names = list(batch.schema.names)
            tallies = [_tally_for(field.type, distinct_limit(len(names))) for field in batch.schema]
        for tally, values in zip(tallies, batch.columns, strict=True):
            if pa.types.is_decimal(values.type):
                values = pc.cast(values, pa.float64())
            tally.add(values)
    return tuple(tally.summary(name) for name, tally in zip(names, tallies, strict=True))
