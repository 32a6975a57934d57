"""Overview: what the run is worth, what it decides, how it ranks, whether its probabilities hold, and how it was made."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.decisions import (
    MANY_CLASSES,
    class_table,
    classes_card,
    confusion_card,
    cutoff_words,
    cutoffs_card,
    distribution_card,
    flattering,
    many_classes_card,
    report_card,
)
from dashapp.tabs.evaluate.judged import Judged, judged
from dashapp.tabs.evaluate.made import made_card, note_card, objective_card
from dashapp.tabs.evaluate.probabilities import calibration_card, classes_calibration_card, tests_card
from dashapp.tabs.evaluate.ranking import gains_cards, ks_card, precision_recall_card
from dashapp.tabs.evaluate.worth import metrics_card, roc_card
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, notice, strip
from pipeline.evaluation.cutoff_metrics import CutoffFigures
from pipeline.figures.template import Look
from pipeline.results import RunResult


def overview(view: RunView, result: RunResult, look: Look) -> list[Component]:
    rows = judged(view, result)
    sections = [
        _section("worth", "What it is worth", _judged_by(result, rows),
                 [metrics_card(view, result, rows, 7), *roc_card(result, rows, look, 5)]),
        *(_of_classes(result, rows, look) if rows.decisions is None else _of_two(view, result, rows, look)),
        _made(view, result, look),
    ]  # fmt: skip
    shown = [section for section in sections if section is not None]
    return [_kpis(rows), *_warnings(result), _contents(shown), *shown]


def _contents(sections: list[Component]) -> Component:
    """Links to the sections: the page is long."""
    links = [html.A(section.children[0].children[0].children, href=f"#{section.id}") for section in sections]
    return html.Nav(links, className="sd-contents", **{"aria-label": "Sections of this page"})


def _judged_by(result: RunResult, rows: Judged) -> str:
    if rows.part == "training":
        return "By the rows that it learnt from: nothing was held out."
    if rows.part == "validation" and result.recalibration is not None:
        return "By the validation rows that the recalibration learnt from: nothing was held out."
    if result.train is None:
        return f"A score that the data held already, judged by its {rows.name.replace(' ', '-')} rows."
    return f"Judged by rows that no fit saw ({rows.name})."


def _of_two(view: RunView, result: RunResult, rows: Judged, look: Look) -> list[Component | None]:
    """Decisions, ranking and probabilities of a run of two classes."""
    table, counts = rows.table, rows.confusion
    if table is None or counts is None:
        return []
    return [
        _section("decisions", f"Decisions at {rows.cutoff}", cutoff_words(view, rows),
                 [confusion_card(counts, rows, 4), *distribution_card(view, result, rows, table, look, 8)],
                 [cutoffs_card(view, result, rows, table, 8), report_card(counts, result, rows, 4)],
                 before=flattering(view, result, rows)),
        _section("ranking", "Ranking", "Whether the bads stand above the goods, whatever the cut-off.",
                 [*precision_recall_card(result, rows, counts, look, 6), *ks_card(view, result, rows, table, look, 6)],
                 gains_cards(result, rows, counts, look)),
        _section("probabilities", "Probabilities", "Whether what was predicted is what came.",
                 [*calibration_card(result, rows, look, 7), *tests_card(view, result, rows, 5)]),
    ]  # fmt: skip


def _of_classes(result: RunResult, rows: Judged, look: Look) -> list[Component | None]:
    under = "The most probable class is the one that is said."
    many = len(result.data.labels) > MANY_CLASSES
    matrix = many_classes_card(result, rows, look, 12) if many else classes_card(result, rows, 5)
    cards = [matrix, *class_table(result, rows, 12 if many else 7)]
    return [
        _section("decisions", "Decisions", under, cards),
        _section("probabilities", "Probabilities", "Whether what was predicted is what came.",
                 classes_calibration_card(result, rows, 12)),
    ]  # fmt: skip


def _made(view: RunView, result: RunResult, look: Look) -> Component | None:
    course = objective_card(view, result, look)
    rows = (
        [[*course, made_card(view, result, 5)], [note_card(view, 12)]]
        if course
        else [[made_card(view, result, 5), note_card(view, 7)]]
    )
    return _section("made", "How it was made", None, *rows)


def _section(
    name: str, title: str, under: Children, *rows: list[Component], before: list[Component] | None = None
) -> Component | None:
    """A heading and its rows of cards; nothing where there is no card."""
    shown = [html.Div(cards, className="sd-grid") for cards in rows if cards]
    if not shown:
        return None
    words: list[Component] = [html.H2(title)]
    if under is not None:
        words.append(html.P(under, className="sd-meta"))
    return html.Section(
        [html.Div(words, className="sd-section-head"), *(before or []), *shown], id=f"run-{name}", className="sd-section"
    )


def _kpis(rows: Judged) -> Component:
    metrics = rows.metrics
    interval = (
        f"95% interval {theme.interval(metrics.auc_low, metrics.auc_high)}"
        if metrics.auc_low is not None
        else "mean of one-vs-rest"
    )
    items: list[tuple[str, Children, Children]] = [(f"AUC, {rows.name}", theme.metric(metrics.auc), interval)]
    if rows.decisions is None:
        items += [
            ("Accuracy", theme.share(metrics.accuracy), "share of rows read right"),
            ("F1, mean of classes", theme.metric(metrics.f1), "precision and recall together"),
            ("Log-loss", theme.metric(metrics.log_loss), "lower is better"),
        ]
        return strip(*items)
    ks = rows.evaluation.interval("ks_statistic") if rows.evaluation is not None else None
    gap = f"95% interval {theme.interval(ks.low, ks.high)}" if ks is not None else "largest gap of bads and goods"
    counts = rows.decisions.confusion
    items += [
        ("KS", theme.metric(metrics.ks_statistic), gap),
        ("Approval rate", *_share(rows.decisions, "approval_rate", counts.tn + counts.fn)),
        ("Bad among approved", *_share(rows.decisions, "bad_rate_approved", counts.fn)),
        ("Recall of bads", *_share(rows.decisions, "recall", counts.tp)),
    ]
    return strip(*items)


def _share(decisions: CutoffFigures, name: str, cases: int) -> tuple[Children, Children]:
    """A share with its interval, and the counts behind it."""
    found = decisions.figure(name)
    counted = f"{theme.count(cases)} of {theme.count(found.n)}"
    return theme.share(found.value), [
        counted,
        html.Br(),
        f"95% interval {theme.share(found.low)} to {theme.share(found.high)}",
    ] if found.n else counted


def _warnings(result: RunResult) -> list[Component]:
    if not result.warnings:
        return []
    if len(result.warnings) == 1:
        return [notice("caution", "Worth knowing", result.warnings[0])]
    return [notice("caution", "Worth knowing", html.Ul([html.Li(text) for text in result.warnings], className="sd-list"))]
