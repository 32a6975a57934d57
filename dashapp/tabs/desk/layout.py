"""The skeletons of the pages, with the dialog in which a case is saved or decided."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.usecases.applicants import NAME_LENGTH
from dashapp.usecases.cases import NOTE_LENGTH, REASON_LENGTH
from dashapp.widgets.basics import button
from dashapp.widgets.page import skeleton

ids = Ids(
    "desk",
    *("key", "body", "tick", "typed", "shown", "changeable", "detail", "detail_open", "detail_on", "detail_tick"),
    *("run", "run_about", "find", "data", "by", "text", "look_up", "find_problem"),
    *("search", "cases", "show", "more", "more_row", "n_shown", "take"),
    *("score", "form_name", "form_problem", "said", "form_cancel", "edit", "try_other", "may_change", "work_out", "changes"),
    *("save", "override", "dialog", "dialog_title", "name", "name_field", "note", "note_field", "decision", "decision_field"),
    *("reason", "reason_field", "problem", "confirm"),
    *("saved", "discard", "follow", "reopen", "note_text", "note_save", "note_problem", "position", "exact", "lime"),
)
OTHER = "\u0001other"  # the entry of a list of levels that asks for another one; no level is called so


def layout() -> Component:
    return _page({})


def run_layout(run_id: str) -> Component:
    return _page({"run_id": run_id})


def case_layout(case_id: str) -> Component:
    return _page({"case_id": case_id})


def _page(key: dict[str, str]) -> Component:
    """What is typed belongs in no address, being somebody's personal data: the page holds it, and assets/38-desk.js keeps it."""
    stores = [dcc.Store(id=one) for one in (ids.typed, ids.shown, ids.changeable, ids.detail_on, ids.saved)]
    ticks = [dcc.Interval(id=one, interval=1_500, disabled=True) for one in (ids.tick, ids.detail_tick)]
    page = skeleton(ids.key, ids.body, key, *stores, *ticks, _dialog())
    page.children.append(html.Div(id=ids.detail, className="sd-stack sd-desk-detail"))
    page.className = "sd-page sd-desk"
    return page


def _dialog() -> Component:
    """Name and note are asked for with a new case alone; what it offers to decide is written as it opens."""
    fields = [
        _field(
            ids.name_field,
            "Name or number of the applicant",
            ids.name,
            dcc.Input(id=ids.name, type="text", className="sd-input", maxLength=NAME_LENGTH, autoComplete="off"),
        ),
        _field(
            ids.decision_field,
            "Decision",
            None,
            dcc.RadioItems(id=ids.decision, options=[], value=None, className="sd-segments", persistence=False),
        ),
        _field(
            ids.reason_field,
            "Reason",
            ids.reason,
            dcc.Textarea(id=ids.reason, maxLength=REASON_LENGTH, style={"minHeight": "88px"}),
            "Needed where you decide against the model. It is kept with the case, with your name.",
        ),
        _field(
            ids.note_field,
            "Note",
            ids.note,
            dcc.Textarea(id=ids.note, maxLength=NOTE_LENGTH, style={"minHeight": "72px"}),
            "Read by everybody who may see the run.",
        ),
        html.Div(id=ids.problem),
    ]
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Save the case", id=ids.dialog_title, tag="h2")),
            dbc.ModalBody(html.Div(fields, className="sd-stack sd-page", style={"padding": "0"})),
            dbc.ModalFooter(button("Save", ids.confirm, icon_name="check-lg", kind="primary")),
        ],
        id=ids.dialog,
    )


def _field(field_id: str, label: str, control_id: str | None, control: Component, about: str = "") -> Component:
    told = [html.Div(about, className="sd-help")] if about else []
    if control_id is None:
        named = {"role": "group", "aria-label": label}
        return html.Div([html.Span(label, className="sd-label"), control, *told], className="sd-field", id=field_id, **named)
    return html.Div([html.Label(label, htmlFor=control_id), control, *told], className="sd-field", id=field_id)
