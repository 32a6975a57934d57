"""The cards of the page."""

from typing import TYPE_CHECKING, Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.boundary.equation import equation_parts
from dashapp.tabs.boundary.layout import ids
from dashapp.tabs.boundary.shown import Shown
from dashapp.tabs.boundary.words import auc_words, difference_words, held_words, range_words, rows_words
from dashapp.tabs.segments.words import words_of
from dashapp.usecases import boundaries
from dashapp.usecases.boundary_address import POINTS
from dashapp.usecases.errors import Refused
from dashapp.usecases.runs import RunView
from dashapp.widgets.applicant.values import field_label, value_of
from dashapp.widgets.basics import card, empty, facts, link_button, notice
from dashapp.widgets.counting import at_work
from dashapp.widgets.figures import figure_card
from pipeline.boundary_results import AucOf, Axis, Surface
from pipeline.effect_results import chances, mapped
from pipeline.explaining.wording import with_unit
from pipeline.figures.bands import number
from pipeline.figures.boundary import Ring, boundary_figure
from pipeline.figures.boundary_words import Decisions, boundary_title
from pipeline.figures.classes import class_colour, class_ink, class_symbol
from pipeline.figures.template import PALETTES, Look
from pipeline.shown import capital, short

if TYPE_CHECKING:
    from pipeline.model import CalibrationMap

_HEIGHT = 430
_MOST_HELD = 15  # at once


def body(page: Shown, look: Look) -> list[Component]:
    """The picture of the run beside that of the two fields alone; under them the equation, and what is held."""
    return [
        *([notice("caution", *page.why_row)] if page.why_row is not None else []),
        html.Div(work(page), id=ids.work),
        html.Div(_cards(page, look), className="sd-grid"),
    ]


def _cards(page: Shown, look: Look) -> list[Component]:
    """The run at the left, what it is compared with and what is held at the right."""
    return [
        html.Div([_slice_card(page, look), _equation_card(page)], className="sd-7 sd-boundary-side"),
        html.Div([_two_card(page, look), *([_held_card(page)] if page.surface.held else [])], className="sd-5 sd-boundary-side"),
    ]


def work(page: Shown) -> list[Component]:
    """What is counted or trained, and what came to nothing."""
    rows = (page.rows_study, "The rows are being counted", "The rows were not counted")
    two = (page.two_study, "The two fields are being trained on", "The two fields were not trained on")
    return [
        at_work(study.card, doing, failed) for study, doing, failed in (rows, two) if study is not None and study.result is None
    ]


def without_boundary(why: Refused) -> list[Component]:
    """A run that has none, and why."""
    return [empty("bounding-box", "No boundary to draw", f"{why.message} {why.fix}".strip())]


def decisions(view: RunView, labels: tuple[str, ...]) -> Decisions:
    words = words_of(view, labels)
    return Decisions(words.refused, words.approved)


def _slice_card(page: Shown, look: Look) -> Component:
    found, view = page.surface, page.run.view
    name = page.applicant.name if page.applicant is not None else None
    ring = _ring(found, name)
    points = page.address.rows == POINTS
    figure = boundary_figure(found, look, chance=_chance(page.run.view, found), rows=page.rows, points=points, ring=ring)
    under = f"The whole run, {auc_words(_full(page), len(found.labels))}. {held_words(found, name)}{range_words(found)}."
    said: list[Any] = []
    if page.rows is not None:
        said.append(rows_words(view, page.rows, points, found.cutoff))
    elif page.why_rows is not None:
        said.append(" ".join(page.why_rows))
    if name is not None and ring is None:
        said.append(f"{capital(name)} lacks one of the two, or lies outside the picture.")
    keys = [_keys(found.labels, look)] if page.rows is not None and found.cutoff is None else []
    caption = [_readout(ids.readout), *keys, *(html.Span(text, className="sd-boundary-said") for text in said)]
    built = figure_card(
        ids.figure, boundary_title(found, decisions(view, found.labels)), under, figure,
        meaning=_meaning(found), height=_HEIGHT, caption=caption,
    )  # fmt: skip
    model = page.run.model
    built.children = [*built.children, dcc.Store(id=ids.parts, data=parts_data(found, model.link, model.calibration))]
    return built


