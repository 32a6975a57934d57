"""Uploads: a file comes back byte for byte, is its owner's alone, and leaves nothing when it is let go."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db import jobs, uploads
from db.engine import Database
from db.errors import Conflict, NotFound
from db.tables import Job, Upload, UploadChunk, now
from tests.db.conftest import Cast


def receive(session, owner_id: int, content: bytes) -> Upload:
    upload = uploads.begin(session, owner_id=owner_id, filename="loans.csv", choices={})
    for index in range(uploads.n_pieces(len(content))):
        piece = content[index * uploads.PIECE : (index + 1) * uploads.PIECE]
        uploads.add_piece(session, upload_id=upload.id, index=index, data=piece)
    uploads.finish(session, upload_id=upload.id, n_bytes=len(content), sha256="0" * 64, recipe={}, detected={})
    return upload


def left(db: Database) -> tuple[int, int]:
    with db.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Upload, UploadChunk))


def test_a_file_comes_back_byte_for_byte(db: Database, cast: Cast) -> None:
    content = bytes(range(256)) * 20_000  # two pieces, the second one short
    with db.write() as session:
        upload = receive(session, cast.owner, content)
    with db.read() as session:
        pieces = [uploads.piece(session, upload, index) for index in range(uploads.n_pieces(upload.n_bytes))]
    assert [len(piece) for piece in pieces] == [uploads.PIECE, len(content) - uploads.PIECE]
    assert b"".join(pieces) == content


def test_a_missing_piece_is_noticed(db: Database, cast: Cast) -> None:
    with db.write() as session:
        upload = uploads.begin(session, owner_id=cast.owner, filename="loans.csv", choices={})
        uploads.add_piece(session, upload_id=upload.id, index=0, data=b"a,b")
        with pytest.raises(Conflict, match="incomplete"):
            uploads.finish(session, upload_id=upload.id, n_bytes=uploads.PIECE + 3, sha256="", recipe={}, detected={})
        assert uploads.pending(session, cast.owner) == []
        with pytest.raises(NotFound):
            uploads.get(session, cast.owner, upload.id)


@pytest.mark.parametrize("who", ["colleague", "stranger", "officer", "admin"])
def test_an_upload_is_its_owners_alone(db: Database, cast: Cast, who: str) -> None:
    with db.write() as session:
        upload = receive(session, cast.owner, b"a,b")
        for door in (uploads.get, uploads.owned):
            with pytest.raises(NotFound, match="There is no such upload"):
                door(session, getattr(cast, who), upload.id)
            assert door(session, cast.owner, upload.id).id == upload.id
        assert uploads.pending(session, getattr(cast, who)) == []


def test_what_is_saved_is_not_changed_any_more(db: Database, cast: Cast) -> None:
    with db.write() as session:
        upload = receive(session, cast.owner, b"a,b")
        upload.state = "saved"
        with pytest.raises(Conflict):
            uploads.owned(session, cast.owner, upload.id)
        assert uploads.pending(session, cast.owner) == []


def test_letting_go_ends_the_work_and_keeps_the_job(db: Database, cast: Cast) -> None:
    with db.write() as session:
        upload = receive(session, cast.owner, b"a,b")
        job = jobs.enqueue(session, kind="examine", owner_id=cast.owner, title="loans.csv", upload_id=upload.id)
    with db.write() as session:
        uploads.discard(session, [upload.id])
    with db.read() as session:
        found = session.get_one(Job, job.id)
        assert (found.state, found.upload_id, found.title) == ("cancelled", None, "loans.csv")
    assert left(db) == (0, 0)


def test_old_uploads_go_and_young_ones_stay(db: Database, cast: Cast) -> None:
    with db.write() as session:
        young, old = (receive(session, cast.owner, b"a,b") for _ in range(2))
        old.changed_at = now() - timedelta(days=8)
        broken_off = uploads.begin(session, owner_id=cast.owner, filename="x", choices={})
        broken_off.created_at = now() - timedelta(hours=7)
        uploads.begin(session, owner_id=cast.owner, filename="being received", choices={})
    limits = {"received_before": now() - timedelta(hours=6), "changed_before": now() - timedelta(days=7)}
    with db.write() as session:
        assert uploads.discard_stale(session, **limits) == 2
        assert uploads.discard_stale(session, **limits) == 0
    assert left(db) == (2, 1)
    with db.read() as session:
        assert [upload.id for upload in uploads.pending(session, cast.owner)] == [young.id]
