"""Fills the page from its address, and writes into the address what is chosen on it."""

from math import isclose
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.pressed import moved_alone, put
from dashapp.tabs.opening import no_run, tell_where
from dashapp.tabs.segments import dialogs, results, search_callbacks
from dashapp.tabs.segments.bar import beside_options, chips, reference_options, reference_values
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.shown import Shown, shown
from dashapp.usecases import segments
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.segment_address import BESIDE, LOOKED_FOR, Address, place_of
from dashapp.widgets.basics import icon
from dashapp.widgets.heads import run_head
from pipeline.shown import capital

_SAME = 1e-6  # cut-offs that differ by less are one, written with fewer digits


def register(app: Dash) -> None:
    _register_page(app)
    _register_choices(app)
    _register_again(app)
    dialogs.register(app)
    search_callbacks.register(app)


def _register_page(app: Dash) -> None:
    # A phone has a figure of its own, and which one is wanted is known in the browser alone.
    app.clientside_callback(ClientsideFunction("segments", "size"), Output(ids.size, "data"), Input(ids.key, "data"))

    @app.callback(
        output={
            "head": Output(ids.head, "children"),
            "bar": Output(ids.bar, "hidden"),
            "chips": Output(ids.chips, "children"),
            "options": Output(ids.reference, "options"),
            "references": Output(ids.reference, "value"),
            "usual": Output(ids.reference, "placeholder"),
            "beside": Output(ids.beside, "options"),
            "beside_value": Output(ids.beside, "value"),
            "cutoff": Output(ids.cutoff, "value"),
            "body": Output(ids.body, "children"),
            "asked": Output(ids.asked, "data"),
            "put": Output(ids.put, "data"),
            "idle": Output(ids.tick, "disabled"),
        },
        inputs={
            "size": Input(ids.size, "data"),
            "key": State(ids.key, "data"),
            "search": Input(shell.location, "search"),
            "_tick": Input(ids.tick, "n_intervals"),
            "_theme": Input(shell.theme, "data"),
            "standing": {name: State(getattr(ids, name), "value") for name in ("cutoff", "reference", "beside")},
            "kept": State(ids.own_kept, "data"),
        },
    )
    def fill(
        size: Any, key: dict[str, str], search: Any, _tick: Any, _theme: Any, standing: dict[str, Any], kept: Any
    ) -> dict[str, Any]:
        try:
            page = shown(key["run_id"], search)
        except NotFound:
            return {**_NOTHING, "head": no_run(), "body": None}
        view = page.view
        tell_where(view, "Segments")
        if Address.parse(search).study is not None:
            set_props(shell.address, {"data": moved_to(page.path, page.address.query(), before=search)})
        if moved_alone(ids.tick) and _still(page):
            return {**_NOTHING, "bar": no_update, "body": _body(page, size == "narrow", kept), "idle": False}
        table = page.table
        if table is None:  # then there is no card of the search that could be followed
            set_props(ids.search_tick, {"disabled": True})
        has_groups = view.result is not None and view.spec.bad_label is not None
        # While groups are counted their references are not known yet, and stay as they are chosen.
        references = reference_values(page.address, table) if table is not None else standing["reference"]
        return {
            "head": _head(page),
            "bar": not has_groups,
            "chips": chips(page.path, page.address, page.groups, page.offered),
            "options": reference_options(table) if table is not None else no_update,
            "references": put(standing["reference"], references),
            "usual": f"{capital(page.words.approved)} most often",
            "beside": beside_options(page.words) if has_groups else no_update,
            "beside_value": put(standing["beside"], page.address.beside),
            "cutoff": put(standing["cutoff"], page.words.typed(page.cutoff)),
            "body": _body(page, size == "narrow", kept),
            "asked": {"cutoff": page.cutoff, "looked_for": page.address.looked_for} if table is not None else no_update,
            "put": {"cutoff": page.cutoff, "references": references, "beside": page.address.beside},
            "idle": not _still(page),
        }


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(
        ("head", "chips", "options", "references", "usual", "beside", "beside_value", "cutoff", "body", "asked", "put"), no_update
    ),
    "bar": True,
    "idle": True,
}


def _still(page: Shown) -> bool:
    """Whether the groups are being counted."""
    return page.study is not None and page.table is None and page.study.card.job is not None and page.study.card.job.active


