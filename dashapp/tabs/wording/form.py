"""The words of each field: its name for people, its unit, the sentences of its reasons, and what of it could change."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.wording.layout import ids
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.wordings import change_examples, examples
from dashapp.widgets.applicant.values import on_file
from dashapp.widgets.basics import button, card, icon, link_button, notice
from pipeline.explain_results import FieldInfo
from pipeline.explaining.wording import DIRECTIONS, LONGEST, VALUE, FieldWording, Wording

MOST_LEVELS = 40  # of a field that get a line each, the most frequent first


def body(run: OpenedRun) -> Component:
    wording = Wording.from_json(run.view.wording)
    may = _may(run)
    fields = [_field(run, name, wording) for name in (*run.model.fields, *run.beside)]
    saving = html.Div(
        [html.Div(id=ids.problem), button("Save the words", ids.save, icon_name="check-lg", kind="primary")],
        className="sd-row sd-wording-save",
        hidden=not may,
    )
    return html.Div(
        [
            *([] if may else [_why_not(run)]),
            card(
                "Words for each field",
                [html.Div(fields, className="sd-wording-fields"), saving],
                under="What stays empty is made of the column's name and its numbers. Reasons read as the grey line shows.",
            ),
        ],
        className="sd-stack sd-wording",
        style={"gap": "16px"},
    )


def preview(run: OpenedRun, name: str, wording: Wording) -> list[Component]:
    """What the reasons of a field read like, and its changes where it can change; of a column beside the model that it is one."""
    if name in run.beside:
        return [html.Div(on_file([name], wording), className="sd-meta")]
    reasons = [
        html.Div([html.Strong(one.title), f" {one.detail}" if one.detail else ""], className="sd-meta")
        for one in examples(run, name, wording)
    ]
    changes = change_examples(run, name, wording)
    told = [html.Div(["As a change: ", html.Strong("; ".join(changes))], className="sd-meta")] if changes else []
    return [*reasons, *told] or [html.Div("The training rows hold no value of it.", className="sd-meta")]


def _why_not(run: OpenedRun) -> Component:
    if not run.view.mine:
        return notice("info", "Words are its owner's to change", f"This run is {run.view.owner}'s.")
    if run.view.stage == "retired":
        return notice(
            "info", "The run is retired, and its words with it", "They stay as they are, as what was decided with it does."
        )
    return notice(
        "info",
        f"The run is {run.view.stage}, and its words with it",
        "Take it back to draft to change them; it has to be approved again then.",
        link_button("Approval", f"/runs/{run.view.id}/approval", kind="link"),
    )


def field_form(run: OpenedRun, name: str) -> list[Component]:
    """The controls of one field, sent as it is opened: those of all fields at once would be half a megabyte.

    Raises KeyError for a field that the model does not read.
    """
    words, may = Wording.from_json(run.view.wording).of(name), _may(run)
    if name in run.beside:
        return [html.Div(_text(name, "label", words, may=may), className="sd-wording-grid")]
    info = run.background.field(name)
    return [
        html.Div([_text(name, part, words, may=may) for part in _texts(info)], className="sd-wording-grid"),
        *_levels(info, "level", "Reason where it is ", words.levels, may=may),
        html.Div(_changes(info, words, may=may), className="sd-wording-grid"),
        *(_levels(info, "becomes", "Change to ", words.becomes, may=may) if info.kind == "category" else []),
    ]


def _may(run: OpenedRun) -> bool:
    """Whether the reader may change the words."""
    return run.view.mine and run.view.stage == "draft"


def _field(run: OpenedRun, name: str, wording: Wording) -> Component:
    words = wording.of(name)
    return html.Details(
        [
            html.Summary(
                [
                    html.Div([html.Div(wording.label(name), className="sd-strong"), html.Code(name)]),
                    html.Div(preview(run, name, wording), id={"wording-preview": "x", "field": name}),
                    html.Span(_marks(words), className="sd-meta sd-end"),
                    icon("chevron-down"),
                ],
                id={"wording-open": "x", "field": name},
            ),
            html.Div(id={"wording-problem": name}, className="sd-problem", role="alert"),
            html.Div(id={"wording-form": "x", "field": name}),
        ],
        className="sd-wording-field",
    )


def _marks(words: FieldWording) -> str:
    said = [] if words.told else ["never a reason"]
    said += ["can change"] if words.changeable else []
    return ", ".join(said)


def _texts(info: FieldInfo) -> tuple[str, ...]:
    return ("label", "unit", "high", "low", "missing") if info.kind == "number" else ("label", "missing")


_ASKED = {
    "label": ("Called", "Repayment time"),
    "unit": ("Unit", "months"),
    "high": ("Reason where it is high", "Repayment takes long"),
    "low": ("Reason where it is low", "Repayment is short"),
    "missing": ("Reason where it is missing", "The repayment time is not known"),
    "change": ("As a change", f"repay in {VALUE}"),
}


def _text(name: str, part: str, words: FieldWording, *, may: bool) -> Component:
    label, example = _ASKED[part]
    return _labelled(label, _input(name, part, getattr(words, part), f"such as: {example}", may=may))


def _labelled(label: str, control: Component) -> Component:
    return html.Div([html.Label([html.Span(label), control])], className="sd-field")


def _input(name: str, part: str, value: str, placeholder: str, *, may: bool) -> Component:
    return dcc.Input(
        id={"wording": part, "field": name},
        type="text",
        value=value,
        placeholder=placeholder,
        maxLength=LONGEST,
        className="sd-input",
        readOnly=not may,
    )


def _levels(info: FieldInfo, part: str, label: str, told: Sequence[tuple[str, str]], *, may: bool) -> list[Component]:
    """A line for each level: its reason, or the change to it, to which no special code leads."""
    codes = [code for code, _ in info.codes]
    shown = [level for level, _ in info.levels[:MOST_LEVELS]]
    shown = list(dict.fromkeys([*shown, *codes])) if part == "level" else [level for level in shown if level not in codes]
    if not shown:
        return []
    words = dict(told)
    rows = [
        html.Div(
            html.Label(
                [
                    html.Span([label, html.Code(level)]),
                    dcc.Input(
                        id={"wording": part, "field": info.name, "level": level},
                        type="text",
                        value=words.get(level, ""),
                        maxLength=LONGEST,
                        className="sd-input",
                        readOnly=not may,
                    ),
                ]
            ),
            className="sd-field",
        )
        for level in shown
    ]
    more = len(info.levels) - MOST_LEVELS
    rows += [html.Div(f"{more:,} rarer levels are told as they are called.", className="sd-help")] if more > 0 else []
    return [html.Div(rows, className="sd-wording-grid")]


def _changes(info: FieldInfo, words: FieldWording, *, may: bool) -> list[Component]:
    ticks = [
        ("told", "May be told as a reason", words.told),
        ("changeable", "An applicant can change it", words.changeable),
    ]
    boxes = [
        dcc.Checklist(
            id={"wording": part, "field": info.name},
            options=[{"label": label, "value": part, "disabled": not may}],
            value=[part] if on else [],
        )
        for part, label, on in ticks
    ]
    found: list[Component] = [html.Div(boxes, className="sd-field")]
    if info.kind == "number" or info.is_ordered:
        found.append(_labelled("Can go", _menu(info, "direction", DIRECTIONS, words.direction, may=may)))
    if info.kind == "number":
        value = "" if words.step is None else f"{words.step:g}"
        found.append(_labelled("In steps of", _input(info.name, "step", value, "what suits it", may=may)))
    else:
        levels = {level: level for level, _ in info.levels}
        chosen = _menu(info, "reachable", levels, list(words.reachable), may=may)
        found.append(_labelled("Can become", chosen))
    found.append(_text(info.name, "change", words, may=may))
    return found


def _menu(info: FieldInfo, part: str, choices: dict[str, str], value: Any, *, may: bool) -> Component:
    several = isinstance(value, list)
    return dcc.Dropdown(
        id={"wording": part, "field": info.name},
        options=[{"label": label, "value": key} for key, label in choices.items()],
        value=value,
        multi=several,
        clearable=several,
        placeholder="any level",
        disabled=not may,
    )
