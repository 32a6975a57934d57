"""What the address of a run's Boundary tab says: the two fields, what the others are held at, and what is drawn of the rows."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

DENSITY, POINTS, NONE = ROWS = ("density", "points", "none")
USUAL, WHOLE = RANGES = ("usual", "whole")
_LONGEST = 8_000
_MOST_ROW = 10**12


@dataclass(frozen=True)
class Address:
    """`x` and `y` are "" where the address names none; `row` is the applicant's, from 1, None for usual values."""

    x: str = ""
    y: str = ""
    row: int | None = None
    label: str = ""  # the class whose probability is drawn; "" for regions
    span: str = USUAL
    rows: str = ""  # "" for points where there are so few that all can be drawn, else density
    two: bool = False  # the model of the two fields beside it
    study: str = ""  # what a link of a job names; the address that the page writes says what it shows instead

    def query(self, **changes: Any) -> str:
        """The part of the address after its path, with some parts changed."""
        changed = replace(self, **changes)
        given = {
            "x": changed.x,
            "y": changed.y,
            "row": str(changed.row) if changed.row is not None else "",
            "class": changed.label,
            "range": changed.span if changed.span != USUAL else "",
            "rows": changed.rows,
            "two": "1" if changed.two else "",
        }
        said = {name: value for name, value in given.items() if value}
        return "?" + urlencode(said) if said else ""

    @classmethod
    def parse(cls, search: Any) -> "Address":
        """What a hand-made address may say is none of these; then it counts as not said."""
        named = dict(parse_qsl(search[:_LONGEST].lstrip("?"))) if isinstance(search, str) else {}
        return cls(
            x=named.get("x", ""),
            y=named.get("y", ""),
            row=row_of(named.get("row")),
            label=named.get("class", ""),
            span=named["range"] if named.get("range") in RANGES else USUAL,
            rows=named["rows"] if named.get("rows") in ROWS else "",
            two=named.get("two") == "1",
            study=named.get("study", ""),
        )


def row_of(given: Any) -> int | None:
    """The number of a row, from 1; None for what is none."""
    text = str(given).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 and 0 < int(text) <= _MOST_ROW else None
