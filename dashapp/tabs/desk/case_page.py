"""The page of a saved case: what was told then, what was decided, and what became of the run since."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.desk.applicant_page import other_cases, print_button, warnings
from dashapp.tabs.desk.layout import ids
from dashapp.tabs.desk.sheet import moment, provenance, sheet, title
from dashapp.usecases.case_views import CaseView, Event
from dashapp.usecases.cases import NOTE_LENGTH, OPEN
from dashapp.widgets.applicant import advice_card, changes_card, position_card, reasons_card, values_card
from dashapp.widgets.applicant.words import ClassWords, class_words
from dashapp.widgets.basics import Children, button, card, facts, icon, link_button, notice
from dashapp.widgets.heads import copy_link
from dashapp.widgets.page import head
from pipeline.figures.template import Look
from pipeline.shown import capital


def page(view: CaseView, look: Look, *, noted: bool = False) -> list[Component]:
    """As it was told then; the sheet alone where the run is no longer to be seen. `noted` says that the note was just saved."""
    kept, card_ = view.record, view.card
    top = [*head(title(card_.name), _facts(view), _actions(view)), *_changed(view), *other_cases(view.others)]
    paper = sheet(kept, view.applicant, card_.name, view.model_sha256, view, seen=view.run is None)
    if view.run is None:
        return [*top, html.Div([_decision(view, noted), _kept(view)], className="sd-grid"), paper]
    return [
        *top,
        *warnings(view.run, kept, view.applicant),
        html.Div(
            [
                advice_card(view.run, kept.told, span=4, decision=card_.decision),
                position_card(ids.position, view.run, kept.told, look, span=8),
                _decision(view, noted),
                _kept(view),
                reasons_card(view.run, kept.told, span=4),
                changes_card(view.run, kept.changes, span=4),
                values_card(view.run, view.applicant, span=4),
            ],
            className="sd-grid",
        ),
        paper,
    ]


def words_of(view: CaseView) -> ClassWords:
    return class_words(view.card.labels)


def _facts(view: CaseView) -> list[Children]:
    card_ = view.card
    by = "you" if card_.mine else card_.owner
    return [f"Scored with {card_.run_name}", f"run of {view.record.run_owner}", f"saved {theme.when(card_.created_at)} by {by}"]


def _actions(view: CaseView) -> list[Component]:
    link = copy_link(f"/desk/cases/{view.card.id}")
    following = link_button("Next applicant", "/desk", icon_name="arrow-right", kind="primary")
    if not view.card.mine:
        return [print_button(), link, following]
    if view.card.decision != OPEN:
        return [print_button(), link, button("Open again", ids.reopen, icon_name="arrow-counterclockwise"), following]
    follow = f"{capital(words_of(view).advice(view.card.advice))}, as suggested"
    override = button("Override with reason", ids.override, icon_name="pencil-square")
    return [print_button(), link, override, button(follow, ids.follow, icon_name="check-lg", kind="primary")]


def _changed(view: CaseView) -> list[Component]:
    if not view.changed:
        return []
    lines = html.Ul([html.Li(sentence) for sentence in view.changed], className="sd-list")
    return [notice("info", "The case stands as it was told then; the run has changed since", lines)]


def _decision(view: CaseView, noted: bool) -> Component:
    """What was decided and by whom, the note, and what was done about the case."""
    body: list[Children] = [html.P(_decided(view), className="sd-desk-decided", tabIndex=-1)]
    if view.reason:
        body.append(html.Blockquote(view.reason, className="sd-desk-reason"))
    saved = html.Span([icon("check-lg"), "Saved"], className="sd-desk-saved", role="alert") if noted else None
    if view.card.mine:
        body += [
            html.Div(
                [
                    html.Label("Note", htmlFor=ids.note_text),
                    dcc.Textarea(id=ids.note_text, value=view.note, maxLength=NOTE_LENGTH, style={"minHeight": "64px"}),
                    html.Div("Read by everybody who may see the run.", className="sd-help"),
                ],
                className="sd-field",
            ),
            html.Div([button("Save the note", ids.note_save), html.Div(saved, id=ids.note_problem)], className="sd-row"),
        ]
    elif view.note:
        body.append(html.P([html.B("Note: "), view.note], className="sd-desk-note"))
    body.append(
        html.Details(
            [
                html.Summary(f"{theme.plural(len(view.events), 'entry', 'entries')} in the history", className="sd-more-summary"),
                html.Ul([_event(one, words_of(view)) for one in view.events], className="sd-list sd-desk-events"),
            ],
            className="sd-more",
        )
    )
    who = "You decide" if view.card.mine else f"{view.card.owner} decides"
    return card("Decision and note", body, under=f"{who}; the model only suggests", span=8)


def _decided(view: CaseView) -> str:
    card_, words = view.card, words_of(view)
    if card_.decision == OPEN or card_.decided_at is None:
        return f"Open. The model suggests: {words.advice(card_.advice)}."
    against = "as the model suggests" if card_.decision == card_.advice else "against the model's suggestion"
    return f"{capital(words.advice(card_.decision))}, {against}. {view.decided_by}, {moment(card_.decided_at)}."


def _event(event: Event, words: ClassWords) -> Component:
    by = f" by {event.by}" if event.by else ""
    what = f"{event.what}: {words.advice(event.decision)}" if event.decision else event.what
    return html.Li([f"{what}{by}, {moment(event.at)}", f": {event.reason}" if event.reason else ""])


def _kept(view: CaseView) -> Component:
    rows = [("Case", view.card.id), *provenance(view.record, view.model_sha256)]
    shown = [(name, html.Span(value, title=view.model_sha256) if name == "Model" else value) for name, value in rows]
    return card("What it was worked out with", facts(*shown), under=f"Saved {moment(view.card.created_at)}", span=4)
