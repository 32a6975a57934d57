"""The same figure for each run on shared axes."""

import itertools
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.layout import ids
from dashapp.tabs.compare.sides import Side
from dashapp.tabs.compare.words import letters, verb
from dashapp.widgets.figures import figure_card
from pipeline.evaluation_results import Calibration, Confusion, RocCurve, ScoreTable
from pipeline.figures.compare import (
    MOST_DRAWN,
    bad_rate_at,
    calibration_overlay,
    expected_against_came,
    roc_overlay,
    tradeoff_overlay,
)
from pipeline.figures.compare_scores import distribution_panels
from pipeline.figures.template import Look

_ROC = (
    "Each point of a curve is a cut-off: up the share of bads that it refuses, right the share of goods. The dots are the "
    "cut-offs of the runs."
)
_TRADEOFF = (
    "Each point is a cut-off: right the share of applicants that it approves, up the share of bads among them. At one approval "
    "rate the lower curve is the better one, whatever the scales of the scores. Points with fewer than 30 approved, or fewer "
    "than 2%, are left out."
)
_CALIBRATION = (
    "Rows in bands of similar predicted probability: up the share that went bad with Wilson's 95% interval, right what was "
    "predicted. On the dotted line both agree."
)
_SCORES = (
    "Of each run: the share of all goods (up, blue) and of all bads (down, orange) in each band of the score, with the run's "
    "cut-off. The less the two overlap, the better the run tells them apart."
)


def curve_cards(sides: Sequence[Side], look: Look, beside: Sequence[Component] = ()) -> list[Component]:
    """Two cards to a row, after those that stand `beside` them. Nothing for runs of three classes and more."""
    binary = [side for side in sides if side.judged.table is not None and side.judged.confusion is not None]
    cards = list(beside)
    if len(binary) > 1:
        cards += [*_roc(binary, look), *_tradeoff(binary, look), *_calibration(binary, look)]
        cards += _scores(binary, look, span=6 if len(cards) % 2 else 12)
    return [html.Div(cards, className="sd-grid")] if cards else []


def _roc(sides: Sequence[Side], look: Look) -> list[Component]:
    found = [
        (side, curve, side.judged.confusion)
        for side in sides
        if (curve := side.result.roc_of(side.judged.part)) is not None and side.judged.confusion is not None
    ]
    if len(found) < 2:
        return []
    figure = roc_overlay([(side.drawn, curve, counts, side.judged.metrics.auc) for side, curve, counts in found], look)
    title = roc_finding([one for one in found if _is_beside_the_champion(one[0], sides)])
    return [figure_card(ids.roc, title, _under(sides, "ROC curves"), figure, meaning=html.P(_ROC), span=6, height=400)]


def roc_finding(found: Sequence[tuple[Side, RocCurve, Confusion]]) -> str:
    """What each catches where as many goods are refused as the champion refuses."""
    counts = found[0][2]
    goods = counts.tn + counts.fp
    if not goods or len(found) < 2:
        return "Bads caught for the goods refused"
    refused = counts.fp / goods
    caught = [(side, _height(curve, refused)) for side, curve, _ in found]
    best, worst = max(caught, key=lambda one: one[1]), min(caught, key=lambda one: one[1])
    said = f"Refusing {theme.chance(refused)} of goods"
    if theme.chance(best[1]) == theme.chance(worst[1]):
        return f"{said}, each catches {theme.chance(best[1])} of bads"
    return f"{said}, {best[0].mark} catches {theme.chance(best[1])} of bads and {worst[0].mark} {theme.chance(worst[1])}"


def _height(curve: RocCurve, at: float) -> float:
    """The curve over a share of goods refused, along the line between its points."""
    points = list(zip(curve.false_positive_rate, curve.true_positive_rate, strict=True))
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= at <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return points[-1][1]


def _tradeoff(sides: Sequence[Side], look: Look) -> list[Component]:
    found = [
        (side, side.judged.table, side.judged.confusion)
        for side in sides
        if side.judged.table is not None and side.judged.confusion is not None
    ]
    figure = tradeoff_overlay([(side.drawn, table, counts) for side, table, counts in found], look)
    title = tradeoff_finding([one for one in found if _is_beside_the_champion(one[0], sides)])
    under = _under(sides, "What a cut-off buys")
    return [figure_card(ids.tradeoff, title, under, figure, meaning=html.P(_TRADEOFF), span=6, height=400)]


