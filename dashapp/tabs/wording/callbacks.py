"""Fills the page, shows what the words read like, and saves them."""

from collections.abc import Sequence
from typing import Any

from dash import ALL, MATCH, Dash, Input, Output, State, ctx, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import NOTICES
from dashapp.tabs.opening import no_run
from dashapp.tabs.opening import opened as opened_view
from dashapp.tabs.wording.form import body, field_form, preview
from dashapp.tabs.wording.layout import ids
from dashapp.usecases import backgrounds, studies, wordings
from dashapp.usecases.backgrounds import StillCounting
from dashapp.usecases.errors import Conflict, InvalidSpec, NotFound, Refused
from dashapp.widgets.basics import empty, link_button, notice
from dashapp.widgets.counting import counting
from dashapp.widgets.heads import run_head
from pipeline.explaining.wording import Wording

_TICKS = ("told", "changeable")
_OF_LEVELS = {"level": "levels", "becomes": "becomes"}


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"), Output(ids.tick, "disabled"), Input(ids.key, "data"), Input(ids.tick, "n_intervals")
    )
    def fill(key: dict[str, Any], _tick: Any) -> tuple[Any, bool]:
        view = opened_view(key["run_id"], "Wording")
        if view is None:
            return no_run(), True
        head = run_head(view, "Wording")
        try:
            return [*head, body(backgrounds.opened(desk(), view.id))], True
        except StillCounting as waiting:
            return [*head, counting(studies.get(desk(), waiting.study_id).card)], False
        except Refused as error:
            back = link_button("Overview", f"/runs/{view.id}")
            return [*head, empty("chat-left-text", "There are no reasons to word", str(error), back)], True

    @app.callback(
        Output({"wording-form": "x", "field": MATCH}, "children"),
        Input({"wording-open": "x", "field": MATCH}, "n_clicks"),
        State({"wording-form": "x", "field": MATCH}, "id"),
        State({"wording-form": "x", "field": MATCH}, "children"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def show_field(clicks: int | None, place: dict[str, str], there: Any, key: dict[str, Any]) -> Any:
        if not clicks or there:  # it is closed, or opened again with what was typed
            return no_update
        try:
            return field_form(backgrounds.opened(desk(), key["run_id"]), place["field"])
        except (Refused, NotFound, KeyError) as error:
            return notice("danger", "Its words cannot be shown", str(error))

    _register_preview(app)
    _register_save(app)


def _register_preview(app: Dash) -> None:
    @app.callback(
        Output({"wording-preview": "x", "field": MATCH}, "children"),
        Input({"wording": ALL, "field": MATCH}, "value"),
        Input({"wording": "level", "field": MATCH, "level": ALL}, "value"),
        Input({"wording": "becomes", "field": MATCH, "level": ALL}, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def show(_parts: Any, _levels: Any, _becomes: Any, key: dict[str, Any]) -> Any:
        given = _given(ctx.inputs_list)
        try:
            run = backgrounds.opened(desk(), key["run_id"])
            (name,) = given
            return preview(run, name, Wording.parse(given, run.background.fields, run.beside))
        except (InvalidSpec, Refused, NotFound, KeyError, ValueError):
            return no_update  # saving says what is wrong


def _register_save(app: Dash) -> None:
    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.problem, "children"),
        Output({"wording-problem": ALL}, "children"),
        Input(ids.save, "n_clicks", allow_optional=True),
        State({"wording": ALL, "field": ALL}, "value"),
        State({"wording": "level", "field": ALL, "level": ALL}, "value"),
        State({"wording": "becomes", "field": ALL, "level": ALL}, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.save, "className"), "sd-button primary sd-working", "sd-button primary")],
    )
    def save(clicks: int | None, _parts: Any, _levels: Any, _becomes: Any, key: dict[str, Any]) -> tuple[Any, Any, Any]:
        names = [place["id"]["wording-problem"] for place in ctx.outputs_list[2]]
        if not clicks:
            return no_update, no_update, [no_update] * len(names)
        try:
            wordings.save(desk(), key["run_id"], _given(ctx.states_list))
        except InvalidSpec as error:
            sentence = f"The words of {', '.join(error.problems)} cannot be used."
            return no_update, notice("danger", "Not saved", sentence), [error.problems.get(name, "") for name in names]
        except (Refused, NotFound, Conflict) as error:
            return no_update, notice("danger", "Not saved", str(error)), [""] * len(names)
        set_props(NOTICES, {"children": notice("done", "Saved", "Reasons are told in these words from now on.")})
        return {**key, "changed": key.get("changed", 0) + 1}, "", [""] * len(names)


def _given(lists: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """What stands in the form, by field that was opened."""
    found: dict[str, dict[str, Any]] = {}
    for entry in (entry for group in lists if isinstance(group, list) for entry in group):
        place, value = entry["id"], entry.get("value")
        words = found.setdefault(place["field"], {})
        if "level" in place:
            words.setdefault(_OF_LEVELS[place["wording"]], []).append([place["level"], value])
        else:
            words[place["wording"]] = bool(value) if place["wording"] in _TICKS else value
    return found
