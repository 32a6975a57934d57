"""Forms from specs: one control for each declared option, with its label, help and the place for what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from pipeline.mappings import MAPPED
from pipeline.options import Choice, Option
from pipeline.special_codes import codes_text, special_codes

MOST_SEGMENTS = 4  # choices side by side; more stand in a menu
_NARROW = 24  # letters that segments of one column hold
_WIDE = {"columns", "codes", *MAPPED}


def control_id(prefix: str, name: str) -> str:
    return f"{prefix}-{name}"


def problem_id(prefix: str, name: str) -> str:
    return f"{prefix}-{name}-problem"


def wrapper_id(prefix: str, name: str) -> str:
    """The whole field, which a script hides where the option has no effect and marks where it was changed."""
    return f"{prefix}-{name}-field"


def field(
    option: Option,
    prefix: str,
    value: Any,
    *,
    columns: Sequence[str] = (),
    example: str = "",
    control: Component | None = None,
    beside: Component | None = None,
) -> Component:
    """One option with its label, help and the place for its problem.

    `columns` are the table's columns, for options that name some. `example` is shown in an empty text. `control` stands in
    place of that of the option's kind, and `beside` under it.
    """
    own_id = control_id(prefix, option.name)
    label: Component = html.Label(option.label, htmlFor=own_id)
    if control is None:
        control = _control(option, own_id, value, columns, example)
        if option.kind == "flag" or is_segmented(option):
            label = html.Span(option.label, className="sd-label", id=f"{own_id}-label")
    return html.Div(
        [
            label,
            control,
            *([beside] if beside is not None else []),
            html.Div(_help(option), className="sd-help"),
            html.Div(id=problem_id(prefix, option.name), className="sd-problem", role="alert"),
        ],
        id=wrapper_id(prefix, option.name),
        className=field_class(option),
    )


def field_class(option: Option) -> str:
    if option.kind in _WIDE:
        return "sd-field sd-wide"
    letters = sum(len(choice.label) + 3 for choice in option.choices)
    return "sd-field sd-two" if is_segmented(option) and letters > _NARROW else "sd-field"


def fields(options: Sequence[Option], prefix: str, values: Mapping[str, Any], *, columns: Sequence[str] = ()) -> Component:
    return html.Div(
        [field(option, prefix, values.get(option.name, option.default), columns=columns) for option in options],
        className="sd-form-grid",
    )


def is_segmented(option: Option) -> bool:
    return option.kind == "choice" and len(option.choices) <= MOST_SEGMENTS


def control_value(option: Option, value: Any) -> Any:
    """A value as the option's control holds it: mappings as text, a flag as a list."""
    match option.kind:
        case "flag":
            return ["yes"] if value else []
        case "columns":
            return list(value)
        case "codes":
            return value if isinstance(value, str) else codes_text(special_codes(value))
        case "weights" | "levels" | "orders" | "pairs":
            mapped = MAPPED[option.kind]
            return value if isinstance(value, str) else mapped.text(mapped.read(value))
        case "text":
            return value or ""
    return value


def _help(option: Option) -> str:
    parts = [option.help]
    if option.kind in {"integer", "number"} and (option.low is not None or option.high is not None):
        parts.append(f"{option.range_text().capitalize()}.")
    return " ".join(parts)


def _control(option: Option, id: str, raw: Any, columns: Sequence[str], example: str) -> Component:  # noqa: A002
    value = control_value(option, raw)
    match option.kind:
        case "choice" if is_segmented(option):
            choices = [{"label": choice.label, "value": choice.value, "title": choice.help} for choice in option.choices]
            return html.Div(
                dcc.RadioItems(id=id, options=choices, value=value, className="sd-segments", inline=True),
                role="group",
                **{"aria-labelledby": f"{id}-label"},
            )
        case "choice":
            return dcc.Dropdown(id=id, options=[_menu_entry(choice) for choice in option.choices], value=value, clearable=False)
        case "flag":
            return html.Div(
                dcc.Checklist(id=id, options=[{"label": "Yes", "value": "yes"}], value=value, className="sd-check"),
                role="group",
                **{"aria-labelledby": f"{id}-label"},
            )
        case "integer" | "number":
            # No bounds here: Dash sends nothing for a number outside them, and the sentence could not say which.
            step = 1 if option.kind == "integer" else "any"
            return dcc.Input(id=id, type="number", value=value, step=step, debounce=0.3, className="sd-input")
        case "columns":
            return dcc.Dropdown(id=id, options=list(columns), value=value, multi=True, placeholder="None")
        case "text":
            # No debounce: Dash 4.4 then puts the caret back late, and letters that are typed quickly change places.
            return dcc.Input(id=id, type="text", value=value, className="sd-input")
    placeholder = example or (MAPPED[option.kind].example if option.kind in MAPPED else "")
    rows = max(2, value.count("\n") + 1)
    return dcc.Textarea(id=id, value=value, className="sd-input", rows=rows, spellCheck=False, placeholder=placeholder)


def _menu_entry(choice: Choice) -> dict[str, Any]:
    """A choice of a menu with what it would give; `search` is what typing looks in."""
    shown = html.Span([html.Span(choice.label), html.Span(choice.help, className="sd-choice-help")], className="sd-choice")
    return {"label": shown, "value": choice.value, "search": f"{choice.label} {choice.help}"}


def value_of(option: Option, raw: Any) -> Any:
    """What the control holds, as the spec's parser takes it: an empty number is left to the default's own check."""
    if option.kind == "flag":
        return bool(raw)
    if option.kind == "columns":
        return raw or []
    return raw
