"""The options of a run, as its pages show them."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.widgets.basics import Children, facts
from pipeline.options import Option
from pipeline.spec import TrainSpec


def spec_facts(spec: TrainSpec, *, without: tuple[str, ...] = ()) -> Component:
    """Every option with its value, in the order of the form; what does not matter with the others is left out."""
    return facts(
        *(
            (option.label, _shown(option, getattr(spec, option.name)))
            for option in TrainSpec.options()
            if option.name not in without and _matters(option, spec)
        )
    )


def _matters(option: Option, spec: TrainSpec) -> bool:
    return option.matters_when is None or str(getattr(spec, option.matters_when[0])) in option.matters_when[1:]


def _shown(option: Option, value: Any) -> Children:
    match option.kind:
        case "columns":
            return theme.count(len(value)) if value else "none named"
        case "flag":
            return "yes" if value else "no"
        case "choice":
            return next(choice.label for choice in option.choices if choice.value == value)
        case "integer":
            return theme.NOTHING if value == 0 and option.name == "folds" else str(value)
        case "number":
            return f"{value:g}"
        case "text":
            return html.Code(value) if value else theme.NOTHING
        case "codes" | "weights" | "levels" | "orders" | "pairs":
            return theme.count(len(value)) if value else theme.NOTHING
