"""What was asked about applicants: listed for whoever asked, and deleted for good by them alone."""

from collections.abc import Callable
from typing import Any

import pytest

from dashapp.usecases import asked, backgrounds, explaining, limes, reasons_tables, sharing, similar, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.filters import Filter
from db import audit
from tests.dashapp.desk_runs import settings
from tests.dashapp.payload_pages import Reader
from tests.dashapp.prepared import only_run

__all__ = ["settings"]


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def ids(desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """LIME of row 8, at work, and of somebody typed in; those like row 8."""
    monkeypatch.setattr(limes, "MOST_AT_ONCE", 0)
    opened = backgrounds.opened(desk, run)
    applicant = explaining.of_row(desk, opened, 7)
    typed = Applicant({**applicant.values, opened.model.fields[0]: None}, "A-2025-0045")
    return [limes.start(desk, run, applicant), limes.start(desk, run, typed), similar.start(desk, run, applicant)]


def listed(desk: Desk, run: str) -> dict[str, str]:
    return {card.id: card.name.partition(", ")[0] for card in asked.asked(desk, run)[0]}


def test_it_is_listed_for_who_asked(desk: Desk, desk_of: Callable[[str], Desk], run: str, ids: list[str]) -> None:
    assert listed(desk, run) == dict(zip(ids, ["LIME of row 8", "LIME of an applicant", "Applicants like row 8"], strict=True))
    states = {card.id: card.state for card in asked.asked(desk, run)[0]}
    assert [states[one] for one in ids] == ["queued", "queued", "succeeded"]
    with pytest.raises(NotFound):
        asked.asked(desk_of("stranger"), run)
    sharing.share(desk, "run", run, "colleague")
    assert asked.asked(desk_of("colleague"), run) == ([], 0)


def test_all_of_it_is_deleted_and_of_nobody_else(
    desk: Desk, desk_of: Callable[[str], Desk], run: str, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "_DELETED_TOGETHER", 2)
    sharing.share(desk, "run", run, "colleague")
    colleague = desk_of("colleague")
    theirs = limes.start(colleague, run, Applicant(explaining.of_row(desk, backgrounds.opened(desk, run), 7).values, "B"))
    table = reasons_tables.start(desk, run, Filter())
    assert asked.delete_all(desk, run) == 3
    assert asked.asked(desk, run) == ([], 0)
    for gone in ids:
        with pytest.raises(NotFound):
            studies.get(desk, gone)
    assert list(listed(colleague, run)) == [theirs]
    assert studies.get(desk, table).card.kind == "reasons"  # a table is no account of one applicant
    with desk.db.read() as session:
        assert [event.action for event in audit.events_of(session, "study", ids[0])][-1] == "deleted"
    with pytest.raises(NotFound):
        asked.delete_all(desk_of("stranger"), run)


def test_the_tab_deletes_one_and_the_table_that_its_address_names(
    browser: Callable[..., Any], desk: Desk, run: str, ids: list[str]
) -> None:
    table = reasons_tables.start(desk, run, Filter())
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/explain?study={table}")
    assert "3 answers about applicants" in str(reader.props["explain-asked-place"])
    for k, gone in enumerate((ids[2], ids[2], table), 1):
        reader.props["explain-deleting"]["data"] = gone
        reader.change("explain-delete-confirm", "n_clicks", k)
        assert reader.props["explain-delete-dialog"]["is_open"] is False
    assert "2 answers about applicants" in str(reader.props["explain-asked-place"])
    assert (reader.props["shell-location"]["search"], reader.props["explain-reasons-place"]["children"]) == ("", [])
    with pytest.raises(NotFound):
        studies.get(desk, table)
    reader.props["explain-deleting"]["data"] = "all"
    reader.change("explain-delete-confirm", "n_clicks", 9)
    assert reader.props["explain-asked-place"]["children"] == []
