"""What is told of each part of the rows: metrics with intervals, curves, score tables on one grid of cut-offs, calibration."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.calibration_tests import brier_parts, hosmer_lemeshow
from pipeline.evaluation.gains import gains_bands
from pipeline.evaluation.metric_intervals import metric_intervals
from pipeline.evaluation.metrics import Judged, Ranking, figures
from pipeline.evaluation.precision_recall import precision_recall_curve
from pipeline.evaluation.roc import roc_curve
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.evaluation_results import Confusion, MetricInterval, Metrics, PartEvaluation, RocCurve, ScoreTable
from pipeline.scores.row_scores import RowScores

PARTS = ("training", "cross_validated", "validation", "held_out")
_FIELDS = {"training": "train", "validation": "validation", "held_out": "test"}
_UNTOUCHED = ("held_out", "training", "validation")  # the first that a run has is the one its calibration is told of


@dataclass(frozen=True)
class Evaluated:
    """For each part that has rows its metrics, decisions at the cut-off, ROC curve, score table, and the rest of what is told."""

    metrics: Mapping[str, Metrics] = field(default_factory=dict)
    confusions: Mapping[str, Confusion] = field(default_factory=dict)
    rocs: Mapping[str, RocCurve | None] = field(default_factory=dict)
    tables: Mapping[str, ScoreTable] = field(default_factory=dict)
    evaluations: tuple[PartEvaluation, ...] = ()

    def fields(self) -> dict[str, Any]:
        """All fields of `pipeline.results.RunResult` that are told of parts of the rows, null for parts that there are not."""
        found: dict[str, Any] = {"scores_cross_validated": self.tables.get("cross_validated")}
        for part, name in _FIELDS.items():
            found[name] = self.metrics.get(part)
            found[f"confusion_{name}"] = self.confusions.get(part)
            found[f"roc_{name}"] = self.rocs.get(part)
            found[f"scores_{name}"] = self.tables.get(part)
        told = {evaluation.part: evaluation for evaluation in self.evaluations}
        untouched = next((told[part] for part in _UNTOUCHED if part in told), None)
        return {**found, "calibration": untouched and untouched.calibration, "evaluations": self.evaluations}


def evaluated(
    scores: RowScores, cutoff: float, *, is_probability: bool = True, fitted_on: Collection[str] = ("training",)
) -> Evaluated:
    """Evaluates every part of a run of two classes.

    Parameters
    ----------
    scores : RowScores
    cutoff : float
        Of the spec; one of the cut-offs that are counted at.
    is_probability : bool
        Whether the scores are probabilities of bad. Where they are only places on a scale, all that compares a probability with
        what came is null: Brier score and its parts, log-loss, calibration, Hosmer-Lemeshow.
    fitted_on : collection of str
        Parts whose rows taught the scores.

    Returns
    -------
    Evaluated
        `RunResult(**evaluated(...).fields(), ...)` is a run's result without data, coefficients and fit. The tables of all
        parts have the same cut-offs, made of the scores of the rows that no fit saw (of the training rows where there are no
        others), so that a cut-off chosen on one part is exact on the others.
    """
    parts = {part: Judged(*scores.of(part), cutoff) for part in PARTS}
    parts = {part: judged for part, judged in parts.items() if len(judged.is_bad)}
    unseen = [judged.ranking for part, judged in parts.items() if part not in fitted_on]
    cutoffs = cutoffs_of(Ranking.pooled(unseen or [judged.ranking for judged in parts.values()]), cutoff)
    metrics = {part: _metrics(judged, is_probability) for part, judged in parts.items()}
    return Evaluated(
        metrics=metrics,
        confusions={part: judged.confusion for part, judged in parts.items()},
        rocs={part: roc_curve(judged.ranking) for part, judged in parts.items()},
        tables={part: score_table(judged.ranking, cutoffs) for part, judged in parts.items()},
        evaluations=tuple(
            _told(part, judged, metrics[part], is_probability=is_probability, fitted=part in fitted_on)
            for part, judged in parts.items()
        ),
    )


def evaluated_classes(metrics: Mapping[str, Metrics], intervals: Mapping[str, tuple[MetricInterval, ...]]) -> Evaluated:
    """The same for three classes and more, whose parts have metrics and intervals alone."""
    told = (PartEvaluation(part, found.n_rows, None, intervals[part]) for part, found in metrics.items())
    return Evaluated(metrics, evaluations=tuple(told))


def _metrics(judged: Judged, is_probability: bool) -> Metrics:
    found = figures(judged)
    return found if is_probability else replace(found, brier_score=None, log_loss=None)


def _told(part: str, judged: Judged, metrics: Metrics, *, is_probability: bool, fitted: bool) -> PartEvaluation:
    ranking = judged.ranking
    return PartEvaluation(
        part=part,
        n_rows=len(judged.is_bad),
        n_bad=ranking.n_bad,
        intervals=metric_intervals(ranking, judged.confusion, is_probability=is_probability),
        precision_recall=precision_recall_curve(ranking),
        gains=gains_bands(ranking),
        brier=brier_parts(ranking) if is_probability else None,
        hosmer_lemeshow=hosmer_lemeshow(ranking, fitted=fitted) if is_probability else None,
        calibration=calibration_of(judged) if is_probability else None,
        metrics=None if part in _FIELDS else metrics,
    )
