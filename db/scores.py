"""What a run said of every row of a data set: of the one that it was made on, and of newer ones that it was used on.

The caller has been let see the run and the data set.
"""

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
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

    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
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
    found = []
    for data in session.scalars(wanted.order_by(ScoreChunk.chunk_index)):
        with pa.ipc.open_stream(data) as reader:
            found.append(reader.read_all())
    return pa.concat_tables(found) if found else None


def exist(session: Session, *, run_id: str, dataset_id: str) -> bool:
    wanted = select(ScoreChunk.chunk_index).where(ScoreChunk.run_id == run_id, ScoreChunk.dataset_id == dataset_id)
    return session.scalar(wanted.limit(1)) is not None