def tradeoff_finding(found: Sequence[tuple[Side, ScoreTable, Confusion]]) -> str:
    """The bad rates where each approves as many as the champion."""
    counts = found[0][2]
    approved = (counts.tn + counts.fn) / max(counts.tn + counts.fn + counts.tp + counts.fp, 1)
    rates = [(side, rate) for side, table, _ in found if (rate := bad_rate_at(table, approved)) is not None]
    if len(rates) < 2:
        return "Approved, and bad among them"
    best, worst = min(rates, key=lambda one: one[1]), max(rates, key=lambda one: one[1])
    said = f"Approving {theme.chance(approved)}"
    if theme.share(best[1]) == theme.share(worst[1]):
        return f"{said}, {theme.share(best[1])} go bad with each"
    return f"{said}, {theme.share(best[1])} go bad with {best[0].mark} and {theme.share(worst[1])} with {worst[0].mark}"


def _calibration(sides: Sequence[Side], look: Look) -> list[Component]:
    found = [(side, calibration) for side in sides if (calibration := side.calibration) is not None]
    if not found:
        return []
    figure = calibration_overlay([(side.drawn, calibration) for side, calibration in found], look)
    title = calibration_finding(found, whole=len(found) == len(sides))
    under = _under([side for side, _ in found], "Predicted against observed, with 95% intervals")
    return [figure_card(ids.calibration, title, under, figure, meaning=html.P(_CALIBRATION), span=6, height=400)]


def calibration_finding(found: Sequence[tuple[Side, Calibration]], *, whole: bool) -> str:
    """Whose chances are too high or too low by more than chance; `whole` where every run gives chances."""
    off = {side.mark: expected_against_came(calibration) for side, calibration in found}
    high, low, right = ([side for side, _ in found if off[side.mark] == way] for way in (1, -1, 0))
    if not high and not low:
        who = "All expect" if whole else f"{letters(right)} {verb(right, 'expects', 'expect')}"
        return f"{who} as many bads as came, but for chance"
    parts = [f"the chances of {letters(high)} are too high"] if high else []
    parts += [f"those of {letters(low)} too low" if high else f"the chances of {letters(low)} are too low"] if low else []
    told = ", ".join(parts)
    rest = f"; {letters(right)} {verb(right, 'is', 'are')} right but for chance" if right else ""
    return f"{told[:1].upper()}{told[1:]}{rest}"


def _scores(sides: Sequence[Side], look: Look, *, span: int) -> list[Component]:
    found = [
        (side.drawn, side.judged.table, side.view.cutoff, side.result.own_scale)
        for side in sides
        if side.judged.table is not None
    ]
    figure = distribution_panels(found, look)
    told = sorted(
        (
            (side.judged.metrics.ks_statistic, side)
            for side in sides
            if side.judged.metrics.ks_statistic is not None and _is_beside_the_champion(side, sides)
        ),
        key=lambda one: -one[0],
    )
    title = "Where goods and bads score"
    if len(told) > 1 and theme.metric(told[0][0]) == theme.metric(told[-1][0]):
        title = f"All tell goods from bads equally far: KS {theme.metric(told[0][0])}"
    elif len(told) > 1:
        (most, best), (least, worst) = told[0], told[-1]
        title = f"{best.mark} tells goods from bads furthest, KS {theme.metric(most)}; {worst.mark} least, {theme.metric(least)}"
    under = _under(sides, "Share of goods (up) and of bads (down) by score; the line is the cut-off")
    height = 400 if span == 6 else 80 + 80 * min(len(found), MOST_DRAWN)
    return [figure_card(ids.scores, title, under, figure, meaning=html.P(_SCORES), span=span, height=height)]


def _is_beside_the_champion(side: Side, sides: Sequence[Side]) -> bool:
    """Whether it is of the same data set, so that a finding may hold the two against each other."""
    return side.view.dataset_id == sides[0].view.dataset_id


def _under(sides: Sequence[Side], what: str) -> str:
    """What is drawn, of how many rows."""
    counts = sorted({side.judged.metrics.n_rows for side in sides})
    n = theme.count(counts[0]) if len(counts) == 1 else f"{theme.count(counts[0])} to {theme.count(counts[-1])}"
    parts = list(dict.fromkeys(side.judged.name for side in sides))
    grey = f"; runs after the first {MOST_DRAWN} in grey" if len(sides) > MOST_DRAWN else ""
    return f"{what}: {n} rows, {' or '.join(parts)}{grey}."
