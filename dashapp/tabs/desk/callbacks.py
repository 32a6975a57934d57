"""Fills the three pages, and the exact account and LIME below them."""

from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.desk import applicant_page, case_page, start_page
from dashapp.tabs.desk.form import form, form_kept, form_texts
from dashapp.tabs.desk.layout import ids
from dashapp.tabs.desk.sheet import title
from dashapp.tabs.desk.state import State as Shown
from dashapp.usecases import applicants, case_lists, case_views, desk_runs, limes, lookups, studies, typed_values
from dashapp.usecases.applicants import NAMELESS, Asked, is_nameless
from dashapp.usecases.backgrounds import OpenedRun, StillCounting
from dashapp.usecases.case_records import Record, record
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.explaining import Applicant, Told
from dashapp.usecases.rights import may_make
from dashapp.widgets.basics import empty, link_button
from dashapp.widgets.counting import at_work, counting, lime_loading
from dashapp.widgets.page import crumbs, head, not_found
from pipeline.lime_results import LimeResult

Filled = tuple[Any, dict[str, Any], bool]  # body, what it shows, whether nothing is waited for
_BACK = ("Applicant desk", "/desk")


def register(app: Dash) -> None:
    _register_page(app)
    _register_detail(app)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.shown, "data"),
        Output(ids.tick, "disabled"),
        Input(ids.key, "data"),
        Input(shell.location, "search"),
        Input(ids.typed, "data"),
        Input(ids.tick, "n_intervals"),
        Input(shell.theme, "data"),
        State(shell.location, "pathname"),
        State(ids.changeable, "data"),
        State(ids.shown, "data"),
    )
    def fill(
        key: dict[str, str], search: Any, typed: Any, _tick: Any, _theme: Any, path: Any, chosen: Any, before: Any
    ) -> tuple[Any, Any, Any]:
        if str(path or "").rstrip("/") != _path(key):  # the user has left already
            return no_update, no_update, True
        if ctx.triggered_id == shell.theme and isinstance(before, dict) and before.get("kind") == "form":
            return no_update, no_update, no_update  # what is being typed stays
        if "case_id" in key:
            return _case(key["case_id"], key.get("did"))
        if "run_id" in key:
            return applicant_body(key["run_id"], Shown.of(search, typed, desk().user.name), names(chosen))
        who = desk()
        offered, others = desk_runs.offered(who)
        counts = case_lists.count(who), case_lists.count(who, show="open")
        body = start_page.body(offered, others, case_lists.recent(who), *counts, may_make(who.user))
        return body, _shown(who, "start"), True


def applicant_body(run_id: str, state: Shown, chosen: tuple[str, ...] | None) -> Filled:
    """The form where nobody is asked about, else the applicant; or why there is neither."""
    who = desk()
    try:
        run = applicants.opened(who, run_id)
    except NotFound:
        return not_found("approved run", *_BACK), {"kind": "none"}, True
    except StillCounting as waiting:
        return [*head("Applicant"), counting(studies.get(who, waiting.study_id).card)], {"kind": "counting"}, False
    except Refused as error:
        return _refused(error.message, error.fix), {"kind": "none"}, True
    facts = applicant_page.facts_of(run, "")[:2]
    limes.warm_soon()  # its account is one click below, or the form is filled in first
    if state.asked is None:
        _tell_where("New applicant")
        return [*head("New applicant", facts), *_form(run, state, Asked(given={}), again=False)], _shown(who, "form"), True
    try:
        found, warnings = applicants.applicant(who, run, state.asked)
        kept = record(run, found, warnings, chosen)
    except (Refused, NotFound) as error:
        return _refused(error.message, error.fix), {"kind": "none"}, True
    except InvalidSpec as error:
        said = " ".join(f"{name}: {sentence}" for name, sentence in error.problems.items())
        return _refused("This applicant cannot be scored.", said), {"kind": "none"}, True
    _tell_where(found.name)
    name_given = "" if found.name == NAMELESS else found.name
    if state.editing:
        name = state.asked.name if state.asked.given is not None else found.name
        parts = _form(run, state, Asked(given=form_texts(found.values), name=name), again=True)
        return [*head(f"Edit {name_given or 'the applicant'}", facts), *parts], _shown(who, "form"), True
    shown = _shown(who, "applicant", advice=kept.told.advice, labels=run.model.labels, name=name_given)
    others = case_lists.of_applicant(who, found)
    return applicant_page.page(run, found, kept, theme.look(), where(who, found), others, again=state.again), shown, True


