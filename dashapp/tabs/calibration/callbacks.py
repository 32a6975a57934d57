"""Fills the page, follows its address, and starts a recalibration."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import Dash, Input, Output, State, no_update

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.pressed import put
from dashapp.tabs.calibration.layout import FIELDS, ids
from dashapp.tabs.calibration.page import body, without_calibration
from dashapp.tabs.calibration.points_card import bands_cards, formula
from dashapp.tabs.calibration.reliability import judged_cards
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import points, recalibrating, runs
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.points import PointsAsked
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import notice
from dashapp.widgets.heads import run_head
from pipeline.cutoffs.points import ScoreBands


def register(app: Dash) -> None:
    _register_page(app)
    _register_choices(app)
    _register_following(app)
    _register_recalibration(app)


def _given(search: str | None) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs((search or "").lstrip("?")).items()}


def _asked(view: RunView, given: dict[str, Any]) -> PointsAsked:
    """What the address asks for; what of it cannot be is left out."""
    while True:
        try:
            return points.asked(view, given)
        except InvalidSpec as error:
            given = {name: value for name, value in given.items() if name not in error.problems}


def _found(who: Desk, view: RunView, search: str | None) -> tuple[PointsAsked, ScoreBands | None]:
    """What the address asks for, without a width that gives too many bands; and the bands, None where no scores are to be had."""
    asked = _asked(view, _given(search))
    try:
        return asked, points.bands(who, view.id, asked)
    except InvalidSpec:
        asked = PointsAsked(asked.part, asked.scaling)
        return asked, points.bands(who, view.id, asked)
    except NotFound:
        return asked, None


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.shown, "data"),
        Input(ids.key, "data"),
        Input(shell.theme, "data"),
        State(shell.location, "search"),
    )
    def fill(key: dict[str, str], _theme: Any, search: str | None) -> tuple[Any, Any]:
        view = opened(key["run_id"], "Calibration")
        if view is None:
            return no_run(), None
        who = desk()
        head = run_head(view, "Calibration")
        if view.result is None or not points.parts(view):
            return [*head, *without_calibration(view, [])], None
        made = recalibrating.made_of(who, view)
        if not view.origin.gives_probabilities:
            return [*head, *without_calibration(view, made)], None
        asked, found = _found(who, view, search)
        base = recalibrating.base_of(who, view)
        return [*head, *body(view, view.result, asked, found, base, made, theme.look())], asked.query()


def _register_choices(app: Dash) -> None:
    @app.callback(
        output={
            "address": Output(shell.address, "data", allow_duplicate=True),
            "problems": {name: Output(getattr(ids, f"{name}_problem"), "children") for name in FIELDS},
        },
        inputs={
            "part": Input(ids.part, "value", allow_optional=True),
            "fields": {name: Input(getattr(ids, name), "value", allow_optional=True) for name in FIELDS},
            "key": State(ids.key, "data"),
            "shown": State(ids.shown, "data"),
        },
        prevent_initial_call=True,
    )
    def choose(part: Any, fields: dict[str, Any], key: dict[str, str], shown: Any) -> dict[str, Any]:
        sentences = dict.fromkeys(FIELDS, "")
        if not isinstance(shown, dict):
            return {"address": no_update, "problems": sentences}
        who = desk()
        view = runs.get(who, key["run_id"])
        try:
            asked = points.asked(view, {"part": part, **fields})
            if asked.query() == shown:
                return {"address": no_update, "problems": sentences}
            if asked.width is not None:
                with suppress(NotFound):  # where no scores are to be had
                    points.bands(who, view.id, asked)  # refuses a width that gives too many bands
        except InvalidSpec as error:
            return {
                "address": no_update,
                "problems": {**sentences, **{k: v for k, v in error.problems.items() if k in sentences}},
            }
        wanted = moved_to(f"/runs/{view.id}/calibration", "?" + urlencode(asked.query()))
        return {"address": wanted, "problems": sentences}


def _register_following(app: Dash) -> None:
    @app.callback(
        output={
            "judged": Output(ids.judged, "children"),
            "points": Output(ids.points, "children"),
            "bands": Output(ids.bands, "children"),
            "shown": Output(ids.shown, "data", allow_duplicate=True),
            "part": Output(ids.part, "value"),
            "fields": {name: Output(getattr(ids, name), "value") for name in FIELDS},
        },
        inputs={
            "search": Input(shell.location, "search"),
            "key": State(ids.key, "data", allow_optional=True),
            "shown": State(ids.shown, "data", allow_optional=True),
            "standing": {name: State(getattr(ids, name), "value", allow_optional=True) for name in ("part", *FIELDS)},
        },
        prevent_initial_call=True,
    )
    def follow(search: str | None, key: dict[str, str] | None, shown: Any, standing: dict[str, Any]) -> Any:
        if not key or not isinstance(shown, dict):
            return no_update
        who = desk()
        view = runs.get(who, key["run_id"])
        if view.result is None or _asked(view, _given(search)).query() == shown:
            return no_update
        asked, found = _found(who, view, search)
        query = asked.query()
        return {
            "judged": _judged(who, view, asked) if query["part"] != shown.get("part") else no_update,
            "points": formula(view, asked.scaling),
            "bands": bands_cards(view, view.result, asked, found, theme.look()),
            "shown": query,
            "part": put(standing["part"], asked.part),
            "fields": {name: put(standing[name] or "", query.get(name, "")) for name in FIELDS},
        }


def _judged(who: Desk, view: RunView, asked: PointsAsked) -> Any:
    if view.result is None:
        return no_update
    return judged_cards(view, view.result, recalibrating.base_of(who, view), asked.part, theme.look())


def _register_recalibration(app: Dash) -> None:
    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Output(ids.recalibrate_problem, "children"),
        Input(ids.recalibrate, "n_clicks", allow_optional=True),
        State(ids.method, "value", allow_optional=True),
        State(ids.name, "value", allow_optional=True),
        State(ids.key, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.recalibrate, "className"), "sd-button primary sd-working", "sd-button primary")],
    )
    def start(clicks: int | None, method: Any, name: Any, key: dict[str, str]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            made = recalibrating.start(desk(), key["run_id"], str(method), str(name or ""))
        except (Refused, NotFound) as error:
            return no_update, notice("danger", "Not started", str(error))
        return f"/runs/{made}", ""
