"""The outcome while profiling: each row's class, found chunk by chunk."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.errors import InvalidSpec, quoted
from pipeline.profiling.arrays import Ints, LevelCodes, numbers_of
from pipeline.results import ColumnSummary
from pipeline.suggestions import default_bad_label

GOOD, BAD, UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class TwoClasses:
    """An outcome with a bad label; every other label is good."""

    position: int  # of its column
    name: str
    bad_label: str
    labels: tuple[str, ...]
    n_classes: int  # 3 where some rows have no outcome, else 2
    is_number: bool

    def classes_of(self, values: pa.Array) -> Ints:
        """GOOD, BAD or UNKNOWN for each row."""
        if self.is_number:
            numbers, missing, _ = numbers_of(values)
            classes: Ints = (numbers == float(self.bad_label)).astype(np.int64)
        else:
            codes = LevelCodes(self.labels)
            found = codes.of(values)
            classes = (found == self.labels.index(self.bad_label)).astype(np.int64)
            missing = found == codes.missing
        if missing is not None:
            classes[missing] = UNKNOWN
        return classes


def class_counts(columns: Sequence[ColumnSummary], target: str | None) -> tuple[tuple[str, int], ...]:
    """The labels of the outcome with their rows; empty where it has too many values to be classes.

    Raises InvalidSpec where there is no such column.
    """
    if target is None:
        return ()
    column = next((column for column in columns if column.name == target), None)
    if column is None:
        names = quoted([column.name for column in columns], 20)
        raise InvalidSpec.one("target", f"There is no column '{target}'; the columns are {names}.")
    return column.levels


def two_classes(columns: Sequence[ColumnSummary], target: str | None, bad_label: str | None) -> TwoClasses | None:
    """The outcome where it has two classes, or a label that is named as bad; None for any other.

    Raises InvalidSpec where there is no such column, or no such label in it.
    """
    labels = dict(class_counts(columns, target))
    if target is None:
        return None
    position, column = next((place, column) for place, column in enumerate(columns) if column.name == target)
    if bad_label is not None and bad_label not in labels:
        held = f"its labels are {quoted(labels, 20)}" if labels else "it has too many values to be an outcome"
        raise InvalidSpec.one("bad_label", f"'{target}' has no label '{bad_label}'; {held}.")
    bad = bad_label if bad_label is not None else default_bad_label(labels) if column.n_distinct == 2 else None
    if bad is None or len(labels) < 2:
        return None
    n_classes = 3 if column.n_missing else 2
    return TwoClasses(position, target, bad, tuple(labels), n_classes, column.kind == "number")
