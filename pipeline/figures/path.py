"""The regularisation path: coefficients over C, how each C does over the folds, and the ROC curve of each.

The browser moves what shows the chosen C without asking the server (assets/42-tune-cards.js), so it stands apart from the
curves: shape 0 is the cursor, the last trace holds the dots on the curves, and `layout.meta` what they need at every C. The axes
have fixed ranges.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, Palette, plain, shortened, template
from pipeline.study_results import PathColumn, PathFigure, PathPart, TuningPath

JudgedBy = Literal["auc", "log_loss"]
WORDS: dict[JudgedBy, str] = {"auc": "AUC", "log_loss": "Log-loss"}
MOST_LINES, MOST_EMPHASISED = 200, 6
_LONGEST_LABEL = 20
_LABEL_GAP = 0.055  # of the height, between two labels at the ends of lines
_DOT = 8  # pixels across


def strength(C: float) -> str:
    """C as a person writes it: 0.0063, 1, 250."""
    rounded = float(f"{C:.2e}")
    return f"{rounded:.{max(0, 2 - math.floor(math.log10(rounded)))}f}".rstrip("0").rstrip(".") if rounded < 1 else f"{rounded:g}"


def columns_of(path: TuningPath, label: str) -> list[int]:
    """The coefficients that move the odds of a label, the largest on the path first, at most as many as are drawn."""
    found = [i for i, column in enumerate(path.columns) if column.label == label]
    found.sort(key=lambda i: -max(abs(row[i]) for row in path.coefficients))
    return found[:MOST_LINES]


def emphasised(path: TuningPath, label: str) -> list[int]:
    """The largest coefficients where the cross-validated log-loss is best, in descending order of their value at the last C."""
    at_best = path.coefficients[path.log_loss.best]
    largest = sorted((i for i in columns_of(path, label) if at_best[i]), key=lambda i: -abs(at_best[i]))[:MOST_EMPHASISED]
    return sorted(largest, key=lambda i: -path.coefficients[-1][i])


def end_label(column: PathColumn) -> str:
    """What stands at the end of a line: the whole name where it is short, else a level without its column."""
    long = len(column.name) > _LONGEST_LABEL and column.level is not None
    return shortened(column.level if long and column.level is not None else column.name, _LONGEST_LABEL)


def path_figure(path: TuningPath, label: str, position: int, look: Look) -> go.Figure:
    """Each coefficient against C; the six largest in colour with their names, the rest grey."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    strong = emphasised(path, label)
    drawn = columns_of(path, label)
    for i in [i for i in drawn if i not in strong]:
        _line(figure, path, i, colours.fig_reference, 0.8)
    for i, colour in zip(strong, colours.series_line, strict=False):
        _line(figure, path, i, colour, 2.0)
    low, high = _padded([row[i] for row in path.coefficients for i in drawn] or [0.0])
    _c_axis(figure, path.Cs)
    figure.update_yaxes(title_text="Coefficient", range=[low, high])
    ends = _apart([path.coefficients[-1][i] for i in strong], (high - low) * _LABEL_GAP)
    for i, ink, y in zip(strong, colours.series_ink, ends, strict=False):
        figure.add_annotation(
            x=1, xref="paper", y=y, text=end_label(path.columns[i]), font={"color": ink, "size": 12},
            showarrow=False, xanchor="left", xshift=6,
        )  # fmt: skip
    _cursor(figure, path.Cs[position], colours)
    _dots(
        figure, path.Cs[position], [path.coefficients[position][i] for i in strong], colours.series_line[: len(strong)], colours
    )
    figure.update_layout(margin_r=132 if strong else 16, margin_t=22)
    figure.layout.meta = {"Cs": list(path.Cs), "dots": [[_short(row[i]) for row in path.coefficients] for i in strong]}
    return figure


