"""Numbers are stored in fewer bytes, and every bit of them comes back."""

import struct

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import blobs
from db.narrow import narrowed


def bits(values: pa.Array) -> list[bytes | None]:
    return [None if value is None else struct.pack("<d", value) for value in values.to_pylist()]


AMOUNTS = st.decimals(-(10**9), 10**9, places=2).map(float)
FLOATS = st.one_of(st.none(), AMOUNTS, st.floats(allow_nan=False), st.sampled_from([0.0, -0.0, float("inf"), 1e300, 0.1 + 0.2]))


@settings(max_examples=200, deadline=None)
@given(st.lists(FLOATS, max_size=30), st.integers(0, 3))
def test_every_bit_of_a_fraction_comes_back(values, start):
    array = pa.array(values, pa.float64())[start:]
    stored = blobs.decode(blobs.encode(array))
    assert stored.type == pa.float64()
    assert bits(stored) == bits(array)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(-300, 300)), max_size=20))
def test_whole_numbers_come_back(values):
    array = pa.array(values, pa.int64())
    assert blobs.decode(blobs.encode(array)).equals(array)


def test_nan_is_no_missing_value():
    stored = blobs.decode(blobs.encode(pa.array([1.25, float("nan"), None])))
    assert stored.null_count == 1
    assert str(stored[1]) == "nan"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([1, -128, None]), pa.int8()),
        (pa.array([1, 128]), pa.int16()),
        (pa.array([2**31]), pa.int64()),
        (pa.array([12.34, 99_999.99, None]), pa.int32()),
        (pa.array([1.0, 0.0]), pa.int8()),
        (pa.array([0.1 + 0.2]), pa.float64()),
        (pa.array([-0.0]), pa.float64()),
        (pa.array([1e300]), pa.float64()),
    ],
)
def test_the_narrowest_type_is_taken(values, kind):
    assert narrowed(values)[0].type == kind


def test_levels_keep_their_dictionary():
    array = pa.DictionaryArray.from_arrays(pa.array([0, None, 1], pa.int32()), pa.array(["a", "b"]))
    stored = blobs.decode(blobs.encode(array))
    assert stored.type == array.type
    assert stored.equals(array)


@pytest.mark.parametrize("codec", ["zstd", "lz4", None])
def test_blobs_from_before_are_read(codec):
    """They have the type of the column itself, and no word of how to widen it."""
    schema = pa.schema([("", pa.float64())])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_batch(pa.record_batch([pa.array([1.5, None])], schema=schema))
    assert blobs.decode(sink.getvalue().to_pybytes()).to_pylist() == [1.5, None]
