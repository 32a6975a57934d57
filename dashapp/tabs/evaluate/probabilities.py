"""Whether the probabilities can be believed: what was predicted beside what came."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.judged import Judged
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, facts
from dashapp.widgets.figures import figure_card
from dashapp.widgets.tables import Column, table
from pipeline.evaluation_results import Calibration, PartEvaluation
from pipeline.figures.calibration import calibration_figure, calibration_finding, slope_text
from pipeline.figures.template import Look
from pipeline.results import RunResult
from pipeline.shown import capital


def calibration_card(result: RunResult, judged: Judged, look: Look, span: int) -> list[Component]:
    """Predicted against observed, with what it was, or would be, without or with the correction for a changed prior."""
    found = result.calibration
    if found is None:
        return []
    other, words, caption = _other(result)
    where = f"On {judged.name} rows" if judged.part != "held_out" else capital(judged.name)
    meaning = [
        html.P("Rows are put in bands by their predicted probability. Right: the mean of the band; up: the share that went bad."),
        html.P("On the dotted line both agree. The lines up and down are Wilson's 95% intervals."),
        html.P("The slope is that of a logistic regression of what came on the predicted log-odds (Cox 1958)."),
    ]
    figure = calibration_figure(found, other, look, words=words)
    under = (
        f"{theme.plural(found.n_rows, 'row')}, {judged.name}, in {len(found.bands)} bands with 95% intervals. {slope_text(found)}"
    )
    title = f"{where}, {calibration_finding(found)}"
    return [figure_card(ids.calibration, title, under, figure, meaning=meaning, span=span, height=360, caption=caption)]


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


def tests_card(view: RunView, result: RunResult, judged: Judged, span: int) -> list[Component]:
    """The Brier score in its parts and the tests, with the way to the tab that goes into them."""
    evaluation = judged.evaluation
    if result.calibration is None or evaluation is None or (evaluation.brier is None and evaluation.hosmer_lemeshow is None):
        return []
    pairs: list[tuple[str, Children]] = [*_of_the_curve(result.calibration), *_of_the_tests(evaluation)]
    link = dcc.Link("More on the Calibration tab", href=f"/runs/{view.id}/calibration")
    title, under = _tests_words(evaluation), f"Calibration of {judged.rows}"
    return [card(title, [facts(*pairs), html.P(link, className="sd-end-line")], under=under, span=span)]


def _of_the_curve(found: Calibration) -> list[tuple[str, Children]]:
    ratio = f"{found.n_bad / found.expected_bad:.2f}" if found.expected_bad else theme.NOTHING
    pairs: list[tuple[str, Children]] = [("Observed / expected", ratio)]
    if found.intercept is not None:
        pairs.append(("Intercept, 0 is right", theme.signed(found.intercept) + _ends(found.intercept_low, found.intercept_high)))
    if found.slope is not None:
        pairs.append(("Slope, 1 is right", theme.signed(found.slope) + _ends(found.slope_low, found.slope_high)))
    return pairs


def _ends(low: float | None, high: float | None) -> str:
    return f" ({theme.signed(low)} to {theme.signed(high)})" if low is not None and high is not None else ""


def _of_the_tests(evaluation: PartEvaluation) -> list[tuple[str, Children]]:
    pairs: list[tuple[str, Children]] = []
    brier, test = evaluation.brier, evaluation.hosmer_lemeshow
    if brier is not None:
        pairs += [
            ("Brier score", f"{brier.score:.4f}"),
            ("Reliability, 0 is right", f"{brier.reliability:.4f}"),
            ("Resolution, more is better", f"{brier.resolution:.4f}"),
            ("Uncertainty of the outcome", f"{brier.uncertainty:.4f}"),
        ]
    if test is not None:
        pairs += [
            ("Hosmer–Lemeshow χ²", f"{test.statistic:.2f} on {test.df} df"),
            ("Its p-value", theme.p_value(test.p_value)),
        ]
        if test.n_few:
            pairs.append(("Groups that expect under 5", f"{test.n_few} of {test.n_groups}, so the p-value is rough"))
    return pairs


def _tests_words(evaluation: PartEvaluation) -> str:
    test = evaluation.hosmer_lemeshow
    if test is None:
        return "How far the probabilities are off"
    if 2 * test.n_few > test.n_groups:
        return "Most groups are too small for a sharp test of the probabilities"
    if test.p_value < 0.05:
        return f"Expected and observed differ by more than chance over {test.n_groups} groups"
    return f"Over {test.n_groups} groups, expected and observed differ no more than chance explains"


def classes_calibration_card(result: RunResult, judged: Judged, span: int) -> list[Component]:
    """Three classes and more: rows expected of each class beside those that came."""
    shown = [(one.label, one.calibration) for one in result.classes if one.calibration is not None]
    if not shown:
        return []
    label, worst = max(shown, key=lambda pair: abs(pair[1].expected_bad - pair[1].n_bad))
    title = f"{theme.count(worst.expected_bad)} rows of {label} were expected and {theme.count(worst.n_bad)} came"
    heads = ("Expected", "Came", "Slope", "95% interval", "Brier score")
    rows: list[list[Children]] = [
        [
            name,
            f"{found.expected_bad:,.1f}",
            theme.count(found.n_bad),
            theme.NOTHING if found.slope is None else f"{found.slope:.2f}",
            theme.NOTHING
            if found.slope_low is None or found.slope_high is None
            else f"{found.slope_low:.2f} to {found.slope_high:.2f}",
            f"{found.brier_score:.4f}",
        ]
        for name, found in shown
    ]
    under = (
        f"The probability of each class against what came, {judged.rows}; the class where the two are furthest apart is named."
    )
    columns = [Column("Class"), *(Column(head, numeric=True) for head in heads)]
    return [card(title, table(columns, rows, label="Calibration of each class"), under=under, span=span, flush=True)]