def cv_figure(path: TuningPath, judged_by: JudgedBy, position: int, look: Look) -> go.Figure:
    """The mean over the folds at each C with a band of one standard error; the best C and the one-standard-error C marked."""
    colours, found = PALETTES[look], path.auc if judged_by == "auc" else path.log_loss
    figure = go.Figure(layout={"template": template(look), "hovermode": "x"})
    upper = [_short(mean + se) for mean, se in zip(found.mean, found.se, strict=True)]
    lower = [_short(mean - se) for mean, se in zip(found.mean, found.se, strict=True)]
    bare = {"mode": "lines", "line": {"color": colours.series_1_edge, "width": 1}, "hoverinfo": "skip"}
    figure.add_scatter(x=list(path.Cs), y=upper, name="mean + 1 se", **bare)
    figure.add_scatter(x=list(path.Cs), y=lower, name="mean - 1 se", fill="tonexty", fillcolor=colours.fig_band, **bare)
    figure.add_scatter(
        x=list(path.Cs), y=[_short(mean) for mean in found.mean], name=WORDS[judged_by], mode="lines",
        line={"color": colours.series[0], "width": 2}, customdata=[_short(se) for se in found.se],
        hovertemplate="C = %{x:.3g}<br>%{y:.3f} ± %{customdata:.3f}<extra></extra>",
    )  # fmt: skip
    low, high = _padded([*upper, *lower])
    _c_axis(figure, path.Cs)
    figure.update_yaxes(title_text=f"{WORDS[judged_by]}, mean of folds", range=[low, high])
    _marks(figure, path.Cs, found, judged_by, colours)
    _cursor(figure, path.Cs[position], colours)
    _dots(figure, path.Cs[position], [found.mean[position]], [colours.fig_ink], colours)
    figure.update_layout(margin_t=22)
    figure.layout.meta = {"Cs": list(path.Cs), "dots": [[_short(mean) for mean in found.mean]]}
    return figure


