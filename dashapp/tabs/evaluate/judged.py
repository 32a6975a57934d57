"""The rows that a run is judged by, and what all cards of the overview need of them."""

from dataclasses import dataclass

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.parts import part_words
from pipeline.cutoffs.decisions import judged_on, score_tables
from pipeline.evaluation.cutoff_metrics import CutoffFigures, metrics_at
from pipeline.evaluation_results import Confusion, Metrics, PartEvaluation, ScoreTable
from pipeline.figures.curves import score_text
from pipeline.results import RunResult


@dataclass(frozen=True)
class Judged:
    """Held-out rows where there are any, else validation rows, else training rows."""

    part: str
    name: str  # held out, out of time, validation, training
    metrics: Metrics
    evaluation: PartEvaluation | None  # None for runs from before there were any
    table: ScoreTable | None  # None for three classes and more, as is what follows from it
    decisions: CutoffFigures | None
    cutoff: str  # of the run, in words

    @property
    def confusion(self) -> Confusion | None:
        return self.decisions.confusion if self.decisions is not None else None

    @property
    def rows(self) -> str:
        """`1,964 rows, held out`."""
        return f"{theme.plural(self.metrics.n_rows, 'row')}, {self.name}"


def judged(view: RunView, result: RunResult) -> Judged:
    """The decisions are those at the run's own cut-off."""
    part = judged_on(result) or next(part for part in ("held_out", "validation", "training") if result.metrics_of(part))
    found = result.metrics_of(part)
    if found is None:
        raise ValueError(f"The run has a score table of its {part} rows and no metrics of them.")
    table = score_tables(result).get(part)
    decisions = metrics_at(table, view.cutoff) if table is not None else None
    name, words = part_words(part, view.spec), score_text(view.cutoff, result.scale)
    return Judged(part, name, found, result.evaluation(part), table, decisions, words)
