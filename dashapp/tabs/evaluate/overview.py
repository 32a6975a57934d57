"""Overview: what the run is worth, on rows that it never saw beside those that it learnt from."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, facts, notice, strip
from dashapp.widgets.figures import figure_card
from dashapp.widgets.matrix import class_matrix, confusion_matrix
from dashapp.widgets.tables import Column, table
from pipeline.figures.roc import rates, roc_figure
from pipeline.figures.template import Look
from pipeline.results import Confusion, Metrics, RunResult


def overview(view: RunView, result: RunResult, look: Look) -> list[Component]:
    judged, part = (result.test, "held out") if result.test is not None else (result.train, "training")
    confusion = result.confusion_test if result.test is not None else result.confusion_train
    parts: list[Component] = [_kpis(judged, confusion, part), *_warnings(result)]
    row: list[Component] = [_metrics(result)]
    if confusion is not None:
        row.append(_confusion(confusion, judged.n_rows, part, view.spec.cutoff))
    elif result.confusion_matrix is not None:
        row.append(_classes(result, judged.n_rows, part))
    row.append(_about(view, result))
    parts.append(html.Div(row, className="sd-grid"))
    parts.append(html.Div([*_roc(view, result, confusion, part, look), _note(view)], className="sd-grid"))
    return parts


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


def _about_metric(on: str, best: str, n_classes: int) -> str:
    if on == "decision":
        return "at the cut-off" if n_classes == 2 else "most probable class"
    return "lower is better" if best == "low" else ""


def _metrics(result: RunResult) -> Component:
    from pipeline.metrics import METRICS  # brings numpy along, which no other page needs

    auc = result.test or result.train
    interval = f" (95% interval {theme.interval(auc.auc_low, auc.auc_high)})" if auc.auc_low is not None else ""
    if result.test is not None:
        title = f"Held out, the AUC is {theme.metric(result.test.auc)}{interval}"
        under = f"{theme.count(result.data.n_test)} held-out rows beside the {theme.count(result.data.n_train)} training rows"
    else:
        title = f"On its own training rows the AUC is {theme.metric(result.train.auc)}"
        under = "Training rows only: nothing was held out, so these figures flatter"
    columns = [Column("Metric"), Column("Training", numeric=True)]
    if result.test is not None:
        columns.append(Column("Held out", numeric=True))
    rows: list[list[Children]] = []
    for metric in METRICS:
        trained = getattr(result.train, metric.name)
        held = getattr(result.test, metric.name) if result.test is not None else None
        if trained is None and held is None:
            continue
        name = html.Span(
            [metric.label, html.Span(_about_metric(metric.on, metric.best, len(result.data.labels)), className="note")],
            title=metric.help,
        )
        row: list[Children] = [name, theme.metric(trained)]
        if result.test is not None:
            row.append(html.Span(theme.metric(held), className="strong"))
        rows.append(row)
    cross = result.cross_validation
    foot = None
    if cross is not None:
        foot = html.P(
            f"{cross.folds}-fold cross-validation on the training rows: AUC {theme.metric(cross.auc.mean)} "
            f"(sd {theme.metric(cross.auc.sd)}), log-loss {theme.metric(cross.log_loss.mean)} "
            f"(sd {theme.metric(cross.log_loss.sd)}).",
            className="sd-meta",
        )
    return card(title, table(columns, rows, label="Metrics"), under=under, span=5, flush=True, foot=foot)


def _confusion(counts: Confusion, n_rows: int, part: str, cutoff: float) -> Component:
    goods, bads = counts.tn + counts.fp, counts.fn + counts.tp
    title = (
        f"At {theme.cutoff(cutoff)}, {theme.count(counts.fn)} of {theme.count(bads)} bads slip through and "
        f"{theme.count(counts.fp)} of {theme.count(goods)} goods are refused"
    )
    return card(
        title, confusion_matrix(counts), under=f"{theme.count(n_rows)} rows, {part}. Strong colour marks the mistakes.", span=4
    )


def _classes(result: RunResult, n_rows: int, part: str) -> Component:
    counts = result.confusion_matrix or ()
    right = sum(counts[i][i] for i in range(len(counts)))
    title = f"{theme.count(right)} of {theme.count(n_rows)} rows are read as the class they are"
    under = f"{theme.count(n_rows)} rows, {part}. Rows: what they are; columns: what the model says."
    return card(title, class_matrix(counts, result.data.labels), under=under, span=4)


def _roc(view: RunView, result: RunResult, confusion: Confusion | None, part: str, look: Look) -> list[Component]:
    if result.roc_train is None or confusion is None:
        return []
    refused_goods, caught = rates(confusion)
    title = f"It catches {theme.chance(caught)} of bads and refuses {theme.chance(refused_goods)} of goods"
    n_rows = result.data.n_test if result.test is not None else result.data.n_train
    pale = "; the training curve in grey" if result.test is not None else ""
    meaning = [
        html.P("Each point is a cut-off: up, the share of bads that it refuses; right, the share of goods that it refuses."),
        html.P(
            "The area under the curve (AUC) is the chance that a random bad is scored above a random good: "
            "0.5 is a coin, 1 is perfect. Gini = 2·AUC − 1."
        ),
    ]
    figure = roc_figure(result.roc_test, result.roc_train, confusion, view.spec.cutoff, look)
    return [
        figure_card(
            ids.roc, title, f"ROC curve of {theme.count(n_rows)} rows, {part}{pale}.", figure, meaning=meaning, span=7, height=380
        )
    ]


def _about(view: RunView, result: RunResult) -> Component:
    spec, data, fit = view.spec, result.data, result.fit
    penalty = f"L2, C = {spec.C:g}" if spec.penalty == "l2" else "none"
    pairs: list[tuple[str, Children]] = [("Outcome", html.Code(spec.target))]
    if data.bad_rate is None:
        pairs.append(("Classes", ", ".join(data.labels)))
    else:
        pairs += [("Bad is", data.labels[1]), ("Bad rate", theme.share(data.bad_rate))]
    pairs += [
        ("Features", theme.count(len(data.columns))),
        ("Penalty", penalty),
        ("Class weight", spec.class_weight),
        ("Scaling", spec.scaling),
        ("Missing numbers", spec.missing_numbers),
        ("Fit", f"{'converged' if fit.converged else 'not converged'} in {theme.plural(fit.iterations, 'step')}"),
        ("Log-likelihood", theme.number(round(fit.log_likelihood, 2))),
    ]
    if fit.aic is not None:
        pairs.append(("AIC", theme.number(round(fit.aic, 2))))
    if view.model_sha256:
        pairs.append(("Model", html.Code(view.model_sha256[:12], title=f"SHA-256 of the stored model: {view.model_sha256}")))
    return card(
        "How it was made",
        facts(*pairs),
        under=f"Trained {theme.when(view.finished_at)}; the same options give the same model.",
        span=3,
    )


def _note(view: RunView) -> Component:
    text = html.P(view.note, style={"whiteSpace": "pre-wrap"}) if view.note else html.P("No note yet.", className="sd-meta")
    return card("Note", text, span=5 if view.result is not None and view.result.roc_train is not None else 12)
