"""What is done at a control of the page, handed to the use case that does it. What comes from the browser is not trusted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashapp.tabs.intake import marks
from dashapp.tabs.intake.controls import NOTHING
from dashapp.usecases import intake
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, PipelineError, Refused
from pipeline.reading.recipe import Recipe

# What of a recipe may differ from file to file, while the kinds and what counts as missing stay.
MARKS = (
    "encoding", "delimiter", "quote", "escape", "skip_blanks", "wrapped", "skipped_lines", "header", "footer_lines", "decimal",
    "thousands",
)  # fmt: skip


@dataclass(frozen=True)
class Act:
    """What was done, to what, and the value that was given."""

    what: str
    of: str = ""
    value: str = ""

    @classmethod
    def parse(cls, given: Any) -> "Act | None":
        if not isinstance(given, dict):
            return None
        what, of, value = (given.get(name) for name in ("what", "of", "value"))
        if not isinstance(what, str):
            return None
        value = "" if value == NOTHING else str(value) if isinstance(value, str | int | float) else ""
        return cls(what, of if isinstance(of, str) else "", value)


@dataclass(frozen=True)
class Asked:
    """Which repair's lines are to be shown: the id of where, and the repair's title."""

    at: str
    title: str

    @classmethod
    def parse(cls, given: Any) -> "Asked | None":
        at, title = (given.get("at"), given.get("title")) if isinstance(given, dict) else (None, None)
        known = isinstance(at, str) and re.fullmatch(r"intake-repair-(on|off)-\d{1,4}", at, re.ASCII)
        return cls(at, title) if known and isinstance(at, str) and isinstance(title, str) else None


def lines_of(desk: Desk, upload_id: str, title: str) -> tuple[int, ...]:
    """Where in the file the repair of this title was made."""
    view = intake.get(desk, upload_id)
    repairs = (*(view.findings.repairs if view.findings is not None else ()), *view.repairs_off)
    return next((repair.lines for repair in repairs if repair.title == title), ())


@dataclass(frozen=True)
class Tried:
    """What could not be done: the sentence stands at its control, which keeps what was given."""

    at: str = ""
    value: str = ""
    sentence: str = ""

    def told_at(self, name: str) -> str:
        return self.sentence if self.at == name else ""


def perform(desk: Desk, upload_id: str, act: Act, *, name: str | None) -> Tried:
    """Does it; gives what could not be done, or nothing tried. Raises NotFound for an upload that is not the user's."""
    todo = _ACTS.get(act.what)
    if todo is None:
        return Tried()
    try:
        if act.what == "save":
            intake.save(desk, upload_id, name=name or "")
        else:
            todo(desk, upload_id, act)
    except (Refused, PipelineError, Conflict) as error:
        return Tried(_place(act), act.value, str(error))
    return Tried()


def discarded(desk: Desk, upload_id: str) -> bool:
    """Whether it could be: not where it was saved in the meantime. Raises NotFound."""
    try:
        intake.discard(desk, upload_id)
    except Conflict:
        return False
    return True


def _place(act: Act) -> str:
    """The control that an act belongs to."""
    if act.what.startswith("missing"):
        return "missing"
    if act.what.startswith("code"):
        return "code"
    return act.of if act.what == "recipe" else act.what


def _recipe(desk: Desk, upload_id: str, act: Act) -> None:
    value: Any = act.value
    if act.of in {"skipped_lines", "footer_lines"}:
        value = _lines(act.value)
    elif act.of not in marks.MENUS:
        return
    intake.change(desk, upload_id, **{act.of: value})
    view = intake.get(desk, upload_id)
    if view.findings is not None and getattr(view.recipe, act.of) != value:
        raise Refused("The cells of the file say otherwise, so it is read as it was.", fix="")


