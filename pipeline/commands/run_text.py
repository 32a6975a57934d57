"""A run as text for a terminal."""

from pipeline.commands.texts import aligned
from pipeline.metrics import METRICS
from pipeline.results import Coefficient, Metrics, RunResult
from pipeline.spec import TrainSpec


def run_text(spec: TrainSpec, result: RunResult, notices: tuple[str, ...]) -> str:
    """The figures, the coefficients and what should be known about them, in aligned columns."""
    parts = [_head(spec, result), _figures(result), _cross(result), _coefficients(result), _notes(result, notices)]
    return "\n\n".join(filter(None, parts))


def _head(spec: TrainSpec, result: RunResult) -> str:
    data = result.data
    classes = ", ".join(f"{label} {count:,}" for label, count in zip(data.labels, data.class_counts, strict=True))
    held = f"{data.n_test:,} held out" if data.n_test else "none held out"
    bad = "" if data.bad_rate is None else f", {data.bad_rate:.1%} bad ('{data.labels[1]}')"
    return f"{spec.target}: {data.n_rows:,} rows{bad}; trained on {data.n_train:,}, {held}\nclasses: {classes}"


def _figures(result: RunResult) -> str:
    rows = [(metric.label, _number(result.train, metric.name), _number(result.test, metric.name)) for metric in METRICS]
    return aligned([("", "training", "held out"), *rows])


def _number(part: Metrics | None, name: str) -> str:
    value = None if part is None else getattr(part, name)
    return "–" if value is None else f"{value:.4f}"


def _cross(result: RunResult) -> str:
    cross = result.cross_validation
    if cross is None:
        return ""
    return (
        f"{cross.folds}-fold cross-validation: AUC {cross.auc.mean:.4f} (sd {cross.auc.sd:.4f}), "
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
