"""Compare: with which other data set, or which two periods of this one; and the comparisons made before."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.comparison import measured
from dashapp.tabs.profile.layout import ids
from dashapp.usecases.comparisons import ComparisonView
from dashapp.usecases.datasets import DatasetCard, DatasetView
from dashapp.widgets.basics import Children, button, card, empty, link_button, state_badge
from dashapp.widgets.stability import verdict
from dashapp.widgets.tables import Column, table

_WHAT = (
    "For each column the population stability index says how differently its values are spread: below 0.10 stable, up to 0.25 "
    "a shift, above it a large shift."
)


def compare_body(view: DatasetView, others: Sequence[DatasetCard], made: Sequence[ComparisonView]) -> list[Component]:
    ways = [_with_other(view, others), _with_period(view)]
    return [
        html.Div(ways, className="sd-grid"),
        html.Div(id=ids.compare_problem, className="sd-problem", role="alert"),
        _made(made),
    ]


def _with_other(view: DatasetView, others: Sequence[DatasetCard]) -> Component:
    title = "With another data set"
    if not others:
        nothing = empty(
            "files",
            "There is no other data set yet",
            "Next month's file, or another portfolio, can be held against this one.",
            link_button("Upload data", "/data/new"),
        )
        return card(title, nothing, span=6)
    options = [{"value": other.id, "label": f"{other.name} ({theme.plural(other.n_rows, 'row')})"} for other in others]
    field = html.Div(
        [html.Label("Other data set", htmlFor=ids.other), dcc.Dropdown(id=ids.other, options=options, placeholder="Choose")],
        className="sd-field",
    )
    under = f"{view.name} is the reference. Columns are matched by their names."
    return card(title, [field, html.Div(button("Compare", ids.start_other, kind="primary"))], under=under, span=6)


def _with_period(view: DatasetView) -> Component:
    title = "Two periods of this one"
    dates = [column for column in view.columns if column.kind == "date"]
    if not dates:
        return card(title, html.P("It takes a column of dates, and this data set has none.", className="sd-quiet"), span=6)
    first = dates[0]
    column = html.Div(
        [
            html.Label("Date column", htmlFor=ids.date_column),
            dcc.Dropdown(
                id=ids.date_column, options=[date.name for date in dates], value=first.name, clearable=False, searchable=False
            ),
        ],
        className="sd-field",
    )
    start = html.Div(
        [
            html.Label("The second period starts on", htmlFor=ids.date_from),
            dcc.Input(id=ids.date_from, type="text", value="", placeholder="2024-07-01", className="sd-input", maxLength=10),
            html.Div(f"{first.name} runs from {first.minimum} to {first.maximum}.", className="sd-help"),
        ],
        className="sd-field",
    )
    under = "Rows before that day are the reference. Rows without a date are in neither."
    return card(
        title,
        [html.Div([column, start], className="sd-form-grid"), html.Div(button("Compare", ids.start_period, kind="primary"))],
        under=under,
        span=6,
    )


def _made(made: Sequence[ComparisonView]) -> Component:
    if not made:
        return card("No comparison yet", html.P(_WHAT, className="sd-quiet"))
    rows: list[list[Children]] = [
        [dcc.Link(one.name, href=f"/comparisons/{one.id}"), _outcome(one), theme.when(one.created_at)] for one in made
    ]
    heads = [Column("Comparison"), Column("Largest shift"), Column("Made", numeric=True)]
    return card(theme.plural(len(made), "comparison"), table(heads, rows, label="Comparisons"), under=_WHAT, flush=True)


def _outcome(one: ComparisonView) -> Children:
    if one.result is None:
        return state_badge(one.job.state if one.job is not None else "queued")
    largest = next(iter(measured(one.result)), None)
    return theme.NOTHING if largest is None else f"{largest.name}, {largest.psi:.3f}: {verdict(largest.psi)}"
