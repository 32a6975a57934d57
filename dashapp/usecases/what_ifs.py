"""Other values of an applicant of a run's data, as fast as a control moves: what does not move is kept between two requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashapp.usecases import backgrounds, changing, explaining
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.explaining import Applicant, Told
from db import datasets, runs
from pipeline.explain_results import Reference
from pipeline.kept import Kept

_runs: Kept[tuple[Any, ...], OpenedRun] = Kept(8)  # a run with its result is large, an applicant small
_applicants: Kept[tuple[Any, ...], Applicant] = Kept(64)


@dataclass(frozen=True)
class Base:
    """An applicant of a run's data set, as it is."""

    run: OpenedRun
    applicant: Applicant


@dataclass(frozen=True)
class Moved:
    """The applicant with other values; `warnings` tell by field what lies outside of the training rows' values."""

    applicant: Applicant
    before: Told
    told: Told
    warnings: dict[str, str]


def base_of(desk: Desk, run_id: str, row: int) -> Base:
    """The applicant in a row, from 0.

    Kept by this process; who asks is let see the run and its rows first. Raises what `backgrounds.opened` and
    `explaining.of_row` raise.
    """
    with desk.db.read() as session:
        run = runs.get(session, desk.user.id, run_id)
        datasets.get(session, desk.user.id, run.dataset_id)
        key = (desk.user.id, run_id, run.cutoff, run.model_sha256, repr(run.wording), run.changed_at)
    opened = _runs.of(key, lambda: backgrounds.opened(desk, run_id))
    applicant = _applicants.of((*key, row), lambda: explaining.of_row(desk, opened, row))
    return Base(opened, applicant)


def moved(base: Base, given: Mapping[str, Any], reference: Reference, label: str | None = None) -> Moved:
    """What the run says with other values for some fields. Raises InvalidSpec with a sentence for each that cannot be read."""
    before = explaining.told(base.run, base.applicant, reference, label=label)
    if not given:
        return Moved(base.applicant, before, before, {})
    applicant, warnings = changing.what_if(base.run, base.applicant, given)
    if len(base.run.model.labels) > 2:
        label = before.explanation.label  # however the classes change places
    return Moved(applicant, before, explaining.told(base.run, applicant, reference, label=label), warnings)
