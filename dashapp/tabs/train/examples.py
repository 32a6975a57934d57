"""Examples for the texts of the form, made of the data set's own columns and levels."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashapp.usecases.datasets import DatasetView
from pipeline.levels import level_order
from pipeline.mappings import MAPPED
from pipeline.results import ColumnSummary

MOST_LEVELS = 30  # of a column, in a line that is written for it
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Examples:
    """`texts` stand in an empty field; `lines` are what a menu writes into it, by its entry; `asks` is the menu's own word."""

    texts: dict[str, str]
    lines: dict[str, dict[str, str]]
    asks: dict[str, str]


def examples_of(view: DatasetView, target: str | None) -> Examples:
    """Of a data set: orders and reference levels of its categories, products of its numbers, weights of its classes."""
    others = [column for column in view.columns if column.name != target][:MOST_COLUMNS]
    categories = [column for column in others if _levels(column) and column.kind != "number"]
    orders = {column.name: _text("orders", ((column.name, _levels(column)),)) for column in categories}
    references = {column.name: _text("levels", ((column.name, column.levels[0][0]),)) for column in categories}
    numbers = [column.name for column in others if column.kind == "number"]
    lines = {
        "orders": orders,
        "reference_levels": references,
        "interactions": {column.name: _text("pairs", ((column.name, "x"),))[: -len(" * x")] for column in others},
        "class_weights": _weights(view, target),
    }
    texts = {name: next(iter(entries.values()), "") for name, entries in lines.items()}
    texts["interactions"] = _text("pairs", ((numbers[0], numbers[1]),)) if len(numbers) > 1 else ""
    asks = {
        "orders": "Write the levels of a column …",
        "reference_levels": "Write the levels' reference of a column …",
        "interactions": "Write a column …",
        "class_weights": "Write a label …",
    }
    return Examples(texts, lines, asks)


def _levels(column: ColumnSummary) -> tuple[str, ...]:
    """Every level in order, of a column that has a few."""
    if column.n_distinct is None or not 2 <= column.n_distinct <= MOST_LEVELS or len(column.levels) != column.n_distinct:
        return ()
    return tuple(sorted((level for level, _ in column.levels), key=level_order))


def _weights(view: DatasetView, target: str | None) -> dict[str, str]:
    column = view.column(target) if target else None
    if column is None:
        return {}
    return {label: _text("weights", ((label, 1.0),)) for label in _levels(column)}


def _text(kind: str, held: Sequence[object]) -> str:
    return MAPPED[kind].text(held)
