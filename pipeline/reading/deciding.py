"""Which reading a column gets where several would fit: what other columns prove, what the recipe says, what is commonest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.reading.dates import DateStyle
from pipeline.reading.evidence import Evidence
from pipeline.reading.recipe import Recipe
from pipeline.reading.values import Marks


@dataclass(frozen=True)
class Preferences:
    """What decides where the cells of a column do not: "" where nothing does."""

    decimal: str
    thousands: str
    order: str  # of dates
    year_first: bool  # two digits of a year may stand first
    semicolons: bool  # between the cells: the writer's decimal mark is likely a comma


@dataclass(frozen=True)
class ChosenMarks:
    marks: Marks
    other: Marks | None = None  # under which the cells would be other numbers


@dataclass(frozen=True)
class ChosenStyle:
    style: DateStyle
    other: str = ""  # the order in which the cells would be other dates


def preferences(recipe: Recipe, proven: Iterable[Marks | None], weighed: Iterable[Evidence], delimiter: str) -> Preferences:
    """What the recipe says; else what the columns prove whose cells can be read in one way only, by majority.

    Parameters
    ----------
    recipe : Recipe
        Its marks count where they are not the ones that every recipe begins with.
    proven : iterable of Marks
        Of columns that were read without doubt; None where a column has no mark.
    weighed : iterable of Evidence
        Of columns that were read as texts.
    delimiter : str
        What separates the cells of the file.
    """
    decimals, orders = Counter(marks.decimal for marks in proven if marks is not None), Counter[str]()
    for evidence in weighed:
        possible = {marks.decimal for marks in evidence.marks()}
        if len(possible) == 1:
            decimals.update(possible)
        usual = {style.order for style in evidence.styles() if style.order in {"dmy", "mdy"}}
        if len(usual) == 1:
            orders.update(usual)
    told = recipe.decimal != "." or bool(recipe.thousands)
    return Preferences(
        decimal=recipe.decimal if told else _majority(decimals),
        thousands=recipe.thousands,
        order=recipe.dates or _majority(orders),
        year_first=recipe.dates == "ymd",
        semicolons=delimiter == ";",
    )


def _majority(counts: Counter[str]) -> str:
    """The commonest; "" where there is none, or two are equally common."""
    ranked = counts.most_common(2)
    return "" if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]) else ranked[0][0]


def choose_marks(possible: Iterable[Marks], wanted: Preferences) -> ChosenMarks:
    """Of marks under which equally many cells are numbers: the preferred decimal mark, and no thousands mark without need."""
    simplest: dict[str, Marks] = {}
    for marks in sorted(possible, key=lambda marks: (marks.thousands != "", marks.thousands != wanted.thousands, marks)):
        simplest.setdefault(marks.decimal, marks)
    point, comma = simplest.get("."), simplest.get(",")
    if point is None or comma is None:
        only = point or comma
        assert only is not None, "there is always one to choose from"  # noqa: S101
        return ChosenMarks(only)
    # One mark could be either: 1,234 or 1.234.
    in_doubt = (point.thousands == "," and not comma.thousands) or (comma.thousands == "." and not point.thousands)
    decimal = wanted.decimal or ("," if wanted.semicolons and point.thousands == "," and in_doubt else ".")
    taken, other = (point, comma) if decimal == "." else (comma, point)
    # Points before fractions are what every program writes; there only the habits of the rest of the file raise a doubt.
    return ChosenMarks(taken, other if in_doubt and (taken != Marks() or wanted.semicolons) else None)


def choose_style(found: Evidence, wanted: Preferences) -> ChosenStyle:
    """Of the styles in which most cells are dates. Where nothing tells, the day stands first, but in `/` dates with AM or PM."""
    most = max(entry.n for entry in found.dates.values())
    possible = [style for style, entry in found.dates.items() if entry.n == most]
    american = any(style.mark == "/" and found.dates[style].half_days for style in possible)
    usual = "mdy" if american else "dmy"

    def rank(style: DateStyle) -> tuple[bool, bool, bool, DateStyle]:
        unusual = style.short and style.order == "ymd" and not wanted.year_first
        return unusual, style.order != wanted.order, style.order != usual, style

    taken = min(possible, key=rank)
    others = {style.order for style in possible if style.order in {"dmy", "mdy"}} - {taken.order}
    return ChosenStyle(taken, min(others) if taken.order and others else "")
