"""What opening a tab of a run sends is at most 150 kB, for a thousand rows and for as many as there may be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashapp.tabs import TABS
from dashapp.usecases import runs, training
from dashapp.usecases.desk import Desk
from db import leases
from db import runs as doors
from pipeline.results import RunResult
from pipeline.spec_sentences import MOST_CLASSES
from tests.dashapp.clicking import Clicker
from tests.dashapp.large_results import CUTOFFS, POINTS, large
from tests.dashapp.uploading import upload

MOST_BYTES = 150_000
OF_A_RUN = [page.path_template for tab in TABS for page in tab.pages if page.path_template.startswith("/runs/<run_id>")]


class Reader(Clicker):
    """Opens pages in this process, and counts the bytes of every callback's answer."""

    def __init__(self, browser: Any) -> None:
        super().__init__("http://localhost")
        self.browser, self.sizes = browser, {}

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> tuple[int, str]:
        answer = self.browser.client.open(
            path, method=method, data=body, headers={"X-CSRFToken": self.browser.csrf, **headers}, buffered=True,
            environ_base={"REMOTE_ADDR": self.browser.address},
        )  # fmt: skip
        if path == "/_dash-update-component":
            assert answer.status_code in {200, 204}, answer.text[:500]
            self.sizes[json.loads(str(body))["output"]] = len(answer.data)
        return answer.status_code, answer.text


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> str:
    """A run on 1,000 rows with every part that a run may have, and its own cut-off saved."""
    random = np.random.default_rng(11)
    columns = {name: random.normal(size=1_000).round(4) for name in ("income", "age", "debt")}
    home = np.array(["own", "rent", "mortgage", "other"])[random.integers(0, 4, 1_000)]
    bad = random.random(1_000) < 1 / (1 + np.exp(1.2 - columns["income"] + columns["age"] / 2))
    lines = [f"{a},{b},{c},{d},{'yes' if e else 'no'}" for a, b, c, d, e in zip(*columns.values(), home, bad, strict=True)]
    path = tmp_path / "loans.csv"
    path.write_text("income,age,debt,home,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    given = {"target": "bad", "bad_label": "yes", "validation_share": 0.25, "folds": 5, "class_weight": "balanced"}
    return trained(desk, upload(desk, path), given)


@pytest.fixture
def large_run(desk: Desk, run: str) -> str:
    """The same run with the result of many more rows."""
    enlarge(desk, run)
    return run


def trained(desk: Desk, dataset_id: str, given: dict[str, Any]) -> str:
    run = runs.start(desk, dataset_id, "A run", given)
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(desk.db, job_id, attempt, desk.settings)
    return run


def enlarge(desk: Desk, run: str) -> None:
    with desk.db.write() as session:
        stored = doors.get(session, desk.user.id, run, with_result=True)
        assert stored.result is not None
        stored.result = large(RunResult.from_json(stored.result)).to_json()


def opened(reader: Reader, path: str) -> int:
    reader.sizes.clear()
    reader.open(path)
    assert any(size > 1_000 for size in reader.sizes.values()), "Nothing has filled the page."
    return sum(reader.sizes.values())


@pytest.mark.parametrize("address", OF_A_RUN)
def test_a_tab_of_a_thousand_rows(browser: Callable[..., Any], run: str, address: str) -> None:
    assert opened(Reader(browser("analyst")), address.replace("<run_id>", run)) <= MOST_BYTES


@pytest.mark.parametrize("address", OF_A_RUN)
def test_a_tab_of_as_many_rows_as_there_may_be(browser: Callable[..., Any], large_run: str, address: str) -> None:
    assert opened(Reader(browser("analyst")), address.replace("<run_id>", large_run)) <= MOST_BYTES


def test_as_many_classes_as_there_may_be(browser: Callable[..., Any], desk: Desk, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    place = random.integers(0, MOST_CLASSES, 2_000)
    lines = [f"{x:.3f},{y:.3f},class number {k}" for x, y, k in zip(*(random.normal(place, 2) for _ in "xy"), place, strict=True)]
    path = tmp_path / "classes.csv"
    path.write_text("x,y,class\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run = trained(desk, upload(desk, path), {"target": "class", "folds": 3, "validation_share": 0.2})
    reader = Reader(browser("analyst"))
    assert opened(reader, f"/runs/{run}") <= MOST_BYTES
    enlarge(desk, run)
    assert opened(reader, f"/runs/{run}") <= MOST_BYTES


def test_two_large_runs_side_by_side(browser: Callable[..., Any], desk: Desk, large_run: str) -> None:
    view = runs.get(desk, large_run)
    other = trained(desk, view.dataset_id, {**view.spec.to_json(), "C": 0.1})
    assert opened(Reader(browser("analyst")), f"/compare?runs={large_run},{other}") <= MOST_BYTES


def test_the_large_result_is_as_long_as_a_result_may_be(desk: Desk, large_run: str) -> None:
    result = runs.get(desk, large_run).result
    assert result is not None
    assert result.scores_test is not None
    assert result.roc_test is not None
    curve = result.evaluations[0].precision_recall
    assert curve is not None
    assert (len(CUTOFFS), len(result.scores_test.cutoffs)) == (1_001, 1_001)
    assert len(result.roc_test.cutoffs) == len(curve.recall) == POINTS == 1_000
    assert len(str(result.scores_test.bad_at_or_above[0])) == 8
