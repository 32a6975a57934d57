"""The rows of a stored data set that the caller has been let see: whole columns, ranges of rows, or chunk by chunk."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import blobs
from db.errors import UnknownColumn
from db.tables import ColumnChunk, Dataset

if TYPE_CHECKING:
    import pyarrow as pa


def read_columns(session: Session, dataset: Dataset, names: Sequence[str] | None) -> "pa.Table":
    """All rows of some columns, in the order asked for (None: all columns). Raises UnknownColumn."""
    return read_rows(session, dataset, names, 0, dataset.n_rows)


def read_rows(session: Session, dataset: Dataset, names: Sequence[str] | None, start: int, stop: int) -> "pa.Table":
    """Rows start to stop (exclusive) of some columns; reads only the chunks that hold them. Raises UnknownColumn.

    What lies outside the table is left out, as with a slice; an empty range gives no rows of the right types.
    """
    import pyarrow as pa

    names = [column["name"] for column in dataset.columns] if names is None else list(names)
    indices = column_indices(dataset, names)
    start = min(max(start, 0), dataset.n_rows)
    stop = min(max(stop, start), dataset.n_rows)
    # An empty range still reads the chunk that it points into: the types are there.
    anchor = min(start, max(dataset.n_rows - 1, 0))
    found = session.execute(
        select(ColumnChunk.column_index, ColumnChunk.first_row, ColumnChunk.data)
        .where(
            ColumnChunk.dataset_id == dataset.id,
            ColumnChunk.column_index.in_(set(indices)),
            ColumnChunk.first_row < max(stop, anchor + 1),
            ColumnChunk.first_row + ColumnChunk.n_rows >= min(anchor + 1, dataset.n_rows),
        )
        .order_by(ColumnChunk.column_index, ColumnChunk.chunk_index)
    )
    chunks: dict[int, list[pa.Array]] = {}
    first_rows: dict[int, int] = {}
    for index, first_row, data in found:
        first_rows.setdefault(index, first_row)
        chunks.setdefault(index, []).append(blobs.decode(data))
    columns = [blobs.join(chunks[index]).slice(start - first_rows[index], stop - start) for index in indices]
    return pa.table(columns, names=names)


def read_chunk(session: Session, dataset: Dataset, chunk_index: int, names: Sequence[str] | None = None) -> "pa.RecordBatch":
    """One chunk of some columns, in the order asked for (None: all columns). Raises UnknownColumn."""
    import pyarrow as pa

    names = [column["name"] for column in dataset.columns] if names is None else list(names)
    indices = column_indices(dataset, names)
    wanted = select(ColumnChunk.column_index, ColumnChunk.data).where(
        ColumnChunk.dataset_id == dataset.id, ColumnChunk.chunk_index == chunk_index
    )
    if len(indices) < len(dataset.columns):
        wanted = wanted.where(ColumnChunk.column_index.in_(set(indices)))
    found = {index: blobs.decode(data) for index, data in session.execute(wanted)}
    return pa.RecordBatch.from_arrays([found[index] for index in indices], names=names)


def n_chunks(session: Session, dataset_id: str) -> int:
    """How many chunks each column of a data set that the caller has been let see has."""
    wanted = select(func.count()).where(ColumnChunk.dataset_id == dataset_id, ColumnChunk.column_index == 0)
    return session.scalar(wanted) or 0


def chunk_bounds(session: Session, dataset_id: str) -> list[tuple[int, int]]:
    """First row and number of rows of each chunk of a data set that the caller has been let see, in order."""
    wanted = select(ColumnChunk.first_row, ColumnChunk.n_rows).where(
        ColumnChunk.dataset_id == dataset_id, ColumnChunk.column_index == 0
    )
    return [(first, n_rows) for first, n_rows in session.execute(wanted.order_by(ColumnChunk.chunk_index))]


def column_indices(dataset: Dataset, names: Sequence[str]) -> list[int]:
    """The position of each column. Raises UnknownColumn."""
    positions = {column["name"]: position for position, column in enumerate(dataset.columns)}
    for name in names:
        if name not in positions:
            raise UnknownColumn(name)
    return [positions[name] for name in names]
