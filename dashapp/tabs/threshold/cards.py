"""The page: small curves, scores by outcome over the slider, cut-off and worth at the right, then rules, matrix and curves."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.threshold.kept import cautions, chosen_on_words, saved
from dashapp.tabs.threshold.layout import ids
from dashapp.tabs.threshold.payload import cutoff_words, table_at
from dashapp.usecases.cutoffs import Tables
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import card, empty, link_button
from dashapp.widgets.figures import figure_card, tools
from dashapp.widgets.parts import part_words
from pipeline.cutoffs.decisions import judged_on
from pipeline.figures.template import Look
from pipeline.figures.threshold import cutoff_precision_recall, cutoff_roc, outcome_figure

_RULE = f"{ids.rules}-chosen"

KPIS = (
    ("approved", "Approval rate", ""),
    ("bad_rate", "Bad among approved", ""),
    ("profit", "Expected profit", "per 1,000"),
    ("recall", "Recall of bads", ""),
)


def cards(view: RunView, tables: Tables, worth: Component, look: Look) -> list[Component]:
    """Everything but the head; what depends on the cut-off or on the worth is filled in a moment later."""
    table = table_at(tables.judged, tables.cutoffs)
    top = html.Div(
        [_scores(view, tables, look), html.Div([_cutoff(view, tables), worth], className="sd-4 sd-thr-side")], className="sd-grid"
    )
    beside = html.Div([_matrix(), _profit()], className="sd-4 sd-thr-side")
    decisions = html.Div([_strategy(), beside], className="sd-grid")
    curves = html.Div([_roc(view, table, look), _precision_recall(view, table, look)], className="sd-grid")
    return [*cautions(view, tables), _kpis(), top, decisions, curves]


def state_fact(view: RunView, tables: Tables) -> Component:
    """The saved cut-off; the browser adds what is not saved."""
    return html.Span(
        [f"saved cut-off {cutoff_words(view.cutoff, view, tables)}", html.Span(id=ids.state)],
        className="sd-thr-state",
    )


def _kpis() -> Component:
    """Label, value, what it is instead of, and a small curve: the browser writes all but the labels."""
    built = [
        html.Div(
            [
                html.Div(
                    [
                        html.Div([label, html.Span(unit, className="sd-thr-unit")], className="sd-kpi-label"),
                        html.Div("–", className="sd-thr-value", **{"data-thr": "value"}),
                        html.Div("\u00a0", className="sd-kpi-note", **{"data-thr": "interval"}),
                        html.Div("\u00a0", className="sd-kpi-note", **{"data-thr": "note"}),
                    ]
                ),
                html.Div(className="sd-thr-spark", **{"aria-hidden": "true"}),
            ],
            className="sd-card sd-thr-kpi",
            **{"data-kpi": name},
        )
        for name, label, unit in KPIS
    ]
    return html.Div(built, id=ids.kpis, className="sd-thr-kpis")


def _scores(view: RunView, tables: Tables, look: Look) -> Component:
    scale = view.result.scale if view.result is not None else None
    figure = outcome_figure(tables.judged, look, scale)
    meaning = [
        html.P("Each bar counts rows of similar score: goods above the line, bads below it."),
        html.P(
            "Who stands at the cut-off or right of it is refused. Strong colour marks the mistakes: goods that are refused, "
            "bads that are approved."
        ),
    ]
    built = figure_card(ids.scores, "Scores by outcome", " ", figure, meaning=meaning, height=440, span=8)
    built.children.append(html.Div(id=ids.cutoff_box, className="sd-thr-slider"))
    return built


def _cutoff(view: RunView, tables: Tables) -> Component:
    """The number, the menu of rules, and who saved what; the browser puts the number and fills the menu."""
    scale = view.result.scale if view.result is not None else None
    side = "above" if scale is None or scale.higher_is == "bad" else "below"
    menu = html.Details(
        [
            html.Summary("…", id=_RULE, className="sd-thr-rule", **{"aria-labelledby": f"{_RULE}-label {_RULE}"}),
            html.Div(className="sd-float sd-thr-rules", role="group", **{"aria-labelledby": f"{_RULE}-label"}),
        ],
        id=ids.rules,
        className="sd-menu sd-thr-menu",
    )
    parts = [
        html.Div([html.Span("Find it by", className="sd-label", id=f"{_RULE}-label"), menu], className="sd-field"),
        html.P(f"Refused is who scores at or {side} it. {chosen_on_words(view, tables)}", className="sd-help"),
        html.Hr(),
        saved(view, tables),
        html.Div(id=ids.save_problem, role="alert"),
    ]
    built = card("Cut-off", parts)
    built.children[0].children.append(html.Div(id=f"{ids.cutoff_box}-number", className="sd-thr-number"))
    return built


def _strategy() -> Component:
    built = card("Cut-offs by every rule", html.Div(id=ids.table), under=" ", span=8, flush=True)
    built.id = f"{ids.table}-card"
    return built


def _matrix() -> Component:
    meaning = [
        html.P("Pale is right, strong is a mistake."),
        html.P("The shares are of the goods, and of the bads: the true and false positive and negative rates."),
    ]
    built = card("Decisions", html.Div(id=ids.matrix, className="sd-thr-matrix"), under=" ", tools=tools(meaning, formats=()))
    built.id = f"{ids.matrix}-card"
    setattr(built, "data-figure", ids.matrix)
    return built


def _roc(view: RunView, table: Any, look: Look) -> Component:
    meaning = [
        html.P("Each point is a cut-off: up, the share of bads that it refuses; right, the share of goods that it refuses."),
        html.P("The area under the curve (AUC) is the chance that a random bad is scored above a random good."),
    ]
    return figure_card(ids.roc, "ROC curve", _metric(view, "auc"), cutoff_roc(table, look), meaning=meaning, height=280, span=6)


def _precision_recall(view: RunView, table: Any, look: Look) -> Component:
    meaning = [
        html.P(
            "Each point is a cut-off: right, the share of the bads that it refuses (recall); up, the share of bads among those "
            "that it refuses (precision)."
        ),
        html.P("The dotted line is the share of bads among all rows: what refusing at random would give."),
    ]
    under = _metric(view, "average_precision")
    figure = cutoff_precision_recall(table, look)
    return figure_card(ids.precision_recall, "Precision and recall", under, figure, meaning=meaning, height=280, span=6)


def _metric(view: RunView, name: str) -> str:
    """The metric of the judged rows with its interval, as the line under a curve."""
    result = view.result
    part = judged_on(result) if result is not None else None
    if result is None or part is None:
        return ""
    where = part_words(part, view.spec)
    if name == "auc":
        metrics = result.metrics_of(part)
        if metrics is None or metrics.auc is None:
            return f"ROC curve, {where} rows"
        interval = f" ({theme.interval(metrics.auc_low, metrics.auc_high)})" if metrics.auc_low is not None else ""
        return f"ROC, AUC {theme.metric(metrics.auc)}{interval}, {where}"
    evaluation = result.evaluation(part)
    curve = evaluation.precision_recall if evaluation is not None else None
    if curve is None:
        return f"Precision and recall, {where} rows"
    interval = f" ({theme.interval(curve.low, curve.high)})" if curve.low is not None else ""
    return f"Average precision {theme.metric(curve.average_precision)}{interval}, {where}"


def _profit() -> Component:
    meaning = [
        html.P("From the left, the best scores are approved first; each point is a cut-off. The band is the 95% interval."),
        html.P("Profit = gain · approved goods − loss · approved bads, weighted with the amounts where a column is named."),
    ]
    bare: dict[str, Any] = {"data": [], "layout": {}}
    return figure_card(ids.profit, "Cumulative profit", " ", bare, meaning=meaning, height=230)


def nothing(view: RunView, words: str, fix: str) -> list[Component]:
    """A run that decides nothing, or not yet."""
    action: Sequence[Component] = [link_button("Overview", f"/runs/{view.id}")]
    return [empty("sliders", words, fix, *action)]
