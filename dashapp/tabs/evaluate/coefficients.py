"""Coefficients: each estimate in its column's own units, with its odds ratio, and an interval where one is honest."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, notice
from dashapp.widgets.tables import Column, Scale, table
from pipeline.results import Coefficient, RunResult


def coefficients(view: RunView, result: RunResult) -> list[Component]:
    """One card for each class whose log-odds the estimates move."""
    reasons = sorted({row.reason for row in result.coefficients if row.reason})
    parts: list[Component] = [notice("info", "No standard errors", reason) for reason in reasons[:3]]
    labels = list(dict.fromkeys(row.label for row in result.intercepts))
    parts += [_card(view, result, label, len(labels)) for label in labels]
    return parts


def _card(view: RunView, result: RunResult, label: str, n_labels: int) -> Component:
    rows = [row for row in result.coefficients if row.label == label]
    intercept = next(row for row in result.intercepts if row.label == label)
    against = f"{label} against {result.data.labels[0]}"
    title = _finding(rows, label) if n_labels == 1 else f"{label}: {_finding(rows, label)}"
    under = (
        f"Log-odds of {against}, fitted on {theme.count(result.data.n_train)} training rows. "
        "Estimates are in the column's own units; a level stands against its reference level."
    )
    return card(title, _table([intercept, *rows]), under=under, flush=True)


def _finding(rows: Sequence[Coefficient], label: str) -> str:
    """The terms that move the odds most: numbers per standard deviation, levels against their reference."""
    strength = sorted(rows, key=lambda row: -abs(_comparable(row)))
    if not strength:
        return "No feature has a coefficient"
    words = [f"{row.field}{': ' + row.level if row.level else ''}" for row in strength[:2]]
    return f"{' and '.join(words)} {'moves' if len(words) == 1 else 'move'} the odds of {label} most"


def _comparable(row: Coefficient) -> float:
    return row.estimate_standardised if row.estimate_standardised is not None else row.estimate


def _table(rows: Sequence[Coefficient]) -> Component:
    honest = any(row.std_error is not None for row in rows)
    plotted = rows[1:]
    ends = [value for row in plotted for value in ((row.ci_low, row.ci_high) if row.level else ()) if value is not None]
    ends += [_comparable(row) for row in plotted] + [0.0]
    scale = Scale.around(ends, _step(max(abs(value) for value in ends)))
    columns = [
        Column("Field"),
        Column("Level"),
        Column("Estimate", numeric=True),
        Column("Per sd", numeric=True),
        Column(scale.head()),
        Column("Odds ratio", numeric=True),
    ]
    if honest:
        columns += [
            Column("Std. error", numeric=True),
            Column("z", numeric=True),
            Column("p", numeric=True),
            Column("95% interval", numeric=True),
        ]
    cells = [_row(row, scale, honest, is_intercept=i == 0) for i, row in enumerate(rows)]
    for i in range(2, len(rows)):
        if rows[i].field == rows[i - 1].field:  # a category's name stands at its first level; readers of rows hear it at each
            cells[i][0] = html.Span(rows[i].field, className="sd-hidden")
    return table(columns, cells, label="Coefficients")


def _row(row: Coefficient, scale: Scale, honest: bool, *, is_intercept: bool) -> list[Children]:
    level: Children = [row.level, html.Span(f"against {row.reference}", className="note")] if row.level else theme.NOTHING
    drawing: Children = ""
    if not is_intercept:
        value = _comparable(row)
        low, high = (row.ci_low, row.ci_high) if row.level else _per_sd(row)
        drawing = scale.cell(value, low, high, zero=0.0, bad=value > 0)
    cells: list[Children] = [
        "Intercept" if is_intercept else row.field,
        theme.NOTHING if is_intercept else level,
        html.Span(theme.estimate(row.estimate), className="strong"),
        theme.estimate(row.estimate_standardised),
        drawing,
        theme.NOTHING if is_intercept else theme.ratio(row.odds_ratio),
    ]
    if honest:
        interval = f"{theme.estimate(row.ci_low)} to {theme.estimate(row.ci_high)}" if row.ci_low is not None else theme.NOTHING
        z = theme.NOTHING if row.z is None else theme.estimate(round(row.z, 2)).lstrip("+")
        cells += [theme.number(row.std_error), z, theme.p_value(row.p_value), interval]
    return cells


def _per_sd(row: Coefficient) -> tuple[float | None, float | None]:
    """The interval on the scale per standard deviation."""
    if row.ci_low is None or row.ci_high is None or not row.estimate or row.estimate_standardised is None:
        return None, None
    sd = row.estimate_standardised / row.estimate
    return row.ci_low * sd, row.ci_high * sd


def _step(largest: float) -> float:
    return 0.5 if largest < 3 else 1.0 if largest < 6 else 5.0 if largest < 30 else 10.0 ** len(str(int(largest)))
