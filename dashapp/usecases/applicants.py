"""Applicants at the desk: whom an officer asks about, and with which run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashapp.usecases import backgrounds, explaining, lookups, typed_values
from dashapp.usecases import runs as run_cases
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.explaining import Applicant
from pipeline.shown import cleaned

NAME_LENGTH = 200
NAMELESS = "typed in"


@dataclass(frozen=True)
class Asked:
    """Whom the officer asks about: a row (from 0) of a data set, or what was typed for each field."""

    given: Mapping[str, str] | None = None
    dataset_id: str | None = None
    row: int | None = None
    name: str = ""


def opened(desk: Desk, run_id: str) -> OpenedRun:
    """An approved run with a decision, to score applicants with.

    Raises NotFound for one that is not the user's to see, Refused for one that is not approved or has no decision, StillCounting.
    """
    view = run_cases.get(desk, run_id)
    if view.stage != "approved":
        word = {"retired": "was retired", "proposed": "waits for its approval"}.get(view.stage, "is not approved")
        raise Refused(f"The run “{view.name}” {word}.", fix="Choose an approved run at the applicant desk.")
    if view.spec.bad_label is None:
        raise Refused("A run of three classes or more decides nothing.", fix="Choose a run of two classes.")
    return backgrounds.opened(desk, run_id)


def applicant(desk: Desk, run: OpenedRun, asked: Asked) -> tuple[Applicant, dict[str, str]]:
    """The applicant, and a warning for each field whose value lies outside of what the model was trained on.

    Raises InvalidSpec with a sentence for each field that cannot be read, NotFound for a data set that is not the user's to see,
    Refused for a row that is not there.
    """
    if asked.given is not None:
        return typed_values.typed(run, asked.given, named(asked.name) or NAMELESS)
    if asked.row is None:
        raise Refused("No applicant was chosen.", fix="Look one up, or type one in.")
    found = explaining.of_row(desk, run, asked.row, asked.dataset_id)
    name = lookups.name_of(desk, found)
    return replace(found, name=named(name) or found.name), typed_values.read(run, found.values)[1]


def remarks(run: OpenedRun, given: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """What is to be said of each text of a form, and whether it cannot be read; nothing of what is empty."""
    said: dict[str, tuple[str, bool]] = {}
    for name, text in given.items():
        if not text.strip() or name not in run.model.fields:
            continue
        try:
            warnings = typed_values.read(run, {name: text})[1]
        except InvalidSpec as error:
            said[name] = (error.problems[name], True)
        else:
            if name in warnings:
                said[name] = (warnings[name], False)
    return said


def is_nameless(name: str) -> bool:
    """Whether that is what an applicant without a name is called."""
    return name == NAMELESS or name.startswith("row ")


def named(raw: Any) -> str:
    """A name as it is kept: on one line, and no longer than it may be."""
    return " ".join(cleaned(str(raw or "")).split())[:NAME_LENGTH]
