"""The page as a whole, and what stands there for a run that has nothing to calibrate."""

from dash import html
from dash.development.base_component import Component

from dashapp.tabs.calibration.layout import ids, part_bar
from dashapp.tabs.calibration.points_card import points_cards
from dashapp.tabs.calibration.recalibrate_card import changed_card, recalibrate_card
from dashapp.tabs.calibration.reliability import judged_cards
from dashapp.usecases import points
from dashapp.usecases.points import PointsAsked
from dashapp.usecases.runs import RunCard, RunView
from dashapp.widgets.basics import empty, link_button
from dashapp.widgets.parts import part_words
from pipeline.cutoffs.points import ScoreBands
from pipeline.figures.template import Look
from pipeline.results import RunResult
from pipeline.shown import capital


def body(
    view: RunView,
    result: RunResult,
    asked: PointsAsked,
    found: ScoreBands | None,
    base: RunView | None,
    made: list[RunCard],
    look: Look,
) -> list[Component]:
    """`base` is the run that this one was recalibrated from, `made` are those that were recalibrated from this one."""
    there = points.parts(view)
    words = {part: capital(part_words(part, view.spec)) for part in there}
    return [
        part_bar(there, words, asked.part),
        html.Div(judged_cards(view, result, base, asked.part, look), id=ids.judged, className="sd-stack sd-calibration-judged"),
        html.Div(points_cards(view, result, asked, found, look), className="sd-grid sd-calibration-points"),
        html.Div(
            [*changed_card(view, result, base), recalibrate_card(view, result, made)], className="sd-grid sd-calibration-moved"
        ),
    ]


def without_calibration(view: RunView, made: list[RunCard]) -> list[Component]:
    """Why there is none, and what to do."""
    result = view.result
    if result is None:
        text = "Calibration compares what the run predicts with what came. It is there once the run has ended well."
        return [empty("bullseye", "No result yet", text, link_button("Open the run", f"/runs/{view.id}"))]
    if not points.parts(view):
        text = "Calibration, points and score bands are for two classes. The overview has the calibration of each class."
        return [empty("bullseye", "This run has three classes or more", text, link_button("Overview", f"/runs/{view.id}"))]
    column = f"'{view.origin.column}'" if view.origin.column else "This score"
    text = (
        f"{column} ranks applicants, but its numbers are no chances: there is nothing to hold against what came, and there are "
        "no odds to make points of. Recalibrating turns it into a probability of bad."
    )
    return [
        empty("bullseye", "The score is no probability", text),
        html.Div([recalibrate_card(view, result, made)], className="sd-grid"),
    ]
