"""What the exact account is counted from, and the class that it is about."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.open_row import OpenRow, labels_of
from dashapp.usecases import explaining, segment_references
from dashapp.usecases.errors import NotFound, Refused
from pipeline.explain_results import APPLICANT, SEGMENT
from pipeline.shown import capital

_MOST_LEVELS = 200


def reference_bar(found: OpenRow) -> list[Component]:
    """The switch, with the fields that the chosen reference needs; the address keeps them."""
    run, kind = found.run, found.address.reference
    there = explaining.references_for(run)
    labels = labels_of(run)
    parts = [class_choice(labels, found.told.explanation.label)] if labels else []
    known = [{"value": one, "label": capital(words)} for one, words in there]
    parts.append(_field("Explained against", dcc.Dropdown(id=ids.reference, options=known, value=kind, clearable=False)))
    if kind == APPLICANT:
        row = dcc.Input(
            id=ids.about, type="text", inputMode="numeric", value=found.address.about, debounce=True, maxLength=20,
            placeholder="Row number, such as 12", className="sd-input",
        )  # fmt: skip
        parts.append(_field("Row", row))
    if kind == SEGMENT:
        parts += _segment(found)
    parts.append(html.Div(found.problem, id=ids.about_problem, className="sd-problem", role="alert"))
    return parts


def about_segment(about: str) -> tuple[str, str]:
    """The column and the level of "column: level"."""
    column, _, level = about.partition(": ")
    return column, level


def _field(label: str, control: Component) -> Component:
    return html.Div([html.Label(label, htmlFor=control.id), control], className="sd-field")


def class_choice(labels: Sequence[str], chosen: str) -> Component:
    """The class that the account is about, of three and more."""
    return _field("Log-odds of", dcc.Dropdown(id=ids.label, options=list(labels), value=chosen, clearable=False))


def _segment(found: OpenRow) -> list[Component]:
    column, level = about_segment(found.address.about)
    who = found.who
    try:
        columns = segment_references.columns_for(who, found.run)
        levels = segment_references.levels_for(who, found.run, column)[:_MOST_LEVELS] if column in columns else []
    except (Refused, NotFound):
        columns, levels = [], []
    return [
        _field("Column", dcc.Dropdown(id=ids.segment, options=columns, value=column or None, placeholder="Choose")),
        _field(
            "Level", dcc.Dropdown(id=ids.level, options=levels, value=level if level in levels else None, placeholder="Choose")
        ),
    ]
