"""The upload: choose or drop a file; assets/30-upload.js streams it and moves the progress bar."""

from dash import html
from dash.development.base_component import Component

from dashapp.widgets.basics import button, icon, progress_bar
from dashapp.widgets.page import head


def layout() -> Component:
    return html.Div(
        [*head("Upload data", ["Only you can see it until you share it"]), _choose(), _progress(), _problem(), _advice()],
        className="sd-page",
    )


def _choose() -> Component:
    return html.Div(
        [
            icon("cloud-arrow-up"),
            html.H2("Drop a file here"),
            html.P("Text with columns: CSV, semicolons, tabs or bars. The first row names the columns."),
            button("Choose a file", "upload-pick", kind="primary"),
        ],
        id="upload-choose",
        className="sd-drop",
    )


def _progress() -> Component:
    bar = progress_bar(0, "Upload")
    bar.children.id = "upload-bar"
    return html.Div(
        [
            html.Div(
                [
                    html.Span(id="upload-name", className="sd-strong"),
                    html.Span(button("Cancel", "upload-cancel"), className="sd-end"),
                ],
                className="sd-row",
            ),
            bar,
            html.Div([html.Span(id="upload-doing"), html.Span(id="upload-left")], className="sd-job-line"),
        ],
        id="upload-progress",
        className="sd-card",
        hidden=True,
    )


def _problem() -> Component:
    return html.Div(
        [
            icon("exclamation-octagon"),
            html.Div(
                [html.Strong(id="upload-problem-message"), html.Div(id="upload-problem-fix"), html.Div("Nothing was stored.")]
            ),
        ],
        id="upload-problem",
        className="sd-notice danger",
        role="alert",
        hidden=True,
    )


def _advice() -> Component:
    items = (
        ("table", "One row for each case", "An applicant, a loan, a customer. A column tells how it turned out."),
        ("question-diamond", "Gaps are fine", "Empty cells, NA and ? are read as missing, and counted for each column."),
        (
            "eye-slash",
            "Leave out what came later",
            "A column that was filled in after the outcome makes every model look perfect.",
        ),
    )
    return html.Div(
        [
            html.Div([html.H3([icon(name), " ", title]), html.P(text, className="sd-meta")], className="sd-card sd-4")
            for name, title, text in items
        ],
        className="sd-grid",
    )
