"""Kolmogorov and Smirnov's figure: how the scores of goods and of bads pile up, and where the two are furthest apart."""

from dataclasses import dataclass

import plotly.graph_objects as go

from pipeline.evaluation_results import ScoreTable
from pipeline.figures.curves import (
    UNIT,
    at_or_above,
    cutoff_line,
    hover_cutoffs,
    occupied,
    score_axis,
    score_text,
    share_axis,
    shares_figure,
    units,
)
from pipeline.figures.template import PALETTES, Look, Palette
from pipeline.results import ScoreScale

_NEAR = 0.15  # of the width: a cut-off so close to the gap runs through words beside it


@dataclass(frozen=True)
class Gap:
    """The cut-off where the two curves are furthest apart, and the share of each class that scores below it."""

    cutoff: float
    good_below: float
    bad_below: float

    @property
    def width(self) -> float:
        return abs(self.good_below - self.bad_below)


def widest_gap(table: ScoreTable) -> Gap | None:
    """At the cut-offs of the table; the lowest of several. None where one class is absent."""
    n_good, n_bad = table.good_at_or_above[0], table.bad_at_or_above[0]
    if not n_good or not n_bad:
        return None
    gaps = [
        Gap(cutoff, 1 - good / n_good, 1 - bad / n_bad)
        for cutoff, good, bad in zip(table.cutoffs, table.good_at_or_above, table.bad_at_or_above, strict=True)
    ]
    return max(gaps, key=lambda gap: gap.width)


def ks_figure(table: ScoreTable, ks_statistic: float, cutoff: float, look: Look, *, scale: ScoreScale | None = None) -> go.Figure:
    """Share of goods and of bads that score below each cut-off, with the widest gap and the run's cut-off marked.

    Parameters
    ----------
    table : ScoreTable
    ks_statistic : float
        Of all distinct scores; the table may have fewer.
    cutoff : float
    look : "light" or "dark"
    scale : ScoreScale, optional
        Of a score from elsewhere.
    """
    colours, gap, figure = PALETTES[look], widest_gap(table), shares_figure(look)
    if gap is None:
        return figure
    low, high = occupied(table)
    for name, counts, colour in (
        ("goods", table.good_at_or_above, colours.series_line[0]),
        ("bads", table.bad_at_or_above, colours.series_line[1]),
    ):
        kept = [i for i in range(len(counts)) if not (0 < i < len(counts) - 1 and counts[i - 1] == counts[i] == counts[i + 1])]
        behind, cutoff_words = hover_cutoffs((table.cutoffs[i] for i in [*kept, -1]), scale)
        figure.add_scatter(
            x=units([*(table.cutoffs[i] for i in kept), table.cutoffs[-1]]),
            y=units([*(1 - counts[i] / counts[0] for i in kept), 1.0]),
            mode="lines", name=name, line={"color": colour, "width": 2, "shape": "vh"}, customdata=behind,
            hovertemplate=f"{cutoff_words}<br>of 10,000 {name} %{{y:,}} score below<extra></extra>",
        )  # fmt: skip
    figure.add_shape(
        type="line", x0=gap.cutoff * UNIT, x1=gap.cutoff * UNIT, y0=gap.bad_below * UNIT, y1=gap.good_below * UNIT,
        line={"color": colours.text_2, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    near = gap.cutoff < cutoff < gap.cutoff + _NEAR * (high - low)
    _labels(figure, table, gap, f"KS {ks_statistic:.3f}", cutoff if near else gap.cutoff, colours)
    cutoff_line(figure, cutoff, f"cut-off {score_text(cutoff, scale)}", colours, unit=UNIT)
    score_axis(figure, scale, min(low, cutoff), max(high, cutoff), unit=UNIT)
    figure.update_yaxes(share_axis("Scoring below"))
    figure.update_layout(margin_t=22)
    return figure


def ks_finding(table: ScoreTable, *, scale: ScoreScale | None = None) -> str:
    """`Goods and bads are furthest apart at 0.22: 79% of bads and 26% of goods score there or worse`."""
    gap = widest_gap(table)
    if gap is None:
        return "One class is absent, so there is no gap to be seen"
    where = score_text(gap.cutoff, scale)
    return (
        f"Goods and bads are furthest apart at {where}: {1 - gap.bad_below:.0%} of bads and {1 - gap.good_below:.0%} of goods "
        "score there or worse"
    )


def _labels(figure: go.Figure, table: ScoreTable, gap: Gap, ks: str, at: float, colours: Palette) -> None:
    """The names right of a cut-off, under their curves; KS beside the gap, or right of both where a line would cross it."""
    good, bad = (1 - at_or_above(counts, table, at) / counts[0] for counts in (table.good_at_or_above, table.bad_at_or_above))
    middle = (gap.good_below + gap.bad_below) / 2
    beside = gap.cutoff
    if at != gap.cutoff:
        pairs = zip(table.cutoffs, table.bad_at_or_above, strict=True)
        beside = max(at, next((cutoff for cutoff, n in pairs if 1 - n / table.bad_at_or_above[0] >= middle), at))
    words = (
        (at, good, "goods", colours.series_ink[0], "top"),
        (beside, middle, ks, colours.text, "middle"),
        (at, bad, "bads", colours.series_ink[1], "top"),
    )
    for x, y, text, ink, anchor in words:
        figure.add_annotation(
            x=x * UNIT, y=y * UNIT, text=text, showarrow=False, xanchor="left", xshift=8, yanchor=anchor,
            font={"size": 12, "color": ink},
        )  # fmt: skip
