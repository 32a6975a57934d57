"""Explaining a run while what it leans on goes: data sets, shares, stages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashapp.usecases import (
    approvals,
    backgrounds,
    case_lists,
    case_views,
    cases,
    datasets,
    explaining,
    finding,
    runs,
    sharing,
    typed_values,
)
from dashapp.usecases.applicants import Asked
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.filters import Filter
from pipeline.explain_results import SEGMENT
from tests.dashapp.desk_runs import change
from tests.dashapp.payload_pages import Reader, small_run

OF_ROWS = ("explain", "explain?row=3", "boundary?row=3")


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> str:
    return small_run(desk, tmp_path)


@pytest.fixture
def read(browser: Callable[..., Any], run: str) -> Callable[..., str]:
    """What a person sees at an address of the run, as one text."""

    def shown(place: str, name: str = "analyst") -> str:
        reader = Reader(browser(name))
        reader.open(f"/runs/{run}/{place}")
        return words(reader.props[f"{place.partition('?')[0]}-body"].get("children"))

    return shown


def words(tree: Any) -> str:
    if isinstance(tree, list):
        return " ".join(map(words, tree))
    return words(tree["props"].get("children")) if isinstance(tree, dict) and "props" in tree else str(tree or "")


def notice(reader: Reader) -> str:
    return words(reader.props["notices"].get("children"))


def test_whom_to_ask_for_the_rows_and_what_became_of_one_s_own(desk: Desk, run: str, read: Callable[..., str]) -> None:
    sharing.share(desk, "run", run, "colleague")
    for place in OF_ROWS[:2]:
        assert "Ask Analyst to share the data set" in read(place, "colleague")
    assert "Use the usual values" in read(OF_ROWS[2], "colleague")
    datasets.delete(desk, runs.get(desk, run).dataset_id)
    for place in OF_ROWS[:2]:
        for name in ("analyst", "colleague"):  # nobody shares what is gone
            said = read(place, name)
            assert "It was deleted." in said
            assert "Ask Analyst" not in said


def test_what_was_counted_outlives_the_data_set_and_what_was_not_says_so(desk: Desk, run: str, read: Callable[..., str]) -> None:
    assert "The whole run" in read("boundary")
    datasets.delete(desk, runs.get(desk, run).dataset_id)
    assert "The whole run" in read("boundary")
    said = read("effects")
    assert "is gone, so that its effects can be counted no more" in said
    assert "Train the run again" in said


def test_an_applicant_is_typed_in_where_the_desk_takes_the_run(desk: Desk, run: str, read: Callable[..., str]) -> None:
    sharing.share(desk, "run", run, "officer")
    sharing.share(desk, "run", run, "colleague")
    for place in OF_ROWS[:2]:
        assert "Type an applicant in" not in read(place, "colleague")  # a draft
    change(desk, run, stage="approved")
    for place in OF_ROWS[:2]:
        assert "Type an applicant in" in read(place, "officer")


def test_a_control_that_can_move_nothing_says_why(desk: Desk, run: str, browser: Callable[..., Any]) -> None:
    for kind, key in (("run", run), ("dataset", runs.get(desk, run).dataset_id)):
        sharing.share(desk, kind, key, "colleague")  # type: ignore[arg-type]
    reader = Reader(browser("colleague"))
    reader.open(f"/runs/{run}/explain?row=3")
    reader.change("explain-asked", "data", {"row": 2, "given": {"income": "0.5"}})
    assert (reader.props["explain-answered"]["data"]["problems"], notice(reader)) == ({}, "")
    sharing.unshare(desk, "dataset", runs.get(desk, run).dataset_id, "colleague")
    reader.change("explain-asked", "data", {"row": 2, "given": {"income": "0.7"}})
    assert "There is no such data set" in notice(reader)
    sharing.unshare(desk, "run", run, "colleague")
    reader.change("explain-asked", "data", {"row": 2, "given": {"income": "0.8"}})
    assert "There is no such run" in notice(reader)


HALVES = "a\ud83d\x00b"  # half an emoji, and what no database keeps


def test_characters_that_cannot_be_stored_are_left_out_of_notes_and_names(desk: Desk, run: str) -> None:
    with pytest.raises(Refused, match="Nobody was named"):
        approvals.propose(desk, run, HALVES)
    approvals.propose(desk, run, "colleague", HALVES)
    assert approvals.history(desk, run)[-1].note == "ab"
    change(desk, run, stage="approved")
    case = cases.save(desk, run, Asked(given={"income": "1"}), name=HALVES, note=HALVES)
    cases.decide(desk, case, "refuse" if case_views.get(desk, case).card.advice == "approve" else "approve", HALVES)
    found = case_views.get(desk, case)
    assert (found.card.name, found.note, found.reason) == ("ab", "ab", "ab")
    assert [one.id for one in case_lists.recent(desk, name=HALVES)] == [case]


def test_characters_that_cannot_be_stored_are_no_value(desk: Desk, run: str) -> None:
    opened = backgrounds.opened(desk, run)
    with pytest.raises(InvalidSpec) as wrong:
        typed_values.typed(opened, {"income": HALVES, "home": HALVES}, "typed in")
    assert "is no number" in wrong.value.problems["income"]
    assert "cannot be a level" in wrong.value.problems["home"]
    with pytest.raises(InvalidSpec, match="no value can hold"):
        finding.matching(desk, opened.view, Filter.of({}, [f"home:is:{HALVES}"]))
    with pytest.raises(Refused, match="No level of 'home' is chosen"):
        explaining.reference_of(desk, opened, SEGMENT, f"home: {HALVES}")
