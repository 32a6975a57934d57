"""Forms from specs: one control for each declared option, with its label, help and the place for what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from pipeline.mappings import MAPPED
from pipeline.options import Option
from pipeline.special_codes import codes_text, special_codes


def control_id(prefix: str, name: str) -> str:
    return f"{prefix}-{name}"


def problem_id(prefix: str, name: str) -> str:
    return f"{prefix}-{name}-problem"


def field(option: Option, prefix: str, value: Any, *, columns: Sequence[str] = ()) -> Component:
    """The control of one option. `columns` are the table's columns, for options that name some."""
    control = _control(option, control_id(prefix, option.name), value, columns)
    label: Component = html.Label(option.label, htmlFor=control_id(prefix, option.name))
    if option.kind in {"choice", "flag"}:
        label = html.Span(option.label, className="sd-label", id=f"{control_id(prefix, option.name)}-label")
    return html.Div(
        [
            label,
            control,
            html.Div(_help(option), className="sd-help"),
            html.Div(id=problem_id(prefix, option.name), className="sd-problem", role="alert"),
        ],
        className="sd-field"
        + (" sd-wide" if option.kind in {"columns", "codes", "weights", "levels", "orders", "pairs"} else ""),
    )


def fields(options: Sequence[Option], prefix: str, values: Mapping[str, Any], *, columns: Sequence[str] = ()) -> Component:
    return html.Div(
        [field(option, prefix, values.get(option.name, option.default), columns=columns) for option in options],
        className="sd-form-grid",
    )


def _help(option: Option) -> str:
    parts = [option.help]
    if option.kind in {"integer", "number"} and (option.low is not None or option.high is not None):
        parts.append(f"{option.range_text().capitalize()}.")
    if option.matters_when is not None:
        other, *values = option.matters_when
        parts.append(f"Used with {other} = {' or '.join(values)}.")
    return " ".join(parts)


def _control(option: Option, id: str, value: Any, columns: Sequence[str]) -> Component:  # noqa: A002
    match option.kind:
        case "choice":
            choices = [{"label": choice.label, "value": choice.value, "title": choice.help} for choice in option.choices]
            return html.Div(
                dcc.RadioItems(id=id, options=choices, value=value, className="sd-segments", inline=True),
                role="group",
                **{"aria-labelledby": f"{id}-label"},
            )
        case "flag":
            return dcc.Checklist(
                id=id, options=[{"label": "Yes", "value": "yes"}], value=["yes"] if value else [], className="sd-check"
            )
        case "integer" | "number":
            # No bounds here: Dash sends nothing for a number outside them, and the sentence could not say which.
            return dcc.Input(
                id=id,
                type="number",
                value=value,
                step=1 if option.kind == "integer" else "any",
                debounce=0.3,
                className="sd-input",
            )
        case "columns":
            return dcc.Dropdown(id=id, options=list(columns), value=list(value), multi=True, placeholder="None")
        case "codes":
            text = codes_text(special_codes(value))
            return dcc.Textarea(id=id, value=text, className="sd-input", rows=max(2, text.count("\n") + 1), spellCheck=False)
        case "weights" | "levels" | "orders" | "pairs":
            mapped = MAPPED[option.kind]
            text = mapped.text(value)
            return dcc.Textarea(
                id=id,
                value=text,
                className="sd-input",
                rows=max(2, text.count("\n") + 1),
                spellCheck=False,
                placeholder=mapped.example,
            )
        case "text":
            # No debounce: Dash 4.4 then puts the caret back late, and letters that are typed quickly change places.
            return dcc.Input(id=id, type="text", value=value or "", className="sd-input")


def value_of(option: Option, raw: Any) -> Any:
    """What the control holds, as the spec's parser takes it: an empty number is left to the default's own check."""
    if option.kind == "flag":
        return bool(raw)
    if option.kind == "columns":
        return raw or []
    return raw
