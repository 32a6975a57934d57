"""The runs of a comparison, each with its letter, the rows that it is judged by, and what it is worth beside the champion."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashapp.tabs.evaluate.judged import Judged, judged
from dashapp.usecases.pairings import Picked
from dashapp.usecases.runs import RunView
from pipeline.evaluation.cutoff_metrics import CUTOFF_METRICS
from pipeline.evaluation_results import Calibration
from pipeline.figures.compare import Drawn
from pipeline.pairing_results import MetricDifference, Pair, Pairing
from pipeline.results import RunResult
from pipeline.shown import short

LONGEST_NAME = 40
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Side:
    """A run that stands beside others; the champion has place 0, and no pair."""

    place: int
    view: RunView
    result: RunResult
    judged: Judged
    pair: Pair | None

    @property
    def mark(self) -> str:
        return LETTERS[self.place]

    @property
    def name(self) -> str:
        """The run's name as far as a table's head or a sentence has room for it."""
        return short(self.view.name, LONGEST_NAME)

    @property
    def calibration(self) -> Calibration | None:
        """Of the rows that it is judged by."""
        return self.result.calibration_of(self.judged.part)

    @property
    def drawn(self) -> Drawn:
        return Drawn(self.mark, self.name, self.place)


@dataclass(frozen=True)
class Row:
    """A metric as the table of metrics has it. `form` is metric, share or plain; `best` high, low or nothing."""

    name: str
    label: str
    help: str
    form: str
    best: str


@dataclass(frozen=True)
class Value:
    """A metric of one run with its 95% interval, and its paired difference to the champion where there is one."""

    value: float | None
    low: float | None = None
    high: float | None = None
    difference: MetricDifference | None = None


_SHARES = ("approval_rate", "bad_rate_approved", "recall", "specificity", "precision", "accuracy")
_DECISIONS = ("approval_rate", "bad_rate_approved", "recall", "specificity", "precision", "f1", "accuracy")


def sides_of(picked: Picked, pairing: Pairing | None) -> list[Side]:
    pairs = {pair.run_id: pair for pair in pairing.pairs} if pairing is not None else {}
    return [
        Side(place, view, view.result, judged(view, view.result), pairs.get(view.id))
        for place, view in enumerate(picked.views)
        if view.result is not None
    ]


def rows() -> list[Row]:
    """All metrics, those of the scores first."""
    from pipeline.evaluation.metrics import METRICS  # brings numpy along, which no other page needs

    of_score = [Row(m.name, m.label, m.help, "metric", m.best) for m in METRICS if m.on == "score"]
    precision = Row("average_precision", "Average precision", "Precision averaged over the steps of recall.", "metric", "high")
    slope = Row("calibration_slope", "Calibration slope", "1 is right; below 1 the chances are too far apart.", "plain", "")
    shift = Row(
        "psi", "Shift of the score",
        "Population stability index of the score, training against the judged rows: below 0.10 stable.", "metric", "",
    )  # fmt: skip
    known = {m.name: m for m in CUTOFF_METRICS}
    decisions = [
        Row(name, known[name].label, known[name].help, "share" if name in _SHARES else "metric", known[name].best)
        for name in _DECISIONS
    ]
    return [*of_score[:3], precision, *of_score[3:], slope, shift, *decisions]


def value_of(side: Side, row: Row) -> Value:
    """What a run has of a metric, on the rows that it is judged by; decisions at its own cut-off."""
    paired = side.pair.difference(row.name) if side.pair is not None else None
    if row.name in _DECISIONS:
        if side.judged.decisions is None:
            return Value(getattr(side.judged.metrics, row.name, None))
        figure = side.judged.decisions.figure(row.name)
        return Value(figure.value, figure.low, figure.high, paired)
    if row.name == "psi":
        return Value(_shift(side))
    evaluation = side.judged.evaluation
    if row.name == "average_precision":
        curve = evaluation.precision_recall if evaluation is not None else None
        return Value(curve.average_precision, curve.low, curve.high) if curve is not None else Value(None)
    if row.name == "calibration_slope":
        found = side.calibration
        return Value(found.slope, found.slope_low, found.slope_high) if found is not None else Value(None)
    interval = evaluation.interval(row.name) if evaluation is not None else None
    low, high = (interval.low, interval.high) if interval is not None else (None, None)
    if row.name == "auc" and low is None:
        low, high = side.judged.metrics.auc_low, side.judged.metrics.auc_high
    return Value(getattr(side.judged.metrics, row.name), low, high, paired)


def present(sides: Sequence[Side]) -> list[tuple[Row, list[Value]]]:
    """The metrics that at least one of the runs has."""
    found = [(row, [value_of(side, row) for side in sides]) for row in rows()]
    return [(row, values) for row, values in found if any(value.value is not None for value in values)]


def _shift(side: Side) -> float | None:
    from pipeline.scores.score_shift import table_shift

    training = side.result.scores_train
    if training is None or side.judged.table is None or side.judged.part == "training":
        return None
    return table_shift(training, side.judged.table)[0]
