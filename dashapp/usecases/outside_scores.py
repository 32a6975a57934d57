"""A score that a data set holds already, evaluated as a run of its own: check what is said of it, start it, judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashapp.settings import Settings
from dashapp.usecases.datasets import clean_name, keep_outcome
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec
from dashapp.usecases.findings import summaries
from dashapp.usecases.finished_runs import run_of, store
from dashapp.usecases.origins import Origin
from dashapp.usecases.rights import check_maker
from dashapp.usecases.runs import checked as checked_spec
from dashapp.usecases.study_rows import columns_of
from dashapp.usecases.work import Attempt, carry_out
from db import audit, dataset_rows, datasets, jobs, runs
from db.engine import Database
from pipeline.given import number
from pipeline.levels import number_text
from pipeline.results import ColumnSummary, Progress
from pipeline.shown import shown
from pipeline.spec import TrainSpec

SPEC_OPTIONS = ("target", "bad_label", "split", "split_column", "test_share", "stratify", "seed")
DIRECTIONS = ("bad", "good")  # what a higher score may mean


@dataclass(frozen=True)
class ScoreAsked:
    """A score as its owner described it, checked against the columns of the data set."""

    spec: TrainSpec
    origin: Origin


def check(desk: Desk, dataset_id: str, given: Mapping[str, Any]) -> ScoreAsked:
    """What a form holds, checked. Raises InvalidSpec with a sentence for each field that is wrong, NotFound."""
    with desk.db.read() as session:
        columns = summaries(datasets.get(session, desk.user.id, dataset_id))
    return checked(given, columns)


def checked(given: Mapping[str, Any], columns: Sequence[ColumnSummary]) -> ScoreAsked:
    """The same for columns that are at hand.

    `given` holds the options of SPEC_OPTIONS, and `column`, `higher_is`, `is_probability` ("yes" or "no") and `cutoff`.
    """
    problems: dict[str, str] = {}
    by_name = {column.name: column for column in columns}
    name = given.get("column")
    column = by_name.get(name) if isinstance(name, str) else None
    if column is None:
        problems["column"] = (
            f"There is no column {shown(name)}; choose one." if name else "Choose the column that holds the score."
        )
    else:
        problems |= _about_column(column)
    higher_is, is_probability = given.get("higher_is"), given.get("is_probability")
    if higher_is not in DIRECTIONS:
        problems["higher_is"] = "Say what a higher score means; it is not guessed."
    if is_probability not in ("yes", "no"):
        problems["is_probability"] = "Say whether it is a probability; then its size is judged too, not only its order."
    cutoff, wrong = _number(given.get("cutoff"))
    if wrong:
        problems["cutoff"] = wrong
    if column is not None and not problems:
        problems |= _about_values(column, is_probability == "yes", cutoff)
    spec = _spec(given, column, columns, problems)
    if spec is None or problems:
        raise InvalidSpec(problems)
    origin = Origin(
        kind="score",
        column=spec.features[0],
        higher_is=str(higher_is),
        is_probability=is_probability == "yes",
        asked_cutoff=cutoff,
    )
    return ScoreAsked(spec, origin)


def _spec(
    given: Mapping[str, Any], column: ColumnSummary | None, columns: Sequence[ColumnSummary], problems: dict[str, str]
) -> TrainSpec | None:
    """The spec that divides the rows; what is wrong with it joins the problems, of the score at its own field."""
    options = {name: given[name] for name in SPEC_OPTIONS if name in given}
    stands_in = column or columns[0]  # so that the other fields are checked before a score is chosen
    codes = {stands_in.name: dict(stands_in.codes)} if stands_in.codes else {}
    try:
        spec = checked_spec({**options, "features": [stands_in.name], "special_codes": codes}, columns)
    except InvalidSpec as error:
        for option, sentence in error.problems.items():
            if option != "features":
                problems.setdefault(option, sentence)
            elif column is not None:
                problems.setdefault("column", _as_score(column, given, sentence))
        return None
    target = next(one for one in columns if one.name == spec.target)
    if spec.bad_label is None and (target.n_distinct is None or target.n_distinct > 2):
        problems.setdefault("bad_label", f"'{target.name}' has more than two labels; say which one counts as bad.")
    return spec


def _as_score(column: ColumnSummary, given: Mapping[str, Any], sentence: str) -> str:
    """What training says of a feature, of a score."""
    return f"'{column.name}' is the outcome itself; choose the score." if column.name == given.get("target") else sentence


def _about_column(column: ColumnSummary) -> dict[str, str]:
    if column.kind != "number":
        return {"column": f"'{column.name}' holds no numbers, so it ranks nothing; choose a column of numbers."}
    if column.n_distinct is not None and column.n_distinct < 2:
        return {"column": f"'{column.name}' holds one value at most, so it ranks nothing; choose another."}
    return {}


def _about_values(column: ColumnSummary, is_probability: bool, cutoff: float | None) -> dict[str, str]:
    """What the ends of the column tell; with special codes among them the rows have to."""
    low, high = column.minimum, column.maximum
    if column.codes or not isinstance(low, int | float) or not isinstance(high, int | float):
        return {}
    ends = f"from {number_text(low)} to {number_text(high)}"
    if is_probability and (low < 0 or high > 1):
        percent = " (of a percentage, divide by 100 first)" if low >= 0 and high <= 100 else ""
        return {"is_probability": f"'{column.name}' goes {ends}, and a probability lies between 0 and 1; answer no{percent}."}
    if is_probability:
        low, high, ends = 0, 1, "from 0 to 1"
    if cutoff is not None and not low <= cutoff <= high:
        return {"cutoff": f"{number_text(cutoff)} is beyond the scores, which go {ends}; choose one of them, or leave it empty."}
    return {}


def _number(raw: Any) -> tuple[float | None, str | None]:
    """The cut-off that was given, None for an empty field; or what is wrong with it."""
    if raw is None or raw == "":
        return None, None
    value = number(raw)
    if value is None:
        return None, f"{shown(raw)} is not a number; give a score, or leave it empty."
    return value, None


def start(desk: Desk, dataset_id: str, name: str, given: Mapping[str, Any]) -> str:
    """Writes the run and its job in one transaction and gives the run's id; without a name it is that of the column."""
    asked = check(desk, dataset_id, given)
    check_maker(desk)
    name = clean_name(name if name.strip() else default_name(asked.origin.column))
    with desk.db.write() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        run = runs.add(
            session,
            owner_id=desk.user.id,
            dataset_id=dataset_id,
            name=name,
            spec=asked.spec.to_json(),
            cutoff=asked.spec.cutoff,
            origin=asked.origin.to_json(),
        )
        jobs.enqueue(session, kind="judge_score", owner_id=desk.user.id, run_id=run.id)
        if dataset.target is None and dataset.owner_id == desk.user.id:
            keep_outcome(session, desk, dataset, asked.spec.target, asked.spec.bad_label)
        audit.record(
            session, user_id=desk.user.id, action="started", object_kind="run", object_id=run.id, dataset=dataset_id, score=True
        )
        return run.id


def default_name(column: str) -> str:
    """The name that a run has until it is given one."""
    return f"{column[:180]} as it is"


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Judges the score of a queued run, and stores result, cut-off and row scores in one transaction.

    Returns once the job has ended or another attempt holds it. What is no fault of the user's is raised, for another attempt.
    """
    carry_out(db, job_id, attempt, _judge)


def _judge(work: Attempt) -> None:
    from pipeline.scores.outside_scores import AskedScore, judge_score

    work.report(Progress(0, 1, "Reading the columns"))
    with work.db.read() as session:
        run = runs.get(session, work.job.owner_id, run_of(work))
        dataset = datasets.get(session, work.job.owner_id, run.dataset_id)
        spec, origin = TrainSpec.parse(run.spec), Origin.from_json(run.origin)
        table = dataset_rows.read_columns(session, dataset, columns_of(spec))
    work.n_rows = table.num_rows
    asked = AskedScore(origin.higher_is, origin.is_probability, origin.asked_cutoff)
    judged = judge_score(table, spec, asked, report=work.report)
    scale = judged.result.scale
    known = None if scale is None else replace(origin, low=scale.low, high=scale.high)
    store(work, judged.spec, judged.result, judged.row_scores, origin=known)
