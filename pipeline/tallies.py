"""Counting one column chunk by chunk: missing, distinct, range and levels, in memory that does not grow with the rows."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

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
        self._low: Any = None
        self._high: Any = None
        self._seen: pa.Array = pa.nulls(0)  # distinct values so far
        self._new: list[pa.Array] = []  # those of the last chunks
        self._stopped = False
        self._counts: Counter[Any] | None = Counter()  # rows of each value, while they are few

    def add(self, values: pa.Array) -> None:
        self.n_rows += len(values)
        if pa.types.is_floating(values.type):
            self.n_infinite += pc.sum(pc.is_inf(values)).as_py() or 0
            values = values.filter(pc.is_finite(values))  # drops nulls too
        elif values.null_count:
            values = values.drop_null()
        if not len(values):
            return
        self.n_present += len(values)
        ends = pc.min_max(values)
        low, high = ends["min"].as_py(), ends["max"].as_py()
        self._low = low if self._low is None else min(self._low, low)
        self._high = high if self._high is None else max(self._high, high)
        self._count(values)

    def _count(self, values: pa.Array) -> None:
        if self._counts is not None:
            for entry in pc.value_counts(values)[: NUMBERS_SHOWN + 1].to_pylist():
                self._counts[entry["values"]] += entry["counts"]
            if len(self._counts) > NUMBERS_SHOWN:
                self._counts = None
        if not self._stopped:
            self._new.append(pc.unique(values))
            if sum(map(len, self._new)) > max(2 * len(self._seen), 50_000):  # merging each chunk would be quadratic
                self._merge()

    def _merge(self) -> None:
        parts = [*([self._seen] if len(self._seen) else []), *self._new]
        if len({part.type for part in parts}) > 1:  # whole numbers, and then a fraction
            parts = [pc.cast(part, pa.float64(), safe=False) for part in parts]
        if parts:
            self._seen = pc.unique(pa.concat_arrays(parts))
        self._new = []
        if len(self._seen) > self._limit:
            self._stopped, self._seen = True, pa.nulls(0)

    def summary(self, name: str) -> ColumnSummary:
        self._merge()
        write = (lambda value: value) if self.kind == "number" else str
        counts = self._counts if self._counts is not None and self.n_present else {}
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return ColumnSummary(
            name=name,
            kind=self.kind,
            n_rows=self.n_rows,
            n_missing=self.n_rows - self.n_present,
            n_distinct=None if self._stopped else len(self._seen),
            minimum=None if self._low is None else write(self._low),
            maximum=None if self._high is None else write(self._high),
            levels=tuple((number_text(value) if self.kind == "number" else str(value), rows) for value, rows in ordered),
        )


class TextTally:
    """Texts, categories and truth values."""

    def __init__(self, kind: str | None = None, limit: int = DISTINCT_LIMIT) -> None:
        self.n_rows = 0
        self.n_present = 0
        self._kind = kind  # None: decided by the number of levels
        self._limit = limit
        self._counts: Counter[str] | None = Counter()

    def add(self, values: pa.Array) -> None:
        self.n_rows += len(values)
        self.n_present += len(values) - values.null_count
        if self._counts is None:
            return
        for entry in pc.value_counts(values).to_pylist():
            if entry["values"] is not None:
                self._counts[str(entry["values"])] += entry["counts"]
        if len(self._counts) > self._limit:
            self._counts = None

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
