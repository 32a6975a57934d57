"""The upload: choose or drop a file; assets/30-upload.js streams it and moves the progress bar. And what was not saved yet."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.intake import UploadCard
from dashapp.widgets.basics import button, card, icon, link_button, progress_bar
from dashapp.widgets.page import head
from dashapp.widgets.tables import Column, table

ids = Ids("upload", "key", "title", "pending", "cards")
_STATES = {
    "refused": "cannot be read yet",
    "examined": "read, not saved",
    "received": "being read",
    "saving": "being saved",
}


def layout() -> Component:
    return html.Div(
        [
            dcc.Store(id=ids.key, data={}),
            html.Div(title(None), id=ids.title),
            _choose(),
            _progress(),
            _problem(),
            html.Div(id=ids.pending),
            _advice(),
        ],
        className="sd-page sd-intake",
    )


def title(replaces: str | None) -> list[Component]:
    """`replaces` is the name of the data set that the file is a new version of."""
    if replaces is None:
        return head("Upload data", ["Nothing is stored until you save", "only you can see it until you share it"])
    return head(
        f"New version of {replaces}", ["It is read the way the version before was read", "the version before and its runs stay"]
    )


def _choose() -> Component:
    return html.Div(
        [
            icon("cloud-arrow-up"),
            html.H2("Drop a file here"),
            html.P("CSV and other text with separators, also as gzip or zip; Parquet; Excel (XLSX)."),
            button("Choose a file", "upload-pick", kind="primary"),
            html.P("Separator, encoding, header and types are found out; you see and correct them before anything is saved."),
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


def pending_list(cards: Sequence[UploadCard]) -> list[Component]:
    """Files that were uploaded and neither saved nor discarded; the callback of the discard buttons fills it anew."""
    return [html.Div(pending_cards(cards), id=ids.cards)] if cards else []


def pending_cards(cards: Sequence[UploadCard]) -> list[Component]:
    if not cards:
        return []
    heads = [Column("File"), Column("Size", numeric=True), Column("State"), Column("Uploaded", numeric=True), Column("")]
    rows = [
        [
            dcc.Link(entry.filename, href=f"/data/new/{entry.id}"),
            theme.size(entry.n_bytes),
            _STATES.get(entry.state, entry.state),
            theme.when(entry.created_at),
            html.Span(
                [
                    link_button("Continue", f"/data/new/{entry.id}", title=f"Continue with {entry.filename}"),
                    button("Discard", {"discard-upload": entry.id}, kind="link", **{"aria-label": f"Discard {entry.filename}"}),
                ],
                className="sd-pending-acts",
            ),
        ]
        for entry in cards
    ]
    noun = theme.plural(len(cards), "upload is", "uploads are")
    built = table(heads, rows, label="Uploads that are not saved")
    return [card(f"{noun} not saved yet", built, under="They wait here until you save or discard them.", flush=True)]


def _advice() -> Component:
    items = (
        ("table", "One row for each case", "An applicant, a loan, a customer. A column tells how it turned out."),
        ("question-diamond", "Gaps are fine", "Empty cells, NA and ? are read as missing, and counted for each column."),
        (
            "eye-slash",
            "What came later is found",
            "A column that was filled in after the outcome makes every model look perfect; you are told before you save.",
        ),
    )
    return html.Div(
        [
            html.Div([html.H3([icon(name), " ", words]), html.P(text, className="sd-meta")], className="sd-card sd-4")
            for name, words, text in items
        ],
        className="sd-grid",
    )
