"""The bytes of a text: which encoding they are in, and the same text as a file in UTF-8."""

import codecs
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ReadingError
from pipeline.reading.containers import Unpacked
from pipeline.reading.encodings import StrayBytes, canonical, guesses, marked, nearly_utf8, shown, utf16_without_mark
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Limits
from pipeline.reading.spool import Spool, spooled

_BLOCK = 1 << 18  # below the longest line allowed, so that only lines across blocks can be too long
_HEAD = 1 << 16
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1a\x1b")

_Decode = Callable[[bytes, bool], str]


@dataclass(frozen=True)
class Source:
    """A text that has been looked through once: its encoding is known, its lines are short enough, and it is text.

    `utf8` is the file itself, or a temporary copy in UTF-8 that goes when this object goes; the text begins at `start`. Arrow
    reads it natively: a Python stream would be called, and let go of, by threads that may outlive the interpreter.
    """

    utf8: Path
    start: int
    encoding: str
    n_bytes: int  # of the file as it was received
    sha256: str  # of the file as it was received
    repairs: tuple[Repair, ...]
    _stamp: tuple[int, int]
    _held: object  # keeps a temporary file alive

    def head(self, size: int) -> bytes:
        """At most the first `size` bytes of the text, as UTF-8."""
        with self.utf8.open("rb") as file:
            file.seek(self.start)
            return file.read(size)

    def count(self, character: str) -> int:
        """How often an ASCII character occurs in the text."""
        n, wanted = 0, character.encode()
        with self.utf8.open("rb") as file:
            while block := file.read(_BLOCK):
                if wanted in block:  # a tenth of what counting costs
                    n += block.count(wanted)
        return n

    def copied(self, copy: Spool) -> "Source":
        """The same text as it stands in a copy in UTF-8."""
        return replace(self, utf8=copy.path, start=0, _stamp=stamp(copy.path), _held=copy)

    def refuse_change(self, filename: str) -> None:
        """Raises ReadingError where the file was written to since it was looked through."""
        if stamp(self.utf8) != self._stamp:
            raise changed(filename)


def open_source(unpacked: Unpacked, filename: str, limits: Limits, encoding: str | None = None) -> Source:
    """Looks through the whole text once, in blocks; twice where it is neither UTF-8 nor in the encoding that was asked for.

    Raises ReadingError for what is no text, has a line that is too long, or bytes that no known encoding explains.
    """
    with unpacked.path.open("rb") as file:
        head = file.read(_HEAD)
    scan = _Scan(unpacked, filename, limits)
    named, mark = marked(head)
    wanted = named or (canonical(encoding) if encoding else utf16_without_mark(head) or "utf-8")
    if wanted != "utf-8":
        return scan.converted(wanted, mark)
    try:
        return scan.as_it_is(mark)
    except ReadingError as error:
        if error.kind != "undecodable":
            raise
        if nearly_utf8(unpacked.path):
            return scan.mended(mark)
        if named or encoding:
            raise
    for guess in guesses(unpacked.path):
        try:
            said = f"The file is not UTF-8; it was read as {shown(guess)}"
            return scan.converted(guess, 0, Repair("encoding", said, "Check letters with accents"))
        except ReadingError as error:
            if error.kind != "undecodable":
                raise
    raise AssertionError("ISO 8859-1 decodes every byte")


def changed(filename: str) -> ReadingError:
    return ReadingError(
        "changed", f"'{filename}' changed while it was being read.", fix="Wait until it is written, and take it again."
    )


