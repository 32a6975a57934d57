"""Columns as a model takes them: numbers as float64 with NaN for missing, categories as codes with -1 for missing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import UnusableData, quoted
from pipeline.levels import level_order, number_text
from pipeline.tallies import is_number

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Category:
    """A column of levels: `codes[i]` is the position in `levels`, or -1 where missing. Levels are sorted and all occur."""

    codes: Codes
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Frame:
    """Some columns of a table, each as numbers (n,) or as a category."""

    n_rows: int
    columns: dict[str, Floats | Category]
    n_infinite: dict[str, int]


def frame_of(table: pa.Table, names: Sequence[str], categorical: Collection[str]) -> Frame:
    """The named columns of a table, those in `categorical` as categories whatever their type.

    Raises UnusableData where a column is absent, or is neither numbers nor levels.
    """
    absent = [name for name in names if name not in table.schema.names]
    if absent:
        raise UnusableData(f"There is no column {quoted(absent)} in the data.", fix="Check the names of the columns.")
    columns: dict[str, Floats | Category] = {}
    n_infinite: dict[str, int] = {}
    for name in names:
        values = table.column(name)
        if is_number(values.type) and name not in categorical:
            numbers = numbers_of(values)
            infinite = np.isinf(numbers)
            if infinite.any():
                n_infinite[name] = int(infinite.sum())
                numbers = np.where(infinite, np.nan, numbers)
            columns[name] = numbers
        elif pa.types.is_temporal(values.type):
            raise UnusableData(f"'{name}' holds dates, which a model cannot take.", fix="Leave it out of the features.")
        else:
            columns[name] = category_of(values)
    return Frame(table.num_rows, columns, n_infinite)


def numbers_of(values: pa.ChunkedArray) -> Floats:
    """Numbers as float64, NaN where missing; not to be written to: the column itself, where nothing has to change."""
    parts = [_as_floats(chunk) for chunk in values.chunks if len(chunk)]
    return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.empty(0)])


def _as_floats(chunk: pa.Array) -> Floats:
    if not pa.types.is_float64(chunk.type):
        chunk = pc.cast(chunk, pa.float64(), safe=False)
    return np.asarray(chunk.to_numpy(zero_copy_only=False), np.float64)


def category_of(values: pa.ChunkedArray) -> Category:
    """Levels of any column: texts as they are, numbers and truth values by their shortest text."""
    encoded = values.cast(pa.dictionary(pa.int32(), values.type.value_type)) if _is_dictionary(values) else _encoded(values)
    encoded = encoded.unify_dictionaries()
    if not encoded.num_chunks:
        return Category(np.empty(0, np.int32), ())
    texts = [_level_text(value) for value in encoded.chunk(0).dictionary.to_pylist()]
    parts = [_indices(chunk) for chunk in encoded.chunks]
    raw = parts[0] if len(parts) == 1 else np.concatenate(parts)
    occurring = np.zeros(len(texts) + 1, bool)
    occurring[raw] = True
    used = {text for text, occurs in zip(texts, occurring, strict=False) if occurs and text is not None}
    levels = tuple(sorted(used, key=level_order))
    position = {level: code for code, level in enumerate(levels)}
    recode = np.array([-1 if text is None else position.get(text, -1) for text in texts] + [-1], np.int32)
    if np.array_equal(recode[:-1], np.arange(len(texts))):
        return Category(raw, levels)  # as they were
    return Category(np.take(recode, raw, mode="wrap"), levels)


def _indices(chunk: pa.DictionaryArray) -> Codes:
    """The places in the dictionary, -1 where missing."""
    indices = chunk.indices.fill_null(-1) if chunk.indices.null_count else chunk.indices
    return np.asarray(indices.to_numpy(zero_copy_only=False), np.int32)


def _is_dictionary(values: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_dictionary(values.type))


def _encoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    return values.dictionary_encode()


def _level_text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return str(value) if isinstance(value, int) else number_text(value)
