"""Fills the page from its address, and writes into the address what is chosen on it."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.pressed import moved_alone, put
from dashapp.tabs.boundary.layout import REGIONS, ids
from dashapp.tabs.boundary.page import body, without_boundary, work
from dashapp.tabs.boundary.shown import Shown, shown
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import boundaries, studies
from dashapp.usecases.backgrounds import StillCounting
from dashapp.usecases.boundary_address import RANGES, ROWS, Address, row_of
from dashapp.usecases.errors import NotFound, Refused
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.basics import link_button
from dashapp.widgets.counting import counting
from dashapp.widgets.heads import run_head

_CHOICES = ("x", "y", "row", "label", "span", "rows")
_NO_ROW = "That is no row. Give its number, from 1, or leave it empty for usual values."


def register(app: Dash) -> None:
    _register_page(app)
    _register_choices(app)
    for figure, parts, readout in ((ids.figure, ids.parts, ids.readout), (ids.two_figure, ids.two_parts, ids.two_readout)):
        app.clientside_callback(
            ClientsideFunction("boundary", "read"),
            Output(readout, "children"),
            Input(figure, "hoverData", allow_optional=True),
            Input(parts, "data", allow_optional=True),
        )


def _register_page(app: Dash) -> None:
    @app.callback(
        output={
            "head": Output(ids.head, "children"),
            "bar": Output(ids.bar, "hidden"),
            "fields": [Output(ids.x, "options"), Output(ids.y, "options")],
            "chosen": [Output(ids.x, "value"), Output(ids.y, "value")],
            "swap": Output(ids.swap, "children"),
            "row": Output(ids.row, "value"),
            "classes": [Output(ids.label, "options"), Output(ids.label, "value"), Output(ids.label_choice, "hidden")],
            "drawn": [Output(ids.span, "value"), Output(ids.rows, "value")],
            "body": Output(ids.body, "children"),
            "idle": Output(ids.tick, "disabled"),
        },
        inputs={
            "key": Input(ids.key, "data"),
            "search": Input(shell.location, "search"),
            "_tick": Input(ids.tick, "n_intervals"),
            "_theme": Input(shell.theme, "data"),
            "standing": {name: State(getattr(ids, name), "value") for name in _CHOICES},
        },
    )
    def fill(key: dict[str, str], search: Any, _tick: Any, _theme: Any, standing: dict[str, Any]) -> dict[str, Any]:
        view = opened(key["run_id"], "Boundary")
        if view is None:
            return {**_NOTHING, "head": no_run(), "body": None}
        head = run_head(view, "Boundary")
        try:
            page = shown(view.id, search)
        except StillCounting as waiting:
            return {**_NOTHING, "head": head, "body": counting(studies.get(desk(), waiting.study_id).card), "idle": False}
        except Refused as why:
            return {**_NOTHING, "head": head, "body": without_boundary(why)}
        if page.waiting and moved_alone(ids.tick):
            set_props(ids.work, {"children": work(page)})
            return {**_NOTHING, "bar": no_update, "idle": False}
        if Address.parse(search).study:
            set_props(shell.address, {"data": moved_to(page.path, page.address.query(), before=search)})
        return _filled(page, standing)


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("head", "swap", "row", "body"), no_update),
    **dict.fromkeys(("fields", "chosen", "drawn"), [no_update] * 2),
    "classes": [no_update] * 3,
    "bar": True,
    "idle": True,
}


def _filled(page: Shown, standing: dict[str, Any]) -> dict[str, Any]:
    address, labels = page.address, page.run.model.labels
    wording = page.run.wording
    fields = [{"label": field_label(name, wording), "value": name} for name in page.fields]
    regions = {"label": "Regions of all classes", "value": REGIONS}
    wanted = {
        "x": address.x,
        "y": address.y,
        "row": str(address.row) if address.row is not None else "",
        "label": address.label,
        "span": address.span,
        "rows": address.rows,
    }
    standing = {**standing, "row": standing["row"] or ""}  # an empty text is none; a menu without a choice stands at none
    chosen = {name: put(standing[name], value) for name, value in wanted.items()}
    swapped = page.path + address.query(x=address.y, y=address.x)
    return {
        "head": run_head(page.run.view, "Boundary", link=page.path + address.query()),
        "bar": False,
        "fields": [fields, fields],
        "chosen": [chosen["x"], chosen["y"]],
        "swap": link_button("Swap", swapped, icon_name="arrow-left-right"),
        "row": chosen["row"],
        "classes": [
            [regions, *({"label": f"Probability of {label}", "value": label} for label in labels)],
            chosen["label"],
            len(labels) == 2,
        ],
        "drawn": [chosen["span"], chosen["rows"]],
        "body": body(page, theme.look()),
        "idle": not page.waiting,
    }


def _register_choices(app: Dash) -> None:
    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Output(ids.problem, "children"),
        Input(ids.x, "value"),
        Input(ids.y, "value"),
        Input(ids.row, "value"),
        Input(ids.label, "value"),
        Input(ids.span, "value"),
        Input(ids.rows, "value"),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def choose(x: Any, y: Any, row: Any, label: Any, span: Any, rows: Any, key: dict[str, str], search: Any) -> tuple[Any, Any]:
        if not (isinstance(x, str) and isinstance(y, str)):
            return no_update, no_update  # the page is not filled yet
        address = Address.parse(search)
        try:
            now = boundaries.settled_of(desk(), key["run_id"], address)
        except (Refused, NotFound):
            return no_update, no_update
        # What differs from the address was chosen; the rest the page itself has written.
        changes = _fields(x, y, now)
        if str(row or "").strip() != str(now.row or ""):
            changes["row"] = row_of(row)
            if row and changes["row"] is None:
                return no_update, _NO_ROW
        if isinstance(label, str) and label != now.label:
            changes["label"] = label
        for name, value, known in (("span", span, RANGES), ("rows", rows, ROWS)):
            if value in known and value != getattr(now, name):
                changes[name] = value
        after = address.query(**changes)
        if after == address.query():
            return no_update, ""
        return moved_to(f"/runs/{key['run_id']}/boundary", after, before=search), ""


def _fields(x: str, y: str, now: Address) -> dict[str, Any]:
    """The two fields as they were chosen; one that stands on the other axis already changes places with it.

    Of another pair nothing is trained until that is asked for.
    """
    if (x, y) == (now.x, now.y):
        return {}
    if x == y:
        return {"x": now.y, "y": now.x}
    return {"x": x, "y": y, "two": False}
