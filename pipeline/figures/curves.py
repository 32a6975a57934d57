"""What the figures of scores share: values that travel small, the cut-off's mark, and the axis of the score."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

from pipeline.evaluation_results import ScoreTable
from pipeline.figures.bands import number, ticks
from pipeline.figures.template import Look, Palette, plain, template
from pipeline.results import ScoreScale

UNIT = 10_000
_NEAR_THE_AXIS = 0.08


def typed(values: Iterable[float]) -> Any:
    """Values in single precision, seven digits: a figure's arrays go to the browser as bytes, half as long as in words."""
    import numpy as np  # a web process starts without it

    return np.fromiter(values, np.float32)


def places(numbers: Iterable[int]) -> Any:
    """Whole numbers below 256, a byte each: the lines that rows of a figure stand on."""
    import numpy as np

    return np.fromiter(numbers, np.uint8)


def units(shares: Iterable[float]) -> Any:
    """Shares as whole ten-thousandths: two bytes each instead of four. A figure of them is made by `shares_figure`."""
    import numpy as np

    return np.fromiter((int(share * UNIT + 0.5) for share in shares), np.uint16)


def shares_figure(look: Look) -> go.Figure:
    """An empty figure whose axes count ten-thousandths; assets/40-figures.js reads `layout.meta` and gives shares to the CSV."""
    return go.Figure(layout={"template": template(look), "hovermode": "closest", "meta": {"unit": UNIT}})


def share_axis(words: str, *, most: float = 1.01) -> dict[str, Any]:
    """An axis of shares from 0% to 100%, in `units`."""
    ticks = (0, 0.25, 0.5, 0.75, 1)
    return {
        "title_text": words,
        "range": [0, round(most * UNIT)],
        "tickvals": [round(tick * UNIT) for tick in ticks],
        "ticktext": [f"{tick:.0%}" for tick in ticks],
    }


def hover_cutoffs(cutoffs: Iterable[float | None], scale: ScoreScale | None) -> tuple[Any, str]:
    """What stands behind the points of a curve, and the words that show it: their cut-offs, None above all others."""
    places = [1.0 if cutoff is None else cutoff for cutoff in cutoffs]
    if scale is not None:
        return typed(scale.score(place) for place in places), "cut-off %{customdata:.4~g}"
    return units(min(place, 0.9999) for place in places), "cut-off 0.%{customdata:04d}"


def judged_curve(
    figure: go.Figure,
    x: Iterable[float],
    y: Iterable[float],
    cutoffs: Iterable[float | None],
    colours: Palette,
    *,
    name: str,
    hover: str,
    scale: ScoreScale | None,
) -> None:
    """A curve of shares of the rows that a run is judged on, drawn strong, with the cut-off of each point to be hovered at."""
    behind, cutoff = hover_cutoffs(cutoffs, scale)
    figure.add_scatter(
        x=units(x), y=units(y), customdata=behind, mode="lines", name=name,
        line={"color": colours.series[0], "width": 2}, hovertemplate=f"{name}, {cutoff}<br>{hover}<extra></extra>",
    )  # fmt: skip


def mark_cutoff(figure: go.Figure, x: float | None, y: float | None, words: str, colours: Palette, hover: str) -> None:
    """A dot on a curve of shares where the run's cut-off stands, with words beside it; nothing where a share does not exist."""
    if x is None or y is None:
        return
    figure.add_scatter(
        x=units([x]), y=units([y]), mode="markers+text", name="cut-off", text=[words], cliponaxis=False,
        marker={"size": 9, "color": colours.fig_ink, "line": {"width": 2, "color": colours.surface}},
        textposition="middle right" if y <= _NEAR_THE_AXIS else "bottom right", textfont={"color": colours.text},
        hovertemplate=f"{hover}<extra></extra>",
    )  # fmt: skip


def cutoff_line(figure: go.Figure, cutoff: float, words: str, colours: Palette, *, unit: int = 1) -> None:
    """The run's cut-off as a line through a figure over the score."""
    figure.add_shape(
        type="line", x0=cutoff * unit, x1=cutoff * unit, y0=0, y1=1, yref="paper", line={"color": colours.fig_ink, "width": 1.5},
        label={"text": words, "textposition": "end", "textangle": 0, "yanchor": "bottom",
               "font": {"color": colours.text, "size": 12}},
    )  # fmt: skip


def score_text(place: float, scale: ScoreScale | None) -> str:
    """A cut-off as people write it: 0.25, 0.125, or in the unit of a score from elsewhere."""
    if scale is None:
        return f"{place:.2f}" if abs(place * 100 - round(place * 100)) < 1e-9 else f"{place:.3f}"
    return number(scale.score(place))


def score_axis(figure: go.Figure, scale: ScoreScale | None, low: float, high: float, *, unit: int = 1) -> None:
    """The x axis from one place of the score to another, worse to the right; a score from elsewhere is told in its own unit.

    `unit` is UNIT where the places are drawn as `units`.
    """
    figure.update_xaxes(range=[low * unit, high * unit])
    if scale is None and unit == 1:
        figure.update_xaxes(title_text="Predicted probability of bad")
        return
    ends = (low, high) if scale is None else (scale.score(low), scale.score(high))
    shown = ticks(min(ends), max(ends))
    figure.update_xaxes(
        title_text="Predicted probability of bad" if scale is None else f"{plain(scale.column)}, worse to the right",
        tickvals=[(value if scale is None else scale.place(value)) * unit for value in shown],
        ticktext=[number(value) for value in shown],
    )


def at_or_above(counts: Sequence[int], table: ScoreTable, cutoff: float) -> int:
    """The rows of a class with a score at or above a cut-off."""
    at = bisect_left(table.cutoffs, cutoff)
    return counts[at] if at < len(counts) else 0


def occupied(table: ScoreTable) -> tuple[float, float]:
    """The cut-offs between which the scores lie: the last that refuses every row, the first that refuses none (or the last)."""
    both = [bad + good for bad, good in zip(table.bad_at_or_above, table.good_at_or_above, strict=True)]
    first = max(i for i, n in enumerate(both) if n == both[0])
    last = next((i for i, n in enumerate(both) if n == 0), len(both) - 1)
    return table.cutoffs[first], table.cutoffs[max(last, first)]
