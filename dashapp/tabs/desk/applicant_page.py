"""The page of one applicant: advice, place, reasons, changes and values; the exact account and LIME a press below."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.desk.layout import ids
from dashapp.tabs.desk.sheet import sheet, title
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.case_lists import CaseCard
from dashapp.usecases.case_records import Record
from dashapp.usecases.cases import OPEN
from dashapp.usecases.explaining import APPROVE, REFUSE, Applicant, Told
from dashapp.widgets.applicant import (
    advice_card,
    changes_card,
    exact_card,
    how_to_read,
    lime_card,
    position_card,
    reasons_card,
    values_card,
)
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.applicant.words import ClassWords, class_words
from dashapp.widgets.basics import Children, button, card, icon, notice
from dashapp.widgets.page import head
from pipeline.explain_results import Changes
from pipeline.figures.template import Look
from pipeline.lime_results import LimeResult
from pipeline.shown import capital


def page(
    run: OpenedRun,
    applicant: Applicant,
    kept: Record,
    look: Look,
    where: str,
    others: Sequence[CaseCard] = (),
    *,
    again: bool = False,
) -> list[Component]:
    """An applicant who is not saved; `where` says where the values are from, `again` that the browser kept them.

    `others` are cases that there are of the same row or name.
    """
    edit = html.Button([icon("pencil"), "Edit"], id=ids.edit, className="sd-button link sd-desk-edit", type="button", n_clicks=0)
    return [
        *head(title(applicant.name), facts_of(run, where), actions()),
        *([_kept()] if again else []),
        *other_cases(others),
        *warnings(run, kept, applicant),
        html.Div(
            [
                advice_card(run, kept.told, span=4),
                position_card(ids.position, run, kept.told, look, span=8),
                reasons_card(run, kept.told, span=4),
                html.Div(changes(run, kept.changes, kept.changeable), id=ids.changes, className="sd-4 sd-desk-slot"),
                values_card(run, applicant, span=4, action=edit),
            ],
            className="sd-grid",
        ),
        sheet(kept, applicant, applicant.name, str(run.view.model_sha256), None),
    ]


def other_cases(others: Sequence[CaseCard]) -> list[Component]:
    """Somebody may have decided on the applicant already; a name may be another person's too."""
    if not others:
        return []
    lines = [
        html.Li(
            [
                dcc.Link(one.name, href=f"/desk/cases/{one.id}", className="sd-case-name", title=one.name),
                f": {_decision(one)}, {theme.when(one.created_at)} by {'you' if one.mine else one.owner}, with {one.run_name}",
            ]
        )
        for one in others
    ]
    said = "A case of this row or name is" if len(lines) == 1 else f"{len(lines)} cases of this row or name are"
    return [notice("info", f"{said} saved already", html.Ul(lines, className="sd-list"))]


def _decision(one: CaseCard) -> str:
    words = class_words(one.labels)
    if one.decision == OPEN:
        return f"open, {words.advice(one.advice)} suggested"
    against = "as suggested" if one.decision == one.advice else "against the suggestion"
    return f"{words.advice(one.decision)}, {against}"


def _kept() -> Component:
    """Whom the browser kept is there again; they may be done with."""
    discard = button("Discard, and begin anew", ids.discard, icon_name="trash")
    return notice("info", "This applicant is not saved yet", "What you typed was kept in this browser tab alone.", discard)


def facts_of(run: OpenedRun, where: str) -> list[Children]:
    return [f"Scored with {run.view.name}", f"approved run of {run.view.owner}", where]


def actions() -> list[Component]:
    return [
        print_button(),
        button("Override with reason", ids.override, icon_name="pencil-square"),
        button("Save case", ids.save, icon_name="check-lg", kind="primary"),
    ]


def print_button() -> Component:
    """assets/38-desk.js prints; the sheet is what the paper gets."""
    return html.Button([icon("printer"), "Print"], className="sd-button sd-desk-print", type="button", **{"data-desk": "print"})


def warnings(run: OpenedRun, kept: Record, applicant: Applicant) -> list[Component]:
    """What lies outside of the rows that the model was trained on; fields that are empty and never were then are one line."""
    if not kept.warnings:
        return []
    wording = run.wording
    lines = {name: html.Li([html.B(f"{field_label(name, wording)}: "), sentence]) for name, sentence in kept.warnings.items()}
    given = [line for name, line in lines.items() if applicant.values.get(name) is not None]
    empty = [line for name, line in lines.items() if applicant.values.get(name) is None]
    body: list[Component] = [html.Ul(given, className="sd-desk-warnings")] if given else []
    if empty:
        many = f"{len(empty)} fields are" if len(empty) > 1 else "One field is"
        summary = html.Summary(f"{many} empty that no training row lacks: what they count as", className="sd-more-summary")
        body.append(html.Details([summary, html.Ul(empty, className="sd-desk-warnings")], className="sd-more"))
    said = "One value is" if len(lines) == 1 else f"{len(lines)} values are"
    return [notice("caution", f"{said} outside of what the model was trained on", body)]


def changes(run: OpenedRun, found: Changes, chosen: Sequence[str]) -> Component:
    """What would have to change, with a choice of the fields that may."""
    wording = run.wording
    options = [{"label": field_label(name, wording), "value": name} for name in run.model.fields]
    menu = html.Details(
        [
            html.Summary(
                [icon("check2-square"), f"{len(chosen)} may change" if chosen else "Choose what may change"],
                className="sd-button",
            ),
            html.Div(
                [
                    html.Div(
                        dcc.Checklist(id=ids.may_change, options=options, value=list(chosen), className="sd-check sd-desk-may"),
                        role="group",
                        **{"aria-label": "What may change"},
                    ),
                    button("Work it out", ids.work_out, kind="primary"),
                ],
                className="sd-float",
            ),
        ],
        className="sd-menu sd-desk-choose",
    )
    remedy = "Choose below what may change."
    return changes_card(run, found, action=[button("Try other values", ids.try_other, icon_name="sliders"), menu], remedy=remedy)


def detail_closed() -> list[Component]:
    """The exact account and LIME are a press away."""
    more = button("Show the exact parts and LIME", ids.detail_open, icon_name="bar-chart-steps")
    return [html.Div([more, html.Span("What each field adds to the score", className="sd-quiet")], className="sd-row")]


def detail(
    run: OpenedRun, applicant: Applicant, told: Told, lime: LimeResult | Component, look: Look, *, later: bool = False
) -> list[Component]:
    """`lime` may be what stands in its place while there is none; `later` where it is no part of the case that was saved."""
    is_there = isinstance(lime, LimeResult)
    beside = lime_card(ids.lime, run, lime, told, look, span=5) if is_there else html.Div(lime, className="sd-5 sd-desk-slot")
    after = "LIME was worked out after the case was saved, from the values, the model and the seed that the case keeps."
    return [
        html.Div([exact_card(ids.exact, run, applicant, told, look, span=7), beside], className="sd-grid"),
        how_to_read(run, told, lime if is_there else None),
        *([html.P(after, className="sd-meta")] if later else []),
    ]


def without_lime(why: str) -> Component:
    return card("There is no account of LIME", html.P(why, className="sd-quiet"))


def decision_options(words: ClassWords, advice: str, *, may_wait: bool) -> list[dict[str, str]]:
    """What can be decided, in the words of the data; the model's own suggestion says so."""
    waiting = [{"label": "Leave open", "value": OPEN}] if may_wait else []
    return waiting + [
        {"label": f"{capital(words.advice(one))}{', as suggested' if one == advice else ''}", "value": one}
        for one in (APPROVE, REFUSE)
    ]
