"""Newer data scored with a run, as an analyst does it in a browser: at once, in a job, and taken away."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from dashapp.usecases import monitoring, runs
from dashapp.usecases.desk import Desk
from tests.dashapp.uploading import upload
from tests.dashapp.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A run, and beside its data set two newer ones, one of them with higher debts, and one without the columns."""
    folder = tmp_path_factory.mktemp("monitor")
    draw = np.random.default_rng(4)
    ids = []
    for name, shift in (("Loans of May", 0.0), ("Loans of June", 1.0), ("Loans of July", 0.2)):
        debt = draw.normal(shift, 1, 800).round(3)
        bad = draw.random(800) < 1 / (1 + np.exp(1.5 - debt))
        path = folder / f"{name}.csv"
        rows = [f"{value},{'yes' if is_bad else 'no'}" for value, is_bad in zip(debt, bad, strict=True)]
        path.write_text("debt,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
        ids.append(upload(analyst_desk, path, name=name))
    other = folder / "other.csv"
    other.write_text("x,y\n" + "".join(f"{i},{i % 7}\n" for i in range(50)), encoding="utf-8")
    upload(analyst_desk, other, name="Something else")
    run_id = runs.start(analyst_desk, ids[0], "Run of May", {"target": "defaulted", "bad_label": "yes", "features": ["debt"]})
    until(lambda: runs.get(analyst_desk, run_id).state == "succeeded", 90)
    return run_id


def test_newer_data_is_scored_and_taken_away(seat: Any, run: str, analyst_desk: Desk) -> None:
    page = seat.page
    seat.open(f"/runs/{run}")
    page.get_by_role("link", name="Monitor", exact=True).click()
    page.get_by_role("button", name="Score it").click()
    expect(page.get_by_role("alert").filter(has_text="Choose a data set first.")).to_be_visible()
    page.locator("#monitor-dataset").click()
    page.get_by_text("Loans of June (800 rows)").click()
    page.get_by_role("button", name="Score it").click()

    expect(page.get_by_role("heading", name=re.compile("In Loans of June the score is a large shift"))).to_be_visible()
    expect(page.get_by_text("Which columns have moved?")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?study=\w+$"))
    [made] = monitoring.made(analyst_desk, run)
    expect(page.get_by_text(f"{made.result.metrics.auc:.3f}").first).to_be_visible()
    seat.shot("monitor")

    with page.expect_download() as download:
        page.get_by_role("link", name="Scored rows of Loans of June (CSV)").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "debt,defaulted,probability_of_default,decision"
    assert len(lines) == 801

    page.reload()  # the address holds what is shown
    expect(page.get_by_role("heading", name=re.compile("In Loans of June"))).to_be_visible()


def test_a_job_fills_the_page_when_it_ends(seat: Any, run: str, analyst_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "AT_ONCE_CELLS", 0)  # the site's process is this one
    seat.open(f"/runs/{run}/monitor")
    page = seat.page
    page.locator("#monitor-dataset").click()
    page.get_by_text("Loans of July (800 rows)").click()
    page.get_by_role("button", name="Score it").click()
    expect(page.get_by_role("heading", name=re.compile("In Loans of July the score is"))).to_be_visible(timeout=60_000)
    job = next(one.card.job for one in monitoring.made(analyst_desk, run) if one.card.dataset_name == "Loans of July")
    assert job is not None
    assert job.state == "succeeded"
