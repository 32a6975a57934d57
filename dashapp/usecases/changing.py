"""What would have to change for an applicant to pass, and what other values would come to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.typed_values import read
from pipeline.explain_results import Changes


def changes(run: OpenedRun, applicant: Applicant, fields: Sequence[str] | None = None) -> Changes:
    """The smallest changes that bring an applicant below the run's cut-off; of the fields that its wording says can change,
    where none are named.

    Raises Refused for three classes and more, InvalidSpec for a field that the model does not read.
    """
    from pipeline.explaining import changes as search

    if len(run.model.labels) != 2:
        raise Refused("A run of three classes or more has no cut-off to reach.", fix="Open a run of two classes.")
    wording = run.wording
    wanted = changeable(run) if fields is None else tuple(fields)
    absent = [name for name in wanted if name not in run.model.fields]
    if absent:
        raise InvalidSpec(dict.fromkeys(absent, "The model does not read this field."))
    return search.changes(run.model, applicant.values, run.background, wording, wanted, run.view.cutoff)


def changeable(run: OpenedRun) -> tuple[str, ...]:
    """The fields that the run's wording says can change about an applicant."""
    wording = run.wording
    return tuple(name for name in run.model.fields if wording.of(name).changeable)


def what_if(run: OpenedRun, applicant: Applicant, given: Mapping[str, Any]) -> tuple[Applicant, dict[str, str]]:
    """The applicant with other values for some fields, and a warning for each of these that lies outside of the training rows'.

    Raises InvalidSpec with a sentence for each field that is not the model's, or whose value cannot be read.
    """
    absent = {name: "The model does not read this field." for name in given if name not in applicant.values}
    if absent:
        raise InvalidSpec(absent)
    values, warnings = read(run, given)
    return replace(applicant, values={**applicant.values, **values}), warnings
