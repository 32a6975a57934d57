"""The list of data sets: search, versions, and the uploads that wait to be saved."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import Ids
from dashapp.tabs.data.upload_page import pending_list
from dashapp.usecases import datasets, intake
from dashapp.usecases.datasets import DatasetCard
from dashapp.widgets.basics import card, empty, link_button
from dashapp.widgets.lists import datasets_table
from dashapp.widgets.page import head

ids = Ids("datasets", "key", "filter", "versions", "pending", "list")


def layout() -> Component:
    """The search stands from the start, so that what was typed stays while the list is filled anew."""
    upload = link_button("Upload data", "/data/new", icon_name="upload", kind="primary")
    search = dcc.Input(
        id=ids.filter,
        type="search",
        placeholder="Search by name, file or description",
        className="sd-input",
        maxLength=200,
    )
    versions = dbc.Switch(id=ids.versions, value=False, label="Earlier versions too")
    return html.Div(
        [
            dcc.Store(id=ids.key, data={}),
            *head("Data sets", ["Yours and those shared with you"], [upload]),
            html.Div([html.Div(search, className="sd-list-search"), versions], className="sd-row sd-list-tools"),
            html.Div(id=ids.pending),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.list),
        ],
        className="sd-page",
    )


def register(app: Dash) -> None:
    @app.callback(Output(ids.pending, "children"), Input(ids.key, "data"))
    def list_pending(_key: Any) -> Any:
        return pending_list(intake.pending(desk()))

    @app.callback(Output(ids.list, "children"), Input(ids.filter, "value"), Input(ids.versions, "value"))
    def show(words: str | None, every_version: Any) -> Any:
        found = datasets.visible(desk(), words=words or "", every_version=every_version is True)
        return listing(found, (words or "").strip())


def listing(cards: Sequence[DatasetCard], words: str) -> Component:
    if not cards and not words:
        return empty(
            "database-add",
            "No data sets yet",
            "Upload a table with one row for each applicant and a column that says how it turned out. "
            "It stays yours alone until you share it.",
            link_button("Upload data", "/data/new", icon_name="upload", kind="primary"),
        )
    if not cards:
        return empty("funnel", "No data set fits", f"Nothing here holds “{words}”. Clear the search to see all data sets.")
    return card(
        theme.plural(len(cards), "data set"),
        datasets_table(cards, label="Data sets", described=True),
        under="A data set never changes once it is saved, so that every run can be repeated.",
        flush=True,
    )
