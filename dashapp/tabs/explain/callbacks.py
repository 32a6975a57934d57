"""Fills the page from its address, and writes into the address what is chosen on it."""

import secrets
from contextlib import suppress
from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, html, no_update, set_props

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.explain import applicant_callbacks, asked, reasons, what_if_callbacks
from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.finder import chips, clear_link
from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.list_page import found_part
from dashapp.tabs.explain.page import Shown, shown
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import backgrounds, finding, limes, runs
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.filters import MISSING, SHUFFLED, Condition, Filter

CHOICES = ("part", "error", "came", "predicted", "unit", "low", "high", "order")
_NOTHING = dict.fromkeys(("chips", "clear", "reasons", "found", "told", "problem", "address", "shown"), no_update)


def register(app: Dash) -> None:
    _register_page(app)
    _register_filter(app)
    _register_condition(app)
    _register_levels(app)
    _register_random(app)
    applicant_callbacks.register(app)
    what_if_callbacks.register(app)
    reasons.register(app)
    asked.register(app)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.shown, "data"),
        Output(ids.tick, "disabled"),
        Input(ids.key, "data"),
        Input(shell.theme, "data"),
        Input(shell.location, "search"),
        Input(ids.tick, "n_intervals"),
        State(shell.location, "pathname"),
        State(ids.shown, "data"),
        State(ids.part, "value", allow_optional=True),
    )
    def fill(key: dict[str, str], look: Any, search: Any, _tick: Any, pathname: Any, before: Any, part: Any) -> Any:
        if str(pathname or "").rstrip("/") != f"/runs/{key['run_id']}/explain":  # the user has left already
            return no_update, no_update, True
        address = Address.parse(search)
        state = [address.query(), look]
        if before == state:  # what the page has written into its address itself
            return no_update, no_update, True
        view = opened(key["run_id"], "Explain")
        if view is None:
            return no_run(), None, True
        if part is not None and _is_state(before) and before[1] == look and _is_same_form(Address.parse(before[0]), address):
            with suppress(Refused, NotFound):  # the page says so
                _fill_list(backgrounds.opened(desk(), view.id), address)
                return no_update, state, True
        found: Shown = shown(desk(), view, address, theme.look())
        limes.warm_soon()  # an applicant comes next, and LIME with it
        return found.body, state if not found.waits else None, not found.waits


def _is_state(before: Any) -> bool:
    """Whether it is what `fill` keeps of a page: its address and its look."""
    return isinstance(before, list) and len(before) == 2


def _is_same_form(before: Address, after: Address) -> bool:
    """Whether two lists differ in their page and their conditions alone, so that what is chosen and typed may stay."""
    one, other = (replace(each, page=1, wanted=replace(each.wanted, conditions=())) for each in (before, after))
    return one == other and after.row is None and not after.problems


def _fill_list(run: OpenedRun, address: Address) -> None:
    for place, children in _list_parts(run, address).items():
        set_props(place, {"children": children})
    set_props(ids.conditions, {"data": [one.text() for one in address.wanted.conditions]})


def _list_parts(run: OpenedRun, address: Address) -> dict[str, Any]:
    """What of the list follows the filter, by its place: all but the filter's own controls."""
    found, told = found_part(desk(), run, address)
    return {ids.chips: chips(run, address), ids.clear: clear_link(run.view, address), ids.found: found, ids.told: told}


