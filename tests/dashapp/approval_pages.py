"""The pages of approving a run, and of the words of its reasons, in all their states."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashapp.tabs.approval.page import body as approval_body
from dashapp.tabs.home import layout as home_page
from dashapp.tabs.home.officer import officer_body
from dashapp.tabs.wording.form import body as wording_body
from dashapp.tabs.wording.form import field_form
from dashapp.usecases import backgrounds, runs
from dashapp.usecases.approvals import Step
from dashapp.usecases.case_lists import CaseCard
from dashapp.usecases.desk import Desk
from dashapp.usecases.desk_runs import DeskRun
from dashapp.usecases.job_views import JobView
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyCard
from dashapp.widgets.counting import counting


def approval_pages(desk: Desk, run: RunView) -> list[Any]:
    """Every stage, for its owner and for the reviewer."""
    steps = [Step("proposed", "Analyst", datetime.now(UTC), "For the branch.", "Colleague")]
    people = [("colleague", "Colleague"), ("admin", "Admin")]
    views = [replace(run, stage=stage, mine=mine, is_reviewer=not mine) for mine in (True, False) for stage in _STAGES]
    views.append(replace(run, stage_at=datetime.now(UTC)))
    opened = backgrounds.opened(desk, run.id)
    failed = StudyCard("s", "background", "Rows", "d", "Loans", run.id, run.name, True, datetime.now(UTC), None)
    return [
        *[approval_body(view, steps, people) for view in views],
        approval_body(run, [], []),
        approval_body(replace(run, result=None), [], []),
        wording_body(opened),
        *[field_form(opened, name) for name in opened.model.fields],
        home_page.body(runs.visible(desk), [], [], datetime.now(UTC), "review", runs.visible(desk)),
        home_page.body(runs.visible(desk), [], [], datetime.now(UTC), "review", []),
        officer_body([], []),
        officer_body(
            [DeskRun(run.id, run.name, "Analyst", "Loans", 0.3, 0.7, "Colleague", datetime.now(UTC))],
            [CaseCard("c", "A", "refuse", "open", 0.4, run.id, run.name, "You", True, datetime.now(UTC), None, False)],
        ),
        counting(failed),
        counting(replace(failed, job=_at_work())),
    ]


_STAGES = ("draft", "proposed", "approved", "retired")


def _at_work() -> JobView:
    return JobView(
        "j", "background", "running", "Rows", "", "", None, 0.5, "Counting", None, 3.0, False, None, 1, True, None,
        datetime.now(UTC), None,
    )  # fmt: skip
