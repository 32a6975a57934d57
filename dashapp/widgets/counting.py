"""What stands on a page while a job works on what it shows, and where that failed."""

from dash.development.base_component import Component

from dashapp.usecases.job_views import JobView
from dashapp.usecases.studies import StudyCard
from dashapp.widgets.basics import Children, button, card, notice, progress_bar
from dashapp.widgets.jobs import job_progress


def again_button(study_id: str, words: str = "Try again") -> Component:
    """Queues a study that failed or was cancelled again; dashapp.tabs.jobs does it, and tells the page through `shell.again`."""
    return button(words, {"count-again": study_id}, icon_name="arrow-repeat", kind="link")


def stopped(job: JobView | None, failed: str, cancelled: tuple[str, str], again: Children = None) -> Component:
    """Why there is nothing of a job that ended without a result; `cancelled` is title and sentence of one that was cancelled."""
    if job is not None and job.state == "cancelled":
        return notice("info", *cancelled, again)
    return notice("danger", failed, (job.error if job is not None else None) or "No reason was recorded.", again)


def at_work(study: StudyCard, doing: str, failed: str, *, under: str = "It appears here by itself.") -> Component:
    """The progress of a study's job; after a failure its sentence and a way to try again (dashapp.tabs.jobs follows the button).

    A page that shows this asks again by its interval until there is something else to show.
    """
    job = study.job
    if job is not None and job.active:
        return card(doing, job_progress(job, {"cancel-job": job.id}), under=under)
    return stopped(job, failed, (failed, "It was cancelled."), again_button(study.id) if study.mine else None)


def lime_loading() -> Component:
    """While the process that answers loads LIME's package; the page asks again as for a job."""
    under = "Once after the server has started, for a second or two. It appears here by itself."
    return card("LIME is being loaded", progress_bar(0, "LIME is being loaded", waiting=True), under=under)


def counting(study: StudyCard) -> Component:
    """While a run's training rows are counted, which everything about its applicants starts from."""
    return at_work(
        study,
        "The training rows are counted first",
        "The training rows could not be counted",
        under="Once for each cut-off, for everybody who sees the run. The page goes on by itself.",
    )
