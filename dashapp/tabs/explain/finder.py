"""Finding an applicant: the filter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.layout import ids
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.filters import (
    ANY,
    BY_ROW,
    CONTAINS,
    EVERY,
    MISSED_BADS,
    MISSING,
    OPERATORS,
    POINTS,
    PROBABILITY,
    REJECTED_GOODS,
    RISKIEST,
    SAFEST,
    SHUFFLED,
    USUAL,
    WRONG,
    Condition,
)
from dashapp.usecases.runs import RunView
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.applicant.words import ClassWords, class_words
from dashapp.widgets.basics import button, card, icon, link_button
from dashapp.widgets.parts import rows_of
from pipeline.explaining.wording import Wording, value_words
from pipeline.given import number
from pipeline.shown import capital


def filter_card(run: OpenedRun, address: Address, parts: Sequence[str], columns: Sequence[str]) -> Component:
    """The filter; each choice goes into the address, which the list follows."""
    view = run.view
    two = len(run.model.labels) == 2
    choices = _of_decision(address, class_words(run.model.labels)) if two else of_class(run.model.labels, address)
    lines = [
        html.Div(
            [_part(view, address, parts), *choices, _order(address, scored=two)],
            className="sd-explain-choices" if two else "sd-explain-choices of-classes",
        ),
        _conditions(run, address, columns),
        html.Div(id=ids.find_problem, className="sd-problem sd-explain-problem", role="alert"),
    ]
    under = "Rows of the run's data set. Every condition must hold; the address keeps what is chosen."
    return card("Find an applicant", lines, under=under, tools=[html.Div(clear_link(view, address), id=ids.clear)])


def clear_link(view: RunView, address: Address) -> list[Component]:
    return [link_button("Clear the filter", f"/runs/{view.id}/explain", icon_name="x-lg")] if address.wanted.pairs() else []


def _field(label: str, control: Component, control_id: str, name: str = "") -> Component:
    return html.Div([html.Label(label, htmlFor=control_id), control], className=f"sd-field {name}".strip())


def _part(view: RunView, address: Address, parts: Sequence[str]) -> Component:
    names = {part: "All rows" if part == EVERY else capital(rows_of(part, view.spec)) for part in parts}
    chosen = USUAL if address.wanted.part == parts[0] else address.wanted.part
    names |= {} if chosen == USUAL or chosen in names else {chosen: capital(rows_of(chosen, view.spec))}  # of a hand-made address
    options = [{"value": USUAL if part == parts[0] else part, "label": name} for part, name in names.items()]
    return _field("Among", dcc.Dropdown(id=ids.part, options=options, value=chosen, clearable=False), ids.part)


def of_class(labels: Sequence[str], address: Address) -> list[Component]:
    """Of three classes and more: a cell of the matrix of classes, or all that are wrong."""
    wanted = address.wanted
    errors = [{"value": ANY, "label": "Every prediction"}, {"value": WRONG, "label": "Wrong predictions"}]
    classes = [{"value": "", "label": "Every class"}, *({"value": label, "label": label} for label in labels)]
    chosen = (
        ("Prediction", ids.error, errors, wanted.error),
        ("Came as", ids.came, classes, wanted.came),
        ("Predicted as", ids.predicted, classes, wanted.predicted),
    )
    return [
        _field(label, dcc.Dropdown(id=own, options=options, value=value, clearable=False), own)
        for label, own, options, value in chosen
    ]


def _of_decision(address: Address, words: ClassWords) -> list[Component]:
    wanted = address.wanted
    missed, rejected = f"{capital(words.bad)} predicted {words.good}", f"{capital(words.good)} predicted {words.bad}"
    if words.is_credit:
        missed, rejected = "Bads that were approved", "Goods that were refused"
    errors = [
        {"value": ANY, "label": "Every decision"},
        {"value": MISSED_BADS, "label": missed},
        {"value": REJECTED_GOODS, "label": rejected},
        {"value": WRONG, "label": "Every wrong decision"},
    ]
    units = [{"value": PROBABILITY, "label": "Chance"}, {"value": POINTS, "label": "Points"}]
    ends = [
        part
        for own, value, placeholder, label in (
            (ids.low, wanted.low, "from", "Score from"),
            (ids.high, wanted.high, "to", "Score to"),
        )
        for part in (
            html.Label(label, htmlFor=own, className="sd-hidden"),
            dcc.Input(
                id=own,
                type="text",
                inputMode="decimal",
                value="" if value is None else f"{value:.6g}",
                debounce=True,
                maxLength=20,
                placeholder=placeholder,
                className="sd-input",
            ),
        )
    ]
    band = html.Div(
        [
            dcc.Dropdown(id=ids.unit, options=units, value=wanted.unit, clearable=False, className="sd-explain-unit"),
            *ends,
        ],
        className="sd-explain-band",
    )
    return [
        _field("Decision", dcc.Dropdown(id=ids.error, options=errors, value=wanted.error, clearable=False), ids.error),
        _field("Score", band, ids.unit, "sd-explain-score"),
    ]


def _order(address: Address, *, scored: bool) -> Component:
    options = [{"value": BY_ROW, "label": "By row"}]
    if scored:
        options += [{"value": RISKIEST, "label": "Riskiest first"}, {"value": SAFEST, "label": "Safest first"}]
    options.append({"value": SHUFFLED, "label": "At random"})
    return _field("Order", dcc.Dropdown(id=ids.order, options=options, value=address.wanted.order, clearable=False), ids.order)


def _conditions(run: OpenedRun, address: Address, columns: Sequence[str]) -> Component:
    labels = column_labels(columns, run.wording)
    known = [{"value": name, "label": label, "search": f"{label} {name}"} for name, label in labels.items()]
    operators = [{"value": one, "label": words} for one, words in OPERATORS.items()]
    adding = [
        html.Label("Column", htmlFor=ids.column, className="sd-hidden"),
        dcc.Dropdown(id=ids.column, options=known, placeholder="Column", className="sd-explain-column"),
        html.Label("Comparison", htmlFor=ids.operator, className="sd-hidden"),
        dcc.Dropdown(id=ids.operator, options=operators, value="is", clearable=False, className="sd-explain-operator"),
        html.Label("Value", htmlFor=ids.value, className="sd-hidden"),
        dcc.Input(id=ids.value, type="text", maxLength=200, placeholder="Value", list=ids.levels, className="sd-input"),
        html.Datalist(id=ids.levels),
        button("Add", ids.add, icon_name="plus"),
    ]
    return html.Div(
        [
            html.Div(chips(run, address), id=ids.chips, className="sd-explain-chips"),
            dcc.Store(id=ids.conditions, data=[one.text() for one in address.wanted.conditions]),
            html.Div(adding, className="sd-explain-adding", role="group", **{"aria-label": "A further condition"}),
        ]
    )


def chips(run: OpenedRun, address: Address) -> list[Component]:
    """The conditions that hold, each with the way to take it away."""
    path, wording = f"/runs/{run.view.id}/explain", run.wording
    return [_chip(path, address, condition, wording) for condition in address.wanted.conditions]


def _chip(path: str, address: Address, condition: Condition, wording: Wording) -> Component:
    said = f"{field_label(condition.column, wording)} {OPERATORS[condition.operator]}"
    if condition.operator != MISSING:
        said += f" {_compared_with(condition, wording)}"
    left = tuple(one for one in address.wanted.conditions if one != condition)
    href = path + address.query(wanted=replace(address.wanted, conditions=left), page=1, study=None)
    remove = dcc.Link([icon("x"), html.Span(f"Remove {said}", className="sd-hidden")], href=href, className="sd-segments-remove")
    return html.Span([html.Span(said, title=said), remove], className="sd-segments-chip")


def _compared_with(condition: Condition, wording: Wording) -> str:
    """The value as it was typed, a number with its unit where the field has one."""
    has_unit = bool(wording.of(condition.column).unit) and condition.operator != CONTAINS
    value = number(condition.value) if has_unit else None
    return condition.value if value is None else value_words(condition.column, value, wording)


def column_labels(columns: Sequence[str], wording: Wording) -> dict[str, str]:
    """What each column is called; those that would be called the same by their own names."""
    labels = {name: field_label(name, wording) for name in columns}
    often = Counter(labels.values())
    return {name: label if often[label] == 1 else name for name, label in labels.items()}
