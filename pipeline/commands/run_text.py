"""A run as text for a terminal."""

from pipeline.commands.texts import aligned
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation_results import Metrics
from pipeline.results import Coefficient, FitSummary, RunResult
from pipeline.spec import TrainSpec


def run_text(spec: TrainSpec, result: RunResult, notices: tuple[str, ...]) -> str:
    """The figures, the coefficients and what should be known about them, in aligned columns."""
    parts = [_head(spec, result), _figures(result), _classes(result), _calibrations(result), _cross(result)]
    parts += [_fit(result.fit), _coefficients(result), _notes(result, notices)]
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
    told = result.evaluation("held_out") or result.evaluation("training")
    rows = []
    for metric in METRICS:
        interval = told.interval(metric.name) if told else None
        ends = f"{interval.low:.4f} to {interval.high:.4f}" if interval else "–"
        rows.append((metric.label, *(_number(part, metric.name) for part in shown.values()), ends))
    return aligned([("", *shown, f"95% interval ({'held out' if result.test else 'training'})"), *rows])


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


def _fit(fit: FitSummary | None) -> str:
    """The fit as a whole in two or three lines: what it says against the intercept alone, and how it ended."""
    if fit is None:
        return ""
    steps = "1 step" if fit.iterations == 1 else f"{fit.iterations} steps"
    ended = f"{'converged' if fit.converged else 'not converged'} in {steps}, gradient {fit.gradient_norm:.1e}"
    r2 = "" if fit.mcfadden_r2 is None else f", McFadden R² {fit.mcfadden_r2:.4f}"
    lines = [f"deviance {fit.deviance:.2f} (null {fit.null_deviance:.2f}){r2}; {ended}"]
    if fit.likelihood_ratio is not None and fit.likelihood_ratio_p is not None:
        test = f"likelihood ratio {fit.likelihood_ratio:.2f} on {fit.likelihood_ratio_df} df, p {fit.likelihood_ratio_p:.3g}"
        lines.append(f"{test}; AIC {fit.aic:.2f}, BIC {fit.bic:.2f}")
    return "\n".join([*lines, *filter(None, [fit.no_tests])])


def _coefficients(result: RunResult) -> str:
    several = len(result.intercepts) > 1
    every = (*result.intercepts, *result.coefficients)
    errors = any(row.std_error is not None for row in every)
    drawn = any(row.bootstrap_low is not None for row in every)
    heads = ["", "estimate", *(["std. error", "z", "p", "95% interval"] if errors else []), *(["bootstrap 95%"] if drawn else [])]
    rows: list[tuple[str, ...]] = [(*heads, "odds ratio", "per sd", "VIF", "alone")]
    for row in every:
        name = row.field if row.level is None else f"{row.field} = {row.level} (against {row.reference})"
        cells = _cells(row, errors=errors, drawn=drawn)
        rows.append((f"{row.label}: {name}" if several else name, *cells))
    reasons = dict.fromkeys(row.reason for row in every if row.reason)
    return "\n".join([aligned(rows), *map(str, reasons)])


def _cells(row: Coefficient, *, errors: bool, drawn: bool) -> list[str]:
    cells = [f"{row.estimate:.6g}"]
    if errors:
        cells += [_short(row.std_error), _plain(row.z, 2), _short(row.p_value, 3), _ends(row.ci_low, row.ci_high)]
    if drawn:
        cells.append(_ends(row.bootstrap_low, row.bootstrap_high))
    if row.field == "(intercept)":
        return [*cells, "–", "–", "–", "–"]
    turned = row.univariate is not None and row.univariate * row.estimate < 0
    alone = _short(row.univariate, 3) + (" (turned)" if turned else "")
    return [*cells, _short(row.odds_ratio), _short(row.odds_ratio_sd), _short(row.vif, 3), alone]


def _short(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}g}"


def _ends(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.4g} to {high:.4g}"


def _notes(result: RunResult, notices: tuple[str, ...]) -> str:
    return "\n".join(f"Note: {sentence}" for sentence in (*notices, *result.warnings))
