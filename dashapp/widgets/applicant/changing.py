"""What would have to change for an applicant to pass, each change on one scale of the chance."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.widgets.applicant.words import ClassWords, Percent, class_words, percents
from dashapp.widgets.basics import Children, card
from pipeline.explain_results import Change, Changes
from pipeline.explaining.change_words import arrow_words, change_words
from pipeline.explaining.steps import step_of
from pipeline.explaining.wording import DOWN, EITHER, UP, Wording, value_words
from pipeline.shown import capital

_MOST_PAIRS, _MOST = 3, 8
_FIRST = 5  # that are shown at once
_OTHER = {DOWN: "lower", UP: "higher", EITHER: "other"}  # values of a field, by the way that it may go
_ROOM = 0.12  # of the scale's span, at both of its ends


def changes_card(
    run: OpenedRun, changes: Changes, *, span: int | None = None, action: Children = None, remedy: str = ""
) -> Component:
    """Single changes and pairs, those that reach first; fields that cannot move are named under them.

    `remedy` says what the reader can do where no field may change.
    """
    words, wording = class_words(run.model.labels), run.wording
    percent = percents(changes.probability, changes.cutoff)
    passes = changes.probability < changes.cutoff
    rows = [] if passes else shown_changes(changes)
    scale = _Scale.around([changes.cutoff, changes.probability, *(change.probability for change in rows)])
    body: list[Children] = []
    if rows:
        drawn = [_row(change, changes, scale, words, wording) for change in rows]
        body.append(html.Ul(drawn[:_FIRST], className="sd-changes"))
        if more := drawn[_FIRST:]:
            summary = html.Summary(theme.plural(len(more), "more change"), className="sd-more-summary")
            body.append(html.Details([summary, html.Ul(more, className="sd-changes")], className="sd-more"))
    body += [html.P(line, className="sd-reasons-line") for line in _lines(changes, passes, rows, words, wording, remedy)]
    if rows:
        body.append(_how(run, rows, wording))
    if action is not None:
        body.append(html.Div(action, className="sd-reasons-foot"))
    under = f"From {percent(changes.probability)} (ring) to below {percent(changes.cutoff)} (mark), all else as it is"
    return card(
        "What would have to change",
        body,
        under=under if rows else f"{words.chance} {percent(changes.probability)}, cut-off {percent(changes.cutoff)}",
        span=span,
    )


def shown_changes(changes: Changes) -> list[Change]:
    """Those that reach, the smallest first, then the others, the best first."""
    reaching = sorted([*changes.pairs[:_MOST_PAIRS], *(one for one in changes.singles if one.reaches)], key=lambda one: one.cost)
    others = sorted((one for one in changes.singles if not one.reaches), key=lambda one: one.probability)
    return [*reaching, *others][:_MOST]


class _Scale:
    """Chances on the width of a row."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    @classmethod
    def around(cls, values: Sequence[float]) -> "_Scale":
        low, high = min(values), max(values)
        room = _ROOM * (high - low) or 0.01
        return cls(low - room, high + room)

    def at(self, value: float) -> float:
        return 100 * (value - self.low) / (self.high - self.low)


def _row(change: Change, changes: Changes, scale: _Scale, words: ClassWords, wording: Wording) -> Component:
    percent = Percent(max(1, percents(change.probability, changes.cutoff).digits))
    verdict = words.approve if change.reaches else f"still {words.refuse}"
    here, ring = scale.at(change.probability), scale.at(changes.probability)
    marks = [
        html.Span(className="way", style={"left": f"{min(here, ring):.2f}%", "width": f"{abs(ring - here):.2f}%"}),
        html.Span(className="mark", style={"left": f"{scale.at(changes.cutoff):.2f}%"}),
        html.Span(className="ring", style={"left": f"{ring:.2f}%"}),
        html.Span(className="dot", style={"left": f"{here:.2f}%"}),
    ]
    return html.Li(
        [
            html.Div(
                [
                    html.Span(change_words(change, wording), className="sd-change-what", title=arrow_words(change, wording)),
                    html.Span(verdict, className="sd-change-verdict"),
                    html.Span(percent(change.probability), className="sd-change-chance"),
                ],
                className="sd-change-words",
            ),
            html.Span(marks, className="sd-change-scale", **{"aria-hidden": "true"}),
        ],
        className="reaches" if change.reaches else "",
    )


def _lines(changes: Changes, passes: bool, rows: Sequence[Change], words: ClassWords, wording: Wording, remedy: str) -> list[str]:
    """What cannot be reached, in words."""
    if passes:
        suggests = "suggests to approve" if words.is_credit else f"predicts {words.good}"
        return [f"Nothing: the run {suggests} as it is."]
    found = []
    singles = [change for change in changes.singles if not change.reaches]
    if not changes.singles and not changes.stuck:
        return [f"No field is marked as one that can change, so nothing was tried. {remedy}".rstrip()]
    if not any(change.reaches for change in (*changes.singles, *changes.pairs)):
        found.append("Not reachable: no change of one or two of these fields brings the chance below the cut-off.")
    elif singles and not any(change.reaches for change in changes.singles):
        found.append("No field reaches the cut-off alone.")
    n_shown = sum(change.reaches for change in rows)
    if sum(change.reaches for change in (*changes.pairs, *changes.singles)) > n_shown:
        found.append("Other changes reach the cut-off too; the smallest are shown.")
    n_left = len(singles) - (len(rows) - n_shown)
    if n_left:
        found.append(f"{theme.plural(n_left, 'field')} more {'does' if n_left == 1 else 'do'} not reach it alone.")
    no_help = [name for name in changes.stuck if name not in changes.unknown]
    if no_help:
        named = _listed([f"no {_OTHER[wording.of(name).direction]} {wording.label(name)}" for name in no_help])
        found.append(f"{capital(named)} that may be tried lowers the chance.")
    if changes.unknown:
        named = _listed([f"the {wording.label(name)}" for name in changes.unknown])
        found.append(f"Nothing was tried for {named}: there is no known number to start from.")
    return found


def _how(run: OpenedRun, rows: Sequence[Change], wording: Wording) -> Component:
    """What smallest means, and by how much the numbers move that are told: what lies between two steps was not tried."""
    moved = dict.fromkeys(part.field for change in rows for part in change.changed if isinstance(part.after, int | float))
    steps = [
        f"the {wording.label(name)} by {value_words(name, step_of(run.background.field(name), wording.of(name)), wording)}"
        for name in moved
    ]
    lines = [
        "The smallest change that reaches the cut-off stands first. A change counts by its share of the range that 90% of the "
        "training applicants lie in; another level counts as all of it, a step between ordered levels as its part of them. Two "
        "changes count as the root of the sum of their squares."
    ]
    if steps:
        lines.append(f"Tried in steps: {_listed(steps)}, as far as training applicants go.")
    summary = html.Summary("How this was worked out", className="sd-more-summary")
    return html.Details([summary, *(html.P(line, className="sd-reasons-line") for line in lines)], className="sd-more")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
