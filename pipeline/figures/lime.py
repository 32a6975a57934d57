"""LIME's weights under each other: a dot for each field, with the middle 95% of its repeats."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, Palette, plain
from pipeline.figures.waterfall import (
    NARROW_NAMES,
    WIDE_NAMES,
    margins,
    name_and_value,
    names_above,
    side_template,
    waterfall_height,
)

_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class LimeRow:
    """A field: its weight, where the repeats lie, the rule that it is for; or, without a weight, words instead of a dot."""

    name: str
    weight: float | None
    low: float = 0.0
    high: float = 0.0
    rule: str = ""
    words: str = ""

    @property
    def is_stable(self) -> bool:
        """Whether the repeats agree on the sign."""
        return self.low > 0 or self.high < 0


def lime_figure(rows: Sequence[LimeRow], look: Look, *, towards: tuple[str, str], axis: str, narrow: bool = False) -> go.Figure:
    """Dots right of 0 for what speaks for bad, left of it for what speaks for good; open where the repeats disagree on the sign.

    The lines are as far apart as those of the waterfall, so that the two stand side by side. `towards` names good and bad.
    """
    colours = PALETTES[look]
    most = max([abs(end) for row in rows if row.weight is not None for end in (row.low, row.high, row.weight)] or [0.0]) or 0.1
    reach = 1.18 * most
    figure = go.Figure(layout=_layout(rows, reach, axis, colours, look, narrow), _validate=False)
    figure.add_traces([_dots(rows, is_bad, colours) for is_bad in (False, True)])
    figure.layout.shapes = (
        {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
         "line": {"color": colours.fig_reference, "width": 1}, "layer": "below"},
    )  # fmt: skip
    heads = [
        {
            "x": 0, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 8, "xanchor": anchor, "xshift": shift,
            "bgcolor": "rgba(0,0,0,0)", "text": plain(words), "font": {"color": ink},
        }
        for words, anchor, shift, ink in zip(
            towards, ("right", "left"), (-8, 8), (colours.series_1_ink, colours.series_2_ink), strict=True
        )
    ]  # fmt: skip
    instead = [
        {
            "x": 0, "y": at, "xshift": 8, "text": plain(row.words), "font": {"color": colours.text_3},
        }
        for at, row in enumerate(rows)
        if row.weight is None
    ]  # fmt: skip
    above = names_above([row.name for row in rows], colours) if narrow else []
    figure.layout.annotations = (*heads, *instead, *above)
    return figure


def _dots(rows: Sequence[LimeRow], is_bad: bool, colours: Palette) -> go.Scatter:
    some = [(at, row, row.weight) for at, row in enumerate(rows) if row.weight is not None and (row.weight > 0) == is_bad]
    colour = colours.series_line[1] if is_bad else colours.series[0]
    return go.Scatter(
        x=[round(weight, 6) for _, _, weight in some],
        y=[at for at, _, _ in some],
        mode="markers",
        name="towards bad" if is_bad else "towards good",
        cliponaxis=False,
        marker={
            "size": 8,
            "color": [colour if row.is_stable else colours.surface for _, row, _ in some],
            "line": {"width": 1.8, "color": [colours.surface if row.is_stable else colour for _, row, _ in some]},
        },
        error_x={
            "type": "data", "symmetric": False, "width": 0, "thickness": 2, "color": colour,
            "array": [round(row.high - weight, 6) for _, row, weight in some],  # below 0 where a dot lies beside its line
            "arrayminus": [round(weight - row.low, 6) for _, row, weight in some],
        },
        customdata=[_signed(row.low) + " to " + _signed(row.high) for _, row, _ in some],
        hovertext=[plain(f"{row.name} {row.rule}".strip()) for _, row, _ in some],
        hovertemplate="%{hovertext}<br>weight %{x:+.3f}, middle 95% of the repeats %{customdata}<extra></extra>",
    )  # fmt: skip


def _layout(rows: Sequence[LimeRow], reach: float, axis: str, colours: Palette, look: Look, narrow: bool) -> dict[str, Any]:
    end = _round_below(0.85 * reach)
    held = [-end, 0.0, end]
    return {
        "template": side_template(look),
        "hovermode": "closest",
        "margin": margins(),
        "height": waterfall_height(len(rows), narrow=narrow),
        "xaxis": {
            "range": [-reach, reach], "tickvals": held, "ticktext": [_signed(tick) for tick in held],
            "title": {"text": plain(axis)}, "fixedrange": True,
        },
        "yaxis": {
            "range": [len(rows) - 0.5, -0.5], "tickmode": "array", "tickvals": list(range(len(rows))),
            "ticktext": [name_and_value(row.name, NARROW_NAMES if narrow else WIDE_NAMES) for row in rows],
            "showticklabels": not narrow, "showgrid": False, "fixedrange": True, "automargin": not narrow,
            "tickfont": {"size": 12, "color": colours.text_2}, "ticklabelstandoff": 6,
        },
    }  # fmt: skip


def _round_below(value: float) -> float:
    """The largest round number that is not above a positive one."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(power * factor for factor in _ROUND if power * factor <= value * (1 + 1e-9))


def _signed(value: float) -> str:
    return f"{value:+.3g}".replace("-", "−") if value else "0"
