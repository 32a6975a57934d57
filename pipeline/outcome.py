"""The outcome column as classes: which labels there are, and which is bad."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, quoted
from pipeline.frame import category_of
from pipeline.spec import TrainSpec
from pipeline.spec_sentences import MOST_CLASSES, many_values, no_column, no_level, one_row, one_value
from pipeline.suggestions import default_bad_label


@dataclass(frozen=True)
class Outcome:
    """The rows with an outcome, the class of each, and the labels in the order of the classes."""

    rows: NDArray[np.intp]
    classes: NDArray[np.intp]
    labels: tuple[str, ...]
    bad_label: str | None  # null for three classes and more
    warnings: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(int(count) for count in np.bincount(self.classes, minlength=len(self.labels)))

    def of_every_row(self, n_rows: int) -> NDArray[np.intp]:
        """The class of each of a table's rows, -1 where it has no outcome."""
        classes = np.full(n_rows, -1, np.intp)
        classes[self.rows] = self.classes
        return classes


def outcome_of(table: pa.Table, spec: TrainSpec) -> Outcome:
    """The classes of a table's rows.

    Raises
    ------
    InvalidSpec
        Where there is no such column, or no such bad label; where it takes one value only, too many, or one of them in a
        single row.
    """
    if spec.target not in table.schema.names:
        raise InvalidSpec.one("target", no_column([spec.target], table.schema.names))
    column = category_of(table.column(spec.target))
    rows = np.flatnonzero(column.codes >= 0)
    codes = column.codes[rows].astype(np.intp)
    warnings: list[str] = []
    if len(rows) < table.num_rows:
        absent = table.num_rows - len(rows)
        warnings.append(f"{absent:,} of {table.num_rows:,} rows have no '{spec.target}' and were left out.")
    if len(column.levels) < 2:
        raise InvalidSpec.one("target", one_value(spec.target, column.levels, any_value=False))
    if spec.bad_label is not None and spec.bad_label not in column.levels:
        raise InvalidSpec.one("bad_label", no_level(spec.target, [spec.bad_label], column.levels, "label"))
    if len(column.levels) > MOST_CLASSES and spec.bad_label is None:
        raise InvalidSpec.one("target", many_values(spec.target, len(column.levels)))
    return _classes(spec, rows, codes, column.levels, warnings)


def _classes(
    spec: TrainSpec, rows: NDArray[np.intp], codes: NDArray[np.intp], levels: tuple[str, ...], warnings: list[str]
) -> Outcome:
    counts = dict(zip(levels, np.bincount(codes, minlength=len(levels)).tolist(), strict=True))
    bad = spec.bad_label or default_bad_label(counts)
    if bad is None:
        labels, classes = levels, codes
    else:
        others = [level for level in levels if level != bad]
        labels = (others[0] if len(others) == 1 else f"not {bad}", bad)
        classes = (codes == levels.index(bad)).astype(np.intp)
        if len(others) > 1:
            warnings.append(f"'{spec.target}' has {len(levels):,} labels: '{bad}' counts as bad and {quoted(others)} as good.")
    few = [label for label, count in zip(labels, np.bincount(classes).tolist(), strict=True) if count < 2]
    if few:
        raise InvalidSpec.one("target", one_row(spec.target, few))
    return Outcome(rows, classes, labels, bad, tuple(warnings))


def known_classes(values: pa.ChunkedArray, labels: tuple[str, ...]) -> NDArray[np.intp]:
    """What came of rows that a model of these labels scores.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        The outcome column.
    labels : tuple of str
        Those of the model. Where the first of two is "not ..." it stands for every value but the second.

    Returns
    -------
    ndarray of intp, shape (n,)
        The place of each row's label; -1 where it is missing, or none of them.
    """
    column = category_of(values)
    place = {label: k for k, label in enumerate(labels)}
    other = 0 if len(labels) == 2 and labels[0] == f"not {labels[1]}" else -1
    return np.array([*(place.get(level, other) for level in column.levels), -1], np.intp)[column.codes]
