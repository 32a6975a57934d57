"""The column that decides the side of a row: its dates in order, its groups as numbers, and groups drawn for a part."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.levels import number_text
from pipeline.outcome import Outcome
from pipeline.spec import TrainSpec
from pipeline.spec_sentences import no_column

Rows = NDArray[np.intp]


def split_values(table: pa.Table, outcome: Outcome, spec: TrainSpec) -> tuple[str, pa.ChunkedArray]:
    """The split's column at the rows with an outcome."""
    name = spec.split_column
    what = "dates" if spec.split == "date" else "groups"
    if name is None:
        raise InvalidSpec.one("split_column", f"Choose the column of {what} that decides which rows are held out.")
    if name not in table.schema.names:
        raise InvalidSpec.one("split_column", no_column([name], table.schema.names))
    if name == spec.target:
        raise InvalidSpec.one("split_column", f"'{name}' is the outcome, so it cannot decide the side of a row; choose another.")
    values = table.column(name)
    if len(outcome.rows) < table.num_rows:
        values = values.take(pa.array(outcome.rows))
    return name, values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def moments(values: pa.ChunkedArray) -> tuple[NDArray[np.float64] | NDArray[np.int64], NDArray[np.bool_]]:
    """The values as numbers that keep their order, and which rows have one."""
    if pa.types.is_temporal(values.type):
        known = values.is_valid().to_numpy()
        wide = pa.int64() if values.type.bit_width == 64 else pa.int32()
        parts = [chunk.view(wide).fill_null(0).to_numpy(zero_copy_only=False) for chunk in values.chunks]
        return np.concatenate([*parts, np.empty(0, np.int64)]).astype(np.int64), known
    numbers = np.asarray(pc.cast(values, pa.float64(), safe=False).to_numpy(), np.float64)
    return numbers, np.isfinite(numbers)


def moment_text(name: str, values: pa.ChunkedArray, at: int) -> str:
    """`2024-07-01`, or `year 2024` where dates are numbers."""
    value = values[at].as_py()
    return str(value) if pa.types.is_temporal(values.type) else f"{name} {number_text(float(value))}"


def group_numbers(values: pa.ChunkedArray) -> Rows:
    """The group of each row, numbered in the order of the values so that the order of the rows does not matter; -1 for none."""
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
    encoded = values.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return np.empty(0, np.intp)
    sizes = encoded.chunk(0).dictionary
    place = np.empty(len(sizes) + 1, np.intp)
    place[pc.sort_indices(sizes).to_numpy()] = np.arange(len(sizes))
    place[-1] = -1
    codes = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks]
    return np.asarray(place[np.concatenate(codes)])


def groups_for(order: Rows, sizes: Rows, wanted: float, spare: int) -> Rows:
    """Groups, in a drawn order, whose sizes sum to about `wanted`; at least one, and at least `spare` are left."""
    if wanted <= 0:
        return np.empty(0, np.intp)
    reach = np.cumsum(sizes[order])
    n_first = int(np.searchsorted(reach, wanted, side="right"))
    taken = order[:n_first].tolist()
    count = int(reach[n_first - 1]) if n_first else 0
    for group in order[n_first:]:
        if count >= wanted:
            break
        if count + sizes[group] <= wanted:
            taken.append(int(group))
            count += int(sizes[group])
    left = order[~np.isin(order, taken)]
    nearest = left[np.argmin(np.abs(count + sizes[left] - wanted))] if len(left) else None
    if nearest is not None and (not taken or abs(count + sizes[nearest] - wanted) < abs(count - wanted)):
        taken.append(int(nearest))
    while len(order) - len(taken) < spare:
        taken.pop()
    return np.array(taken, np.intp)
