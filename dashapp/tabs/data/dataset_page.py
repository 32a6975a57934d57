"""One data set: its rows, paged on the server, and its columns."""

from typing import Any

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.datasets import DESCRIPTION_LENGTH, DatasetView, Dependents, bad_rate
from dashapp.widgets.basics import Children, button, card, menu_item, menu_link, notice, strip
from dashapp.widgets.dialogs import PARTS, Words, bullet_list, delete_dialog, edit_dialog
from dashapp.widgets.heads import dataset_head, download
from dashapp.widgets.page import skeleton
from dashapp.widgets.tables import Column, bar, table
from pipeline.results import ColumnSummary
from pipeline.roles import ROLES

ids = Ids(
    "dataset",
    "key",
    "body",
    "grid",
    "role",
    *PARTS,
)
WORDS = Words(
    what="data set",
    text="Description",
    text_help="Where the rows come from, what one row is, what to know before using them.",
    text_length=DESCRIPTION_LENGTH,
    deletion="It disappears from every list. Runs that were trained on it stay as they are.",
)
PAGE_SIZE = 50
COLUMNS_PAGE = 100


def samples_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id, "tab": "Samples"}, *dialogs())


def columns_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id, "tab": "Columns"}, dcc.Store(id=ids.role), *dialogs())


def body(view: DatasetView, tab: str, page: int = 0) -> list[Component]:
    content = _samples(view) if tab == "Samples" else _columns(view, page)
    return [*dataset_head(view, tab, more_actions(view)), *about(view), _strip(view), content]


def more_actions(view: DatasetView) -> list[Component]:
    """The menu of further actions, the same on all pages of a data set."""
    actions = [
        menu_link("Compare with another or over time", "subtract", f"/data/{view.id}/compare"),
        menu_link("Evaluate a score that it holds", "123", f"/runs/score/{view.id}"),
        download("Download all rows (CSV)", f"/api/datasets/{view.id}.csv"),
        download("Download all rows (Parquet)", f"/api/datasets/{view.id}.parquet"),
    ]
    if view.mine:
        actions.insert(0, menu_item("Edit name and description", "pencil", ids.edit))
        actions.append(menu_item("Delete", "trash", ids.delete))
    return actions


def about(view: DatasetView) -> list[Component]:
    """What its owner says of it, and whether there is a newer version."""
    parts: list[Component] = []
    if view.newer_id:
        parts.append(notice("info", "There is a newer version", dcc.Link("Open it", href=f"/data/{view.newer_id}")))
    if view.description:
        parts.append(html.P(view.description, className="sd-quiet sd-about"))
    return parts


def _strip(view: DatasetView) -> Component:
    kinds = [column.kind for column in view.columns]
    words = [
        theme.plural(kinds.count(kind), noun, many)
        for kind, noun, many in (
            ("number", "number", ""),
            ("category", "category", "categories"),
            ("date", "date", ""),
            ("text", "text", ""),
        )
        if kind in kinds
    ]
    cells = view.n_rows * len(view.columns)
    gaps = sum(1 for column in view.columns if column.n_missing)
    rate = bad_rate(view.columns, view.target, view.bad_label)
    missing_note = f"{theme.count(view.n_missing)} cells in {theme.plural(gaps, 'column')}" if view.n_missing else "no gaps"
    return strip(
        ("Rows", theme.count(view.n_rows), f"{theme.size(view.n_bytes)} as a file" if view.n_bytes else "built in"),
        ("Columns", theme.count(len(view.columns)), ", ".join(words)),
        (
            "Bad rate",
            theme.share(rate),
            f"{view.target} = {view.bad_label}" if rate is not None else "choose the outcome in a run",
        ),
        ("Missing", theme.share(view.n_missing / cells if cells else None), missing_note),
    )


def _samples(view: DatasetView) -> Component:
    grid = dag.AgGrid(
        id=ids.grid,
        columnDefs=[_grid_column(i, column) for i, column in enumerate(view.columns)],
        rowModelType="infinite",
        columnSize=None,
        defaultColDef={"resizable": True, "sortable": False, "minWidth": 90},
        dashGridOptions={
            "pagination": True,
            "paginationPageSize": PAGE_SIZE,
            "paginationPageSizeSelector": [20, PAGE_SIZE, 100],
            "cacheBlockSize": 100,
            "rowBuffer": 0,
            "maxBlocksInCache": 10,
            "suppressFieldDotNotation": True,
            "headerHeight": 52,
            "enableCellTextSelection": True,
        },
        style={"height": "560px"},
    )
    under = f"All {theme.count(view.n_rows)} rows in the order of the file. Under each name: type, and the share that is missing."
    return card("Rows", grid, under=under, flush=True)


def _grid_column(index: int, column: ColumnSummary) -> dict[str, Any]:
    missing = f" · {theme.share(column.n_missing / column.n_rows)} missing" if column.n_missing else ""
    definition: dict[str, Any] = {
        "field": f"c{index}",
        "headerName": column.name,
        "headerComponentParams": {"about": f"{column.kind}{missing}", "numeric": column.kind == "number"},
        "headerComponent": "ColumnHead",
        "headerTooltip": f"{column.name}: {column.kind}{missing}",
        "width": min(max(110, 9 * len(column.name) + 24), 260),
    }
    if column.kind == "number":
        definition |= {"type": "rightAligned"}
    return definition


