"""Newer data scored with a run: how the score has moved, how right it still is, and the scored rows to take away."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashapp.usecases import run_scores, runs, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.findings import summaries
from dashapp.usecases.rows import chunks
from dashapp.usecases.runs import RunView
from dashapp.usecases.scorers import scorer_of
from dashapp.usecases.studies import StudyView
from dashapp.usecases.study_work import study_of
from dashapp.usecases.work import Attempt, carry_out
from db import datasets, scores
from db import runs as stored_runs
from db import studies as stored
from db.engine import Database
from db.errors import NotFound
from db.tables import Dataset, Run
from pipeline.cutoffs.decisions import score_tables
from pipeline.pairing_results import Monitoring
from pipeline.results import Progress, Report, RunResult, no_report

if TYPE_CHECKING:
    from dashapp.settings import Settings
    from pipeline.scores.row_scores import RowScores
    from pipeline.scores.scoring import Scored, Scorer

AT_ONCE_CELLS = 1_000_000  # rows times columns that are scored within about half a second
_OPTIONS = ("run", "cutoff")


@dataclass(frozen=True)
class Candidate:
    """A data set that may be scored; `lacks` are the run's columns that it does not have."""

    id: str
    name: str
    n_rows: int
    lacks: tuple[str, ...]


def candidates(desk: Desk, view: RunView) -> list[Candidate]:
    """The data sets that the user may see but for the run's own, those with all columns first, newest first."""
    wanted = needed(desk, view.id)
    found = []
    with desk.db.read() as session:
        for dataset in datasets.visible(session, desk.user.id):
            if dataset.id == view.dataset_id:
                continue
            names = {column["name"] for column in dataset.columns}
            found.append(Candidate(dataset.id, dataset.name, dataset.n_rows, tuple(n for n in wanted if n not in names)))
    return sorted(found, key=lambda one: bool(one.lacks))


def needed(desk: Desk, run_id: str) -> tuple[str, ...]:
    """The columns that the run scores by. Raises NotFound, and Refused for a run that cannot score."""
    with desk.db.read() as session:
        run = stored_runs.get(session, desk.user.id, run_id, with_result=True)
        return scorer_of(run).fields


def start(desk: Desk, run_id: str, dataset_id: str) -> str:
    """Scores a data set with a run, at once or in a job; gives the study's id, or that of the same one.

    Only who started it sees it: it tells of a data set that others who see the run may not see. Raises Refused for a run that
    cannot score and a data set that lacks columns, NotFound.
    """
    view = runs.get(desk, run_id)
    if dataset_id == view.dataset_id:
        raise Refused("That is the data set that the run was made on.", fix="Choose a newer one.")
    fields = needed(desk, run_id)
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        # Where they are not stored, the rows that the run was made on have to be scored as well.
        has_own = scores.exist(session, run_id=run_id, dataset_id=view.dataset_id)
    names = {column.name for column in summaries(dataset)}
    lacking = [name for name in fields if name not in names]
    if lacking:
        named = ", ".join(f"'{name}'" for name in lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
        raise Refused(f"'{dataset.name}' lacks {named}.", fix="The run needs columns of the same names.")
    options = {"run": run_id, "cutoff": view.cutoff}
    name = f"{dataset.name} scored with {view.name}"
    at_once: Callable[[], Monitoring] | None = None
    if has_own and dataset.n_rows * (len(fields) + 1) <= AT_ONCE_CELLS:

        def at_once() -> Monitoring:
            made = _score(desk.db, desk.user.id, run_id, dataset, view.cutoff, no_report)
            with desk.db.write() as session:
                scores.write(session, run_id=run_id, dataset_id=dataset.id, scores=made[1].to_arrow())
            return made[0]

    return studies.start(desk, "monitor", dataset_id, view.spec, options, name=name, at_once=at_once)


def made(desk: Desk, run_id: str) -> list[StudyView]:
    """What the user scored with this run, newest first. Raises NotFound for a run that is not theirs to see."""
    with desk.db.read() as session:
        stored_runs.get(session, desk.user.id, run_id)  # without its result: a page that follows a job asks every second
    return [studies.get(desk, card.id) for card in studies.visible(desk, "monitor", scored_by=run_id) if card.mine]


def get(desk: Desk, run_id: str, study_id: str) -> StudyView:
    """One of them. Raises NotFound for what is absent, not the user's, or of another run."""
    view = studies.get(desk, study_id)
    if view.card.kind != "monitor" or not view.card.mine or view.options.get("run") != run_id:
        raise NotFound("study")
    runs.get(desk, run_id)
    return view


def execute(db: Database, job_id: str, attempt: int, settings: "Settings") -> None:
    """Scores for a queued job. Called by a worker, one attempt at a time."""
    carry_out(db, job_id, attempt, _work)


def _work(work: Attempt) -> None:
    owner, study = work.job.owner_id, study_of(work)
    with work.db.read() as session:
        dataset = datasets.get(session, owner, study.dataset_id)
    work.n_rows = dataset.n_rows
    run_id, cutoff = (study.options[name] for name in _OPTIONS)
    result, newer = _score(work.db, owner, run_id, dataset, cutoff, work.report)
    table = newer.to_arrow()
    with work.success() as session:
        scores.write(session, run_id=run_id, dataset_id=dataset.id, scores=table)
        stored.owned(session, owner, study.id).result = result.to_json()


def _score(
    db: Database, user_id: int, run_id: str, dataset: Dataset, cutoff: float, report: Report
) -> tuple[Monitoring, "RowScores"]:
    from pipeline.scores.monitoring import monitored, newer_scores

    with db.read() as session:
        run = stored_runs.get(session, user_id, run_id, with_result=True)
        result = _result(run)
        scorer = scorer_of(run)
        reference = run_scores.scores_of(session, user_id, run)
    scored = _all_chunks(db, dataset, scorer, run.spec["target"], result.data.labels, report)
    newer = newer_scores(scored.score, scored.is_bad)
    tables = score_tables(result)
    grid = next(iter(tables.values())).cutoffs
    found = monitored(
        reference,
        newer,
        cutoff=cutoff,
        cutoffs=grid,
        dataset_name=dataset.name,
        unseen=scored.unseen,
        notes=scored.notes,
        is_probability=result.gives_probabilities,
    )
    return found, newer


def _result(run: Run) -> RunResult:
    if run.result is None:
        raise Refused("The run has no result.", fix="Wait until it has ended, or train it again.")
    return RunResult.from_json(run.result)


def _all_chunks(
    db: Database, dataset: Dataset, scorer: "Scorer", target: str, labels: tuple[str, ...], report: Report
) -> "Scored":
    """Every row of the data set, chunk by chunk, so that the columns of a large one are never in memory together."""
    import numpy as np
    import pyarrow as pa

    from pipeline.scores.scoring import Scored, scored_table

    has_outcome = any(column["name"] == target for column in dataset.columns)
    names = list(dict.fromkeys([*scorer.fields, *([target] if has_outcome else [])]))
    parts: list[Scored] = []
    unseen: Counter[str] = Counter()
    done = 0
    for batch in chunks(db, dataset, names):
        report(Progress(done, dataset.n_rows, "Scoring the rows"))
        part = scored_table(scorer, pa.Table.from_batches([batch]), target if has_outcome else None, (labels[0], labels[1]))
        parts.append(part)
        unseen.update(part.unseen)
        done += batch.num_rows
    outcomes = [part.is_bad for part in parts if part.is_bad is not None]
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    return Scored(
        np.concatenate([part.score for part in parts]), np.concatenate(outcomes) if outcomes else None, dict(unseen), notes
    )
