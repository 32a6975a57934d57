"""Tables for reading, and the small drawings inside their cells. Grids of rows are AG Grid's."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp.widgets.basics import Children


class Column:
    """A column's head; `numeric` puts it to the right."""

    def __init__(self, title: Children, *, numeric: bool = False) -> None:
        self.title = title
        self.numeric = numeric


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Children]],
    *,
    label: str,
    wrap: bool = False,
    names: str = "",
    marked: int | None = None,
) -> Component:
    """A table whose first column names the row. `label` is what a screen reader calls it, `marked` a row that stands out.

    With `figures` among the `names` of its class the first line of each cell is a figure, and what follows a line break its
    interval: text alone, which is a third of what elements around each would be.
    """
    numbers = all(column.numeric for column in columns[1:])  # said once for the table, not for each of its cells
    heads = [html.Th(column.title, scope="col", **_aligned(column.numeric and not numbers)) for column in columns]
    body = []
    for i, row in enumerate(rows):
        cells: list[Component] = [html.Th(row[0], scope="row")]
        for column, value in zip(columns[1:], row[1:], strict=True):
            cells.append(html.Td(value, **_aligned(column.numeric and not numbers)))
        body.append(html.Tr(cells, className="selected") if i == marked else html.Tr(cells))
    classes = ["sd-table", *(["numbers"] if numbers else []), *(["wrap"] if wrap else []), *([names] if names else [])]
    return html.Div(
        html.Table(
            [html.Caption(label, className="sd-hidden"), html.Thead(html.Tr(heads)), html.Tbody(body)],
            className=" ".join(classes),
        ),
        className="sd-table-wrap",
        tabIndex=0,
        role="region",
        **{"aria-label": label},
    )


def _aligned(numeric: bool) -> dict[str, str]:
    return {"className": "num"} if numeric else {}


def bar(share: float, *, accent: bool = False) -> Component:
    """A small bar; the number stands beside it."""
    width = min(max(share, 0.0), 1.0) * 100
    return html.Span(
        html.Span(style={"width": f"{width:.1f}%"}),
        className="sd-cell-bar accent" if accent else "sd-cell-bar",
        **{"aria-hidden": "true"},
    )


class Scale:
    """One horizontal scale for the intervals of a table's column, with a few ticks."""

    def __init__(self, low: float, high: float, ticks: Sequence[float]) -> None:
        self.low, self.high, self.ticks = low, high, tuple(ticks)

    @classmethod
    def around(cls, values: Sequence[float], step: float) -> "Scale":
        """A scale of whole steps that holds all values, with at most four ticks inside it."""
        low = int(min(values) / step + (0 if min(values) >= 0 else -1)) * step
        high = (int(max(values) / step) + 1) * step
        if high - low < 2.5 * step:
            low, high = low - step, high + step
        n_steps = round((high - low) / step)
        every = max(1, -(-n_steps // 4))
        ticks = [low + step * i for i in range(every, n_steps, every)]
        return cls(low, high, ticks)

    def at(self, value: float) -> str:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"

    def head(self, digits: int = 1) -> Component:
        return html.Span(
            [html.Span(f"{tick:.{digits}f}".replace("-", "−"), style={"left": self.at(tick)}) for tick in self.ticks],
            className="sd-scale-head",
        )

    def cell(
        self, value: float, low: float | None, high: float | None, *, zero: float | None = None, bad: bool = False
    ) -> Component:
        """A dot with its interval; the numbers must stand in another cell."""
        tone = " bad" if bad else ""
        parts = [html.Span(className="tick", style={"left": self.at(tick)}) for tick in self.ticks]
        if zero is not None:
            parts.append(html.Span(className="zero", style={"left": self.at(zero)}))
        if low is not None and high is not None:
            left, right = self.at(low), self.at(high)
            parts.append(html.Span(className="range" + tone, style={"left": left, "width": f"calc({right} - {left})"}))
        parts.append(html.Span(className="dot" + tone, style={"left": self.at(value)}))
        return html.Span(parts, className="sd-scale", **{"aria-hidden": "true"})
