"""Segments of a run: how its decisions fall on groups of rows, and which groups stand out.

What is stored holds counts at every cut-off, so that a moved cut-off or another reference computes a few sums and reads no rows.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases import runs as run_cases
from dashapp.usecases import studies as study_cases
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.origins import Origin
from dashapp.usecases.run_scores import scores_of
from dashapp.usecases.runs import RunView
from dashapp.usecases.segment_columns import Groups, checked, columns, known_columns, searched, shape
from dashapp.usecases.studies import StudyView
from dashapp.usecases.study_kinds import Kind
from dashapp.usecases.study_work import carry_out_study, run_of
from dashapp.usecases.work import Attempt
from db import dataset_rows, datasets, jobs, runs, studies
from db.engine import Database
from pipeline.cutoffs.decisions import common_cutoffs, judged_on, score_tables
from pipeline.levels import number_text
from pipeline.results import Progress, Report, RunResult, ScoreScale, no_report
from pipeline.segment_results import SegmentTable, WorstSegments
from pipeline.spec import TrainSpec
from pipeline.study_results import Stored

if TYPE_CHECKING:
    import pyarrow as pa

    from db.tables import Run, Study
    from pipeline.scores.row_scores import RowScores

MOST_AT_ONCE = 200_000  # rows of the data set; more are a job
MEASURES = ("approval_rate", "false_positive_rate", "false_negative_rate", "bad_rate_of_approved", "calibration")


def start(desk: Desk, run_id: str, by: Any) -> str:
    """The table of these groups: the id of the one that is there or at work, or of a new one.

    Small data is worked out here, more is queued. Of a job of the user's that failed or was cancelled the id is given too, so
    that looking at the page starts it no second time; `again` does. Raises Refused with a sentence for groups that cannot be
    made, and where something new would have to be computed for somebody who sees the run without its data set; NotFound.
    """
    view, part = _judged(desk, run_id)
    if not view.sees_dataset:
        return _there(desk, view, "segments", {"by": [list(names) for names in shape(by)], "part": part})
    groups = checked(by, {column.name for column in columns(desk, view)})
    options = {"by": [list(names) for names in groups], "part": part}
    return _start(desk, view, "segments", options, f"Segments of {view.name}", anew=False)


def start_search(desk: Desk, run_id: str, *, measure: Any, cutoff: Any, names: Any) -> str:
    """The search for the segments of one and two of these columns that stand out at a cut-off, as `start`.

    Raises Refused with a sentence for a measure, a cut-off or columns that cannot be searched; NotFound.
    """
    view, part = _judged(desk, run_id)
    if measure not in MEASURES:
        raise Refused("There is no such measure to search for.", fix="Choose one of the list.")
    options = {"part": part, "measure": measure, "cutoff": checked_cutoff(cutoff), "columns": searched(names)}
    if not view.sees_dataset:
        return _there(desk, view, "worst", options)
    known_columns(options["columns"], {column.name for column in columns(desk, view)})
    return _start(desk, view, "worst", options, f"Search for segments of {view.name}")


def _start(desk: Desk, view: RunView, kind: Kind, options: dict[str, Any], name: str, *, anew: bool = True) -> str:
    at_once = (lambda: _now(desk, view.id, kind, options)) if is_small(desk, view) else None
    return study_cases.start(
        desk, kind, view.dataset_id, view.spec, options, name=name[:200], run_id=view.id, at_once=at_once, anew=anew
    )


def is_small(desk: Desk, view: RunView) -> bool:
    """Whether the rows are so few that they are counted here and now. Raises NotFound for a data set that is not the user's."""
    with desk.db.read() as session:
        return datasets.get(session, desk.user.id, view.dataset_id).n_rows <= MOST_AT_ONCE


def get(desk: Desk, run_id: str, study_id: str) -> StudyView:
    """A table or a search of this run. Raises NotFound for what is absent, not the user's to see, or of another run."""
    found = study_cases.get(desk, study_id)
    if found.card.kind not in {"segments", "worst"} or found.card.run_id != run_id:
        raise NotFound("study")
    return found


def looked_at(desk: Desk, run_id: str) -> tuple[Groups, ...]:
    """The groups that were counted before, newest first: all that is there for those who do not see the data set."""
    with desk.db.read() as session:
        runs.get(session, desk.user.id, run_id)
        found = studies.visible(session, desk.user.id, kinds=("segments",), run_id=run_id)
        work = jobs.of_studies(session, [row.id for row in found])
        done = [row for row in found if row.id not in work or work[row.id].state == "succeeded"]
        return tuple(dict.fromkeys(tuple(tuple(names) for names in row.options["by"]) for row in done))


