"""Two tables column by column: how far the rows of one have moved from those of the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.errors import InvalidSpec
from pipeline.levels import MISSING, OTHER
from pipeline.profiling.arrays import LevelCodes, level_texts, numbers_of
from pipeline.profiling.levels import LevelSummary
from pipeline.profiling.number_shift import NumberShift
from pipeline.profiling.numbers import NumberPlan, NumberSummary
from pipeline.profiling.outcome import BAD, UNKNOWN, TwoClasses, two_classes
from pipeline.profiling.planning import unlike
from pipeline.profiling.results import Comparison, Shift
from pipeline.results import ColumnSummary, Progress, Report
from pipeline.tallies import is_number

RARE = 0.01  # share of the rows of both tables below which a level is one of the others
Tally = NumberSummary | NumberShift | LevelSummary


def population_stability_index(reference: Sequence[int], other: Sequence[int]) -> float | None:
    """Sum over bands of (share of other - share of reference) * ln(share of other / share of reference); Siddiqi 2006.

    An empty band counts as half a row, so that the index is never infinite; a band that is empty in both counts not at all.
    Null where a table has no row.
    """
    before, after = np.array(reference, float), np.array(other, float)
    if not before.sum() or not after.sum():
        return None
    used = (before > 0) | (after > 0)
    first = np.maximum(before[used], 0.5) / before.sum()
    second = np.maximum(after[used], 0.5) / after.sum()
    return float(((second - first) * np.log(second / first)).sum())


def compare_chunks(
    reference: Iterable[pa.RecordBatch],
    other: Iterable[pa.RecordBatch],
    columns_reference: Sequence[ColumnSummary],
    columns_other: Sequence[ColumnSummary],
    *,
    names: tuple[str, str],
    target: str | None,
    bad_label: str | None,
    report: Report,
) -> Comparison:
    """See `pipeline.profiling.compare`."""
    in_other = {column.name: column for column in columns_other}
    in_reference = {column.name for column in columns_reference}
    shared = in_reference & set(in_other)
    before = _Side([_beside(column, in_other.get(column.name)) for column in columns_reference], shared, target, bad_label)
    after = _Side(
        [_beside(column, before.columns.get(column.name)) for column in columns_other],
        shared,
        target,
        before.bad_label or bad_label,
    )
    total = before.n_rows + after.n_rows
    before.take(reference, lambda column, values: _counted(column, values, len(shared)), report, 0, total)
    after.take(
        other,
        lambda column, values: _counted_as(before.tallies[column.name], column, values, len(shared)),
        report,
        before.n_rows,
        total,
    )
    return Comparison(
        reference_name=names[0],
        other_name=names[1],
        n_reference=before.n_rows,
        n_other=after.n_rows,
        shifts=tuple(_shift(column, before, after) for column in columns_reference if column.name in shared),
        only_reference=tuple(column.name for column in columns_reference if column.name not in shared),
        only_other=tuple(column.name for column in columns_other if column.name not in shared),
        bad_rate_reference=before.bad_rate,
        bad_rate_other=after.bad_rate,
    )


class _Side:
    """One of the two tables: what is counted of the columns that both have."""

    def __init__(self, columns: Sequence[ColumnSummary], shared: set[str], target: str | None, bad_label: str | None) -> None:
        self.columns = {column.name: column for column in columns}
        self.n_rows = columns[0].n_rows if columns else 0
        self.tallies: dict[str, Tally] = {}
        self._shared = shared
        self._outcome = _outcome(columns, target, bad_label)
        self._classes = np.zeros(UNKNOWN + 1, np.int64)
        self._codes: dict[str, LevelCodes] = {}

    @property
    def bad_label(self) -> str | None:
        return None if self._outcome is None else self._outcome.bad_label

    @property
    def bad_rate(self) -> float | None:
        known = self._classes[:UNKNOWN].sum()
        return float(self._classes[BAD] / known) if known else None

    def take(
        self,
        chunks: Iterable[pa.RecordBatch],
        tally_for: Callable[[ColumnSummary, pa.Array], Tally],
        report: Report,
        done: int,
        total: int,
    ) -> None:
        """Counts all rows, after `done` of `total` rows of both tables."""
        n = 0
        for chunk in chunks:
            if not n:
                self._begin(chunk, tally_for)
            self._add(chunk)
            n += chunk.num_rows
            report(Progress(done + n, total, f"Comparing: {done + n:,} of {total:,} rows"))
        if n != self.n_rows or not n:
            raise unlike(f"there are {n:,}, not {self.n_rows:,}.")

    def _begin(self, first: pa.RecordBatch, tally_for: Callable[[ColumnSummary, pa.Array], Tally]) -> None:
        if list(first.schema.names) != list(self.columns):
            raise unlike(f"The rows have columns {first.schema.names}, their summaries {list(self.columns)}.")
        for name in self._shared:
            tally = self.tallies[name] = tally_for(self.columns[name], first.column(name))
            if isinstance(tally, LevelSummary):
                self._codes[name] = LevelCodes(tally.levels)

    def _add(self, chunk: pa.RecordBatch) -> None:
        scaled = np.empty(chunk.num_rows)
        one_class = np.zeros(chunk.num_rows, np.int64)
        for name, tally in self.tallies.items():
            values = chunk.column(name)
            if isinstance(tally, LevelSummary):
                tally.add(self._codes[name].of(values), one_class)
                continue
            x, missing, _ = numbers_of(values)
            if isinstance(tally, NumberShift):
                tally.add(x, missing)
                continue
            if missing is not None:
                tally.count_missing(missing, None)
            with np.errstate(over="ignore", invalid="ignore"):
                tally.add(*tally.take_codes(x, missing, None), None, scaled)
        if self._outcome is not None:
            found = self._outcome.classes_of(chunk.column(self._outcome.position))
            self._classes += np.bincount(found, minlength=len(self._classes))


def _beside(column: ColumnSummary, other: ColumnSummary | None) -> ColumnSummary:
    """A special code of either table is one of both, and so is a level of a text that is counted."""
    if other is None:
        return column
    codes = tuple(dict.fromkeys([*column.codes, *other.codes]))
    known = {level for level, _ in column.levels}
    more = tuple((level, 0) for level, _ in other.levels if level not in known) if column.kind == "text" else ()
    return replace(column, codes=codes, levels=column.levels + more)


def _is_number(values: pa.Array) -> bool:
    return is_number(values.type) or bool(pa.types.is_temporal(values.type))


def _counted(column: ColumnSummary, values: pa.Array, n_columns: int) -> Tally:
    """How a column of the reference is counted; `values` are its first ones."""
    if _is_number(values):
        return NumberSummary(NumberPlan.of(column, numbers_of(values)[0], n_columns), 1)
    return LevelSummary(_levels(column, values), 1)


def _counted_as(reference: Tally, column: ColumnSummary, values: pa.Array, n_columns: int) -> Tally:
    """How the same column of the other table is counted."""
    if _is_number(values) and isinstance(reference, NumberSummary):
        return NumberShift(reference, dates=column.kind == "date")
    return _counted(column, values, n_columns)


def _outcome(columns: Sequence[ColumnSummary], target: str | None, bad_label: str | None) -> TwoClasses | None:
    """None where this table has no such outcome: the other one may."""
    try:
        return two_classes(columns, target, bad_label)
    except InvalidSpec:
        return None


def _levels(column: ColumnSummary, values: pa.Array) -> tuple[str, ...]:
    if pa.types.is_dictionary(values.type):
        return level_texts(values.dictionary)
    return ("False", "True") if pa.types.is_boolean(values.type) else tuple(level for level, _ in column.levels)


def _shift(column: ColumnSummary, before: _Side, after: _Side) -> Shift:
    other = after.columns[column.name]
    if column.kind != other.kind and {column.kind, other.kind} != {"category", "text"}:
        return Shift(column.name, column.kind, None, (), f"It is a {column.kind} in one and a {other.kind} in the other.")
    if column.kind == "text" and not _repeats(column):
        return Shift(column.name, column.kind, None, (), "Free text has no bands to compare.")
    first, second = before.tallies[column.name], after.tallies[column.name]
    bands: list[tuple[str, int, int]] = []
    if isinstance(second, NumberShift):
        bands = second.bands()
    elif isinstance(first, LevelSummary) and isinstance(second, LevelSummary):
        bands = _level_shift(first, second, before.n_rows, after.n_rows)
    bands = [band for band in bands if band[1] or band[2]]
    psi = population_stability_index([band[1] for band in bands], [band[2] for band in bands])
    return Shift(column.name, column.kind, psi, tuple(bands), "" if psi is not None else "One of the two has no row.")


def _repeats(column: ColumnSummary) -> bool:
    return bool(column.levels) and column.levels[0][1] >= RARE * column.n_rows and column.levels[0][1] > 1


def _level_shift(first: LevelSummary, second: LevelSummary, n_first: int, n_second: int) -> list[tuple[str, int, int]]:
    """Level by level, by rows in the reference; those rare in both tables together as others."""
    before, after = _by_level(first), _by_level(second)
    levels = dict.fromkeys([*before, *after])
    own = [
        level
        for level in levels
        if before.get(level, 0) >= RARE * max(n_first, 1) or after.get(level, 0) >= RARE * max(n_second, 1)
    ]
    own.sort(key=lambda level: (-before.get(level, 0), -after.get(level, 0), level))
    bands = [(level, before.get(level, 0), after.get(level, 0)) for level in own]
    others = (
        OTHER,
        int(first.by_class[:-1].sum()) - sum(n for _, n, _ in bands),
        int(second.by_class[:-1].sum()) - sum(n for _, _, n in bands),
    )
    return [*bands, others, (MISSING, int(first.by_class[-1].sum()), int(second.by_class[-1].sum()))]


def _by_level(tally: LevelSummary) -> dict[str, int]:
    return {level: int(rows.sum()) for level, rows in zip(tally.levels, tally.by_class, strict=False)}
