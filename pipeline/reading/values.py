"""Numbers as people write them: with thousands marks, decimal commas, currencies, percent signs, and minus signs of all kinds."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.reading.cells import characters, mapped, plain_marks

_SYMBOLS = "€ £ ¥ ₹ ₽ ₺ ₩ ฿ ₫ ₪ zł Kč kr. kr Fr. Ft R$ US$ A$ C$ $"
_CODES = (
    "USD EUR GBP CHF JPY CNY SEK NOK DKK ISK PLN CZK HUF RON BGN CAD AUD NZD INR BRL MXN ZAR SGD HKD KRW TRY RUB ILS THB "
    "IDR MYR PHP AED SAR NGN KES EGP CLP COP ARS"
)
CURRENCIES = (*_SYMBOLS.split(), *_CODES.split())
_CURRENCY = "(?:" + "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True))) + ")"
_SPECIAL = r"[-+]?(?i:nan|inf(?:inity)?)"
_UNADORNED = rf"^(?:[-+]?[\d.,' ]+(?:[eE][-+]?\d+)?|{_SPECIAL})$"
_DIGITS = {digit: digit for digit in "0123456789"}
THOUSANDS = ("", ",", ".", "'", " ")


_LIKELY = re.compile(
    rf"[-+(]? ?(?:{_CURRENCY} ?)?[-+(]? ?[\d.,'][\d.,' ]*(?:[eE][-+]?\d+)?[)]? ?-? ?(?:{_CURRENCY}|%)?[)]? ?-?|{_SPECIAL}",
    re.ASCII,
)


@dataclass(frozen=True, order=True)
class Marks:
    """What stands before the fraction and between groups of three digits."""

    decimal: str = "."
    thousands: str = ""


STYLES = tuple(Marks(decimal, thousands) for decimal in ".," for thousands in THOUSANDS if thousands != decimal)


@dataclass(frozen=True)
class Adornments:
    """What stands around the digits of a column's numbers."""

    currencies: tuple[str, ...] = ()
    percent: bool = False
    parentheses: bool = False
    trailing_minus: bool = False
    uniform: bool = True  # at most one currency, and percent signs at all cells or at none


def likely(cells: pa.Array) -> NDArray[np.bool_]:
    """Which of a few normal cells may be numbers under some marks; Arrow takes a millisecond to prepare each of its patterns."""
    return np.array([_LIKELY.fullmatch(cell) is not None for cell in cells.to_pylist()], bool)


def fits(cells: pa.Array, marks: Marks, *, codes: bool = False) -> pa.Array:
    """Which normal cells are numbers under these marks; `codes`: also 007 and more than 17 digits. Null stays null."""
    return pc.match_substring_regex(cells, _pattern(marks, codes))


@lru_cache(maxsize=64)
def _pattern(marks: Marks, codes: bool) -> str:
    d = re.escape(marks.decimal)
    whole = r"\d+" if codes else r"(?:0|[1-9]\d{0,16})"
    if marks.thousands:
        whole = rf"(?:{whole}|[1-9]\d{{0,2}}(?:{re.escape(marks.thousands)}\d{{3}})+)"
    fraction = rf"{d}\d+" if marks.decimal == "," else rf"{d}\d*"
    core = rf"(?:{whole}(?:{fraction})?|{d}\d+)"
    around = rf"{_CURRENCY} ?{core}|{core} ?(?:{_CURRENCY}|%)|{core}"
    signed = (
        rf"[-+] ?(?:{around})",  # -5, -$5, - 5 EUR
        rf"{_CURRENCY} ?[-+] ?{core}",  # $-5
        rf"(?:{around}) ?-",  # 5-, 5 EUR -
        rf"{core} ?- ?(?:{_CURRENCY}|%)",
        rf"\( ?(?:{around}) ?\)",  # (5), ($5), (5%)
        rf"{_CURRENCY} ?\( ?{core} ?\)",  # $(5)
        rf"\( ?{core} ?\) ?(?:{_CURRENCY}|%)",
    )
    return rf"^(?:{around}|[-+]?{core}[eE][-+]?\d+|{'|'.join(signed)}|{_SPECIAL})$"