def last_search(desk: Desk, run_id: str, *, measure: str, cutoff: float) -> StudyView | None:
    """The newest search for this measure: one at the cut-off, else one at another cut-off."""
    with desk.db.read() as session:
        runs.get(session, desk.user.id, run_id)
        found = studies.visible(session, desk.user.id, kinds=("worst",), run_id=run_id)
        same = [row for row in found if row.options["measure"] == measure]
        wanted = next((row.id for row in same if row.options["cutoff"] == cutoff), same[0].id if same else None)
    return get(desk, run_id, wanted) if wanted is not None else None


def run_cutoff(desk: Desk, run_id: str) -> float:
    """The cut-off that all tabs of the run use."""
    with desk.db.read() as session:
        return runs.get(session, desk.user.id, run_id).cutoff


def run_scale(desk: Desk, run_id: str) -> ScoreScale | None:
    """The scale of a run's score that is no probability: its cut-offs are typed in its units."""
    with desk.db.read() as session:
        return Origin.from_json(runs.get(session, desk.user.id, run_id).origin).own_scale


def checked_cutoff(given: Any, scale: ScoreScale | None = None) -> float:
    """The place of a cut-off that was typed. Raises Refused unless it is a number from 0 to 1, or on the scale of the score."""
    try:
        cutoff = float(given) if scale is None else scale.place(float(given))
    except (TypeError, ValueError, OverflowError):
        cutoff = -1.0
    if not 0 <= cutoff <= 1 or isinstance(given, bool):
        fix = "Give a number from 0 to 1, such as 0.25."
        if scale is not None:
            fix = f"Give a score from {number_text(scale.low)} to {number_text(scale.high)}."
        raise Refused("That is no cut-off.", fix=fix)
    return cutoff


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Counts a queued table, or does a queued search. Called by a worker, one attempt at a time."""
    carry_out_study(db, job_id, attempt, _work)


def _work(work: Attempt, study: "Study") -> Stored:
    work.report(Progress(0, 1, "Reading the columns"))
    with work.db.read() as session:
        run = runs.get(session, work.job.owner_id, run_of(study), with_result=True)
        rows = _rows(session, work.job.owner_id, run, study.options)
    work.n_rows = rows[1].num_rows
    return _made(study.kind, run, *rows, study.options, work.report)


def _now(desk: Desk, run_id: str, kind: str, options: Mapping[str, Any]) -> Stored:
    with desk.db.read() as session:
        run = runs.get(session, desk.user.id, run_id, with_result=True)
        rows = _rows(session, desk.user.id, run, options)
    return _made(kind, run, *rows, options, no_report)


def _rows(session: Session, user_id: int, run: "Run", options: Mapping[str, Any]) -> "tuple[RowScores, pa.Table]":
    names = options["columns"] if "columns" in options else dict.fromkeys(name for group in options["by"] for name in group)
    dataset = datasets.get(session, user_id, run.dataset_id)
    return scores_of(session, user_id, run), dataset_rows.read_columns(session, dataset, list(names))


def _made(
    kind: str, run: "Run", scores: "RowScores", table: "pa.Table", options: Mapping[str, Any], report: Report
) -> SegmentTable | WorstSegments:
    from pipeline.segments.counting import segment_table
    from pipeline.segments.searching import worst_segments

    result, spec, origin = RunResult.from_json(run.result or {}), TrainSpec.parse(run.spec), Origin.from_json(run.origin)
    probability = origin.gives_probabilities
    if kind == "segments":
        return segment_table(
            scores,
            table,
            [tuple(names) for names in options["by"]],
            part=options["part"],
            labels=result.data.labels,
            cutoffs=common_cutoffs(*score_tables(result).values()),
            is_probability=probability,
            categorical=spec.categorical,
            special_codes=spec.special_codes,
            report=report,
        )
    return worst_segments(
        scores,
        table,
        options["columns"],
        part=options["part"],
        cutoff=options["cutoff"],
        measure=options["measure"],
        is_probability=probability,
        categorical=spec.categorical,
        special_codes=spec.special_codes,
        report=report,
    )


def _judged(desk: Desk, run_id: str) -> tuple[RunView, str]:
    """The run and the part whose rows are judged: held out, else validation, else training. Raises Refused."""
    view = run_cases.get(desk, run_id)
    if view.result is None:
        raise Refused("The run has no result yet.", fix="Wait until it is trained.")
    part = judged_on(view.result)
    if part is None:
        raise Refused(
            "This run tells three classes or more apart, and groups are compared by who is approved.",
            fix="Train a run that names the label that counts as bad.",
        )
    return view, part


def _there(desk: Desk, view: RunView, kind: Kind, options: dict[str, Any]) -> str:
    """The finished study with these options that the user may see. Raises Refused where there is none."""
    found = study_cases.finished(desk, kind, view.dataset_id, view.spec, options, view.id)
    if found is None:
        raise Refused("You see this run without its data set, so nothing new is computed.", fix=view.why_no_rows)
    return found
