"""What evaluate found, as text for a terminal."""

from collections.abc import Mapping
from typing import Any

from pipeline.commands.texts import aligned
from pipeline.evaluation.metrics import METRICS

_AT = (
    ("accuracy", "accuracy"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("specificity", "specificity"),
    ("f1", "F1"),
    ("approval_rate", "approved"),
    ("bad_rate_approved", "bad of approved"),
)
_LINE = ("slope", "intercept")


def evaluation_text(found: Mapping[str, Any]) -> str:
    """The JSON of two classes in aligned columns, and what should be known about it."""
    parts = [_head(found), _metrics(found), _matrix(found), _report(found), _at_cutoffs(found), _calibration(found)]
    return "\n\n".join(filter(None, [*parts, _strategy(found), _notes(found)]))


def classes_text(found: Mapping[str, Any]) -> str:
    """The same for three classes and more."""
    head = f"{found['metrics']['n_rows']:,} rows of {len(found['labels'])} classes; each row counts as the most probable one"
    labels = found["confusion_matrix"]["labels"]
    rows = zip(labels, found["confusion_matrix"]["rows"], strict=True)
    matrix = aligned([("actual, predicted", *labels), *((label, *(f"{n:,}" for n in row)) for label, row in rows)])
    return "\n\n".join([head, _metrics(found), matrix, _report(found), _notes(found)])


def _head(found: Mapping[str, Any]) -> str:
    metrics, bad = found["metrics"], found["labels"][1]
    return f"{metrics['n_rows']:,} rows, {metrics['n_bad']:,} bad ('{bad}'); refused at the cut-off {found['cutoff']:g} and worse"


def _metrics(found: Mapping[str, Any]) -> str:
    rows = [("", "", "95% interval", "by")]
    for metric in METRICS:
        low, high = found["intervals"].get(metric.name, (None, None))
        interval = "–" if low is None else f"{low:.4f} to {high:.4f}"
        how = found["interval_methods"].get(metric.name, "")
        rows.append((metric.label, _plain(found["metrics"][metric.name]), interval, how))
    curve = found.get("precision_recall")
    if curve is not None:
        interval = "–" if curve["low"] is None else f"{curve['low']:.4f} to {curve['high']:.4f}"
        rows.append(("Average precision", _plain(curve["average_precision"]), interval, "logit"))
    return aligned(rows)


def _matrix(found: Mapping[str, Any]) -> str:
    counts, (good, bad) = found["confusion_matrix"], found["labels"]
    return aligned(
        [
            ("", "approved", "refused"),
            (good, f"{counts['tn']:,}", f"{counts['fp']:,}"),
            (bad, f"{counts['fn']:,}", f"{counts['tp']:,}"),
        ]
    )


def _report(found: Mapping[str, Any]) -> str:
    rows = [
        (row["name"], *(_plain(row[name], 3) for name in ("precision", "recall", "f1")), f"{row['support']:,}")
        for row in found["classification_report"]
    ]
    return aligned([("", "precision", "recall", "F1", "rows"), *rows])


def _at_cutoffs(found: Mapping[str, Any]) -> str:
    rows = [(f"{row['cutoff']:g}", *(_plain(row[name], 3) for name, _ in _AT)) for row in found["at_cutoffs"]]
    return aligned([("cut-off", *(label for _, label in _AT)), *rows])


def _calibration(found: Mapping[str, Any]) -> str:
    told = found["calibration"]
    if told is None:
        return "The score is no probability, so that nothing can be said of calibration."
    lines = [f"calibration: {told['expected_bad']:,.1f} bads expected, {told['n_bad']:,} came"]
    if told["slope"] is not None and told["intercept"] is not None:
        told_of = (f"{name} {told[name]:.3f} ({told[f'{name}_low']:.3f} to {told[f'{name}_high']:.3f})" for name in _LINE)
        lines.append(", ".join(told_of))
    parts = told["brier_parts"]
    if parts is not None:
        terms = ", ".join(f"{name} {parts[name]:.5f}" for name in ("reliability", "resolution", "uncertainty", "within"))
        lines.append(f"Brier score {parts['score']:.5f} over {parts['n_groups']} groups: {terms}")
    test = told["hosmer_lemeshow"]
    if test is not None:
        few = f"; {test['n_few']} groups expect fewer than 5, so that p is rough" if test["n_few"] else ""
        lines.append(f"Hosmer-Lemeshow {test['statistic']:.2f} on {test['df']} df, p {test['p_value']:.3g}{few}")
    bands = [
        (f"  {band['mean_probability']:.4f}", f"{band['bad_rate']:.4f}", f"{band['n_rows']:,}", f"{band['jeffreys_p']:.3g}")
        for band in told["bands"]
    ]
    return "\n".join([*lines, aligned([("  said", "came", "rows", "Jeffreys p"), *bands])])


def _strategy(found: Mapping[str, Any]) -> str:
    rows = [("", "cut-off", "approved", "bad of approved", "bads avoided", "goods lost", "profit")]
    notes = []
    for row in found["strategy"]:
        if row["cutoff"] is None:
            notes.append(f"{row['label']}: {row['note']}")
            continue
        shares = (
            f"{row[name]['value']:.1%}" if row[name]["value"] is not None else "–" for name in ("approval_rate", "bad_rate")
        )
        counts = (f"{row['bads_avoided']:,}", f"{row['goods_lost']:,}", f"{row['profit']['value']:,.0f}")
        rows.append((row["label"], f"{row['cutoff']:.4g}", *shares, *counts))
    return "\n".join([aligned(rows), *notes])


def _notes(found: Mapping[str, Any]) -> str:
    return "\n".join(f"Note: {sentence}" for sentence in found["notices"])


def _plain(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