def _head(page: Shown) -> list[Component]:
    if page.table is None:
        return run_head(page.view, "Segments")
    export = html.A([icon("download"), "Export CSV"], href=page.csv, download="", className="sd-button sd-segments-export")
    return run_head(page.view, "Segments", actions=[export], link=page.path + page.query)


def _body(page: Shown, narrow: bool, own: Any) -> Any:
    view = page.view
    if view.result is None:
        return results.without_result(view)
    if view.spec.bad_label is None:
        return results.with_three_classes(view)
    if page.why is not None and page.offered:
        return results.refused(*page.why)
    if page.study is None and not view.sees_dataset:
        before = segments.looked_at(desk(), view.id)
        links = tuple((groups, Address().query(by=groups)) for groups in before)
        return results.not_shared(view, page.path, links, page.why[1] if page.why is not None else "")
    if page.study is None:
        return results.without_groups(view)
    look = page.look()
    if look is None:
        return results.waiting(page.study.card.job, page.study.card.id)
    cards = results.results(view, look, page.address.beside, page.words, theme.look(), narrow=narrow, csv=page.csv, own=own)
    return cards if view.sees_dataset else [results.stored_only(view), cards]


def _register_choices(app: Dash) -> None:
    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Output(ids.problem, "children"),
        Input(ids.cutoff, "value"),
        Input(ids.reference, "value"),
        Input(ids.beside, "value"),
        Input(ids.looked_for, "value", allow_optional=True),
        State(ids.key, "data"),
        State(shell.location, "search"),
        State(ids.put, "data"),
        State(ids.asked, "data"),
        prevent_initial_call=True,
    )
    def choose(
        cutoff: Any, references: Any, beside: Any, looked_for: Any, key: dict[str, str], search: Any, before: Any, asked: Any
    ) -> tuple[Any, Any]:
        address = Address.parse(search)
        changes: dict[str, Any] = {}
        # Several may come in one request: what was typed, and what the page has written meanwhile. Dash forgets a request that
        # is still under way when the next one begins, so that also counts as chosen what is not as the page has put it.
        moved = {entry["prop_id"].rpartition(".")[0] for entry in ctx.triggered}
        last: dict[str, Any] = {}
        for told in (asked, before):
            last |= told if isinstance(told, dict) else {}

        def is_chosen(control: str, name: str, value: Any) -> bool:
            return control in moved or last.get(name) not in (None, value)

        wanted, problem = _typed_cutoff(key["run_id"], cutoff)
        if problem and ids.cutoff in moved:
            return no_update, problem
        if wanted is not None and (ids.cutoff in moved or not _is_put(wanted, before)):
            own = address.cutoff if address.cutoff is not None else segments.run_cutoff(desk(), key["run_id"])
            changes |= {} if isclose(wanted, own, abs_tol=_SAME) else {"cutoff": wanted}
        if isinstance(references, list) and is_chosen(ids.reference, "references", references):
            changes["references"] = dict(place for text in references if (place := place_of(text)) is not None)
        if beside in BESIDE and is_chosen(ids.beside, "beside", beside):
            changes["beside"] = beside
        if looked_for in LOOKED_FOR and is_chosen(ids.looked_for, "looked_for", looked_for):
            changes["looked_for"] = looked_for
        after = address.query(**changes)
        if after == address.query():
            return no_update, ""
        return moved_to(f"/runs/{key['run_id']}/segments", after, before=search), ""


def _typed_cutoff(run_id: str, given: Any) -> tuple[float | None, str]:
    """As a chance, or why it is none."""
    try:
        return segments.checked_cutoff(given, segments.run_scale(desk(), run_id)), ""
    except Refused as error:
        return None, str(error)


def _is_put(cutoff: float, before: Any) -> bool:
    """Whether it is the cut-off that the page was filled with last."""
    last = before.get("cutoff") if isinstance(before, dict) else None
    return not isinstance(last, int | float) or isclose(cutoff, last, abs_tol=_SAME)


def _register_again(app: Dash) -> None:
    @app.callback(
        Output(ids.tick, "disabled", allow_duplicate=True),
        Input(shell.again, "data"),
        prevent_initial_call=True,
    )
    def follow(again: Any) -> Any:
        return False if again else no_update  # the next tick shows how far it is
