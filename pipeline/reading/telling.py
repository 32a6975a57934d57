"""What is told of cells that are not read as they stand: marks, dates, and what is no value of the chosen kind."""

import datetime
from collections.abc import Mapping

import numpy as np

from pipeline.errors import quoted
from pipeline.reading.dates import DateStyle
from pipeline.reading.deciding import ChosenMarks, ChosenStyle
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Recipe
from pipeline.reading.values import Adornments

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MARK_NAMES = {",": "commas", ".": "points", "'": "apostrophes", " ": "blanks"}


def as_text(kinds: Mapping[str, str], column: str) -> dict[str, dict[str, str]]:
    """The recipe's field under which a column is read as text."""
    return {"kinds": {**kinds, column: "text"}}


def of_marks(
    column: str, chosen: ChosenMarks, around: Adornments, example: tuple[str, str] | None, recipe: Recipe
) -> list[Repair]:
    """One repair where there is anything beside digits and a decimal point. The example is a cell and its number."""
    marks = chosen.marks
    parts = [f"thousands {_MARK_NAMES[marks.thousands]}"] if marks.thousands else []
    parts += ["decimal commas"] if marks.decimal == "," else []
    parts += [" and ".join(around.currencies)] if around.currencies else []
    parts += ["percent signs"] if around.percent else []
    parts += ["parentheses as minus signs"] if around.parentheses else []
    parts += ["minus signs at the end"] if around.trailing_minus else []
    if not parts and chosen.other is None:
        return []
    told = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts) or "points before fractions"
    detail = f"{example[0]} is read as {example[1]}" if example else ""
    undo: dict[str, object] = dict(as_text(recipe.kinds, column))
    if chosen.other is not None:
        detail += f", though {_MARK_NAMES[_doubtful(chosen)]} could also mark {_other_meaning(chosen)}"
        undo = {"decimal": chosen.other.decimal, "thousands": chosen.other.thousands or _common(chosen.other.decimal)}
    return [Repair("marks", f"{column}: {told} read as part of the number", f"({detail})" if detail else "", column, undo=undo)]


def _doubtful(chosen: ChosenMarks) -> str:
    return chosen.marks.thousands or chosen.marks.decimal


def _other_meaning(chosen: ChosenMarks) -> str:
    return "the fraction" if chosen.marks.thousands else "the thousands"


def _common(decimal: str) -> str:
    return "." if decimal == "," else ","


def of_dates(column: str, chosen: ChosenStyle, example: tuple[str, np.datetime64] | None, recipe: Recipe) -> list[Repair]:
    """Repairs where the order, the century or the day had to be chosen, or times were moved to UTC."""
    style = chosen.style
    if example is None or not (chosen.other or style.short or style.zoned or style.shape == "month_year"):
        return []
    title = f"{column}: {example[0]} is read as {_date_text(example[1], style)}"
    undo: dict[str, object] = dict(as_text(recipe.kinds, column))
    detail = ""
    if chosen.other:
        detail = "(the other order of day and month would fit all rows too)"
        undo = {"dates": chosen.other}
    elif style.short:
        detail = "(two digits of a year stand for 1969 to 2068)"
    return [Repair("dates", title, detail, column, undo=undo)]


def _date_text(value: np.datetime64, style: DateStyle) -> str:
    moment: datetime.datetime = value.astype("datetime64[us]").item()
    day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {moment:%H:%M} UTC" if style.zoned else day


def of_unread(column: str, kind: str, n: int, n_present: int, examples: tuple[str, ...], recipe: Recipe) -> Repair:
    kinds = {name: chosen for name, chosen in recipe.kinds.items() if name != column}
    title = f"{column}: {n:,} of {n_present:,} cells are no {kind} and count as missing"
    return Repair("unread", title, f"({quoted(examples)})", column, undo={"kinds": kinds})


def of_infinite(column: str, n: int) -> Repair:
    return Repair("infinite", f"{n:,} value(s) of '{column}' are infinite or too large and count as missing", column=column)
