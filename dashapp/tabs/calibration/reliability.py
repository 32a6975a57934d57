"""Are the probabilities chances? What the page shows of one part of a run's rows."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.calibration.layout import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, icon, link_button, notice, strip
from dashapp.widgets.figures import figure_card
from dashapp.widgets.parts import before_rows
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.decisions import judged_on
from pipeline.evaluation_results import BrierParts, Calibration, CalibrationBand, HosmerLemeshow, PartEvaluation
from pipeline.figures.calibration import (
    brier_words,
    calibration_figure,
    calibration_finding,
    hosmer_lemeshow_words,
    slope_text,
    too_few,
)
from pipeline.figures.template import Look
from pipeline.results import RunResult
from pipeline.shown import capital

_ALPHA = 0.05


def judged_cards(view: RunView, result: RunResult, base: RunView | None, part: str, look: Look) -> list[Component]:
    """The curve, its numbers and its bands on one part; `base` is the run that this one was recalibrated from."""
    found, told = result.calibration_of(part), result.evaluation(part)
    rows = before_rows(part, view.spec)
    if found is None:
        again = link_button("Train it again", f"/runs/new/{view.dataset_id}?like={view.id}") if view.sees_dataset else None
        text = f"This run was made before calibration was worked out for {rows} rows."
        return [notice("info", "Nothing to show for these rows", text, again)]
    before = base.result.calibration_of(part) if base is not None and base.result is not None else None
    return [
        *_warning(view, result, part),
        _numbers(found, told),
        html.Div(
            [_curve(view, found, before, rows, look), _brier_and_test(told, found, rows)],
            className="sd-grid",
        ),
        html.Div([_bands(view, found, part, rows)], className="sd-grid"),
    ]


def _warning(view: RunView, result: RunResult, part: str) -> list[Component]:
    if part == "validation" and result.recalibration is not None:
        text = "Figures on them flatter: whether it helped is told by rows that it has not seen."
        return [notice("caution", "The validation rows taught the recalibration", text)]
    if part == "training":
        text = "A model always looks right on them, on the whole. "
        text += "Judge it on rows that it has not seen." if judged_on(result) != "training" else "Nothing else was held out."
        return [notice("caution", "The model was fitted to the training rows", text)]
    if part == "cross_validated":
        text = "Each row is scored by a model of the folds that it was not in: honest, but not the scores of the run's own model."
        return [notice("info", "Training rows, scored by other models", text)]
    return []


def _numbers(found: Calibration, told: PartEvaluation | None) -> Component:
    fit = told.hosmer_lemeshow if told is not None else None
    slope_note: Children = "1 is right"
    if found.slope_low is not None and found.slope_high is not None:
        slope_note = f"95% interval {found.slope_low:.2f} to {found.slope_high:.2f}; 1 is right".replace("-", theme.MINUS)
    return strip(
        ("Bads expected", theme.count(found.expected_bad), f"{theme.count(found.n_bad)} of {theme.count(found.n_rows)} came"),
        ("Calibration slope", theme.signed(found.slope, "{:.2f}"), slope_note),
        ("Calibration intercept", theme.signed(found.intercept, "{:+.2f}"), _intercept_note(found)),
        ("Brier score", theme.metric(found.brier_score), "mean square of chance less outcome"),
        (
            "Hosmer–Lemeshow p",
            theme.p_value(fit.p_value) if fit is not None else theme.NOTHING,
            f"χ² {fit.statistic:.1f}, {fit.df} df" if fit is not None else "not worked out for these rows",
        ),
    )


def _intercept_note(found: Calibration) -> str:
    if found.intercept_low is None or found.intercept_high is None:
        return "log-odds, slope held at 1; 0 is right"
    low, high = theme.signed(found.intercept_low, "{:+.2f}"), theme.signed(found.intercept_high, "{:+.2f}")
    return f"95% interval {low} to {high}; 0 is right"


def _curve(view: RunView, found: Calibration, before: Calibration | None, rows: str, look: Look) -> Component:
    title = capital(f"on {rows} rows, {calibration_finding(found)}")
    meaning = [
        html.P("Rows are put in bands by their predicted probability. Right: the mean of the band; up: the share that went bad."),
        html.P("On the dotted line both agree. The lines up and down are Wilson's 95% intervals."),
        html.P(
            "The slope is that of a logistic regression of what came on the predicted log-odds (Cox 1958): below 1 the chances "
            "are too far apart, above 1 too close together. The intercept, with the slope held at 1, says whether they are too "
            "high or too low on the whole."
        ),
    ]
    caption: Children = None
    if before is not None:
        told = f"{before.slope:.2f}" if before.slope is not None else "unknown"
        base = dcc.Link(view.origin.run_name, href=f"/runs/{view.origin.run_id}/calibration")
        caption = ["Grey: the same rows before the recalibration, in ", base, f", with a slope of {told}."]
    figure = calibration_figure(found, before, look, words=("recalibrated", "before"))
    bands = theme.plural(len(found.bands), "band")
    under = f"{theme.count(found.n_rows)} {rows} rows in {bands} with 95% intervals. {slope_text(found)}"
    return figure_card(ids.reliability, title, under, figure, meaning=meaning, span=7, height=360, caption=caption)


def _brier_and_test(told: PartEvaluation | None, found: Calibration, rows: str) -> Component:
    parts, fit = (told.brier, told.hosmer_lemeshow) if told is not None else (None, None)
    body: list[Component] = []
    title = f"The Brier score is {theme.metric(found.brier_score)}"
    if parts is not None:
        title = brier_words(parts, min(found.n_bad, found.n_rows - found.n_bad))
        body.append(_brier_table(parts))
    body.append(html.H3("Hosmer–Lemeshow", className="sd-calibration-head"))
    body.append(html.P(_test_words(fit), className="sd-quiet"))
    under = f"Brier score and what it is made of, {rows} rows. 0 is a sure and right forecast for every row."
    return card(title, body, under=under, span=5)


def _brier_table(parts: BrierParts) -> Component:
    rows: list[list[Children]] = [
        [_about("Uncertainty", "the bad rate's own; no model changes it"), f"{parts.uncertainty:.4f}"],
        [_about("− Resolution", "how far the groups lie apart; more is better"), f"{theme.MINUS}{parts.resolution:.4f}"],
        [_about("+ Reliability", "chances that are off; 0 is right"), f"{parts.reliability:.4f}"],
    ]
    if abs(parts.within) >= 5e-5:
        rows.append([_about("+ Within groups", "what the groups hide"), theme.signed(parts.within, "{:.4f}")])
    rows.append([html.Span("Brier score", className="strong"), html.Span(f"{parts.score:.4f}", className="strong")])
    columns = [Column(f"Over {parts.n_groups} groups of rows"), Column("Part", numeric=True)]
    return table(columns, rows, label="Parts of the Brier score", wrap=True)


def table_link(href: str) -> Component:
    """The corner of a card whose table can be taken away."""
    words = "Download the table (CSV)"
    return html.A(icon("download"), href=href, download="", className="sd-icon-button", title=words, **{"aria-label": words})


def _about(name: str, note: str) -> Component:
    return html.Span([name, html.Span(note, className="note")])


def _test_words(fit: HosmerLemeshow | None) -> str:
    if fit is None:
        return (
            "There is no test on these rows: too few groups of different chances, or the run was made before it was worked out."
        )
    return hosmer_lemeshow_words(fit)


def _bands(view: RunView, found: Calibration, part: str, rows: str) -> Component:
    told = [band for band in found.bands if band.jeffreys_p is not None and not too_few(found, band)]
    low = [band for band in told if band.jeffreys_p is not None and band.jeffreys_p < _ALPHA]
    body = [_band_row(found, band) for band in found.bands]
    columns = [
        Column("Predicted"),
        *(Column(name, numeric=True) for name in ("Rows", "Expected bads", "Bads that came", "Bad rate", "95% interval")),
        Column("Came / expected", numeric=True),
        Column("Jeffreys p", numeric=True),
    ]
    if told:
        some = f"{len(low)} of {len(told)} bands hold" if len(low) > 1 else f"1 of {len(told)} bands holds"
        title = f"{some if low else 'No band holds'} more bads than was said, at the 5% level"
    else:
        title = f"Expected and observed bads in {theme.plural(len(found.bands), 'band')}"
    under = (
        f"{theme.count(found.n_rows)} {rows} rows in tenths by predicted probability. Jeffreys' p is the chance of a true bad "
        "rate at or below the predicted one, given what came: in a right model too it is under 0.05 in 1 of 20 bands."
    )
    tools = [table_link(f"/api/runs/{view.id}/calibration.csv?part={part}")]
    shown = table(columns, body, label="Expected and observed bads by band")
    return card(title, shown, under=under, tools=tools, span=12, flush=True)


def _band_row(found: Calibration, band: CalibrationBand) -> list[Children]:
    came, expected = round(band.bad_rate * band.n_rows), band.mean_probability * band.n_rows
    row: list[Children] = [theme.share(band.mean_probability), theme.count(band.n_rows), f"{expected:,.1f}", theme.count(came)]
    if too_few(found, band):
        few = html.Span(f"too few, {theme.plural(band.n_rows, 'row')}", className="note")
        return [*row, few, theme.NOTHING, theme.NOTHING, theme.NOTHING]
    p: Children = theme.p_value(band.jeffreys_p)
    if band.jeffreys_p is not None and band.jeffreys_p < _ALPHA:
        p = html.Span([p, html.Span("more than said", className="note")], className="strong")
    return [
        *row,
        theme.share(band.bad_rate),
        f"{theme.share(band.ci_low)} to {theme.share(band.ci_high)}",
        f"{came / expected:.2f}" if expected > 0 else theme.NOTHING,
        p,
    ]
