"""Number formats of the screens, one each, and which of the two looks a request wants."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import has_request_context, request

if TYPE_CHECKING:
    from pipeline.figures.template import Look

NOTHING = "–"
MINUS = "−"


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _absent(value: float | None) -> bool:
    return value is None or not math.isfinite(value)


def metric(value: float | None) -> str:
    """AUC and its like: 0.794."""
    return NOTHING if value is None or _absent(value) else _signed(f"{value:.3f}")


def share(value: float | None) -> str:
    """A share in a table: 24.7%."""
    return NOTHING if value is None or _absent(value) else f"{value * 100:.1f}%"


def chance(value: float | None) -> str:
    """A share in a sentence or on a chart: 48%."""
    if value is None or _absent(value):
        return NOTHING
    if 0 < value < 0.005:
        return "under 1%"
    if 0.995 <= value < 1:
        return "over 99%"
    return f"{value * 100:.0f}%"


def count(value: float | None) -> str:
    """32,581."""
    return NOTHING if value is None or _absent(value) else _signed(f"{value:,.0f}")


def cutoff(value: float | None) -> str:
    """0.25, and 0.125 where it has been set that finely."""
    if value is None or _absent(value):
        return NOTHING
    return f"{value:.2f}" if abs(value * 100 - round(value * 100)) < 1e-9 else f"{value:.3f}"


def number(value: float | str | None) -> str:
    """A value in its column's own unit, with as many digits as tell something."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return NOTHING
    if value == int(value) and abs(value) < 1e15:
        return _signed(f"{int(value):,}")
    if abs(value) >= 1000:
        return _signed(f"{value:,.0f}")
    return _signed(f"{value:.3g}" if abs(value) >= 0.01 else f"{value:.2g}")


def money(value: float | None, currency: str = "") -> str:
    """$439k, −$1.2M, $1,250, 3.4 SEK: three digits or a little more, a sign of currency in front, a name behind."""
    if value is None or _absent(value):
        return NOTHING
    size = abs(value)
    if size >= 999_500:
        text = f"{size / 1e6:,.3g}M" if size < 1e9 else f"{size / 1e6:,.0f}M"
    elif size >= 9_999.5:
        text = f"{size / 1e3:.0f}k"
    else:
        text = f"{size:,.0f}" if size >= 100 or size == int(size) else f"{size:.3g}"
    sign = MINUS if value < 0 and text.strip("0.") else ""
    return f"{sign}{text} {currency}" if currency[:1].isalnum() else f"{sign}{currency}{text}"


def signed(value: float | None, form: str = "{:.2f}") -> str:
    """A number in this form, such as "{:+.2f}"; what rounds to 0 has no sign."""
    if value is None or _absent(value):
        return NOTHING
    text = form.format(value)
    return _signed(text) if text.strip("+-0.") else text.lstrip("+-")


def estimate(value: float | None) -> str:
    """A coefficient: +0.79, and −0.00323 where the unit is small."""
    if value is None or _absent(value):
        return NOTHING
    digits = f"{value:+.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:+.3g}"
    return _signed(digits)


def ratio(value: float | None) -> str:
    """An odds ratio: 2.20, 1.0057, 0.0032, 1.2e6, 1.9e−10."""
    if value is None or _absent(value):
        return NOTHING
    if value >= 1000 or value < 0.01:
        digits, _, power = f"{value:.2g}".partition("e")
        return f"{digits}e{_signed(str(int(power)))}" if power else digits
    off = abs(value - 1)
    if off >= 0.01 or off == 0:
        return f"{value:.2f}"
    return f"{value:.{min(max(4, 1 - math.floor(math.log10(off))), 12)}f}"


def p_value(value: float | None) -> str:
    if value is None or _absent(value):
        return NOTHING
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def interval(low: float | None, high: float | None) -> str:
    """0.741 to 0.847."""
    return NOTHING if low is None or high is None else f"{metric(low)} to {metric(high)}"


def with_interval(
    value: float | None, low: float | None, high: float | None, shown: Callable[[float | None], str] = metric
) -> str:
    """A figure and, in a line of its own, its interval where there is one: for tables of the class `figures`."""
    if _absent(value) or low is None or high is None:
        return shown(value)
    return f"{shown(value)}\n{shown(low)} to {shown(high)}"


def size(n_bytes: int) -> str:
    """1.1 MB."""
    if n_bytes < 1000:
        return plural(n_bytes, "byte")
    for unit, factor in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if n_bytes < factor * 1000 or unit == "GB":
            return f"{n_bytes / factor:.1f} {unit}"
    raise AssertionError("every size has a unit")


def plural(n: int, noun: str, many: str = "") -> str:
    """1 run, 2 runs."""
    return f"{count(n)} {noun if n == 1 else many or noun + 's'}"


def duration(seconds: float | None) -> str:
    """1 min 40 s."""
    if seconds is None or _absent(seconds):
        return NOTHING
    if seconds < 1:
        return "under 1 s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def when(moment: datetime | None, now: datetime | None = None) -> str:
    """12 min ago, Yesterday, 18 Nov."""
    if moment is None:
        return NOTHING
    now = now or datetime.now(UTC)
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if moment.date() == now.date():
        return f"{int(seconds // 3600)} h ago"
    if (now.date() - moment.date()).days == 1:
        return "Yesterday"
    day = f"{moment.day} {moment:%b}"
    return day if moment.year == now.year else f"{day} {moment.year}"


def initials(display_name: str) -> str:
    """A1 for Analyst 1, LO for Loan officer."""
    words = display_name.split()
    if len(words) == 1:
        return words[0][:2].title()
    return "".join(word[0] for word in words[:2]).upper()


def look() -> "Look":
    """Which look the browser that asks shows: assets/05-theme.js keeps the choice in a cookie, for the figures."""
    return "dark" if has_request_context() and request.cookies.get("scoredesk_theme") == "dark" else "light"
