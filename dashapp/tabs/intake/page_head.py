"""The head of the page, its three steps, and what should be known before anything is changed."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.usecases.datasets import DatasetCard
from dashapp.usecases.intake import UploadView
from dashapp.widgets.basics import icon, notice


def head(view: UploadView, replaces: str | None) -> Component:
    """`replaces` is the name of the data set that this upload is a new version of."""
    title = f"New version of {replaces}: {view.filename}" if replaces is not None else f"New data set: {view.filename}"
    under = "Nothing is stored until you save."
    if replaces is not None:
        under += " It is read as the version before was; the version before stays."
    return html.Header(
        [
            html.Div([html.H1(title), html.Div(html.Span(under), className="sd-facts")]),
            html.Ol(
                [
                    html.Li([icon("check2"), "Upload"], className="done"),
                    html.Li([html.B("2"), "Check how it was read"], className="here", **{"aria-current": "step"}),
                    html.Li([html.Span("3"), "Profile"]),
                ],
                className="sd-steps",
            ),
        ],
        className="sd-page-head",
    )


def at_work(view: UploadView) -> str:
    """The kind of the job that is at work on the upload, examine or save; "" where none is."""
    return view.job.kind if view.job is not None and view.job.active else ""


def notices(same: DatasetCard | None) -> Sequence[Component]:
    if same is None:
        return []
    link = dcc.Link(f"Open {same.name}", href=f"/data/{same.id}")
    return [
        notice("info", f"This very file is here already, as {same.name}", "The two files are the same to the last byte.", link)
    ]