def path_roc_figure(path: TuningPath, position: int, look: Look) -> go.Figure:
    """The ROC curve of the judged part at one C, the training curve in grey, and the point of a cut-off.

    The traces: chance, training (grey) where rows were held out, the judged part, and last the point, which the browser places.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    judged = judged_part(path)
    if judged.name != "training":
        training = next(part for part in path.parts if part.name == "training")
        _roc_line(figure, training, position, colours.fig_reference, 1.0)
    _roc_line(figure, judged, position, colours.series[0], 2.0)
    figure.add_annotation(
        x=0.62, y=0.62, text="chance", showarrow=False, xshift=14, yshift=-12, font={"size": 11, "color": colours.text_3}
    )
    _dots(figure, 0.0, [0.0], [colours.fig_ink], colours, _DOT + 3)
    figure.update_xaxes(title_text="Goods refused", range=[0, 1.005], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(title_text="Bads caught", range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def judged_part(path: TuningPath) -> PathPart:
    """The held-out rows, or the training rows where nothing was held out."""
    return next((part for part in path.parts if part.name == "held_out"), path.parts[0])


def _roc_line(figure: go.Figure, part: PathPart, position: int, colour: str, width: float) -> None:
    name, curve = part.name.replace("_", " "), part.roc[position]
    figure.add_scatter(
        x=[_short(x) for x in curve.false_positive_rate], y=[_short(y) for y in curve.true_positive_rate], name=name,
        mode="lines", line={"color": colour, "width": width},
        hovertemplate=f"{name}<br>%{{y:.1%}} of bads caught<br>%{{x:.1%}} of goods refused<extra></extra>",
    )  # fmt: skip


def _line(figure: go.Figure, path: TuningPath, i: int, colour: str, width: float) -> None:
    name = plain(path.columns[i].name)
    figure.add_scatter(
        x=list(path.Cs), y=[_short(row[i]) for row in path.coefficients], name=name, mode="lines",
        line={"color": colour, "width": width, "shape": "spline", "smoothing": 0.4},
        hovertemplate=f"{name}<br>C = %{{x:.3g}}: %{{y:+.3f}}<extra></extra>",
    )  # fmt: skip


def _c_axis(figure: go.Figure, Cs: Sequence[float]) -> None:
    first, last = math.log10(Cs[0]), math.log10(Cs[-1])
    decades = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    step = max(1, math.ceil(len(decades) / 4))  # of more, they would stand aslant on a phone
    ticks = [10.0**k for k in decades][::step]
    figure.update_xaxes(
        type="log", range=[first, last], tickvals=ticks, ticktext=[strength(tick) for tick in ticks],
        title_text="C, log scale (weaker penalty to the right)",
    )  # fmt: skip


def _cursor(figure: go.Figure, C: float, colours: Palette) -> None:
    figure.add_shape(
        type="line", x0=C, x1=C, y0=0, y1=1, yref="paper", line={"color": colours.fig_ink, "width": 1.5},
        label={"text": f"C = {strength(C)}", "textposition": "end", "textangle": 0, "yanchor": "bottom",
               "font": {"color": colours.text, "size": 12}},
    )  # fmt: skip


def _dots(figure: go.Figure, x: float, ys: Sequence[float], fills: Sequence[str], colours: Palette, size: int = _DOT) -> None:
    figure.add_scatter(
        x=[x] * len(ys), y=list(ys), mode="markers", name="chosen", hoverinfo="skip", cliponaxis=False,
        marker={"size": size, "color": list(fills), "line": {"width": 1.5, "color": colours.surface}},
    )  # fmt: skip


def _marks(figure: go.Figure, Cs: Sequence[float], found: PathFigure, judged_by: JudgedBy, colours: Palette) -> None:
    """The best C and the one-standard-error C on the curve, and the level that divides them."""
    high_is_best = judged_by == "auc"
    limit = found.mean[found.best] + (-1 if high_is_best else 1) * found.se[found.best]
    figure.add_scatter(
        x=[Cs[0], Cs[-1]], y=[limit, limit], mode="lines", line={"color": colours.text_3, "width": 1, "dash": "dot"},
        hoverinfo="skip", name="one standard error from the best",
    )  # fmt: skip
    above = found.mean[-1] < limit  # the words stand on the other side of the line than the curve ends
    figure.add_annotation(
        x=1, xref="paper", xanchor="right", y=limit, yanchor="bottom" if above else "top", showarrow=False,
        text="best less 1 SE" if high_is_best else "best plus 1 SE", font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    same = found.best == found.one_se
    places = [(found.best, "best", colours.series[0])] + ([] if same else [(found.one_se, "1-SE", colours.surface)])
    figure.add_scatter(
        x=[Cs[i] for i, _, _ in places], y=[_short(found.mean[i]) for i, _, _ in places], mode="markers", name="marked",
        marker={"size": 9, "color": [colour for _, _, colour in places], "line": {"width": 2, "color": colours.series[0]}},
        hoverinfo="skip",
    )  # fmt: skip
    up = 1 if high_is_best else -1
    for i, word, _ in places:
        text = f"best {found.mean[i]:.3f}" if word == "best" else f"1-SE, C = {strength(Cs[i])}<br>{found.mean[i]:.3f}"
        at_left = _share(Cs, i) > (0.75 if word == "best" else 0.25)
        figure.add_annotation(
            x=math.log10(Cs[i]), y=found.mean[i], text=text, showarrow=False, align="right" if at_left else "left",
            xanchor="right" if at_left else "left", xshift=-8 if at_left else 8, yshift=18 * up,
            font={"size": 12, "color": colours.series_1_ink},
        )  # fmt: skip


def _share(Cs: Sequence[float], i: int) -> float:
    return (math.log(Cs[i]) - math.log(Cs[0])) / ((math.log(Cs[-1]) - math.log(Cs[0])) or 1.0)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    reach = (high - low) or 1.0
    return low - 0.05 * reach, high + 0.05 * reach


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Descending places moved apart by at least `gap`, as little as that takes: each group stays around its own middle."""
    groups: list[list[float]] = []
    for value in values:
        groups.append([value])
        while len(groups) > 1 and _middle(groups[-2]) - _middle(groups[-1]) < gap * (len(groups[-2]) + len(groups[-1])) / 2:
            last = groups.pop()
            groups[-1] += last
    return [_middle(group) + gap * ((len(group) - 1) / 2 - k) for group in groups for k in range(len(group))]


def _middle(group: Sequence[float]) -> float:
    return sum(group) / len(group)


def _short(value: Any) -> float:
    """Four digits: more than a figure shows, and less to send."""
    return float(f"{value:.4g}")
