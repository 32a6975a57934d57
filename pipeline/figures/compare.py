"""Runs over each other on shared axes: ROC curves, what a decision buys, reliability."""

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pipeline.evaluation_results import Calibration, Confusion, RocCurve, ScoreTable
from pipeline.figures.curves import typed
from pipeline.figures.template import PALETTES, Look, Palette, plain, shortened, template

MOST_DRAWN = 6  # runs in a colour of their own; the others are context
MOST_POINTS = 100  # of a curve among others
LEAST_APPROVED = 30  # rows below which a bad rate among the approved says too little to be drawn
_LEAST_SHARE = 0.02  # approved, from which on a bad rate among them is drawn
_APART = 0.06  # of an axis, at which two letters can be told apart
_OWN = 1.96  # standard deviations that chance reaches


@dataclass(frozen=True)
class Drawn:
    """One run of a figure: its letter, its name and its place; the champion has place 0."""

    mark: str
    name: str
    place: int

    @property
    def is_emphasised(self) -> bool:
        return self.place < MOST_DRAWN


def roc_overlay(runs: Sequence[tuple[Drawn, RocCurve, Confusion, float | None]], look: Look) -> go.Figure:
    """Share of bads caught over share of goods refused, a curve for each run with its cut-off as a dot.

    Parameters
    ----------
    runs : sequence of (Drawn, RocCurve, Confusion at the run's cut-off, AUC or None)
    look : "light" or "dark"
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    keys, dots = [], []
    for run, curve, confusion, auc in reversed(runs):
        points = list(zip(curve.false_positive_rate, curve.true_positive_rate, strict=True))
        _line(figure, run, _fewer(points), colours, "%{y:.1%} of bads caught<br>%{x:.1%} of goods refused")
        dots.append((run, _share(confusion.fp, confusion.tn), _share(confusion.tp, confusion.fn)))
        keys.append((run, "" if auc is None else f"{auc:.3f}"))
    _dots(figure, dots, colours)
    _keys(figure, keys[::-1], colours)
    figure.update_xaxes(title_text="Goods refused", range=[0, 1.005], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(title_text="Bads caught", range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def tradeoff_overlay(runs: Sequence[tuple[Drawn, ScoreTable, Confusion]], look: Look) -> go.Figure:
    """Bad rate among the approved over the share that is approved, with each run's cut-off as a dot: lower is better.

    Parameters
    ----------
    runs : sequence of (Drawn, ScoreTable, Confusion at the run's cut-off)
    look : "light" or "dark"
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    keys, dots, top = [], [], 0.0
    for run, table, confusion in reversed(runs):
        points = _tradeoff(table)
        _line(figure, run, _fewer(points), colours, "%{y:.1%} bad among<br>%{x:.1%} approved")
        approved = confusion.tn + confusion.fn
        whole = approved + confusion.tp + confusion.fp
        if approved >= LEAST_APPROVED:
            dots.append((run, approved / whole, confusion.fn / approved))
        top = max([top, *(rate for _, rate in points)])
        keys.append((run, ""))
    _dots(figure, dots, colours)
    _keys(figure, keys[::-1], colours, at_top=True)
    figure.update_xaxes(title_text="Approved", range=[0, 1.005], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(title_text="Bad among the approved", range=[0, (top or 1.0) * 1.08], tickformat=".0%")
    return figure


def bad_rate_at(table: ScoreTable, approved: float) -> float | None:
    """The bad rate among the approved where the share approved is nearest to the one wanted."""
    points = _tradeoff(table)
    return min(points, key=lambda point: abs(point[0] - approved))[1] if points else None


def calibration_overlay(runs: Sequence[tuple[Drawn, Calibration]], look: Look) -> go.Figure:
    """Share of bads in bands of rows over their mean predicted probability, a line for each run with Wilson's intervals.

    Parameters
    ----------
    runs : sequence of (Drawn, Calibration)
    look : "light" or "dark"
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    ends = [max(band.mean_probability, band.bad_rate) for _, found in runs for band in found.bands]
    end = min(1.0, 1.1 * max([0.05, *ends]))
    figure.add_scatter(
        x=[0, end], y=[0, end], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    for run, found in reversed(runs):
        colour = _colour(run, colours)
        figure.add_scatter(
            x=[round(band.mean_probability, 5) for band in found.bands],
            y=[round(band.bad_rate, 5) for band in found.bands],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [round(band.ci_high - band.bad_rate, 5) for band in found.bands],
                "arrayminus": [round(band.bad_rate - band.ci_low, 5) for band in found.bands],
                "color": colour,
                "thickness": 1,
                "width": 0,
            },
            customdata=[[band.n_rows, round(band.ci_low, 4), round(band.ci_high, 4)] for band in found.bands],
            mode="lines+markers",
            name=f"{run.mark} {run.name}",
            line={"color": colour, "width": 1.5 if run.is_emphasised else 1},
            marker={"size": 6 if run.is_emphasised else 4, "color": colour},
            hovertemplate=f"{run.mark}: predicted %{{x:.1%}}, came %{{y:.1%}}<br>95%% interval %{{customdata[1]:.1%}} to "
            "%{customdata[2]:.1%}, %{customdata[0]:,} rows<extra></extra>",
        )
    slopes = [(run, "" if found.slope is None else f"slope {found.slope:.2f}") for run, found in runs]
    _keys(figure, slopes, colours)
    figure.update_xaxes(title_text="Predicted probability of bad, mean of the band", range=[0, end * 1.02], tickformat=".0%")
    figure.update_yaxes(title_text="Bads that came", range=[0, end * 1.02], tickformat=".0%")
    return figure


def expected_against_came(found: Calibration) -> int:
    """1 where more bads were expected than came by more than chance, -1 where fewer, else 0.

    Chance is 1.96 standard deviations of a sum of Bernoulli draws with the bands' mean probabilities.
    """
    variance = sum(band.n_rows * band.mean_probability * (1 - band.mean_probability) for band in found.bands)
    off = found.expected_bad - found.n_bad
    return 0 if off * off <= _OWN * _OWN * variance else 1 if off > 0 else -1


def _tradeoff(table: ScoreTable) -> list[tuple[float, float]]:
    """(share approved, bad rate among them) at each cut-off that approves enough."""
    n_bad, n_good = table.bad_at_or_above[0], table.good_at_or_above[0]
    points = [(1.0, n_bad / (n_bad + n_good))] if n_bad + n_good >= LEAST_APPROVED else []
    least = max(LEAST_APPROVED, _LEAST_SHARE * (n_bad + n_good))
    for bad, good in zip(reversed(table.bad_at_or_above), reversed(table.good_at_or_above), strict=True):
        approved = n_bad - bad + n_good - good
        if approved >= least:
            points.append((approved / (n_bad + n_good), (n_bad - bad) / approved))
    return sorted(set(points))


def _fewer(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most MOST_POINTS of a curve, even along its length."""
    if len(points) <= MOST_POINTS:
        return list(points)
    along = [0.0]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        along.append(along[-1] + abs(x1 - x0) + abs(y1 - y0))
    wanted = [along[-1] * i / (MOST_POINTS - 1) for i in range(MOST_POINTS)]
    kept = {min(bisect_left(along, length), len(points) - 1) for length in wanted} | {0, len(points) - 1}
    return [points[i] for i in sorted(kept)]


def _line(figure: go.Figure, run: Drawn, points: Sequence[tuple[float, float]], colours: Palette, hover: str) -> None:
    figure.add_scatter(
        x=typed(x for x, _ in points),
        y=typed(y for _, y in points),
        mode="lines",
        line={"color": _colour(run, colours), "width": 2 if run.is_emphasised else 1},
        name=f"{run.mark} {run.name}",
        hovertemplate=f"{run.mark} {shortened(run.name)}<br>{hover}<extra></extra>",
    )


def _dots(figure: go.Figure, at: Sequence[tuple[Drawn, float | None, float | None]], colours: Palette) -> None:
    """Where the runs' cut-offs stand on their curves, named by their letters."""
    shown = [(run, x, y) for run, x, y in at if run.is_emphasised and x is not None and y is not None]
    figure.add_scatter(
        x=[x for _, x, _ in shown],
        y=[y for _, _, y in shown],
        mode="markers+text",
        marker={
            "size": 9,
            "color": [_colour(run, colours) for run, _, _ in shown],
            "line": {"width": 2, "color": colours.surface},
        },
        text=_letters(shown),
        textposition=["top left" if run.place % 2 else "bottom right" for run, _, _ in shown],
        textfont={"color": [ink(run, colours) for run, _, _ in shown]},
        cliponaxis=False,
        name="cut-offs",
        hoverinfo="skip",
    )


def _letters(shown: Sequence[tuple[Drawn, float, float]]) -> list[str]:
    """The letters of the dots, but where they would cover one another: there the first run's stands for all."""
    most = max((y for _, _, y in shown), default=1.0) or 1.0
    named: list[tuple[float, float]] = []
    texts = []
    for run, x, y in sorted(shown, key=lambda one: one[0].place):
        free = all(abs(x - other_x) > _APART or abs(y - other_y) > _APART * most for other_x, other_y in named)
        named += [(x, y)] if free else []
        texts.append((run.place, f"<b>{run.mark}</b>" if free else ""))
    by_place = dict(texts)
    return [by_place[run.place] for run, _, _ in shown]


def _keys(figure: go.Figure, runs: Sequence[tuple[Drawn, str]], colours: Palette, *, at_top: bool = False) -> None:
    """The runs' names in their colours, where the curves leave room."""
    shown = [(run, note) for run, note in runs if run.is_emphasised]
    for at, (run, note) in enumerate(shown):
        height = 0.98 - 0.065 * at if at_top else 0.03 + 0.065 * (len(shown) - 1 - at)
        figure.add_annotation(
            x=0.02 if at_top else 0.99, y=height, xref="paper", yref="paper", xanchor="left" if at_top else "right",
            yanchor="top" if at_top else "bottom", showarrow=False, font={"size": 12, "color": ink(run, colours)},
            text=f"<b>{plain(run.mark)}</b> {shortened(run.name, 26)}{f' {note}' if note else ''}",
        )  # fmt: skip


def _colour(run: Drawn, colours: Palette) -> str:
    return colours.series_line[run.place] if run.is_emphasised else colours.fig_reference


def ink(run: Drawn, colours: Palette) -> str:
    """The colour of words about a run."""
    return colours.series_ink[run.place] if run.is_emphasised else colours.text_3


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
