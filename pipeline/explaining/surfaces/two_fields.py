"""The model that two fields alone would make: trained as the run was, and judged on the same rows."""

import pyarrow as pa

from pipeline.boundary_results import AucOf, TwoFieldModel
from pipeline.evaluation.paired import auc_difference
from pipeline.results import Report, RunResult, no_report
from pipeline.scores.row_scores import RowScores
from pipeline.spec import TrainSpec
from pipeline.training import train


def two_field_model(
    table: pa.Table, spec: TrainSpec, full: RunResult, scores: RowScores | None, *, report: Report = no_report
) -> TwoFieldModel:
    """Trains it.

    Parameters
    ----------
    table : pyarrow.Table
        The run's rows.
    spec : TrainSpec
        The run's, with the two fields as its features.
    full : RunResult
        The run's.
    scores : RowScores, optional
        What the run said of the rows, for two classes: for the difference of the AUCs.

    Raises
    ------
    UnusableData, InvalidSpec, Stopped
        As `pipeline.training.train`: where neither field varies, above all.
    """
    trained = train(table, spec, report=report)
    part = "held_out" if trained.result.test is not None else "training"
    own, other = auc_of(trained.result, part), auc_of(full, part)
    metrics = trained.result.metrics_of(part)
    difference = None
    if scores is not None and trained.row_scores is not None:
        rows = scores.rows(part)
        found = auc_difference(scores.is_bad[rows] == 1, trained.row_scores.score[rows], scores.score[rows])
        difference = AucOf(found.difference, found.low, found.high) if found is not None else None
    return TwoFieldModel(
        fields=(spec.features[0], spec.features[1]),
        model=trained.model.to_json(),
        part=part,
        n_rows=metrics.n_rows if metrics is not None else 0,
        own=own,
        full=other,
        difference=difference,
        left_out=tuple(name for name, _ in trained.result.data.left_out if name in spec.features),
        warnings=trained.result.warnings,
    )


def auc_of(result: RunResult, part: str) -> AucOf:
    """The AUC of a run on a part, with its interval where it has one."""
    metrics = result.metrics_of(part)
    if metrics is None:
        return AucOf(None)
    if metrics.auc_low is not None:
        return AucOf(metrics.auc, metrics.auc_low, metrics.auc_high)
    told = result.evaluation(part)
    found = next((one for one in told.intervals if one.metric == "auc"), None) if told is not None else None
    return AucOf(metrics.auc, found.low, found.high) if found is not None else AucOf(metrics.auc)
