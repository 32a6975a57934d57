"""Whole numbers as the browser gets them: few bits each, a run of zeros as its length. assets/34-shared.js unpacks them."""

from base64 import b64encode
from collections.abc import Iterable


def packed(numbers: Iterable[int]) -> str:
    """Whole numbers from 0 as base64: seven bits a byte, the lowest first; a 0 is followed by how many zeros there are."""
    found, zeros = bytearray(), 0
    for number in numbers:
        if number == 0:
            zeros += 1
            continue
        if zeros:
            found.append(0)
            _put(found, zeros)
            zeros = 0
        _put(found, number)
    if zeros:
        found.append(0)
        _put(found, zeros)
    return b64encode(bytes(found)).decode("ascii")


def _put(found: bytearray, number: int) -> None:
    if number < 0:
        raise ValueError("Counts at higher cut-offs and points of a curve never fall.")
    while number > 127:
        found.append(128 | (number & 127))
        number >>= 7
    found.append(number)
