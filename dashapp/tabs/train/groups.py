"""The groups of the form: what is predicted, the columns, and a card to unfold for each group of further options."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.tabs.train.examples import Examples
from dashapp.usecases.datasets import DatasetView
from dashapp.widgets.basics import button, card, icon
from dashapp.widgets.forms import control_id, field, problem_id, wrapper_id
from pipeline.options import Option
from pipeline.results import ColumnSummary
from pipeline.spec import TrainSpec
from pipeline.special_codes import codes_line

ids = Ids(
    "train",
    *("choose_key", "choose_body", "key", "body", "columns", "left_out", "name", "name_problem"),
    *("summary", "start", "problem", "meta"),
)
FORM = "train-option"
OWN_CONTROL = ("target", "bad_label", "features", "split_column")  # options whose control is not that of their kind

GROUPS = {
    group: tuple(option for option in TrainSpec.options() if option.group == group)
    for group in dict.fromkeys(option.group for option in TrainSpec.options())
}
FOLDED = tuple(group for group in GROUPS if group not in {"Outcome", "Columns"})  # each a card to unfold
_OPEN = ("Split", "Model")  # at first
_UNDER = {
    "Split": "Rows to train on, and rows kept apart",
    "Gaps": "Missing values",
    "Numbers": "Scale, outliers, logarithms, powers and products",
    "Categories": "Levels as columns",
    "Binning": "Weight of evidence",
    "Model": "Penalty, cut-off and refits",
    "Imbalance": "When one class is rare",
    "Solver": "How the optimum is found",
}
_USED = "Ticked columns may be used by the model. Keys, dates, segments and weights stay with the data and are not trained on."

_MORE = "Codes: numbers that are categories, and values with a meaning of their own"

# A note is read in full: it wraps, and its row grows with it.
_WRAPPED = {"wrapText": True, "autoHeight": True, "cellStyle": {"lineHeight": "1.4", "paddingTop": "9px", "paddingBottom": "9px"}}


def group_id(group: str, part: str = "group") -> str:
    return f"train-{part}-{group.lower()}"


def pick_id(name: str) -> str:
    """The menu that writes a line into the text of an option."""
    return f"{FORM}-{name}-pick"


def groups(view: DatasetView, values: Mapping[str, Any], left_out: Mapping[str, str], examples: Examples) -> list[Component]:
    outcome = html.Div([_field(option, view, values, examples) for option in GROUPS["Outcome"]], className="sd-form-grid")
    built: list[Component] = [
        card("What is predicted", outcome),
        _columns_card(view, values, left_out, examples),
    ]
    return built + [_folded(group, view, values, examples) for group in FOLDED]


def _folded(group: str, view: DatasetView, values: Mapping[str, Any], examples: Examples) -> Component:
    summary = html.Summary(
        [
            icon("chevron-right"),
            html.Div(
                [html.H2(group), html.Div(_UNDER[group], id=group_id(group, "told"), className="sd-group-told")],
                className="sd-group-words",
            ),
            html.Span(id=group_id(group, "changed"), className="sd-group-changed"),
        ]
    )
    inside = html.Div([_field(option, view, values, examples) for option in GROUPS[group]], className="sd-form-grid")
    rare = group == "Imbalance"
    foot = html.Div(
        [
            button("Back to the usual", group_id(group, "reset"), kind="link", icon_name="arrow-counterclockwise"),
            *([button("Compare treatments", {"form-study": "imbalance"}, icon_name="layout-three-columns")] if rare else []),
        ],
        className="sd-row sd-group-foot",
    )
    return html.Details(
        [summary, html.Div([inside, foot], className="sd-group-inside")],
        id=group_id(group),
        className="sd-card flush sd-group",
        open=group in _OPEN,
    )


def _field(option: Option, view: DatasetView, values: Mapping[str, Any], examples: Examples) -> Component:
    value = values.get(option.name, option.default)
    columns = [column.name for column in view.columns]
    return field(
        option,
        FORM,
        value,
        columns=columns,
        example=examples.texts.get(option.name, ""),
        control=_own_control(option, view, values),
        beside=_pick(option.name, examples),
    )


def _own_control(option: Option, view: DatasetView, values: Mapping[str, Any]) -> Component | None:
    own_id, value = control_id(FORM, option.name), values.get(option.name)
    if option.name == "target":
        names = [column.name for column in view.columns if column.n_distinct is not None and 2 <= column.n_distinct <= 50]
        names += [value] if value and value not in names and view.column(value) is not None else []
        return dcc.Dropdown(id=own_id, options=names, value=value, clearable=False, placeholder="Choose the outcome")
    if option.name == "bad_label":
        offered = label_options(view, values.get("target"))
        return dcc.Dropdown(id=own_id, options=offered, value=value, placeholder="Every class by itself")
    if option.name == "split_column":
        return dcc.Dropdown(
            id=own_id, options=[column.name for column in view.columns], value=value, placeholder="Choose a column"
        )
    return None


def _pick(name: str, examples: Examples) -> Component | None:
    lines = examples.lines.get(name)
    if lines is None:
        return None
    return dcc.Dropdown(
        id=pick_id(name),
        options=list(lines),
        value=None,
        placeholder=examples.asks[name],
        className="sd-pick-line",
    )


def label_options(view: DatasetView, target: str | None) -> list[dict[str, str]]:
    """The labels of the outcome with their shares."""
    column = view.column(target) if target else None
    if column is None:
        return []
    known = column.n_rows - column.n_missing
    return [{"label": f"{label}, {theme.share(rows / known)}", "value": label} for label, rows in column.levels]


def _columns_card(view: DatasetView, values: Mapping[str, Any], left_out: Mapping[str, str], examples: Examples) -> Component:
    rows = [_feature_row(column, left_out) for column in view.columns]
    chosen = set(values.get("features") or [column.name for column in view.columns if column.name not in left_out])
    grid = dag.AgGrid(
        id=ids.columns,
        rowData=rows,
        columnDefs=[
            {"field": "name", "headerName": "Column", "tooltipField": "name", "flex": 5, "minWidth": 170, "filter": True},
            {"field": "kind", "headerName": "Type", "width": 95},
            {"field": "missing", "headerName": "Missing", "width": 92, "type": "rightAligned"},
            {"field": "distinct", "headerName": "Distinct", "width": 96, "type": "rightAligned"},
            {"field": "note", "headerName": "Note", "flex": 4, "minWidth": 180, **_WRAPPED},
        ],
        getRowId="params.data.name",
        selectedRows=[row for row in rows if row["name"] in chosen],
        dashGridOptions={
            "rowSelection": {"mode": "multiRow", "enableClickSelection": "enableSelection", "headerCheckbox": True},
            "domLayout": "autoHeight" if len(rows) <= 25 else "normal",
            "suppressFieldDotNotation": True,
        },
        defaultColDef={"resizable": True, "sortable": True},
        style={} if len(rows) <= 25 else {"height": "560px"},
    )
    problem = html.Div(
        html.Div(id=problem_id(FORM, "features"), className="sd-problem", role="alert"),
        className="sd-field",
        id=wrapper_id(FORM, "features"),
        style={"padding": "0 16px"},
    )
    others = [_field(option, view, values, examples) for option in GROUPS["Columns"] if option.name != "features"]
    more = html.Details(
        [html.Summary(_MORE), html.Div(others, className="sd-form-grid")],
        className="sd-more sd-group",
    )
    return html.Section(
        [
            html.Div([html.Div([html.H2("Columns"), html.P(_USED, className="sd-meta")])], className="sd-card-head"),
            grid,
            dcc.Store(id=ids.left_out, data={"now": list(left_out)}),
            problem,
            html.Div(more, className="sd-card-foot"),
        ],
        className="sd-card flush",
    )


def _feature_row(column: ColumnSummary, left_out: Mapping[str, str]) -> dict[str, str]:
    return {
        "name": column.name,
        "kind": column.kind,
        "missing": theme.share(column.n_missing / column.n_rows) if column.n_missing else theme.NOTHING,
        "distinct": theme.count(column.n_distinct) if column.n_distinct is not None else "very many",
        "note": left_out.get(column.name, f"special codes {codes_line(column.codes)}" if column.codes else ""),
    }


def told_options() -> dict[str, Sequence[str]]:
    """The options that a group's line always tells; others stand in it where they were changed."""
    return {
        "Split": ("split", "test_share", "folds"),
        "Gaps": ("missing_numbers", "missing_categories"),
        "Numbers": ("scaling",),
        "Categories": ("one_hot", "reference_level"),
        "Binning": ("weight_of_evidence",),
        "Model": ("penalty", "C", "cutoff"),
        "Imbalance": ("class_weight", "resampling"),
        "Solver": ("solver",),
    }
