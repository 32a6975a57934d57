"""LIME's account of a score, beside the exact one, and how to read the two."""

import math
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Told
from dashapp.widgets.applicant.exact import rest_words
from dashapp.widgets.applicant.lime_table import weights_table
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.figures import figure_card
from pipeline.explaining.lime.words import ALIKE, PARTLY
from pipeline.explaining.wording import Wording
from pipeline.figures.lime import LimeRow, lime_figure
from pipeline.figures.template import Look
from pipeline.figures.waterfall import largest, waterfall_height
from pipeline.lime_results import LimeResult
from pipeline.shown import capital


def lime_card(
    id: str,  # noqa: A002 - Dash's word
    run: OpenedRun,
    lime: LimeResult,
    told: Told,
    look: Look,
    *,
    span: int | None = None,
    foot: Component | None = None,
) -> Component:
    """LIME's weights in the order of the waterfall's fields, so that the two stand side by side; `foot` stands below them."""
    wording = run.wording
    rows = lime_rows(told, lime, wording)
    towards = _towards(run, lime)
    axis = f"LIME weight (change in the {_chance(run, lime)})"
    n = len(rows)
    return figure_card(
        id,
        lime_finding(lime),
        _under_title(run, lime),
        lime_figure(rows, look, towards=towards, axis=axis),
        meaning=dcc.Markdown(_meaning(lime)),
        height=waterfall_height(n),
        narrow=(lime_figure(rows, look, towards=towards, axis=axis, narrow=True), waterfall_height(n, narrow=True)),
        span=span,
        below=[
            html.P(settings_line(lime), className="sd-check"),
            weights_table(lime, wording),
            *([foot] if foot is not None else []),
        ],
    )


def lime_finding(lime: LimeResult) -> str:
    """Says that the two agree only where they do: in the order of the fields and in the sign of those that matter."""
    if not lime.fields:
        return f"LIME's account of {lime.label}, which has no exact one"
    if not lime.n_matter:
        return "No field moves the score, so LIME has nothing to tell"
    if lime.differing:
        return f"LIME points the other way for {_some(len(lime.differing), lime.n_matter)}"
    if lime.n_same_sign < lime.n_matter:
        return f"LIME is undecided on {_some(lime.n_matter - lime.n_same_sign, lime.n_matter)}"
    if lime.rank_agreement is None:
        return "LIME agrees in direction"
    if round(lime.rank_agreement, 2) >= ALIKE:
        return "LIME tells the same story, roughly"
    if round(lime.rank_agreement, 2) >= PARTLY:
        return "LIME agrees in direction, and partly in which fields weigh most"
    return "LIME agrees in direction, but other fields weigh most"


def _some(n: int, of: int) -> str:
    return "the one field that matters" if of == 1 else f"{n} of the {of} fields that matter"


def lime_rows(told: Told, lime: LimeResult, wording: Wording) -> list[LimeRow]:
    """The waterfall's fields in its order; what it puts together is put together here too."""
    by_field = _by_field(lime)
    shown, others = largest(told.explanation.contributions)
    rows = []
    for part in shown:
        if len(part.sources) > 1:
            name = " × ".join(wording.label(source) for source in part.sources)
            rows.append(LimeRow(name, None, words="told with its two fields"))
            continue
        label = capital(wording.label(part.field))
        rows.append(_row(label, by_field.get(part.field)))
    if others:
        effects = [abs(by_field[part.field].effect) for part in others if part.field in by_field]
        each = f"each {_under(max(effects))}" if effects else ""
        rows.append(LimeRow(rest_words(len(others), len(shown)), None, words=each))
    return rows


def settings_line(lime: LimeResult) -> str:
    """What it takes to get the same weights again."""
    said = [
        f"{theme.count(lime.n_samples)} samples",
        f"kernel width {theme.number(lime.kernel_width)}",
        f"seed {lime.seed}",
        theme.plural(lime.n_seeds, "repeat"),
        f"local R² {lime.local_r2:.2f}".replace("-", "−")
        + (f" ({lime.r2_low:.2f} to {lime.r2_high:.2f})".replace("-", "−") if lime.n_seeds > 1 else ""),
        f"lime {lime.version}",
    ]
    return " · ".join(said)


@dataclass(frozen=True)
class _Effect:
    effect: float
    low: float
    high: float
    rule: str


def _by_field(lime: LimeResult) -> dict[str, _Effect]:
    """What LIME gives each field; a class without an exact account keeps its weights alone, one for each field."""
    rules = {weight.field: weight.rule for weight in lime.weights}
    if lime.fields:
        return {one.field: _Effect(one.effect, one.low, one.high, rules.get(one.field, "")) for one in lime.fields}
    found = {}
    for one in lime.weights:
        low, high = sorted((one.low * one.at, one.high * one.at))
        found[one.field] = _Effect(one.effect, low, high, one.rule)
    return found


def _row(label: str, found: _Effect | None) -> LimeRow:
    if found is None:
        return LimeRow(label, None, words="no weight")
    return LimeRow(label, found.effect, found.low, found.high, found.rule)


def _meaning(lime: LimeResult) -> str:
    cut, near = "", "in standard deviations of the training rows, another level counting 1"
    if lime.discretised:
        cut = " Numbers are cut into quarters of the training rows."
        near = "the root of the number of columns whose quarter or level is not the applicant's"
    return (
        "LIME draws samples around the applicant, scores them with the run, weights them by their nearness and fits a line to "
        "the chance, by ridge regression with a penalty of 1:\n\n`chance ≈ intercept + Σ weight · rule`, weights of the samples "
        f"`exp(−distance² ÷ (2 · kernel width²))`, the distance {near}\n\n"
        f"A weight is what the rule moves the chance by, near this applicant.{cut} Every column has its weight, "
        "where the package, unless it is told otherwise, takes ten. Other samples give other weights: the line at a dot "
        "holds the middle 95% of them over the repeats, the seed's own among them; an open dot is one whose sign they do not "
        "agree on. A field matters where the exact account gives it 5% or more of all that the fields move. Ranks are compared "
        "by Spearman's correlation of LIME's effects with the exact contributions against the average applicant, field by "
        "field, signs and all."
    )


def _under_title(run: OpenedRun, lime: LimeResult) -> str:
    of = f" for {lime.label}" if len(run.model.labels) > 2 else ""
    return (
        f"Weights{of}, with the middle 95% of {lime.n_seeds} repeats"
        if lime.n_seeds > 1
        else f"Weights{of} of one set of samples"
    )


def _under(most: float) -> str:
    """`under 0.05`: the next round number above all of them."""
    if most <= 0:
        return "0"
    power = 10.0 ** math.floor(math.log10(most))
    bound = next(power * factor for factor in (1, 2, 5, 10) if power * factor > most)
    return f"under {bound:.3g}"


def _towards(run: OpenedRun, lime: LimeResult) -> tuple[str, str]:
    if len(run.model.labels) > 2:
        return f"away from {lime.label}", f"towards {lime.label}"
    words = class_words(run.model.labels)
    return f"towards {words.good}", f"towards {words.bad}"


def _chance(run: OpenedRun, lime: LimeResult) -> str:
    return "chance" if len(run.model.labels) == 2 else f"chance of {lime.label}"
