"""One data set: its rows, paged on the server, and its columns."""

from typing import Any

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.datasets import DatasetView, bad_rate
from dashapp.widgets.basics import Children, button, card, menu_item, notice, strip
from dashapp.widgets.heads import dataset_head
from dashapp.widgets.page import skeleton
from dashapp.widgets.tables import Column, bar, table
from pipeline.results import ColumnSummary

ids = Ids(
    "dataset",
    "key",
    "body",
    "grid",
    "rename",
    "rename_dialog",
    "rename_name",
    "rename_save",
    "rename_problem",
    "delete",
    "delete_dialog",
    "delete_confirm",
)
PAGE_SIZE = 50


def samples_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id, "tab": "Samples"}, *_dialogs())


def columns_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id, "tab": "Columns"}, *_dialogs())


def body(view: DatasetView, tab: str) -> list[Component]:
    notes = [notice("info", "Read with a repair", text) for text in view.recipe.get("notices", [])]
    if "description" in view.recipe:
        notes.insert(0, notice("info", "An example", view.recipe["description"]))
    content = _samples(view) if tab == "Samples" else _columns(view)
    more = [menu_item("Rename", "pencil", ids.rename), menu_item("Delete", "trash", ids.delete)] if view.mine else []
    return [*dataset_head(view, tab, more), _strip(view), *notes, content]


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


def _columns(view: DatasetView) -> Component:
    heads = [
        Column("Column"),
        Column("Type"),
        Column("Missing", numeric=True),
        Column("Distinct", numeric=True),
        Column("Range"),
        Column("Most frequent"),
    ]
    rows = [
        [
            column.name,
            column.kind,
            _missing(column),
            theme.count(column.n_distinct) if column.n_distinct is not None else "very many",
            f"{theme.number(column.minimum)} to {theme.number(column.maximum)}" if column.minimum is not None else theme.NOTHING,
            _top(column),
        ]
        for column in view.columns
    ]
    return card(
        theme.plural(len(view.columns), "column"),
        table(heads, rows, label="Columns"),
        under=f"Counted on all {theme.count(view.n_rows)} rows.",
        flush=True,
    )


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


def _dialogs() -> list[Component]:
    return [
        dbc.Modal(
            [
                dbc.ModalHeader(dbc.ModalTitle("Rename the data set", tag="h2")),
                dbc.ModalBody(
                    html.Div(
                        [
                            html.Label("Name", htmlFor=ids.rename_name),
                            dcc.Input(id=ids.rename_name, type="text", className="sd-input", maxLength=200),
                            html.Div(id=ids.rename_problem, className="sd-problem", role="alert"),
                        ],
                        className="sd-field",
                    )
                ),
                dbc.ModalFooter(button("Save", ids.rename_save, kind="primary")),
            ],
            id=ids.rename_dialog,
        ),
        dbc.Modal(
            [
                dbc.ModalHeader(dbc.ModalTitle("Delete the data set?", tag="h2")),
                dbc.ModalBody("It disappears from every list. Runs that were trained on it stay as they are."),
                dbc.ModalFooter(button("Delete", ids.delete_confirm, kind="danger")),
            ],
            id=ids.delete_dialog,
        ),
    ]