def _two_card(page: Shown, look: Look) -> Component:
    """A model of these two fields only: on request, since it is trained for it."""
    two, found = page.two, page.surface
    title = "A slice is not the model"
    if two is None and not found.held:
        return card("The picture is the model", html.P("The run reads these two fields alone, so that nothing is held still."))
    if two is None:
        explain = (
            "The picture is that of the whole run, with all but two fields held still. A model trained on these two alone has "
            "another boundary and less to go by: see by how much."
        )
        parts: list[Component] = [html.P(explain)]
        if page.why_two is not None:
            parts.append(notice("caution", page.why_two[0], page.why_two[1]))
        elif page.two_study is None:
            href = page.path + page.address.query(two=True)
            parts.append(html.Div(link_button("Train on these two alone", href, icon_name="play", kind="primary")))
        return card(title, parts)
    part = "held-out" if two.part == "held_out" else "training"
    under = (
        f"On {theme.count(two.n_rows)} {part} rows: the two alone {auc_words(two.own)}, the whole run "
        f"{auc_words(two.full, len(found.labels))}"
        f"{difference_words(two)}"
    )
    surface = boundaries.two_field_surface(two, found)
    if surface is None:
        gone = capital(" and ".join(map(page.run.wording.label, two.left_out))) or "One of the two"
        return card(
            _two_title(two.own, two.full), html.P(f"{gone} says nothing of its own among the training rows."), under=under
        )
    figure = boundary_figure(
        surface, look, chance=_chance(page.run.view, surface), rows=page.rows, points=page.address.rows == POINTS
    )
    hide = dcc.Link("Put it away", href=page.path + page.address.query(two=False))
    dots = [html.Span(_TWO_DOTS[page.address.rows == POINTS], className="sd-boundary-said")] if page.rows is not None else []
    caption = [_readout(ids.two_readout), *dots, html.Span(hide, className="sd-boundary-said")]
    built = figure_card(
        ids.two_figure, _two_title(two.own, two.full), under, figure,
        meaning=_TWO_MEANING, height=_HEIGHT, caption=caption,
    )  # fmt: skip
    parts_of = dcc.Store(id=ids.two_parts, data=parts_data(surface, page.run.model.link))
    warned = [html.P(warning, className="sd-quiet") for warning in two.warnings]
    built.children = [*built.children, *equation_parts(surface, brief=True), *warned, parts_of]
    return built


def _two_title(own: AucOf, full: AucOf) -> str:
    if own.auc is None or full.auc is None:
        return "These two fields alone"
    return f"These two fields alone reach AUC {theme.metric(own.auc)}, the whole run {theme.metric(full.auc)}"


def _equation_card(page: Shown) -> Component:
    found = page.surface
    if not found.equations:
        text = "Each class has log-odds of its own. Choose one under 'Show' to see its equation."
        if found.label is not None:
            text = f"'{found.label}' is the class that all others are compared with: its log-odds are 0."
        return card("θ as an equation in the two fields", html.P(text))
    under = "In the fields' own units; all that is held is folded into the constant"
    return card("θ as an equation in the two fields", equation_parts(found), under=under)


def _held_card(page: Shown) -> Component:
    found = page.surface
    wording = page.run.wording
    pairs = [(field_label(name, wording), value_of(page.run, name, value)) for name, value in found.held]
    parts: list[Component] = [facts(*pairs[:_MOST_HELD])]
    if len(pairs) > _MOST_HELD:
        more = html.Summary(f"{len(pairs) - _MOST_HELD} more", className="sd-more-summary")
        parts.append(html.Details([more, facts(*pairs[_MOST_HELD:])], className="sd-more"))
    under = f"As {page.applicant.name} has them" if page.applicant is not None else "Median of numbers, most frequent level"
    return card(
        f"What the other {len(found.held)} are held at" if len(found.held) > 1 else "What the other is held at",
        parts,
        under=under,
    )