def _form(run: OpenedRun, state: Shown, asked: Asked, *, again: bool) -> list[Component]:
    """With what the browser kept of a form that was not sent, else with these values."""
    filled = state.form or asked
    given = filled.given or {}
    kept = [form_kept()] if state.form is not None and state.again else []
    return [*kept, *form(typed_values.controls(run), given, filled.name, applicants.remarks(run, given), again=again)]


def _shown(who: Desk, kind: str, **more: Any) -> dict[str, Any]:
    """What a page shows, and to whom: the browser keeps what is typed for them alone."""
    return {"kind": kind, "who": who.user.name, **more}


def _path(key: dict[str, str]) -> str:
    """Where the page of this key stands."""
    if "case_id" in key:
        return f"/desk/cases/{key['case_id']}"
    return f"/desk/{key['run_id']}" if "run_id" in key else "/desk"


def names(raw: Any) -> tuple[str, ...] | None:
    """The fields that were ticked; None where nothing was chosen yet."""
    return tuple(one for one in raw if isinstance(one, str)) if isinstance(raw, list) else None


def where(who: Desk, found: Applicant) -> str:
    """Where an applicant's values are from."""
    if found.dataset_id is None:
        return "typed in"
    return f"{lookups.dataset_name(who, found.dataset_id)}, row {(found.row or 0) + 1:,}"


def _case(case_id: str, did: Any) -> Filled:
    """`did` is what was just done here, which the page tells: a decision or a note."""
    try:
        who = desk()
        view = case_views.get(who, case_id)
    except NotFound:
        return not_found("case", *_BACK), {"kind": "none"}, True
    _tell_where(view.card.name)
    labels = [label for label, _ in view.record.told.probabilities]
    shown = _shown(who, "case", advice=view.card.advice, labels=labels, mark=view.mark, name=view.card.name, did=did)
    shown["alone"] = view.run is None  # the sheet is all that there is to see
    return case_page.page(view, theme.look(), noted=did == "note"), shown, True


def _refused(message: str, fix: str) -> list[Component]:
    return [*head("Applicant"), empty("person-vcard", message, fix, link_button(*_BACK))]


def _tell_where(name: str) -> None:
    set_props(shell.breadcrumb, {"children": crumbs(_BACK, title(name) if is_nameless(name) else name)})


def _register_detail(app: Dash) -> None:
    @app.callback(
        Output(ids.detail, "children"),
        Output(ids.detail_tick, "disabled"),
        Input(ids.shown, "data"),
        Input(ids.detail_on, "data"),
        Input(ids.detail_tick, "n_intervals"),
        State(ids.key, "data"),
        State(ids.typed, "data"),
        State(shell.location, "search"),
    )
    def fill_detail(shown: Any, is_open: Any, _tick: Any, key: dict[str, str], typed: Any, search: Any) -> tuple[Any, bool]:
        kind = shown.get("kind") if isinstance(shown, dict) else None
        if kind not in {"applicant", "case"} or shown.get("alone"):
            return [], True
        if not is_open:
            return applicant_page.detail_closed(), True
        who = desk()
        if kind == "case":
            view = case_views.get(who, key["case_id"])
            if view.run is None:
                return [], True
            return _detail(who, view.run, view.applicant, view.record.told, view.record)
        asked = Shown.of(search, typed, who.user.name).asked
        if asked is None:
            return [], True
        run = applicants.opened(who, key["run_id"])
        found = applicants.applicant(who, run, asked)[0]
        return _detail(who, run, found, record(run, found, {}, ()).told, None)

    @app.callback(Output(ids.detail_on, "data"), Input(ids.detail_open, "n_clicks"), prevent_initial_call=True)
    def open_detail(clicks: Any) -> Any:
        return True if clicks else no_update


def _detail(who: Desk, run: OpenedRun, found: Applicant, told: Told, kept: Record | None) -> tuple[list[Component], bool]:
    """With LIME as the case kept it; where it was not there yet, from the same model, values and seed."""
    if kept is not None and kept.lime is not None:
        return applicant_page.detail(run, found, told, kept.lime, theme.look(), later=kept.lime_study is not None), True
    try:
        seed = kept.seed if kept is not None else None
        study = limes.get(who, limes.start(who, run.view.id, found, seed=seed, asks_again=True))
    except limes.StillLoading:
        return applicant_page.detail(run, found, told, lime_loading(), theme.look()), False
    except (Refused, InvalidSpec) as error:
        return applicant_page.detail(run, found, told, applicant_page.without_lime(str(error)), theme.look()), True
    if isinstance(study.result, LimeResult):
        return applicant_page.detail(run, found, told, study.result, theme.look(), later=kept is not None), True
    lime = at_work(study.card, "LIME is at work", "LIME gave no account")
    return applicant_page.detail(run, found, told, lime, theme.look()), False  # it may be tried again
