"""The frame of a run's pages: head, tabs, dialogs, and what stands there while there is no result."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Tone, button, card, link_button, menu_item, notice
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.page import skeleton
from dashapp.widgets.specs import spec_facts

ids = Ids(
    "run",
    "key",
    "body",
    "tick",
    "edit",
    "edit_dialog",
    "edit_name",
    "edit_note",
    "edit_save",
    "edit_problem",
    "delete",
    "delete_dialog",
    "delete_confirm",
    "retry",
    "roc",
)


def overview_layout(run_id: str) -> Component:
    return _skeleton(run_id, "Overview")


def coefficients_layout(run_id: str) -> Component:
    return _skeleton(run_id, "Coefficients")


def _skeleton(run_id: str, tab: str) -> Component:
    timer = dcc.Interval(id=ids.tick, interval=1_000, disabled=True)
    return skeleton(ids.key, ids.body, {"run_id": run_id, "tab": tab}, timer, *_dialogs())


def more_actions(view: RunView) -> list[Component]:
    """What the owner can do with the run here."""
    return [menu_item("Edit name and note", "pencil", ids.edit), menu_item("Delete", "trash", ids.delete)] if view.mine else []


def without_result(view: RunView) -> list[Component]:
    """What a run shows while it waits, runs, or after it ended without a result."""
    if view.state in {"queued", "running"}:
        inside: Component = (
            job_progress(view.job, {"cancel-job": view.job.id})
            if view.job is not None
            else html.P("The job of this run is starting.", className="sd-meta")
        )
        under = "You may close this page. The run goes on, and its link shows the result."
        options = card("With these options", spec_facts(view.spec), span=5)
        training = card("Training", inside, under=under, span=7)
        return [html.Div([training, options], className="sd-grid", style={"alignItems": "start"})]
    again = link_button("Change the options", f"/runs/new/{view.dataset_id}?like={view.id}", kind="link")
    retry = button("Train it again as it is", ids.retry, kind="link") if view.mine else None
    title, text = "The training failed", view.error or "No reason was recorded."
    tone: Tone = "danger"
    if view.state == "cancelled":
        title, text, tone = "The training was cancelled", "Nothing of it was kept but the options.", "info"
    return [
        html.Div(
            html.Div(notice(tone, title, text, html.Div([retry, again], className="sd-row")), className="sd-8"),
            className="sd-grid",
        )
    ]


def _dialogs() -> list[Component]:
    edit = html.Div(
        [
            html.Div(
                [
                    html.Label("Name", htmlFor=ids.edit_name),
                    dcc.Input(id=ids.edit_name, type="text", className="sd-input", maxLength=200),
                    html.Div(id=ids.edit_problem, className="sd-problem", role="alert"),
                ],
                className="sd-field",
            ),
            html.Div(
                [
                    html.Label("Note", htmlFor=ids.edit_note),
                    dcc.Textarea(id=ids.edit_note, maxLength=10_000),
                    html.Div("What it is for, what was found. Everybody with the link reads it.", className="sd-help"),
                ],
                className="sd-field",
            ),
        ],
        className="sd-stack sd-page",
        style={"padding": "0"},
    )
    return [
        dbc.Modal(
            [
                dbc.ModalHeader(dbc.ModalTitle("Edit the run", tag="h2")),
                dbc.ModalBody(edit),
                dbc.ModalFooter(button("Save", ids.edit_save, kind="primary")),
            ],
            id=ids.edit_dialog,
        ),
        dbc.Modal(
            [
                dbc.ModalHeader(dbc.ModalTitle("Delete the run?", tag="h2")),
                dbc.ModalBody(
                    "Its link no longer opens, for you and for everybody it is shared with. You can undo this right after."
                ),
                dbc.ModalFooter(button("Delete", ids.delete_confirm, kind="danger")),
            ],
            id=ids.delete_dialog,
        ),
    ]