def numbers(cells: pa.Array, marks: Marks) -> pa.Array:
    """Numbers of cells that all fit the marks or are null: int64 where all are whole, else float64."""
    seen = characters(cells)
    behind = "-" in seen and pc.any(pc.match_substring_regex(cells, r"-\s*$")).as_py()  # 5-, as accountants write it
    if not behind and not seen - set("0123456789.,' +-eE"):
        return _unadorned(cells, marks, seen)
    plain = pc.match_substring_regex(cells, _UNADORNED)
    adorned = mapped(pc.if_else(plain, pa.scalar(None, pa.string()), cells), {**_DIGITS, marks.decimal: "."})
    negative = pc.match_substring_regex(cells, "[-(]")
    sizes = _cast(adorned)
    signed = pc.if_else(negative, pc.negate(sizes), sizes)
    if not pc.any(plain, min_count=0).as_py():
        return signed
    others = pc.if_else(plain, cells, pa.scalar(None, pa.string()))
    return _joined(_unadorned(others, marks, characters(others)), signed)


def _unadorned(cells: pa.Array, marks: Marks, seen: set[str]) -> pa.Array:
    if seen & {marks.thousands, marks.decimal, "+", " "} - {"."} or (marks.decimal == "," and "." in seen):
        letters = {letter: letter for letter in "eEinfatyINFATY"}
        cells = mapped(cells, {**_DIGITS, **letters, "-": "-", marks.decimal: "."})
    return _cast(cells)


def _cast(cells: pa.Array) -> pa.Array:
    if not characters(cells) - set("0123456789-"):
        try:
            return pc.cast(cells, pa.int64())
        except pa.ArrowInvalid:  # more than 63 bits
            pass
    return pc.cast(cells, pa.float64())


def _joined(first: pa.Array, second: pa.Array) -> pa.Array:
    if first.type != second.type:
        first, second = (pc.cast(part, pa.float64(), safe=False) for part in (first, second))
    return pc.coalesce(first, second)


def comma_numbers(cells: pa.Array) -> pa.Array | None:
    """Numbers with a decimal comma and no other mark; None where a cell is none."""
    kept = {**_DIGITS, **{letter: letter for letter in "eE-+"}, ",": ".", ".": "x"}
    if characters(cells) - kept.keys():
        return None
    try:
        return pc.cast(mapped(cells, kept), pa.float64())
    except pa.ArrowInvalid:
        return None


def all_ambiguous(cells: pa.Array, mark: str) -> bool:
    """Whether every cell with this mark could have it between thousands or before a fraction, as 1.234 has."""
    m = re.escape(mark)
    ambiguous = rf"^[-+]?[1-9]\d{{0,2}}{m}\d{{3}}$"
    for part in (cells[:64], cells):
        marked = pc.match_substring(part, mark)
        certain = pc.and_(marked, pc.invert(pc.match_substring_regex(part, ambiguous)))
        if pc.any(certain, min_count=0).as_py():
            return False
    return bool(pc.any(marked, min_count=0).as_py())


def adornments(cells: pa.Array) -> Adornments:
    """What stands around the digits of cells that are numbers; null cells do not count."""
    present = cells.drop_null()
    seen = characters(present)
    if not seen - set("0123456789.,' +"):
        return Adornments()
    currencies: tuple[str, ...] = ()
    if "\x80" in seen or "$" in seen or any(letter.isalpha() and letter not in "eE" for letter in seen):
        found = pc.extract_regex(present, rf"(?P<sign>{_CURRENCY})").field("sign").unique()
        currencies = tuple(sorted(sign for sign in found.to_pylist() if sign))
    n_percent = pc.sum(pc.match_substring(present, "%"), min_count=0).as_py() if "%" in seen else 0
    return Adornments(
        currencies,
        percent=n_percent > 0,
        parentheses="(" in seen,
        trailing_minus="-" in seen and bool(pc.any(pc.match_substring_regex(present, r"\d ?-|- ?[^\d ]*$")).as_py()),
        uniform=len(currencies) < 2 and n_percent in {0, len(present)},
    )


def merged(parts: list[Adornments]) -> Adornments:
    """What stands around the digits of several parts of a column; a part is never empty."""
    currencies = tuple(sorted({sign for part in parts for sign in part.currencies}))
    percents = {part.percent for part in parts}
    return Adornments(
        currencies,
        percent=True in percents,
        parentheses=any(part.parentheses for part in parts),
        trailing_minus=any(part.trailing_minus for part in parts),
        uniform=all(part.uniform for part in parts) and len(currencies) < 2 and len(percents) < 2,
    )


def normal(cells: pa.Array) -> pa.Array:
    """Trimmed cells with plain marks, as `fits` and `numbers` take them."""
    return pc.utf8_trim_whitespace(plain_marks(cells))