def _lines(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > marks.MOST_LINES:
        raise Refused("That is no number of lines.", fix=f"Give a whole number from 0 to {marks.MOST_LINES:,}.")
    return int(text)


def _header(desk: Desk, upload_id: str, act: Act) -> None:
    if act.value == "none":
        intake.change(desk, upload_id, header=False)
    else:
        intake.change(desk, upload_id, header=True, skipped_lines=_lines(act.value) - 1)


def _missing(change: Callable[[tuple[str, ...], str], tuple[str, ...]]) -> Callable[[Desk, str, Act], None]:
    def do(desk: Desk, upload_id: str, act: Act) -> None:
        before = intake.get(desk, upload_id).recipe.missing
        after = change(before, act.value.strip() if act.what == "missing-add" else act.of)
        if after != before:
            intake.change(desk, upload_id, missing=after)

    return do


def _added(marks_before: tuple[str, ...], mark: str) -> tuple[str, ...]:
    return (*marks_before, mark) if mark and mark not in marks_before else marks_before


def _reset(desk: Desk, upload_id: str, act: Act) -> None:
    """One mark, or all of them, as they were found."""
    view = intake.get(desk, upload_id)
    fields = _fields_of(act.value)
    found = {
        field: getattr(view.detected, field) for field in fields if getattr(view.detected, field) != getattr(view.recipe, field)
    }
    if found:
        intake.change(desk, upload_id, **found)


def _fields_of(name: str) -> tuple[str, ...]:
    known = tuple(field for field in Recipe.__dataclass_fields__ if field not in {"container", "compression", "format", "sheet"})
    if name == "all":
        return known
    if name == "marks":
        return MARKS
    return ("header", "skipped_lines") if name == "header" else (name,) if name in known else ()


def _repair_off(desk: Desk, upload_id: str, act: Act) -> None:
    findings = intake.get(desk, upload_id).findings
    repair = _at(findings.repairs if findings is not None else (), act)
    if repair is not None and repair.undo:
        intake.change(desk, upload_id, **repair.undo)


def _repair_on(desk: Desk, upload_id: str, act: Act) -> None:
    view = intake.get(desk, upload_id)
    repair = _at(view.repairs_off, act)
    if repair is not None:
        intake.change(desk, upload_id, **{field: getattr(view.detected, field) for field in repair.undo})


def _at(repairs: tuple[Any, ...], act: Act) -> Any:
    """The repair that was meant, also where the list has moved since it was drawn."""
    index = int(act.of) if act.of.isascii() and act.of.isdigit() else -1
    if 0 <= index < len(repairs) and repairs[index].title == act.value:
        return repairs[index]
    return next((repair for repair in repairs if repair.title == act.value), None)


def _kind(desk: Desk, upload_id: str, act: Act) -> None:
    intake.set_kind(desk, upload_id, act.of, "" if act.value == "found" else act.value)


def _role(desk: Desk, upload_id: str, act: Act) -> None:
    if act.value != "target" and act.of == intake.chosen(desk, upload_id).target:
        intake.set_outcome(desk, upload_id, None, None)
    intake.set_role(desk, upload_id, act.of, act.value)


def _codes(change: Callable[[dict[str, str], Act], None]) -> Callable[[Desk, str, Act], None]:
    def do(desk: Desk, upload_id: str, act: Act) -> None:
        column, _, code = act.of.partition("\n")
        codes = dict(intake.chosen(desk, upload_id).codes.get(column, {}))
        change(codes, Act(act.what, code, act.value.strip()))
        intake.set_codes(desk, upload_id, column, codes)

    return do


def _add_code(codes: dict[str, str], act: Act) -> None:
    code = act.value.replace("−", "-")
    if code:
        codes.setdefault(code, "level")


def _remove_code(codes: dict[str, str], act: Act) -> None:
    codes.pop(act.of, None)


_ACTS: dict[str, Callable[[Desk, str, Act], Any]] = {
    "recipe": _recipe,
    "sheet": lambda desk, upload_id, act: intake.set_sheet(desk, upload_id, act.value),
    "header": _header,
    "missing-add": _missing(_added),
    "missing-blank": _missing(lambda before, _: ("", *before) if "" not in before else before),
    "missing-remove": _missing(lambda before, mark: tuple(one for one in before if one != mark)),
    "reset": _reset,
    "repair-off": _repair_off,
    "repair-on": _repair_on,
    "kind": _kind,
    "role": _role,
    "all-roles": lambda desk, upload_id, act: intake.set_all_roles(desk, upload_id, act.value),
    "code-add": _codes(_add_code),
    "code-set": _codes(lambda codes, act: codes.update(dict.fromkeys(act.of.split("\n"), act.value))),
    "code-remove": _codes(_remove_code),
    "outcome": lambda desk, upload_id, act: intake.set_outcome(desk, upload_id, act.value or None, None),
    "bad": lambda desk, upload_id, act: intake.set_outcome(
        desk, upload_id, intake.chosen(desk, upload_id).target, act.value or None
    ),
    "name": lambda desk, upload_id, act: intake.set_name(desk, upload_id, act.value),
    "again": lambda desk, upload_id, _: intake.change(desk, upload_id),
    "save": lambda desk, upload_id, _: None,
}
