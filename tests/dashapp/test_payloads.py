"""What opening a tab of a run sends is at most 150 kB, for a thousand rows and for as many as there may be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plotly.io.json import to_json_plotly

from dashapp.tabs.explain.slow_parts import lime_part
from dashapp.usecases import limes, runs
from dashapp.usecases.desk import Desk
from db import leases
from pipeline.spec_sentences import MOST_CLASSES
from tests.dashapp import explain_pages
from tests.dashapp.large_results import CUTOFFS, POINTS
from tests.dashapp.payload_pages import MOST_BYTES, OF_A_RUN, Reader, enlarge, opened, small_run, trained
from tests.dashapp.prepared import prepared
from tests.dashapp.uploading import upload


def _train_two(desk: Desk, folder: Path) -> None:
    """One on a thousand rows, and one of 75 fields with long names."""
    small_run(desk, folder)
    random = np.random.default_rng(5)
    rows = 1_200
    columns = {f"number_of_the_account_{k}": random.normal(size=rows).round(3).astype(str) for k in range(50)}
    kinds = np.array(["the first kind", "another kind", "not known", "none"])
    columns |= {f"kind_of_the_account_{k}": kinds[random.integers(0, 4, rows)] for k in range(25)}
    bad = sum(columns[f"number_of_the_account_{k}"].astype(float) for k in range(50)) / 4 + random.normal(size=rows) > 1
    columns["bad"] = np.where(bad, "yes", "no")
    path = folder / "wide.csv"
    lines = [",".join(row) for row in zip(*columns.values(), strict=True)]
    path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")
    trained(desk, upload(desk, path, name="Wide"), {"target": "bad", "bad_label": "yes", "folds": 3})


settings = prepared(_train_two)


def _run_on(desk: Desk, dataset: str) -> str:
    (run,) = [card.id for card in runs.visible(desk) if card.dataset_name == dataset]
    return run


@pytest.fixture
def run(desk: Desk) -> str:
    return _run_on(desk, "Loans")


@pytest.fixture
def wide_run(desk: Desk) -> str:
    return _run_on(desk, "Wide")


@pytest.fixture
def large_run(desk: Desk, run: str) -> str:
    """The same run with the result of many more rows."""
    enlarge(desk, run)
    return run


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


def test_an_applicant_of_many_fields_with_lime_and_those_alike(browser: Callable[..., Any], desk: Desk, wide_run: str) -> None:
    limes.warm()
    path = f"/runs/{wide_run}/explain?row=2"
    reader = Reader(browser("analyst"))
    sent = opened(reader, path)  # with those alike, who are found at once
    assert "most like this one" in to_json_plotly(reader.props["explain-similar-place"]["children"])
    found = explain_pages.opened(desk, runs.get(desk, wide_run), "?row=2")
    assert lime_part(found, "light")[2]
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    limes.execute(desk.db, job_id, attempt, desk.settings)
    sizes = [len(to_json_plotly(part)) for part in lime_part(found, "light")[:2]]
    assert sent + sum(sizes) <= MOST_BYTES


@pytest.mark.parametrize("tab", ["wording", "effects", "boundary", "approval"])
def test_a_tab_of_many_fields(browser: Callable[..., Any], wide_run: str, tab: str) -> None:
    assert opened(Reader(browser("analyst")), f"/runs/{wide_run}/{tab}") <= MOST_BYTES


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
