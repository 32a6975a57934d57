"""The bar at the foot: outcome, the class to predict, what will be saved, and the two ways out."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.intake.actions import Tried
from dashapp.tabs.intake.acts import act, opens
from dashapp.tabs.intake.columns import Seen, summary
from dashapp.tabs.intake.controls import menu
from dashapp.tabs.intake.page_head import at_work
from dashapp.usecases.intake import UploadView
from dashapp.widgets.basics import button
from pipeline.results import ColumnSummary

_MOST_CLASSES = 50
_SEGMENTS = 4  # more classes than these stand in a menu


def outcome(view: UploadView, columns: Sequence[Seen], tried: Tried) -> list[Component]:
    chosen = view.choices.target
    names = [column.name for column in columns if column.name == chosen or _may_be_outcome(column.summary)]
    options = [{"value": "", "label": "none yet"}, *({"value": name, "label": name} for name in names)]
    target = next((column for column in columns if column.name == chosen), None)
    return [
        html.Div(
            [
                html.Label("Outcome", htmlFor="intake-target"),
                act(menu("intake-target", options, chosen or ""), "outcome"),
                html.Div(tried.told_at("outcome") or tried.told_at("bad"), className="sd-problem", role="alert"),
            ],
            className="sd-field sd-bar-target",
        ),
        *(_classes(view, target.summary) if target is not None and target.summary is not None else []),
    ]


def _may_be_outcome(column: ColumnSummary | None) -> bool:
    """Before all rows were looked at any column may be."""
    return column is None or (column.n_distinct is not None and 2 <= column.n_distinct <= _MOST_CLASSES)


def _classes(view: UploadView, column: ColumnSummary) -> list[Component]:
    known = column.n_rows - column.n_missing
    bad = view.choices.bad_label
    if not column.levels or not known:
        return []
    words = {label: f"{label[:24]}, {theme.share(rows / known)}" for label, rows in sorted(column.levels)}
    if len(words) <= _SEGMENTS:
        control: Component = html.Div(
            [
                act(
                    html.Button(text, type="button", **{"aria-pressed": "true" if label == bad else "false"}),
                    "bad",
                    value=label,
                )
                for label, text in words.items()
            ],
            className="sd-segments",
            role="group",
            **{"aria-label": "The class to predict"},
        )
        label: Component = html.Span("The class to predict", className="sd-label")
    else:
        each = [{"value": "", "label": "every class by itself"}, *({"value": key, "label": text} for key, text in words.items())]
        control = act(menu("intake-bad", each, bad or ""), "bad")
        label = html.Label("The class to predict", htmlFor="intake-bad")
    return [html.Div([label, control], className="sd-field sd-bar-class")]


def save(view: UploadView, columns: Sequence[Seen], tried: Tried) -> list[Component]:
    reason = why_not(view)
    told = tried.told_at("save") or tried.told_at("name")
    words: list[Component] = [html.Div(f"{summary(columns)}.") if columns else html.Div("")]
    words.append(html.Div(reason or "Only you can see it until you share it."))
    if told:
        words = [html.Div(told, className="sd-problem", role="alert")]
    saving = at_work(view) == "save"
    return [
        html.Div(words, className="sd-bar-words"),
        html.Div(
            [
                opens(button("Discard", disabled=saving), "intake-discard-dialog"),
                act(
                    button("Save data set", icon_name="check2", kind="primary", disabled=reason is not None), "save", value="yes"
                ),
            ],
            className="sd-bar-actions",
        ),
    ]


def why_not(view: UploadView) -> str | None:
    """Why it cannot be saved now, in a sentence; None where it can."""
    if at_work(view):
        return "It is being saved." if at_work(view) == "save" else "It can be saved once all rows were read."
    if view.error is not None:
        return "A file that cannot be read is not saved."
    if view.findings is None:
        return "It can be saved once all rows were read."
    return None
