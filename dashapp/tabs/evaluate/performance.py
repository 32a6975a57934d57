"""What a run is worth: its figures on each part of the rows, decisions, ROC curves and calibration."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card
from dashapp.widgets.figures import figure_card
from dashapp.widgets.matrix import class_matrix, confusion_matrix
from dashapp.widgets.tables import Column, table
from pipeline.figures.calibration import calibration_figure, calibration_finding, slope_text
from pipeline.figures.class_roc import class_roc_figure
from pipeline.figures.roc import rates, roc_figure
from pipeline.figures.template import Look
from pipeline.results import Calibration, Confusion, Metrics, RunResult


def metrics_card(result: RunResult) -> Component:
    """Training, validation and held-out rows side by side; the last that are there are strong."""
    from pipeline.metrics import METRICS  # brings numpy along, which no other page needs

    parts = [("Training", result.train), ("Validation", result.validation), ("Held out", result.test)]
    shown = [(name, part) for name, part in parts if part is not None]
    rows: list[list[Children]] = []
    for metric in METRICS:
        values = [getattr(part, metric.name) for _, part in shown]
        if all(value is None for value in values):
            continue
        note = html.Span(_about_metric(metric.on, metric.best, len(result.data.labels)), className="note")
        row: list[Children] = [html.Span([metric.label, note], title=metric.help)]
        row += [theme.metric(value) for value in values]
        if result.test is not None:
            row[-1] = html.Span(row[-1], className="strong")
        rows.append(row)
    columns = [Column("Metric"), *(Column(name, numeric=True) for name, _ in shown)]
    title, under = _metrics_words(result)
    return card(title, table(columns, rows, label="Metrics"), under=under, span=5, flush=True, foot=_cross(result))


def _metrics_words(result: RunResult) -> tuple[str, str]:
    if result.train is None:
        return f"The AUC is {theme.metric(judged_part(result)[0].auc)}", "No row is one that the score was fitted on here"
    if result.test is None:
        title = f"On its own training rows the AUC is {theme.metric(result.train.auc)}"
        return title, "Training rows only: nothing was held out, so these figures flatter"
    interval = (
        f" (95% interval {theme.interval(result.test.auc_low, result.test.auc_high)})" if result.test.auc_low is not None else ""
    )
    title = f"Held out, the AUC is {theme.metric(result.test.auc)}{interval}"
    validation = f", the {theme.count(result.data.n_validation)} validation rows" if result.data.n_validation else ""
    under = (
        f"{theme.count(result.data.n_test)} held-out rows beside the {theme.count(result.data.n_train)} training rows{validation}"
    )
    return title, under


def _about_metric(on: str, best: str, n_classes: int) -> str:
    if on == "decision":
        return "at the cut-off" if n_classes == 2 else "most probable class"
    return "lower is better" if best == "low" else ""


def _cross(result: RunResult) -> Children:
    cross = result.cross_validation
    if cross is None:
        return None
    n = len(cross.auc.values)
    repeats = f", {n // cross.folds} times over" if n > cross.folds else ""
    return html.P(
        f"{cross.folds}-fold cross-validation on the training rows{repeats}: AUC {theme.metric(cross.auc.mean)} "
        f"(sd {theme.metric(cross.auc.sd)}), log-loss {theme.metric(cross.log_loss.mean)} "
        f"(sd {theme.metric(cross.log_loss.sd)}).",
        className="sd-meta",
    )


def confusion_card(counts: Confusion, n_rows: int, part: str, cutoff: float) -> Component:
    goods, bads = counts.tn + counts.fp, counts.fn + counts.tp
    title = (
        f"At {theme.cutoff(cutoff)}, {theme.count(counts.fn)} of {theme.count(bads)} bads slip through and "
        f"{theme.count(counts.fp)} of {theme.count(goods)} goods are refused"
    )
    under = f"{theme.count(n_rows)} rows, {part}. Strong colour marks the mistakes."
    return card(title, confusion_matrix(counts), under=under, span=4)


def classes_card(result: RunResult, n_rows: int, part: str) -> Component:
    """Three classes and more: what they are, and what the model says."""
    counts = result.confusion_matrix or ()
    right = sum(counts[i][i] for i in range(len(counts)))
    title = f"{theme.count(right)} of {theme.count(n_rows)} rows are read as the class they are"
    under = f"{theme.count(n_rows)} rows, {part}. Rows: what they are; columns: what the model says."
    return card(title, class_matrix(counts, result.data.labels), under=under, span=4)


def class_table(result: RunResult, part: str) -> list[Component]:
    """Each class against the rest."""
    if not result.classes:
        return []
    ranked = [one for one in result.classes if one.auc is not None] or list(result.classes)
    best, worst = max(ranked, key=lambda one: one.auc or 0), min(ranked, key=lambda one: one.auc or 0)
    if theme.metric(best.auc) == theme.metric(worst.auc):
        title = f"Each class is told from the rest with an AUC of {theme.metric(best.auc)}"
    else:
        title = f"{best.label} is told apart best, {worst.label} least"
    columns = [
        Column("Class"),
        *(Column(name, numeric=True) for name in ("Rows", "AUC", "95% interval", "Precision", "Recall", "F1")),
    ]
    rows: list[list[Children]] = [
        [
            one.label,
            theme.count(one.n_rows),
            html.Span(theme.metric(one.auc), className="strong"),
            theme.interval(one.auc_low, one.auc_high),
            theme.metric(one.precision),
            theme.metric(one.recall),
            theme.metric(one.f1),
        ]
        for one in result.classes
    ]
    rows_of = part.replace(" ", "-")
    under = f"Each class against the rest, {rows_of} rows; precision, recall and F1 where the most probable class decides."
    return [card(title, table(columns, rows, label="Classes"), under=under, span=6, flush=True)]


def roc_card(view: RunView, result: RunResult, confusion: Confusion | None, part: str, look: Look) -> list[Component]:
    n_rows = result.data.n_test if result.test is not None else result.data.n_train
    if result.classes:
        auc = judged_part(result)[0].auc
        title = f"One against the rest, the classes are told apart with a mean AUC of {theme.metric(auc)}"
        under = f"ROC curve of each class, {theme.count(n_rows)} rows, {part}; behind each name its AUC."
        meaning = html.P(
            "For each class the model's probability of it ranks all rows. Up: the share of the class's rows that are found; "
            "right: the share of the other rows that are taken for it."
        )
        figure = class_roc_figure(result.classes, look)
        return [figure_card(ids.roc, title, under, figure, meaning=meaning, span=6, height=380)]
    if result.roc_train is None or confusion is None:
        return []
    refused_goods, caught = rates(confusion)
    title = f"It catches {theme.chance(caught)} of bads and refuses {theme.chance(refused_goods)} of goods"
    pale = "; the training curve in grey" if result.test is not None else ""
    under = f"ROC curve of {theme.count(n_rows)} rows, {part}{pale}."
    meanings = [
        html.P("Each point is a cut-off: up, the share of bads that it refuses; right, the share of goods that it refuses."),
        html.P(
            "The area under the curve (AUC) is the chance that a random bad is scored above a random good: "
            "0.5 is a coin, 1 is perfect. Gini = 2·AUC − 1."
        ),
    ]
    figure = roc_figure(result.roc_test, result.roc_train, confusion, view.spec.cutoff, look)
    return [figure_card(ids.roc, title, under, figure, meaning=meanings, span=7, height=380)]


def calibration_card(result: RunResult, part: str, look: Look) -> list[Component]:
    """Predicted against observed, with what it was, or would be, without or with the correction for a changed prior."""
    found = result.calibration
    if found is None:
        return []
    other, words, caption = _other(result)
    title = _capital(
        f"{part}, {calibration_finding(found)}" if part == "held out" else f"on {part} rows, {calibration_finding(found)}"
    )
    meaning = [
        html.P("Rows are put in bands by their predicted probability. Right: the mean of the band; up: the share that went bad."),
        html.P("On the dotted line both agree. The lines up and down are Wilson's 95% intervals."),
        html.P("The slope is that of a logistic regression of what came on the predicted log-odds (Cox 1958)."),
    ]
    figure = calibration_figure(found, other, look, words=words)
    under = f"{theme.count(found.n_rows)} rows, {part}, in {len(found.bands)} bands with 95% intervals. {slope_text(found)}"
    return [figure_card(ids.calibration, title, under, figure, meaning=meaning, span=5, height=340, caption=caption)]


def _other(result: RunResult) -> tuple[Calibration | None, tuple[str, str], str | None]:
    """The second curve, what the two are called, and a sentence on the difference."""
    before, after = result.calibration_before, result.calibration_after
    if before is not None:
        told = (
            f"As fitted, after weighting or resampling, {theme.count(before.expected_bad)} bads were expected of "
            f"{theme.count(before.n_bad)} that came; the correction moves the log-odds back. Ranking and AUC stay the same."
        )
        return before, ("corrected", "as fitted"), told
    if after is not None:
        told = (
            f"The correction is switched off. With it, {theme.count(after.expected_bad)} bads would be expected of "
            f"{theme.count(after.n_bad)} that came."
        )
        return after, ("as fitted", "if corrected"), told
    return None, ("corrected", "as fitted"), None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def judged_part(result: RunResult) -> tuple[Metrics, str, Confusion | None]:
    """The rows that the run is judged by: held out where there are any, else training."""
    if result.test is not None:
        return result.test, "held out", result.confusion_test
    if result.train is not None:
        return result.train, "training", result.confusion_train
    if result.validation is None:
        raise ValueError("A run is judged on training, validation or held-out rows; this one has none.")
    return result.validation, "validation", result.confusion_validation
