"""How a table is profiled: settled from the summaries and the first chunk, the same for every chunk wherever it is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.profiling.arrays import Hashes, Ints, level_texts, numbers_of, text_array
from pipeline.profiling.hashing import MISSING_HASH, text_hashes
from pipeline.profiling.numbers import NumberPlan
from pipeline.profiling.outcome import TwoClasses, two_classes
from pipeline.profiling.pairs import MOST_CATEGORIES, MOST_NUMBERS, pair_codes
from pipeline.results import ColumnSummary
from pipeline.tallies import is_number

ROWS_FOR_COPIES = 5_000_000  # with more, copies of rows are not counted
TEXT_BANDS = 20  # levels of a text that are counted against the outcome
_VALUES_AT_ONCE = 1 << 21  # rows times columns
_LEFT_OUT_NUMBERS = f"only the first {MOST_NUMBERS} columns of numbers are compared"
_LEFT_OUT_CATEGORIES = f"only the first {MOST_CATEGORIES} categories are compared"


@dataclass(frozen=True)
class TablePlan:
    """Columns go by their position. Those of numbers and dates are in `numbers`, all others in `levels`."""

    columns: tuple[ColumnSummary, ...]
    numbers: dict[int, NumberPlan]
    levels: dict[int, tuple[str, ...]]
    level_hashes: dict[int, Hashes]  # of dictionary-encoded and boolean columns, by code
    outcome: TwoClasses | None
    gaps: tuple[int, ...]  # columns with missing values
    pearson: tuple[int, ...]
    pearson_left_out: tuple[tuple[str, str], ...]
    cramers: tuple[int, ...]
    cramers_left_out: tuple[tuple[str, str], ...]
    pair_codes: dict[int, Ints]

    @classmethod
    def of(
        cls, first: pa.RecordBatch, columns: Sequence[ColumnSummary], target: str | None = None, bad_label: str | None = None
    ) -> "TablePlan":
        """Raises InvalidSpec for an outcome that is not there, UnusableData where chunk and summaries name other columns."""
        names = [column.name for column in columns]
        if list(first.schema.names) != names:
            raise unlike(f"The rows have columns {first.schema.names}, their summaries {names}.")
        numbers, levels, hashes = {}, {}, {}
        for place, (column, values) in enumerate(zip(columns, first.columns, strict=True)):
            if is_number(values.type) or pa.types.is_temporal(values.type):
                numbers[place] = NumberPlan.of(column, numbers_of(values)[0], len(columns))
            else:
                levels[place] = _levels(column, values)
                if pa.types.is_dictionary(values.type) or pa.types.is_boolean(values.type):
                    hashes[place] = np.append(text_hashes(text_array([*levels[place], ""])), MISSING_HASH)
        pearson, no_pearson = _compared(columns, "number", [*numbers], MOST_NUMBERS, _LEFT_OUT_NUMBERS)
        cramers, no_cramers = _compared(columns, "category", [*levels], MOST_CATEGORIES, _LEFT_OUT_CATEGORIES)
        return cls(
            columns=tuple(columns),
            numbers=numbers,
            levels=levels,
            level_hashes=hashes,
            outcome=two_classes(columns, target, bad_label),
            gaps=tuple(place for place, column in enumerate(columns) if column.n_missing),
            pearson=pearson,
            pearson_left_out=no_pearson,
            cramers=cramers,
            cramers_left_out=no_cramers,
            pair_codes={place: _pair_codes(columns[place], levels[place]) for place in cramers},
        )

    @property
    def n_rows(self) -> int:
        return self.columns[0].n_rows if self.columns else 0

    @property
    def n_classes(self) -> int:
        return self.outcome.n_classes if self.outcome else 1

    @property
    def counts_copies(self) -> bool:
        return self.n_rows <= ROWS_FOR_COPIES

    @property
    def block_rows(self) -> int:
        """Rows that are counted at once, so that the memory for them does not grow with the number of columns."""
        return max(_VALUES_AT_ONCE // max(len(self.columns), 1), 1 << 10)


def unlike(what: str) -> UnusableData:
    return UnusableData(f"The rows are not those of the summaries: {what}", fix="Read the data set again.")


def _levels(column: ColumnSummary, values: pa.Array) -> tuple[str, ...]:
    if pa.types.is_dictionary(values.type):
        return level_texts(values.dictionary)
    if pa.types.is_boolean(values.type):
        return ("False", "True")
    known = tuple(level for level, _ in column.levels)
    if column.kind == "category":
        return known
    often = max(10, column.n_rows // 1_000)
    coded = {code for code, _ in column.codes}
    return tuple(level for level, rows in column.levels[:TEXT_BANDS] if rows >= often or level in coded)


def _pair_codes(column: ColumnSummary, levels: tuple[str, ...]) -> Ints:
    position = {level: code for code, level in enumerate(levels)}
    return pair_codes(len(levels), [position[level] for level, _ in column.levels if level in position])


def _compared(
    columns: Sequence[ColumnSummary], kind: str, places: list[int], most: int, too_many: str
) -> tuple[tuple[int, ...], tuple[tuple[str, str], ...]]:
    """The columns of a kind that are compared with each other, and the others with the reason."""
    used: list[int] = []
    left_out = []
    for place in places:
        column = columns[place]
        if column.kind == "text" and kind == "category":
            left_out.append((column.name, "every value is missing" if column.n_missing == column.n_rows else "free text"))
        elif column.kind != kind:
            continue
        elif column.n_missing == column.n_rows:
            left_out.append((column.name, "every value is missing"))
        elif column.n_distinct == 1:
            left_out.append((column.name, "one value only"))
        elif len(used) == most:
            left_out.append((column.name, too_many))
        else:
            used.append(place)
    return tuple(used), tuple(left_out)
