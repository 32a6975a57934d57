"""Points: the scaling with its formula in numbers, the bands of the score, and their odds beside those that it promises."""

from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.calibration.layout import ids, scaling_form
from dashapp.tabs.calibration.reliability import table_link
from dashapp.usecases.points import PointsAsked
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card, facts, notice
from dashapp.widgets.figures import figure_card
from dashapp.widgets.parts import before_rows
from dashapp.widgets.tables import Column, bar, table
from pipeline.cutoffs.decisions import confusion_at, score_tables
from pipeline.cutoffs.points import LEAST_ROWS, Scaling, ScoreBand, ScoreBands
from pipeline.evaluation_results import Calibration
from pipeline.figures.score_bands import score_bands_figure, score_bands_finding
from pipeline.figures.template import Look
from pipeline.results import RunResult


def points_cards(view: RunView, result: RunResult, asked: PointsAsked, found: ScoreBands | None, look: Look) -> list[Component]:
    """The form, which stays as it is, and what its fields move."""
    form = card(
        "Points",
        [scaling_form(asked), html.Div(formula(view, asked.scaling), id=ids.points)],
        under="The probability on the scale that loan officers read: more points, less risk",
        span=4,
    )
    return [form, html.Div(bands_cards(view, result, asked, found, look), id=ids.bands, className="sd-calibration-bands")]


def formula(view: RunView, scaling: Scaling) -> list[Component]:
    """The scaling with its numbers, and what it says of the run's cut-off."""
    offset = f"{scaling.offset:.5f}".replace("-", theme.MINUS)
    cutoff = scaling.points(view.cutoff) if 0 < view.cutoff < 1 else None
    base = f"{scaling.base_score + scaling.pdo:g} points at {2 * scaling.base_odds:g} : 1".replace("-", theme.MINUS)
    pairs: list[tuple[str, Children]] = [
        ("Factor, PDO / ln 2", f"{scaling.factor:.5f}"),
        ("Offset, points at odds of 1 : 1", offset),
        ("So that", base),
    ]
    if cutoff is not None:
        at = f"{cutoff:.1f}".replace("-", theme.MINUS)
        pairs.append((f"Cut-off {theme.cutoff(view.cutoff)}", html.Span(f"{at} points", className="strong")))
    line = html.P(
        html.Code(f"points = {offset} + {scaling.factor:.5f} · ln(goods\u00a0:\u00a0bads)"), className="sd-calibration-formula"
    )
    rounding = "Points are rounded to whole ones for the bands, halves up. The cut-off refuses at or below its exact points."
    return [line, facts(*pairs), html.P(rounding, className="sd-quiet")]


def bands_cards(view: RunView, result: RunResult, asked: PointsAsked, found: ScoreBands | None, look: Look) -> list[Component]:
    """The figure and the table of the bands; a sentence where there are none to be had."""
    if found is None:
        text = "This run is from before the score of each row was kept with it, and its data set is not shared with you."
        return [html.Div(notice("info", "There are no score bands", text), className="sd-8")]
    rows = before_rows(found.part, view.spec)
    judged = result.calibration_of(found.part)
    cutoff = found.scaling.points(view.cutoff) if 0 < view.cutoff < 1 else None
    few = sum(band.few for band in found.bands)
    left = f"; {theme.plural(few, 'band')} with fewer than {LEAST_ROWS} rows left out" if few else ""
    meaning = [
        html.P("Above: the share of bads in each band, with Wilson's 95% interval; the open dot is the mean prediction."),
        html.P(
            "Below: goods to one bad, on a log scale. The dotted line is what the scaling promises: base odds at the base score, "
            "doubled by every PDO points. A band without a bad has no odds and is not drawn there."
        ),
        html.P("score = offset + factor · ln(goods : bads), with factor = PDO / ln 2."),
    ]
    figure = figure_card(
        ids.bands_figure,
        score_bands_finding(found, judged.slope if judged is not None else None),
        f"{theme.count(found.n_rows)} {rows} rows in bands of {theme.count(found.width)} points{left}.{_doubling(found, judged)}",
        score_bands_figure(found, cutoff, look),
        meaning=meaning,
        height=400,
        span=8,
    )
    return [figure, _table_card(view, result, asked, found, rows)]


def _doubling(found: ScoreBands, judged: Calibration | None) -> str:
    """The interval of the points that double the odds, from that of the calibration slope."""
    if judged is None or judged.slope_low is None or judged.slope_high is None or judged.slope_low <= 0:
        return ""
    pdo = found.scaling.pdo
    return f" The doubling has a 95% interval of {pdo / judged.slope_high:.3g} to {pdo / judged.slope_low:.3g} points."


def _table_card(view: RunView, result: RunResult, asked: PointsAsked, found: ScoreBands, rows: str) -> Component:
    columns = [
        Column("Points"),
        *(Column(name, numeric=True) for name in ("Rows", "Goods", "Bads", "Bad rate", "95% interval", "Predicted", "Odds")),
        Column("Approved down to here", numeric=True),
        Column("Bad among them", numeric=True),
    ]
    most = max((band.share for band in found.bands), default=0.0)
    body = [_row(band, found, most) for band in found.bands]
    under = (
        f"{theme.count(found.n_rows)} {rows} rows; odds are goods to one bad. Fewer than {LEAST_ROWS} rows have no rate. "
        "The last two columns are of all rows with so many points or more."
    )
    tools = [table_link(f"/api/runs/{view.id}/score_bands.csv?{urlencode(asked.query())}")]
    shown = table(columns, body, label="Score bands")
    return card(_finding(view, result, found), shown, under=under, tools=tools, span=12, flush=True)


def _finding(view: RunView, result: RunResult, found: ScoreBands) -> str:
    counts = confusion_at(score_tables(result)[found.part], view.cutoff)
    approved = counts.tn + counts.fn
    if not approved or not found.n_rows or not 0 < view.cutoff < 1:
        return f"Score bands of {theme.count(found.width)} points"
    at = f"{found.scaling.points(view.cutoff):.1f}".replace("-", theme.MINUS)
    share, bad = theme.chance(approved / found.n_rows), theme.share(counts.fn / approved)
    return f"Above {at} points, the cut-off, {share} are approved and {bad} of them go bad"


def _row(band: ScoreBand, found: ScoreBands, most: float) -> list[Children]:
    few = html.Span(f"too few, {theme.plural(band.n_rows, 'row')}", className="note") if band.few else theme.NOTHING
    odds = band.odds
    return [
        band.name,
        html.Span(
            [bar(band.share / most if most else 0.0, accent=True), theme.count(band.n_rows)], className="sd-calibration-rows"
        ),
        theme.count(band.n_good),
        theme.count(band.n_bad),
        theme.share(band.bad_rate) if band.bad_rate is not None else few,
        f"{theme.share(band.ci_low)} to {theme.share(band.ci_high)}" if band.ci_low is not None else theme.NOTHING,
        theme.share(band.mean_probability),
        f"{odds:,.1f}" if odds is not None else ("no bads" if band.bad_rate == 0 else theme.NOTHING),
        theme.share(band.cumulative_rows / found.n_rows) if found.n_rows else theme.NOTHING,
        theme.share(band.cumulative_bad / band.cumulative_rows) if band.cumulative_rows >= LEAST_ROWS else theme.NOTHING,
    ]
