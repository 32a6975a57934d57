"""Which encoding a text is in, and UTF-8 with a few bytes that are none."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ReadingError

_BLOCK = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_FILES = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}  # codecs, but of no file's text
_SAMPLE = 1 << 15

# Of 320 generated tables of 8 rows in 12 languages and 12 encodings, all are read right with this list and what follows, 304 with
# chardet 7.7 and this list alone, and 218 with charset-normalizer 3.5; of tables of 4 rows 315.
_GUESSED = [
    *("windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "iso-8859-2", "koi8-r", "cp866", "cp874", "shift_jis", "cp932", "euc-jp", "gb18030", "big5", "cp949"),
]
_USUAL = "cp1252"
_PREFERENCE = 0.8  # Windows-1252 is by far the commonest: it wins where it is nearly as likely
_FEW = 9  # bytes beyond ASCII from which nothing can be told
_WIDER = {"shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030"}

# Valid sequences of several bytes hardly ever come about by chance: 19 in 20 settle that a text is UTF-8.
_STRAY_SHARE = 0.05
_STRAY = re.compile("[\udc80-\udcff]+")
_NOT_LEADING = bytes(byte for byte in range(256) if not 0xC2 <= byte <= 0xF4)
_SURVIVORS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}


def marked(head: bytes) -> tuple[str, int]:
    """The encoding that a byte order mark names, and the mark's length; "" and 0 without one."""
    return next(((name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), ("", 0))


def utf16_without_mark(head: bytes) -> str:
    """UTF-16 has line ends and commas with a NUL on one side, and no or few NULs on the other."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < (0.05 if even + odd > 8 else 0.2) * len(head):
        return ""
    if even < 0.05 * odd:
        return "utf-16-le"
    return "utf-16-be" if odd < 0.05 * even else ""


def canonical(encoding: str) -> str:
    """Python's name of an encoding. Raises ReadingError where there is none of that name."""
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, ValueError):
        name = "undefined"
    if name.replace("-", "_") in _NO_FILES:
        raise ReadingError(
            "encoding", f"There is no encoding '{encoding}'.", fix="Use a name such as utf-8, utf-16 or windows-1252."
        )
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name)


def shown(encoding: str) -> str:
    """The name as people know it."""
    return encoding.replace("cp125", "windows-125").replace("iso8859", "iso-8859")


def guesses(path: Path) -> Iterator[str]:
    """The encodings that a text that is not UTF-8 may be in, likeliest first; the last one decodes every byte."""
    sample = b"".join(_telling_lines(path))
    best = _guess(sample)
    yield best
    if best != _USUAL:
        yield _USUAL
    yield "iso8859-1"


def _guess(sample: bytes) -> str:
    high = sum(byte > 0x7F for byte in sample)
    letters = sum(byte > 0x7F or chr(byte).isalpha() for byte in sample)
    if high < _FEW / 3 or (high < _FEW and 2 * high < letters):
        return _USUAL
    import chardet  # here, because it takes 40 ms that reading UTF-8 need not spend

    found = chardet.detect_all(
        sample,
        ignore_threshold=True,
        include_encodings=_GUESSED,
        no_match_encoding="windows-1252",
        empty_input_encoding="windows-1252",
    )
    scores = {codecs.lookup(entry["encoding"]).name: entry["confidence"] for entry in found if entry["encoding"]}
    best = max(scores, key=lambda name: scores[name], default=_USUAL)
    if best == "iso8859-2" and any(0x80 <= byte < 0xA0 for byte in sample):  # which ISO 8859 leaves to control characters
        best = "cp1250"
    alike = scores.get(_USUAL, 0.0) >= _PREFERENCE * scores.get(best, 0.0)
    if alike or sample.decode(best, "replace") == sample.decode(_USUAL, "replace"):
        return _USUAL
    return _WIDER.get(best, best)


def _telling_lines(path: Path) -> Iterator[bytes]:
    size = 0
    with path.open("rb") as file:
        while size < _SAMPLE and (line := file.readline(_BLOCK)):
            if not line.isascii():
                size += len(line)
                yield line[: _SAMPLE // 2]


@dataclass
class StrayBytes:
    """A decoder of UTF-8 that takes bytes that are none as Windows-1252, and remembers on which lines they are."""

    n: int = 0
    n_lines: int = 0
    lines: tuple[int, ...] = ()  # the first 20

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._line = 1
        self._last = 0

    def decode(self, block: bytes, final: bool = False) -> str:
        text = self._decoder.decode(block, final)
        at, before = 0, self.n
        for match in () if text.isascii() else _STRAY.finditer(text):
            self.n += len(match[0])
            self._line += _line_ends(text, at, match.start())
            at = match.start()
            if self._line != self._last:
                self._last = self._line
                self.n_lines += 1
                self.lines = (*self.lines, self._line)[:20]
        self._line += _line_ends(text, at, len(text))
        return text.translate(_SURVIVORS) if self.n > before else text


def _line_ends(text: str, start: int, end: int) -> int:
    return text.count("\n", start, end) or text.count("\r", start, end)


def nearly_utf8(path: Path) -> bool:
    """Whether all but a few of the sequences beyond ASCII are UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    n_stray = n_right = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            text = decoder.decode(block, final=not block)
            if not text.isascii():
                data = text.encode("utf-8", "surrogatepass")
                stray = data.count(b"\xed\xb2") + data.count(b"\xed\xb3")  # which no UTF-8 holds
                n_stray += stray
                n_right += len(data.translate(None, _NOT_LEADING)) - stray
            if not block:
                return 0 < n_stray <= _STRAY_SHARE * n_right
            if n_stray > 1_000 and n_stray > n_right:
                return False
