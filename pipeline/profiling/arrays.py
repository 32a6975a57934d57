"""Arrow columns as the arrays that are counted: numbers with NaN for missing, levels as codes."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]

_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def numbers_of(values: pa.Array) -> tuple[Floats, Mask | None, int]:
    """Numbers, or dates and times as days since 1970-01-01.

    Returns
    -------
    values : ndarray of float64
        NaN where missing; not to be changed.
    missing : ndarray of bool, optional
        Null, NaN or infinite; None where nothing is.
    n_infinite : int
        How many were infinite.
    """
    numbers = _as_floats(values)
    finite = np.isfinite(numbers)
    n_missing = len(numbers) - int(np.count_nonzero(finite))
    if not n_missing:
        return numbers, None, 0
    missing = ~finite
    if n_missing == values.null_count:
        return numbers, missing, 0
    n_infinite = int(np.count_nonzero(np.isinf(numbers)))
    return (np.where(missing, np.nan, numbers) if n_infinite else numbers), missing, n_infinite


def _as_floats(values: pa.Array) -> Floats:
    kind = values.type
    per_day = 1
    if pa.types.is_temporal(kind):
        per_day = 1 if pa.types.is_date32(kind) else _PER_DAY[getattr(kind, "unit", "ms")]
        values = values.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    elif pa.types.is_decimal(kind):
        values = pc.cast(values, pa.float64())
    numbers: Floats = values.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return numbers if per_day == 1 else numbers / per_day


def absent(values: pa.Array) -> Mask | None:
    """Where an array is null; None where it is nowhere."""
    if not values.null_count:
        return None
    bitmap = values.buffers()[0]
    if bitmap is None:  # an array of the null type
        return np.ones(len(values), np.bool_)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), count=values.offset + len(values), bitorder="little")
    gaps: Mask = bits[values.offset :] == 0
    return gaps


def level_texts(dictionary: pa.Array) -> tuple[str, ...]:
    """The levels of a dictionary as texts."""
    return tuple(str(value) for value in dictionary.to_pylist())


def text_array(texts: Sequence[str], kind: pa.DataType | None = None) -> pa.Array:
    """Texts as an Arrow array. `pyarrow.array` would load pandas to ask whether a list is a Series."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    made = pa.LargeStringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))
    return made.cast(kind or pa.string())


class LevelCodes:
    """Gives each value the position of its level; `len(levels)` for any other value and one more for missing."""

    def __init__(self, levels: Sequence[str]) -> None:
        self.levels = tuple(levels)
        self._position = {level: code for code, level in enumerate(self.levels)}
        self._seen: pa.Array = None  # the dictionary of the last chunk
        self._codes: Ints | None = None  # of its levels; None: they are ours

    @property
    def other(self) -> int:
        return len(self.levels)

    @property
    def missing(self) -> int:
        return len(self.levels) + 1

    def of(self, values: pa.Array) -> Ints:
        if pa.types.is_null(values.type):
            return np.full(len(values), self.missing, np.int64)
        if pa.types.is_boolean(values.type):
            found = values.cast(pa.int8())
        elif pa.types.is_dictionary(values.type):
            return self._of_dictionary(values)
        else:
            found = pc.index_in(values, value_set=text_array(self.levels, values.type))
        codes: Ints = found.fill_null(self.other).to_numpy(zero_copy_only=False).astype(np.int64)
        gaps = absent(values)
        if gaps is not None:
            codes[gaps] = self.missing
        return codes

    def _of_dictionary(self, values: pa.DictionaryArray) -> Ints:
        if self._seen is None or not (self._seen is values.dictionary or self._seen.equals(values.dictionary)):
            self._seen = values.dictionary
            texts = level_texts(values.dictionary)
            gaps = absent(values.dictionary)
            codes = np.array([self._position.get(text, self.other) for text in texts] + [self.missing], np.int64)
            if gaps is not None:
                codes[:-1][gaps] = self.missing
            ours = texts == self.levels and gaps is None
            self._codes = None if ours else codes
        n_levels = len(values.dictionary)
        indices = values.indices
        if self._codes is None:
            filled = indices.fill_null(self.missing) if indices.null_count else indices
            same: Ints = filled.to_numpy(zero_copy_only=False).astype(np.int64)
            return same
        filled = indices.cast(pa.int64()).fill_null(n_levels)
        recoded: Ints = self._codes.take(filled.to_numpy(zero_copy_only=False))
        return recoded
