"""The table of coefficients: a row for each, grouped by field, with intervals on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.widgets.basics import Children, icon
from dashapp.widgets.tables import Scale
from pipeline.results import Coefficient, RunResult

_HIGH_VIF = 5.0
_SEARCH_FROM = 12  # rows from which on a table can be searched


@dataclass(frozen=True)
class Told:
    """What there is to be told in a table, so that all classes have the same columns."""

    errors: bool
    bootstrap: bool
    vif: bool
    alone: bool


def told_of(result: RunResult) -> Told:
    rows = result.coefficients
    return Told(
        any(row.std_error is not None for row in rows),
        any(row.bootstrap_low is not None for row in rows),
        any(row.vif is not None for row in rows),
        any(row.univariate is not None for row in rows),
    )


def coefficient_table(rows: Sequence[Coefficient], told: Told) -> Component:
    """The intercept first. Heads sort and the field above searches, both in the browser (assets/45-coefficients.js)."""
    plotted = rows[1:]
    ends = [value for row in plotted for value in _drawn(row) if value is not None]
    scale = _scale(ends)
    heads = [
        _head("Term", "order"),
        _head("Estimate", "estimate", numeric=True),
        *([_head("Std. error", "error", numeric=True), _head("z", "z", numeric=True)] if told.errors else []),
        *([_head("p", "p", numeric=True)] if told.errors else []),
        html.Th(scale.head(0 if _whole(scale) else 1), scope="col", className="sd-coef-drawn"),
        *([_head("Bootstrap 95%", "low", numeric=True)] if told.bootstrap and told.errors else []),
        _head("Odds ratio", "ratio", numeric=True, about="per unit"),
        _head("Odds ratio", "ratiosd", numeric=True, about="per sd"),
        *([_head("VIF", "vif", numeric=True)] if told.vif else []),
        *([_head("Alone", "alone", numeric=True)] if told.alone else []),
    ]
    body: list[Component] = []
    order = 0
    for _field, group in groupby(rows, key=lambda row: row.field):
        members = list(group)
        levels = [row for row in members if row.level is not None]
        if len(levels) > 1:
            body.append(_group_head(members, len(heads), told))
        for row in members:
            body.append(_row(row, scale, told, order, inside=len(levels) > 1 and row.level is not None))
            order += 1
    table = html.Table(
        [html.Caption("Coefficients", className="sd-hidden"), html.Thead(html.Tr(heads)), html.Tbody(body)],
        className="sd-table sd-coef",
    )
    around = html.Div(table, className="sd-table-wrap", tabIndex=0, role="region", **{"aria-label": "Coefficients"})
    search = [_search(len(rows))] if len(rows) >= _SEARCH_FROM else []
    return html.Div([*search, around], className="sd-coef-box")


def _search(n: int) -> Component:
    field = dcc.Input(type="search", placeholder=f"Search {theme.plural(n, 'term')}", className="sd-coef-search")
    named = html.Label([html.Span("Search the terms", className="sd-hidden"), field])
    return html.Div([named, html.Span(className="sd-meta sd-coef-found", role="status")], className="sd-coef-tools")


def _head(title: str, key: str, *, numeric: bool = False, about: str = "") -> Component:
    words: list[Children] = [title, *([html.Span(about, className="note")] if about else [])]
    pressed = html.Button(words, type="button", className="sd-coef-sort", **{"data-sort": key})
    return html.Th(pressed, scope="col", className="num" if numeric else "", **{"aria-sort": "none"})


def _group_head(members: Sequence[Coefficient], n_columns: int, told: Told) -> Component:
    first = next(row for row in members if row.level is not None)
    against = f"against {first.reference}" if first.reference and first.reference != "(present)" else ""
    words: list[Children] = [first.field, *([html.Span(against, className="note")] if against else [])]
    if told.vif and first.vif is not None and len({row.vif for row in members}) == 1:
        words.append(html.Span(f"generalised VIF {_vif(first.vif)} of {theme.plural(len(members), 'column')}", className="note"))
    return html.Tr(html.Th(words, colSpan=n_columns, scope="rowgroup"), className="sd-coef-group", **{"data-field": first.field})


def _row(row: Coefficient, scale: Scale, told: Told, order: int, *, inside: bool) -> Component:
    intercept = row.field == "(intercept)"
    cells = [_name(row, inside=inside), _two(theme.estimate(row.estimate), _between(*ends(row)), strong=True)]
    if told.errors:
        z = theme.NOTHING if row.z is None else theme.estimate(round(row.z, 2)).lstrip("+")
        cells += [_cell(theme.number(row.std_error)), _cell(z), _cell(theme.p_value(row.p_value))]
    cells.append(html.Td("" if intercept else _drawing(row, scale), className="sd-coef-drawn"))
    if told.bootstrap and told.errors:
        cells.append(_cell(_between(row.bootstrap_low, row.bootstrap_high) or theme.NOTHING))
    cells.append(_cell("") if intercept else _two(theme.ratio(row.odds_ratio), _ratios(_exp(*ends(row)))))
    cells.append(_cell("") if intercept else _two(theme.ratio(row.odds_ratio_sd), _ratios(_exp(*ends_per_sd(row)))))
    if told.vif:
        cells.append(_vif_cell(row, inside=inside))
    if told.alone:
        cells.append(_alone(row) if not intercept else _cell(""))
    return html.Tr(cells, className="inside" if inside else "", **_sort_keys(row, order))


def _sort_keys(row: Coefficient, order: int) -> dict[str, Any]:
    """What the heads sort by; an absent one sorts last."""
    values = {
        "order": float(order),
        "estimate": -abs(comparable(row)),
        "error": row.std_error,
        "z": None if row.z is None else -abs(row.z),
        "p": row.p_value,
        "low": row.bootstrap_low,
        "ratio": row.odds_ratio,
        "ratiosd": row.odds_ratio_sd,
        "vif": None if row.vif is None else -row.vif,
        "alone": None if row.univariate is None else (0.0 if turns(row) else 1.0),
    }
    if row.field == "(intercept)":  # it is compared with nothing
        values = {"order": values["order"]}
    keys = {f"data-{name}": repr(float(value)) for name, value in values.items() if value is not None}
    return {**keys, "data-term": f"{row.field} {row.level or ''}".casefold(), "data-field": row.field}


def _name(row: Coefficient, *, inside: bool) -> Component:
    if row.field == "(intercept)":
        return html.Th("Intercept", scope="row")
    level = "missing" if row.level == "(missing)" and row.reference == "(present)" else row.level
    words: list[Children] = [html.Span(row.field, className="field")]
    if level is not None:
        words.append(html.Span(f": {level}" if not inside else level, className="level"))
    if level is not None and not inside and row.reference and row.reference != "(present)":
        words.append(html.Span(f"against {row.reference}", className="note"))
    if row.unit:
        words.append(html.Span(f"per {row.unit}", className="sd-coef-unit"))
    return html.Th(words, scope="row", title=row.reason or "")


def _cell(words: Children) -> Component:
    return html.Td(words, className="num")


def _two(value: str, under: str, *, strong: bool = False) -> Component:
    words: list[Children] = [html.Span(value, className="strong" if strong else "")]
    if under and value != theme.NOTHING:
        words.append(html.Span(under, className="sd-coef-ends"))
    return html.Td(words, className="num")


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{theme.estimate(low)} to {theme.estimate(high)}"


def _ratios(ends: tuple[float | None, float | None]) -> str:
    low, high = ends
    return "" if low is None or high is None else f"{theme.ratio(low)} to {theme.ratio(high)}"


def _exp(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    if low is None or high is None or max(abs(low), abs(high)) > 700:
        return None, None
    return 2.718281828459045**low, 2.718281828459045**high


def _vif(value: float) -> str:
    return f"{value:.2f}" if value < 100 else theme.count(value)


def _vif_cell(row: Coefficient, *, inside: bool) -> Component:
    if inside and row.reference != "(present)":  # the group's head says it
        return _cell(html.Span("", **{"aria-hidden": "true"}))
    if row.vif is None:
        return _cell("" if row.field == "(intercept)" else theme.NOTHING)
    high = row.vif >= _HIGH_VIF
    words: list[Children] = [html.Span("high ", className="sd-coef-flag")] if high else []
    return _cell([*words, _vif(row.vif)])


def _alone(row: Coefficient) -> Component:
    if row.univariate is None:
        return _cell(theme.NOTHING)
    if not turns(row):
        return _cell(theme.estimate(row.univariate))
    unsure = within_error(row)
    said = "turned, within its error" if unsure else "against its own direction"
    sign = html.Span([icon("arrow-left-right"), said], className="sd-coef-turned" + (" unsure" if unsure else ""))
    return html.Td([html.Span(theme.estimate(row.univariate)), sign], className="num")


def _drawing(row: Coefficient, scale: Scale) -> Component:
    value, low, high = _drawn(row)
    return scale.cell(value or 0.0, low, high, zero=0.0, bad=(value or 0.0) > 0)


def ends(row: Coefficient) -> tuple[float | None, float | None]:
    """Wald's interval, or the bootstrap's where there is none."""
    return (row.ci_low, row.ci_high) if row.ci_low is not None else (row.bootstrap_low, row.bootstrap_high)


def _drawn(row: Coefficient) -> tuple[float | None, float | None, float | None]:
    """The estimate and its interval on the scale that compares."""
    return (comparable(row), *(ends(row) if row.estimate_standardised is None else ends_per_sd(row)))


def ends_per_sd(row: Coefficient) -> tuple[float | None, float | None]:
    """The interval per standard deviation; none for a level, and for an estimate of 0, whose standard deviation is not stored."""
    low, high = ends(row)
    if low is None or high is None or not row.estimate or row.estimate_standardised is None:
        return None, None
    sd = row.estimate_standardised / row.estimate
    return low * sd, high * sd


def _whole(scale: Scale) -> bool:
    return all(tick == int(tick) for tick in scale.ticks)


def _scale(ends: Sequence[float]) -> Scale:
    """One scale for all rows; a few endless intervals don't flatten the rest."""
    known = sorted([*ends, 0.0])
    low, high = known[int(0.02 * (len(known) - 1))], known[int(0.98 * (len(known) - 1) + 0.999)]
    largest = max(abs(low), abs(high), 1e-9)
    step = 0.5 if largest < 3 else 1.0 if largest < 6 else 5.0 if largest < 30 else 10.0 ** len(str(int(largest)))
    return Scale.around([low, high, 0.0], step)


def comparable(row: Coefficient) -> float:
    return row.estimate_standardised if row.estimate_standardised is not None else row.estimate


def turns(row: Coefficient) -> bool:
    """Whether the sign is another one than that of the field alone."""
    return row.univariate is not None and row.estimate * row.univariate < 0


def within_error(row: Coefficient) -> bool:
    """Whether the interval holds 0, so that the sign may be chance."""
    low, high = ends(row)
    return low is not None and high is not None and low < 0 < high
