"""A run over two of its fields: its surface and boundary, the rows that lie there, and the model of the two fields alone.

The surface needs no rows and is worked out whenever it is looked at. Rows are drawn for those who see the data set; the model of
two fields, once trained, for everybody who sees the run.
"""

from dataclasses import replace
from typing import Any

from dashapp.usecases import backgrounds, explaining, tuning
from dashapp.usecases import runs as run_cases
from dashapp.usecases import studies as study_cases
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.boundary_address import DENSITY, POINTS, WHOLE, Address
from dashapp.usecases.boundary_work import count_rows, train_two
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.rights import check_maker, may_make
from dashapp.usecases.studies import StudyView
from db import datasets
from pipeline.boundary_results import MOST_POINTS, Axis, Surface, TwoFieldModel
from pipeline.explain_results import Value
from pipeline.spec import TrainSpec

MOST_COUNTED_AT_ONCE = 200_000  # rows of the data set; more are a job
MOST_TRAINED_AT_ONCE = 30_000
ONE_FIELD = "The run reads one field alone, and a boundary takes two."


def settled(run: OpenedRun, address: Address) -> Address:
    """The address with two fields of the run on its axes: those that matter most where it names none that are.

    Raises Refused for a run of one field.
    """
    from pipeline.explaining.surfaces.axes import importance, usual_fields

    usual = usual_fields(run.model, run.background)
    if usual is None:
        raise Refused(ONE_FIELD, fix="Train a run with more of them.")
    matters = importance(run.model, run.background)
    ranked = [*usual, *sorted(matters, key=lambda name: -matters[name])]
    x = address.x if address.x in run.model.fields else next(name for name in ranked if name != address.y)
    y = address.y if address.y in run.model.fields and address.y != x else next(name for name in ranked if name != x)
    label = address.label if len(run.model.labels) > 2 and address.label in run.model.labels else ""
    return replace(address, x=x, y=y, label=label, rows=address.rows or usual_rows(run))


def usual_rows(run: OpenedRun) -> str:
    """Points where every row that the run is judged on can be one, else density."""
    result = run.view.result
    metrics = (result.test or result.validation or result.train) if result is not None else None
    return POINTS if metrics is not None and metrics.n_rows <= MOST_POINTS else DENSITY


def followed(desk: Desk, run_id: str, address: Address) -> Address:
    """The address of what a link of a job names; one that is gone says nothing."""
    if not address.study:
        return address
    plain = replace(address, study="")
    try:
        found = study_cases.get(desk, address.study)
    except NotFound:
        return plain
    if found.card.run_id != run_id or found.card.kind not in {"boundary", "two_fields"}:
        return plain
    if found.card.kind == "two_fields":
        return replace(plain, x=found.spec.features[0], y=found.spec.features[-1], two=True)
    x, y = (str(stored["field"]) for stored in found.options["axes"])
    return replace(plain, x=x, y=y)


def settled_of(desk: Desk, run_id: str, address: Address) -> Address:
    """What an address comes to. Raises as `backgrounds.opened` and `settled`."""
    return settled(backgrounds.opened(desk, run_id), followed(desk, run_id, address))


def ranked_fields(run: OpenedRun) -> list[str]:
    """The run's fields, those that matter most first."""
    from pipeline.explaining.surfaces.axes import importance

    matters = importance(run.model, run.background)
    return sorted(run.model.fields, key=lambda name: -matters.get(name, 0.0))


def applicant_of(desk: Desk, run: OpenedRun, address: Address) -> Applicant | None:
    """The applicant whose values are held. Raises Refused with a sentence for a row that cannot be had."""
    if address.row is None:
        return None
    if not run.view.sees_dataset:
        raise Refused("You see this run without its data set, so no row can be held.", fix="Use the usual values.")
    return explaining.of_row(desk, run, address.row - 1)


def surface(run: OpenedRun, address: Address, applicant: Applicant | None) -> Surface:
    """The run over the two fields of a settled address, with the others as an applicant has them, or as is usual."""
    from pipeline.explaining.surfaces import boundary
    from pipeline.explaining.surfaces.axes import axis_of

    values = applicant.values if applicant is not None else usual_values(run)
    wording, whole = run.wording, address.span == WHOLE
    x, y = (
        axis_of(run.background.field(name), run.model, whole=whole, label=wording.label(name), unit=wording.of(name).unit)
        for name in (address.x, address.y)
    )
    cutoff = run.view.cutoff if run.view.spec.bad_label is not None else None
    return boundary.surface(run.model, (x, y), values, cutoff=cutoff, label=address.label or None)


