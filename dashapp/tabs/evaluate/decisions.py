"""What is decided at the run's cut-off: counts, a report by class, other cut-offs beside it, and the scores that it divides."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.judged import Judged
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, notice
from dashapp.widgets.figures import figure_card
from dashapp.widgets.matrix import class_matrix, confusion_matrix
from dashapp.widgets.parts import first_cutoff, rows_of
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.decisions import flatters
from pipeline.evaluation.cutoff_metrics import CutoffFigures, ReportRow, classification_report, metrics_at
from pipeline.evaluation_results import ClassFigures, Confusion, ScoreTable
from pipeline.figures.class_matrix import class_matrix_figure, worst_confusion
from pipeline.figures.curves import score_text
from pipeline.figures.score_distribution import score_distribution_figure, score_distribution_finding
from pipeline.figures.template import Look
from pipeline.results import RunResult, ScoreScale

MANY_CLASSES = 6  # more are drawn as a map: hundreds of cells are neither read nor sent lightly
_TENTHS = tuple(i / 10 for i in range(1, 10))
_AT_CUTOFFS = (
    ("approval_rate", "Approved", theme.share),
    ("bad_rate_approved", "Bad rate", theme.share),
    ("recall", "Recall", theme.metric),
    ("precision", "Precision", theme.metric),
    ("specificity", "Specificity", theme.metric),
    ("f1", "F1", theme.metric),
    ("accuracy", "Accuracy", theme.metric),
)


def cutoff_words(view: RunView, judged: Judged) -> Children:
    """Which cut-off the decisions are taken at, who saved it, when and how it was found, and the way to another."""
    who = f"{first_cutoff(view.origin)}; nobody has saved another"
    if view.cutoff_by is not None:
        choice = view.cutoff_choice or {}
        label, part = choice.get("label"), choice.get("part")
        how = f": {label[:1].lower()}{label[1:]}, on {rows_of(part, view.spec)}" if label and part else ""
        who = f"saved by {view.cutoff_by}, {theme.when(view.cutoff_at)}{how}"
    threshold = dcc.Link("Move it on the Threshold tab", href=f"/runs/{view.id}/threshold")
    return [f"Refused at {judged.cutoff} or worse, {who}. ", threshold]


def flattering(view: RunView, result: RunResult, judged: Judged) -> list[Component]:
    """A cut-off that somebody chose on the very rows that it is reported on."""
    if view.cutoff_by is None or not (view.cutoff_choice or {}).get("flatters", flatters(result)):
        return []
    said = (
        f"The cut-off was chosen on the {rows_of(judged.part, view.spec)} that it is reported on here, so what it does on new "
        "applicants will be somewhat worse. A run with validation rows or cross-validation folds chooses on other rows than it "
        "reports on."
    )
    return [notice("caution", "These decisions flatter", said)]


def confusion_card(counts: Confusion, judged: Judged, span: int) -> Component:
    goods, bads = counts.tn + counts.fp, counts.fn + counts.tp
    title = (
        f"At {judged.cutoff}, {theme.count(counts.fn)} of {theme.count(bads)} bads slip through and "
        f"{theme.count(counts.fp)} of {theme.count(goods)} goods are refused"
    )
    return card(title, confusion_matrix(counts), under=f"{judged.rows}. Strong colour marks the mistakes.", span=span)


def classes_card(result: RunResult, judged: Judged, span: int) -> Component:
    """Three classes and more: what they are, and what the model says."""
    counts = result.confusion_matrix or ()
    right = sum(counts[i][i] for i in range(len(counts)))
    title = f"{theme.count(right)} of {theme.plural(judged.metrics.n_rows, 'row')} are read as the class they are"
    under = f"{judged.rows}. Rows: what they are; columns: what the model says."
    return card(title, class_matrix(counts, result.data.labels), under=under, span=span)


def many_classes_card(result: RunResult, judged: Judged, look: Look, span: int) -> Component:
    counts, labels = result.confusion_matrix or (), result.data.labels
    figure = class_matrix_figure(counts, labels, look)
    meaning = html.P(
        "Each line is a class; its cells say which share of its rows is read as which class. Blue is right, orange wrong."
    )
    under = f"{judged.rows}; {theme.share(judged.metrics.accuracy)} are read as the class they are."
    height = 110 + 26 * len(labels)
    title = worst_confusion(counts, labels)
    return figure_card(ids.class_matrix, title, under, figure, meaning=meaning, span=span, height=height)


def report_card(counts: Confusion, result: RunResult, judged: Judged, span: int) -> Component:
    """Precision, recall and F1 of each class."""
    rows = classification_report(counts, (result.data.labels[0], result.data.labels[1]))
    good, bad = rows[0], rows[1]
    title = f"{theme.share(bad.recall)} of bads are refused and {theme.share(good.recall)} of goods are approved"
    right = theme.share((counts.tp + counts.tn) / (good.support + bad.support))
    foot = html.P(f"{right} of rows are decided rightly (accuracy).", className="sd-meta")
    under = f"Classification report at {judged.cutoff}, {judged.rows}"
    return card(title, report_table(rows), under=under, span=span, flush=True, foot=foot)


_NAMES = {"macro avg": "Plain mean", "weighted avg": "Mean by rows"}


def report_table(rows: Sequence[ReportRow]) -> Component:
    columns = [Column("Class"), *(Column(name, numeric=True) for name in ("Precision", "Recall", "F1", "Rows"))]
    cells = [
        [
            _NAMES.get(row.name, row.name),
            *(theme.metric(value) for value in (row.precision, row.recall, row.f1)),
            theme.count(row.support),
        ]
        for row in rows
    ]
    return table(columns, cells, label="Classification report")


def cutoffs_card(view: RunView, result: RunResult, judged: Judged, scores: ScoreTable, span: int) -> Component:
    """The figures at every tenth, with the run's cut-off among them."""
    rows: list[list[Children]] = []
    marked = None
    for cutoff in sorted({*_TENTHS, view.cutoff}):
        found = metrics_at(scores, cutoff)
        if cutoff == view.cutoff:
            marked = len(rows)
        rows.append(_cutoff_row(found, result.scale, own=cutoff == view.cutoff))
        if cutoff > view.cutoff and not found.confusion.tp + found.confusion.fp:
            break  # nobody is refused from here on
    columns = [Column("Cut-off"), *(Column(head, numeric=True) for _, head, _ in _AT_CUTOFFS)]
    built = table(columns, rows, label="Figures at other cut-offs", names="figures", marked=marked)
    title = _cutoffs_title(scores, view.cutoff, judged)
    under = f"{judged.rows}, with Wilson's 95% intervals; the bad rate is that of the approved. The run's cut-off is marked."
    return card(title, built, under=under, span=span, flush=True)


