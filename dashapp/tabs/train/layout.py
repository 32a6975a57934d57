"""The training form, made from TrainSpec, beside a summary of what will happen."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.datasets import DatasetCard, DatasetView
from dashapp.usecases.plans import Plan
from dashapp.widgets.basics import Children, button, card, empty, facts, link_button, notice
from dashapp.widgets.forms import control_id, fields, problem_id
from dashapp.widgets.page import head, skeleton
from pipeline.options import Option
from pipeline.results import ColumnSummary
from pipeline.spec import TrainSpec
from pipeline.special_codes import codes_line

ids = Ids("train", "choose_key", "choose_body", "key", "body", "columns", "name", "name_problem", "summary", "start", "problem")
FORM = "train-option"
# Options with a control of their own; all others get the control of their kind.
OWN_CONTROL = ("target", "bad_label", "features")

_USED = "Ticked columns may be used by the model. Keys, dates, segments and weights stay with the data and are not trained on."

# A note is read in full: it wraps, and its row grows with it.
_WRAPPED = {"wrapText": True, "autoHeight": True, "cellStyle": {"lineHeight": "1.4", "paddingTop": "9px", "paddingBottom": "9px"}}


def choose_layout() -> Component:
    return skeleton(ids.choose_key, ids.choose_body, {})


def form_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id})


def choose_body(cards: Sequence[DatasetCard]) -> list[Component]:
    if not cards:
        return [
            *head("New run"),
            empty(
                "database-add",
                "No data set to train on",
                "Upload a table first; training starts from there.",
                link_button("Upload data", "/data/new", kind="primary"),
            ),
        ]
    entries = [
        html.Div(
            [
                html.H2(dcc.Link(entry.name, href=f"/runs/new/{entry.id}")),
                html.P(f"{theme.count(entry.n_rows)} rows, {theme.count(entry.n_columns)} columns", className="sd-meta"),
                html.P(["outcome ", html.Code(entry.target)] if entry.target else "no outcome chosen yet", className="sd-meta"),
                html.Div(link_button("Train on it", f"/runs/new/{entry.id}"), style={"marginTop": "auto"}),
            ],
            className="sd-card sd-4",
        )
        for entry in cards
    ]
    return [*head("New run", ["Which data set?"]), html.Div(entries, className="sd-grid")]


def form_body(view: DatasetView, values: Mapping[str, Any], name: str, left_out: Mapping[str, str]) -> list[Component]:
    """The form with its values; `left_out` names the columns that are not ticked at first, and why."""
    title = head(
        f"New run on {view.name}",
        [f"{theme.count(view.n_rows)} rows", f"{theme.count(len(view.columns))} columns", "nothing is fitted on held-out rows"],
    )
    groups = _groups(view, values, left_out)
    side = html.Div(
        [
            html.Div(
                [
                    _labelled(
                        "Name of the run",
                        dcc.Input(id=ids.name, type="text", value=name, className="sd-input", maxLength=200),
                        ids.name,
                        problem=ids.name_problem,
                    ),
                    html.Div(id=ids.summary, className="sd-stack"),
                    html.Div(id=ids.problem),
                    html.Div(button("Train", ids.start, kind="primary wide", icon_name="play-fill"), className="sd-bottom-bar"),
                ],
                className="sd-card",
            )
        ],
        className="sd-4",
        style={"position": "sticky", "top": "68px"},
    )
    return [
        *title,
        html.Div(
            [html.Div(groups, className="sd-8 sd-stack", style={"gap": "16px"}), side],
            className="sd-grid",
            style={"alignItems": "start"},
        ),
    ]


def _groups(view: DatasetView, values: Mapping[str, Any], left_out: Mapping[str, str]) -> list[Component]:
    columns = [column.name for column in view.columns]
    built: list[Component] = []
    for group, members in groupby(TrainSpec.options(), key=lambda option: option.group):
        options = list(members)
        plain = fields([option for option in options if option.name not in OWN_CONTROL], FORM, values, columns=columns)
        match group:
            case "Outcome":
                built.append(card("What is predicted", _outcome(options, view, values)))
            case "Columns":
                built.append(_features(view, values, left_out, plain))
            case "Solver":
                built.append(html.Details([html.Summary("Solver"), plain], className="sd-card sd-more"))
            case _:
                built.append(card(group, plain))
    return built


def _outcome(options: Sequence[Option], view: DatasetView, values: Mapping[str, Any]) -> Component:
    target, bad = (next(option for option in options if option.name == name) for name in ("target", "bad_label"))
    names = [column.name for column in view.columns if column.n_distinct is not None and 2 <= column.n_distinct <= 50]
    return html.Div(
        [
            _labelled(
                target.label,
                dcc.Dropdown(
                    id=control_id(FORM, "target"),
                    options=names,
                    value=values.get("target"),
                    clearable=False,
                    placeholder="Choose the outcome",
                ),
                control_id(FORM, "target"),
                help_text=f"{target.help} Columns with 2 to 50 values are offered.",
                problem=problem_id(FORM, "target"),
            ),
            _labelled(
                bad.label,
                dcc.Dropdown(
                    id=control_id(FORM, "bad_label"),
                    options=label_options(view, values.get("target")),
                    value=values.get("bad_label"),
                    placeholder="Every class by itself",
                ),
                control_id(FORM, "bad_label"),
                help_text=bad.help,
                problem=problem_id(FORM, "bad_label"),
            ),
        ],
        className="sd-form-grid",
    )


def label_options(view: DatasetView, target: str | None) -> list[dict[str, str]]:
    """The labels of the outcome with their shares."""
    column = view.column(target) if target else None
    if column is None:
        return []
    known = column.n_rows - column.n_missing
    return [{"label": f"{label}, {theme.share(rows / known)}", "value": label} for label, rows in column.levels]


def _features(view: DatasetView, values: Mapping[str, Any], left_out: Mapping[str, str], plain: Component) -> Component:
    rows = [_feature_row(column, left_out) for column in view.columns]
    chosen = set(values.get("features") or [column.name for column in view.columns if column.name not in left_out])
    grid = dag.AgGrid(
        id=ids.columns,
        rowData=rows,
        columnDefs=[
            {"field": "name", "headerName": "Column", "flex": 2, "minWidth": 140},
            {"field": "kind", "headerName": "Type", "width": 95},
            {"field": "missing", "headerName": "Missing", "width": 92, "type": "rightAligned"},
            {"field": "distinct", "headerName": "Distinct", "width": 96, "type": "rightAligned"},
            {"field": "note", "headerName": "Note", "flex": 4, "minWidth": 260, **_WRAPPED},
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
    return html.Section(
        [
            html.Div(
                [html.Div([html.H2("Columns"), html.P(_USED, className="sd-meta")])],
                className="sd-card-head",
            ),
            grid,
            html.Div(
                html.Div(id=problem_id(FORM, "features"), className="sd-problem", role="alert"),
                className="sd-field",
                style={"padding": "0 16px"},
            ),
            html.Div(plain, className="sd-card-foot"),
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


def _labelled(label: str, control: Component, control_name: str, *, help_text: str = "", problem: str) -> Component:
    return html.Div(
        [
            html.Label(label, htmlFor=control_name),
            control,
            html.Div(help_text, className="sd-help") if help_text else None,
            html.Div(id=problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )


def summary(plan: Plan) -> list[Component]:
    """What pressing Train would do, in numbers."""
    pairs: list[tuple[str, Children]] = [
        ("Rows to train", theme.count(plan.n_train)),
        ("Held out", theme.count(plan.n_test) if plan.n_test else "none: no held-out figures"),
        ("Features", theme.count(plan.n_features)),
    ]
    if plan.bad_rate is not None:
        pairs.append(("Bad rate", theme.share(plan.bad_rate)))
    if plan.n_unknown:
        pairs.append(("Without an outcome, not used", theme.count(plan.n_unknown)))
    parts: list[Component] = [facts(*pairs)]
    parts += [notice("caution", title, text) for title, text in plan.cautions]
    return parts
