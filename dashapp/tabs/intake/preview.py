"""The preview: a type and a role under each name, and the first rows as they will be read, some columns at a time."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.intake.acts import act
from dashapp.tabs.intake.columns import KIND_PICTURES, ROLE_WORDS, Seen
from dashapp.tabs.intake.controls import menu
from dashapp.usecases.intake import Preview
from dashapp.widgets.basics import button, card_head, icon, icon_button, notice
from pipeline.reading.recipe import KINDS

PER_PAGE = 30
ROWS_AT_FIRST = 10
_UNDER = (
    "Pick a type and a role under each name. Outcome: what the model predicts. "
    "Key, left out: kept with the data, never used to train."
)


def on_page(columns: Sequence[Seen], page: int, noted: bool) -> tuple[list[Seen], int, int]:
    """(the columns of this page, which page it is, how many columns there are on all pages)."""
    chosen = [column for column in columns if column.noted] if noted else list(columns)
    last = max(0, (len(chosen) - 1) // PER_PAGE)
    page = min(max(page, 0), last)
    return chosen[page * PER_PAGE : (page + 1) * PER_PAGE], page, len(chosen)


def tools(columns: Sequence[Seen], noted: bool) -> Component:
    n_noted = sum(column.noted for column in columns)
    everything = html.Details(
        [
            html.Summary([icon("sliders"), "Set roles for all"], className="sd-button"),
            html.Div(
                [
                    _for_all("All others are inputs", "feature", "check2-square"),
                    _for_all("All others are left out", "excluded", "slash-square"),
                    _for_all("Back to what was suggested", "", "arrow-counterclockwise"),
                    html.P("The outcome keeps its role.", className="sd-meta"),
                ],
                className="sd-float",
            ),
        ],
        className="sd-menu",
    )
    only = html.Button(
        [icon("funnel-fill" if noted else "funnel"), "Only columns with notes"],
        className="sd-button" + (" pressed" if noted else ""),
        type="button",
        disabled=not n_noted and not noted,
        title=theme.plural(n_noted, "column with a note", "columns with notes"),
        **{"aria-pressed": "true" if noted else "false"},
    )
    return card_head("Preview", _UNDER, [everything, act(only, "noted", value="no" if noted else "yes")])


def _for_all(words: str, role: str, picture: str) -> Component:
    return act(html.Button([icon(picture), words], className="sd-float-link", type="button"), "all-roles", value=role)


def heads(shown: Sequence[Seen]) -> Component:
    return html.Tr([_head(column, index) for index, column in enumerate(shown)])


def _head(column: Seen, index: int) -> Component:
    kinds = [{"value": kind, "label": kind} for kind in KINDS]
    if column.chosen_kind:
        kinds.insert(0, {"value": "found", "label": "as found"})
    roles = [{"value": role, "label": words} for role, words in ROLE_WORDS.items()]
    kind_id, role_id = f"intake-kind-{index}", f"intake-role-{index}"
    note = column.note
    parts = [
        html.Div(
            [
                html.Span(column.name, title=column.name, className="sd-preview-name"),
                act(
                    icon_button(f"About {column.name}, and its special codes", "three-dots-vertical"),
                    "column",
                    column.name,
                    "open",
                ),
            ],
            className="sd-preview-title",
        ),
        html.Label(f"Type of {column.name}", htmlFor=kind_id, className="sd-hidden"),
        act(menu(kind_id, kinds, column.kind, picture=KIND_PICTURES[column.kind], look="small"), "kind", column.name),
        html.Label(f"Role of {column.name}", htmlFor=role_id, className="sd-hidden"),
        act(menu(role_id, roles, column.role, look=f"small {column.role}"), "role", column.name),
    ]
    if note:
        parts.append(html.Div(note, className="sd-preview-note", title=note))
    return html.Th(parts, scope="col", className=_look(column))


def _look(column: Seen) -> str:
    looks = {"target": "outcome", "excluded": "out", "identifier": "key"}
    return " ".join(filter(None, ("num" if column.kind == "number" else "", looks.get(column.role, ""))))


def cells(shown: Sequence[Seen], preview: Preview, bad_label: str | None) -> dict[str, Any]:
    """What assets/31-intake.js draws: the look of each column, and for each row texts, null where missing.

    A cell that does not convert, and so is missing too, is a list with its text.
    """
    places = {name: index for index, name in enumerate(preview.names)}
    columns = [
        {"look": _look(column)} | ({"bad": bad_label} if column.role == "target" and bad_label is not None else {})
        for column in shown
    ]
    at = [places.get(column.name) for column in shown]
    texts = preview.cells or preview.rows
    rows = [
        [None if i is None else [text[i]] if row[i] is None and text[i] is not None else row[i] for i in at]
        for row, text in zip(preview.rows, texts, strict=True)
    ]
    return {"columns": columns, "rows": rows}


def foot(shown: Sequence[Seen], page: int, n_columns: int, n_all: int, preview: Preview) -> list[Component]:
    if preview.problem is not None:
        return [notice("caution", preview.problem[0], preview.problem[1] or None)]
    n_rows = len(preview.rows)
    first = min(n_rows, ROWS_AT_FIRST)
    if not n_rows:
        rows: list[Component] = [html.Span("There is no row below the header.")]
    else:
        rows = [
            html.Span(f"The first {theme.plural(first, 'row')}", className="sd-some-only"),
            html.Span(f"The first {theme.plural(n_rows, 'row')}", className="sd-all-only"),
        ]
    if n_rows > first:
        words = [html.Span(f"Show {n_rows}", className="sd-some-only"), html.Span("Show fewer", className="sd-all-only")]
        rows.append(html.Button(words, type="button", className="sd-button link", **{"data-preview-rows": ""}))
    start = page * PER_PAGE
    where = (
        f"Columns {theme.count(start + 1)} to {theme.count(start + len(shown))} of {theme.count(n_columns)}"
        if n_columns > PER_PAGE
        else theme.plural(n_columns, "column")
    )
    if n_columns < n_all:
        where += f" with notes, {theme.count(n_all)} in all"
    return [
        html.Div(rows, className="sd-row"),
        html.Div([html.Span(where), *_pager(page, start, n_columns)], className="sd-row sd-end"),
    ]


def _pager(page: int, start: int, n_columns: int) -> list[Component]:
    if n_columns <= PER_PAGE:
        return []
    before = button("Previous", icon_name="chevron-left", disabled=page == 0)
    after = button("Next", icon_name="chevron-right", disabled=start + PER_PAGE >= n_columns)
    return [act(before, "page", value=str(page - 1)), act(after, "page", value=str(page + 1))]
