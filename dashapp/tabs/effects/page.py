"""The page as a whole, and what stands there while the effects are counted, or where there are none."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.effects.address import Asked
from dashapp.tabs.effects.chosen import chosen_parts, own_card
from dashapp.tabs.effects.fields import fields_card
from dashapp.tabs.effects.layout import containers, ids
from dashapp.tabs.effects.ratios import ratios_card
from dashapp.tabs.effects.twice import twice_card
from dashapp.usecases.errors import Refused
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyCard
from dashapp.widgets.basics import empty, link_button
from dashapp.widgets.counting import at_work
from dashapp.widgets.heads import run_head
from pipeline.figures.template import Look
from pipeline.results import RunResult

PARTS = ("list", "chosen", "own", "forest", "odds")


def page_head(view: RunView, asked: Asked) -> Component:
    """The run's head, whose link leads to what is shown."""
    link = f"/runs/{view.id}/effects{asked.query()}"
    return html.Div(run_head(view, "Effects", link=link), id=ids.head, className="sd-stack sd-effects-head")


def body(view: RunView, result: RunResult, asked: Asked, look: Look) -> list[Component]:
    """Everything for one state of the address."""
    if not asked.field:
        text = "The model has an intercept alone: it gives every applicant the same probability."
        return [empty("graph-up", "No field to look at", text, link_button("Coefficients", f"/runs/{view.id}/coefficients"))]
    return containers({name: part(name, view, result, asked, look) for name in PARTS}, class_bar(view, asked))


def part(name: str, view: RunView, result: RunResult, asked: Asked, look: Look) -> list[Component]:
    """One of the containers' content."""
    if name == "list":
        return [fields_card(view, asked)]
    if name == "chosen":
        return chosen_parts(view, asked, look)
    if name == "own":
        return [own_card(view, result, asked)]
    if name == "forest":
        return [ratios_card(view, result, asked, look)]
    return [twice_card(view, result, asked, look)]


def class_bar(view: RunView, asked: Asked) -> list[Component]:
    """Which class is shown, for three and more; the address keeps it."""
    shown = asked.effects.shown
    if len(shown) == 1:
        return []
    path = f"/runs/{view.id}/effects"
    links = [
        dcc.Link(
            label,
            href=path + asked.query(at=at),
            className="active" if at == asked.at else "",
            title="Shown now" if at == asked.at else f"Show the probability of {label}",
        )
        for at, label in enumerate(shown)
    ]
    return [html.Span("Class", className="sd-label"), html.Span(links, className="sd-effects-switch")]


def without_effects(view: RunView, why: Refused) -> list[Component]:
    """Why there are none, and what to do."""
    return [empty("graph-up", why.message, why.fix, link_button("Open the run", f"/runs/{view.id}"))]


def counting(study: StudyCard) -> Component:
    """While the effects are counted, or where that came to nothing."""
    shown = at_work(study, "The effects of the fields are being counted", "The effects were not counted")
    return html.Div(shown, id=ids.work)
