"""Dates as people write them: three numbers in any of the usual orders, or the month in letters; with times and zones."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?P<month>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?))\.?"
)
_TIME = (
    r"(?:(?:T|,? +)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<half>(?i:[ap]\.?m\.?))? ?(?P<zone>Z|UTC|GMT|[-+]\d{2}(?::?\d{2})?)?)?"
)
_SHAPES = {
    "numbers": rf"^(?P<a>\d{{1,4}})(?P<mark>[-/.])(?P<b>\d{{1,2}})(?P<again>[-/.])(?P<c>\d{{1,4}}){_TIME}$",
    "day_month": rf"^(?P<a>\d{{1,2}})(?P<mark>[-/ .]{{0,2}}){_MONTH}(?P<again>[-/ ,.]{{1,2}})(?P<c>\d{{4}}|\d{{2}}){_TIME}$",
    "month_day": rf"^{_MONTH}(?P<mark>[-/ .]{{1,2}})(?P<a>\d{{1,2}})(?P<again>[-/ ,.]{{1,2}})(?P<c>\d{{4}}|\d{{2}}){_TIME}$",
    "month_year": rf"^{_MONTH}(?:[-/ ,.]{{1,2}}(?P<c>\d{{4}})|[-/](?P<short>\d{{2}})){_TIME}$",
    "digits": rf"^(?P<a>\d{{4}})(?P<b>\d{{2}})(?P<c>\d{{2}}){_TIME}$",
}
_DAY = 86_400_000_000  # microseconds
_PIVOT = 69  # two digits of a year from here on are of the last century, as POSIX has it


@dataclass(frozen=True, order=True)
class DateStyle:
    """How the dates of a column are written; one column has one style, with or without times."""

    shape: str  # numbers, day_month, month_day, month_year (the first of the month), digits
    mark: str = ""  # between numbers: one of - / .
    order: str = ""  # of numbers: ymd, dmy, mdy
    short: bool = False  # two digits of the year
    zoned: bool = False  # times with an offset from UTC


@dataclass(frozen=True)
class Dates:
    """Some cells as microseconds since 1970 in one style; `valid` where a cell is a date in that style."""

    micros: Ints
    valid: Mask
    has_time: bool
    has_fraction: bool
    half_days: bool  # times with AM or PM


@dataclass(frozen=True)
class _Parts:
    """What one shape finds in cells: numbers, -1 where there is none."""

    found: Mask
    mark: NDArray[np.str_]
    a: Ints
    b: Ints
    c: Ints
    size_a: Ints
    size_c: Ints
    time: "_Times"


@dataclass(frozen=True)
class _Times:
    """Microseconds since midnight (0 without a time) and from UTC, whether a clock shows such a time, and what there is of it."""

    micros: Ints
    offset: Ints
    legal: Mask
    timed: Mask
    zoned: Mask
    fraction: Mask
    half: Mask


class DateCells:
    """Trimmed cells, each different, taken apart in every shape that one of them has."""

    def __init__(self, cells: pa.Array, *, digits: bool = False) -> None:
        self.n = len(cells)
        self._parts: dict[str, _Parts] = {}
        for shape, pattern in _SHAPES.items():
            if shape == "digits" and not digits:
                continue
            if pc.any(pc.match_substring_regex(cells, pattern), min_count=0).as_py():
                self._parts[shape] = _apart(cells, pattern)

    def styles(self) -> Iterator[DateStyle]:
        """Every style that one of the cells could have."""
        for shape, parts in self._parts.items():
            for zoned in np.unique(parts.time.zoned[parts.found]).tolist():
                of_zone = parts.found & (parts.time.zoned == zoned)
                if shape != "numbers":
                    for short in np.unique(parts.size_c[of_zone] == 2).tolist() if shape != "digits" else (False,):
                        yield DateStyle(shape, short=short, zoned=zoned)
                    continue
                for mark in np.unique(parts.mark[of_zone]).tolist():
                    here = of_zone & (parts.mark == mark)
                    if (here & (parts.size_a == 4)).any():
                        yield DateStyle(shape, mark, "ymd", zoned=zoned)
                    for size in (2, 4):
                        if (here & (parts.size_a < 3) & (parts.size_c == size)).any():
                            for order in ("dmy", "mdy", "ymd")[: 3 if size == 2 else 2]:
                                yield DateStyle(shape, mark, order, size == 2, zoned)

    def read(self, style: DateStyle) -> Dates:
        """The dates of the cells that have this style."""
        parts = self._parts.get(style.shape)
        if parts is None:
            return Dates(np.zeros(self.n, np.int64), np.zeros(self.n, bool), False, False, False)
        time = parts.time
        valid = parts.found & (time.zoned == style.zoned) & time.legal
        year, month, day = parts.c, parts.b, parts.a
        if style.shape == "digits":
            year, month, day = parts.a, parts.b, parts.c
        elif style.shape == "numbers":
            valid &= parts.mark == style.mark
            if style.order == "ymd":
                year, month, day = parts.a, parts.b, parts.c
                valid &= (parts.size_a == (2 if style.short else 4)) & (parts.size_c < 3)
            else:
                month, day = (parts.b, parts.a) if style.order == "dmy" else (parts.a, parts.b)
                valid &= (parts.size_a < 3) & (parts.size_c == (2 if style.short else 4))
        else:
            valid &= parts.size_c == (2 if style.short else 4)
        if style.short:
            year = np.where(year >= _PIVOT, year + 1900, year + 2000)
        days, exists = _days(year, month, day)
        valid &= exists
        micros = np.where(valid, days * _DAY + time.micros - time.offset, 0)
        return Dates(micros, valid, *(bool((what & valid).any()) for what in (time.timed, time.fraction, time.half)))


def _apart(cells: pa.Array, pattern: str) -> _Parts:
    fields = pc.extract_regex(cells, pattern)
    groups = {field.name: fields.field(field.name) for field in fields.type}
    found = ~np.asarray(pc.is_null(fields))
    c = groups["c"]
    if "short" in groups:
        c = pc.if_else(pc.equal(groups["c"], ""), groups["short"], groups["c"])
    a = groups.get("a", pa.array(["1"] * len(cells)))
    mark = np.zeros(len(cells), "U1")
    if "month" in groups:
        names = pc.utf8_slice_codeunits(pc.utf8_lower(groups["month"]), 0, 3)
        b = np.asarray(pc.fill_null(pc.index_in(names, value_set=pa.array(_MONTHS)), -2)).astype(np.int64) + 1
    else:
        b = _ints(groups["b"])
    if "b" in groups and "mark" in groups:
        mark = np.asarray(pc.fill_null(groups["mark"], ""), dtype="U1")
        found &= mark == np.asarray(pc.fill_null(groups["again"], ""), dtype="U1")
    return _Parts(found, mark, _ints(a), b, _ints(c), _sizes(a), _sizes(c), _times(groups))


def _times(groups: dict[str, pa.Array]) -> _Times:
    hour, minute, second = (_ints(groups[name]) for name in ("hour", "minute", "second"))
    timed, half, fraction = hour >= 0, _sizes(groups["half"]) > 0, _sizes(groups["fraction"]) > 0
    legal = (hour < 24) & (minute < 60) & (second < 60) & (~half | ((hour >= 1) & (hour <= 12)))
    if half.any():
        afternoon = np.asarray(pc.fill_null(pc.match_substring_regex(groups["half"], "^[pP]"), False))
        hour = np.where(half, hour % 12 + 12 * afternoon, hour)
    micros = ((np.maximum(hour, 0) * 60 + np.maximum(minute, 0)) * 60 + np.maximum(second, 0)) * 1_000_000
    if fraction.any():
        micros += np.maximum(_ints(pc.utf8_slice_codeunits(pc.utf8_rpad(groups["fraction"], 6, "0"), 0, 6)), 0) * fraction
    zoned = _sizes(groups["zone"]) > 0
    offset = np.zeros(len(hour), np.int64)
    if zoned.any():
        offset, exists = _offsets(groups["zone"])
        legal &= exists
    return _Times(micros, offset, legal, timed, zoned, fraction, half)


def _offsets(zone: pa.Array) -> tuple[Ints, Mask]:
    digits = pc.replace_substring_regex(zone, "[^0-9]", "")
    hours = np.maximum(_ints(pc.utf8_slice_codeunits(digits, 0, 2)), 0)
    minutes = np.maximum(_ints(pc.utf8_slice_codeunits(digits, 2, 4)), 0)
    west = np.asarray(pc.fill_null(pc.starts_with(zone, "-"), False))
    size = (hours * 60 + minutes) * 60_000_000
    return np.where(west, -size, size), (hours < 24) & (minutes < 60)


def _ints(texts: pa.Array) -> Ints:
    """Digits as numbers; -1 where there are none."""
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "-1", texts)
    return np.asarray(pc.cast(filled, pa.int64()))


def _sizes(texts: pa.Array) -> Ints:
    return np.asarray(pc.fill_null(pc.binary_length(texts), 0)).astype(np.int64)


def _days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, Mask]:
    """Days since 1970 of a date in the proleptic Gregorian calendar, and whether there is such a date."""
    exists = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(exists, year, 1970) - 1970) * 12 + np.where(exists, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = first + np.where(exists, day, 1) - 1
    return days, exists & (days < after)
