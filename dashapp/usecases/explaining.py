"""One applicant's score explained: who it is, what the run says, and why."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dashapp.usecases import row_parts
from dashapp.usecases import segment_references as segments
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from db import dataset_rows, datasets
from pipeline.cutoffs.decisions import judged_on, score_tables
from pipeline.cutoffs.points import Scaling, rounded
from pipeline.explain_results import (
    APPLICANT,
    AVERAGE,
    GOOD,
    PASSING,
    SEGMENT,
    Explanation,
    PrincipalReason,
    Reference,
    Value,
)
from pipeline.explaining.position import Position, position
from pipeline.explaining.reasons import favourable, principal_reasons
from pipeline.levels import number_text

APPROVE, REFUSE = "approve", "refuse"


@dataclass(frozen=True)
class Applicant:
    """Somebody to explain: the value of each of the model's fields, and where they are from.

    `others` are further columns of the row, which the model does not read; `outcome` the label that came of it, where known;
    `part` what the row was for, where it is one of the run's own data.
    """

    values: dict[str, Value]
    name: str
    dataset_id: str | None = None
    row: int | None = None  # in the data set, from 0
    outcome: str | None = None
    part: str | None = None
    others: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What a run says of an applicant. `points`, `advice` and `position` are None for three classes and more."""

    explanation: Explanation
    probabilities: tuple[tuple[str, float], ...]  # (label, probability) of every class
    points: int | None
    points_needed: int | None
    advice: str | None  # approve or refuse, at the run's cut-off
    position: Position | None
    part: str | None  # the rows that the position is among: held_out, validation or training
    reasons: tuple[PrincipalReason, ...]  # against applicants who just pass where there are some
    reasons_against: str  # the words of the reference of the reasons
    never: tuple[str, ...]  # fields that count in the score but are never told as a reason
    favourable: tuple[PrincipalReason, ...] = ()  # what speaks for the applicant, against the same reference as the reasons


def of_row(desk: Desk, run: OpenedRun, row: int, dataset_id: str | None = None) -> Applicant:
    """An applicant of a data set, the run's own unless another is named; `row` counts from 0.

    Raises NotFound for a data set that is not the user's to see, Refused for a row that is not there or columns that are not.
    """
    wanted = dataset_id or run.view.dataset_id
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, wanted)
        if not 0 <= row < dataset.n_rows:
            fix = f"The data set has rows 1 to {dataset.n_rows:,}." if dataset.n_rows else "The data set has no rows."
            raise Refused(f"There is no row {row + 1:,}.", fix=fix)
        names = [column["name"] for column in dataset.columns]
        absent = [f"'{name}'" for name in run.model.fields if name not in names]
        if absent:
            named = ", ".join(absent[:5]) + (f" and {len(absent) - 5} more" if len(absent) > 5 else "")
            raise Refused(f"'{dataset.name}' lacks {named}.", fix="Choose a data set with all columns that the run reads.")
        found = dataset_rows.read_rows(session, dataset, None, row, row + 1).to_pylist()[0]
    levels = {info.name for info in run.background.fields if info.kind == "category"}
    values = {name: (_level if name in levels else _number)(name, found[name]) for name in run.model.fields}
    target = run.view.spec.target
    own = wanted == run.view.dataset_id
    return Applicant(
        values=values,
        name=f"row {row + 1:,}" if own else f"row {row + 1:,} of {dataset.name}",
        dataset_id=wanted,
        row=row,
        outcome=_level(target, found.get(target)),
        part=row_parts.part_of(desk, run, row) if own else None,
        others={name: _shown(value) for name, value in found.items() if name not in values and name != target},
    )


def references_for(run: OpenedRun) -> list[tuple[str, str]]:
    """What contributions can be counted from: (kind for `reference_of`, words). The last two need `about` and the rows."""
    found = [(one.kind, one.words) for one in run.background.references]
    if run.view.sees_dataset:
        found += [(APPLICANT, "a chosen applicant"), (SEGMENT, "the average of a segment")]
    return found


