"""The principal reasons of a score, in the run's words."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import APPROVE, Told
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.basics import button, card
from pipeline.explain_results import PrincipalReason
from pipeline.explaining.reasons import MOST_REASONS
from pipeline.explaining.wording import ReasonWords, Wording, reason_words

_NUMBERS = ("No", "One", "Two", "Three", "Four")


def reasons_card(run: OpenedRun, told: Told, *, span: int | None = None, tools: Sequence[Component] = ()) -> Component:
    """At most four adverse contributions, numbered, with bars on one scale; what speaks for the applicant; what is kept back.

    `tools` stand beside "Copy for the letter", which is for those who are refused: nobody else gets a letter with reasons.
    """
    if told.advice is None:
        return card(
            "Principal reasons", html.P("A run of three classes or more refuses nobody, so it has no reasons."), span=span
        )
    words = _words(run, told.reasons)
    most = max((reason.contribution for reason in told.reasons), default=0.0)
    rows = [_row(reason, said, reason.contribution / most) for reason, said in zip(told.reasons, words, strict=True)]
    body: list[Component] = [html.Ol(rows, className="sd-reasons")] if rows else []
    body += [html.P(line, className="sd-reasons-line") for line in _lines(run, told)]
    letter = html.Pre(letter_text(run, told), className="sd-letter", hidden=True)
    copy = button("Copy for the letter", icon_name="clipboard", **{"data-copy-letter": "true"})
    foot = html.Div([copy, *tools, html.Span(className="sd-hidden", role="status")], className="sd-reasons-foot")
    to_refuse = bool(rows) and told.advice != APPROVE
    return card(
        reasons_title(told),
        [*body, *([letter, foot] if to_refuse else [html.Div(list(tools), className="sd-reasons-foot")] if tools else [])],
        under=_under(run, told),
        span=span,
    )


def reasons_title(told: Told) -> str:
    """Reasons are for a refusal; of somebody who passes it is told what counts against them all the same."""
    n = len(told.reasons)
    if n == 0:
        return "No reason speaks against the applicant"
    if told.advice == APPROVE:
        return f"{_NUMBERS[n]} field{'' if n == 1 else 's'} that still count{'s' if n == 1 else ''} against the applicant"
    return f"{_NUMBERS[n]} principal reason{'' if n == 1 else 's'}"


def letter_text(run: OpenedRun, told: Told) -> str:
    """The reasons as plain text, for a letter to the applicant: without scores, weights or what speaks for them."""
    lines = ["Principal reasons:"]
    for at, said in enumerate(_words(run, told.reasons), start=1):
        lines.append(f"{at}. {said.title}" + (f" ({said.detail})" if said.detail else ""))
    return "\n".join(lines)


def _words(run: OpenedRun, reasons: Sequence[PrincipalReason]) -> list[ReasonWords]:
    fields = {info.name: info for info in run.background.fields}
    wording = run.wording
    return [reason_words(reason, fields, wording) for reason in reasons]


def _row(reason: PrincipalReason, said: ReasonWords, share: float) -> Component:
    texts = [html.Span(said.title, className="sd-reason-title")]
    if said.detail:
        texts.append(html.Span(said.detail, className="sd-reason-detail"))
    return html.Li(
        [
            html.Span(str(reason.rank), className="sd-reason-rank", **{"aria-hidden": "true"}),
            html.Div(texts, className="sd-reason-words"),
            html.Span(
                html.Span(style={"width": f"{100 * share:.1f}%"}),
                className="sd-reason-bar",
                title=f"+{reason.contribution:.2f} log-odds",
                **{"aria-hidden": "true"},
            ),
        ]
    )


def reasons_head(told: Told) -> str:
    """The same for a sheet of paper, without a number."""
    return "What still counts against the applicant" if told.advice == APPROVE else "Principal reasons"


def _under(run: OpenedRun, told: Told) -> str:
    moved = f"moved the score most {_towards(run)}, against {told.reasons_against}"
    if told.advice != APPROVE:
        return f"What {moved}"
    words = class_words(run.model.labels)
    suggests = "suggests to approve" if words.is_credit else f"predicts {words.good}"
    return f"The run {suggests}; these {moved}" if told.reasons else f"The run {suggests}"


def _towards(run: OpenedRun) -> str:
    words = class_words(run.model.labels)
    return "towards refusal" if words.is_credit else f"towards {words.bad}"


def _lines(run: OpenedRun, told: Told) -> list[list[Component | str]]:
    """What speaks for the applicant, why there are fewer than four reasons, what counts but is never told."""
    found: list[list[Component | str]] = []
    wording = run.wording
    if told.favourable:
        titles = [said.title for said in _words(run, told.favourable)]
        found.append([html.B("In favour: "), "; ".join(_lower(title) for title in titles) + "."])
    if len(told.reasons) < MOST_REASONS:
        found.append([_few(told)])
    if told.never:
        found.append([_untold(told.never, wording)])
    return found


def _few(told: Told) -> str:
    n = len(told.reasons)
    if n == 0:
        return f"Against {told.reasons_against} no field that may be told counts against the applicant."
    may = " that may be told" if told.never else ""
    only = f"Only one field{may} counts" if n == 1 else f"Only {_NUMBERS[n].lower()} fields{may} count"
    return f"{only} against the applicant."


def _untold(never: Sequence[str], wording: Wording) -> str:
    names = [wording.label(name) for name in never]
    said = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Part of the score, but never told as a reason: {said}."


def _lower(title: str) -> str:
    """Inside a sentence; what is written in capitals stays."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
