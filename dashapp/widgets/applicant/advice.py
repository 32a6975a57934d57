"""What the run suggests for an applicant, with the score and what it means among others."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import APPROVE, Told
from dashapp.widgets.applicant.words import ClassWords, Percent, class_words, lower, needed_words, part_name, percent_of
from dashapp.widgets.basics import Children, card
from dashapp.widgets.tables import Column, bar, table
from pipeline.explaining.position import Position
from pipeline.shown import capital

OPEN = "open"


def advice_card(run: OpenedRun, told: Told, *, span: int | None = None, decision: str = OPEN) -> Component:
    """`decision` is the officer's: open, approve or refuse. Three classes and more have no advice, but a chance each."""
    if told.advice is None:
        return _classes(told, span)
    words, percent = class_words(run.model.labels), percent_of(run, told)
    head = html.Div(
        [
            html.Div([html.P("The model suggests", className="sd-advice-over"), html.H2(capital(words.advice(told.advice)))]),
            html.Span(decision_words(told.advice, decision, words), className=f"sd-decision {_tone(told.advice, decision)}"),
        ],
        className="sd-advice-head",
    )
    numbers = html.Div(
        [
            _number(words.chance, percent(told.explanation.probability), f"{_refused(words)} from {percent(run.view.cutoff)} on"),
            _number("Score", theme.count(told.points), needed_words(told)),
        ],
        className="sd-advice-numbers",
    )
    names = "sd-card sd-advice" + (f" sd-{span}" if span else "")
    return html.Section([head, numbers, html.P(among(run, told, words), className="sd-advice-among")], className=names)


def decision_words(advice: str, decision: str, words: ClassWords) -> str:
    """`your decision is open`, `refused by the officer`, `approved against the advice`."""
    if decision == OPEN:
        return "your decision is open"
    said = ("approved" if decision == APPROVE else "refused") if words.is_credit else f"decided: {words.advice(decision)}"
    return f"{said} by the officer" if decision == advice else f"{said} against the advice"


def among(run: OpenedRun, told: Told, words: ClassWords) -> list[Children]:
    """`Riskier than 73% of the 300 test applicants. Of the 62 scored between 40% and 60%, 31 went bad.`"""
    place = told.position
    if place is None or place.share_safer is None:
        return ["There are no rows to compare with."]
    kind = part_name(told, run.view.spec)
    of = f"the {theme.count(place.n_rows)} {kind} applicants" + (", which the model was trained on" if kind == "training" else "")
    than = f"{words.riskier} than {theme.chance(place.share_safer)} of {of}. "
    if place.n_safer in (0, place.n_rows):
        than = f"None of {of} is {lower(words.riskier) if place.n_safer else words.safer}. "
    return [than, *near(place, words)]


def near(place: Position, words: ClassWords) -> list[Children]:
    """What came of those with a score like this one."""
    percent = Percent(0 if _whole(place.near_low) and _whole(place.near_high) else 1)
    between = f"scored between {percent(place.near_low)} and {percent(place.near_high)}"
    if not place.n_near:
        return [f"None of them {between}."]
    if place.n_near == 1:
        return [f"The one {between} ", html.B(_became(words, is_bad=bool(place.n_near_bad))), "."]
    went_bad = words.went_bad.replace("were", "was", 1) if place.n_near_bad == 1 else words.went_bad
    told = theme.count(place.n_near_bad) if place.n_near_bad else "none"
    return [f"Of the {theme.count(place.n_near)} {between}, ", html.B(told), f" {went_bad}."]


def _became(words: ClassWords, *, is_bad: bool) -> str:
    if words.is_credit:
        return "went bad" if is_bad else "did not go bad"
    return f"was {words.bad if is_bad else words.good}"


def _refused(words: ClassWords) -> str:
    return "refused" if words.is_credit else words.refuse


def _tone(advice: str, decision: str) -> str:
    return "open" if decision == OPEN else "taken" if decision == advice else "against"


def _whole(share: float) -> bool:
    return abs(100 * share - round(100 * share)) < 1e-9


def _number(label: str, value: str, note: str) -> Component:
    return html.Div(
        [
            html.Div(label, className="sd-advice-label"),
            html.Div(value, className="sd-advice-value"),
            html.Div(note, className="sd-advice-note"),
        ]
    )


def _share(share: float) -> str:
    return "under 0.1%" if 0 < share < 0.0005 else "over 99.9%" if 0.9995 <= share < 1 else theme.share(share)


def _classes(told: Told, span: int | None) -> Component:
    """The chance of every class, the most probable first."""
    by_chance = sorted(told.probabilities, key=lambda pair: -pair[1])
    label, chance = by_chance[0]
    rows = [[name, _share(share), bar(share, accent=name == label)] for name, share in by_chance]
    return card(
        f"The most probable class is {label}, with {theme.chance(chance)}",
        table(
            [Column("Class"), Column("Chance", numeric=True), Column(html.Span("Drawn", className="sd-hidden"))],
            rows,
            label="Chance of each class",
        ),
        under=f"Of {len(by_chance)} classes; they add up to 100%. There is no cut-off, so nothing is approved or refused.",
        span=span,
    )
