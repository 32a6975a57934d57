"""The list of jobs: its skeleton and what fills it."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.job_views import JobView
from dashapp.widgets.basics import Children, card, empty, link_button, state_badge
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.page import head, skeleton
from dashapp.widgets.tables import Column, table

ids = Ids("jobs", "key", "body", "tick")


def layout() -> Component:
    return skeleton(ids.key, ids.body, {}, dcc.Interval(id=ids.tick, interval=1_500))


def body(jobs: Sequence[JobView]) -> list[Component]:
    active = sorted((job for job in jobs if job.active), key=lambda job: job.created_at)
    ended = [job for job in jobs if not job.active]
    running = sum(job.state == "running" for job in active)
    title = head("Jobs", [f"{running} running", f"{len(active) - running} waiting"])
    if not jobs:
        return [
            *title,
            empty(
                "activity",
                "No jobs yet",
                "Training, and reading large files, go on here in the background; you may close the page meanwhile.",
                link_button("Train a run", "/runs/new"),
            ),
        ]
    parts: list[Component] = [*title]
    if active:
        parts.append(card("Now", html.Div([job_progress(job, {"cancel-job": job.id}) for job in active])))
    if ended:
        parts.append(card("Before", _ended(ended), flush=True))
    return parts


def _ended(jobs: Sequence[JobView]) -> Component:
    columns = [
        Column("Job"),
        Column("What for"),
        Column("Ended as"),
        Column("Attempts", numeric=True),
        Column("Ended", numeric=True),
        Column("Reason"),
    ]
    rows: list[list[Children]] = [
        [
            dcc.Link(job.title, href=job.href) if job.href else job.title,
            job.subtitle,
            state_badge(job.state),
            theme.count(job.attempt),
            theme.when(job.finished_at),
            job.error or theme.NOTHING,
        ]
        for job in jobs
    ]
    return table(columns, rows, label="Ended jobs", wrap=True)