def reference_of(desk: Desk, run: OpenedRun, kind: str, about: str = "") -> Reference:
    """The reference that contributions are counted from.

    `kind` is one of `references_for`; `about` is the row, from 1, of an applicant, and "column: level" of a segment. Raises
    Refused for what is none, and StillCounting while a segment of many rows is counted.
    """
    if kind not in {APPLICANT, SEGMENT}:
        found = run.background.reference(kind)
        if found is None:
            message, fix = _absent(run, kind)
            raise Refused(message, fix=fix)
        return found
    if not run.view.sees_dataset:
        raise Refused(
            "You see this run without its data set, so none of its rows can be compared with.",
            fix=f"{run.view.why_no_rows} Compare with the average applicant meanwhile.",
        )
    return _applicant(desk, run, about) if kind == APPLICANT else segments.reference(desk, run, about)


def _applicant(desk: Desk, run: OpenedRun, about: str) -> Reference:
    from pipeline.explaining.exact import read

    text = str(about).replace(",", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused("No row is chosen to compare with.", fix="Give its number, from 1.")
    chosen = of_row(desk, run, int(text) - 1)
    design = read(run.model, chosen.values).design
    return Reference(APPLICANT, f"the applicant in {chosen.name}", 1, tuple(map(float, design.block(0, 1)[0])))


def _absent(run: OpenedRun, kind: str) -> tuple[str, str]:
    """Why there is no such reference, and what to do."""
    other = "Compare with the average applicant instead."
    if kind in {GOOD, PASSING} and len(run.model.labels) > 2:
        return "A run of three classes or more has no cut-off, and no class that is good.", other
    if kind == PASSING:
        few = "Fewer than five training rows pass at the run's cut-off, too few to compare with."
        return few, f"{other[:-1]}, or move the cut-off."
    if kind == GOOD:
        return "Fewer than five training rows are good, too few to compare with.", other
    return "There is no such reference for this run.", "Choose one of the list."


def told(
    run: OpenedRun, applicant: Applicant, reference: Reference, *, never: tuple[str, ...] = (), label: str | None = None
) -> Told:
    """What the run says of an applicant, against a reference; principal reasons against those who just pass.

    `label` is the class whose log-odds are taken apart, for three classes and more: the most probable one where none is named.
    Raises UnusableData for values or a class that the model does not know.
    """
    from pipeline.explaining.exact import classes_of, read, taken_apart

    found = read(run.model, applicant.values)
    labelled = tuple(zip(run.model.labels, found.probabilities, strict=True))
    if len(labelled) > 2:
        likeliest = max(classes_of(run.model), key=dict(labelled).__getitem__)
        account = taken_apart(run.model, found, reference, label or likeliest)
        return Told(account, labelled, None, None, None, None, None, (), "", ())
    account = taken_apart(run.model, found, reference, label)
    chance, cutoff = found.probabilities[1], run.view.cutoff
    never = tuple(dict.fromkeys([*never, *untold(run)]))
    base = run.background.reference(PASSING) or run.background.reference(AVERAGE)
    if base is None:
        raise Refused("The run has no training rows to compare with.", fix="Train it again.")
    against = account if base == reference else taken_apart(run.model, found, base)
    part = judged_on(run.view.result) if run.view.result is not None else None
    table = score_tables(run.view.result)[part] if run.view.result is not None and part is not None else None
    scaling = Scaling()
    return Told(
        explanation=account,
        probabilities=labelled,
        points=rounded(scaling.points(chance)),
        points_needed=rounded(scaling.points(cutoff)),
        advice=REFUSE if chance >= cutoff else APPROVE,
        position=position(table, chance) if table is not None else None,
        part=part,
        reasons=principal_reasons(against, never),
        reasons_against=base.words,
        never=never,
        favourable=favourable(against, never),
    )


def untold(run: OpenedRun) -> tuple[str, ...]:
    """Fields that are never told as a reason: segment columns of the data set, and those that the wording keeps back."""
    wording = run.wording
    return tuple(name for name in run.model.fields if name in run.segments or not wording.of(name).told)


def _level(name: str, value: Any) -> str | None:
    """A value as the level that it is in the model, whatever type it is stored as."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    return number_text(float(value)) if isinstance(value, float | Decimal) else str(value)


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Refused(f"'{name}' holds no numbers here, and the model takes numbers.", fix="Give its column the kind number.")
    return None if value != value else float(value)


def _shown(value: Any) -> Value:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return None if value != value else float(value)
    return value if value is None or isinstance(value, str) else str(value)
