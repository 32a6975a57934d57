"""The printable sheet of one applicant: one page with what was said, what was decided, and a line to sign on."""

from datetime import UTC, datetime

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.applicants import NAMELESS, is_nameless
from dashapp.usecases.case_records import Record
from dashapp.usecases.case_views import CaseView
from dashapp.usecases.cases import OPEN
from dashapp.usecases.explaining import Applicant
from dashapp.widgets.applicant.changing import shown_changes
from dashapp.widgets.applicant.reasons import reasons_head
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.applicant.words import ClassWords, Percent, class_words, needed_words, percents
from dashapp.widgets.basics import Children
from pipeline.explain_results import ISOTONIC, Change
from pipeline.explaining.change_words import change_words
from pipeline.explaining.wording import Wording, value_words
from pipeline.shown import capital

_MOST_CHANGES = 4
_LONGEST_MARK = 60
_FEW = 24  # values that have room in two columns


def sheet(
    kept: Record, applicant: Applicant, name: str, model_sha256: str, case: CaseView | None, *, seen: bool = False
) -> Component:
    """`case` is None for one that is not saved; `seen` where the sheet is all that the screen shows too."""
    words = class_words((kept.told.probabilities[0][0], kept.told.probabilities[1][0]))
    wording = Wording.from_json(kept.wording)
    percent = percents(kept.told.explanation.probability, kept.cutoff)
    values = [(field_label(one, wording), value_words(one, value, wording)) for one, value in applicant.values.items()]
    return html.Section(
        [
            html.Header(
                [
                    html.P(title(name) + ("" if case is not None else " (not saved)"), className="sd-sheet-title"),
                    html.P(_facts(kept, case)),
                ]
            ),
            html.Div(
                [
                    _box("Decision", _decision(case, words)),
                    _box("The model suggests", f"{capital(words.advice(str(kept.told.advice)))}"),
                    _box(words.chance, f"{percent(kept.told.explanation.probability)}, refused from {percent(kept.cutoff)} on"),
                    _box("Score", f"{theme.count(kept.told.points)}, {needed_words(kept.told)}"),
                ],
                className="sd-sheet-boxes",
            ),
            *_override(case),
            html.H2(reasons_head(kept.told)),
            _reasons(kept),
            html.H2("What would have to change"),
            _changes(kept, wording, words),
            html.H2("What the score was made of"),
            html.Dl(
                [html.Div([html.Dt(label), html.Dd(value)]) for label, value in values],
                className="sd-sheet-values" + (" many" if len(values) > _FEW else ""),
            ),
            *([html.P([html.B("Note: "), case.note], className="sd-sheet-note")] if case is not None and case.note else []),
            html.Footer(
                [
                    html.Div(
                        [html.Span("Date", className="line"), html.Span("Signature", className="line")], className="sd-sheet-sign"
                    ),
                    html.P(_provenance(kept, model_sha256, case)),
                ]
            ),
        ],
        className="sd-sheet" + (" seen" if seen else ""),
        **{"data-mark": _mark(name, case)},
        **({} if seen else {"aria-hidden": "true"}),
    )


def title(name: str) -> str:
    """The head of an applicant's page and sheet."""
    if name == NAMELESS:
        return "Applicant without a name"
    return capital(name) if is_nameless(name) else f"Applicant {name}"


def provenance(kept: Record, model_sha256: str) -> list[tuple[str, str]]:
    """What the case can be worked out again with."""
    versions = ", ".join(f"{name} {version}" for name, version in kept.versions.items())
    log_odds = "Log-odds before recalibration" if kept.told.explanation.link == ISOTONIC else "Log-odds"
    return [
        ("Cut-off", theme.cutoff(kept.cutoff)),
        (log_odds, theme.signed(kept.told.explanation.log_odds, "{:+.4f}")),
        ("Counted against", kept.told.explanation.reference),
        ("Reasons against", kept.told.reasons_against),
        ("Seed of LIME", f"{kept.seed}; {_of_lime(kept)}"),
        ("Model", model_sha256[:16]),
        ("Versions", versions or theme.NOTHING),
    ]


def _of_lime(kept: Record) -> str:
    """Whether the case has LIME's account, or what it takes to make it."""
    return f"its account is kept, lime {kept.lime.version}" if kept.lime is not None else "its account can be made with it"


def moment(at: datetime) -> str:
    """19 Nov 2026, 09:12 UTC: a date on paper stays right."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b} {at.year}, {at:%H:%M} UTC"


def _mark(name: str, case: CaseView | None) -> str:
    """What stands at the foot of each of its pages."""
    short = name if len(name) <= _LONGEST_MARK else f"{name[: _LONGEST_MARK - 1]}…"
    return f"{title(short)}, case {case.card.id}" if case is not None else f"{title(short)}, not saved"


def _facts(kept: Record, case: CaseView | None) -> list[Children]:
    said = f"Scored with {kept.run_name}, run of {kept.run_owner}"
    said += f", approved by {kept.approved_by}" if kept.approved_by else ""
    return [
        said,
        f" · saved {moment(case.card.created_at)} by {case.card.owner}"
        if case is not None
        else f" · {moment(datetime.now(UTC))}",
    ]


def _decision(case: CaseView | None, words: ClassWords) -> str:
    if case is None or case.card.decision == OPEN:
        return "Open"
    return capital(words.advice(case.card.decision))


def _override(case: CaseView | None) -> list[Component]:
    if case is None or case.card.decided_at is None:
        return []
    said = f"Decided by {case.decided_by} on {moment(case.card.decided_at)}"
    against = ", against the model's suggestion" if case.card.decision != case.card.advice else ""
    return [html.P([said, against, f": {case.reason}" if case.reason else "."], className="sd-sheet-override")]


def _reasons(kept: Record) -> Component:
    if not kept.reasons:
        return html.P("No reason speaks against the applicant.")
    return html.Ol([html.Li([html.B(title), f": {detail}" if detail else ""]) for title, detail in kept.reasons])


def _changes(kept: Record, wording: Wording, words: ClassWords) -> Component:
    changes = kept.changes
    if changes.probability < changes.cutoff:
        return html.P("Nothing: the applicant passes as it is.")
    reaching = [one for one in shown_changes(changes) if one.reaches][:_MOST_CHANGES]
    if not reaching:
        tried = "Not reachable: no change of one or two of the fields that may change reaches the cut-off."
        return html.P(
            tried if changes.singles or changes.stuck else "Nothing was tried: no field was said to be one that can change."
        )
    return html.Ul(
        [html.Li([html.B(change_words(one, wording)), f": {words.approve}, {_chance(one, kept)}"]) for one in reaching]
    )


def _chance(change: Change, kept: Record) -> str:
    """With as many digits as tell that it lies below the cut-off."""
    return Percent(max(1, percents(change.probability, kept.cutoff).digits))(change.probability)


def _provenance(kept: Record, model_sha256: str, case: CaseView | None) -> str:
    parts = [f"{name} {value}" for name, value in provenance(kept, model_sha256) if name not in {"Versions", "Model"}]
    named = [f"Case {case.card.id}"] if case is not None else []
    return " · ".join([*named, f"model {model_sha256}", *parts])


def _box(label: str, value: Children) -> Component:
    return html.Div([html.Span(label), html.Strong(value)])
