"""What a run is worth: its figures with their intervals on each part of the rows, and its ROC curve."""

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.judged import Judged
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card
from dashapp.widgets.figures import figure_card
from dashapp.widgets.parts import part_words
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.decisions import score_tables
from pipeline.evaluation.cutoff_metrics import CUTOFF_METRICS, CutoffFigures, metrics_at
from pipeline.evaluation_results import Metrics, PartEvaluation
from pipeline.figures.class_roc import class_roc_figure, drawn_classes
from pipeline.figures.roc import rates, roc_figure
from pipeline.figures.template import Look
from pipeline.results import RunResult
from pipeline.shown import capital

_PARTS = ("held_out", "validation", "cross_validated", "training")  # what tells most first: a phone shows two of them
_DECISIONS = ("accuracy", "precision", "recall", "specificity", "f1")
_WILSON = "Wilson"


@dataclass(frozen=True)
class _Part:
    """One column of the table."""

    name: str
    n_rows: int
    metrics: Metrics | None
    evaluation: PartEvaluation | None
    decisions: CutoffFigures | None

    def figure(self, metric: str) -> tuple[float | None, float | None, float | None, str]:
        """(value, low, high, how the interval was made) of a metric; decisions at the run's cut-off where there is one."""
        if self.decisions is not None and metric in _DECISIONS:
            found = self.decisions.figure(metric)
            return found.value, found.low, found.high, _WILSON if found.low is not None else ""
        curve = self.evaluation.precision_recall if self.evaluation is not None else None
        if metric == "average_precision":
            return (curve.average_precision, curve.low, curve.high, "") if curve is not None else (None, None, None, "")
        value = getattr(self.metrics, metric, None)
        interval = self.evaluation.interval(metric) if self.evaluation is not None else None
        if interval is not None:
            return value, interval.low, interval.high, interval.method
        if metric == "auc" and self.metrics is not None and self.metrics.auc_low is not None:
            return value, self.metrics.auc_low, self.metrics.auc_high, "DeLong"
        return value, None, None, ""


def metrics_card(view: RunView, result: RunResult, judged: Judged, span: int) -> Component:
    """Every part of the rows side by side, the one that the run is judged by strong, with 95% intervals."""
    parts = _parts(view, result)
    rows: list[list[Children]] = []
    methods: dict[str, list[str]] = {}
    for name, label, note, said in _lines(result, judged):
        figures = [part.figure(name) for part in parts]
        if all(value is None for value, *_ in figures):
            continue
        for *_, method in figures:
            if method and label not in methods.setdefault(method, []):
                methods[method].append(label)
        row: list[Children] = [html.Span(f"{label}\n{note}" if note else label, title=said)]
        for value, low, high, _ in figures:
            row.append(theme.with_interval(value, low, high))
        rows.append(row)
    heads = [f"{capital(part.name)}\n{theme.plural(part.n_rows, 'row')}" for part in parts]
    columns = [Column("Metric"), *(Column(head, numeric=True) for head in heads)]
    names = "figures first" if parts[0].name == judged.name else "figures"
    title, under = _metrics_words(result, judged, any(methods))
    return card(
        title, table(columns, rows, label="Metrics", names=names), under=under, span=span, flush=True, foot=_foot(result, methods)
    )


def _parts(view: RunView, result: RunResult) -> list[_Part]:
    tables, found = score_tables(result), []
    for part in _PARTS:
        evaluation = result.evaluation(part)
        metrics = result.metrics_of(part)
        if metrics is None and evaluation is None:
            continue
        decisions = metrics_at(tables[part], view.cutoff) if part in tables else None
        n_rows = metrics.n_rows if metrics is not None else evaluation.n_rows if evaluation is not None else 0
        found.append(_Part(part_words(part, view.spec), n_rows, metrics, evaluation, decisions))
    return found


def _lines(result: RunResult, judged: Judged) -> list[tuple[str, str, str, str]]:
    """(metric, label, note, help) of each line: ranking, probabilities, decisions."""
    from pipeline.evaluation.metrics import METRICS  # brings numpy along, which a web process starts without

    binary = judged.decisions is not None
    lines = [
        (one.name, one.label, "lower is better" if one.best == "low" else "", one.help) for one in METRICS if one.on == "score"
    ]
    precision = "Mean precision over the recall that is won: the bad rate for a coin, 1 for a perfect ranking."
    lines.insert(3, ("average_precision", "Average precision", "", precision))
    if not binary:
        said = "most probable class"
        return lines + [(one.name, one.label, said, one.help) for one in METRICS if one.on == "decision"]
    return lines + [(one.name, one.label, f"at {judged.cutoff}", one.help) for one in CUTOFF_METRICS if one.name in _DECISIONS]


