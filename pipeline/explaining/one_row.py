"""One applicant's values as a model takes them: as a table of one row, or, in the same sense and much faster, as a frame."""

import math
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.explain_results import Value
from pipeline.frame import Category, Floats, Frame
from pipeline.levels import number_text
from pipeline.model import FittedModel
from pipeline.terms import reads_levels


def one_row(model: FittedModel, values: Mapping[str, Value]) -> pa.Table:
    """A table of one row out of the values of the model's fields. Raises UnusableData where a field has none of its kind."""
    levels = _levels_of(model)
    columns = {}
    for name in model.fields:
        value = _value(name, values, is_level=name in levels)
        columns[name] = pa.array([value], pa.string() if name in levels else pa.float64())
    return pa.table(columns)


def frame_of_values(model: FittedModel, values: Mapping[str, Value]) -> Frame:
    """What `model.frame` makes of `one_row`, without the table. Raises UnusableData."""
    levels = _levels_of(model)
    columns: dict[str, Floats | Category] = {}
    n_infinite: dict[str, int] = {}
    for name in model.fields:
        value = _value(name, values, is_level=name in levels)
        if name in levels:
            known = () if value is None else (str(value),)
            columns[name] = Category(np.array([len(known) - 1], np.int32), known)
            continue
        number = math.nan if value is None else float(value)
        if math.isinf(number):
            n_infinite[name], number = 1, math.nan
        columns[name] = np.array([number])
    return Frame(1, columns, n_infinite)


def _levels_of(model: FittedModel) -> frozenset[str]:
    return frozenset(name for term in model.terms if reads_levels(term) for name in term.sources)


def _value(name: str, values: Mapping[str, Value], *, is_level: bool) -> Value:
    """The value of a field, a text for one that is read as levels."""
    if name not in values:
        raise UnusableData(f"There is no value for '{name}'.", fix="Give one, or say that it is missing.")
    value = values[name]
    if value is None:
        return None
    if is_level:
        return value if isinstance(value, str) else number_text(value)
    if isinstance(value, str):
        raise UnusableData(f"'{name}' is a number.", fix="Give a number, or say that it is missing.")
    return float(value)
