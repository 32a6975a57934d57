"""The one figure template, built for the light and the dark look. The colours are those of assets/10-tokens.css."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

Look = Literal["light", "dark"]


@dataclass(frozen=True)
class Palette:
    """Colours by their token's name (`--sd-` left off)."""

    surface: str
    line: str
    text: str
    text_2: str
    text_3: str
    series: tuple[str, ...]
    series_line: tuple[str, ...]  # the same, for lines and small dots: none is below 3:1 on the surface
    series_ink: tuple[str, ...]  # the same, for words
    series_1_soft: str
    series_1_edge: str  # the outline of what is pale
    series_1_ink: str
    series_2_soft: str
    series_2_edge: str
    series_2_ink: str
    fig_grid: str
    fig_muted: str  # axes and connecting hairlines
    fig_reference: str  # what is grey and means something
    fig_ink: str
    fig_band: str


PALETTES: dict[Look, Palette] = {
    "light": Palette(
        surface="#ffffff",
        line="#e3e7ec",
        text="#16202c",
        text_2="#475362",
        text_3="#657180",
        series=(
            "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00",
            "#7a0262", "#0a6848", "#282d96", "#89548c", "#573117", "#9f330c",
        ),
        series_line=(
            "#0072b2", "#c28600", "#009e73", "#cc79a7", "#4a9ac8", "#d55e00",
            "#7a0262", "#0a6848", "#282d96", "#89548c", "#573117", "#9f330c",
        ),
        series_ink=(
            "#0067a5", "#8a5a00", "#00714f", "#9a4675", "#1d6f9f", "#a84a00",
            "#7a0262", "#0a6848", "#282d96", "#7d4a80", "#573117", "#9a300a",
        ),
        series_1_soft="#b5d3e6",
        series_1_edge="#4897c6",
        series_1_ink="#0067a5",
        series_2_soft="#f6dda6",
        series_2_edge="#c28600",
        series_2_ink="#8a5a00",
        fig_grid="#eaedf1",
        fig_muted="#b9c2cc",
        fig_reference="#838f9d",
        fig_ink="#16202c",
        fig_band="rgba(0, 114, 178, .13)",
    ),
    "dark": Palette(
        surface="#161d25",
        line="#28323f",
        text="#e7ecf2",
        text_2="#b4c0cc",
        text_3="#8d9aa8",
        series=(
            "#4aa6de", "#eeb03c", "#2fb68d", "#d791b9", "#8accf2", "#e9803b",
            "#f8e36a", "#8a7dee", "#9a7e0c", "#bd60ae", "#6af5c3", "#99d087",
        ),
        series_line=(
            "#4aa6de", "#eeb03c", "#2fb68d", "#d791b9", "#8accf2", "#e9803b",
            "#f8e36a", "#8a7dee", "#9a7e0c", "#bd60ae", "#6af5c3", "#99d087",
        ),
        series_ink=(
            "#6fbbe9", "#f0bd5c", "#53c8a3", "#e0a6c8", "#9bd4f5", "#f09a62",
            "#f8e36a", "#a79df3", "#b89a2a", "#d07fc3", "#6af5c3", "#99d087",
        ),
        series_1_soft="#244a63",
        series_1_edge="#38769d",
        series_1_ink="#6fbbe9",
        series_2_soft="#5f4a1d",
        series_2_edge="#8d6e32",
        series_2_ink="#f0bd5c",
        fig_grid="#252f3b",
        fig_muted="#556372",
        fig_reference="#66758a",
        fig_ink="#e7ecf2",
        fig_band="rgba(74, 166, 222, .2)",
    ),
}  # fmt: skip

FONT = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'
)


@cache
def template(look: Look) -> go.layout.Template:
    """Transparent paper (the card is the paper), grid on the y axis only, no legend: series are labelled where they end."""
    colours = PALETTES[look]
    axis = {
        "zeroline": False,
        "tickfont": {"size": 11, "color": colours.text_3},
        "title": {"font": {"size": 12, "color": colours.text_2}, "standoff": 8},
        "nticks": 6,
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 12, "color": colours.text_2},
            "colorway": colours.series,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 48, "r": 16, "t": 8, "b": 40},
            "showlegend": False,
            "xaxis": {
                **axis,
                "showgrid": False,
                "showline": True,
                "linecolor": colours.fig_muted,
                "ticks": "outside",
                "ticklen": 4,
                "tickcolor": colours.fig_muted,
            },
            "yaxis": {**axis, "showgrid": True, "gridcolor": colours.fig_grid, "showline": False, "ticks": ""},
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.line,
                "font": {"family": FONT, "size": 12, "color": colours.text},
            },
        }
    )


def outlined(colour: str, edge: str) -> dict[str, Any]:
    """The marker of bars with an outline that shows their shape where their own colour is near to the ground."""
    return {"color": colour, "line": {"width": 1, "color": edge}}


def plain(text: str) -> str:
    """Text of the user's for a figure: plotly would take `<` for the start of a tag."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def shortened(text: str, longest: int = 18) -> str:
    """A label that fits under a bar."""
    return plain(text if len(text) <= longest else text[: longest - 1] + "…")
