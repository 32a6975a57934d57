"""gzip and zip as streams: one file is unpacked within limits, names within an archive are never used as paths."""

import gzip
import re
import zipfile
import zlib
from typing import IO, BinaryIO

from pipeline.errors import ReadingError, quoted
from pipeline.reading.recipe import Limits
from pipeline.reading.signatures import recognise, refuse_what_is_no_text
from pipeline.reading.spool import Spool, spooled

_BLOCK = 1 << 18
_FREE = 100_000_000  # bytes that anything may unpack to, however small it was
_DIRECTORY_BYTES = 4_000_000  # of a zip's table of contents, which is held in memory
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NO_TABLES = re.compile(r"(^|/)(__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini)$")
_CLIMBING = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")
# What the standard library raises on archives that are cut off or made up.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError, OSError)


def ungzip(file: BinaryIO, size: int, filename: str, limits: Limits) -> Spool:
    """What a gzip file holds, in a temporary file. Raises ReadingError for what is damaged, nested or too large."""
    try:
        with gzip.GzipFile(fileobj=file) as stream:
            return _spooled(stream, file, size, filename, limits)
    except DAMAGED:
        raise damaged(filename, "gzip") from None


def contents(file: BinaryIO, filename: str) -> zipfile.ZipFile:
    """An opened zip archive, whose table of contents is small enough to be held in memory."""
    _refuse_large_directory(file, filename)
    try:
        return zipfile.ZipFile(file)
    except DAMAGED:
        raise damaged(filename, "zip") from None


def unzip(file: BinaryIO, filename: str, limits: Limits) -> tuple[Spool, str]:
    """What the only member of a zip archive holds, in a temporary file, and its name.

    Raises ReadingError for what is damaged, encrypted, nested or too large, and where there is another number of members.
    """
    archive = contents(file, filename)
    member = _only_member(archive, filename)
    try:
        with archive.open(member) as stream:
            return _spooled(stream, file, member.compress_size, filename, limits), member.filename
    except DAMAGED:
        raise damaged(filename, "zip") from None


def damaged(filename: str, what: str) -> ReadingError:
    return ReadingError(
        "damaged",
        f"'{filename}' is a {what} file that is damaged or cut off.",
        fix="Send or save it again, and take the whole file.",
    )


def most_unpacked(packed: int, limits: Limits) -> int:
    """How many bytes may come out of `packed` bytes."""
    return min(limits.unpacked_bytes, max(_FREE, limits.unpacked_ratio * packed))


def refuse_growth(n_bytes: int, packed: int, filename: str, limits: Limits) -> None:
    """Raises ReadingError where `packed` bytes become more than is allowed."""
    if n_bytes <= most_unpacked(packed, limits):
        return
    if n_bytes > limits.unpacked_bytes:
        raise ReadingError(
            "too_large",
            f"'{filename}' unpacks to more than {limits.unpacked_bytes:,} bytes.",
            fix="Export fewer rows or columns.",
        )
    raise ReadingError(
        "bomb",
        f"'{filename}' unpacks to more than {limits.unpacked_ratio} times its size, as no table does.",
        fix="Unpack it yourself, look into it, and take the table itself.",
    )


def refuse_unreadable(member: zipfile.ZipInfo, filename: str) -> None:
    """Raises ReadingError for a member that is encrypted or packed in an unusual way."""
    if member.flag_bits & 0x1:
        raise ReadingError("encrypted", f"'{filename}' is protected by a password.", fix="Unpack it, and take the table itself.")
    if member.compress_type not in _METHODS:
        raise ReadingError(
            "archive",
            f"'{filename}' is packed with a method that is rarely used and not read here.",
            fix="Pack it with the ordinary method (deflate), or take the table itself.",
        )


def _only_member(archive: zipfile.ZipFile, filename: str) -> zipfile.ZipInfo:
    """The one file in an archive. Raises ReadingError where there is another number, or where it cannot be unpacked."""
    members = [entry for entry in archive.infolist() if not entry.is_dir() and not _NO_TABLES.search(entry.filename)]
    climbing = [entry.filename for entry in members if _CLIMBING.search(entry.filename)]
    if climbing:
        raise ReadingError(
            "archive",
            f"'{filename}' names a file outside of its folder: {quoted(climbing, 1)}.",
            fix="Pack the table again, without folders.",
        )
    if len(members) != 1:
        held = f"holds {len(members):,} files: {quoted(entry.filename for entry in members)}" if members else "holds no file"
        raise ReadingError("archive", f"'{filename}' {held}.", fix="Pack exactly one table, or take the table itself.")
    (member,) = members
    refuse_unreadable(member, filename)
    return member


def _spooled(stream: IO[bytes] | gzip.GzipFile, packed: BinaryIO, size: int, filename: str, limits: Limits) -> Spool:
    begin = packed.tell()
    watch: _EndlessLine | None = None
    with spooled(filename, ".unpacked") as spool:
        n_bytes = 0
        while block := stream.read(_BLOCK):
            if n_bytes == 0:
                watch = _first_block(block, filename, limits)
            n_bytes += len(block)
            if watch is not None:
                watch.look(block)
            refuse_growth(n_bytes, max(min(packed.tell() - begin, size), 1), filename, limits)
            spool.file.write(block)
        if not n_bytes:
            raise ReadingError("empty", f"'{filename}' holds an empty file.", fix="Export the table again.")
    return spool


def _first_block(block: bytes, filename: str, limits: Limits) -> "_EndlessLine | None":
    kind = recognise(block)
    if kind in {"", "gzip"}:
        raise nested(filename)
    if kind == "text":
        refuse_what_is_no_text(block, filename)
    return _EndlessLine(filename, limits) if kind == "text" else None


def nested(filename: str) -> ReadingError:
    return ReadingError("archive", f"'{filename}' is an archive within an archive.", fix="Unpack it, and take the table itself.")


class _EndlessLine:
    """Stops the unpacking of a text without line ends, whatever its encoding, after a few megabytes."""

    def __init__(self, filename: str, limits: Limits) -> None:
        self._filename = filename
        self._limit = limits.line_bytes
        self._open = 0

    def look(self, block: bytes) -> None:
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._open = len(block) - last - 1 if last >= 0 else self._open + len(block)
        if self._open > 4 * self._limit:  # no encoding takes more than four bytes for what is one in UTF-8
            raise ReadingError(
                "line_too_long",
                f"'{self._filename}' holds a line of more than {self._limit:,} bytes.",
                fix="Check that it is a table with one row on each line.",
            )


def _refuse_large_directory(file: BinaryIO, filename: str) -> None:
    """The end of a zip archive says how long its table of contents is; the library would read all of that."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 70_000))
    tail = file.read()
    file.seek(0)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        raise damaged(filename, "zip")
    n_bytes = int.from_bytes(tail[found + 12 : found + 16], "little")
    large = tail.rfind(b"PK\x06\x06", 0, found)
    if large >= 0:
        n_bytes = max(n_bytes if n_bytes != 0xFFFFFFFF else 0, int.from_bytes(tail[large + 40 : large + 48], "little"))
    if n_bytes > _DIRECTORY_BYTES:
        raise ReadingError("archive", f"'{filename}' holds too many files.", fix="Pack exactly one table.")
