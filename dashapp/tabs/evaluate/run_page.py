"""The frame of a run's pages: head, tabs, dialogs, and what stands there while there is no result."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Tone, button, card, facts, link_button, menu_item, notice
from dashapp.widgets.dialogs import PARTS, Words, delete_dialog, edit_dialog
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.page import skeleton
from dashapp.widgets.specs import all_options, changed_facts

FIGURES = ("roc", "class_matrix", "precision_recall", "ks", "gains", "scores", "calibration", "objective")
ids = Ids("run", "key", "body", "tick", "retry", "options", "options_open", *FIGURES, *PARTS)
_WORK = {"trained": "training", "score": "evaluation", "recalibrated": "recalibration"}
WORDS = Words(
    what="run",
    text="Note",
    text_help="What it is for, what was found. Everybody with the link reads it.",
    text_length=10_000,
    deletion="Its link no longer opens, for you and for everybody it is shared with. You can undo this right after.",
)


def overview_layout(run_id: str) -> Component:
    return _skeleton(run_id, "Overview")


def coefficients_layout(run_id: str) -> Component:
    return _skeleton(run_id, "Coefficients")


def _skeleton(run_id: str, tab: str) -> Component:
    timer = dcc.Interval(id=ids.tick, interval=1_000, disabled=True)
    return skeleton(ids.key, ids.body, {"run_id": run_id, "tab": tab}, timer, edit_dialog(ids, WORDS), delete_dialog(ids, WORDS))


def more_actions(view: RunView) -> list[Component]:
    """What the owner can do with the run here."""
    return [menu_item("Edit name and note", "pencil", ids.edit), menu_item("Delete", "trash", ids.delete)] if view.mine else []


def without_result(view: RunView) -> list[Component]:
    """What a run shows while it waits, runs, or after it ended without a result."""
    work = _WORK[view.origin.kind]
    if view.state in {"queued", "running"}:
        inside: Component = (
            job_progress(view.job, {"cancel-job": view.job.id})
            if view.job is not None
            else html.P("The job of this run is starting.", className="sd-meta")
        )
        under = "You may close this page. The run goes on, and its link shows the result."
        progress = card(work.capitalize(), inside, under=under, span=7)
        return [html.Div([progress, _options_card(view)], className="sd-grid", style={"alignItems": "start"})]
    again = retry = None
    if view.sees_dataset:
        form = f"/runs/score/{view.dataset_id}" if view.origin.kind == "score" else f"/runs/new/{view.dataset_id}"
        if view.origin.kind != "recalibrated":
            again = link_button("Change the options", f"{form}?like={view.id}", kind="link")
        retry = button("Try it again as it is", ids.retry, kind="link") if view.mine else None
    title, text = f"The {work} failed", view.error or "No reason was recorded."
    tone: Tone = "danger"
    if view.state == "cancelled":
        title, text, tone = f"The {work} was cancelled", "Nothing of it was kept but the options.", "info"
    if view.mine and not view.sees_dataset:
        text += " Its data set is gone, or no longer shared with you, so it cannot be repeated."
    return [
        html.Div(
            html.Div(notice(tone, title, text, html.Div([retry, again], className="sd-row")), className="sd-8"),
            className="sd-grid",
        )
    ]


def _options_card(view: RunView) -> Component:
    """What the run was started with; the options of a training only where there is one."""
    title, origin = "With these options", view.origin
    if origin.kind != "score":
        return card(title, [facts(*changed_facts(view.spec)), all_options(view.spec)], span=5)
    told = [
        ("Score", html.Code(origin.column)),
        ("A higher one means", "more risk" if origin.higher_is == "bad" else "less risk"),
        ("A probability", "yes" if origin.is_probability else "no"),
        ("Outcome", html.Code(view.spec.target)),
        ("Held-out share", theme.share(view.spec.test_share)),
        ("Seed", str(view.spec.seed)),
    ]
    return card(title, facts(*told), span=5)
