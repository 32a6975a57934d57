"""Results of studies that a process keeps: for nobody who may not see the study."""

from collections.abc import Callable

import pytest

from dashapp.usecases import searches, sharing, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from pipeline.study_results import SearchResult
from tests.dashapp.studying import do_next
from tests.dashapp.test_studies import GIVEN, GRID, loans, run

__all__ = ["loans", "run"]


def test_a_kept_result_is_as_private_as_the_stored_one(
    desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    study_id = searches.start(desk, loans, GIVEN, GRID, name="Search", run_id=run)
    assert studies.get(desk, study_id).result is None  # that there is none yet is not kept
    do_next(desk)
    sharing.share(desk, "run", run, "colleague")
    first = studies.get(desk, study_id).result
    assert isinstance(first, SearchResult)
    monkeypatch.setattr(SearchResult, "from_json", lambda stored: pytest.fail("It was read again."))
    assert studies.get(desk, study_id).result is first
    assert studies.get(desk_of("colleague"), study_id).result is first
    for name in ("stranger", "officer", "admin"):
        with pytest.raises(NotFound):
            studies.get(desk_of(name), study_id)
    sharing.unshare(desk, "run", run, "colleague")
    with pytest.raises(NotFound):
        studies.get(desk_of("colleague"), study_id)
    studies.delete(desk, study_id)
    with pytest.raises(NotFound):
        studies.get(desk, study_id)
