"""LIME's rules and weights in words and numbers: what its figure tells those alone who hover."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.widgets.applicant.exact_table import drawn_table
from dashapp.widgets.applicant.values import field_label
from pipeline.explaining.wording import Wording
from pipeline.lime_results import LimeResult

MOST_RULES = 30
_LABEL = "LIME's weight of every rule"


def weights_table(lime: LimeResult, wording: Wording) -> Component:
    """A row for each rule, the largest effect first, and at the end what LIME's line comes to; of many rules the largest."""
    lines = weight_lines(lime, wording)
    chance = theme.signed(lime.probability, "{:.4f}")
    note = f"Weights and intercept add up to the line's chance; the run's own is {chance}."
    if not lime.discretised:
        note = (
            "A weight times how many standard deviations the applicant lies from the mean is what it moves the chance by; these "
            f"and the intercept add up to the line's chance. The run's own is {chance}."
        )
    return html.Details(
        [
            html.Summary(f"{_rules(len(lime.weights))} as a table", className="sd-more-summary"),
            drawn_table(_LABEL, lines, note),
        ],
        className="sd-more",
    )


def weight_lines(lime: LimeResult, wording: Wording) -> list[list[str]]:
    """The heads, and then the rows; the second cell of a row, its rule, stands under its field."""
    heads = ["Field", "", "Weight", f"95% of {lime.n_seeds} repeats", *([] if lime.discretised else ["SDs from mean"])]
    lines, form = [heads], _form(lime)

    def told(value: float) -> str:
        return theme.signed(value, form)

    shown = lime.weights if len(lime.weights) <= MOST_RULES + 1 else lime.weights[:MOST_RULES]
    for one in shown:
        at = [] if lime.discretised else [theme.signed(one.at, "{:+.2f}")]
        lines.append(
            [field_label(one.field, wording), one.rule, told(one.weight), f"{told(one.low)}\u00a0to\u00a0{told(one.high)}", *at]
        )
    rest, others = ["", *([] if lime.discretised else [""])], lime.weights[len(shown) :]
    if others:
        lines.append([f"{len(others)} other rules", "their effects together", told(sum(one.effect for one in others)), *rest])
    lines.append(["Intercept", "where no rule holds", told(lime.intercept), *rest])
    lines.append(["The line's chance", "of this applicant", theme.signed(lime.local_prediction, "{:.4f}"), *rest])
    return lines


def _rules(n: int) -> str:
    return "The one rule" if n == 1 else f"All {n} rules" if n <= MOST_RULES + 1 else f"{MOST_RULES} of {n} rules"


def _form(lime: LimeResult) -> str:
    """As many digits as tell the weights apart: rare outcomes have small ones."""
    largest = max((abs(one.weight) for one in lime.weights), default=0.0)
    return "{:+.3f}" if largest >= 0.05 else "{:+.4f}" if largest >= 0.005 else "{:+.6f}"
