"""A figure in its card: the finding as title, what it means, downloads and a link."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.widgets.basics import Children, card, icon, icon_button

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
) -> Component:
    """The tools in the corner are wired by assets/40-figures.js, which reads the card's data attributes."""
    body: list[Component] = [
        html.Div(
            dcc.Graph(id=id, figure=figure, config=CONFIG, style={"height": f"{height}px"}, responsive=True),
            className="sd-figure",
            style={"minHeight": f"{height}px"},  # before plotly.js is there too, so that nothing below jumps
            role="img",
            **{"aria-label": f"{title}. {under}"},
        )
    ]
    if caption is not None:
        body.append(html.P(caption, className="sd-quiet"))
    built = card(title, body, under=under, tools=tools(meaning), span=span)
    built.id = f"{id}-card"
    setattr(built, "data-figure", id)
    setattr(built, "data-title", title)
    setattr(built, "data-under", under)
    return built


FORMATS = (("Picture (PNG)", "png"), ("Drawing (SVG)", "svg"), ("Its data (CSV)", "csv"))


def tools(meaning: Children, *, formats: tuple[tuple[str, str], ...] = FORMATS) -> list[Component]:
    """What it means, the downloads where there are any, and a link; for a card with `data-figure`."""
    help_menu = html.Details(
        [
            html.Summary(
                icon("question-circle"), className="sd-icon-button", title="What it means", **{"aria-label": "What it means"}
            ),
            html.Div(meaning, className="sd-float sd-help-text", style={"width": "320px", "padding": "12px 16px"}),
        ],
        className="sd-menu",
    )
    downloads = html.Details(
        [
            html.Summary(icon("download"), className="sd-icon-button", title="Download", **{"aria-label": "Download"}),
            html.Div(
                [
                    html.Button(label, className="sd-float-link", type="button", **{"data-figure-action": action})
                    for label, action in formats
                ],
                className="sd-float",
            ),
        ],
        className="sd-menu",
    )
    link = icon_button("Copy a link to this figure", "link-45deg", **{"data-figure-action": "link"})
    return [help_menu, downloads, link] if formats else [help_menu, link]
