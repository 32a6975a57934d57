"""What a run said of every row of a data set: of the one that it was made on, and of newer ones that it was used on.

The caller has been let see the run and the data set.
"""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.tables import ScoreChunk

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 262_144  # of a chunk
_KEY = ("run_id", "dataset_id", "chunk_index")


def write(session: Session, *, run_id: str, dataset_id: str, scores: "pa.Table") -> None:
    """Stores the columns of scores, a row for each row of the data set, in place of what was there.

    Two who score the same data set with the same run at once both end well: the later one's chunks take the place of the first's.
    """
    import pyarrow as pa

    # The word for it is each dialect's own; PostgreSQL's takes a thirtieth of a second to load where SQLite is used.
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    starts = range(0, max(scores.num_rows, 1), _ROWS)
    for index, start in enumerate(starts):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, scores.schema, options=options) as writer:
            writer.write_table(scores.slice(start, _ROWS))
        data = sink.getvalue().to_pybytes()
        made = insert(ScoreChunk).values(run_id=run_id, dataset_id=dataset_id, chunk_index=index, data=data)
        session.execute(made.on_conflict_do_update(index_elements=list(_KEY), set_={"data": data}))
    of_both = (ScoreChunk.run_id == run_id, ScoreChunk.dataset_id == dataset_id)
    session.execute(delete(ScoreChunk).where(*of_both, ScoreChunk.chunk_index >= len(starts)))


def read(session: Session, *, run_id: str, dataset_id: str) -> "pa.Table | None":
    """The columns of scores, or None where none are stored."""
    import pyarrow as pa

    wanted = select(ScoreChunk.data).where(ScoreChunk.run_id == run_id, ScoreChunk.dataset_id == dataset_id)
    found = [_table(data) for data in session.scalars(wanted.order_by(ScoreChunk.chunk_index))]
    return pa.concat_tables(found) if found else None


def read_row(session: Session, *, run_id: str, dataset_id: str, row: int) -> "pa.Table | None":
    """The columns of scores of one row, from 0; None where none are stored."""
    wanted = select(ScoreChunk.data).where(ScoreChunk.run_id == run_id, ScoreChunk.dataset_id == dataset_id)
    data = session.scalar(wanted.where(ScoreChunk.chunk_index == row // _ROWS))
    return _table(data).slice(row % _ROWS, 1) if data is not None else None


def _table(data: bytes) -> "pa.Table":
    import pyarrow as pa

    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def exist(session: Session, *, run_id: str, dataset_id: str) -> bool:
    wanted = select(ScoreChunk.chunk_index).where(ScoreChunk.run_id == run_id, ScoreChunk.dataset_id == dataset_id)
    return session.scalar(wanted.limit(1)) is not None
