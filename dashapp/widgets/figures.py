"""A figure in its card: the finding as title, what it means, downloads and a link."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.widgets.basics import Children, card, icon_button

# plotly.js 4 offers to upload charts to a cloud; set here once, for every figure.
CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}


def figure_card(
    id: str,  # noqa: A002 - Dash's word
    title: str,
    under: str,
    figure: Any,
    *,
    meaning: Children,
    height: int = 360,
    span: int | None = None,
    caption: Children = None,
    narrow: tuple[Any, int] | None = None,
    below: Sequence[Component] = (),
) -> Component:
    """The tools in the corner are wired by assets/40-figures.js, which reads the card's data attributes.

    `narrow` is the same figure as phones show it, with its height; `below` is what stands under the figure.
    """
    body: list[Component] = [_drawing(id, title, figure, height, "sd-figure" if narrow is None else "sd-figure sd-wide-only")]
    if narrow is not None:
        body.append(_drawing(f"{id}-narrow", title, *narrow, "sd-figure sd-narrow-only"))
    body += below
    if caption is not None:
        body.append(html.P(caption, className="sd-quiet"))
    built = card(title, body, under=under, tools=tools(meaning), span=span)
    built.id = f"{id}-card"
    setattr(built, "data-figure", id)
    return built


def _drawing(id: str, title: str, figure: Any, height: int, names: str) -> Component:  # noqa: A002
    return html.Div(
        dcc.Graph(id=id, figure=figure, config=CONFIG, style={"height": f"{height}px"}, responsive=True),
        className=names,
        style={"minHeight": f"{height}px"},  # before plotly.js is there too, so that nothing below jumps
        role="img",
        **{"aria-label": title},
    )


def tools(meaning: Children, *, formats: tuple[str, ...] = ("png", "svg", "csv")) -> list[Component]:
    """What it means, the downloads where there are any, and a link; for a card with `data-figure`.

    assets/40-figures.js fills the list of downloads as it is opened: the same entries need not travel with each figure.
    """
    help_menu = html.Details(
        [_opener("What it means", "question-circle"), html.Div(meaning, className="sd-float sd-help-text sd-figure-help")],
        className="sd-menu",
    )
    downloads = html.Details(
        [_opener("Download", "download"), html.Div(className="sd-float", **{"data-formats": " ".join(formats)})],
        className="sd-menu",
    )
    link = icon_button("Copy a link to this figure", "link-45deg", **{"data-figure-action": "link"})
    return [help_menu, downloads, link] if formats else [help_menu, link]


def _opener(label: str, icon_name: str) -> Component:
    return html.Summary(className=f"sd-icon-button bi bi-{icon_name}", title=label, **{"aria-label": label})
