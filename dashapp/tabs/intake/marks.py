"""What the fields of a reading recipe are called on the screen, and what may be chosen for them."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reading.recipe import Recipe

Choice = tuple[str, str]  # (value, words)

_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret", " ": "blanks", ":": "colon", "~": "tilde"}
_SIGNS = {"\t": "⇥", " ": "␣"}
ENCODINGS: tuple[Choice, ...] = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8, with mark"),
    ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16, little end first"),
    ("utf-16-be", "UTF-16, big end first"),
    ("cp1252", "Windows-1252, Western"),
    ("iso-8859-1", "Latin-1, Western"),
    ("iso-8859-15", "Latin-9, Western with €"),
    ("cp1250", "Windows-1250, Central Europe"),
    ("iso-8859-2", "Latin-2, Central Europe"),
    ("cp1251", "Windows-1251, Cyrillic"),
    ("koi8-r", "KOI8-R, Cyrillic"),
    ("cp1253", "Windows-1253, Greek"),
    ("cp1254", "Windows-1254, Turkish"),
    ("cp1255", "Windows-1255, Hebrew"),
    ("cp1256", "Windows-1256, Arabic"),
    ("cp437", "DOS 437"),
    ("cp850", "DOS 850"),
    ("mac-roman", "Mac Roman"),
    ("shift_jis", "Shift JIS, Japanese"),
    ("gb18030", "GB 18030, Chinese"),
    ("big5", "Big5, Chinese"),
    ("euc_kr", "EUC-KR, Korean"),
)
_HEADER_ROWS = 12


@dataclass(frozen=True)
class Mark:
    """One field of the recipe that has a menu. `chip` shows the character itself before the words."""

    field: str
    label: str
    choices: tuple[Choice, ...]
    chip: bool = False


def _characters(*values: str) -> tuple[Choice, ...]:
    return tuple((value, _MARKS[value]) for value in values)


SEPARATOR = Mark("delimiter", "Separator", _characters(",", ";", "\t", "|", "^", " ", ":", "~"), chip=True)
ENCODING = Mark("encoding", "Encoding", ENCODINGS)
DECIMAL = Mark("decimal", "Decimal mark", ((".", "point"), (",", "comma")), chip=True)
THOUSANDS = Mark(
    "thousands", "Thousands", (("", "none"), (",", "comma"), (".", "point"), ("'", "apostrophe"), (" ", "blank")), chip=True
)
QUOTE = Mark("quote", "Text quote", (('"', "double"), ("'", "single"), ("", "none")), chip=True)
ESCAPE = Mark("escape", "Quote within quotes", (("", "doubled"), ("\\", "after a backslash")), chip=True)
DATES = Mark(
    "dates",
    "Dates",
    (("", "found for each column"), ("ymd", "year, month, day"), ("dmy", "day, month, year"), ("mdy", "month, day, year")),
)
MENUS = {mark.field: mark for mark in (SEPARATOR, ENCODING, DECIMAL, THOUSANDS, QUOTE, ESCAPE, DATES)}
MOST_LINES = 100_000  # that may be skipped above or below a table


def sign(value: str) -> str:
    """A character as a chip shows it."""
    return _SIGNS.get(value, value)


def word(value: str) -> str:
    """A missing mark as a chip shows it."""
    return value if value.strip() else "blank"


def menu_value(mark: Mark, value: str) -> str:
    """The value of the menu that stands for this one: encodings have several names."""
    if mark.field != "encoding":
        return value
    return next((name for name, _ in mark.choices if _canonical(name) == _canonical(value)), value)


def choices(mark: Mark, *values: str) -> list[dict[str, str]]:
    """The options of its menu, with the values that are in use though they are not on the list."""
    known = dict(mark.choices)
    extra = {value: value for value in (menu_value(mark, value) for value in values) if value not in known}
    return [{"value": value, "label": text} for value, text in (*mark.choices, *extra.items())]


def words(mark: Mark, value: str) -> str:
    value = menu_value(mark, value)
    return dict(mark.choices).get(value, value)


def _canonical(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding


def header_value(recipe: Recipe) -> str:
    return str(recipe.skipped_lines + 1) if recipe.header else "none"


def header_choices(recipe: Recipe) -> list[dict[str, str]]:
    last = max(_HEADER_ROWS, recipe.skipped_lines + 3)
    rows = [{"value": str(row), "label": f"row {row}"} for row in range(1, last + 1)]
    return [*rows, {"value": "none", "label": "no header"}]


def changed(recipe: Recipe, found: Recipe, fields: Sequence[str]) -> bool:
    """Whether the user has changed one of these fields."""
    return any(getattr(recipe, field) != getattr(found, field) for field in fields)
