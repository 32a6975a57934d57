"""The options of a run, as its pages show them."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.widgets.basics import Children, facts
from pipeline.mappings import MAPPED
from pipeline.options import Option
from pipeline.spec import TrainSpec
from pipeline.special_codes import codes_text

_ALWAYS = ("penalty", "C", "class_weight", "scaling", "missing_numbers")  # told even where they are the defaults
_FEW = 3  # names or lines that stand in full


def spec_facts(spec: TrainSpec, *, without: tuple[str, ...] = ()) -> Component:
    """Every option with its value, in the order of the form; what does not matter with the others is left out."""
    return facts(*((option.label, shown(option, getattr(spec, option.name))) for option in _mattering(spec, without)))


def changed_facts(spec: TrainSpec, *, without: tuple[str, ...] = ()) -> list[tuple[str, Children]]:
    """The options that tell this run from another: those that differ from their defaults, and a few that always do."""
    return [
        (option.label, shown(option, getattr(spec, option.name)))
        for option in _mattering(spec, without)
        if option.name in _ALWAYS or getattr(spec, option.name) != option.default
    ]


def all_options(spec: TrainSpec) -> Component:
    """Every option, to unfold."""
    return html.Details([html.Summary("All options"), spec_facts(spec, without=("target", "bad_label"))], className="sd-more")


def _mattering(spec: TrainSpec, without: tuple[str, ...]) -> list[Option]:
    values = vars(spec)
    return [option for option in TrainSpec.options() if option.name not in without and option.matters(values)]


def shown(option: Option, value: Any) -> Children:
    """An option's value in a list of facts."""
    match option.kind:
        case "columns":
            return _few(list(value), "column")
        case "flag":
            return "yes" if value else "no"
        case "choice":
            return next(choice.label for choice in option.choices if choice.value == value)
        case "integer":
            return theme.NOTHING if value == 0 and option.name in {"folds", "bootstrap"} else str(value)
        case "number":
            return f"{value:g}"
        case "text":
            return html.Code(value) if value else theme.NOTHING
        case "codes" | "weights" | "levels" | "orders" | "pairs":
            text = codes_text(value) if option.kind == "codes" else MAPPED[option.kind].text(value)
            return _few(text.split("\n") if value else [], "entry", "entries")


def _few(lines: list[str], noun: str, many: str = "") -> Children:
    """The lines where they are few, else how many they are with all of them on hover."""
    if not lines:
        return theme.NOTHING
    if len(lines) > _FEW:
        return html.Span(theme.plural(len(lines), noun, many), title="\n".join(lines))
    return [part for line in lines for part in (html.Br(), line)][1:]
