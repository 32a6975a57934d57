"""Overview: what the run is worth, on rows that it never saw beside those that it learnt from."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.made import made_card, note_card, objective_card
from dashapp.tabs.evaluate.performance import (
    calibration_card,
    class_table,
    classes_card,
    confusion_card,
    judged_part,
    metrics_card,
    roc_card,
)
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, notice, strip
from pipeline.figures.roc import rates
from pipeline.figures.template import Look
from pipeline.results import Confusion, Metrics, RunResult


def overview(view: RunView, result: RunResult, look: Look) -> list[Component]:
    judged, part, confusion = judged_part(result)
    row: list[Component] = [metrics_card(result)]
    if confusion is not None:
        row.append(confusion_card(confusion, judged.n_rows, part, view.spec.cutoff))
    elif result.confusion_matrix is not None:
        row.append(classes_card(result, judged.n_rows, part))
    row.append(made_card(view, result))
    curves = [*roc_card(view, result, confusion, part, look), *calibration_card(result, part, look), *class_table(result, part)]
    course = objective_card(view, result, look)
    return [
        _kpis(judged, confusion, part),
        *_warnings(result),
        html.Div(row, className="sd-grid"),
        *([html.Div(curves, className="sd-grid")] if curves else []),
        html.Div([*course, note_card(view, 5 if course else 12)], className="sd-grid"),
    ]


def _kpis(judged: Metrics, confusion: Confusion | None, part: str) -> Component:
    label = f"AUC, {part}"
    auc_note = (
        f"95% interval {theme.interval(judged.auc_low, judged.auc_high)}" if judged.auc_low is not None else "mean of one-vs-rest"
    )
    items: list[tuple[str, Children, Children]] = [(label, theme.metric(judged.auc), auc_note)]
    if confusion is None:
        items += [
            ("Accuracy", theme.share(judged.accuracy), "share of rows read right"),
            ("F1, mean of classes", theme.metric(judged.f1), "precision and recall together"),
            ("Log-loss", theme.metric(judged.log_loss), "lower is better"),
        ]
        return strip(*items)
    approved = confusion.tn + confusion.fn
    total = approved + confusion.fp + confusion.tp
    refused_goods, caught = rates(confusion)
    items += [
        ("KS", theme.metric(judged.ks_statistic), "largest gap of bads and goods"),
        ("Approval rate", theme.share(approved / total), f"{theme.count(approved)} of {theme.count(total)}"),
        (
            "Bad among approved",
            theme.share(confusion.fn / approved if approved else None),
            f"{theme.count(confusion.fn)} of {theme.count(approved)}",
        ),
        ("Recall of bads", theme.share(caught), f"{theme.share(refused_goods)} of goods refused"),
    ]
    return strip(*items)


def _warnings(result: RunResult) -> list[Component]:
    if not result.warnings:
        return []
    if len(result.warnings) == 1:
        return [notice("caution", "Worth knowing", result.warnings[0])]
    return [notice("caution", "Worth knowing", html.Ul([html.Li(text) for text in result.warnings], className="sd-list"))]
