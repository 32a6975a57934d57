"""How to read the exact account and LIME beside each other."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Told
from pipeline.explain_results import AVERAGE, CLASSES, ISOTONIC
from pipeline.explaining.lime.words import sentences
from pipeline.lime_results import LimeResult
from pipeline.shown import capital

_COMPARED = "LIME is compared with the exact account against the average applicant, whatever the bars are counted from."
_MOST_SENTENCES = 4  # at once


def how_to_read(run: OpenedRun, told: Told, lime: LimeResult | None) -> Component:
    """What stands at the foot of both, over their whole width. Without LIME it is about the exact account alone."""
    score = {ISOTONIC: "the score before recalibration", CLASSES: f"the log-odds of {told.explanation.label}"}
    whole = score.get(told.explanation.link, "the score")
    exact = f"The parts of the exact account add up to {whole}, because a logistic regression is a sum."
    letter = " For a letter to the applicant use the exact one." if told.advice is not None else ""
    if lime is None:
        return html.Div(html.P([html.B("How to read it. "), exact]), className="sd-how-to-read")
    other = "" if told.explanation.reference_kind == AVERAGE or not lime.fields else f" {_COMPARED}"
    read = html.P([html.B("How to read the two. "), f"{exact} {_lime(lime)}{other}{letter}"])
    return html.Div([read, html.Div(_sentences(sentences(lime, run.wording.label)))], className="sd-how-to-read")


def _sentences(told: Sequence[str]) -> list[Component]:
    """The first few, which say how far the two agree and why not; the others on demand."""
    first = [html.P(capital(sentence)) for sentence in told[:_MOST_SENTENCES]]
    rest = [html.P(capital(sentence)) for sentence in told[_MOST_SENTENCES:]]
    if not rest:
        return first
    summary = html.Summary("More about these weights", className="sd-more-summary")
    return [*first, html.Details([summary, *rest], className="sd-more")]


def _lime(lime: LimeResult) -> str:
    agrees = _agreement(lime)
    if lime.local_r2 <= 0:
        return f"LIME approximates any model near this applicant; here its line explains nothing of the variation{agrees}."
    r2 = f"{lime.local_r2:.2f}"
    return (
        f"LIME approximates any model near this applicant; it explains {theme.chance(lime.local_r2)} of the variation there "
        f"(R² {r2}){agrees}."
    )


def _agreement(lime: LimeResult) -> str:
    if not lime.n_matter:
        return ""
    if lime.n_same_sign == lime.n_matter:
        return " and agrees in direction on " + (
            "the one field that matters" if lime.n_matter == 1 else f"all {lime.n_matter} fields that matter"
        )
    return f" and agrees in direction on {lime.n_same_sign} of the {lime.n_matter} fields that matter"
