"""The frame of every page: navigation made from TABS, top bar, the place where pages stand, notices.

Addresses are matched here with Werkzeug's router rather than with Dash Pages: its registry is global to the process, its
templates match greedily (`/runs/<id>` takes `/runs/1/coefficients`), and it hands any query parameter to the layout.
"""

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import NOTICES, shell
from dashapp.tabs import TABS
from dashapp.tabs.registry import Page, Tab
from dashapp.usecases import jobs, search
from dashapp.usecases.rights import may_make
from dashapp.widgets.basics import avatar, empty, icon, link_button
from dashapp.widgets.help import help_text
from dashapp.widgets.page import head

_PAGES: dict[str, Page] = {page.path_template: page for tab in TABS for page in tab.pages}
_ROUTES = Map([Rule(template, endpoint=template) for template in _PAGES], strict_slashes=False).bind("")
_JOBS_EVERY_MS = 4_000


def page_at(pathname: str | None) -> tuple[Page, dict[str, Any]] | None:
    """The page of an address and the parts of its path, or None."""
    try:
        template, parts = _ROUTES.match(pathname or "/")
    except HTTPException:
        return None
    return _PAGES[template], dict(parts)


def layout() -> Component:
    """The frame without anybody's data: Dash sends it to whoever asks, callbacks fill it."""
    return html.Div(
        [
            dcc.Location(id=shell.location, refresh="callback-nav"),
            dcc.Interval(id=shell.jobs_tick, interval=_JOBS_EVERY_MS),
            dcc.Store(id=shell.theme),
            dcc.Store(id=shell.again),
            dcc.Store(id=shell.address),
            dcc.Store(id=shell.title),
            html.A("Skip to the page", href=f"#{shell.page}", className="sd-skip"),
            _navigation(),
            html.Div(
                [_top_bar(), html.Main(id=shell.page, children=html.Div(className="sd-page"), tabIndex=-1)],
                className="sd-main",
            ),
            dbc.Offcanvas(html.Div(id=shell.help_body, className="sd-help-text"), id=shell.help, title="Help", placement="end"),
            html.Div(id=NOTICES, className="sd-notices", **{"aria-live": "polite"}),
        ],
        className="sd-frame",
    )


def _navigation() -> Component:
    main = [tab for tab in TABS if tab.icon and not tab.at_foot]
    foot = [tab for tab in TABS if tab.icon and tab.at_foot]
    return html.Nav(
        [
            dcc.Link([html.Span(className="sd-mark"), "Scoredesk"], href="/", className="sd-brand"),
            *[_nav_link(tab) for tab in main],
            html.Div([_nav_link(tab) for tab in foot], className="sd-nav-foot"),
        ],
        id=shell.navigation,
        className="sd-nav",
        **{"aria-label": "Main"},
    )


def _nav_link(tab: Tab) -> Component:
    href = tab.pages[0].path_template
    return dbc.NavLink(
        [icon(tab.icon), tab.title, html.Span(id={"nav-count": tab.name}, className="sd-nav-count")],
        href=href,
        active="exact" if href == "/" else "partial",
        className="sd-nav-link" + ("" if tab.for_officers else " sd-nav-maker"),
    )


def _top_bar() -> Component:
    return html.Header(
        [
            html.Button(
                icon("list"),
                className="sd-icon-button sd-nav-open",
                type="button",
                **{"aria-label": "Menu", "data-shell": "menu"},
            ),
            html.Nav(html.Ol(id=shell.breadcrumb, className="sd-crumbs"), **{"aria-label": "You are here"}),
            html.Div(
                [
                    html.Div(
                        [
                            icon("search"),
                            dcc.Input(
                                id=shell.search,
                                type="search",
                                placeholder="Search",
                                autoComplete="off",
                                maxLength=200,
                            ),
                            html.Kbd("Ctrl K"),
                            html.Div(id=shell.search_results, className="sd-float"),
                        ],
                        className="sd-search",
                        role="search",
                    ),
                    dcc.Link(id=shell.job_ring, href="/jobs", className="sd-jobs-link"),
                    html.Button(
                        icon("question-circle"),
                        id=shell.help_open,
                        className="sd-icon-button",
                        type="button",
                        title="Help on this page",
                        n_clicks=0,
                        **{"aria-label": "Help on this page"},
                    ),
                    html.Button(
                        icon("moon"),
                        id=shell.theme_toggle,
                        className="sd-icon-button",
                        type="button",
                        title="Light or dark",
                        n_clicks=0,
                        **{"aria-label": "Light or dark"},
                    ),
                    html.Details(
                        [
                            html.Summary(id=shell.avatar, **{"aria-label": "Your account"}),
                            html.Div(id=shell.account, className="sd-float"),
                        ],
                        className="sd-menu",
                    ),
                ],
                className="sd-topbar-tools",
            ),
        ],
        className="sd-topbar",
    )


