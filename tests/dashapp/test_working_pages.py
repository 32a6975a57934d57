"""Pages while work goes on and after it ended badly: each thing is said once, and no button is given back by mistake."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash

from dashapp.tabs.evaluate.run_page import without_result
from dashapp.tabs.studies.search_page import without_trials
from dashapp.tabs.studies.study_page import progress
from dashapp.tabs.tune import results
from dashapp.usecases import datasets, runs, tuning
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.training import execute
from db import leases
from pipeline.spec import TrainSpec
from tests.dashapp.tune_pages import job
from tests.dashapp.uploading import upload


def test_no_callback_gives_back_a_button_that_a_check_has_disabled(app: Dash, browser: Callable[..., Any]) -> None:
    """Dash calls a callback as its button appears, and `running` then ends with the button enabled, whatever the check said."""
    browser("analyst").get("/_dash-dependencies")
    told = [json.dumps(one["running"]) for one in app._callback_list if one.get("running")]
    assert len(told) >= 3
    assert [one for one in told if ".disabled" in one] == []


def study(state: str, n_trials: int) -> Any:
    card = SimpleNamespace(job=job(state), kind="search", id="s", mine=True)
    return SimpleNamespace(card=card, trials=[None] * n_trials)


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "Nothing was done yet."), (1, "1 combination that was done is kept."), (3, "3 combinations that were done are kept.")],
)
def test_a_cancelled_search_says_what_is_kept(n: int, words: str) -> None:
    assert words in str(progress(study("cancelled", n)))


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
def test_what_became_of_a_search_is_said_once(state: str) -> None:
    assert progress(study(state, 0)) is not None
    assert without_trials(study(state, 0)) == []


def test_work_that_ended_without_a_result_is_not_an_empty_page() -> None:
    assert progress(study("succeeded", 0)) is None
    assert "There is no result" in str(without_trials(study("succeeded", 0)))


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_path_that_came_to_nothing_says_what_is_shown_instead(state: str) -> None:
    words = "What is shown is still the path before, with the options that it had."
    assert words in str(results.work(job(state), None, may_retry=True, before=True))
    assert words not in str(results.work(job(state), None, may_retry=True, before=False))


@pytest.fixture
def dataset(desk: Desk, tmp_path: Path) -> str:
    path = tmp_path / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if (i * 7) % 11 < 3 else 'no'}" for i in range(200)]
    path.write_text("income,home,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return upload(desk, path)


def test_a_run_whose_data_set_is_gone_offers_nothing_that_cannot_be_done(desk: Desk, dataset: str) -> None:
    run = runs.start(desk, dataset, "Cancelled", {"target": "defaulted", "bad_label": "yes"})
    before = runs.get(desk, run)
    assert "/runs/new/" in str(without_result(_ended(before)))
    datasets.delete(desk, dataset)
    text = str(without_result(_ended(runs.get(desk, run))))
    assert "/runs/new/" not in text
    assert "Train it again" not in text
    assert "Its data set is gone" in text


def _ended(view: Any) -> Any:
    return SimpleNamespace(
        state="cancelled",
        sees_dataset=view.sees_dataset,
        dataset_id=view.dataset_id,
        id=view.id,
        mine=view.mine,
        error=None,
        origin=view.origin,
    )


def test_the_owner_of_a_run_is_not_sent_to_ask_himself(desk: Desk, dataset: str) -> None:
    run = runs.start(desk, dataset, "Done", TrainSpec.parse({"target": "defaulted", "bad_label": "yes"}).to_json())
    with desk.db.write() as session:
        (queued,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = queued.id, queued.attempt
    execute(desk.db, job_id, attempt, desk.settings)
    datasets.delete(desk, dataset)
    with pytest.raises(Refused) as refused:
        tuning.start(desk, run, {"penalty": "l1"})
    assert "deleted" in refused.value.fix
    assert "Ask" not in refused.value.fix
