"""Uploads: a file in pieces, how it is read and what was found, until it is saved as a data set or let go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_from
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from db import blobs, jobs
from db.errors import Conflict, NotFound
from db.locking import one_to_change
from db.tables import Upload, UploadChunk, now

PIECE = 4 << 20  # bytes of each piece but the last


def begin(session: Session, *, owner_id: int, filename: str, choices: dict[str, Any]) -> Upload:
    """An upload that takes pieces; nobody sees it before `finish`."""
    upload = Upload(owner_id=owner_id, filename=filename, choices=choices)
    session.add(upload)
    session.flush()
    return upload


def add_piece(session: Session, *, upload_id: str, index: int, data: bytes) -> None:
    session.add(UploadChunk(upload_id=upload_id, chunk_index=index, data=blobs.pack(data)))
    session.flush()


def finish(
    session: Session, *, upload_id: str, n_bytes: int, sha256: str, recipe: dict[str, Any], detected: dict[str, Any]
) -> None:
    """The file is there as a whole. Raises Conflict where a piece is missing."""
    upload = session.get_one(Upload, upload_id)
    pieces = session.scalar(select(func.count()).where(UploadChunk.upload_id == upload_id))
    if pieces != n_pieces(n_bytes):
        raise Conflict("The upload is incomplete.", fix="Upload the file again.")
    upload.state, upload.n_bytes, upload.sha256 = "received", n_bytes, sha256
    upload.recipe, upload.detected, upload.changed_at = recipe, detected, now()


def n_pieces(n_bytes: int) -> int:
    return -(-n_bytes // PIECE)


def piece(session: Session, upload: Upload, index: int) -> bytes:
    """The bytes of one piece. Raises NotFound where it is gone."""
    data = session.scalar(select(UploadChunk.data).where(UploadChunk.upload_id == upload.id, UploadChunk.chunk_index == index))
    if data is None:
        raise NotFound("upload")
    return blobs.unpack(data, min(PIECE, upload.n_bytes - index * PIECE))


def get(session: Session, user_id: int, upload_id: str, *, with_findings: bool = False) -> Upload:
    """An upload of one's own. Raises NotFound."""
    wanted = select(Upload).where(Upload.id == upload_id, Upload.owner_id == user_id, Upload.state != "receiving")
    upload = session.scalar(wanted.options(undefer(Upload.findings)) if with_findings else wanted)
    if upload is None:
        raise NotFound("upload")
    return upload


def owned(session: Session, user_id: int, upload_id: str) -> Upload:
    """An upload of one's own that is not saved yet, held until the transaction ends. Raises NotFound, or Conflict."""
    wanted = select(Upload).where(Upload.id == upload_id, Upload.owner_id == user_id, Upload.state != "receiving")
    upload = one_to_change(session, wanted, Upload)
    if upload is None:
        raise NotFound("upload")
    if upload.state == "saved":
        raise Conflict("It is saved already; a data set never changes.", fix="Upload the file again to read it another way.")
    return upload


def to_store(session: Session, upload_id: str) -> Upload | None:
    """An upload that a worker has a result for, held until the transaction ends; None where it was discarded."""
    return one_to_change(session, select(Upload).where(Upload.id == upload_id), Upload)


def pending(session: Session, user_id: int) -> list[Upload]:
    """One's own uploads that are not saved yet, newest first."""
    wanted = select(Upload).where(Upload.owner_id == user_id, Upload.state.not_in(("receiving", "saved")))
    return list(session.scalars(wanted.order_by(Upload.created_at.desc(), Upload.id)))


def drop_pieces(session: Session, upload_id: str) -> None:
    session.execute(delete_from(UploadChunk).where(UploadChunk.upload_id == upload_id))


def discard(session: Session, upload_ids: Sequence[str]) -> None:
    """Removes uploads with all that belongs to them; the work on them ends."""
    for upload_id in upload_ids:
        jobs.cancel_all(session, upload_id=upload_id)
    session.flush()
    session.execute(delete_from(UploadChunk).where(UploadChunk.upload_id.in_(upload_ids)))
    session.execute(delete_from(Upload).where(Upload.id.in_(upload_ids)))


def discard_stale(session: Session, *, received_before: datetime, changed_before: datetime) -> int:
    """Removes those whose receiving never ended, and those that nobody has touched. Gives their number."""
    broken_off = (Upload.state == "receiving") & (Upload.created_at < received_before)
    stale = list(session.scalars(select(Upload.id).where(broken_off | (Upload.changed_at < changed_before))))
    discard(session, stale)
    return len(stale)
