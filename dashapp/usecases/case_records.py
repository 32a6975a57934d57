"""What is kept of an applicant that was decided on: all that the run said then, and what it was said with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dashapp.usecases import changing, explaining
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Applicant, Told
from dashapp.usecases.runs import RunView
from pipeline.explain_results import AVERAGE, PASSING, Background, Changes, FieldInfo, LimeBackground, Reference
from pipeline.explaining.wording import Wording, reason_words
from pipeline.lime_results import LimeResult
from pipeline.study_results import FORMAT, Stored

if TYPE_CHECKING:
    from pipeline.model import FittedModel


@dataclass(frozen=True)
class Record(Stored):
    """All that a run said of an applicant when the case was saved; nothing of it follows what becomes of the run."""

    run_name: str
    run_owner: str
    approved_by: str | None
    dataset_name: str  # that the run was trained on
    n_rows: int  # training rows
    cutoff: float
    versions: dict[str, str]
    told: Told
    reasons: tuple[tuple[str, str], ...]  # title and detail of each principal reason, as it was worded
    favourable: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]  # that contributions and reasons were counted from
    fields: tuple[FieldInfo, ...]
    segments: tuple[str, ...]
    wording: dict[str, Any]
    changeable: tuple[str, ...]  # fields that the officer said could change
    changes: Changes
    warnings: dict[str, str]  # by field: what lay outside of the training rows
    lime: LimeResult | None
    seed: int  # of LIME, also where it is not there
    lime_study: str | None = None  # whose job was still at work on LIME when the case was saved
    format: int = FORMAT

    @property
    def background(self) -> Background:
        return Background(self.n_rows, self.cutoff, self.fields, self.references, LimeBackground(self.n_rows))


def record(
    run: OpenedRun,
    applicant: Applicant,
    warnings: Mapping[str, str],
    changeable: Sequence[str] | None = None,
    lime: LimeResult | None = None,
    lime_study: str | None = None,
) -> Record:
    """Works everything out from the applicant's values. `changeable`: as the wording says, where None.

    Raises InvalidSpec for a field that the model does not read.
    """
    view, background = run.view, run.background
    if view.result is None or view.model_sha256 is None:
        raise AssertionError("A run that is opened has both.")
    references = tuple(found for kind in (AVERAGE, PASSING) if (found := background.reference(kind)) is not None)
    told = explaining.told(run, applicant, references[0])
    wanted = changing.changeable(run) if changeable is None else tuple(dict.fromkeys(changeable))
    fields = {info.name: info for info in background.fields}
    words = run.wording
    return Record(
        run_name=view.name,
        run_owner=view.owner,
        approved_by=view.stage_by,
        dataset_name=view.dataset_name,
        n_rows=background.n_rows,
        cutoff=view.cutoff,
        versions=dict(run.model.versions),
        told=told,
        reasons=_worded(told.reasons, fields, words),
        favourable=_worded(told.favourable, fields, words),
        references=references,
        fields=background.fields,
        segments=run.segments,
        wording=view.wording,
        changeable=wanted,
        changes=changing.changes(run, applicant, wanted),
        warnings=dict(warnings),
        lime=lime,
        seed=lime.seed if lime is not None else view.spec.seed,
        lime_study=lime_study,
    )


def as_it_was(kept: Record, view: RunView, model: "FittedModel") -> OpenedRun:
    """The run as the cards of a case show it: with the name, cut-off and words that it had then."""
    then = replace(view, name=kept.run_name, owner=kept.run_owner, cutoff=kept.cutoff, wording=kept.wording)
    return OpenedRun(then, model, kept.background, kept.segments)


def changed_since(kept: Record, view: RunView) -> tuple[str, ...]:
    """What became of the run since the case was saved, a sentence each."""
    found = []
    if view.stage == "retired":
        found.append("The run was retired: it takes no new applicants.")
    elif view.stage != "approved":
        found.append("The run is no longer approved.")
    if abs(view.cutoff - kept.cutoff) > 1e-9:
        found.append(f"Its cut-off was {kept.cutoff:g} then and is {view.cutoff:g} now.")
    if view.wording != kept.wording:
        found.append("Its reasons are worded differently now.")
    if view.name != kept.run_name:
        found.append(f"It is called “{view.name}” now.")
    return tuple(found)


def _worded(reasons: Sequence[Any], fields: Mapping[str, FieldInfo], words: Wording) -> tuple[tuple[str, str], ...]:
    told = [reason_words(reason, fields, words) for reason in reasons]
    return tuple((one.title, one.detail) for one in told)
