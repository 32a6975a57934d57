"""Rows under each other by sections: where each stands, its words, and the hairlines between; what is drawn on them is elsewhere.

Rows stand at whole numbers from the top, so that names are sent once and not with every point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from pipeline.figures.template import Palette, plain, shortened

WIDE_ROW, NARROW_ROW = 23, 21  # pixels of a line; on a narrow screen the words of a row have a line above its dots
ABOVE, BELOW = 60, 30
_FIGURE = 768.0  # pixels of width that a wide figure usually has
_CELL = 0.063  # of it, for a column of numbers


@dataclass(frozen=True)
class Line:
    """A row: the columns that it is a group of, its name, what stands at the right of the name, and whether it is pale."""

    section: str
    name: str
    cells: tuple[str, ...]
    is_pale: bool = False


@dataclass(frozen=True)
class Lines:
    """Rows with a line for each of their sections; in a narrow figure each has a line for its words above its own."""

    rows: tuple[Line, ...]
    is_narrow: bool

    @property
    def sections(self) -> dict[str, int]:
        """The line of each section."""
        return self._placed()[0]

    @property
    def at(self) -> list[int]:
        """The line of each row."""
        return self._placed()[1]

    @property
    def words_at(self) -> list[int]:
        """The line of each row's words."""
        return [line - 1 for line in self.at] if self.is_narrow else self.at

    @property
    def n(self) -> int:
        return len(self.sections) + len(self.rows) * (2 if self.is_narrow else 1)

    @property
    def height(self) -> int:
        """Pixels of the figure."""
        return ABOVE + BELOW + self.n * (NARROW_ROW if self.is_narrow else WIDE_ROW)

    def _placed(self) -> tuple[dict[str, int], list[int]]:
        sections: dict[str, int] = {}
        at: list[int] = []
        line = 0
        for row in self.rows:
            if row.section not in sections:
                sections[row.section] = line
                line += 1
            line += 1 if self.is_narrow else 0
            at.append(line)
            line += 1
        return sections, at

    def table(self, least: float, most: float) -> float:
        """The share of a wide figure's width for the words, between two limits, that holds the longest name and the cells."""
        n = max((len(row.cells) for row in self.rows), default=0)
        needed = max((_width(row.name) for row in self.rows), default=0.0) + 18
        return min(max(needed / _FIGURE + _CELL * n, least), most)

    def draw(self, figure: go.Figure, colours: Palette, *, table: float, heads: tuple[str, ...], room: float) -> None:
        """The axis with its hairlines, and all words.

        `table` is the share of the width that they take in a wide figure, `room` the pixels for a name.
        """
        begins = sorted([*self.sections.values(), *self.words_at])
        figure.update_layout(margin={"l": 4, "r": 12, "t": ABOVE, "b": BELOW}, height=self.height)
        figure.update_yaxes(
            range=[self.n - 0.5, -0.5], showticklabels=False, showgrid=False, fixedrange=True, automargin=False,
            tickmode="array", tickvals=self.at, ticktext=[plain(f"{row.section}: {row.name}") for row in self.rows],
            minor={"tickmode": "array", "tickvals": [line - 0.5 for line in begins[1:]], "showgrid": True,
                   "gridcolor": colours.fig_grid, "ticks": ""},
        )  # fmt: skip
        # Over the whole width, so that the hairlines are.
        figure.update_layout(xaxis={"domain": [0, 1], "range": [0, 1], "visible": False, "fixedrange": True, "anchor": "y"})
        names = [f"<b>{shortened(name, 60)}</b>" for name in self.sections]
        text(figure, list(self.sections.values()), 0, names, "middle right", colours.text)
        for pale, colour in ((False, colours.text), (True, colours.text_3)):
            some = [(line, row) for line, row in zip(self.words_at, self.rows, strict=True) if row.is_pale == pale]
            at, rows = [line for line, _ in some], [row for _, row in some]
            indent = 0 if self.is_narrow else 0.012
            text(figure, at, indent, [_fitted(row.name, room) for row in rows], "middle right", colour)
            self._cells(figure, at, rows, colours.text_3 if self.is_narrow else colour, table, len(heads))
        for place, head in enumerate(() if self.is_narrow else heads):
            note(figure, "x", _right(table, place, len(heads)), 34, head, colours.text_3, 11, anchor="right")

    def _cells(self, figure: go.Figure, at: list[int], rows: list[Line], colour: str, table: float, n: int) -> None:
        if self.is_narrow:
            text(figure, at, 1, [" · ".join(row.cells) for row in rows], "middle left", colour, 11)
            return
        for place in range(n):
            text(figure, at, _right(table, place, n), [row.cells[place] for row in rows], "middle left", colour)


def _right(table: float, place: int, n: int) -> float:
    """The right edge of a column of cells."""
    return table - _CELL * (n - 1 - place)


def _width(words: str) -> float:
    """About as many pixels as they take at the size of a row's name."""
    return sum(8.2 if letter.isupper() else 6.2 for letter in words)


def _fitted(words: str, room: float) -> str:
    """As much of a name as there is room for."""
    if _width(words) <= room:
        return plain(words)
    while words and _width(words) > room - 8:
        words = words[:-1]
    return plain(words.rstrip()) + "…"


def room_of(table: float, n_cells: int) -> float:
    """Pixels for a name in a figure whose words take that share of its width."""
    return (table - _CELL * n_cells) * _FIGURE - 14


def text(figure: go.Figure, y: list[int], x: float, words: list[str], position: str, colour: str, size: int = 12) -> None:
    """Words at one place of lines; nothing where there are none."""
    if y:
        figure.add_scatter(
            x=[x] * len(y), y=y, mode="text", text=words, textposition=position, textfont={"color": colour, "size": size},
            hoverinfo="skip", cliponaxis=False,
        )  # fmt: skip


def note(
    figure: go.Figure,
    axis: str,
    x: float,
    up: int,
    words: str,
    colour: str,
    size: int,
    **more: Any,
) -> None:
    """Words above the first row, `up` pixels; `anchor` and `bold` change how."""
    said = plain(words)
    figure.add_annotation(
        xref=axis, x=x, yref="paper", y=1, yshift=up, yanchor="middle", xanchor=more.get("anchor", "left"), showarrow=False,
        text=f"<b>{said}</b>" if more.get("bold") else said, font={"color": colour, "size": size},
    )  # fmt: skip


def few_digits(values: Sequence[float | None]) -> list[float | None]:
    """As exact as a figure shows them, and no longer to send."""
    return [None if value is None else round(value, 4) for value in values]
