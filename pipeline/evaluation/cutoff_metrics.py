"""Figures of the decisions at any cut-off with their intervals, out of a score table or of four counts; no scores are needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.cutoffs.decisions import confusion_at
from pipeline.evaluation.intervals import wilson_interval
from pipeline.evaluation_results import Confusion, ScoreTable


def _itself(share: float) -> float:
    return share


def _f1_of(share: float) -> float:
    return 2 * share / (1 + share)


@dataclass(frozen=True)
class CutoffMetric:
    """A figure of the decisions: `counted` gives (cases, of how many) out of four counts, `shown` turns their share into it."""

    name: str
    label: str
    counted: Callable[[Confusion], tuple[int, int]]
    best: Literal["high", "low", ""]  # "" where neither end is better
    help: str
    shown: Callable[[float], float] = _itself  # rising from 0 at 0 to 1 at 1


CUTOFF_METRICS = (
    CutoffMetric(
        "accuracy",
        "Accuracy",
        lambda c: (c.tp + c.tn, c.tp + c.fp + c.fn + c.tn),
        "high",
        "Share of rows decided rightly.",
    ),
    CutoffMetric("precision", "Precision", lambda c: (c.tp, c.tp + c.fp), "high", "Share of bads among the refused."),
    CutoffMetric("recall", "Recall", lambda c: (c.tp, c.tp + c.fn), "high", "Share of the bads that are refused."),
    CutoffMetric("specificity", "Specificity", lambda c: (c.tn, c.tn + c.fp), "high", "Share of the goods that are approved."),
    # Of the rows that are bad or refused, tp are both: a share, and F1 = 2 share / (1 + share) rises with it.
    CutoffMetric(
        "f1", "F1", lambda c: (c.tp, c.tp + c.fp + c.fn), "high", "Harmonic mean of precision and recall.", shown=_f1_of
    ),
    CutoffMetric(
        "approval_rate", "Approval rate", lambda c: (c.tn + c.fn, c.tp + c.fp + c.fn + c.tn), "", "Share of rows approved."
    ),
    CutoffMetric(
        "bad_rate_approved",
        "Bad rate among approved",
        lambda c: (c.fn, c.fn + c.tn),
        "low",
        "Share of bads among the approved.",
    ),
)


@dataclass(frozen=True)
class CutoffFigure:
    """A figure at a cut-off with Wilson's 95% interval; all null where there is no row that it could be a share of."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int  # of the rows that it is a share of


@dataclass(frozen=True)
class CutoffFigures:
    """All figures of CUTOFF_METRICS at a cut-off, in their order."""

    cutoff: float
    confusion: Confusion
    figures: tuple[CutoffFigure, ...]

    def figure(self, name: str) -> CutoffFigure:
        return next(figure for figure in self.figures if figure.name == name)


@dataclass(frozen=True)
class ReportRow:
    """A line of a classification report: a class, or a mean over the classes. Null where nothing was said to be of the class."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int  # rows of the class


def figures_of(confusion: Confusion) -> tuple[CutoffFigure, ...]:
    """The figures of CUTOFF_METRICS out of the four counts.

    Parameters
    ----------
    confusion : Confusion

    Returns
    -------
    tuple of CutoffFigure
        One for each of CUTOFF_METRICS, in that order, with Wilson's 95% interval (Wilson 1927).

    Notes
    -----
    With independent rows and the rows in its denominator given, each figure's count is binomial. So is that of F1: among the
    tp + fp + fn rows that are bad or refused each is both with chance J, and F1 = 2 J / (1 + J) carries the ends of J's interval
    over.
    """
    return tuple(_figure(metric, confusion) for metric in CUTOFF_METRICS)


def _figure(metric: CutoffMetric, confusion: Confusion) -> CutoffFigure:
    cases, n = metric.counted(confusion)
    low, high = wilson_interval(cases, n)
    if low is None or high is None:
        return CutoffFigure(metric.name, None, None, None, n)
    return CutoffFigure(metric.name, metric.shown(cases / n), metric.shown(low), metric.shown(high), n)


def metrics_at(table: ScoreTable, cutoff: float) -> CutoffFigures:
    """The figures at a cut-off of a score table.

    Parameters
    ----------
    table : ScoreTable
    cutoff : float
        Rows with a score at or above it are refused. Exact at the table's cut-offs, all multiples of 0.005 among them; between
        two of them the counts are those of the next higher one (`pipeline.cutoffs.decisions.confusion_at`).

    Returns
    -------
    CutoffFigures
    """
    confusion = confusion_at(table, cutoff)
    return CutoffFigures(cutoff, confusion, figures_of(confusion))


def classification_report(confusion: Confusion, labels: tuple[str, str] = ("good", "bad")) -> tuple[ReportRow, ...]:
    """Precision, recall and F1 of both classes and their means, as scikit-learn's classification_report has them.

    Parameters
    ----------
    confusion : Confusion
    labels : (good label, bad label)

    Returns
    -------
    tuple of ReportRow
        Good, bad, "macro avg" (the plain mean) and "weighted avg" (weighted by support). Unlike there, what divides by zero is
        null and not 0, and so is a mean with it.
    """
    return report_of_matrix(((confusion.tn, confusion.fp), (confusion.fn, confusion.tp)), labels)


def report_of_matrix(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> tuple[ReportRow, ...]:
    """The same of a confusion matrix of any number of classes: rows actual, columns predicted, in the order of the labels."""
    said = [sum(row[k] for row in matrix) for k in range(len(labels))]
    rows = [_row(label, matrix[k][k], said[k], sum(matrix[k])) for k, label in enumerate(labels)]
    return *rows, _mean("macro avg", rows, [1] * len(rows)), _mean("weighted avg", rows, [row.support for row in rows])


def _row(name: str, hit: int, said: int, support: int) -> ReportRow:
    either = said + support
    return ReportRow(
        name,
        precision=hit / said if said else None,
        recall=hit / support if support else None,
        f1=2 * hit / either if either else None,
        support=support,
    )


def _mean(name: str, rows: Sequence[ReportRow], weights: Sequence[int]) -> ReportRow:
    def mean(values: list[float | None]) -> float | None:
        known = [(weight, value) for weight, value in zip(weights, values, strict=True) if value is not None]
        total = sum(weights)
        return sum(weight * value for weight, value in known) / total if total and len(known) == len(values) else None

    return ReportRow(
        name,
        mean([row.precision for row in rows]),
        mean([row.recall for row in rows]),
        mean([row.f1 for row in rows]),
        sum(row.support for row in rows),
    )
