"""A run as text for a terminal."""

from pipeline.commands.texts import aligned
from pipeline.metrics import METRICS
from pipeline.results import Coefficient, Metrics, RunResult
from pipeline.spec import TrainSpec


def run_text(spec: TrainSpec, result: RunResult, notices: tuple[str, ...]) -> str:
    """The figures, the coefficients and what should be known about them, in aligned columns."""
    parts = [_head(spec, result), _figures(result), _classes(result), _calibrations(result), _cross(result)]
    parts += [_coefficients(result), _notes(result, notices)]
    return "\n\n".join(filter(None, parts))


def _head(spec: TrainSpec, result: RunResult) -> str:
    data = result.data
    classes = ", ".join(f"{label} {count:,}" for label, count in zip(data.labels, data.class_counts, strict=True))
    fitted = f" ({data.n_fitted:,} after resampling)" if data.n_fitted else ""
    apart = f", {data.n_validation:,} for validation" if data.n_validation else ""
    held = f"{data.n_test:,} held out" if data.n_test else "none held out"
    how = f"\nheld out: {data.held_out}" if data.held_out else ""
    bad = "" if data.bad_rate is None else f", {data.bad_rate:.1%} bad ('{data.labels[1]}')"
    return (
        f"{spec.target}: {data.n_rows:,} rows{bad}; trained on {data.n_train:,}{fitted}{apart}, {held}{how}\nclasses: {classes}"
    )


def _figures(result: RunResult) -> str:
    parts = {"training": result.train, "validation": result.validation, "held out": result.test}
    shown = {name: part for name, part in parts.items() if name != "validation" or part}
    rows = [(metric.label, *(_number(part, metric.name) for part in shown.values())) for metric in METRICS]
    return aligned([("", *shown), *rows])


def _classes(result: RunResult) -> str:
    """Each class against the rest, for three classes and more."""
    if not result.classes:
        return ""
    where = "held out" if result.test else "training"
    rows = [
        (each.label, f"{each.n_rows:,}", *(_plain(value) for value in (each.auc, each.precision, each.recall, each.f1)))
        for each in result.classes
    ]
    return aligned([(f"class ({where})", "rows", "ROC AUC", "precision", "recall", "F1"), *rows])


def _calibrations(result: RunResult) -> str:
    """What was expected against what came, with and without the correction for a changed prior."""
    where = "held out" if result.test else "training"
    found = (
        (f"calibration ({where})", result.calibration),
        ("  before the correction", result.calibration_before),
        ("  if corrected", result.calibration_after),
    )
    rows = [
        (name, f"{each.expected_bad:,.1f}", f"{each.n_bad:,}", _plain(each.slope, 2), _plain(each.intercept, 2))
        for name, each in found
        if each is not None
    ]
    return aligned([("", "bads expected", "came", "slope", "intercept"), *rows]) if rows else ""


def _plain(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _number(part: Metrics | None, name: str) -> str:
    value = None if part is None else getattr(part, name)
    return _plain(value)


def _cross(result: RunResult) -> str:
    cross = result.cross_validation
    if cross is None:
        return ""
    times = f", {cross.repeats} times" if cross.repeats > 1 else ""
    return (
        f"{cross.folds}-fold cross-validation{times}: AUC {cross.auc.mean:.4f} (sd {cross.auc.sd:.4f}), "
        f"log-loss {cross.log_loss.mean:.4f} (sd {cross.log_loss.sd:.4f})"
    )


def _coefficients(result: RunResult) -> str:
    several = len(result.intercepts) > 1
    rows: list[tuple[str, ...]] = [("", "estimate", "std. error", "z", "p", "odds ratio")]
    for row in (*result.intercepts, *result.coefficients):
        name = row.field if row.level is None else f"{row.field} = {row.level} (against {row.reference})"
        rows.append((f"{row.label}: {name}" if several else name, *_cells(row)))
    reasons = dict.fromkeys(row.reason for row in (*result.intercepts, *result.coefficients) if row.reason)
    return "\n".join([aligned(rows), *map(str, reasons)])


def _cells(row: Coefficient) -> tuple[str, ...]:
    ratio = "–" if row.field == "(intercept)" or row.odds_ratio is None else f"{row.odds_ratio:.4g}"
    if row.std_error is None or row.z is None or row.p_value is None:
        return f"{row.estimate:.6g}", "–", "–", "–", ratio
    return f"{row.estimate:.6g}", f"{row.std_error:.4g}", f"{row.z:.2f}", f"{row.p_value:.3g}", ratio


def _notes(result: RunResult, notices: tuple[str, ...]) -> str:
    return "\n".join(f"Note: {sentence}" for sentence in (*notices, *result.warnings))
