"""How much of all goods and of all bads each group of rows holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pipeline.figures.grouped_rows import Line, Lines, few_digits, note
from pipeline.figures.template import PALETTES, Look, plain, template

_TABLE = 0.5  # of the width, for names and shares
_ROOM = 190.0  # pixels for a name


@dataclass(frozen=True)
class Shares:
    """A group of rows: its share of all rows in words, of the goods and of the bads; null where there are none of them."""

    section: str
    name: str
    of_rows: str
    of_goods: float | None
    of_bads: float | None


def balance_height(rows: Sequence[Shares]) -> int:
    return _lines(rows).height


def _lines(rows: Sequence[Shares]) -> Lines:
    return Lines(tuple(Line(row.section, row.name, (row.of_rows,)) for row in rows), is_narrow=False)


def balance_figure(rows: Sequence[Shares], look: Look, *, names: tuple[str, str]) -> go.Figure:
    """Two dots in a line for each group: the shares of the goods and of the bads that it holds; apart is unlike.

    Parameters
    ----------
    rows : sequence of Shares
    look : "light" or "dark"
    names : (str, str)
        Of goods and of bads, as the legend above the figure has them.
    """
    colours, lines = PALETTES[look], _lines(rows)
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    lines.draw(figure, colours, table=_TABLE, heads=("Of all rows",), room=_ROOM)
    end = max((share for row in rows for share in (row.of_goods, row.of_bads) if share is not None), default=1.0)
    figure.update_layout(
        xaxis2={
            "domain": [_TABLE + 0.04, 1], "range": [0, min(1.0, end * 1.06)], "anchor": "y", "tickformat": ".0%", "nticks": 5,
            "fixedrange": True, "showgrid": False,
        }
    )  # fmt: skip
    between: list[float | None] = []
    at: list[int | None] = []
    for row, line in zip(rows, lines.at, strict=True):
        between += [row.of_goods, row.of_bads, None]
        at += [line, line, None]
    figure.add_scatter(
        x=few_digits(between), y=at, xaxis="x2", mode="lines", line={"color": colours.fig_reference, "width": 2}, hoverinfo="skip"
    )
    for place, (name, values) in enumerate(
        zip(names, ([row.of_goods for row in rows], [row.of_bads for row in rows]), strict=True)
    ):
        figure.add_scatter(
            x=few_digits(values), y=lines.at, xaxis="x2", name=plain(name), mode="markers", cliponaxis=False,
            marker={"size": 8, "color": colours.series_line[place], "line": {"color": colours.surface, "width": 1}},
            hovertemplate=f"%{{y}}<br>%{{x:.1%}} of all {plain(name)}<extra></extra>",
        )  # fmt: skip
        dot = f"● {name}"
        ink = (colours.series_1_ink, colours.series_2_ink)[place]
        note(figure, "x2 domain", place * 0.4, 34, dot, ink, 12)
    return figure
