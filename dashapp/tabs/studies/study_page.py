"""The head of a study's page, and its progress."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.studies.layout import KINDS
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import Children, card, link_button, menu_item, more_menu, state_badge
from dashapp.widgets.counting import again_button, stopped
from dashapp.widgets.heads import copy_link
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.page import head


def study_head(view: StudyView) -> list[Component]:
    card_ = view.card
    data = dcc.Link(card_.dataset_name, href=f"/data/{card_.dataset_id}") if card_.sees_dataset else card_.dataset_name
    facts: list[Children] = [KINDS[card_.kind], data]
    if card_.run_id and card_.run_name:
        facts.append(["from ", dcc.Link(card_.run_name, href=f"/runs/{card_.run_id}")])
    facts.append(["predicts ", html.Code(view.spec.target)])
    facts.append(theme.when(card_.created_at))
    facts.append("yours" if card_.mine else "shared")
    if card_.job is not None:
        facts.append(state_badge(card_.job.state))
    actions: list[Component] = [copy_link(f"/studies/{card_.id}")]
    if card_.mine:
        actions = [more_menu(menu_item("Delete", "trash", {"delete-study": card_.id})), *actions]
    if card_.sees_dataset:
        like = f"?like={card_.run_id}" if card_.run_id else ""
        actions.append(link_button("New search", f"/studies/new/{card_.dataset_id}{like}", icon_name="grid-3x3-gap"))
    return head(card_.name, facts, actions)


def progress(view: StudyView) -> Any:
    """The bar while it is at work; what became of it where that was no success."""
    job = view.card.job
    if job is None or job.state == "succeeded":
        return None
    if job.active:
        under = "You may close this page. The work goes on, and its link shows what has come of it."
        what = "The search is at work" if view.card.kind == "search" else "The treatments are being fitted"
        return card(what, job_progress(job, {"cancel-job": job.id}), under=under)
    again = again_button(view.card.id, "Go on") if view.card.mine else None
    return stopped(job, "It failed", ("It was cancelled", _kept(len(view.trials))), again)


def _kept(n: int) -> str:
    if n == 0:
        return "Nothing was done yet."
    return f"{theme.plural(n, 'combination')} that {'was' if n == 1 else 'were'} done {'is' if n == 1 else 'are'} kept."
