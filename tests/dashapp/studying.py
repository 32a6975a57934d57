"""Studies done in this process, without a cluster, and their pages as their callbacks fill them."""

import importlib
from dataclasses import replace
from typing import Any

from dashapp.jobs.handlers import HANDLERS
from dashapp.tabs.studies.form_page import form_body
from dashapp.tabs.studies.imbalance_page import imbalance_body
from dashapp.tabs.studies.layout import listing
from dashapp.tabs.studies.search_page import search_body
from dashapp.tabs.studies.study_page import progress, study_head
from dashapp.usecases import datasets, imbalances, runs, searches, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.spreading import Ended
from dashapp.widgets.heads import run_head
from db import leases
from db.engine import Database
from pipeline.study_results import ImbalanceComparison


class InlinePool:
    """Does each part when it is asked for what has ended. `lose` says how often each part loses its process first."""

    width = 2

    def __init__(self, db: Database, job_id: str, attempt: int, lose: dict[int, int] | None = None) -> None:
        self._about = (db, job_id, attempt)
        self._waiting: list[tuple[str, int]] = []
        self._lose = dict(lose or {})
        self.done: list[int] = []

    def submit(self, part: str, number: int) -> None:
        self._waiting.append((part, number))

    def ended(self, seconds: float) -> list[Ended]:
        part, number = self._waiting.pop(0)
        if self._lose.get(number, 0) > 0:
            self._lose[number] -= 1
            return [Ended(number, lost=True)]
        module, function = part.split(":")
        self.done.append(number)
        return [Ended(number, getattr(importlib.import_module(module), function)(*self._about, number))]


def do_next(desk: Desk, lose: dict[int, int] | None = None) -> InlinePool:
    """Does the oldest waiting study."""
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=600, limit=1, kinds=("search", "imbalance"))
        job_id, kind, attempt = job.id, job.kind, job.attempt
    pool = InlinePool(desk.db, job_id, attempt, lose)
    module, function = HANDLERS[kind].split(":")
    getattr(importlib.import_module(module), function)(desk.db, job_id, attempt, desk.settings, pool)
    return pool


def study_pages(desk: Desk, dataset_id: str, run_id: str) -> list[Any]:
    """Every page of a study, with one of each kind done and one that waits."""
    view, base = datasets.get(desk, dataset_id), {"target": "defaulted", "bad_label": "yes", "features": ["income", "home"]}
    search = searches.start(desk, dataset_id, base, {"C": [0.1, 1], "penalty": ["l2", "l1"]}, name="Search", run_id=run_id)
    do_next(desk)
    compared = imbalances.start(desk, dataset_id, base, name="Compared")
    do_next(desk)
    waiting = searches.start(desk, dataset_id, base, {"degree": [1, 2]}, name="Waiting")
    found, other, last = (studies.get(desk, study_id) for study_id in (search, compared, waiting))
    assert isinstance(other.result, ImbalanceComparison)
    assert last.card.job is not None
    cancelled = replace(last, card=replace(last.card, job=replace(last.card.job, state="cancelled")))
    return [
        run_head(runs.get(desk, run_id), "Overview"),
        progress(cancelled),
        listing(studies.visible(desk, "search", "imbalance")),
        form_body(view, base, "A search", None),
        [study_head(found), search_body(found, "log_loss", "light")],
        [study_head(other), imbalance_body(other, other.result, "dark")],
        [study_head(last), progress(last)],
    ]
