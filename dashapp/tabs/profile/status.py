"""Where the profile is not there yet, is being made, or no longer fits."""

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.profile.layout import ids
from dashapp.usecases.job_views import JobView
from dashapp.usecases.profiles import ProfileView
from dashapp.widgets.basics import button, card, empty, notice
from dashapp.widgets.jobs import job_progress


def without_profile(profile: ProfileView, mine: bool) -> list[Component]:
    """In place of the overview."""
    if profile.job is not None and profile.job.active:
        work = html.Div(job_progress(profile.job, {"cancel-job": profile.job.id}), id=ids.progress)
        return [card("The columns are being profiled", work, under="One pass over all rows. You may close the page meanwhile.")]
    action = button("Profile the columns", ids.again, kind="primary") if mine else None
    return [
        *_failed(profile.job),
        empty(
            "bar-chart-line",
            "This data set has no profile yet",
            "A profile shows how each column is spread, what is missing, what stands out, and which columns tell bad from good.",
            action,
        ),
    ]


def above_profile(profile: ProfileView, mine: bool) -> list[Component]:
    """Over a profile that is there: the new one being made, or why it should be."""
    if profile.job is not None and profile.job.active:
        work = html.Div(job_progress(profile.job, {"cancel-job": profile.job.id}), id=ids.progress)
        return [card("The columns are being profiled anew", work, under="What is shown below is the profile before.")]
    parts = _failed(profile.job)
    if profile.stale:
        words = "The outcome or the special codes were changed after this profile was made."
        parts.append(
            notice(
                "caution", "The profile is out of date", words, button("Profile again", ids.again, kind="link") if mine else None
            )
        )
    return parts


def _failed(job: JobView | None) -> list[Component]:
    if job is None or job.state != "failed":
        return []
    return [notice("danger", "Profiling failed", f"{job.error or 'No reason is known.'} ({theme.when(job.finished_at)})")]
