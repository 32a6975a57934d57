"""Runs from before parts were evaluated and scores were kept: every tab opens, and what needs scores works them out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from dashapp.usecases import pairings, runs, scored_rows, segments, studies
from dashapp.usecases.desk import Desk
from db import runs as doors
from db.tables import ScoreChunk
from pipeline.pairing_results import Pairing
from pipeline.segment_results import SegmentTable
from pipeline.spec import TrainSpec
from tests.dashapp.payload_pages import OF_A_RUN, Reader, opened, small_run, trained

NEW = ("evaluations", "scale", "recalibration", "scores_cross_validated")


def aged(desk: Desk, run_id: str) -> None:
    """The run as it was stored before: without what is new, each part with cut-offs of its own, without scores of its rows."""
    with desk.db.write() as session:
        run = doors.owned(session, desk.user.id, run_id)
        stored = dict(doors.get(session, desk.user.id, run_id, with_result=True).result or {})
        for name in NEW:
            stored.pop(name, None)
        for place, name in enumerate(("scores_train", "scores_validation", "scores_test")):
            table = stored.get(name)
            if table is not None:
                kept = [at for at, cutoff in enumerate(table["cutoffs"]) if round(cutoff * 1000) % 5 == 0 or at % 3 == place]
                stored[name] = {key: [values[at] for at in kept] for key, values in table.items()}
        run.result = stored
        session.execute(delete(ScoreChunk))


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> str:
    made = small_run(desk, tmp_path)
    aged(desk, made)
    return made


@pytest.mark.parametrize("address", OF_A_RUN)
def test_every_tab_of_an_old_run_opens(browser: Callable[..., Any], run: str, address: str) -> None:
    assert opened(Reader(browser("analyst")), address.replace("<run_id>", run))


def test_what_needs_scores_works_them_out_again(browser: Callable[..., Any], desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    assert view.result is not None
    assert view.result.test is not None
    counted = studies.get(desk, segments.start(desk, run, [["home"], ["home", "income"]])).result
    assert isinstance(counted, SegmentTable)
    assert (counted.n_rows, counted.n_bad) == (view.result.test.n_rows, view.result.test.n_bad)
    newer = trained(desk, view.dataset_id, {**view.spec.to_json(), "C": 0.05})
    compared = studies.get(desk, pairings.start(desk, [run, newer])).result
    assert isinstance(compared, Pairing)
    assert compared.pairs[0].n_rows == counted.n_rows
    assert compared.pairs[0].difference("auc") is not None
    assert opened(Reader(browser("analyst")), f"/compare?runs={run},{newer}")
    rows = b"".join(scored_rows.csv(desk, run, view.dataset_id).pieces).decode().splitlines()
    assert sum("held_out" in line for line in rows) == counted.n_rows


@pytest.mark.parametrize("old", [False, True])
def test_without_held_out_rows_every_tab_opens(browser: Callable[..., Any], desk: Desk, tmp_path: Path, *, old: bool) -> None:
    first = runs.get(desk, small_run(desk, tmp_path))
    given = TrainSpec.parse(first.spec.to_json()).to_json() | {"test_share": 0.0, "validation_share": 0.0, "folds": 0}
    run = trained(desk, first.dataset_id, given)
    if old:
        aged(desk, run)
    assert runs.get(desk, run).result.test is None  # type: ignore[union-attr]
    for address in OF_A_RUN:
        assert opened(Reader(browser("analyst")), address.replace("<run_id>", run))
    assert opened(Reader(browser("analyst")), f"/compare?runs={run},{first.id}")
