"""Any column comes back as it was."""

from datetime import UTC, date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from db import blobs

numbers = st.integers(-(2**63), 2**63 - 1)  # beyond 2**53, where a float would round
values = st.one_of(
    st.lists(st.none() | numbers).map(lambda raw: pa.array(raw, pa.int64())),
    st.lists(st.none() | st.floats()).map(lambda raw: pa.array(raw, pa.float64())),
    st.lists(st.none() | st.text()).map(lambda raw: pa.array(raw, pa.string())),
    st.lists(st.none() | st.text(max_size=3)).map(lambda raw: pa.array(raw, pa.string()).dictionary_encode()),
    st.lists(st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))).map(lambda raw: pa.array(raw, pa.date32())),
    st.lists(st.none() | st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year > 1)).map(
        lambda raw: pa.array(raw, pa.timestamp("us", "UTC"))
    ),
    st.lists(st.none() | st.booleans()).map(lambda raw: pa.array(raw, pa.bool_())),
    st.integers(0, 5).map(pa.nulls),
)


def is_same(left: pa.Array, right: pa.Array) -> bool:
    """Equal in type, nulls and bits, so that NaN equals NaN and -0.0 differs from 0.0."""
    return left.type == right.type and [repr(value) for value in left.to_pylist()] == [repr(value) for value in right.to_pylist()]


@settings(max_examples=150, deadline=None)
@given(values)
def test_a_column_comes_back(column: pa.Array) -> None:
    assert is_same(blobs.decode(blobs.encode(column)), column)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.none() | st.text(max_size=2)), min_size=1, max_size=4))
def test_chunks_of_categories_join_to_one_dictionary(raw: list[list[str | None]]) -> None:
    chunks = [blobs.decode(blobs.encode(pa.array(part, pa.string()).dictionary_encode())) for part in raw]
    joined = blobs.join(chunks)
    assert joined.to_pylist() == [value for part in raw for value in part]
    assert all(chunk.dictionary.equals(joined.chunk(0).dictionary) for chunk in joined.chunks)


def test_a_slice_stores_its_own_rows_only() -> None:
    whole = pa.array(range(100_000))
    part = whole.slice(50_000, 10)
    assert blobs.decode(blobs.encode(part)).to_pylist() == list(range(50_000, 50_010))
    assert len(blobs.encode(part)) < 1_000


def test_repetitive_columns_shrink() -> None:
    column = pa.array(["rent", "own"] * 32_768).dictionary_encode()
    assert len(blobs.encode(column)) < 0.02 * column.nbytes
