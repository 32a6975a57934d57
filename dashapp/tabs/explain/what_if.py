"""Other values for an open applicant: controls, and what the run says of them.

assets/37-explain.js draws the controls from the store beside them and asks the server while one moves, one request at a time.
"""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.open_row import OpenRow, label_of, reference_of
from dashapp.usecases import typed_values, what_ifs
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.errors import InvalidSpec
from dashapp.usecases.explaining import Told
from dashapp.usecases.typed_values import Control
from dashapp.usecases.what_ifs import Base, Moved
from dashapp.widgets.applicant.exact import Account, part_words, rest_words
from dashapp.widgets.applicant.words import class_words, needed_words, percent_of
from dashapp.widgets.basics import button, card
from dashapp.widgets.figures import figure_card
from pipeline.explain_results import Contribution, Explanation, Value
from pipeline.figures.template import Look
from pipeline.figures.waterfall import Bar, largest, waterfall_figure, waterfall_height
from pipeline.levels import number_text
from pipeline.shown import capital

_MEANING = (
    "The same account as above, with the values that were changed; fields keep their places, so that bars can be watched. "
    "Values outside of the training rows' range are scored too, with a warning: there the run has seen nobody."
)


def what_if_cards(found: OpenRow, look: Look) -> Component:
    """The controls, and beside them the score and the contributions that follow."""
    run, applicant = found.run, found.applicant
    base, given = Base(run, applicant), known(run, found.address)
    try:
        moved = what_ifs.moved(base, given, *_against(found))
    except InvalidSpec as error:
        given = {name: value for name, value in given.items() if name not in error.problems}
        moved = what_ifs.moved(base, given, *_against(found))
    spec: dict[str, Any] = {
        "row": found.number,
        "controls": [_control(control, applicant.values[control.field]) for control in typed_values.controls(run)],
        "given": given,
        "warnings": moved.warnings,
    }
    controls = card(
        "Try other values",
        [
            dcc.Store(id=ids.what_if, data=spec),
            html.Div(score_of(moved, run), id=ids.score, className="sd-explain-scores", **{"aria-live": "polite"}),
            html.Div(id=ids.controls, className="sd-explain-controls"),
            html.Div(
                [button("Reset", ids.reset, icon_name="arrow-counterclockwise"), html.Span(id=ids.changed, className="sd-meta")],
                className="sd-row",
            ),
        ],
        under="Sliders span the training rows; a value beyond them can be typed, and is warned about.",
        span=6,
    )
    n = len(bars_of(moved, run))
    live = figure_card(
        ids.moved,
        title_of(moved, run),
        "The exact account of the values that are set",
        figure_of(moved, run, look),
        meaning=html.P(_MEANING),
        height=waterfall_height(n),
        narrow=(figure_of(moved, run, look, narrow=True), waterfall_height(n, narrow=True)),
        span=6,
    )
    live.className = f"{live.className} sd-explain-tried"
    return html.Div([controls, live], className="sd-grid")


def known(run: OpenedRun, address: Address) -> dict[str, str]:
    """Values of the address for fields that the model reads."""
    return {name: value for name, value in address.given if name in run.model.fields}


def _against(found: OpenRow) -> tuple[Any, str | None]:
    return reference_of(found.who, found.run, found.address)[0], label_of(found.run, found.address)


def _control(control: Control, value: Value) -> dict[str, Any]:
    """What the script needs to draw a control; what is empty is left away."""
    spec = {
        "field": control.field,
        "label": capital(control.label),
        "unit": control.unit,
        "help": control.help,
        "low": control.low,
        "high": control.high,
        "step": control.step,
        "levels": list(dict.fromkeys([*control.levels, *control.codes])) if control.kind != "number" else None,
        "value": value_text(value),
    }
    return {name: one for name, one in spec.items() if one not in (None, "", [])}


def value_text(value: Value) -> str:
    """A value as a control holds it; "" for a missing one."""
    return "" if value is None else value if isinstance(value, str) else number_text(value)


def bars_of(moved: Moved, run: OpenedRun) -> list[Bar]:
    """The bars of the applicant as it is, with those of changed fields among them, each in its place."""
    shown, _ = largest(moved.before.explanation.contributions)
    changed = {name for name, value in moved.applicant.values.items() if _differs(moved, name, value)}
    names = {part.field for part in shown}
    order = [part.field for part in shown]
    order += [
        part.field for part in moved.told.explanation.contributions if changed & set(part.sources) and part.field not in names
    ]
    return _bars(moved.told.explanation, order, run)


def _differs(moved: Moved, name: str, value: Value) -> bool:
    was = next((part.value for part in moved.before.explanation.contributions if part.sources == (name,)), value)
    return was != value


def _bars(found: Explanation, order: Sequence[str], run: OpenedRun) -> list[Bar]:
    by_name: dict[str, Contribution] = {part.field: part for part in found.contributions}
    bars = [Bar(part_words(run, by_name[name]), by_name[name].contribution) for name in order]
    others = [part for name, part in by_name.items() if name not in set(order)]
    if others:
        bars.append(Bar(rest_words(len(others), len(order)), sum(part.contribution for part in others), is_rest=True))
    return bars


def figure_of(moved: Moved, run: OpenedRun, look: Look, *, narrow: bool = False) -> Any:
    account = Account(run, moved.told)
    reference, at, cutoff = account.marks()
    return waterfall_figure(
        bars_of(moved, run), reference, at, look, cutoff=cutoff, axis=account.axis, is_chance=account.is_chance, narrow=narrow
    )


def title_of(moved: Moved, run: OpenedRun) -> str:
    """What the changed values come to."""
    percent = percent_of(run, moved.told)
    before, now = percent(moved.before.explanation.probability), percent(moved.told.explanation.probability)
    if moved.told is moved.before or before == now:
        return f"Nothing moves the score from {before} yet" if moved.told is moved.before else f"The score stays at {now}"
    return f"The score goes from {before} to {now}"


def score_of(moved: Moved, run: OpenedRun) -> list[Component]:
    """Chance, points and decision, with what they were."""
    told, before = moved.told, moved.before
    percent = percent_of(run, told)
    was = percent(before.explanation.probability)
    if told.advice is None or before.advice is None:
        return [_number(f"Chance of {told.explanation.label}", percent(told.explanation.probability), f"was {was}")]
    words = class_words(run.model.labels)
    return [
        _number(words.chance, percent(told.explanation.probability), f"was {was}"),
        _number("Points", theme.count(told.points), f"was {theme.count(before.points)}"),
        _number("Decision", capital(words.advice(told.advice)), _decision_note(told, before, words.advice(before.advice))),
    ]


def _decision_note(told: Told, before: Told, was: str) -> str:
    return f"as before; {needed_words(told)}" if told.advice == before.advice else f"was {was}"


def _number(label: str, value: str, note: str) -> Component:
    parts = (("label", label), ("value", value), ("note", note))
    return html.Div([html.Div(text, className=f"sd-kpi-{name}") for name, text in parts], className="sd-kpi")
