"""Runs side by side: which of those that a link names can be shown, and the tests on the rows that they share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashapp.settings import Settings
from dashapp.usecases import runs, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.origins import Origin
from dashapp.usecases.run_scores import scores_of
from dashapp.usecases.runs import RunView
from dashapp.usecases.study_work import carry_out_study
from db import runs as stored_runs
from db.engine import Database
from db.tables import Run
from pipeline.pairing_results import Pairing
from pipeline.results import Progress, Report, no_report
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from pipeline.scores.pairing import Member

MOST_RUNS = 24  # side by side
MOST_AT_ONCE = 600_000  # rows of all runs together; more are a job


@dataclass(frozen=True)
class Picked:
    """What a link's runs are: those with a result in its order, the champion first; those without one; and how many are not
    there, or not the user's to see."""

    views: tuple[RunView, ...]
    unfinished: tuple[RunView, ...]
    n_unknown: int
    n_too_many: int = 0


def picked(desk: Desk, run_ids: Sequence[str]) -> Picked:
    """The runs of a link, each once and at most MOST_RUNS of them."""
    wanted = list(dict.fromkeys(run_ids))
    views: list[RunView] = []
    unfinished: list[RunView] = []
    n_unknown = 0
    for run_id in wanted[:MOST_RUNS]:
        try:
            view = runs.get(desk, run_id)
        except NotFound:
            n_unknown += 1
            continue
        (views if view.result is not None else unfinished).append(view)
    return Picked(tuple(views), tuple(unfinished), n_unknown, max(0, len(wanted) - MOST_RUNS))


def standing(desk: Desk, run_ids: Sequence[str]) -> tuple[list[list[Any]], int]:
    """How far the runs of a link are, without reading a result: id, name, state and cut-off of each in the order of `picked`,
    and how many are not there."""
    wanted = list(dict.fromkeys(run_ids))[:MOST_RUNS]
    found = []
    with desk.db.read() as session:
        for run_id in wanted:
            try:
                run = stored_runs.get(session, desk.user.id, run_id)
            except NotFound:
                continue
            found.append([run.id, run.name, run.state, run.cutoff])
    return sorted(found, key=lambda one: one[2] != "succeeded"), len(wanted) - len(found)


def comparable(views: Sequence[RunView]) -> list[RunView]:
    """The champion and the runs that can be tested against it row by row: two classes, the same data set. Maybe none at all."""
    champion = views[0]
    if champion.spec.bad_label is None:
        return []
    return [view for view in views if view.dataset_id == champion.dataset_id and view.spec.bad_label is not None]


def start(desk: Desk, run_ids: Sequence[str]) -> str:
    """Compares runs of one data set with the first of them, at their cut-offs of now, and gives the study's id.

    Little is compared at once, more in a job; the same again is the one that is there, also where it failed or was cancelled:
    looking starts nothing a second time. Raises NotFound where one of the runs is not the user's to see, and Refused for runs
    that cannot be compared row by row.
    """
    wanted = list(dict.fromkeys(run_ids))
    with desk.db.read() as session:
        found = [stored_runs.get(session, desk.user.id, run_id) for run_id in wanted]
    specs = _specs(found)
    champion = found[0]
    options = {"runs": wanted, "cutoffs": [run.cutoff for run in found]}
    name = f"{champion.name} against {found[1].name if len(found) == 2 else f'{len(found) - 1} runs'}"

    def at_once() -> Pairing:
        try:
            return _pairing(desk.db, desk.user.id, options)
        except NotFound:
            raise Refused(
                "One of these runs keeps no scores of its rows, and its data set is not shared with you.",
                fix="Ask its owner to share the data set, or to train it again.",
            ) from None

    return studies.start(
        desk,
        "pairing",
        champion.dataset_id,
        specs[0],
        options,
        name=name,
        of_runs=wanted,
        at_once=at_once if champion.dataset.n_rows * len(found) <= MOST_AT_ONCE else None,
        anew=False,
    )


def _specs(found: Sequence[Run]) -> list[TrainSpec]:
    """What the runs were made with. Raises Refused where they cannot be compared row by row."""
    if len(found) < 2:
        raise Refused("One run is nothing to compare.", fix="Add another one.")
    if len(found) > MOST_RUNS:
        raise Refused(f"At most {MOST_RUNS} runs are compared at a time.", fix="Take some away.")
    for run in found:
        if run.state != "succeeded":
            raise Refused(f"'{run.name}' has no result.", fix="Wait until it has ended, or take it away.")
    specs = [TrainSpec.parse(run.spec) for run in found]
    if any(run.dataset_id != found[0].dataset_id or spec.bad_label is None for run, spec in zip(found, specs, strict=True)):
        raise Refused("Row by row, runs of one data set with two classes are compared.", fix="Take the others away.")
    return specs


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Compares for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(db, job_id, attempt, lambda work, study: _pairing(work.db, study.owner_id, study.options, work.report))


def _pairing(db: Database, user_id: int, options: Mapping[str, Any], report: Report = no_report) -> Pairing:
    from pipeline.scores.pairing import pairing

    return pairing(_members(db, user_id, options, report))


def _members(db: Database, user_id: int, options: Mapping[str, Any], report: Report) -> "Iterator[Member]":
    """The runs with their scores, read one after another, each in a session of its own so that the progress can be written."""
    from pipeline.scores.pairing import Member

    n_runs = len(options["runs"])
    for at, (run_id, cutoff) in enumerate(zip(options["runs"], options["cutoffs"], strict=True)):
        report(Progress(at, n_runs, f"Run {at + 1} of {n_runs}"))
        with db.read() as session:
            run = stored_runs.get(session, user_id, run_id)  # its model is read where scores are not stored
            spec, chances = TrainSpec.parse(run.spec), Origin.from_json(run.origin).gives_probabilities
            scores = scores_of(session, user_id, run)
        yield Member(run_id, spec.target, spec.bad_label or "", cutoff, scores, chances)