def _metrics_words(result: RunResult, judged: Judged, intervals: bool) -> tuple[str, str]:
    metrics, with_intervals = judged.metrics, ", with 95% intervals" if intervals else ""
    told = f" (95% interval {theme.interval(metrics.auc_low, metrics.auc_high)})" if metrics.auc_low is not None else ""
    if judged.part == "training":
        title = f"On its own training rows the AUC is {theme.metric(metrics.auc)}"
        return title, "Training rows only: nothing was held out, so these figures flatter"
    title = f"{capital(judged.name)}, the AUC is {theme.metric(metrics.auc)}{told}"
    if judged.part == "validation":
        title = f"On validation rows the AUC is {theme.metric(metrics.auc)}{told}"
    if result.train is None:
        return title, f"{judged.rows}; no row is one that the score was fitted on here{with_intervals}"
    how = f", {result.data.held_out}" if result.data.held_out and judged.part == "held_out" else ""
    return title, f"{judged.rows}{how}; beside them the training rows, which flatter{with_intervals}"


def _foot(result: RunResult, methods: dict[str, list[str]]) -> Children:
    """How the intervals were made, and what cross-validation said."""
    said: list[Component] = []
    if methods:
        how = "; ".join(f"{', '.join(labels)}: {method}" for method, labels in methods.items())
        said.append(html.P(f"95% intervals. {how}.", className="sd-meta"))
    cross = result.cross_validation
    if cross is not None:
        n = len(cross.auc.values)
        repeats = f", {n // cross.folds} times over" if n > cross.folds else ""
        told = (
            f"{cross.folds}-fold cross-validation on the training rows{repeats}: AUC {theme.metric(cross.auc.mean)} "
            f"(sd {theme.metric(cross.auc.sd)}), log-loss {theme.metric(cross.log_loss.mean)} "
            f"(sd {theme.metric(cross.log_loss.sd)})."
        )
        said.append(html.P(told, className="sd-meta"))
    return said or None


def roc_card(result: RunResult, judged: Judged, look: Look, span: int, height: int = 500) -> list[Component]:
    if result.classes:
        return [_class_roc_card(result, judged, look, span, height)]
    curve = result.roc_of(judged.part)
    if curve is None or judged.confusion is None:
        return []
    refused_goods, caught = rates(judged.confusion)
    training = result.roc_train if judged.part != "training" else None
    title = f"It catches {theme.chance(caught)} of bads and refuses {theme.chance(refused_goods)} of goods"
    pale = "; the training curve in grey" if training is not None else ""
    under = f"ROC curve of {judged.rows}{pale}. The dot is the cut-off {judged.cutoff}."
    meanings = [
        html.P("Each point is a cut-off: up, the share of bads that it refuses; right, the share of goods that it refuses."),
        html.P(
            "The area under the curve (AUC) is the chance that a random bad is scored above a random good: "
            "0.5 is a coin, 1 is perfect. Gini = 2·AUC − 1."
        ),
    ]
    figure = roc_figure(curve, training, judged.confusion, judged.cutoff, look, name=judged.name, scale=result.scale)
    return [figure_card(ids.roc, title, under, figure, meaning=meanings, span=span, height=height)]


def _class_roc_card(result: RunResult, judged: Judged, look: Look, span: int, height: int) -> Component:
    title = f"One against the rest, the classes are told apart with a mean AUC of {theme.metric(judged.metrics.auc)}"
    n_drawn, n = len(drawn_classes(result.classes)), len(result.classes)
    which = "each class" if n_drawn == n else f"{n_drawn} of {n} classes, those with the most rows"
    under = f"ROC curve of {which}; {judged.rows}; behind the names their AUC."
    meaning = html.P(
        "For each class the model's probability of it ranks all rows. Up: the share of the class's rows that are found; "
        "right: the share of the other rows that are taken for it."
    )
    return figure_card(ids.roc, title, under, class_roc_figure(result.classes, look), meaning=meaning, span=span, height=height)
