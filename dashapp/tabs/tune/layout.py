"""The skeleton of the Tune tab and its controls. The browser fills and moves what depends on C and the cut-off."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.runs import RunView
from dashapp.usecases.tuning import Columns
from dashapp.widgets.basics import button, link_button
from dashapp.widgets.page import skeleton
from pipeline.spec import TrainSpec

ids = Ids(
    "tune",
    *("key", "body", "tick", "study", "payload", "figures", "followed", "place", "results", "work", "changed"),
    *("c_box", "best", "one_se", "judge", "cutoff_box"),
    *("penalty", "l1_ratio", "l1_field", "weight", "bad_weight", "weight_field", "folds", "problem"),
    *("choose", "columns_dialog", "columns", "columns_all", "columns_none", "columns_use", "columns_about", "features"),
    *("save", "save_problem", "back", "retry", "unpenalised"),
    *("path", "cv", "roc", "label", "table", "matrix", "strongest", "classes"),
)
FOLDS = ((5, 1, "5 folds"), (10, 1, "10 folds"), (10, 3, "3 × 10"))
_OPTIONS = {option.name: option for option in TrainSpec.options()}
_SHORT = {"elasticnet": "Elastic"}


def layout(run_id: str) -> Component:
    return skeleton(
        ids.key,
        ids.body,
        {"run_id": run_id},
        dcc.Interval(id=ids.tick, interval=1_000, disabled=True),
        *(dcc.Store(id=store) for store in (ids.study, ids.payload, ids.figures, ids.followed, ids.place)),
        _columns_dialog(),
    )


def controls(view: RunView, spec: dict[str, Any], offered: Columns) -> Component:
    """The card at the left; `spec` are the options whose path is shown."""
    may_train = view.sees_dataset
    parts = [
        _strength(),
        html.Hr(),
        _segments("penalty", ids.penalty, spec["penalty"], disabled=not may_train),
        _l1_ratio(spec, disabled=not may_train),
        _segments("class_weight", ids.weight, spec["class_weight"], disabled=not may_train),
        _bad_weight(view, spec, disabled=not may_train),
        _folds(spec, disabled=not may_train),
        columns_field(spec["features"], offered, may_choose=may_train),
        html.Div(id=ids.problem, className="sd-tune-problem", role="alert"),
        html.Div([html.Hr(), _cutoff()], hidden=is_multiclass(view)),
        html.Hr(),
        html.Div(id=ids.work, className="sd-tune-work"),
    ]
    if may_train:
        parts += [button("Save as a new run", ids.save, kind="primary wide"), html.Div(id=ids.save_problem, role="alert")]
    parts.append(button("Back to the saved run", ids.back, kind="link wide", **{"data-tune": "back"}))
    if may_train:
        parts.append(html.Hr())
        search = f"/studies/new/{view.dataset_id}?like={view.id}"
        parts.append(link_button("Search a grid from here", search, icon_name="grid-3x3-gap", kind="wide"))
    return html.Section(parts, className="sd-card sd-tune-controls", **{"aria-label": "What to tune"})


def is_multiclass(view: RunView) -> bool:
    return view.result is not None and len(view.result.data.labels) > 2


def _strength() -> Component:
    """The browser puts the number and the slider of C into their box, and answers the two buttons."""
    judges = [{"label": "AUC", "value": "auc"}, {"label": "Log-loss", "value": "log_loss"}]
    return html.Div(
        [
            html.Div(id=ids.c_box, className="sd-tune-box"),
            html.Div(
                [button("Best", ids.best, **{"data-tune": "best"}), button("1-SE", ids.one_se, **{"data-tune": "one-se"})],
                className="sd-tune-pair",
            ),
            html.Div(
                [html.Span("judged by", className="sd-meta", id=f"{ids.judge}-label"), _radio(ids.judge, judges, "auc")],
                className="sd-tune-judge",
            ),
            html.Div("Smaller pulls the coefficients closer to 0.", className="sd-help"),
        ],
        className="sd-field",
    )


def _cutoff() -> Component:
    return html.Div(
        [
            html.Div(id=ids.cutoff_box, className="sd-tune-box"),
            html.Div("Refuse when the chance of going bad is at or above it.", className="sd-help"),
        ],
        className="sd-field",
    )


def _radio(id: str, options: Sequence[dict[str, Any]], value: Any) -> Component:  # noqa: A002 - Dash's word
    return html.Div(
        dcc.RadioItems(id=id, options=list(options), value=value, className="sd-segments", inline=True),
        role="group",
        **{"aria-labelledby": f"{id}-label"},
    )


def _segments(name: str, id: str, value: Any, *, disabled: bool) -> Component:  # noqa: A002 - Dash's word
    option = _OPTIONS[name]
    choices = [
        {
            "label": _SHORT.get(choice.value, choice.label.removesuffix(" net")),
            "value": choice.value,
            "title": choice.help,
            "disabled": disabled,
        }
        for choice in option.choices
    ]
    return html.Div(
        [html.Span(option.label, className="sd-label", id=f"{id}-label"), _radio(id, choices, value)], className="sd-field"
    )


def _l1_ratio(spec: dict[str, Any], *, disabled: bool) -> Component:
    return html.Div(
        html.Div(
            [
                html.Label("Share of L1", htmlFor=ids.l1_ratio, className="sd-label"),
                dcc.Input(
                    id=ids.l1_ratio, type="number", value=spec["l1_ratio"], step="any", debounce=0.6, disabled=disabled,
                    className="sd-input",
                ),
            ],
            className="sd-tune-number",
        ),
        id=ids.l1_field,
        hidden=spec["penalty"] != "elasticnet",
    )  # fmt: skip


def _bad_weight(view: RunView, spec: dict[str, Any], *, disabled: bool) -> Component:
    """Own weights of an outcome with two labels: how much a bad row counts, a good one counting 1."""
    label = view.spec.bad_label or "bad"
    weight = dict(spec["class_weights"]).get(label, 5.0 if not spec["class_weights"] else 1.0)
    return html.Div(
        html.Div(
            [
                html.Label("A bad row counts", htmlFor=ids.bad_weight, className="sd-label"),
                dcc.Input(
                    id=ids.bad_weight, type="number", value=weight, step="any", debounce=0.6, disabled=disabled,
                    className="sd-input",
                ),
            ],
            className="sd-tune-number",
        ),
        id=ids.weight_field,
        hidden=spec["class_weight"] != "given" or is_multiclass(view),
    )  # fmt: skip


def _folds(spec: dict[str, Any], *, disabled: bool) -> Component:
    now = (spec["folds"], spec["fold_repeats"])
    choices = [*FOLDS]
    if now not in {(folds, repeats) for folds, repeats, _ in FOLDS}:
        choices.append((*now, f"{now[1]} × {now[0]}" if now[1] > 1 else f"{now[0]} folds"))
    options = [{"label": word, "value": f"{folds}x{repeats}", "disabled": disabled} for folds, repeats, word in choices]
    return html.Div(
        [
            html.Span("Cross-validation", className="sd-label", id=f"{ids.folds}-label"),
            _radio(ids.folds, options, f"{now[0]}x{now[1]}"),
        ],
        className="sd-field",
    )


def columns_field(used: Sequence[str], offered: Columns, *, may_choose: bool) -> Component:
    choose = button("Choose", ids.choose, kind="link") if may_choose else None
    return html.Div(
        [
            html.Div([html.Span("Columns", className="sd-label"), choose], className="sd-tune-number"),
            html.Div(columns_about(used, offered), id=ids.columns_about),
            dcc.Store(id=ids.features),
        ],
        className="sd-field",
    )


def columns_about(used: Sequence[str], offered: Columns) -> list[Component]:
    """17 of 20 used, and which are not."""
    without = [name for name in offered.names if name not in set(used)]
    words = [html.Div(f"{theme.count(len(used))} of {theme.count(len(offered.names))} used")]
    if without:
        more = f" and {len(without) - 4} more" if len(without) > 5 else ""
        words.append(html.Div(f"Left out: {', '.join(without[: 4 if more else 5])}{more}", className="sd-help"))
    return words


def _columns_dialog() -> Component:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Columns of the model", tag="h2")),
            dbc.ModalBody(
                [
                    html.Div(
                        [button("All", ids.columns_all), button("None", ids.columns_none)], className="sd-row sd-tune-picks"
                    ),
                    html.Div(
                        dcc.Checklist(id=ids.columns, options=[], value=[], className="sd-check sd-tune-columns"),
                        role="group",
                        **{"aria-label": "Columns of the model"},
                    ),
                ]
            ),
            dbc.ModalFooter(button("Use these columns", ids.columns_use, kind="primary")),
        ],
        id=ids.columns_dialog,
        scrollable=True,
    )
