"""What the figures of scores share: values that travel small, the cut-off's mark, and the axis of the score."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

from pipeline.figures.bands import number, ticks
from pipeline.figures.template import Palette, plain
from pipeline.results import ScoreScale, ScoreTable

_NEAR_THE_AXIS = 0.08


def typed(values: Iterable[float]) -> Any:
    """Values in single precision, seven digits: a figure's arrays go to the browser as bytes, half as long as in words."""
    import numpy as np  # a web process starts without it

    return np.fromiter(values, np.float32)


def thousandths(cutoffs: Iterable[float | None]) -> Any:
    """Cut-offs for hover texts as `0.%{customdata:03d}`: whole thousandths take half the bytes of a number. None is above all."""
    import numpy as np

    return np.fromiter((999 if cutoff is None else min(int(cutoff * 1000 + 0.5), 999) for cutoff in cutoffs), np.uint16)


def mark_cutoff(figure: go.Figure, x: float | None, y: float | None, words: str, colours: Palette, hover: str) -> None:
    """A dot on a curve of shares where the run's cut-off stands, with words beside it; nothing where a share does not exist."""
    if x is None or y is None:
        return
    figure.add_scatter(
        x=[x], y=[y], mode="markers+text", name="cut-off", text=[words], cliponaxis=False,
        marker={"size": 9, "color": colours.fig_ink, "line": {"width": 2, "color": colours.surface}},
        textposition="middle right" if y <= _NEAR_THE_AXIS else "bottom right", textfont={"color": colours.text},
        hovertemplate=f"{hover}<extra></extra>",
    )  # fmt: skip


def cutoff_line(figure: go.Figure, cutoff: float, words: str, colours: Palette) -> None:
    """The run's cut-off as a line through a figure over the score."""
    figure.add_shape(
        type="line", x0=cutoff, x1=cutoff, y0=0, y1=1, yref="paper", line={"color": colours.fig_ink, "width": 1.5},
        label={"text": words, "textposition": "end", "textangle": 0, "yanchor": "bottom",
               "font": {"color": colours.text, "size": 12}},
    )  # fmt: skip


def score_text(place: float, scale: ScoreScale | None) -> str:
    """A cut-off as people write it: 0.25, 0.125, or in the unit of a score from elsewhere."""
    if scale is None:
        return f"{place:.2f}" if abs(place * 100 - round(place * 100)) < 1e-9 else f"{place:.3f}"
    return number(scale.score(place))


def score_axis(figure: go.Figure, scale: ScoreScale | None, low: float, high: float) -> None:
    """The x axis from one place of the score to another, worse to the right; a score from elsewhere is told in its own unit."""
    figure.update_xaxes(range=[low, high])
    if scale is None:
        figure.update_xaxes(title_text="Predicted probability of bad")
        return
    ends = scale.score(low), scale.score(high)
    shown = ticks(min(ends), max(ends))
    figure.update_xaxes(
        title_text=f"{plain(scale.column)}, worse to the right",
        tickvals=[scale.place(value) for value in shown],
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
