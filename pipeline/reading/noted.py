"""What is told of rows that were mended: which lines, how many, and what was done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import quoted
from pipeline.reading.findings import Repair
from pipeline.reading.header import beginning

_SHOWN = 20


@dataclass
class Noted:
    """Lines of which something was found: the first 20, and how many."""

    lines: list[int] = field(default_factory=list)
    n: int = 0

    def add(self, line: int) -> None:
        self.n += 1
        if len(self.lines) < _SHOWN:
            self.lines.append(line)


def _told(noted: Noted, kind: str, what: tuple[str, str], detail: str, **undo: Any) -> Iterator[Repair]:
    """`what` are the title for one line and for more."""
    if noted.n:
        title = what[noted.n > 1].format(n=f"{noted.n:,}")
        yield Repair(kind, title, detail, lines=tuple(noted.lines), n_lines=noted.n, undo=undo)


_SIMPLE = {
    "quote": (
        ("1 line has a quote without its partner,", "{n} lines have a quote without its partner,"),
        "which was read as an ordinary character",
    ),
    "blank_lines": (("1 empty line", "{n} empty lines"), "between the rows skipped"),
    "blank_rows": (("1 row has no value at all;", "{n} rows have no value at all;"), "kept, with all cells missing"),
    "repeated_header": (("1 row repeats the header;", "{n} rows repeat the header;"), "kept as data"),
    "second_header": (("1 row looks like a further header;", "{n} rows look like further headers;"), "kept as data"),
}


def repairs_of_rows(noted: dict[str, Noted], width: int, names: Sequence[str]) -> Iterator[Repair]:
    """What was done to rows that should have `width` cells, in a table that has these columns in the end."""
    if "ragged" in noted:
        n_new = len(names) - width
        done = ["Cells beyond became " + quoted(names[-n_new:])] if n_new > 0 else []
        if not done or noted["ragged"].n > 1:
            done.append("Short rows got missing cells at the end")
        what = (f"1 row does not have {width} cells.", f"{{n}} rows do not have {width} cells.")
        yield from _told(noted["ragged"], "ragged", what, ". ".join(done), ragged="refuse")
    if "surplus" in noted:
        what = ("1 row has blank cells beyond the last column,", "{n} rows have blank cells beyond the last column,")
        yield from _told(noted["surplus"], "ragged", what, "which were dropped", ragged="refuse")
    if len(names) < width:
        n = width - len(names)
        title = f"{n} blank column{'s' if n > 1 else ''} dropped at the end:"
        yield Repair("blank_columns", title, "no name and no value", undo={"blank_columns": "keep"})
    for kind, (what, detail) in _SIMPLE.items():
        if kind in noted:
            yield from _told(noted[kind], kind, what, detail)


def repair_of_footer(lines: Sequence[str], last_line: int) -> Iterator[Repair]:
    """The lines that were left out after the last line of the rows."""
    n = len(lines)
    if n:
        told = beginning(lines)
        yield Repair(
            "footer",
            f"{n} line{'s' if n > 1 else ''} left out at the end",
            f'starting "{told}"' if told else "without any value",
            lines=tuple(range(last_line + 1, last_line + 1 + min(n, _SHOWN))),
            n_lines=n,
            undo={"footer_lines": 0},
        )
