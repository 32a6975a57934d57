"""Results of studies that a process keeps: not too many, and for nobody who may not see the study."""

from collections.abc import Callable

import pytest

from dashapp.usecases import searches, sharing, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.kept_results import KeptResults
from pipeline.study_results import SearchResult
from tests.dashapp.studying import do_next
from tests.dashapp.test_studies import GIVEN, GRID, loans, run

__all__ = ["loans", "run"]

RESULT = SearchResult(spec={}, grid={}, trials=(), judged_by="auc", best=None, one_se=None, folds=5, repeats=1, seconds=1.0)


def test_it_holds_no_more_than_it_may() -> None:
    """The one used longest ago goes first; one that is too long alone is not kept."""
    kept = KeptResults(most_characters=20)
    for name in ("a", "b"):
        kept.put(name, 10, RESULT)
    assert kept.get("a") is RESULT
    kept.put("c", 10, RESULT)
    assert [kept.get(name) for name in "abc"] == [RESULT, None, RESULT]
    kept.put("d", 21, RESULT)
    assert [kept.get(name) for name in "abcd"] == [None] * 4


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
