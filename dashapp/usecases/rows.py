"""All rows of a data set, chunk by chunk; no session stays open between two of them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from db import dataset_rows
from db.engine import Database
from db.tables import Dataset

if TYPE_CHECKING:
    import pyarrow as pa


def chunks(db: Database, dataset: Dataset, names: Sequence[str] | None = None) -> "Iterator[pa.RecordBatch]":
    """The rows of a data set that the caller has been let see, in their order. Raises UnknownColumn."""
    with db.read() as session:
        n_chunks = dataset_rows.n_chunks(session, dataset.id)
    for index in range(n_chunks):
        with db.read() as session:
            batch = dataset_rows.read_chunk(session, dataset, index, names)
        yield batch
