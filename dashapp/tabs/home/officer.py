"""Home of a loan officer: the runs to decide with, and what was decided last."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.case_lists import CaseCard
from dashapp.usecases.cases import OPEN
from dashapp.usecases.desk_runs import DeskRun
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.basics import card, empty, link_button
from dashapp.widgets.page import head
from dashapp.widgets.tables import Column, table


def officer_body(runs: Sequence[DeskRun], cases: Sequence[CaseCard]) -> list[Component]:
    """What a loan officer begins with: the desk, and what was decided last."""
    if not runs:
        first = empty(
            "person-vcard",
            "No approved run is shared with you yet",
            "An analyst trains a run, a second person approves it, and then it is shared with you.",
        )
    else:
        first = card(
            "Runs to decide with",
            html.Div([_desk_run(run) for run in runs]),
            under="Approved, and shared with you.",
        )
    return [
        *head("Home", (), [link_button("Applicant desk", "/desk", icon_name="person-vcard", kind="primary")]),
        html.Div(
            [
                html.Div(first, className="sd-5 sd-stack"),
                html.Div(_cases(cases), className="sd-7 sd-stack"),
            ],
            className="sd-grid",
            style={"alignItems": "start"},
        ),
    ]


def _desk_run(run: DeskRun) -> Component:
    facts = f"{run.dataset_name}, refused from {theme.chance(run.cutoff)} on"
    by = f"approved by {run.approved_by}" if run.approved_by else ""
    return html.Div(
        [
            html.Div([dcc.Link(run.name, href=f"/desk/{run.id}", className="sd-strong"), html.Div(facts, className="sd-meta")]),
            html.Span(by, className="sd-meta sd-end"),
        ],
        className="sd-home-review",
    )


def _cases(cases: Sequence[CaseCard]) -> Component:
    if not cases:
        return empty(
            "journal-text", "No applicant was decided yet", "A saved case keeps the score, its reasons and your decision."
        )
    columns = (
        Column("Applicant"), Column("Chance", numeric=True), Column("Model"), Column("Decision"),
        Column("Saved", numeric=True),
    )  # fmt: skip
    rows = [
        (
            dcc.Link(case.name, href=f"/desk/cases/{case.id}", className="sd-strong sd-case-name", title=case.name),
            theme.share(case.probability),
            class_words(case.labels).advice(case.advice),
            "open" if case.decision == OPEN else class_words(case.labels).advice(case.decision),
            theme.when(case.created_at),
        )
        for case in cases
    ]
    return card("Recent cases", table(columns, rows, label="Recent cases"), flush=True)
