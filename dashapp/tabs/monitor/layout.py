"""The skeleton of the Monitor tab, and the card that starts a scoring."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.monitoring import Candidate
from dashapp.widgets.basics import button, card, empty, link_button
from dashapp.widgets.page import skeleton

ids = Ids("monitor", "key", "body", "tick", "shown", "work", "dataset", "start", "problem", "drift", "held")


def layout(run_id: str) -> Component:
    timer = dcc.Interval(id=ids.tick, interval=1_000, disabled=True)
    return skeleton(ids.key, ids.body, {"run_id": run_id}, timer, dcc.Store(id=ids.shown))


def start_card(others: Sequence[Candidate]) -> Component:
    """Which data set to score; one that lacks columns says so and cannot be chosen."""
    title, under = "Score newer data", "A data set with the columns of this run; the outcome may still be unknown."
    upload = link_button("Upload data", "/data/new", icon_name="upload")
    if not others:
        nothing = empty("files", "There is no other data set yet", "Next month's applications can be scored here.", upload)
        return card(title, nothing, under=under, span=5)
    options = [{"value": one.id, "label": _label(one), "disabled": bool(one.lacks)} for one in others]
    field = html.Div(
        [
            html.Label("Data set", htmlFor=ids.dataset),
            dcc.Dropdown(id=ids.dataset, options=options, placeholder="Choose"),
            html.Div(id=ids.problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )
    actions = html.Div([button("Score it", ids.start, kind="primary", icon_name="play"), upload], className="sd-row")
    return card(title, [field, actions], under=under, span=5)


def _label(one: Candidate) -> str:
    if not one.lacks:
        return f"{one.name} ({theme.plural(one.n_rows, 'row')})"
    named = ", ".join(one.lacks[:3]) + (" and more" if len(one.lacks) > 3 else "")
    return f"{one.name}: lacks {named}"
