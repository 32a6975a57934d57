"""What came in, as it stands in a sentence about it: short, on one line, and never something that cannot be written out."""

import math
from collections.abc import Mapping
from typing import Any

LONGEST = 60  # characters of a value in a sentence
LONGEST_TEXT = 2_000  # characters of a name, a label or a level
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])  # embeddings, overrides and isolates of Unicode


def shown(value: Any) -> str:
    """`'many'`, `3.5`, `a list`: a raw value in a sentence. Lists and objects are named, not shown.

    Python refuses to write a whole number of more than 4,300 digits, and no reader wants one of 40.
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 100 else f"a number of about {_digits(value):,} digits"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str):
        return f"'{short(value)}'"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple | set | frozenset) else "something else"


def short(text: str, longest: int = LONGEST) -> str:
    """A text on one line, cut where it is long; what cannot be printed is written as an escape."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in cut)


def capital(text: str) -> str:
    """The first letter large, as at the start of a sentence, and the others as they are."""
    return text[:1].upper() + text[1:]


def storable(text: str) -> bool:
    """Whether a database and JSON can hold the text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def cleaned(text: str) -> str:
    """The text without what a database or JSON cannot hold, and as `unturned`."""
    return "".join(letter for letter in unturned(text) if storable(letter))


def unturned(text: str) -> str:
    """The text without signs that turn the direction of what stands behind it, a decision or a number, on a screen or a sheet.

    Arabic and Hebrew need none of them: the direction of a letter is its own.
    """
    return text.translate(_TURNS)


def why_no_text(text: str) -> str | None:
    """Why a text cannot be a name, a label or a level; None where it can."""
    if len(text) > LONGEST_TEXT:
        return f"it has {len(text):,} characters, and at most {LONGEST_TEXT:,} are allowed"
    return None if storable(text) else "it holds characters that cannot be stored"


def _digits(value: int) -> int:
    return math.floor(value.bit_length() * math.log10(2)) + 1


def _escape(letter: str) -> str:
    code = ord(letter)
    return " " if letter in "\t\n\r" else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
