"""Odds against probability: what twice the odds means, and what it takes in this model."""

import math
from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.effects.address import Asked
from dashapp.tabs.effects.layout import ids
from dashapp.tabs.effects.named import rows_of_class
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children
from dashapp.widgets.figures import figure_card
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.points import Scaling
from pipeline.effect_results import NUMBER, times_the_odds, to_double
from pipeline.explaining.wording import with_unit
from pipeline.figures.odds import SHOWN, odds_figure, share_words
from pipeline.figures.template import Look
from pipeline.results import RunResult
from pipeline.shown import capital

_MOST = 6  # fields
_LARGEST = 700.0  # of a coefficient: no number holds its odds ratio
_MEANING = [
    html.P(
        "Odds are p / (1 − p). Twice the odds is 2p / (1 + p): nearly twice a small probability, less and less of a large one."
    ),
    html.P(
        "A coefficient moves log-odds, so a step of a field multiplies the odds by the same number for everybody, and the "
        "probability by another one for each. A number must move by ln 2 / coefficient to double the odds."
    ),
    html.P(
        "On the scale of points a doubling of the odds of bad costs PDO points, 20 unless the Calibration tab says otherwise."
    ),
]


def twice_card(view: RunView, result: RunResult, asked: Asked, look: Look) -> Component:
    cutoff = (
        view.cutoff if len(asked.effects.labels) == 2 and 0 < view.cutoff < 1 else None
    )  # everybody or nobody refused: no odds to double
    told = [f"{theme.chance(p)} becomes {share_words(times_the_odds(p, 2))}" for p in SHOWN]
    title = f"Twice the odds: {told[0]}, {told[1]}, {told[2]}"
    caption = []
    if cutoff is not None:
        half, twice = (share_words(times_the_odds(cutoff, times)) for times in (0.5, 2.0))
        caption.append(
            f"At this run's cut-off of {theme.cutoff(cutoff)}: twice the odds is {twice}, half of them {half}. "
            f"On the usual scale of points twice the odds of bad costs {Scaling().pdo:g} points."
        )
    caption += _which(asked)
    rows = list(_rows(result, asked))
    figure = odds_figure(look, also=cutoff)
    under = "Probability before and after the odds are doubled; in between, odds and probability are two different things."
    built = figure_card(ids.twice, title, under, figure, meaning=_MEANING, height=260, caption=" ".join(caption) or None)
    if rows:
        children = built.children if isinstance(built.children, list) else [built.children]
        built.children = [*children, _table(rows, has_points=_has_points(asked))]
    return built


def _which(asked: Asked) -> list[str]:
    """Whose odds the coefficients multiply, where they are not simply those of the probability."""
    effects, label = asked.effects, asked.effects.shown[asked.at]
    if effects.calibration is not None:
        return ["The coefficients multiply the odds before the isotonic recalibration; the curves show what it makes of them."]
    if len(effects.labels) == 2:
        return []
    if effects.link == "one_vs_rest":
        return [f"The coefficients multiply the odds of '{label}' in its own model, before all classes are scaled to 100%."]
    if asked.row is None:
        return [f"The coefficients multiply the odds of the other classes against '{label}'."]
    return [f"The coefficients multiply the odds of '{label}' against '{effects.labels[0]}', not against all others together."]


def _has_points(asked: Asked) -> bool:
    """Whether points go straight with the log-odds: not for many classes, nor after an isotonic recalibration."""
    return len(asked.effects.labels) == 2 and asked.effects.calibration is None


def _table(rows: list[list[Children]], *, has_points: bool) -> Component:
    heads = [Column("In this model"), *(Column(words, numeric=True) for words in ("To double the odds", "One sd more"))]
    told = "The most important fields whose log-odds are a straight line, in their own units."
    if has_points:
        heads.append(Column("Points", numeric=True))
        told += " Points: what one standard deviation more adds or takes."
    shown = table(heads, rows, label="What it takes to double the odds", names="sd-effects-doubling")
    return html.Div([shown, html.P(told, className="sd-quiet")], className="sd-effects-twice")


def _rows(result: RunResult, asked: Asked) -> Iterator[list[Children]]:
    coefficients, has_points = rows_of_class(result, asked), _has_points(asked)
    n = 0
    for found in asked.ranked() if coefficients else ():
        if found.kind != NUMBER or found.curve is None or not found.curve.is_straight or n == _MOST:
            continue
        row = coefficients[found.columns[0]]
        move, per_sd = to_double(row.estimate), row.estimate_standardised
        if move is None or per_sd is None or abs(per_sd) > _LARGEST:
            continue
        n += 1
        cells = [
            capital(asked.label(found)),
            ("+" if move > 0 else theme.MINUS) + with_unit(theme.number(float(f"{abs(move):.3g}")), asked.unit(found)),
            f"{theme.ratio(math.exp(per_sd))} × odds",
        ]
        points = -Scaling().pdo * per_sd / math.log(2)
        yield [*cells, *([theme.signed(points, "{:+.0f}")] if has_points else [])]
