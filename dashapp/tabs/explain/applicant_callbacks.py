"""What is chosen on the page of an open applicant: the reference, the class, what may change, how LIME is asked."""

from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, no_update, set_props

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.explain.address import Address, Lime
from dashapp.tabs.explain.applicant import bar, changeable_of, changing_card, exact_part
from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.open_row import OpenRow, open_row
from dashapp.tabs.explain.reference import about_segment, reference_bar
from dashapp.tabs.explain.slow_parts import lime_part, similar_part
from dashapp.usecases import what_ifs
from dashapp.usecases.errors import NotFound, Refused
from pipeline.explain_results import APPLICANT, SEGMENT

_REFERENCE = ("reference", "about", "segment", "level")


def register(app: Dash) -> None:
    _register_reference(app)
    _register_class(app)
    _register_changeable(app)
    _register_lime(app)
    _register_slow(app)


def _opened(key: dict[str, str], address: Address) -> OpenRow:
    who = desk()
    return open_row(who, what_ifs.base_of(who, key["run_id"], address.row or 0), address)


def _register_reference(app: Dash) -> None:
    @app.callback(
        output={
            "switch": Output(ids.switch, "children"),
            "exact": Output(ids.exact_place, "children"),
            "bar": Output(ids.bar, "children", allow_duplicate=True),
            "asked": Output(ids.lime_asked, "data", allow_duplicate=True),  # its card is in the order of the exact one
            "shown": Output(ids.shown, "data", allow_duplicate=True),
            "address": Output(shell.address, "data", allow_duplicate=True),
        },
        inputs={
            "chosen": [Input(getattr(ids, name), "value", allow_optional=True) for name in _REFERENCE],
            "search": State(shell.location, "search"),
            "key": State(ids.key, "data"),
            "before": State(ids.shown, "data"),
        },
        prevent_initial_call=True,
    )
    def refer(chosen: list[Any], search: Any, key: dict[str, str], before: Any) -> dict[str, Any]:
        nothing = dict.fromkeys(("switch", "exact", "bar", "asked", "shown", "address"), no_update)
        address = Address.parse(search)
        kind = chosen[0]
        if not isinstance(kind, str) or before is None or address.row is None:
            return nothing
        changed = replace(address, reference=kind, about=_about(address, *chosen))
        if changed == address:
            return nothing
        try:
            found = _opened(key, changed)
        except (NotFound, Refused):  # the page says so
            return {**nothing, "address": changed.put(key, search)}
        return {
            "switch": reference_bar(found),
            "exact": exact_part(found, theme.look()),
            "bar": bar(found),
            "asked": changed.query(),
            **_written(found, key, search, before),
        }


def _about(address: Address, kind: Any, about: Any, column: Any, level: Any) -> str:
    """What the reference is about; another column has other levels."""
    if kind != address.reference:
        return ""
    if kind == APPLICANT:
        return str(about or "").strip()
    if kind != SEGMENT or not column:
        return ""
    return f"{column}: {level}" if level and column == about_segment(address.about)[0] else f"{column}: "


def _register_class(app: Dash) -> None:
    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Input(ids.label, "value", allow_optional=True),
        State(shell.location, "search"),
        State(ids.key, "data"),
        State(ids.shown, "data"),
        prevent_initial_call=True,
    )
    def choose(label: Any, search: Any, key: dict[str, str], before: Any) -> Any:
        address = Address.parse(search)
        if not isinstance(label, str) or before is None or address.row is None:
            return no_update
        return no_update if label == _opened(key, address).label else replace(address, label=label).put(key, search)


def _register_changeable(app: Dash) -> None:
    @app.callback(
        output={
            "changes": Output(ids.changes_place, "children"),
            "bar": Output(ids.bar, "children", allow_duplicate=True),
            "shown": Output(ids.shown, "data", allow_duplicate=True),
            "address": Output(shell.address, "data", allow_duplicate=True),
        },
        inputs={
            "names": Input(ids.changeable, "value", allow_optional=True),
            "search": State(shell.location, "search"),
            "key": State(ids.key, "data"),
            "before": State(ids.shown, "data"),
        },
        prevent_initial_call=True,
    )
    def mark(names: Any, search: Any, key: dict[str, str], before: Any) -> dict[str, Any]:
        nothing = dict.fromkeys(("changes", "bar", "shown", "address"), no_update)
        address = Address.parse(search)
        if not isinstance(names, list) or before is None or address.row is None:
            return nothing
        found = _opened(key, replace(address, changeable=tuple(name for name in names if isinstance(name, str))))
        if changeable_of(found) == changeable_of(replace(found, address=address)):
            return nothing
        return {"changes": changing_card(found), "bar": bar(found), **_written(found, key, search, before)}


def _register_lime(app: Dash) -> None:
    """Parts of the page are no outputs: the button comes late, and may come when its page has just been left."""

    @app.callback(
        output={
            "shown": Output(ids.shown, "data", allow_duplicate=True),
            "address": Output(shell.address, "data", allow_duplicate=True),
        },
        inputs={
            "clicks": Input(ids.lime_again, "n_clicks", allow_optional=True),
            "typed": [State(getattr(ids, name), "value", allow_optional=True) for name in ("seed", "samples", "width")],
            "search": State(shell.location, "search"),
            "key": State(ids.key, "data"),
            "before": State(ids.shown, "data"),
        },
        prevent_initial_call=True,
        running=[(Output(ids.lime_again, "className"), "sd-button sd-working", "sd-button")],
    )
    def ask(clicks: int | None, typed: list[Any], search: Any, key: dict[str, str], before: Any) -> dict[str, Any]:
        if not clicks or before is None:
            return dict.fromkeys(("shown", "address"), no_update)
        found = _opened(key, replace(Address.parse(search), lime=Lime(*(str(text or "").strip()[:20] for text in typed))))
        set_props(ids.lime_asked, {"data": found.address.query()})
        set_props(ids.bar, {"children": bar(found)})
        return _written(found, key, search, before)


def _written(found: OpenRow, key: dict[str, str], search: Any, before: list[Any]) -> dict[str, Any]:
    """The address, and the state of the page that it shows already."""
    return {"shown": [found.address.query(), before[1]], "address": found.address.put(key, search)}


def _register_slow(app: Dash) -> None:
    """All that they listen to comes with the applicant: without their first call they would never be called."""

    @app.callback(
        Output(ids.lime_place, "children"),
        Output(ids.reading, "children"),
        Output(ids.lime_tick, "disabled"),
        Input(ids.lime_asked, "data", allow_optional=True),
        Input(ids.lime_tick, "n_intervals", allow_optional=True),
        State(shell.location, "search"),
        State(ids.key, "data"),
    )
    def follow_lime(asked: Any, _tick: Any, search: Any, key: dict[str, str]) -> Any:
        address = Address.parse(asked if isinstance(asked, str) else search)
        if asked is None or address.row is None:
            return no_update, no_update, True
        place, reading, waits = lime_part(_opened(key, address), theme.look())
        return place, reading, not waits

    @app.callback(
        Output(ids.similar_place, "children"),
        Output(ids.similar_tick, "disabled"),
        Input(ids.lime_asked, "data", allow_optional=True),
        Input(ids.similar_tick, "n_intervals", allow_optional=True),
        State(shell.location, "search"),
        State(ids.key, "data"),
    )
    def follow_similar(asked: Any, _tick: Any, search: Any, key: dict[str, str]) -> Any:
        address = Address.parse(asked if isinstance(asked, str) else search)
        if asked is None or address.row is None:
            return no_update, True
        place, waits = similar_part(_opened(key, address))
        return place, not waits