def cell(value: Any) -> Any:
    """A value as the grid shows it."""
    if value is None:
        return theme.NOTHING
    if isinstance(value, bool | int | float):
        return theme.number(value) if not isinstance(value, float) or value == int(value) else _digits(value)
    return str(value)


def _digits(value: float) -> str:
    return f"{value:,.6g}".replace("-", theme.MINUS) if abs(value) < 1e6 else f"{value:,.2f}".replace("-", theme.MINUS)


def _columns(view: DatasetView, page: int) -> Component:
    """One page of the columns; each name leads to the column's own page, each role can be changed here."""
    heads = [
        Column("Column"),
        Column("Type"),
        Column("Role"),
        Column("Missing", numeric=True),
        Column("Distinct", numeric=True),
        Column("Range"),
        Column("Most frequent"),
    ]
    last = max(0, (len(view.columns) - 1) // COLUMNS_PAGE)
    page = min(max(page, 0), last)
    shown = list(enumerate(view.columns, start=1))[page * COLUMNS_PAGE : (page + 1) * COLUMNS_PAGE]
    rows: list[list[Children]] = [
        [
            dcc.Link(column.name, href=f"/data/{view.id}/columns/{place}"),
            column.kind,
            _role(view, column, place),
            _missing(column),
            theme.count(column.n_distinct) if column.n_distinct is not None else "very many",
            f"{theme.number(column.minimum)} to {theme.number(column.maximum)}" if column.minimum is not None else theme.NOTHING,
            _top(column),
        ]
        for place, column in shown
    ]
    return card(
        theme.plural(len(view.columns), "column"),
        [table(heads, rows, label="Columns"), *([_pages(page, last, len(view.columns))] if last else [])],
        under=f"Counted on all {theme.count(view.n_rows)} rows. The role says what a run may use a column for.",
        flush=True,
    )


def _role(view: DatasetView, column: ColumnSummary, place: int) -> Children:
    if column.name == view.target:
        return "outcome"
    words = ROLES.get(column.role, column.role).split(":")[0]
    if not view.mine:
        return html.Span(words, title=column.reason)
    options = [{"value": role, "label": text.split(":")[0]} for role, text in ROLES.items() if role != "target"]
    chosen = dbc.Select(id={"column-role": place}, options=options, value=column.role, className="sd-select")
    about = column.reason or ROLES.get(column.role, "")
    return html.Label([html.Span(f"Role of {column.name}", className="sd-hidden"), role_of(place, chosen)], title=about)


def role_of(place: int, control: Component) -> Component:
    """A control of the role of the column at this place, from 1. assets/22-profile.js tells when a person moves it.

    Dash itself also tells when a control appears: one that is drawn with the role of a moment ago would then set it again.
    """
    return html.Span(control, **{"data-role-of": place})


def _pages(page: int, last: int, n_columns: int) -> Component:
    steps = (("Previous", page - 1, page == 0), ("Next", page + 1, page == last))
    buttons = [button(label, {"columns-page": to}, disabled=off) for label, to, off in steps]
    first, end = page * COLUMNS_PAGE + 1, min((page + 1) * COLUMNS_PAGE, n_columns)
    told = f"{theme.count(first)} to {theme.count(end)} of {theme.count(n_columns)}"
    return html.Div([html.Span(told, className="sd-meta"), html.Span(buttons, className="sd-row sd-end")], className="sd-pages")


def _missing(column: ColumnSummary) -> Children:
    if not column.n_missing:
        return theme.NOTHING
    share = column.n_missing / column.n_rows
    return html.Span([bar(share, accent=True), theme.count(column.n_missing), html.Span(theme.share(share), className="note")])


def _top(column: ColumnSummary) -> str:
    if column.kind not in {"category", "text"} or not column.levels:
        return theme.NOTHING
    known = column.n_rows - column.n_missing
    return ", ".join(f"{value[:32]} {theme.chance(rows / known)}" for value, rows in column.levels[:3])


def dialogs() -> list[Component]:
    """What all pages of a data set open from their menu."""
    return [edit_dialog(ids, WORDS), delete_dialog(ids, WORDS)]


def dependents_text(found: Dependents) -> list[Component]:
    """Which runs stay behind when the data set goes."""
    if not found.runs and not found.n_others:
        return [html.P("No run was trained on it.", className="sd-quiet")]
    names: list[Children] = [dcc.Link(name, href=f"/runs/{run_id}") for run_id, name in found.runs[:10]]
    n_more = len(found.runs) - len(names) + found.n_others
    n_all = len(found.runs) + found.n_others
    told = html.P(f"{theme.plural(n_all, 'run was', 'runs were')} trained on it and will stay:", className="sd-quiet")
    return [told, bullet_list(names, more=f"{theme.count(n_more)} more" if n_more else "")]
