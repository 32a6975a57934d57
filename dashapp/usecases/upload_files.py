"""The file of an upload: put together again in a temporary file, or its beginning alone."""

import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashapp.settings import Settings
from db import uploads
from db.engine import Database
from db.errors import NotFound
from db.tables import Upload
from pipeline.errors import Stopped
from pipeline.reading.recipe import Limits

BEGINNING = 1 << 20
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK", b"PAR1"


def limits_of(settings: Settings) -> Limits:
    return Limits(unpacked_bytes=settings.unpacked_limit_mb * 1_000_000)


@contextmanager
def together(db: Database, upload: Upload) -> Iterator[Path]:
    """The whole file. Raises Stopped where the upload was discarded in the meantime."""
    with _temporary() as path:
        with path.open("wb") as file:
            file.writelines(pieces(db, upload))
        yield path


def pieces(db: Database, upload: Upload, *, most: int | None = None) -> Iterator[bytes]:
    """The file piece by piece. Raises Stopped as `together` does."""
    for index in range(uploads.n_pieces(upload.n_bytes))[:most]:
        yield _piece(db, upload, index)


@contextmanager
def beginning_of(path: Path) -> Iterator[tuple[Path, bool]]:
    """A file with at most a megabyte of the text in `path`, and whether that is all; for what has no beginning, all of it."""
    with path.open("rb") as file:
        head = file.read(BEGINNING)
    text = _text_in(path, head)
    if text is None or (text is head and path.stat().st_size == len(head)):
        yield path, True
        return
    with _temporary() as part:
        part.write_bytes(text)
        yield part, False


@contextmanager
def beginning_of_upload(db: Database, upload: Upload) -> Iterator[tuple[Path, bool]]:
    """As `beginning_of`; of a text only the first piece is fetched."""
    first = _piece(db, upload, 0)
    if upload.n_bytes > len(first) and not first.startswith((_ZIP, _PARQUET)):
        text = _unpacked(first) if first.startswith(_GZIP) else first[:BEGINNING]
        if text is not None:
            with _temporary() as part:
                part.write_bytes(text)
                yield part, False
            return
    with together(db, upload) as path, beginning_of(path) as (part, complete):
        yield part, complete


def _text_in(path: Path, head: bytes) -> bytes | None:
    """The first megabyte of a text that is plain, in a gzip file, or alone in a zip archive; None for everything else."""
    if head.startswith(_GZIP):
        return _unpacked(head)
    if head.startswith(_ZIP):
        return _first_of_only_member(path)
    return None if head.startswith(_PARQUET) else head


def _unpacked(head: bytes) -> bytes | None:
    """What the beginning of a gzip file holds, where that is a text; what is wrong with the file is for reading to say."""
    try:
        text = zlib.decompressobj(wbits=31).decompress(head, BEGINNING)
    except zlib.error:
        return None
    return text if len(text) == BEGINNING and not text.startswith((_GZIP, _ZIP, _PARQUET)) else None


def _first_of_only_member(path: Path) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(members) != 1 or members[0].flag_bits & 1:
                return None
            with archive.open(members[0]) as file:
                text = file.read(BEGINNING)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError):
        return None
    return text if len(text) == BEGINNING and not text.startswith((_GZIP, _ZIP, _PARQUET)) else None


def _piece(db: Database, upload: Upload, index: int) -> bytes:
    try:
        with db.read() as session:
            return uploads.piece(session, upload, index)
    except NotFound:
        raise Stopped from None


@contextmanager
def _temporary() -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix="scoredesk-upload-")
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink()
