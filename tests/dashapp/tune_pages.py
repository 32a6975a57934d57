"""The Tune tab as its callbacks fill it, in every state."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dash import html

from dashapp.tabs.tune import results
from dashapp.tabs.tune.layout import controls, ids
from dashapp.usecases import tuning
from dashapp.usecases.job_views import JobView
from dashapp.usecases.runs import RunView
from tests.paths import PATH


def job(state: str) -> JobView:
    now = datetime.now(UTC)
    return JobView(
        "j", "path", state, "Path", "Regularisation path", "", None, 0.5, "Fitting", None, 3.0, False, "It broke.", 1, True, None,
        now, now,
    )  # fmt: skip


def tune_pages(view: RunView) -> list[Any]:
    penalised = replace(view, spec=replace(view.spec, penalty="l2"))
    return [
        html.Div(id=ids.changed),
        html.Div(id=ids.results),
        controls(view, tuning.options_of(view), tuning.Columns(("income", "home"), {})),
        results.cards(PATH, 1, "light"),
        [results.work(job(state), None, may_retry=True) for state in ("running", "failed", "cancelled")],
        [results.work(job("succeeded"), PATH, may_retry=True), results.work(None, None, may_retry=False)],
        [results.waiting(job("running")), results.waiting(None)],
        [results.without_path(penalised, "none", ""), results.without_path(view, "none", ""), results.without_run(view)],
    ]
