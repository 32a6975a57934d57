"""Numbers in as few bytes as hold them: whole ones in one, two or four, amounts to the cent as whole numbers of cents."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

# pyarrow and numpy are imported inside the functions: a process that shows no rows never loads them.

SCALES = (1, 10, 100, 1_000, 10_000)
_PROBE = 512  # values that tell whether a scale is worth trying on all
_AS, _SCALE = b"scoredesk.as", b"scoredesk.scale"


def narrowed(values: "pa.Array") -> tuple["pa.Array", dict[bytes, bytes]]:
    """The values in fewer bytes, and what `widened` needs to give them back exactly; as they are where that is not possible."""
    import pyarrow as pa

    kind = values.type
    if pa.types.is_dictionary(kind) and kind.index_type == pa.int32():
        codes = _whole(values.indices)
        return pa.DictionaryArray.from_arrays(codes, values.dictionary, safe=False), {_AS: b"codes"}
    if kind == pa.int64():
        return _whole(values), {_AS: b"int64"}
    if kind == pa.float64():
        numbers = (values.fill_null(1.0) if values.null_count else values).to_numpy()
        for scale in SCALES:
            whole = _scaled(numbers, scale)
            if whole is not None:
                return _with_nulls_of(values, whole), {_AS: b"double", _SCALE: str(scale).encode()}
    return values, {}


def widened(values: "pa.Array", told: dict[bytes, bytes]) -> "pa.Array":
    """What `narrowed` was given."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = told.get(_AS)
    if kind == b"codes":
        return pa.DictionaryArray.from_arrays(values.indices.cast(pa.int32()), values.dictionary, safe=False)
    if kind == b"int64":
        return values.cast(pa.int64())
    if kind == b"double":
        return pc.divide(values.cast(pa.float64()), float(told[_SCALE]))
    return values


def _whole(values: "pa.Array") -> "pa.Array":
    """Whole numbers in the narrowest type that holds them."""
    import pyarrow.compute as pc

    ends = pc.min_max(values)
    return values.cast(_narrowest(ends["min"].as_py() or 0, ends["max"].as_py() or 0), safe=False)


def _narrowest(low: int, high: int) -> "pa.DataType":
    import pyarrow as pa

    for kind in (pa.int8(), pa.int16(), pa.int32()):
        most = 1 << (kind.bit_width - 1)
        if -most <= low and high < most:
            return kind
    return pa.int64()


def _scaled(numbers: Any, scale: int) -> Any:
    """The numbers times the scale as whole ones; None where dividing these does not give back every bit."""
    if _times(numbers[:_PROBE], scale) is None or (found := _times(numbers, scale)) is None:
        return None
    whole, low, high = found
    return whole.astype(_narrowest(low, high).to_pandas_dtype())


def _with_nulls_of(values: "pa.Array", numbers: Any) -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.array(numbers)
    return pc.if_else(values.is_valid(), whole, pa.scalar(None, whole.type)) if values.null_count else whole


def _times(numbers: Any, scale: int) -> tuple[Any, int, int] | None:
    """Whole numbers as floats, the least and the greatest, which have 32 bits; or None."""
    import numpy as np

    with np.errstate(invalid="ignore", over="ignore"):
        whole = np.rint(numbers * scale)
        low, high = whole.min(initial=0), whole.max(initial=0)
        if not (low >= -(1 << 31) and high < 1 << 31 and np.array_equal(whole / scale, numbers)):
            return None
    if not whole.all() and np.signbit(numbers[whole == 0]).any():  # a negative zero would lose its sign
        return None
    return whole, int(low), int(high)
