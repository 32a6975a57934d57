"""The form in which an applicant is typed: a control for each field that the run reads, with its unit, range and levels."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.desk.layout import OTHER, ids
from dashapp.usecases.applicants import NAME_LENGTH
from dashapp.usecases.typed_values import Control
from dashapp.widgets.basics import Children, button, icon, notice
from pipeline.explain_results import Value
from pipeline.levels import number_text
from pipeline.shown import capital

_MOST_LEVELS = 300  # of a field, the most frequent; others are typed


def form(
    controls: Sequence[Control],
    given: Mapping[str, str],
    name: str,
    remarks: Mapping[str, tuple[str, bool]],
    *,
    again: bool,
) -> list[Component]:
    """`given` fills it, with what is to be said of it; `again` where an applicant is changed, who can be gone back to."""
    name_field = html.Div(
        [
            html.Label("Name or number of the applicant", htmlFor=ids.form_name),
            dcc.Input(
                id=ids.form_name,
                type="text",
                value=name,
                className="sd-input",
                maxLength=NAME_LENGTH,
                placeholder="A-2025-0045",
                autoComplete="off",
            ),
            html.Div("What you find the case by later. It goes no further than the case.", className="sd-help"),
        ],
        className="sd-field",
    )
    fields = [
        _field(control, given.get(control.field, ""), remarks.get(control.field), f"{ids.said}-{at}")
        for at, control in enumerate(controls)
    ]
    foot = [button("Score", ids.score, icon_name="calculator", kind="primary")]
    if again:
        foot.append(button("Back without a change", ids.form_cancel))
    else:
        foot += [button("Clear the form", ids.discard), html.Span(id=ids.form_cancel, hidden=True)]
    return [
        html.Section(
            [
                html.Div(name_field, className="sd-desk-name"),
                html.Div(fields, className="sd-desk-fields"),
                html.Div(id=ids.form_problem),
                html.Div(foot, className="sd-row sd-desk-foot"),
            ],
            className="sd-card sd-desk-form",
        )
    ]


def form_kept() -> Component:
    """What was typed and not sent is there again, after the page was loaded anew or left."""
    return notice("info", "This is what you typed before", "This browser tab kept it. It was not scored yet.")


def form_id(part: str, field: Any) -> dict[str, Any]:
    """Of a field's value, the box and its frame for another level, and what is said of it; `field` may be ALL or MATCH."""
    return {"desk-form": part, "field": field}


def _element(named: dict[str, Any]) -> str:
    """The id that the browser gives to a control of this id, for its label."""
    return json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def form_texts(values: Mapping[str, Value]) -> dict[str, str]:
    """The values of an applicant as the form shows them."""
    return {
        name: number_text(value) if isinstance(value, int | float) else str(value)
        for name, value in values.items()
        if value is not None
    }


def said(remark: tuple[str, bool] | None) -> list[Children]:
    """A sentence under a field: what cannot be read, or what lies outside of the training rows."""
    if remark is None:
        return []
    sentence, is_problem = remark
    name = "sd-problem" if is_problem else "sd-desk-warning"
    return [html.Span([icon("exclamation-triangle"), sentence], className=name)]


def _field(control: Control, text: str, remark: tuple[str, bool] | None, about: str) -> Component:
    """`about` is the id of what is said of the control, by which assets/38-desk.js describes it: none of Dash's ids for patterns,
    since a list of ids is split at its spaces, and names of columns have some.
    """
    label = capital(control.label)
    boxes = _levels(control, text, label) if control.kind == "category" else [_number(control, text)]
    return html.Div(
        [
            html.Label(label, htmlFor=_element(form_id("value", control.field))),
            *boxes,
            html.Div(
                [
                    html.Div(control.help, className="sd-help"),
                    html.Div(said(remark), id=form_id("said", control.field), className="sd-desk-said", role="status"),
                ],
                id=about,
                className="sd-desk-about",
            ),
        ],
        className="sd-field",
        role="group",
        **{"aria-label": label},
    )


def _number(control: Control, text: str) -> Component:
    usual = number_text(control.usual) if isinstance(control.usual, int | float) else ""
    box = dcc.Input(
        id=form_id("value", control.field),
        type="text",
        inputMode="decimal",
        value=text,
        placeholder=f"such as {usual}" if usual else "",
        debounce=True,
        maxLength=100,
        className="sd-input",
        autoComplete="off",
    )
    unit = [html.Span(control.unit, className="sd-desk-unit", **{"aria-hidden": "true"})] if control.unit else []
    return html.Div([box, *unit], className="sd-desk-number")


def _levels(control: Control, text: str, label: str) -> list[Component]:
    """A list of the training rows' levels, and a box for another one."""
    known = [*control.levels[:_MOST_LEVELS], *control.codes]
    options = [*({"label": level, "value": level} for level in known), {"label": "Another value …", "value": OTHER}]
    is_other = bool(text) and text not in known
    return [
        dcc.Dropdown(
            id=form_id("value", control.field),
            options=options,
            value=OTHER if is_other else text or None,
            placeholder="Not known",
            searchable=len(known) > 8,
        ),
        html.Div(
            [
                html.Label(f"{label}, another value", htmlFor=_element(form_id("other", control.field)), className="sd-hidden"),
                dcc.Input(
                    id=form_id("other", control.field),
                    type="text",
                    value=text if is_other else "",
                    placeholder="Another value",
                    debounce=True,
                    maxLength=200,
                    className="sd-input",
                    autoComplete="off",
                ),
            ],
            id=form_id("box", control.field),
            className="sd-desk-other",
            hidden=not is_other,
        ),
    ]
