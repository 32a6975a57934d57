"""What is told of each part of the rows: score tables on one grid of cut-offs, intervals, curves, calibration tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.evaluation import cutoffs_of, figures, score_table
from pipeline.metrics import Judged, Ranking
from pipeline.results import PartEvaluation, ScoreTable
from pipeline.row_scores import RowScores

PARTS = ("training", "cross_validated", "validation", "held_out")


@dataclass(frozen=True)
class Evaluated:
    """For each part that has rows its score table, and the rest of what is told of it."""

    tables: Mapping[str, ScoreTable] = field(default_factory=dict)
    evaluations: tuple[PartEvaluation, ...] = ()


def evaluated(scores: RowScores, cutoff: float) -> Evaluated:
    """Evaluates every part of a run of two classes.

    Parameters
    ----------
    scores : RowScores
    cutoff : float
        Of the spec; one of the cut-offs that are counted at.

    Returns
    -------
    Evaluated
        The tables of all parts have the same cut-offs, made of the scores of the rows that no fit saw (of the training rows
        where there are no others), so that a cut-off chosen on one part is exact on the others.
    """
    rankings = {}
    for part in PARTS:
        is_bad, score = scores.of(part)
        if len(score):
            rankings[part] = Ranking.of(is_bad, score)
    unseen = [ranking for part, ranking in rankings.items() if part != "training"]
    cutoffs = cutoffs_of(Ranking.pooled(unseen or list(rankings.values())), cutoff)
    tables = {part: score_table(ranking, cutoffs) for part, ranking in rankings.items()}
    return Evaluated(tables, tuple(_part(part, scores, ranking, cutoff) for part, ranking in rankings.items()))


def _part(part: str, scores: RowScores, ranking: Ranking, cutoff: float) -> PartEvaluation:
    is_bad, score = scores.of(part)
    metrics = figures(Judged(is_bad, score, cutoff)) if part == "cross_validated" else None
    return PartEvaluation(part, len(score), ranking.n_bad, metrics=metrics)
