"""A job as its owner follows it: what, on what, how far, how long, and how to stop it."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.job_views import JobView
from dashapp.widgets.basics import icon_button, progress_bar, state_badge


def job_progress(job: JobView, cancel_id: dict[str, str]) -> Component:
    """An active job with its bar and a cancel button."""
    waiting = job.state == "queued"
    left = _place(job) if waiting else theme.duration(job.seconds_left) + " left" if job.seconds_left else ""
    doing = "cancelling" if job.cancel_requested else job.doing or ("Waiting" if waiting else "Starting")
    pace = f" · {theme.count(job.rows_per_second)} rows a second" if job.rows_per_second and not waiting else ""
    return html.Div(
        [
            html.Div(
                [
                    html.Div([html.Div(job.title, className="sd-strong"), html.Div(job.subtitle, className="sd-meta")]),
                    html.Span(
                        icon_button(f"Cancel {job.title}", "x-lg", id=cancel_id, disabled=job.cancel_requested)
                        if job.mine
                        else state_badge(job.state),
                        className="sd-end",
                    ),
                ],
                className="sd-row",
            ),
            progress_bar(job.share_done, f"{job.title}: {doing}", waiting=waiting),
            html.Div([html.Span(f"{doing}{pace}"), html.Span(left)], className="sd-job-line"),
        ],
        className="sd-job",
    )


def _place(job: JobView) -> str:
    """Where a waiting job stands in the queue of all users."""
    if job.position is None or job.position == 1:
        return "starts next"
    return f"{theme.plural(job.position - 1, 'job')} before it"
