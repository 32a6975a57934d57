"""The Explain tab through its callbacks: what an address opens, for whom, and what a move of a control answers."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashapp.tabs.explain.address import Address, Lime
from dashapp.tabs.explain.what_if import bars_of, score_of, title_of
from dashapp.usecases import backgrounds, explaining, finding, limes, reasons_tables, runs, sharing, what_ifs
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound
from dashapp.usecases.filters import Filter
from dashapp.usecases.origins import Origin
from db import leases
from pipeline.explain_results import AVERAGE
from pipeline.model import FittedModel
from tests.dashapp.explain_pages import opened
from tests.dashapp.payload_pages import MOST_BYTES, Reader, small_run, trained
from tests.dashapp.payload_pages import opened as payload
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

NAMES = st.text(min_size=1, max_size=20)


settings = prepared(small_run)


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def page(browser: Callable[..., Any], run: str) -> Callable[..., str]:
    """What a person sees at an address of the tab, as one text."""

    readers: dict[str, Reader] = {}

    def read(search: str = "", name: str = "analyst") -> str:
        if name not in readers:  # signing in takes longer than a page
            readers[name] = Reader(browser(name))
        reader = readers[name]
        reader.open(f"/runs/{run}/explain{search}")
        return json.dumps(reader.props["explain-body"]["children"], ensure_ascii=False)

    return read


ADDRESSES = st.builds(
    Address,
    wanted=st.builds(Filter, seed=st.integers(0, 99)),
    page=st.integers(1, 10**6),
    row=st.integers(0, 10**9),
    reference=st.sampled_from(["average", "good", "segment"]),
    about=st.text(max_size=40),
    label=st.none() | NAMES,
    given=st.dictionaries(NAMES, st.text(max_size=20), max_size=4).map(lambda found: tuple(found.items())),
    changeable=st.none() | st.lists(NAMES, unique=True, max_size=3).map(tuple),
    lime=st.builds(Lime, *(st.sampled_from(["", "5", "1e3"]) for _ in range(3))),
    study=st.none() | st.sampled_from(["abc"]),
)


@hypothesis_settings(deadline=None)
@given(ADDRESSES)
def test_an_address_comes_back(address: Address) -> None:
    assert Address.parse(address.query()) == address


@hypothesis_settings(deadline=None)
@given(st.text(max_size=300) | st.none() | st.integers() | st.dictionaries(NAMES, NAMES))
def test_any_address_is_read(search: Any) -> None:
    found = Address.parse(search)
    assert Address.parse(found.query()).query() == found.query()


SENTENCES = (
    ("?row=0", "give a whole number from 1 on"),
    ("?row=1e400", "give a whole number from 1 on"),
    ("?row=9999", "There is no row 9,999."),
    ("?part=some", "cannot be chosen here"),
    ("?where=wage:is:3", "no column 'wage'"),
    ("?where=income:is:3", "No applicant matches"),
    ("?study=nothing", "There is no such table of reasons"),
    ("?row=3&reference=nobody", "There is no such reference"),
    ("?row=3&reference=applicant&about=5000", "There is no row 5,000."),
    ("?row=3&reference=segment&about=home", "No segment is chosen"),
    ("?row=3&set=age:old&set=nowhere:3", "Nothing moves the score"),
    ("?part=all&page=999999", "Page 50 of 50"),
)


def test_a_hostile_or_stale_address_has_a_sentence(page: Callable[..., str]) -> None:
    for search, says in SENTENCES:
        assert says in page(search), search


def test_an_applicant_says_what_it_was_for_and_what_came(page: Callable[..., str], desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    parts = {opened(desk, view, f"?row={row}").applicant.part: row for row in range(1, 40)}
    assert set(parts) == {"training", "validation", "held_out"}
    assert "This row trained the model" in page(f"?row={parts['training']}")
    held_out = page(f"?row={parts['held_out']}")
    assert "This row trained the model" not in held_out
    assert "Held-out row" in held_out
    assert "later good" in held_out or "later bad" in held_out


def test_who_may_see_what(page: Callable[..., str], desk: Desk, run: str) -> None:
    assert "There is no such run" in page("?row=3", "stranger")
    sharing.share(desk, "run", run, "colleague")
    assert "without its data set" in page("", "colleague")
    shown = page("?row=3", "colleague")
    assert "Ask Analyst to share the data set" in shown
    assert "Debt" not in shown


def test_an_opened_applicant_is_light(browser: Callable[..., Any], run: str) -> None:
    assert payload(Reader(browser("analyst")), f"/runs/{run}/explain?row=3&set=age:1.5&samples=500") <= MOST_BYTES


def test_other_values_follow(desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    base = what_ifs.base_of(desk, run, 2)
    again = what_ifs.base_of(desk, run, 2)
    assert (again.run is base.run, again.applicant is base.applicant) == (True, True)
    assert what_ifs.base_of(desk, run, 3).applicant.row == 3
    reference = explaining.reference_of(desk, base.run, AVERAGE)
    assert title_of(what_ifs.moved(base, {}, reference), base.run).startswith("Nothing moves the score")
    moved = what_ifs.moved(base, {"income": "2.5", "home": "rent"}, reference)
    table_of = dict(base.applicant.values) | {"income": 2.5, "home": "rent"}
    assert moved.applicant.values == table_of
    told = explaining.told(base.run, moved.applicant, reference)
    assert moved.told.explanation == told.explanation
    start, end = told.explanation.intercept, told.explanation.log_odds
    assert sum(bar.contribution for bar in bars_of(moved, base.run)) == pytest.approx(end - start, abs=1e-9)
    assert str(told.points) in str(score_of(moved, base.run)[1].to_plotly_json())
    assert view.cutoff == base.run.view.cutoff


def test_values_out_of_range_are_warned_about_and_nonsense_is_refused(desk: Desk, run: str) -> None:
    base = what_ifs.base_of(desk, run, 2)
    reference = explaining.reference_of(desk, base.run, AVERAGE)
    moved = what_ifs.moved(base, {"age": "99", "income": "0"}, reference)
    assert "above all training rows" in moved.warnings["age"]
    assert "income" not in moved.warnings
    with pytest.raises(InvalidSpec) as caught:
        what_ifs.moved(base, {"age": "old"}, reference)
    assert "no number" in caught.value.problems["age"]


def test_what_is_kept_of_an_applicant_is_for_who_may_see_it(desk_of: Callable[[str], Desk], desk: Desk, run: str) -> None:
    base = what_ifs.base_of(desk, run, 2)
    sharing.share(desk, "run", run, "colleague")
    for name in ("colleague", "stranger", "officer"):  # the colleague sees the run, not its rows
        with pytest.raises(NotFound):
            what_ifs.base_of(desk_of(name), run, 2)
    assert what_ifs.base_of(desk, run, 2).applicant == base.applicant


def test_hand_made_moves_answer_nothing(browser: Callable[..., Any], run: str) -> None:
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/explain?row=3")
    for asked in (3, {}, {"row": 2}, {"row": 2, "given": 5}, {"row": 7, "given": {}}, {"row": "x", "given": []}):
        reader.change("explain-asked", "data", asked)
        assert "explain-answered" in reader.props
        assert reader.props["explain-answered"].get("data") is None, asked
    reader.change("explain-asked", "data", {"row": 2, "given": {"income": "2.5", "nowhere": "1", "age": {"a": 1}}})
    assert set(reader.props["explain-answered"]["data"]["problems"]) == {"age"}
    reader.change("explain-asked", "data", {"row": 2, "given": {"income": "2.5"}})
    answer = reader.props["explain-answered"]["data"]
    assert answer["state"][0] == "?row=3&set=income%3A2.5"
    assert "The score goes from" in answer["title"]


def test_what_is_chosen_goes_into_the_address(browser: Callable[..., Any], run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limes.warm()
    monkeypatch.setattr(limes, "_loaded", Event())  # as while the process loads it
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/explain")
    place, body = reader.props["shell-location"], reader.props["explain-body"]["children"]
    reader.change("explain-error", "value", "missed_bads")
    assert place["search"] == "?error=missed_bads"
    reader.props["explain-operator"]["value"] = "not"
    reader.change("explain-add", "n_clicks", 1)
    assert reader.props["explain-find-problem"]["children"] == "Choose a column first."
    reader.props["explain-column"]["value"], reader.props["explain-value"]["value"] = "home", "own"
    reader.change("explain-add", "n_clicks", 2)
    assert place["search"] == "?where=home%3Anot%3Aown&error=missed_bads"
    assert "Home is not own" in json.dumps(reader.props["explain-chips"]["children"])
    assert reader.props["explain-body"]["children"] is body  # what is typed into the filter stays
    reader.change("shell-location", "search", "?where=home%3Ais%3Aown&error=missed_bads")  # back, or another link to a list
    assert reader.props["explain-body"]["children"] is body
    assert "Home is own" in json.dumps(reader.props["explain-chips"]["children"])
    assert reader.props["explain-conditions"]["data"] == ["home:is:own"]
    reader.change("explain-conditions", "data", [])
    assert place["search"] == "?error=missed_bads"
    hostile: Any
    for hostile in (3, {}, [], "x", ["a"]):
        reader.props["explain-shown"]["data"], kept = hostile, reader.props["explain-shown"]["data"]
        reader.change("explain-error", "value", "any")
        assert place["search"] == "?error=missed_bads"
        reader.props["explain-shown"]["data"] = kept
    reader.change("explain-error", "value", "missed_bads")
    reader.change("explain-order", "value", "random")
    mixed = place["search"]
    assert re.fullmatch(r"\?error=missed_bads&order=random&seed=\d+", mixed)
    reader.change("explain-order", "value", "row")
    assert place["search"] == "?error=missed_bads"
    reader.change("explain-order", "value", "random")
    assert place["search"] != mixed  # another order
    reader.change("explain-order", "value", "row")
    reader.change("explain-low", "value", "lots")
    assert "no end of a band" in reader.props["explain-find-problem"]["children"]
    reader.change("explain-low", "value", "10%")
    assert place["search"] == "?error=missed_bads&low=0.1"
    reader.change("explain-random", "n_clicks", 1)
    assert place["search"].startswith("?error=missed_bads&low=0.1&row=")
    assert "LIME is being loaded" in json.dumps(reader.props["explain-lime-place"]["children"])
    assert reader.props["explain-lime-tick"]["disabled"] is False
    limes._loaded.set()
    reader.change("explain-lime-tick", "n_intervals", 1)
    assert "20 repeats" in json.dumps(reader.props["explain-lime-place"]["children"])
    assert reader.props["explain-lime-tick"]["disabled"] is True
    reader.change("explain-reference", "value", "good")
    assert place["search"].endswith("&reference=good")
    assert "the average good" in json.dumps(reader.props["explain-exact-place"]["children"])
    reader.change("explain-changeable", "value", ["debt"])
    assert place["search"].endswith("&change=debt")
    reader.change("explain-samples", "value", "7")
    reader.change("explain-lime-again", "n_clicks", 1)
    assert place["search"].endswith("&samples=7")
    assert "whole number from 100" in json.dumps(reader.props["explain-lime-place"]["children"])


def test_reasons_of_all_are_made_by_a_job_and_taken_away(browser: Callable[..., Any], desk: Desk, run: str) -> None:
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/explain?where=home:is:rent")
    reader.change("explain-reasons", "n_clicks", 1)
    assert "&study=" in reader.props["shell-location"]["search"]
    assert "The reasons are being told" in json.dumps(reader.props["explain-reasons-place"]["children"])
    assert reader.props["explain-reasons-tick"]["disabled"] is False
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    reasons_tables.execute(desk.db, job_id, attempt, desk.settings)
    reader.change("explain-reasons-tick", "n_intervals", 1)
    made = json.dumps(reader.props["explain-reasons-place"]["children"])
    link = re.search(r"/api/studies/\w+/reasons.csv", made)
    assert link is not None
    assert reader.props["explain-reasons-tick"]["disabled"] is True
    lines = browser("analyst").get(link[0]).text.splitlines()
    wanted = finding.matching(desk, runs.get(desk, run), Filter.parse("where=home:is:rent"))
    assert len(lines) == 1 + len(wanted)


def test_the_page_waits_for_training_rows_that_a_job_counts(
    browser: Callable[..., Any], desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backgrounds, "MOST_AT_ONCE", 0)
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/explain?row=3")
    assert "The training rows are counted first" in json.dumps(reader.props["explain-body"]["children"])
    assert reader.props["explain-tick"]["disabled"] is False
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    backgrounds.execute(desk.db, job_id, attempt, desk.settings)
    reader.change("explain-tick", "n_intervals", 1)
    assert "Try other values" in json.dumps(reader.props["explain-body"]["children"])
    assert reader.props["explain-tick"]["disabled"] is True


def test_three_classes_have_an_account_each(browser: Callable[..., Any], desk: Desk, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(2, 200)).round(3)
    kind = np.array(["red", "rose", "white"])[(x + rng.normal(size=200) > 0).astype(int) + (y > 0)]
    path = tmp_path / "wines.csv"
    path.write_text("x,y,kind\n" + "".join(f"{a},{b},{c}\n" for a, b, c in zip(x, y, kind, strict=True)), encoding="utf-8")
    run = trained(desk, upload(desk, path), {"target": "kind", "test_share": 0.0})
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/explain")
    assert "200 of 200 rows" in json.dumps(reader.props["explain-body"]["children"])  # none is held out
    assert "explain-reasons" not in reader.props
    reader.change("explain-error", "value", "wrong")
    reader.change("explain-came", "value", "rose")
    assert reader.props["shell-location"]["search"] == "?error=wrong&came=rose"
    model = FittedModel.from_json(runs.model_json(desk, run) or "")
    predicted = np.array(model.labels)[model.probabilities(pa.table({"x": x, "y": y})).argmax(axis=1)]
    listed = json.dumps(reader.props["explain-found"]["children"])
    assert f"{((kind == 'rose') & (predicted != 'rose')).sum()} of 200 rows" in listed
    assert "Predicted" in listed
    row = int(np.flatnonzero(predicted != kind)[0])
    reader.open(f"/runs/{run}/explain?row={row + 1}")
    assert f"the run predicts {predicted[row]}" in json.dumps(reader.props["explain-bar"]["children"])
    reader.open(f"/runs/{run}/explain?row=3")
    assert reader.props["shell-location"]["search"] == "?row=3"
    likeliest = reader.props["explain-label"]["value"]
    other = next(label for label in ("red", "rose", "white") if label != likeliest)
    assert f"log-odds of {likeliest}" in json.dumps(reader.props["explain-exact-place"]["children"])
    assert "What would have to change" not in json.dumps(reader.props["explain-body"]["children"])
    reader.change("explain-label", "value", other)
    assert reader.props["shell-location"]["search"] == f"?row=3&class={other}"
    assert f"log-odds of {other}" in json.dumps(reader.props["explain-exact-place"]["children"])
    reader.change("explain-asked", "data", {"row": 2, "given": {"y": "1.5"}})
    assert f"Chance of {other}" in json.dumps(reader.props["explain-score"]["children"])


def test_a_run_without_a_model_says_so(page: Callable[..., str], run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Origin, "has_model", property(lambda _self: False))
    assert "no model to take apart" in page()
    assert "no model to take apart" in page("?row=3")
