"""What a run says of newer rows than those that it was made on: how the score has moved, and how right it still is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.evaluation.metrics import Judged, Ranking, figures
from pipeline.evaluation.score_tables import score_table
from pipeline.evaluation_results import Metrics, ScoreTable
from pipeline.frame import Floats
from pipeline.outcome import known_classes
from pipeline.pairing_results import Monitoring
from pipeline.scores.row_scores import UNUSED, Flags, RowScores
from pipeline.scores.score_shift import score_shift


def outcomes(values: pa.ChunkedArray, labels: tuple[str, str]) -> Flags:
    """What came of newer rows.

    Parameters
    ----------
    values : pyarrow.ChunkedArray
        The outcome column.
    labels : (str, str)
        (good, bad) of the run. Where the good one is "not ..." it stands for every other value.

    Returns
    -------
    ndarray of int8, shape (n,)
        1 for bad, 0 for good, -1 where the value is missing or neither label.
    """
    return known_classes(values, labels).astype(np.int8)


def newer_scores(score: Floats, is_bad: Flags | None) -> RowScores:
    """Scores of rows that were for nothing in the run; `is_bad` is None where the outcome is not known yet."""
    n = len(score)
    return RowScores(np.full(n, UNUSED, np.int8), np.full(n, -1, np.int8) if is_bad is None else is_bad, score)


def monitored(
    reference: RowScores,
    newer: RowScores,
    *,
    cutoff: float,
    cutoffs: Sequence[float],
    dataset_name: str,
    unseen: Mapping[str, int],
    notes: Sequence[str] = (),
    is_probability: bool = True,
) -> Monitoring:
    """Newer rows against those that the run was made on.

    Parameters
    ----------
    reference : RowScores
        Of the run's own data set: its training rows, or where it has none (a score from elsewhere) its validation rows.
    newer : RowScores
        Of the newer data set, as `newer_scores` gives them; NaN where a row could not be scored.
    cutoff, cutoffs
        The run's cut-off, and the ascending ones to count at, the first of them 0.
    dataset_name : str
    unseen : mapping of str to int
        Rows of each column with a level that training never saw.
    notes : sequence of str
        Sentences on what was left out.
    is_probability : bool
        Whether scores are probabilities of bad; else there is no Brier score, no log-loss and no expected number of bads.

    Returns
    -------
    Monitoring
        With metrics where the newer rows have the outcome, over the rows that have it.
    """
    part = "training" if len(reference.rows("training")) else "validation"
    was_bad, was = reference.of(part)
    scored = ~np.isnan(newer.score)
    now = newer.score[scored]
    psi, bands = score_shift(Ranking.of(was_bad, was), Ranking.of(newer.is_bad[scored] == 1, now))
    metrics, table, expected = _judged(newer, scored, cutoff, cutoffs, is_probability=is_probability)
    return Monitoring(
        dataset_name=dataset_name,
        n_rows=len(newer.score),
        n_scored=int(scored.sum()),
        psi=psi,
        bands=bands,
        mean_reference=float(was.mean()),
        mean_newer=float(now.mean()),
        approval_reference=float((was < cutoff).mean()),
        approval_newer=float((now < cutoff).mean()),
        cutoff=cutoff,
        unseen=tuple(sorted(unseen.items(), key=lambda item: (-item[1], item[0]))),
        metrics=metrics,
        scores=table,
        expected_bad=expected,
        notes=tuple(notes),
    )


def _judged(
    newer: RowScores, scored: NDArray[np.bool_], cutoff: float, cutoffs: Sequence[float], *, is_probability: bool
) -> tuple[Metrics | None, ScoreTable | None, float | None]:
    known = scored & (newer.is_bad >= 0)
    if not known.any():
        return None, None, None
    judged = Judged(newer.is_bad[known] == 1, newer.score[known], cutoff)
    table = score_table(judged.ranking, np.asarray(cutoffs, np.float64))
    if not is_probability:
        return replace(figures(judged), brier_score=None, log_loss=None), table, None
    return figures(judged), table, float(judged.probability.sum())
