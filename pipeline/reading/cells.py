"""Cells as bytes: trimming, and what of their characters is a mark and what a digit, without a loop over rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_ALIKE = (("\u00a0", " "), ("\u202f", " "), ("\u2009", " "), ("\u2019", "'"), ("\u2212", "-"))  # spaces, apostrophe, minus
_AFTER_ZERO = np.zeros(256, bool)
_AFTER_ZERO[list(b".,eE \t")] = True


def cleaned(cells: pa.Array, missing: pa.Array) -> pa.Array:
    """Cells without the blanks around them; those that then stand for missing are null."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.is_in(trimmed, value_set=missing), pa.scalar(None, pa.string()), trimmed)


def plain_marks(cells: pa.Array) -> pa.Array:
    """Cells with the common character for each that means the same: blanks that do not break, real minus signs."""
    if not (_data(cells)[1] > 127).any():
        return cells
    for found, meant in _ALIKE:
        cells = pc.replace_substring(cells, found, meant)
    return cells


def mapped(cells: pa.Array, kept: dict[str, str]) -> pa.Array:
    """Cells of which only the characters in `kept` remain, each as what it maps to; all of them are ASCII. Nulls stay."""
    table = np.zeros(256, np.uint8)
    for found, meant in kept.items():
        table[ord(found)] = ord(meant)
    ends, data = _data(cells)
    images = table[data]
    stays = images != 0
    before = np.zeros(len(data) + 1, np.int32)
    np.cumsum(stays, out=before[1:])
    texts = pa.Array.from_buffers(pa.string(), len(cells), [None, pa.py_buffer(before[ends]), pa.py_buffer(images[stays])])
    return texts if not cells.null_count else pc.if_else(pc.is_valid(cells), texts, pa.scalar(None, pa.string()))


def characters(cells: pa.Array) -> set[str]:
    """The ASCII characters that occur; any other counts as one, "\\x80"."""
    counts = np.bincount(_data(cells)[1], minlength=256)
    return {chr(code) for code in np.flatnonzero(counts[:128])} | ({"\x80"} if counts[128:].any() else set())


def has_codes(cells: pa.Array) -> bool:
    """Whether a cell is written as no quantity is: 007, 0x1F, or more digits than a number keeps."""
    ends, data = _data(cells)
    if not len(data):
        return False
    starts = ends[:-1]
    lengths = ends[1:] - starts
    if lengths.max() > 17 and pc.any(pc.match_substring_regex(cells, r"^[-+]?\d{18,}$")).as_py():
        return True
    zeros = starts[(data.take(starts, mode="clip") == ord("0")) & (lengths > 1)]
    return bool(len(zeros)) and not bool(_AFTER_ZERO[data[zeros + 1]].all())


def _data(cells: pa.Array) -> tuple[NDArray[np.int32], Bytes]:
    """Where each cell ends within the bytes of all of them, the first entry being 0, and these bytes."""
    _, offsets, data = cells.buffers()
    if data is None or not len(cells):
        return np.zeros(len(cells) + 1, np.int32), np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return ends - ends[0], np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
