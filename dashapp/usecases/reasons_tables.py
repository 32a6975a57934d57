"""The reasons of every row of a filter, as a table to take away: made by a job, chunk by chunk.

What the table depends on (cut-off, reference, words) is kept with the study, so that it tells later what it told then.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from dashapp.settings import Settings
from dashapp.usecases import finding
from dashapp.usecases import studies as study_cases
from dashapp.usecases.backgrounds import opened
from dashapp.usecases.backgrounds import start as start_background
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.explaining import reference_of, untold
from dashapp.usecases.exports import CsvExport, header_of, n_formulas, pieces
from dashapp.usecases.filters import BY_ROW, Filter
from dashapp.usecases.rows import some
from dashapp.usecases.studies import StudyView
from dashapp.usecases.study_work import carry_out_study
from dashapp.usecases.wanted_rows import rows_of
from dashapp.usecases.work import Attempt
from db import audit, datasets, runs, studies, study_tables
from db.engine import Database
from db.tables import Study
from pipeline.explain_results import PASSING, Background, Reference
from pipeline.explaining.wording import Wording
from pipeline.reason_results import ReasonCount, ReasonTable
from pipeline.results import Progress
from pipeline.stored import from_plain

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from pipeline.explaining.reason_rows import ReasonRows, ReasonsOf


def start(desk: Desk, run_id: str, wanted: Filter, kind: str = PASSING, about: str = "") -> str:
    """Queues the table of the reasons of the rows that a filter wants, and gives the study's id, or that of the same one.

    `kind` and `about` name what reasons are counted against, as in `explaining.reference_of`. Raises NotFound, Refused where the
    run refuses nobody, its rows are not the user's to see or the filter wants none, InvalidSpec for a filter that does not fit,
    and StillCounting.
    """
    run = opened(desk, run_id)
    if len(run.model.labels) > 2:
        raise Refused(
            "A run of three classes or more refuses nobody, so there are no reasons to tell.",
            fix="Train a run that names the label that counts as bad.",
        )
    wanted = replace(wanted, order=BY_ROW, seed=Filter().seed)  # the table is in the order of the rows
    if not len(finding.matching(desk, run.view, wanted)):
        raise Refused("No applicant fits the filter, so there is no reason to tell.", fix="Take a condition away.")
    options = {
        "filter": wanted.to_json(),
        "cutoff": run.view.cutoff,
        "background": start_background(desk, run.view),
        "reference": asdict(reference_of(desk, run, kind, about)),
        "never": list(untold(run)),
        "wording": run.wording.to_json(),
    }
    return study_cases.start(
        desk, "reasons", run.view.dataset_id, run.view.spec, options, name=f"Reasons of {run.view.name}"[:200], run_id=run_id
    )


def get(desk: Desk, run_id: str, study_id: str) -> StudyView:
    """A table of this run. Raises NotFound for what is absent, of another run, or of rows that are not the user's to see."""
    found = study_cases.get(desk, study_id)
    if found.card.kind != "reasons" or found.card.run_id != run_id or not found.card.sees_dataset:
        raise NotFound("study")
    return found


def made(desk: Desk, run_id: str) -> list[study_cases.StudyCard]:
    """The tables of a run, newest first. None where the rows are not the user's to see. Raises NotFound."""
    with desk.db.read() as session:
        runs.get(session, desk.user.id, run_id)
    return [card for card in study_cases.visible(desk, "reasons", run_id=run_id) if card.sees_dataset]


def csv(desk: Desk, study_id: str) -> CsvExport:
    """The table as a file. Raises NotFound, also for rows that are not the user's to see, and Refused while it is made."""
    with desk.db.write() as session:
        study = studies.get(session, desk.user.id, study_id, with_result=True)
        if study.kind != "reasons" or study.run_id is None:
            raise NotFound("study")
        runs.get(session, desk.user.id, study.run_id)
        datasets.get(session, desk.user.id, study.dataset_id)
        if study.result is None:
            raise Refused("The table is not made yet.", fix="Wait until its job has ended, or start it again.")
        result = ReasonTable.from_json(study.result)
        n_chunks = study_tables.n_chunks(session, study_id)
        name = study.name
        audit.record(
            session, user_id=desk.user.id, action="downloaded", object_kind="study", object_id=study_id, form="reasons",
            rows=result.n_rows,
        )  # fmt: skip
    return CsvExport(name, result.n_defused, pieces(_header(), _batches(desk.db, study_id, n_chunks)))