def _cutoffs_title(scores: ScoreTable, cutoff: float, judged: Judged) -> str:
    at = metrics_at(scores, cutoff)
    rate, bad = at.figure("approval_rate").value, at.figure("bad_rate_approved").value
    if bad is None:
        return f"At {judged.cutoff} nobody is approved"
    return f"At {judged.cutoff}, {theme.chance(rate)} are approved and {theme.share(bad)} of them are bad"


def _cutoff_row(found: CutoffFigures, scale: ScoreScale | None, *, own: bool) -> list[Children]:
    name = score_text(found.cutoff, scale)
    row: list[Children] = [f"{name}\nthis run" if own else name]
    for metric, _, shown in _AT_CUTOFFS:
        figure = found.figure(metric)
        row.append(theme.with_interval(figure.value, figure.low, figure.high, shown))
    return row


def distribution_card(
    view: RunView, result: RunResult, judged: Judged, scores: ScoreTable, look: Look, span: int
) -> list[Component]:
    n_good, n_bad = scores.good_at_or_above[0], scores.bad_at_or_above[0]
    if not n_good or not n_bad:
        return []
    figure = score_distribution_figure(scores, view.cutoff, look, scale=result.scale)
    counted = f"{theme.plural(n_good, 'good')} above and {theme.plural(n_bad, 'bad')} below"
    under = f"{counted}, each as shares of their class; {judged.name}."
    meaning = [
        html.P("Up: the share of all goods with a score in the bin; down: the share of all bads. The further apart, the better."),
        html.P("Strong colour marks what the cut-off decides wrongly: goods that are refused, bads that are approved."),
    ]
    title = score_distribution_finding(scores, scale=result.scale)
    return [figure_card(ids.scores, title, under, figure, meaning=meaning, span=span, height=330)]


def class_table(result: RunResult, judged: Judged, span: int) -> list[Component]:
    """Each class against the rest, and their means."""
    if not result.classes:
        return []
    ranked = [one for one in result.classes if one.auc is not None] or list(result.classes)
    best, worst = max(ranked, key=lambda one: one.auc or 0), min(ranked, key=lambda one: one.auc or 0)
    if theme.metric(best.auc) == theme.metric(worst.auc):
        title = f"Each class is told from the rest with an AUC of {theme.metric(best.auc)}"
    else:
        title = f"{best.label} is told apart best, {worst.label} least"
    columns = [Column("Class"), *(Column(name, numeric=True) for name in ("AUC", "Precision", "Recall", "F1", "Rows"))]
    rows: list[list[Children]] = [_class_row(one) for one in result.classes]
    n_rows = sum(one.n_rows for one in result.classes)
    for name, weights in (("Plain mean", [1] * len(result.classes)), ("Mean by rows", [one.n_rows for one in result.classes])):
        means = [
            _mean([getattr(one, figure) for one in result.classes], weights) for figure in ("auc", "precision", "recall", "f1")
        ]
        rows.append([name, *(theme.metric(value) for value in means), theme.count(n_rows)])
    under = (
        f"Each class against the rest, {judged.rows}, with 95% intervals (AUC by DeLong, the others by Wilson); the most "
        "probable class decides."
    )
    built = table(columns, rows, label="Classes", names="figures")
    return [card(title, built, under=under, span=span, flush=True)]


def _class_row(one: ClassFigures) -> list[Children]:
    row: list[Children] = [one.label, theme.with_interval(one.auc, one.auc_low, one.auc_high)]
    for metric in ("precision", "recall", "f1"):
        found = one.interval(metric)
        value = getattr(one, metric)
        row.append(theme.with_interval(value, found.low, found.high) if found is not None else theme.metric(value))
    return [*row, theme.count(one.n_rows)]


def _mean(values: Sequence[float | None], weights: Sequence[int]) -> float | None:
    """None where a class has none: it is left out of no mean."""
    pairs = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    total = sum(weights)
    return sum(value * weight for value, weight in pairs) / total if len(pairs) == len(values) and total else None
