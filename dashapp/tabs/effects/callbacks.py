"""Fills the page and follows its address, which keeps what is chosen: every choice is a link."""

from typing import Any

from dash import Dash, Input, Output, State, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import moved_alone
from dashapp.tabs.effects.address import Asked
from dashapp.tabs.effects.layout import ids
from dashapp.tabs.effects.page import PARTS, body, class_bar, counting, page_head, part, without_effects
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import effects, studies
from dashapp.usecases.backgrounds import StillCounting
from dashapp.usecases.errors import NotFound, Refused
from dashapp.widgets.heads import run_head
from pipeline.explaining.wording import Wording


def register(app: Dash) -> None:
    _register_page(app)
    _register_following(app)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.shown, "data"),
        Output(ids.tick, "disabled"),
        Input(ids.key, "data"),
        Input(ids.tick, "n_intervals"),
        Input(shell.theme, "data"),
        State(shell.location, "search"),
        State(ids.shown, "data"),
    )
    def fill(key: dict[str, str], _tick: Any, _theme: Any, search: Any, shown: Any) -> tuple[Any, Any, Any]:
        if moved_alone(ids.tick) and (work := still(shown)) is not None:
            set_props(ids.work, {"children": work.children})
            return no_update, no_update, no_update
        view = opened(key["run_id"], "Effects")
        if view is None:
            return no_run(), None, True
        try:
            found = effects.opened(desk(), view.id)
        except StillCounting as waiting:
            work = counting(studies.get(desk(), waiting.study_id).card)
            return [*run_head(view, "Effects"), work], {"study": waiting.study_id}, False
        except Refused as why:
            return [*run_head(view, "Effects"), *without_effects(view, why)], None, True
        if view.result is None:
            raise NotFound("result")
        asked = Asked.parse(search, found.effects, Wording.from_json(view.wording))
        return [page_head(view, asked), *body(view, view.result, asked, theme.look())], asked.state(), True


def still(shown: Any) -> Component | None:
    """The count that the page waits for, until it has ended well; no result of the run is read for it."""
    if not isinstance(shown, dict):
        return None
    try:
        study = studies.get(desk(), str(shown.get("study")))
    except NotFound:
        return None
    return counting(study.card) if study.result is None else None


def _register_following(app: Dash) -> None:
    @app.callback(
        output={
            "parts": {name: Output(getattr(ids, name), "children") for name in PARTS},
            "head": Output(ids.head, "children"),
            "classes": Output(ids.classes, "children"),
            "shown": Output(ids.shown, "data", allow_duplicate=True),
        },
        inputs={
            "search": Input(shell.location, "search"),
            "key": State(ids.key, "data", allow_optional=True),
            "shown": State(ids.shown, "data", allow_optional=True),
        },
        prevent_initial_call=True,
    )
    def follow(search: Any, key: dict[str, str] | None, shown: Any) -> Any:
        if not key or not isinstance(shown, list):
            return no_update
        try:
            found = effects.opened(desk(), key["run_id"])
        except (Refused, NotFound):
            return no_update
        view = found.view
        asked = Asked.parse(search, found.effects, Wording.from_json(view.wording))
        state = asked.state()
        if view.result is None or state == shown:
            return no_update
        changed = {name for name, new, old in zip(("field", "by", "at", "per"), state, shown, strict=False) if new != old}
        look = theme.look()
        return {
            "parts": {
                name: part(name, view, view.result, asked, look) if _MOVED_BY[name] & changed else no_update for name in PARTS
            },
            "head": page_head(view, asked).children,
            "classes": class_bar(view, asked),
            "shown": state,
        }


# What of the address a part depends on. All links keep the rest of the address, so that a part with links follows every choice.
_MOVED_BY = {
    "list": {"field", "by", "at", "per"},
    "chosen": {"field", "at"},
    "own": {"field", "at"},
    "forest": {"field", "by", "at", "per"},
    "odds": {"by", "at"},
}