def _header() -> bytes:
    from pipeline.explaining.reason_rows import names

    return header_of(names())[0]


def _batches(db: Database, study_id: str, n_chunks: int) -> "Iterator[pa.RecordBatch]":
    for index in range(n_chunks):
        with db.read() as session:
            table = study_tables.read(session, study_id, index)
        yield from table.to_batches()


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Makes the table for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(db, job_id, attempt, _work)


def _work(work: Attempt, study: Study) -> ReasonTable:
    owner = work.job.owner_id
    with work.db.read() as session:
        dataset = datasets.get(session, owner, study.dataset_id)
    of = _reasons_of(work.db, owner, study)
    work.report(Progress(0, 1, "Finding the rows"))
    rows = rows_of(work.db, owner, study.run_id or "", Filter.from_json(study.options["filter"]))
    work.n_rows = len(rows)
    sums = _Sums(n_groups=len(of.groups))
    for index, (table, numbers) in enumerate(some(work.db, dataset, list(of.model.fields), rows)):
        found = _of_chunk(of, table, numbers)
        with work.holding() as session:
            study_tables.put(session, study_id=study.id, chunk_index=index, table=found.table)
        sums.add(found)
        work.report(Progress(sums.n_rows, len(rows), "Telling the reasons"))
    return sums.result(of)


def _of_chunk(of: "ReasonsOf", table: "pa.Table", rows: "NDArray[np.intp]") -> "ReasonRows":
    from pipeline.explaining.reason_rows import reason_rows

    return reason_rows(of, table, rows + 1)


def _reasons_of(db: Database, owner: int, study: Study) -> "ReasonsOf":
    from pipeline.explaining.reason_rows import ReasonsOf
    from pipeline.model import FittedModel

    options = study.options
    with db.read() as session:
        run = runs.get(session, owner, study.run_id or "", with_result=True)
        stored = studies.get(session, owner, options["background"], with_result=True).result
        if run.cutoff != options["cutoff"]:
            raise Refused("The run's cut-off was moved while the table waited.", fix="Start it again.")
        model = FittedModel.from_json(run.model or "")
    if stored is None:
        raise NotFound("study")
    background = Background.from_json(stored)
    return ReasonsOf(
        model=model,
        reference=from_plain(Reference, options["reference"]),
        cutoff=options["cutoff"],
        fields={info.name: info for info in background.fields},
        wording=Wording.from_json(options["wording"]),
        never=frozenset(options["never"]),
    )


@dataclass
class _Sums:
    """What the chunks that are done come to."""

    n_groups: int
    n_rows: int = 0
    n_refused: int = 0
    n_untold: int = 0
    n_defused: int = 0

    def __post_init__(self) -> None:
        self._first = [0] * self.n_groups
        self._any = [0] * self.n_groups

    def add(self, found: "ReasonRows") -> None:
        self.n_rows += found.table.num_rows
        self.n_refused += found.n_refused
        self.n_untold += found.n_untold
        self.n_defused += sum(map(n_formulas, found.table.to_batches()))
        self._first = [sum(pair) for pair in zip(self._first, found.n_first.tolist(), strict=True)]
        self._any = [sum(pair) for pair in zip(self._any, found.n_any.tolist(), strict=True)]

    def result(self, of: "ReasonsOf") -> ReasonTable:
        names = [" × ".join(sources) for sources in of.groups]
        counts = [ReasonCount(*one) for one in zip(names, self._first, self._any, strict=True) if one[2]]
        counts.sort(key=lambda one: (-one.n_first, -one.n_any))
        return ReasonTable(
            n_rows=self.n_rows,
            n_refused=self.n_refused,
            n_untold=self.n_untold,
            counts=tuple(counts),
            cutoff=of.cutoff,
            against=of.reference.words,
            never=tuple(sorted(of.never)),
            is_recalibrated=of.model.calibration is not None,
            n_defused=self.n_defused,
        )
