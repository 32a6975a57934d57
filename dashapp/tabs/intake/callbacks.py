"""The intake page: one callback for all that is done on it, and one that follows a job; the saved data set's page."""

from typing import Any
from urllib.parse import parse_qs

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import pressed
from dashapp.tabs.data import upload_page
from dashapp.tabs.intake import column_dialog, dataset_page, read_card
from dashapp.tabs.intake.actions import Act, Asked, Tried, discarded, lines_of, perform
from dashapp.tabs.intake.layout import PARTS, ids, saved
from dashapp.tabs.intake.page_head import at_work
from dashapp.tabs.intake.screen import Screen, Shown, build
from dashapp.usecases import datasets, file_lines, intake
from dashapp.usecases.errors import NotFound
from dashapp.widgets.page import crumbs, not_found, or_not_found

_PROPERTY = {"cells": "data"}
_CONTROLS = ("recipe", "header", "kind")  # may be as they were, and then the browser shows what was chosen there
_DIALOG = ("column", "code-add", "code-set", "code-remove")


def register(app: Dash) -> None:
    _register_upload(app)
    _register_intake(app)
    _register_job(app)
    _register_saved(app)


def _register_upload(app: Dash) -> None:
    page = upload_page.ids

    @app.callback(Output(page.pending, "children"), Input(page.key, "data"))
    def list_pending(_key: Any) -> Any:
        return upload_page.pending_list(intake.pending(desk()))

    @app.callback(Output(page.title, "children"), Input(page.key, "id"), State(shell.location, "search"))
    def say_what_for(_key: Any, query: str | None) -> Any:
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), "New")})
        return upload_page.title(_replaced_by(query))

    @app.callback(
        Output(page.cards, "children"),
        Input({"discard-upload": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def discard_pending(_clicks: Any) -> Any:
        upload_id = pressed("discard-upload")
        if upload_id is None:
            return no_update
        intake.discard(desk(), upload_id)
        return upload_page.pending_cards(intake.pending(desk()))


def _replaced_by(query: str | None) -> str | None:
    """The name of the data set that the address says is replaced; one that is not there to be seen is left out."""
    replaced = parse_qs((query or "").lstrip("?")).get("replaces", [None])[0]
    try:
        return datasets.get(desk(), replaced).name if replaced is not None else None
    except NotFound:
        return None


def _register_intake(app: Dash) -> None:
    @app.callback(
        output={
            "parts": {name: Output(getattr(ids, name), _PROPERTY.get(name, "children")) for name in PARTS},
            "hidden": Output(ids.body, "hidden"),
            "view": Output(ids.view, "data"),
            "still": Output(ids.tick, "disabled"),
            "said": Output(ids.said, "children"),
            "href": Output(shell.location, "href", allow_duplicate=True),
        },
        inputs={
            "key": Input(ids.key, "data"),
            "act": Input(ids.act, "data"),
            "_ended": Input(ids.ended, "data"),
            "view": State(ids.view, "data"),
            "name": State(ids.name, "value"),
        },
        prevent_initial_call="initial_duplicate",
    )
    def turn(key: dict[str, str], act: Any, _ended: Any, view: Any, name: str | None) -> dict[str, Any]:
        upload_id = key["upload_id"]
        moved = {entry["prop_id"] for entry in ctx.triggered}
        done = Act.parse(act) if f"{ids.act}.data" in moved else Act("look") if f"{ids.ended}.data" in moved else None
        try:
            if done is not None and done.what == "discard" and discarded(desk(), upload_id):
                return {**_nothing(), "href": "/data"}
            tried = perform(desk(), upload_id, done, name=name) if done is not None else Tried()
            upload = intake.get(desk(), upload_id)
            if upload.dataset_id is not None:
                return {**_nothing(), "href": f"/data/{upload.dataset_id}"}
            screen = build(desk(), upload, Shown.parse(view).after(done) if done is not None else Shown(), tried)
        except NotFound:
            return _absent()
        _beside(screen, done, tried)
        changed = done is not None and done.what in _CONTROLS
        return _answer(screen, all_parts=changed or bool(tried.sentence))

    app.clientside_callback(
        ClientsideFunction("intake", "rows"), Output(ids.rows, "id"), Input(ids.cells, "data"), prevent_initial_call=True
    )


def _answer(screen: Screen, *, all_parts: bool) -> dict[str, Any]:
    parts, sent = screen.news(all_parts=all_parts)
    return {
        "parts": parts,
        "hidden": False,
        "view": sent.to_json(),
        "still": not at_work(screen.view),
        "said": read_card.title(screen.view),
        "href": no_update,
    }


def _beside(screen: Screen, done: Act | None, tried: Tried) -> None:
    """What stands outside the parts: where one is, the name as it was stored, the dialog of a column."""
    if done is None:
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), ("New", "/data/new"), "Intake")})
        set_props(ids.name, {"value": screen.view.choices.name})
        return
    column = screen.column(done.of.partition("\n")[0]) if done.what in _DIALOG else None
    if column is not None:
        set_props(ids.column_title, {"children": column.name})
        set_props(ids.column_body, {"children": column_dialog.body(column, tried.told_at("code"))})
        if done.what == "column":
            set_props(ids.column_dialog, {"is_open": True})


def _nothing() -> dict[str, Any]:
    return {
        "parts": dict.fromkeys(PARTS, no_update),
        "hidden": no_update,
        "view": no_update,
        "still": True,
        "said": no_update,
        "href": no_update,
    }


def _absent() -> dict[str, Any]:
    answer = _nothing()
    return {
        **answer,
        "parts": {**answer["parts"], "head": not_found("upload", "All data sets", "/data")},
        "hidden": True,
        "said": "Not found",
    }


def _register_job(app: Dash) -> None:
    @app.callback(
        Output(ids.read, "children", allow_duplicate=True),
        Output(ids.ended, "data"),
        Input(ids.tick, "n_intervals"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def follow(tick: int | None, key: dict[str, str]) -> tuple[Any, Any]:
        try:
            view = intake.get(desk(), key["upload_id"])
        except NotFound:  # discarded in the meantime, which the page then tells
            return no_update, tick
        if at_work(view):
            return read_card.found(view), no_update
        return no_update, tick

    @app.callback(Input(ids.asked, "data"), State(ids.key, "data"), prevent_initial_call=True)
    def show_lines(asked: Any, key: dict[str, str]) -> None:
        found = Asked.parse(asked)
        if found is not None:
            texts = file_lines.lines(desk(), key["upload_id"], lines_of(desk(), key["upload_id"], found.title))
            set_props(read_card.lines_id(found.at), {"children": read_card.lines(texts)})


def _register_saved(app: Dash) -> None:
    @app.callback(Output(saved.body, "children"), Input(saved.key, "data"))
    @or_not_found("data set", "All data sets", "/data")
    def fill_saved(key: dict[str, str]) -> Any:
        view = datasets.get(desk(), key["dataset_id"])
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), (view.name, f"/data/{view.id}"), "Intake")})
        return dataset_page.body(view)
