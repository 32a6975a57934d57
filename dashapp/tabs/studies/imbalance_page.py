"""Ways to treat imbalance side by side: what is more than chance, the figures, and the calibration of each."""

from functools import cache
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.studies.layout import ids
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import Children, button, card, notice
from dashapp.widgets.figures import figure_card
from dashapp.widgets.tables import Column, table
from pipeline.figures.imbalance import reliability_figure
from pipeline.figures.template import Look
from pipeline.study_results import Difference, ImbalanceComparison, Treatment

_SHOWN = ("auc", "ks_statistic", "recall", "precision", "f1", "brier_score", "log_loss")
_MEANING = (
    "Held-out rows in ten bands of similar predicted probability: the share of bads that came over the mean that was predicted. "
    "Blue: after the correction for the changed class shares, logit p − ln(r₁ / r₀), where r is how often the fit saw a class "
    "over how often it came (King and Zeng 2001), with Wilson's 95% intervals. Grey: as fitted. On the dotted line what came is "
    "what was predicted."
)


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Label and better end of each metric."""
    from pipeline.evaluation.metrics import METRICS  # brings numpy along, which other pages do without

    return {metric.name: (metric.label, metric.best) for metric in METRICS}


def imbalance_body(view: StudyView, result: ImbalanceComparison, look: Look) -> list[Component]:
    wide, narrow = (_reliability(result, look, columns) for columns in (5, 2))  # assets/25-studies.css shows the one that fits
    failed = [notice("caution", f"{_name_of(name)} could not be fitted", why) for name, why in result.failed]
    return [_metrics(view, result), *failed, wide, narrow, _decisions(result), _differences(result)]


def _reliability(result: ImbalanceComparison, look: Look, columns: int) -> Component:
    wide = columns == 5
    drawn = figure_card(
        ids.reliability if wide else ids.reliability_narrow,
        calibration_finding(result),
        f"Predicted against observed bad rates of {theme.count(result.n_test)} held-out rows; blue corrected, grey as fitted.",
        reliability_figure(result.treatments, look, columns=columns),
        meaning=html.P(_MEANING),
        height=300 if wide else 620,
    )
    return html.Div(drawn, className="sd-study-wide" if wide else "sd-study-narrow")


def _metrics(view: StudyView, result: ImbalanceComparison) -> Component:
    larger = {(one.treatment, one.metric): one for one in result.differences if one.is_larger_than_chance}
    heads = [
        Column("Treatment"),
        Column("Rows fitted", numeric=True),
        *(Column(_known()[name][0], numeric=True) for name in _SHOWN),
        Column("Calibration slope", numeric=True),
        *([Column(html.Span("Save", className="sd-hidden"))] if view.card.sees_dataset else []),
    ]
    rows = []
    for one in result.treatments:
        cells: list[Children] = [one.label, theme.count(one.n_fitted)]
        cells += [_figure(one, name, larger.get((one.name, name))) for name in _SHOWN]
        cells.append(f"{one.calibration.slope:.2f}" if one.calibration.slope is not None else theme.NOTHING)
        if view.card.sees_dataset:
            label = f"Save {one.label} as a run"
            cells.append(button("Save as a run", {"save-treatment": one.name}, kind="link", **{"aria-label": label}))
        rows.append(cells)
    under = (
        f"{theme.count(result.n_test)} held-out rows, the same for all, {theme.share(result.bad_rate)} bad; probabilities are "
        f"corrected for the changed class shares; decisions at the cut-off {theme.cutoff(result.spec['cutoff'])}. "
        "▲ better and ▼ worse than no treatment by more than chance."
    )
    return card(ranking_finding(result), table(heads, rows, label="Treatments"), under=under, flush=True)


def _figure(one: Treatment, name: str, larger: Difference | None) -> Children:
    value = theme.metric(getattr(one.metrics, name))
    if larger is None:
        return value
    better = (larger.value > 0) == (_known()[name][1] == "high")
    said = "better than no treatment by more than chance" if better else "worse than no treatment by more than chance"
    return html.Span([value, " ", html.Span("▲" if better else "▼", title=said, **{"aria-label": said})], className="strong")


def ranking_finding(result: ImbalanceComparison) -> str:
    """What the AUC says, as the title."""
    found = [one for one in result.differences if one.metric == "auc"]
    better = [one for one in found if one.is_larger_than_chance and one.value > 0]
    worse = [one for one in found if one.is_larger_than_chance and one.value < 0]
    if not found:
        return "Nothing can be compared: no treatment could be fitted"
    if better:
        first = max(better, key=lambda one: one.value)
        said = f"{_label(result, first.treatment)} ranks better than no treatment by {theme.metric(first.value)} of AUC"
        return f"{said}, more than chance"
    if worse:
        names = " and ".join(_label(result, one.treatment) for one in worse)
        verb = "ranks" if len(worse) == 1 else "rank"
        return f"{names} {verb} worse than no treatment by more than chance; none ranks better"
    return "No treatment ranks better than none by more than chance"


def calibration_finding(result: ImbalanceComparison) -> str:
    """What the correction does, as the title of the figure."""
    off = [one for one in result.treatments if one.calibration_before is not None]
    if not off:
        return "Calibration of the probabilities"
    worst = max(off, key=lambda one: abs(_excess(one.calibration_before)))
    before, after = worst.calibration_before, worst.calibration
    assert before is not None  # noqa: S101 - chosen above
    return (
        f"As fitted, {worst.label} expects {theme.count(before.expected_bad)} bads where {theme.count(before.n_bad)} came; "
        f"corrected, {theme.count(after.expected_bad)}"
    )


def _excess(found: Any) -> float:
    return float(found.expected_bad - found.n_bad)


def _decisions(result: ImbalanceComparison) -> Component:
    """What the correction moves at the same cut-off."""
    heads = [
        Column("Treatment"),
        Column("Bads refused, corrected", numeric=True),
        Column("as fitted", numeric=True),
        Column("Goods refused, corrected", numeric=True),
        Column("as fitted", numeric=True),
    ]
    rows = [
        [
            one.label,
            theme.share(_share(one.confusion.tp, one.confusion.fn)),
            theme.share(_share(one.confusion_before.tp, one.confusion_before.fn)),
            theme.share(_share(one.confusion.fp, one.confusion.tn)),
            theme.share(_share(one.confusion_before.fp, one.confusion_before.tn)),
        ]
        for one in result.treatments
    ]
    cutoff = theme.cutoff(result.spec["cutoff"])
    under = (
        f"Refused at or above {cutoff}. A treatment without the correction acts like a lower cut-off: it refuses more of both. "
        "The same is had without it by moving the cut-off."
    )
    return card("What the cut-off does with each", table(heads, rows, label="Decisions"), under=under, flush=True)


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None


def _differences(result: ImbalanceComparison) -> Component:
    heads = [
        Column("Treatment"),
        Column("Metric"),
        Column("Less no treatment", numeric=True),
        Column("95% interval", numeric=True),
        Column("In words"),
    ]
    rows = [
        [
            _label(result, one.treatment),
            _known()[one.metric][0],
            _signed(one.value),
            f"{_signed(one.ci_low)} to {_signed(one.ci_high)}",
            in_words(one),
        ]
        for one in result.differences
        if one.metric in _SHOWN
    ]
    under = (
        f"On the same {theme.count(result.n_test)} held-out rows: DeLong's paired interval for the AUC, a paired bootstrap of "
        f"{theme.count(result.n_bootstrap)} draws for the rest. By chance alone, about {max(1, round(len(rows) / 20))} of these "
        f"{len(rows)} would not hold 0."
    )
    inside = table(heads, rows, label="Differences")
    return html.Details(
        [html.Summary("Differences and their intervals"), html.P(under, className="sd-quiet"), inside],
        className="sd-card sd-more",
    )


def in_words(one: Difference) -> str:
    if not one.is_larger_than_chance:
        return "no more than chance"
    better = (one.value > 0) == (_known()[one.metric][1] == "high")
    return "better, more than chance" if better else "worse, more than chance"


def _signed(value: float) -> str:
    return "0.0000" if abs(value) < 0.00005 else f"{value:+.4f}".replace("-", theme.MINUS)


def _label(result: ImbalanceComparison, name: str) -> str:
    return next(one.label for one in result.treatments if one.name == name)


def _name_of(name: str) -> str:
    return {
        "none": "No treatment",
        "balanced": "Balanced weights",
        "smote": "SMOTE",
        "over": "Over-sampling",
        "under": "Under-sampling",
    }[name]