def _readout(id: str) -> Component:  # noqa: A002 - Dash's word
    return html.Span("", id=id, className="sd-boundary-readout", **{"aria-live": "polite"})


def _keys(labels: tuple[str, ...], look: Look) -> Component:
    """Which colour and which shape a dot has for each class."""
    colours = PALETTES[look]
    named = [
        html.Span(
            short(label),
            className=f"sd-boundary-key {class_symbol(k)}",
            style={"--key": class_colour(k, colours), "--key-edge": class_ink(k, colours)},
        )
        for k, label in enumerate(labels)
    ]
    return html.Span(named, className="sd-boundary-said")


def _ring(found: Surface, name: str | None) -> Ring | None:
    if name is None:
        return None
    x, y = found.x.place(found.at[0]), found.y.place(found.at[1])
    return Ring(x, y, name) if x is not None and y is not None else None


def _full(page: Shown) -> AucOf:
    result = page.run.view.result
    if result is None:
        return AucOf(None)
    metrics = result.test or result.train
    return AucOf(metrics.auc, metrics.auc_low, metrics.auc_high) if metrics is not None else AucOf(None)


def _chance(view: RunView, found: Surface) -> str:
    """What the surface is: of credit the probability of bad, else that of the user's own label."""
    if found.cutoff is not None:
        words = words_of(view, found.labels)
        return "probability of bad" if words.bads == "bads" else f"probability of {found.labels[1]}"
    return f"probability of {found.label}" if found.label is not None else "most probable class"


def parts_data(found: Surface, link: str, moved: "CalibrationMap | None" = None) -> dict[str, Any]:
    """What the browser adds up for the place under the pointer: the parts of the log-odds, a few digits each.

    Where the probability is not that of the log-odds, but is moved by a recalibration, `held` is the one of what is held.
    """
    axes = [
        {"field": axis.name, "places": [_short(place, 6) for place in axis.places], "names": _names(axis)}
        for axis in (found.x, found.y)
    ]
    classes = [
        {
            "label": parts.label,
            "constant": _short(parts.constant, 6),
            "x": [round(value, 3) for value in parts.of_x],
            "y": [round(value, 3) for value in parts.of_y],
            "products": [[[_short(value, 4) for value in side] for side in product] for product in parts.products],
        }
        for parts in found.parts
    ]
    return {
        "x": axes[0],
        "y": axes[1],
        "classes": classes,
        "link": link,
        "plain": found.cutoff is not None and moved is None,
        "held": _held_chance(found, moved) if found.cutoff is not None else None,
        "of": found.cutoff is None,
        "regions": found.cutoff is None and found.label is None,
    }


def _held_chance(found: Surface, moved: "CalibrationMap | None") -> float:
    """The probability with both fields as they are held."""
    chance = chances((found.parts[0].constant,), "reference")[1]
    return _short(chance if moved is None else mapped(chance, (moved.given, moved.becomes)), 6)


def _names(axis: Axis) -> list[str]:
    """Every place in words, with the unit."""
    if not axis.is_number:
        return list(axis.names)
    return [with_unit(number(float(f"{place:.4g}")), axis.unit) for place in axis.places]


def _short(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _meaning(found: Surface) -> list[Component]:
    line = (
        "The line is where the probability equals the run's cut-off."
        if found.cutoff is not None
        else "The lines are where another class becomes the most probable."
    )
    return [
        html.P("The run's own probability over two of its fields; every other field stays as it is held. " + line),
        html.P(
            "log-odds = constant of what is held + part of one field + part of the other + their product, where there is one."
        ),
        html.P("A slice: at other values of what is held the line lies elsewhere."),
    ]


_TWO_DOTS = (
    "Dots as in the picture of the whole run, here strong where they are on the other side of this boundary.",
    "Dots as in the picture of the whole run, strong where that decides wrongly.",
)
_TWO_MEANING = [
    html.P(
        "A model trained with the run's own options on these two fields, on the same training rows, and judged on the same rows. "
        "What the other fields tell is missing from it, so its line is not that of the slice."
    ),
    html.P("AUC: the chance that a bad is ranked above a good; its interval and that of the difference by DeLong et al. (1988)."),
]
