"""How the runs were made: the options that differ, the others folded."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.metrics import head
from dashapp.tabs.compare.sides import Side
from dashapp.usecases.origins import Origin
from dashapp.widgets.basics import Children, card
from dashapp.widgets.specs import shown
from dashapp.widgets.tables import Column, table
from pipeline.options import Option
from pipeline.shown import short
from pipeline.spec import TrainSpec

_OF_A_SCORE = ("target", "bad_label", "split", "split_column", "test_share", "validation_share", "stratify", "seed")
_TOLD_APART = ("features", "cutoff")  # in words of their own, and among the metrics
_FEW = 3


def options_card(sides: Sequence[Side]) -> Component:
    differ, alike = _apart(sides)
    names = [label for label, _ in differ]
    heads = [Column("Option"), *(Column(head(side)) for side in sides)]
    body: list[list[Children]] = [[label, *(_marked(value, values[0]) for value in values)] for label, values in differ]
    parts: list[Component] = [table(heads, body, label="Options that differ", wrap=True)] if differ else []
    folded = html.P("\n".join(f"{name}: {_text(value)}" for name, value in alike), className="sd-cmp-alike")
    summary = html.Summary(f"{theme.plural(len(alike), 'option')} the same for all")
    parts.append(html.Details([summary, folded], className="sd-more sd-cmp-same"))
    return card(options_finding(names), parts, under="What differs from the champion is strong.", flush=True)


def _apart(sides: Sequence[Side]) -> tuple[list[tuple[str, list[Children]]], list[tuple[str, Children]]]:
    """What differs, with the value of each run, and what is the same for all that it says something of."""
    differ: list[tuple[str, list[Children]]] = []
    alike: list[tuple[str, Children]] = []
    for label, values in [("Made by", [origin_words(side.view.origin) for side in sides]), *_data(sides)]:
        if _same(values):
            alike.append((label, values[0]))
        else:
            differ.append((label, values))
    for option in _options(sides):
        trained = [_value(side, option) for side in sides if _applies(side, option)]
        if _same(trained):
            alike.append((option.label, trained[0]))
        else:
            differ.append((option.label, [_value(side, option) for side in sides]))
    return differ, alike


def options_finding(names: Sequence[str]) -> str:
    """`They differ in penalty, C and features`."""
    if not names:
        return "The runs were made with the same options"
    lowered = [name[:1].lower() + name[1:] if name[1:2].islower() else name for name in names]
    if len(lowered) > 4:
        return f"They differ in {', '.join(lowered[:3])} and {len(lowered) - 3} more options"
    return f"They differ in {lowered[0] if len(lowered) == 1 else ', '.join(lowered[:-1]) + ' and ' + lowered[-1]}"


def origin_words(origin: Origin) -> str:
    """What gave the scores."""
    if origin.kind == "score":
        return f"score in {short(origin.column)}, higher is {origin.higher_is}"
    if origin.kind == "recalibrated":
        return f"{short(origin.run_name)} recalibrated, {origin.method}"
    return "training"


def option_values(side: Side, option: Option) -> str:
    """For a file: the value as it is stored, nothing where it has no effect."""
    return str(getattr(side.view.spec, option.name)) if _matters(side, option) else ""


def _data(sides: Sequence[Side]) -> list[tuple[str, list[Children]]]:
    features = [frozenset(side.result.data.columns) for side in sides]
    return [
        ("Data set", [side.view.dataset_name for side in sides]),
        ("Features", [_features(mine, features[0], at) for at, mine in enumerate(features)]),
    ]


def _features(mine: frozenset[str], champion: frozenset[str], at: int) -> Children:
    words = theme.plural(len(mine), "column")
    if at == 0 or mine == champion:
        return words
    parts = []
    for said, names in (("without", champion - mine), ("with", mine - champion)):
        if names:
            listed = sorted(names)
            rest = f" and {len(listed) - _FEW} more" if len(listed) > _FEW else ""
            parts.append(f"{said} {', '.join(short(name, 24) for name in listed[:_FEW])}{rest}")
    return f"{words}, {'; '.join(parts)}"


def _options(sides: Sequence[Side]) -> list[Option]:
    """Those that have an effect in at least one of the runs."""
    return [
        option
        for option in TrainSpec.options()
        if option.name not in _TOLD_APART and any(_matters(side, option) for side in sides)
    ]


def _applies(side: Side, option: Option) -> bool:
    """Whether such a run has the option at all: a score from elsewhere was not fitted."""
    return not side.view.origin.column or option.name in _OF_A_SCORE


def _matters(side: Side, option: Option) -> bool:
    return _applies(side, option) and option.matters(vars(side.view.spec))


def _value(side: Side, option: Option) -> Children:
    return shown(option, getattr(side.view.spec, option.name)) if _matters(side, option) else theme.NOTHING


def _text(value: Children) -> str:
    """The words of a value without its components."""
    if isinstance(value, list):
        return ", ".join(text for text in (_text(part) for part in value) if text)
    if isinstance(value, Component):
        return _text(getattr(value, "children", None))
    return "" if value is None else str(value)


def _same(values: Sequence[Children]) -> bool:
    return len({str(value) for value in values}) == 1


def _marked(value: Children, champion: Children) -> Children:
    return value if str(value) == str(champion) else html.Span(value, className="sd-cmp-differs")
