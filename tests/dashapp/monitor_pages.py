"""The Monitor tab as its callback fills it, with a scoring that failed."""

from datetime import UTC, datetime
from typing import Any

from dashapp.tabs.monitor.layout import start_card
from dashapp.tabs.monitor.results import page
from dashapp.usecases.job_views import JobView
from dashapp.usecases.monitoring import Candidate
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyCard, StudyView

AT = datetime(2026, 1, 2, tzinfo=UTC)


def monitor_pages(view: RunView) -> list[Any]:
    assert view.result is not None
    job = JobView(
        "j", "monitor", "failed", "Newer", "", "", None, 0.5, "", None, None, False, "It has no column.", 1, True, None, AT, AT
    )  # fmt: skip
    card = StudyCard("s", "monitor", "Newer scored", "d", "Newer", None, None, True, AT, job)
    failed = StudyView(card, view.spec, {"run": view.id, "cutoff": 0.5}, (), None)
    start = start_card([Candidate("d", "Newer", 10, ()), Candidate("e", "Other", 10, ("income",))])
    return [start, page(view, view.result, start, [failed], failed, "light")]
