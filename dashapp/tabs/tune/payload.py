"""What the browser needs of a path to move everything by itself, as small as it can be sent.

Counts and ROC points travel as the differences between neighbours: whole numbers, few bits each, a run of zeros as its length
(`dashapp.widgets.packed`). Figures of merit travel with nine digits, so that the
browser rounds them as every other page does.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from dashapp.usecases.runs import RunView
from dashapp.widgets.packed import packed
from pipeline.evaluation_results import RocCurve
from pipeline.figures.path import columns_of, judged_part
from pipeline.options import Option
from pipeline.spec import TrainSpec
from pipeline.study_results import PathFigure, PathPart, TuningPath

METRICS = ("auc", "auc_low", "auc_high", "ks_statistic", "brier_score", "log_loss")
CLASS_METRICS = ("accuracy", "precision", "recall", "f1")  # for three classes and more: decisions by the most probable class
ROC_UNIT = 10_000  # a point of the curve is a whole number of these parts


def payload(path: TuningPath, view: RunView, study_id: str, *, own: bool, differences: Sequence[str]) -> dict[str, Any]:
    """The path as the browser holds it; `own` where its options are the saved run's."""
    judged = judged_part(path)
    labels = list(dict.fromkeys(column.label for column in path.columns))
    return {
        "study": study_id,
        "run": view.id,
        "own": own,
        "differences": list(differences),
        "saved": {"C": view.spec.C, "cutoff": view.cutoff},
        "labels": list(path.labels),
        "Cs": list(path.Cs),
        "auc": _over_folds(path.auc),
        "log_loss": _over_folds(path.log_loss),
        "folds": path.folds,
        "repeats": path.repeats,
        "judged": judged.name,
        "parts": [_part(part) for part in path.parts],
        "roc": {part.name: packed(_roc(part.roc)) for part in (training(path), judged)},
        "coefficients": {label: _coefficients(path, label) for label in labels},
    }


def training(path: TuningPath) -> PathPart:
    return next(part for part in path.parts if part.name == "training")


def _over_folds(found: PathFigure) -> dict[str, Any]:
    return {"mean": _rounded(found.mean), "se": _rounded(found.se), "best": found.best, "one_se": found.one_se}


def _part(part: PathPart) -> dict[str, Any]:
    names = METRICS if part.cutoffs else (*METRICS, *CLASS_METRICS)
    return {
        "name": part.name,
        "n_rows": part.n_rows,
        "n_bad": part.n_bad,
        "metrics": {name: _rounded(getattr(metrics, name) for metrics in part.metrics) for name in names},
        "slope": _rounded(part.calibration_slope),
        "cutoffs": list(part.cutoffs),
        "counts": packed(_cells(part)),
    }


def _cells(part: PathPart) -> Iterable[int]:
    """Rows between one cut-off and the next, for each C the bads and then the goods."""
    for bads, goods in zip(part.bad_at_or_above, part.good_at_or_above, strict=True):
        for counts in (bads, goods):
            yield from (here - after for here, after in pairwise((*counts, 0)))


def _roc(curves: Iterable[RocCurve]) -> Iterable[int]:
    """For each C the number of points, then the steps to the right, then those up."""
    for curve in curves:
        yield len(curve.false_positive_rate)
        for rates in (curve.false_positive_rate, curve.true_positive_rate):
            yield from (after - here for here, after in pairwise((0, *(round(rate * ROC_UNIT) for rate in rates))))


def _coefficients(path: TuningPath, label: str) -> dict[str, Any]:
    """The drawn coefficients by column, and those that are emphasised, as places among them."""
    drawn = columns_of(path, label)
    return {
        "names": [path.columns[i].name for i in drawn],
        "fields": [path.columns[i].field for i in drawn],
        "levels": [path.columns[i].level for i in drawn],
        "values": [[_digits(row[i], 4) for row in path.coefficients] for i in drawn],
        "n_zero": [sum(row[i] == 0 for i, c in enumerate(path.columns) if c.label == label) for row in path.coefficients],
        "n": sum(column.label == label for column in path.columns),
    }


def differences(saved: TrainSpec, shown: TrainSpec) -> list[str]:
    """What the options of a path change of the saved run's: "Penalty: L1", "17 instead of 20 columns"."""
    named: dict[str, Option] = {option.name: option for option in TrainSpec.options()}
    found = []
    for name, option in named.items():
        before, now = getattr(saved, name), getattr(shown, name)
        if before == now or name in {"C", "cutoff", "bootstrap", "solver", "class_weights", "fold_repeats"}:
            continue
        if option.kind == "choice":
            found.append(f"{option.label}: {next(choice.label for choice in option.choices if choice.value == now)}")
        elif name == "features":
            found.append(f"{len(now)} instead of {len(before)} columns")
        elif name == "folds":
            found.append(f"{shown.fold_repeats} × {now} folds" if shown.fold_repeats > 1 else f"{now} folds")
        elif option.kind in {"number", "integer"}:
            found.append(f"{option.label}: {now:g}")
    if saved.class_weight == shown.class_weight == "given" and saved.class_weights != shown.class_weights:
        found.append("other class weights")
    return found


def _rounded(values: Iterable[float | None]) -> list[float | None]:
    return [None if value is None else _digits(value, 9) for value in values]


def _digits(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
