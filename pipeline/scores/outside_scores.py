"""A score that a table holds already, judged as the scores of a trained run are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.engine import versions
from pipeline.errors import InvalidSpec, UnusableData, quoted
from pipeline.evaluation.evaluating import evaluated
from pipeline.evaluation.metrics import Ranking, auc_of
from pipeline.frame import Floats, numbers_of
from pipeline.levels import level_order, number_text
from pipeline.outcome import Outcome, outcome_of
from pipeline.results import ColumnSummary, DataSummary, Progress, Report, RunResult, ScoreScale, no_report
from pipeline.scores.row_scores import RowScores, row_scores
from pipeline.spec import TrainSpec
from pipeline.spec_checks import check
from pipeline.split import Parts, parts_of
from pipeline.tallies import is_number, summarise

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class AskedScore:
    """What only its owner knows of a score: what a high one means, good or bad, and whether it is a probability of that.

    `cutoff` is in the units of the score; rows with that score and worse ones are refused. Null: as many rows are refused as
    went bad.
    """

    higher_is: str
    is_probability: bool
    cutoff: float | None = None


@dataclass(frozen=True)
class JudgedScore:
    """The spec as used, with the cut-off as a place on the scale; what the score is worth; and its place in each row."""

    spec: TrainSpec
    result: RunResult
    row_scores: RowScores


def judge_score(
    table: pa.Table,
    spec: TrainSpec,
    asked: AskedScore,
    *,
    columns: Sequence[ColumnSummary] | None = None,
    report: Report = no_report,
) -> JudgedScore:
    """Judges a column of scores against the outcome.

    Parameters
    ----------
    table : pyarrow.Table
        Has the outcome, the score, and the column that decides the split where one does.
    spec : TrainSpec
        `target`, `bad_label`, the score as the only feature, its special codes, and how rows are held out. Other options have
        no effect.
    asked : AskedScore
    columns : sequence of ColumnSummary, optional
        Of the table, where they are at hand.
    report : callable, optional
        May raise Stopped.

    Returns
    -------
    JudgedScore
        The held-out rows are those that training with the same outcome, split and seed holds out, so that both are compared on
        the same rows; all others are validation rows, on which a cut-off is chosen. Nothing is fitted, so there are no training
        rows. A row's score is its place on the scale, from 0 (best) to 1 (worst); figures that need probabilities are null
        where the score is none.

    Raises
    ------
    InvalidSpec
        As `pipeline.training.train`; where the column holds no numbers or one value, a probability lies outside 0 to 1, the
        outcome has three classes or more, or the cut-off lies beyond the scores.
    UnusableData
        Where the rows with a score are all bad or all good.
    Stopped
        Where `report` raised it.
    """
    report(Progress(0, 2, "Reading the scores"))
    _check_column(table, spec)
    check(spec, summarise(table) if columns is None else columns)
    scores, notes = _scores(table, spec)
    scale = _scale(scores, spec.features[0], asked)
    outcome = outcome_of(table, spec)
    if outcome.bad_label is None:
        raise InvalidSpec.one("bad_label", f"'{spec.target}' has three classes or more; name the label that counts as bad.")
    spec = replace(spec, bad_label=outcome.bad_label, validation_share=0.0)
    drawn = parts_of(table, outcome, spec)
    parts = {"validation": _with_score(drawn.train, scores), "held_out": _with_score(drawn.test, scores)}
    absent = len(outcome.rows) - len(_with_score(outcome.rows, scores))
    if absent:
        notes.append(f"{absent:,} of {len(outcome.rows):,} rows with an outcome have no '{scale.column}' and were left out.")
    is_bad = outcome.of_every_row(table.num_rows).astype(np.int8)
    places = scale.place(scores)
    rows = row_scores(table.num_rows, [(part, at, places[at]) for part, at in parts.items()], is_bad)
    _both_classes(rows, outcome, scale.column)
    report(Progress(1, 2, "Judging the score"))
    spec = replace(spec, cutoff=_cutoff(rows, scale, asked))
    notes = [*outcome.warnings, *drawn.warnings, *notes, *_direction(rows, scale)]
    return JudgedScore(spec, _result(rows, drawn, outcome, spec, scale, notes), rows)


def _check_column(table: pa.Table, spec: TrainSpec) -> None:
    """What a score is refused for, in other words than a feature of a model."""
    if len(spec.features) != 1:
        raise InvalidSpec.one("features", "Name the one column that holds the score.")
    name = spec.features[0]
    if name == spec.target:
        raise InvalidSpec.one("features", f"'{name}' is the outcome, so it cannot be the score too; choose another column.")
    if name in table.schema.names and not is_number(table.column(name).type):
        raise InvalidSpec.one("features", f"'{name}' holds no numbers, so it ranks nothing; choose a column of numbers.")


def _scores(table: pa.Table, spec: TrainSpec) -> tuple[Floats, list[str]]:
    """The scores of all rows, NaN where there is none: a gap, a special code, or a number without end."""
    name = spec.features[0]
    scores = np.array(numbers_of(table.column(name)))
    notes = []
    codes = [code for code, _ in spec.codes_of(name)]
    coded = np.isin(scores, [level_order(code)[1] for code in codes])
    if coded.any():
        scores[coded] = np.nan
        notes.append(
            f"{int(coded.sum()):,} rows hold a special code ({', '.join(codes)}) in place of '{name}', which is no score."
        )
    infinite = np.isinf(scores)
    if infinite.any():
        scores[infinite] = np.nan
        notes.append(f"{int(infinite.sum()):,} value(s) of '{name}' are infinite and count as missing.")
    return scores, notes


def _scale(scores: Floats, name: str, asked: AskedScore) -> ScoreScale:
    if asked.higher_is not in {"good", "bad"}:
        raise InvalidSpec.one("higher_is", "Say whether a higher score means more risk (bad) or less risk (good).")
    known = scores[~np.isnan(scores)]
    if not len(known):
        raise InvalidSpec.one("features", f"'{name}' is empty in every row; choose another column.")
    low, high = float(known.min()), float(known.max())
    if low == high:
        raise InvalidSpec.one("features", f"'{name}' holds {number_text(low)} in every row, so it ranks nothing; choose another.")
    if asked.is_probability:
        problem = _no_probability(known, name)
        if problem:
            raise InvalidSpec.one("is_probability", problem)
        low, high = 0.0, 1.0
    return ScoreScale(name, low, high, asked.higher_is, asked.is_probability)


def _no_probability(known: Floats, name: str) -> str | None:
    outside = known[(known < 0) | (known > 1)]
    if not len(outside):
        return None
    percent = known.min() >= 0 and 1 < known.max() <= 100
    remedy = "divide percentages by 100, or say that it is no probability" if percent else "say that it is no probability"
    return (
        f"{len(outside):,} of {len(known):,} values of '{name}' lie outside 0 to 1, such as {number_text(float(outside[0]))}; "
        f"{remedy}."
    )


def _with_score(rows: Rows, scores: Floats) -> Rows:
    return rows[~np.isnan(scores[rows])]


def _both_classes(rows: RowScores, outcome: Outcome, name: str) -> None:
    scored = rows.is_bad[(rows.part >= 0) & (rows.is_bad >= 0)]
    lacking = [label for k, label in enumerate(outcome.labels) if not (scored == k).any()]
    if lacking:
        raise UnusableData(
            f"None of the {len(scored):,} rows with '{name}' is {quoted(lacking)}.", fix="Choose a score that both classes have."
        )


def _cutoff(rows: RowScores, scale: ScoreScale, asked: AskedScore) -> float:
    """The place to begin with: of the score that was asked for, else the one that refuses as many rows as went bad."""
    if asked.cutoff is not None:
        if not (math.isfinite(asked.cutoff) and scale.low <= asked.cutoff <= scale.high):
            ends = f"{number_text(scale.low)} to {number_text(scale.high)}"
            raise InvalidSpec.one(
                "cutoff", f"{number_text(asked.cutoff)} is beyond the scores, which go from {ends}; choose one of them."
            )
        return scale.place(asked.cutoff)
    is_bad, places = next(found for part in ("validation", "held_out") if len((found := rows.of(part))[0]))
    ranking = Ranking.of(is_bad, places)
    refused = np.cumsum((ranking.bad + ranking.good)[::-1])[::-1]
    return float(ranking.scores[np.argmin(np.abs(refused - ranking.n_bad))])


def _direction(rows: RowScores, scale: ScoreScale) -> list[str]:
    """A caution where the score ranks the wrong way round; which way is right is for its owner to say."""
    judged = next(found for part in ("held_out", "validation") if len((found := rows.of(part))[0]))
    auc = auc_of(Ranking.of(*judged))
    if auc is None or auc >= 0.5:
        return []
    other = "less risk" if scale.higher_is == "bad" else "more risk"
    return [
        f"The AUC is {auc:.3f}, below one half: rows that '{scale.column}' calls worse went bad less often. If a higher score "
        f"means {other}, evaluate it again and say so."
    ]


def _result(rows: RowScores, drawn: Parts, outcome: Outcome, spec: TrainSpec, scale: ScoreScale, notes: list[str]) -> RunResult:
    told = evaluated(rows, spec.cutoff, is_probability=scale.is_probability, fitted_on=())
    return RunResult(
        **told.fields(),
        data=_data(rows, drawn, outcome, spec),
        cross_validation=None,
        confusion_matrix=None,
        intercepts=(),
        coefficients=(),
        fit=None,
        warnings=tuple(notes),
        versions=versions(),
        scale=scale,
    )


def _data(rows: RowScores, drawn: Parts, outcome: Outcome, spec: TrainSpec) -> DataSummary:
    n_validation, n_test = (len(rows.rows(part)) for part in ("validation", "held_out"))
    scored = rows.is_bad[(rows.part >= 0) & (rows.is_bad >= 0)]
    counts = np.bincount(scored, minlength=2)
    return DataSummary(
        n_rows=len(scored),
        n_train=0,
        n_test=n_test,
        bad_rate=float(counts[1] / len(scored)),
        columns=spec.features,
        labels=outcome.labels,
        class_counts=tuple(map(int, counts)),
        n_validation=n_validation,
        held_out=drawn.words,
    )