def _register_filter(app: Dash) -> None:
    """A choice fills the list, and leaves the filter itself alone: what is typed, and where the keyboard is, stay as they are."""

    @app.callback(
        output={
            "chips": Output(ids.chips, "children"),
            "clear": Output(ids.clear, "children"),
            "reasons": Output(ids.reasons_place, "children", allow_duplicate=True),
            "found": Output(ids.found, "children"),
            "told": Output(ids.told, "children"),
            "problem": Output(ids.find_problem, "children"),
            "address": Output(shell.address, "data", allow_duplicate=True),
            "shown": Output(ids.shown, "data", allow_duplicate=True),
        },
        inputs={
            "choices": {name: Input(getattr(ids, name), "value", allow_optional=True) for name in CHOICES},
            "conditions": Input(ids.conditions, "data", allow_optional=True),
            "search": State(shell.location, "search"),
            "key": State(ids.key, "data"),
            "before": State(ids.shown, "data"),
        },
        prevent_initial_call=True,
        running=[
            (Output(ids.found, "className"), "sd-explain-working", ""),
            (Output(ids.chips, "className"), "sd-explain-chips sd-explain-working", "sd-explain-chips"),
        ],
    )
    def choose(choices: dict[str, Any], conditions: Any, search: Any, key: dict[str, str], before: Any) -> dict[str, Any]:
        address = Address.parse(search)
        if not _is_state(before) or address.row is not None or choices["part"] is None or not isinstance(conditions, list):
            return _NOTHING
        try:
            wanted = Filter.of({**choices, "seed": _seed(choices["order"], address.wanted)}, conditions)
        except InvalidSpec as error:
            return {**_NOTHING, "problem": " ".join(error.problems.values())}
        if wanted == address.wanted:
            return {**_NOTHING, "problem": ""}
        changed = replace(address, wanted=wanted, page=1, study=None, problems={})
        put = changed.put(key, search)
        try:
            run = backgrounds.opened(desk(), key["run_id"])
        except (NotFound, Refused):  # the page says so
            return {**_NOTHING, "address": put}
        parts = _list_parts(run, changed)
        return {
            **{name: parts[getattr(ids, name)] for name in ("chips", "clear", "found", "told")},
            "reasons": [],
            "problem": "",
            "address": put,
            "shown": [changed.query(), before[1]],
        }


def _register_condition(app: Dash) -> None:
    """A further condition goes into the store that the filter listens to."""

    @app.callback(
        Output(ids.conditions, "data"),
        Output(ids.find_problem, "children", allow_duplicate=True),
        inputs={
            "clicks": Input(ids.add, "n_clicks", allow_optional=True),
            "enters": Input(ids.value, "n_submit", allow_optional=True),
            "condition": [State(getattr(ids, name), "value", allow_optional=True) for name in ("column", "operator", "value")],
            "before": State(ids.conditions, "data", allow_optional=True),
        },
        prevent_initial_call=True,
    )
    def add(clicks: Any, enters: Any, condition: list[Any], before: Any) -> Any:
        if not (clicks or enters) or not isinstance(before, list):  # the field has appeared
            return no_update, no_update
        try:
            wanted = Filter.of({}, [*before, _condition(*condition)])
        except InvalidSpec as error:
            return no_update, " ".join(error.problems.values())
        return [one.text() for one in wanted.conditions], ""


def _register_levels(app: Dash) -> None:
    @app.callback(
        Output(ids.levels, "children"),
        Input(ids.column, "value", allow_optional=True),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def offer(column: Any, key: dict[str, str]) -> Any:
        if not isinstance(column, str):
            return no_update
        who = desk()
        return [html.Option(value=level) for level in finding.levels_there(who, runs.get(who, key["run_id"]), column)]


def _seed(order: Any, before: Filter) -> int:
    """Who asks for an order at random gets another one each time; the address keeps it."""
    if order != SHUFFLED:
        return Filter().seed
    return before.seed if before.order == SHUFFLED else secrets.randbelow(2**32)


def _condition(column: Any, operator: Any, value: Any) -> str:
    if not isinstance(column, str) or not column:
        raise InvalidSpec.one("where", "Choose a column first.")
    return Condition(column, str(operator), "" if operator == MISSING else str(value or "").strip()).text()


def _register_random(app: Dash) -> None:
    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Input(ids.random, "n_clicks", allow_optional=True),
        State(shell.location, "search"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def open_one(clicks: int | None, search: Any, key: dict[str, str]) -> Any:
        if not clicks:
            return no_update
        who, address = desk(), Address.parse(search)
        row = finding.one_at_random(who, runs.get(who, key["run_id"]), address.wanted)
        return no_update if row is None else replace(address, row=row, given=()).put(key, search)