def usual_values(run: OpenedRun) -> dict[str, Value]:
    """The median of each number and the most frequent level of each category."""
    return {info.name: info.usual for info in run.background.fields}


def two_field_surface(found: TwoFieldModel, drawn: Surface) -> Surface | None:
    """The model of the two fields over the same picture; None where one of the two said nothing of its own."""
    from pipeline.explaining.surfaces import boundary
    from pipeline.model import FittedModel

    model = FittedModel.from_json(found.model)
    fields = (drawn.x.field, drawn.y.field)
    if set(model.fields) != set(fields):
        return None
    values = dict(zip(fields, drawn.at, strict=True))
    return boundary.surface(model, (drawn.x, drawn.y), values, cutoff=drawn.cutoff, label=drawn.label)


def start_rows(desk: Desk, run: OpenedRun, drawn: Surface) -> str:
    """Counts the rows of the picture: the id of the study that is there or at work, or of a new one.

    Raises Refused for somebody who sees the run without its data set.
    """
    view = run.view
    if not view.sees_dataset:
        raise Refused("You see this run without its data set, so its rows are not drawn.", fix=view.why_no_rows)
    codes = [[code for code, _ in run.background.field(axis.field).codes] for axis in (drawn.x, drawn.y)]
    options = {"axes": [_stored(axis) for axis in (drawn.x, drawn.y)], "codes": codes}
    with desk.db.read() as session:
        n_rows = datasets.get(session, desk.user.id, view.dataset_id).n_rows
    return study_cases.start_of(
        desk,
        view,
        "boundary",
        options,
        f"Rows of {view.name} over {drawn.x.name} and {drawn.y.name}",
        (lambda: count_rows(desk.db, desk.user.id, view.id, options)) if n_rows <= MOST_COUNTED_AT_ONCE else None,
    )


def start_two(desk: Desk, run: OpenedRun, fields: tuple[str, str]) -> str:
    """Trains the model of two fields: the id of the study that is there or at work, or of a new one.

    Raises Refused where nothing was trained, and where it would have to be for a loan officer or for somebody who sees the run
    without its data set.
    """
    view = run.view
    if view.origin.kind != "trained":
        raise Refused(
            "This run was recalibrated and not trained, so there is nothing to train on two fields.",
            fix="Look at the run that it was made of.",
        )
    given = {**tuning.spec_of(view, {"features": sorted(fields)}), "C": view.spec.C, "cutoff": view.spec.cutoff}
    given |= {"folds": 0, "fold_repeats": 1}
    if not view.sees_dataset or not may_make(desk.user):
        return _there(desk, run, TrainSpec.parse(given))
    spec = run_cases.check(desk, view.dataset_id, given)
    with desk.db.read() as session:
        n_rows = datasets.get(session, desk.user.id, view.dataset_id).n_rows
    return study_cases.start_of(
        desk,
        view,
        "two_fields",
        {},
        f"{' and '.join(map(run.wording.label, fields))} alone, beside {view.name}",
        (lambda: train_two(desk.db, desk.user.id, view.id, spec)) if n_rows <= MOST_TRAINED_AT_ONCE else None,
        spec=spec,
    )


def get(desk: Desk, run: OpenedRun, study_id: str) -> StudyView:
    """Rows or a model of two fields of this run. Raises NotFound; rows are for those alone who see the data set."""
    found = study_cases.get(desk, study_id)
    if found.card.kind not in {"boundary", "two_fields"} or found.card.run_id != run.view.id:
        raise NotFound("study")
    if found.card.kind == "boundary" and not found.card.sees_dataset:
        raise NotFound("study")
    return found


def _there(desk: Desk, run: OpenedRun, spec: TrainSpec) -> str:
    """The finished model of two fields that the user may see. Raises Refused where there is none."""
    found = study_cases.finished(desk, "two_fields", run.view.dataset_id, spec, {}, run.view.id)
    if found is None:
        check_maker(desk)
        raise Refused("You see this run without its data set, so nothing new is trained.", fix=run.view.why_no_rows)
    return found


def _stored(axis: Axis) -> dict[str, Any]:
    """What counting needs of an axis."""
    plain: dict[str, Any] = {"field": axis.field, "whole": axis.whole}
    return plain | ({"values": list(axis.values)} if axis.is_number else {"levels": list(axis.levels)})
