"""One row of a frame as the values that explanations take."""

import numpy as np

from pipeline.explain_results import Value
from pipeline.frame import Category, Floats, Frame


def row_values(frame: Frame, at: int) -> dict[str, Value]:
    """The value of each column in a row: a number, a level, or None where it is missing."""
    return {name: _value(column, at) for name, column in frame.columns.items()}


def _value(column: Floats | Category, at: int) -> Value:
    if isinstance(column, Category):
        return column.levels[column.codes[at]] if column.codes[at] >= 0 else None
    return None if np.isnan(column[at]) else float(column[at])
