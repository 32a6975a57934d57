"""The bytes of a file: what they are, which encoding they are in, and the same text as a stream of UTF-8."""

import codecs
import hashlib
import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from pipeline.errors import ReadingError
from pipeline.reading.recipe import Limits

_BLOCK = 1 << 18  # below the longest line allowed, so that only lines across blocks can be too long
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_MAGIC = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"\x80\x02", "a pickle"),
    (b"\x80\x03", "a pickle"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\x0b\x0c\r\x1a\x1b")


@dataclass(frozen=True)
class Source:
    """A file that has been looked through once: its encoding is known, its lines are short enough, and it is text.

    `utf8` is the file itself, or a temporary copy in UTF-8 that goes when this object goes; the text begins at `start`. Arrow
    reads it natively: a Python stream would be called, and let go of, by threads that may outlive the interpreter.
    """

    utf8: Path
    start: int
    encoding: str
    n_bytes: int
    sha256: str
    notice: str = ""  # set where the encoding was guessed

    def head(self, size: int) -> bytes:
        """At most the first `size` bytes of the text, as UTF-8."""
        with self.utf8.open("rb") as file:
            file.seek(self.start)
            return file.read(size)

    def count(self, character: str) -> int:
        """How often an ASCII character occurs in the text."""
        n = 0
        with self.utf8.open("rb") as file:
            while block := file.read(_BLOCK):
                n += block.count(character.encode())
        return n


def open_source(path: Path, filename: str, limits: Limits, encoding: str | None = None) -> Source:
    """Looks through the whole file once, in blocks.

    Raises ReadingError for what is no text, is empty, has a line that is too long, or bytes that no known encoding explains.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    _refuse_what_is_no_text(head, filename)
    bom, named = next(((mark, name) for mark, name in _BOMS if head.startswith(mark)), (b"", ""))
    if encoding is not None and not named:
        return _scan(path, filename, _canonical(encoding), 0, limits)
    if named or (named := _utf16_without_mark(head)):
        return _scan(path, filename, named, len(bom), limits)
    try:
        return _scan(path, filename, "utf-8", 0, limits)
    except ReadingError as error:
        if error.kind != "undecodable":
            raise
    guess = _eight_bit(path)
    notice = f"The file is not UTF-8; it was read as {guess}. Check letters with accents."
    return _scan(path, filename, guess, 0, limits, notice)


def _canonical(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, ValueError):
        raise ReadingError(
            "encoding", f"There is no encoding '{encoding}'.", fix="Use a name such as utf-8, utf-16 or windows-1252."
        ) from None
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(name, name)


def _refuse_what_is_no_text(head: bytes, filename: str) -> None:
    if not head:
        raise ReadingError("empty", f"'{filename}' is empty.", fix="Export the table again and check that it holds rows.")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise ReadingError("encoding", f"'{filename}' is in UTF-32.", fix="Save it as UTF-8.")
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise ReadingError(
                "binary",
                f"'{filename}' is {what}, not a delimited text.",
                fix="Unpack it, or save the table as CSV, and take that file.",
            )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise ReadingError("markup", f"'{filename}' is a web page or XML, not a table.", fix="Save the table as CSV.")


def _utf16_without_mark(head: bytes) -> str:
    """UTF-16 of mostly Latin text has a NUL in every other byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _eight_bit(path: Path) -> str:
    """The likeliest encoding of a text that is not UTF-8, judged by its lines with bytes beyond ASCII."""
    sample = b"".join(_telling_lines(path))
    match = from_bytes(sample).best() if len(sample) > 200 else None
    # Short or Western texts are told apart badly: there Windows-1252 is by far the commonest.
    if match is not None and match.coherence > 0.4 and not {"Basic Latin", "Latin-1 Supplement"}.issuperset(match.alphabets):
        return str(match.encoding)
    for name in ("windows-1252", "iso-8859-1"):
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    block.decode(name)
        except UnicodeDecodeError:
            continue
        return codecs.lookup(name).name
    raise AssertionError("ISO 8859-1 decodes every byte")


def _telling_lines(path: Path) -> Iterator[bytes]:
    size = 0
    with path.open("rb") as file:
        while (line := file.readline(_BLOCK)) and size < 1 << 15:
            if not line.isascii():
                size += len(line)
                yield line[: 1 << 14]


def _scan(path: Path, filename: str, encoding: str, bom: int, limits: Limits, notice: str = "") -> Source:
    if encoding == "utf-8":
        n_bytes, sha256 = _look_through(path, filename, encoding, bom, limits, None)
        return Source(path, bom, encoding, n_bytes, sha256, notice)
    handle, name = tempfile.mkstemp(prefix="scoredesk-", suffix=".csv")
    copy = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            n_bytes, sha256 = _look_through(path, filename, encoding, bom, limits, file)
    except BaseException:
        copy.unlink()
        raise
    source = Source(copy, 0, encoding, n_bytes, sha256, notice)
    weakref.finalize(source, copy.unlink, missing_ok=True)
    return source


def _look_through(path: Path, filename: str, encoding: str, bom: int, limits: Limits, copy: BinaryIO | None) -> tuple[int, str]:
    """Size and SHA-256 of the file; the text goes to `copy` as UTF-8."""
    digest = hashlib.sha256()
    lines = _LineWatch(filename, limits.line_bytes)
    n_bytes = 0
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while True:
            raw = file.read(_BLOCK)
            digest.update(raw)
            text = raw[bom:] if n_bytes == 0 else raw
            n_bytes += len(raw)
            try:
                decoded = decoder.decode(text, final=not raw)
            except UnicodeError:
                raise ReadingError(
                    "undecodable",
                    f"'{filename}' has bytes after line {lines.number:,} that are not {encoding}.",
                    fix="Save the file as UTF-8, or choose its encoding.",
                ) from None
            block = text if copy is None else _encoded(decoded, filename)
            lines.look(block)
            if copy is not None:
                copy.write(block)
            if not raw:
                return n_bytes, digest.hexdigest()


def _encoded(text: str, filename: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which some decoders let through
        raise ReadingError("undecodable", f"'{filename}' holds broken characters.", fix="Save the file as UTF-8.") from None


class _LineWatch:
    """Counts lines, and refuses bytes that no text holds and lines that are too long."""

    def __init__(self, filename: str, limit: int) -> None:
        self.number = 0
        self._filename = filename
        self._limit = limit
        self._open = 0  # bytes of the line that the last block left unfinished
        self._bytes = 0
        self._controls = 0

    def look(self, block: bytes) -> None:
        if 0 in block:
            line = self.number + block[: block.index(0)].count(b"\n")
            raise ReadingError(
                "binary",
                f"'{self._filename}' holds NUL bytes after line {line:,}, so it is no text.",
                fix="Export the table again as CSV.",
            )
        self._controls_in(block)
        breaks = block.count(b"\n")
        mark = b"\n" if breaks else b"\r"
        first, last = block.find(mark), block.rfind(mark)
        if first < 0:
            self._open += len(block)
            longest = self._open
        else:
            longest = max(self._open + first, self._longest_inside(block, mark))
            self._open = len(block) - last - 1
        self.number += block.count(mark)
        if longest > self._limit:
            raise ReadingError(
                "line_too_long",
                f"'{self._filename}' has a line of more than {self._limit:,} bytes near line {self.number + 1}.",
                fix="Check that the file is a table with one row on each line.",
            )

    def _longest_inside(self, block: bytes, mark: bytes) -> int:
        """The longest line within a block; only blocks longer than the limit can hold one that matters."""
        return max(map(len, block.split(mark))) if len(block) > self._limit else 0

    def _controls_in(self, block: bytes) -> None:
        if self._bytes > 1 << 16:  # a text that began as one stays one
            return
        self._bytes += len(block)
        self._controls += sum(block.count(code) for code in range(32) if code not in _TEXT_CONTROLS)
        if self._controls * 50 > self._bytes:
            raise ReadingError(
                "binary",
                f"'{self._filename}' holds control characters, so it is no text.",
                fix="Export the table again as CSV.",
            )
