"""Numbers as forms, links and files give them."""

import math
from typing import Any


def number(raw: Any) -> float | None:
    """The number that was given, or written in a text; None for anything else, and for what has no end."""
    try:
        value = float(raw) if isinstance(raw, int | float | str) and not isinstance(raw, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None