def stamp(path: Path) -> tuple[int, int]:
    """Size and time of the last change."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


class _Scan:
    """One look through a text, in each of the ways in which it can be read."""

    def __init__(self, unpacked: Unpacked, filename: str, limits: Limits) -> None:
        self._unpacked = unpacked
        self._filename = filename
        self._limits = limits

    def as_it_is(self, mark: int) -> Source:
        before = stamp(self._unpacked.path)
        sha256 = self._look("utf-8", mark, _Utf8().check, None)
        return self._source("utf-8", mark, sha256, before, None)

    def converted(self, encoding: str, mark: int, *repairs: Repair) -> Source:
        return self._copied(encoding, mark, codecs.getincrementaldecoder(encoding)().decode, lambda: repairs)

    def mended(self, mark: int) -> Source:
        stray = StrayBytes()

        def told() -> tuple[Repair, ...]:
            title = f"{stray.n:,} byte(s) were not UTF-8, as all else is, and were read as windows-1252"
            return (Repair("encoding", title, lines=stray.lines, n_lines=stray.n_lines),)

        return self._copied("utf-8", mark, stray.decode, told)

    def _copied(self, encoding: str, mark: int, decode: _Decode, repairs: Callable[[], tuple[Repair, ...]]) -> Source:
        with spooled(self._filename, ".csv") as copy:
            sha256 = self._look(encoding, mark, decode, copy.file)
        return self._source(encoding, 0, sha256, stamp(copy.path), copy, *repairs())

    def _source(
        self, encoding: str, start: int, sha256: str, before: tuple[int, int], copy: Spool | None, *repairs: Repair
    ) -> Source:
        unpacked = self._unpacked
        return Source(
            copy.path if copy else unpacked.path,
            start,
            encoding,
            unpacked.n_bytes,
            unpacked.sha256 or sha256,
            (*unpacked.repairs, *repairs),
            before,
            copy or unpacked,
        )

    def _look(self, encoding: str, mark: int, decode: _Decode, copy: BinaryIO | None) -> str:
        """The SHA-256 of the text's file; the text goes to `copy` as UTF-8."""
        digest = hashlib.sha256()
        watch = _Watch(self._limits.line_bytes)
        n_bytes = 0
        with self._unpacked.path.open("rb") as file:
            expected = os.fstat(file.fileno()).st_size
            more = True
            while more:
                raw = file.read(_BLOCK)
                more = bool(raw)
                if not self._unpacked.sha256:
                    digest.update(raw)
                block = raw[mark:] if n_bytes == 0 else raw
                try:
                    text = decode(block, not more)
                    block = block if copy is None else text.encode()
                    watch.look(block)
                except UnicodeError:
                    raise self._undecodable(encoding, mark, n_bytes) from None
                except _NoTextError as found:
                    raise self._refused(found, encoding, mark, n_bytes, block) from None
                if copy is not None:
                    copy.write(block)
                n_bytes += len(raw)
        if n_bytes != expected:
            raise changed(self._filename)
        return digest.hexdigest()

    def _refused(self, found: "_NoTextError", encoding: str, mark: int, n_bytes: int, block: bytes) -> ReadingError:
        before = block[: found.at]
        line = self._line(encoding, mark, n_bytes) + (before.count(b"\n") or before.count(b"\r"))
        return ReadingError(found.kind, f"'{self._filename}' holds {found.what} on line {line:,}.", fix=found.fix)

    def _undecodable(self, encoding: str, mark: int, n_bytes: int) -> ReadingError:
        line = self._line(encoding, mark, n_bytes)
        return ReadingError(
            "undecodable",
            f"'{self._filename}' has bytes on or after line {line:,} that are not {shown(encoding)}.",
            fix="Save the file as UTF-8, or choose its encoding.",
        )

    def _line(self, encoding: str, mark: int, n_bytes: int) -> int:
        """The line on which the text is after `n_bytes` of its file."""
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        feeds = returns = 0
        with self._unpacked.path.open("rb") as file:
            file.seek(mark)
            left = n_bytes - mark
            while left > 0 and (raw := file.read(min(_BLOCK, left))):
                left -= len(raw)
                text = decoder.decode(raw)
                feeds += text.count("\n")
                returns += text.count("\r")
        return 1 + (feeds or returns)


class _Utf8:
    """Checks UTF-8 block by block; whether all is ASCII costs a tenth of decoding it."""

    def __init__(self) -> None:
        self._rest = b""

    def check(self, block: bytes, final: bool) -> str:
        data = self._rest + block if self._rest else block
        if data.isascii():
            self._rest = b""
        else:
            _, used = codecs.utf_8_decode(data, "strict", final)
            self._rest = data[used:]
        return ""


class _NoTextError(Exception):
    """What a block holds that no text does: `at` is the byte of the block, or -1."""

    def __init__(self, kind: str, what: str, fix: str, at: int) -> None:
        super().__init__(what)
        self.kind, self.what, self.fix, self.at = kind, what, fix, at


class _Watch:
    """Refuses bytes that no text holds and lines that are too long."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = 0  # bytes of the line that the last block left unfinished
        self._bytes = 0
        self._controls = 0

    def look(self, block: bytes) -> None:
        if 0 in block:
            fix = "Export the table again as CSV, or remove the NUL bytes."
            raise _NoTextError("binary", "a NUL byte, which no text holds,", fix, block.index(0))
        self._controls_in(block)
        mark = b"\n" if b"\n" in block else b"\r"
        first, last = block.find(mark), block.rfind(mark)
        if first < 0:
            self._open += len(block)
            longest = self._open
        else:
            longest = max(self._open + first, self._longest_inside(block, mark))
            self._open = len(block) - last - 1
        if longest > self._limit:
            fix = "Check that the file is a table with one row on each line."
            raise _NoTextError("line_too_long", f"a line of more than {self._limit:,} bytes", fix, max(first, 0))

    def _longest_inside(self, block: bytes, mark: bytes) -> int:
        """The longest line within a block; only blocks longer than the limit can hold one that matters."""
        return max(map(len, block.split(mark))) if len(block) > self._limit else 0

    def _controls_in(self, block: bytes) -> None:
        if self._bytes > _HEAD:  # a text that began as one stays one
            return
        self._bytes += len(block)
        self._controls += len(block) - len(block.translate(None, _CONTROLS))
        if self._controls * 50 > self._bytes:
            raise _NoTextError("binary", "control characters, so it is no text,", "Export the table again as CSV.", 0)
