"""The lines of a text that may be larger than memory: all of them in blocks, the first, the last, and how many there are."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.reading.records import is_blank, lines_of
from pipeline.reading.source import Source

_HEAD, _TAIL, _BLOCK = 1 << 18, 1 << 16, 1 << 18
_LINE_FEED = 10


def first_lines(source: Source) -> str:
    """The first quarter of a megabyte, cut after a whole line; more where the first line is longer."""
    size = _HEAD
    while True:
        data = source.head(size)
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1))
        if len(data) < size:
            return data.decode()
        if end >= 0:
            return data[: end + 1].decode()
        size *= 2


@dataclass(frozen=True)
class Tail:
    """The last lines of a text but for the blank ones that end it."""

    lines: list[str]
    n_blank: int
    end: int  # the byte at which the blank lines begin
    whole: bool  # these are all lines of the text

    def without(self, n: int) -> tuple[int, list[str]]:
        """The byte at which the last n lines begin, and these."""
        last = self.lines[len(self.lines) - n :] if n else []
        return self.end - sum(len(line.encode()) for line in last), last


def last_lines(source: Source, at_least: int = 0) -> Tail:
    """The last 64 KB and `at_least` so many lines."""
    end = source.utf8.stat().st_size
    size = _TAIL
    while True:
        begin = max(source.start, end - size)
        with source.utf8.open("rb") as file:
            file.seek(begin)
            data = file.read()
        whole = begin == source.start
        if not whole:
            breaks = [at for at in (data.find(b"\n"), data.find(b"\r")) if at >= 0]
            data = data[min(breaks) + 1 :] if breaks else b""
            data = data[1:] if data.startswith(b"\n") else data
        lines = lines_of(data.decode())
        kept = len(lines)
        while kept and is_blank(lines[kept - 1 : kept]):
            kept -= 1
        if whole or kept > at_least:
            blank = lines[kept:]
            return Tail(lines[:kept], len(blank), end - sum(len(line.encode()) for line in blank), whole)
        size *= 4


def line_blocks(source: Source, begin: int, end: int) -> Iterator[list[str]]:
    """The lines between two bytes of the file, a few thousand at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    with source.utf8.open("rb") as file:
        file.seek(begin)
        while begin < end and (data := file.read(min(_BLOCK, end - begin))):
            begin += len(data)
            lines = lines_of(rest + decoder.decode(data))
            # The last one may go on, and a carriage return may have its line feed in the next block.
            rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
            yield lines
    if rest:
        yield [rest]


def count_lines(source: Source) -> int:
    """How many lines the text has, however each of them ends."""
    n, last = 0, b""
    with source.utf8.open("rb") as file:
        file.seek(source.start)
        while data := file.read(_BLOCK):
            n += int(np.count_nonzero(np.frombuffer(data, np.uint8) == _LINE_FEED))  # a quarter of what bytes.count costs
            if b"\r" in data or last == b"\r":
                n += data.count(b"\r") - data.count(b"\r\n") - (last == b"\r" and data.startswith(b"\n"))
            last = data[-1:]
    return n + (last not in {b"", b"\n", b"\r"})
