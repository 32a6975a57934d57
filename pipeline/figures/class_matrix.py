"""The confusion matrix of many classes as a map of shares: what they are downwards, what the model says to the right."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, plain, template

_WRONG_FULL = 0.5  # the share of a class, wrongly read, that has the full colour


def class_matrix_figure(counts: Sequence[Sequence[int]], labels: Sequence[str], look: Look) -> go.Figure:
    """Of each class, the share that is read as each class: "right" on the diagonal, "wrong" beside it.

    Parameters
    ----------
    counts : sequence of rows
        A row for each actual class, a column for each predicted one.
    labels : sequence of str
    look : "light" or "dark"
    """
    import numpy as np  # a web process starts without it

    colours = PALETTES[look]
    cases = np.array(counts, np.float64)
    totals = cases.sum(axis=1, keepdims=True)
    shares = np.divide(cases, totals, out=np.zeros_like(cases), where=totals > 0)
    right = np.eye(len(labels), dtype=bool)
    names = [plain(label) for label in labels]
    named = {"tickvals": names, "ticktext": [_ends(label) for label in labels]}
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    for name, shown, colour, full in (
        ("right", right, colours.series[0], 1.0),
        ("wrong", ~right, colours.series[1], _WRONG_FULL),
    ):
        figure.add_heatmap(
            x=names, y=names, z=np.where(shown & (cases > 0), shares, np.nan).astype(np.float32), name=name, zmin=0, zmax=full,
            customdata=cases.astype(np.uint32), colorscale=[[0, colours.surface], [1, colour]], showscale=False, xgap=1, ygap=1,
            texttemplate="%{z:.0%}", textfont={"size": 10}, hoverongaps=False,
            hovertemplate="%{y} read as %{x}: %{customdata:,} rows, %{z:.1%} of the class<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text="What the model says", side="top", showline=False, ticks="", **named)
    figure.update_yaxes(title_text="What they are", autorange="reversed", showgrid=False, **named)
    figure.update_layout(margin_t=48)
    return figure


def _ends(label: str, longest: int = 14) -> str:
    """A long label by its two ends: many names differ only at the last."""
    return plain(label if len(label) <= longest else f"{label[: longest // 2 - 1]}…{label[-longest // 2 :]}")


def worst_confusion(counts: Sequence[Sequence[int]], labels: Sequence[str]) -> str:
    """`class 3 is most often taken for class 4, 120 of 400 times`: the largest share of a class beside the diagonal."""
    pairs = [
        (n / sum(row), n, sum(row), i, j) for i, row in enumerate(counts) for j, n in enumerate(row) if i != j and n and sum(row)
    ]
    if not pairs:
        return "Every row is read as the class that it is"
    _, n, of, i, j = max(pairs)
    return f"{labels[i]} is most often taken for {labels[j]}, {n:,} of {of:,} times"
