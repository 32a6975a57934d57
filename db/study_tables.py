"""The tables that studies make of many rows, chunk by chunk. The caller has been let see the study."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.tables import StudyChunk

if TYPE_CHECKING:
    import pyarrow as pa


def put(session: Session, *, study_id: str, chunk_index: int, table: "pa.Table") -> None:
    """Stores a piece of the study's table; again is once."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    session.merge(StudyChunk(study_id=study_id, chunk_index=chunk_index, data=sink.getvalue().to_pybytes()))


def read(session: Session, study_id: str, chunk_index: int) -> "pa.Table":
    """One piece of the table."""
    import pyarrow as pa

    data = session.scalars(
        select(StudyChunk.data).where(StudyChunk.study_id == study_id, StudyChunk.chunk_index == chunk_index)
    ).one()
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def n_chunks(session: Session, study_id: str) -> int:
    return session.scalar(select(func.count()).where(StudyChunk.study_id == study_id)) or 0