def _missing_page() -> Component:
    return html.Div(
        [
            *head("Not found"),
            empty(
                "signpost-split",
                "There is no page at this address",
                "Check the link for a letter too few.",
                link_button("Home", "/"),
            ),
        ],
        className="sd-page",
    )


def _not_for_officers(title: str) -> Component:
    return html.Div(
        [
            *head(title),
            empty(
                "person-vcard",
                "Loan officers decide with approved runs",
                "Data sets and runs are made by analysts. Ask one of them, or an administrator for an analyst's account.",
                link_button("Applicant desk", "/desk"),
            ),
        ],
        className="sd-page",
    )


def register(app: Dash) -> None:
    """The frame's callbacks."""

    @app.callback(
        Output(shell.page, "children"),
        Output(shell.title, "data"),
        Output(shell.breadcrumb, "children"),
        Input(shell.location, "pathname"),
    )
    def show_page(pathname: str | None) -> tuple[Component, str, list[Component]]:
        found = page_at(pathname)
        if found is None:
            return _missing_page(), "Not found", [html.Li("Not found")]
        page, parts = found
        shown = _not_for_officers(page.title) if page.makes and not may_make(desk().user) else page.layout(**parts)
        return shown, page.title, [html.Li(page.title, **{"aria-current": "page"})]

    @app.callback(
        Output(shell.avatar, "children"),
        Output(shell.account, "children"),
        Output(shell.navigation, "className"),
        Input(shell.navigation, "id"),
    )
    def show_account(_: str) -> tuple[Component, list[Component], str]:
        user = desk().user
        menu = _account_menu(user.display_name, user.role)
        return avatar(user.display_name, mine=True), menu, "sd-nav" if may_make(user) else "sd-nav sd-nav-decides"

    @app.callback(
        Output(shell.job_ring, "children"),
        Output({"nav-count": "data"}, "children"),
        Output({"nav-count": "runs"}, "children"),
        Output({"nav-count": "jobs"}, "children"),
        Input(shell.jobs_tick, "n_intervals"),
        Input(shell.location, "pathname"),
    )
    def show_counts(_: int | None, __: str | None) -> tuple[Any, str, str, str]:
        counts = jobs.counts(desk())
        return (
            _ring(counts),
            theme.count(counts.datasets),
            theme.count(counts.runs),
            theme.count(counts.active) if counts.active else "",
        )

    @app.callback(Output(shell.search_results, "children"), Input(shell.search, "value"), prevent_initial_call=True)
    def find(words: str | None) -> list[Component]:
        if not isinstance(words, str) or not words.strip():
            return []
        hits = search.find(desk(), words)
        if not hits:
            return [html.Div("Nothing with that name.", className="sd-float-link sd-quiet")]
        return [
            dcc.Link(
                [
                    icon("diagram-3" if hit.kind == "run" else "database"),
                    hit.name,
                    html.Span(hit.about, className="sd-meta sd-end"),
                ],
                href=f"/{'runs' if hit.kind == 'run' else 'data'}/{hit.id}",
                className="sd-float-link",
            )
            for hit in hits
        ]

    @app.callback(
        Output(shell.help, "is_open"),
        Output(shell.help_body, "children"),
        Input(shell.help_open, "n_clicks"),
        State(shell.location, "pathname"),
        prevent_initial_call=True,
    )
    def show_help(clicks: int | None, pathname: str | None) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        found = page_at(pathname)
        name = next((tab.name for tab in TABS if found is not None and found[0] in tab.pages), "home")
        return True, help_text(name)

    app.clientside_callback(
        ClientsideFunction("shell", "title"), Output(shell.title, "id"), Input(shell.title, "data"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("shell", "writeAddress"),
        Output(shell.address, "id"),
        Input(shell.address, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("shell", "toggleTheme"),
        Output(shell.theme, "data"),
        Input(shell.theme_toggle, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("shell", "closeMenus"),
        Output(shell.location, "id"),
        Input(shell.location, "pathname"),
        prevent_initial_call=True,
    )


def _account_menu(display_name: str, role: str) -> list[Component]:
    return [
        html.Div(
            [html.Div(display_name, className="sd-strong"), html.Div(role.capitalize(), className="sd-meta")],
            className="sd-menu-head",
        ),
        dcc.Link([icon("gear"), "Settings"], href="/settings", className="sd-float-link"),
        html.Button(
            [icon("box-arrow-right"), "Sign out"], className="sd-float-link", type="button", **{"data-shell": "sign-out"}
        ),
    ]


def _ring(counts: jobs.Counts) -> Any:
    if not counts.active:
        return html.Span("Jobs", className="sd-hidden")
    return [
        html.Span(className="sd-ring", style={"--share": f"{max(counts.share_done, 0.05):.2f}"}, **{"aria-hidden": "true"}),
        html.Span(theme.plural(counts.active, "job")),
    ]
