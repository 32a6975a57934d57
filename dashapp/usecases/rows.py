"""Rows of a data set, all or some of them, chunk by chunk; no session stays open between two chunks."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from db import dataset_rows
from db.engine import Database
from db.tables import Dataset

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def chunks(db: Database, dataset: Dataset, names: Sequence[str] | None = None) -> "Iterator[pa.RecordBatch]":
    """The rows of a data set that the caller has been let see, in their order. Raises UnknownColumn."""
    with db.read() as session:
        n_chunks = dataset_rows.n_chunks(session, dataset.id)
    for index in range(n_chunks):
        with db.read() as session:
            batch = dataset_rows.read_chunk(session, dataset, index, names)
        yield batch


def some(
    db: Database, dataset: Dataset, names: Sequence[str], rows: "NDArray[np.intp]"
) -> "Iterator[tuple[pa.Table, NDArray[np.intp]]]":
    """Some columns of some rows, given by ascending numbers from 0: those of each chunk that holds some, and their numbers.

    Chunks that hold none are not read. The caller has been let see the data set. Raises UnknownColumn.
    """
    import numpy as np
    import pyarrow as pa

    with db.read() as session:
        bounds = dataset_rows.chunk_bounds(session, dataset.id)
    for chunk, (first, n_rows) in enumerate(bounds):
        low, high = np.searchsorted(rows, [first, first + n_rows])
        if low == high:
            continue
        with db.read() as session:
            table = pa.Table.from_batches([dataset_rows.read_chunk(session, dataset, chunk, names)])
        inside = rows[low:high]
        yield table if len(inside) == n_rows else table.take(pa.array(inside - first)), inside
