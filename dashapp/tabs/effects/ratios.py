"""All odds ratios of a class as a forest plot, grouped by field."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import exp

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.effects.address import OWN, SD, Asked
from dashapp.tabs.effects.layout import ids
from dashapp.tabs.effects.named import named, rows_of_class
from dashapp.tabs.evaluate.coefficient_rows import comparable, ends, ends_per_sd
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import card
from dashapp.widgets.figures import figure_card
from pipeline.figures.forest import ForestRow, forest_figure, forest_height
from pipeline.figures.template import Look
from pipeline.results import Coefficient, RunResult
from pipeline.shown import capital

_MOST = 36  # coefficients and reference levels
_MOST_LEVELS = 12  # of a field
_MISSING, _PRESENT = "(missing)", "(present)"  # a flag, and what it is compared with
_MEANING = [
    html.P(
        "An odds ratio is exp(coefficient): what the odds are multiplied with, all other fields as they are. 1 changes nothing."
    ),
    html.P(
        "Numbers are per standard deviation of the training rows, so that they compare, or per their own unit. A level is "
        "compared with its field's reference level, the open dot. Powers and products of a field move together with it, so that "
        "no ratio of one is that of the field: its curve is."
    ),
    html.P(
        "Intervals are drawn where they are honest: Wald's for a fit without a penalty, the bootstrap's where it was asked for. "
        "A penalty pulls estimates towards 0, and an interval that does not know of it would be wrong."
    ),
]


def ratios_card(view: RunView, result: RunResult, asked: Asked, look: Look) -> Component:
    coefficients = rows_of_class(result, asked)
    label = asked.effects.shown[asked.at]
    if not coefficients:
        told = html.P(f"The odds of the other classes are told against '{label}'. Choose another class above.")
        return card(f"No odds ratios of {label}", told)
    every = list(_rows(asked, coefficients))
    rows = _drawn(every)
    drawn = [row for row in rows if not row.is_reference]
    n = f"{len(drawn)} of {theme.count(len(coefficients))} coefficients, the most important fields first"
    if any(len(list(group)) > _MOST_LEVELS + 1 for _, group in groupby(every, key=lambda row: row.field)):
        n += f", of many levels the {_MOST_LEVELS} furthest from 1"
    if len(drawn) == len(coefficients):
        n = f"All {len(drawn)} coefficients, the most important field first" if len(drawn) > 1 else "The one coefficient"
    per = "per standard deviation" if asked.per == SD else "per unit of the field"
    under = f"{n}; numbers {per}, levels against the open dot. {_intervals(coefficients)}"
    figure = forest_figure(rows, look, has_bad=len(asked.effects.labels) == 2)
    return figure_card(
        ids.ratios,
        _finding([row for row in every if not row.is_reference]),
        under,
        figure,
        meaning=_MEANING,
        height=forest_height(rows),
        caption=[_switch(view, asked), *_more(view, len(drawn), len(coefficients))],
    )


def _drawn(rows: Sequence[ForestRow]) -> list[ForestRow]:
    """As many as there is room for: of a field with many levels those furthest from 1, so that the next one is seen too."""
    found: list[ForestRow] = []
    for _, group in groupby(rows, key=lambda row: row.field):
        members = list(group)
        levels = [row for row in members if not row.is_reference]
        kept = sorted(levels, key=lambda row: -abs(row.estimate))[:_MOST_LEVELS]
        found += members if len(levels) <= _MOST_LEVELS else [row for row in members if row.is_reference or row in kept]
    return found[:_MOST]


def _rows(asked: Asked, coefficients: Sequence[Coefficient]) -> Iterator[ForestRow]:
    for found in asked.ranked():
        reference: str | None = None
        name = capital(asked.label(found))
        for place in found.columns:
            row = named(coefficients[place], found, asked)
            if row.reference is not None and row.reference != _PRESENT and row.reference != reference:
                reference = row.reference
                yield ForestRow(name, reference, 0.0, is_reference=True)
            low, high = _ends(row, asked.per)
            estimate = row.estimate if asked.per == OWN else comparable(row)
            yield ForestRow(name, _name(row, name), estimate, low, high)


def _ends(row: Coefficient, per: str) -> tuple[float | None, float | None]:
    return ends(row) if per == OWN or row.estimate_standardised is None else ends_per_sd(row)


def _name(row: Coefficient, field: str) -> str:
    if row.level is None:
        return row.field
    level = "missing" if row.level == _MISSING else row.level
    return level if row.field == field else f"{row.field}: {level}"


def _finding(rows: Sequence[ForestRow]) -> str:
    """How many intervals leave 1 out, where there are any; else the ratio that is furthest from 1."""
    with_ends = [row for row in rows if row.low is not None and row.high is not None]
    if with_ends:
        clear = sum(1 for row in with_ends if row.low is not None and row.high is not None and not row.low <= 0 <= row.high)
        return (
            f"{clear} of {theme.plural(len(with_ends), 'interval')} {'leaves' if clear == 1 else 'leave'} an odds ratio of 1 out"
        )
    far = max(rows, key=lambda row: abs(row.estimate))
    if not far.estimate:
        return "Every odds ratio is 1: the model tells nothing apart"
    name = far.name if far.name == far.field else f"{far.field}: {far.name}"
    return f"{name} is furthest from 1, with {theme.ratio(exp(min(far.estimate, 700.0)))} × the odds"


def _intervals(rows: Sequence[Coefficient]) -> str:
    if any(row.ci_low is not None for row in rows):
        return "95% intervals (Wald)."
    if any(row.bootstrap_low is not None for row in rows):
        return "95% bootstrap intervals."
    return next((row.reason for row in rows if row.reason), None) or "No intervals."


def _more(view: RunView, n_drawn: int, n: int) -> list[Component]:
    """Where those are that no plot has room for."""
    if n_drawn == n:
        return []
    link = dcc.Link(f"All {theme.count(n)} in a table that can be searched and downloaded", href=f"/runs/{view.id}/coefficients")
    return [html.Span(link, className="sd-effects-all")]


def _switch(view: RunView, asked: Asked) -> Component:
    """Per what a number's ratio is told; the address keeps it."""
    path = f"/runs/{view.id}/effects"
    links = [
        dcc.Link(
            words,
            href=path + asked.query(per=per),
            className="active" if asked.per == per else "",
            title="Shown now" if asked.per == per else f"Show odds ratios {words.lower()}",
        )
        for per, words in ((SD, "Per standard deviation"), (OWN, "Per own unit"))
    ]
    return html.Span(links, className="sd-effects-switch")
