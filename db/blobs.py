"""A column's values as bytes: one compressed Arrow IPC stream, its type and its dictionary with it; pieces of files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.narrow import narrowed, widened

if TYPE_CHECKING:
    import pyarrow as pa

# pyarrow is imported inside the functions: a process that shows no rows never loads it.

_COMPRESSION_LEVEL = 1  # a third of the time of the default level, for blobs a few hundredths larger


def encode(values: "pa.Array") -> bytes:
    """The values of one column and chunk. The type comes back as it was: dictionaries, dates and nulls included."""
    import pyarrow as pa

    fewer, told = narrowed(values)
    schema = pa.schema([pa.field("", fewer.type, metadata=told)])
    sink = pa.BufferOutputStream()
    # Narrowed numbers leave little to compress: lz4 takes half the time of zstd, which would save another quarter of the room.
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_batch(pa.record_batch([fewer], schema=schema))
    taken: bytes = sink.getvalue().to_pybytes()
    return taken


def pack(data: bytes) -> bytes:
    """Bytes of any kind, compressed."""
    import pyarrow as pa

    packed: bytes = pa.Codec("zstd", compression_level=_COMPRESSION_LEVEL).compress(data, asbytes=True)
    return packed


def unpack(data: bytes, n_bytes: int) -> bytes:
    """The `n_bytes` bytes that were packed."""
    import pyarrow as pa

    unpacked: bytes = pa.Codec("zstd").decompress(data, n_bytes, asbytes=True)
    return unpacked


def decode(data: bytes) -> "pa.Array":
    import pyarrow as pa

    with pa.ipc.open_stream(data) as reader:
        return widened(reader.read_next_batch().column(0), reader.schema.field(0).metadata or {})


def join(chunks: Sequence["pa.Array"]) -> "pa.ChunkedArray":
    """The chunks of one column, in order, with one dictionary where they are categories."""
    import pyarrow as pa

    joined = pa.chunked_array(chunks)
    return joined.unify_dictionaries() if pa.types.is_dictionary(joined.type) else joined
