"""Which columns move together, as a heatmap with like next to like."""

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, shortened, template
from pipeline.profiling.results import Association

_MOST_NUMBERS = 14  # columns up to which each cell carries its number
_MOST_NAMES = 60  # columns up to which each is named at the axes


def association_figure(association: Association, look: Look) -> go.Figure:
    """A symmetric matrix in the order of its clustering; what is not defined is left blank.

    Pearson's r runs from orange (−1) over the card's own colour (0) to blue (+1), Cramér's V from 0 to blue (1).
    """
    colours = PALETTES[look]
    names, matrix = ordered(association)
    signed = association.measure == "pearson"
    scale = [[0.0, colours.surface], [1.0, colours.series[0]]]
    if signed:
        scale = [[0.0, colours.series[1]], [0.5, colours.surface], [1.0, colours.series[0]]]
    word = "r" if signed else "V"
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_heatmap(
        x=names, y=names, z=matrix, zmin=-1 if signed else 0, zmax=1, colorscale=scale, xgap=1, ygap=1, hoverongaps=False,
        name="correlation" if signed else "Cramér's V",
        hovertemplate=f"%{{y}}<br>%{{x}}<br>{word} = %{{z:.2f}}<extra></extra>",
        text=_written(matrix) if len(names) <= _MOST_NUMBERS else None,
        texttemplate="%{text}" if len(names) <= _MOST_NUMBERS else None,
        textfont={"size": 11},
        colorbar={
            "thickness": 8, "len": 0.6, "outlinewidth": 0, "tickvals": [-1, 0, 1] if signed else [0, 0.5, 1],
            "tickfont": {"size": 11, "color": colours.text_3}, "x": 1.01,
        },
    )  # fmt: skip
    shown = len(names) <= _MOST_NAMES
    axis = {"showgrid": False, "showline": False, "ticks": "", "tickmode": "array", "tickvals": names if shown else []}
    axis["ticktext"] = [shortened(name) for name in names] if shown else []
    figure.update_xaxes(type="category", tickangle=-45 if len(names) > 2 else 0, **axis)
    figure.update_yaxes(type="category", autorange="reversed", **axis)
    return figure


def _written(matrix: npt.NDArray[np.float64]) -> list[list[str]]:
    """With a real minus sign, and none before a zero; empty where it is not defined."""
    cells = [["" if np.isnan(value) else f"{value:.2f}" for value in row] for row in matrix]
    return [[cell.removeprefix("-") if float(cell or 0) == 0 else cell.replace("-", "−") for cell in row] for row in cells]


def ordered(association: Association) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Names and matrix in the order of the clustering; NaN where it is not defined.

    Returns
    -------
    names : list of str
        k columns.
    matrix : array of shape (k, k)
    """
    order = list(association.order)
    values = np.asarray(
        [[np.nan if value is None else value for value in row] for row in association.matrix], dtype=np.float64
    ).reshape(len(association.names), len(association.names))
    return [association.names[i] for i in order], values[np.ix_(order, order)]


def strongest_pairs(association: Association, at_most: int = 8) -> list[tuple[str, str, float]]:
    """Pairs of columns by the size of their association, strongest first: (column, other column, value)."""
    names = association.names
    values = np.asarray([[np.nan if value is None else value for value in row] for row in association.matrix], dtype=np.float64)
    rows, others = np.triu_indices(len(names), k=1)
    found = values[rows, others] if len(names) > 1 else np.asarray([])
    sizes = np.where(np.isnan(found), -1.0, np.abs(found))
    best = np.argsort(-sizes, kind="stable")[:at_most]
    return [(names[rows[i]], names[others[i]], float(found[i])) for i in best if sizes[i] >= 0]
