"""What the form of a score opens with and tells: likely columns, the rows of a run, a hint at the direction, sizes."""

from dataclasses import dataclass
from typing import Any

from dashapp.usecases import profiles, runs
from dashapp.usecases.datasets import DatasetView
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.origins import Origin
from dashapp.usecases.outside_scores import SPEC_OPTIONS, ScoreAsked
from dashapp.usecases.plan_sizes import rows_of_parts
from dashapp.usecases.plans import likely_bad_label
from pipeline.column_names import says_score
from pipeline.results import ColumnSummary
from pipeline.roles import likely_target
from pipeline.spec import TrainSpec

_FEWEST_VALUES = 3  # of a column that is likely a score


@dataclass(frozen=True)
class ScorePlan:
    """What the run would be: rows that choose a cut-off, rows that it is judged on, rows that have no score or no outcome."""

    n_validation: int
    n_test: int
    n_without: int
    exact: bool


@dataclass(frozen=True)
class ScoreHint:
    """What the profile knows of a column against the outcome; special codes are left out."""

    median_good: float
    median_bad: float


@dataclass(frozen=True)
class StartValues:
    """What the form opens with, and the name of the run whose rows are held out (None where none was taken)."""

    values: dict[str, Any]
    like: str | None


def start_values(desk: Desk, view: DatasetView, *, like: str | None = None, column: str | None = None) -> StartValues:
    """The outcome of the data set, and the held-out rows of a run on it: the one named, else the newest that was trained.

    What a high score means, and whether it is a probability, has no first answer, unless the run named is of a score too.
    """
    target = view.target or likely_target(view.columns)
    values: dict[str, Any] = {option.name: option.default for option in TrainSpec.options() if option.name in SPEC_OPTIONS}
    values |= {"target": target, "bad_label": view.bad_label or likely_bad_label(view, target)}
    run = _like(desk, view.id, like)
    if run is not None:
        spec = run.spec.to_json()
        values |= {name: spec[name] for name in SPEC_OPTIONS if spec[name] is not None}
    if run is not None and run.origin.column:
        values |= _answers(run.origin)
    else:
        named = [one.name for one in likely_scores(view, values["target"]) if says_score(one.name)]
        values["column"] = named[0] if len(named) == 1 else None
    if view.column(column or ""):
        values["column"] = column
    return StartValues(values, run.name if run is not None else None)


def _answers(origin: Origin) -> dict[str, Any]:
    """What was said of a score before."""
    return {
        "column": origin.column,
        "higher_is": origin.higher_is,
        "is_probability": "yes" if origin.is_probability else "no",
        "cutoff": origin.asked_cutoff,
    }


def _like(desk: Desk, dataset_id: str, run_id: str | None) -> runs.RunView | None:
    if run_id is not None:
        try:
            named = runs.get(desk, run_id)
        except NotFound:
            return None  # the link came without access to that run: the usual options serve
        return named if named.dataset_id == dataset_id else None
    cards = [card for card in runs.visible(desk, dataset_id=dataset_id) if card.origin.kind == "trained"]
    return runs.get(desk, cards[0].id) if cards else None


def hint(desk: Desk, dataset_id: str, *, column: Any, target: Any, bad_label: Any) -> ScoreHint | None:
    """Medians among good and bad rows, where a profile of the data set with this outcome knows them. Raises NotFound."""
    profile = profiles.fitting(desk, dataset_id)
    if profile is None or not isinstance(column, str) or (profile.target, profile.bad_label) != (target, bad_label):
        return None
    seen = profile.column(column)
    if seen is None or seen.median_good is None or seen.median_bad is None:
        return None
    return ScoreHint(seen.median_good, seen.median_bad)


def likely_scores(view: DatasetView, target: str | None) -> list[ColumnSummary]:
    """The columns of numbers but for the outcome: those whose name says score first, keys and the like last."""
    found = [column for column in view.columns if column.kind == "number" and column.name != target]

    def order(column: ColumnSummary) -> tuple[bool, bool]:
        few = column.n_distinct is not None and column.n_distinct < _FEWEST_VALUES
        return not says_score(column.name), few or column.role == "identifier"

    return sorted(found, key=order)


def plan(view: DatasetView, asked: ScoreAsked) -> ScorePlan:
    """Told from the columns' summaries, before a row is read."""
    columns = {column.name: column for column in view.columns}
    rows = rows_of_parts(asked.spec, columns)
    score = columns[asked.origin.column]
    known = rows.train + rows.validation + rows.test
    return ScorePlan(
        n_validation=rows.train + rows.validation,
        n_test=rows.test,
        n_without=view.n_rows - known + score.n_missing,
        exact=rows.exact and not score.n_missing,
    )
