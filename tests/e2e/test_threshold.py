"""The Threshold tab in a browser: the slider shows what the score table holds, without a request; saving, and the way back."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, update

from dashapp import theme
from dashapp.usecases import cutoffs, runs, sharing
from dashapp.usecases.desk import Desk
from db.tables import Run, RunShare
from pipeline.cutoffs.decisions import confusion_at
from pipeline.cutoffs.strategy import Worth
from tests.dashapp.uploading import upload
from tests.e2e.conftest import PASSWORD
from tests.e2e.test_tune import quiet, trained_run

pytestmark = pytest.mark.browser

GIVEN = {"target": "creditability", "bad_label": "bad", "folds": 5, "cutoff": 0.3}
FASTEST = 20.0  # milliseconds a move, for 50 moves a second


@pytest.fixture(scope="module")
def only_run(analyst_desk: Desk, public_data: Path) -> str:
    data = upload(analyst_desk, public_data / "credit" / "german_credit.csv", name="German credit, to be decided")
    return trained_run(analyst_desk, runs.start(analyst_desk, data, "To be decided", GIVEN))


@pytest.fixture
def run(analyst_desk: Desk, only_run: str) -> str:
    """As it was trained: with the cut-off of its options, which nobody has saved, and shared with nobody."""
    as_trained = {"cutoff": GIVEN["cutoff"], "cutoff_choice": None, "cutoff_by_id": None, "cutoff_at": None}
    with analyst_desk.db.write() as session:
        session.execute(update(Run).where(Run.id == only_run).values(as_trained))
        session.execute(delete(RunShare).where(RunShare.run_id == only_run))
    return only_run


@pytest.fixture
def page(seats: Callable[..., Any], signed_in: dict[str, Any], run: str) -> Any:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    return opened(seat, f"/runs/{run}/threshold")


def opened(seat: Any, path: str) -> Any:
    seat.open(path)
    ready(seat.page)
    return seat.page


def ready(page: Any) -> None:
    expect(page.locator("#threshold-matrix .cell b").first).to_be_visible()
    expect(page.locator("#threshold-scores .sd-marks line")).to_have_count(1)
    expect(page.locator("#threshold-profit .sd-marks circle")).to_have_count(1)


def shows(page: Any, desk: Desk, run: str, cutoff: float) -> None:
    """Tiles, small figures and the first row of the table at a cut-off, against the stored table of the held-out rows."""
    found = cutoffs.tables(runs.get(desk, run))
    assert found is not None
    c = confusion_at(found.judged, cutoff)
    n, approved = c.tn + c.fp + c.fn + c.tp, c.tn + c.fn
    expect(page.locator("#threshold-number")).to_have_value(f"{cutoff:.2f}")
    tiles = page.locator("#threshold-matrix .cell b")
    expect(tiles.nth(0)).to_have_text(str(c.tn))
    assert tiles.all_inner_texts() == [str(count) for count in (c.tn, c.fp, c.fn, c.tp)]
    values = page.locator('#threshold-kpis [data-thr="value"]').all_inner_texts()
    assert values[0] == f"{approved / n * 100:.1f}%"
    assert values[1] == (f"{c.fn / approved * 100:.1f}%" if approved else "–")
    assert values[3] == f"{c.tp / (c.tp + c.fn) * 100:.1f}%"
    marks = page.locator("#threshold-scores .sd-marks text").all_text_contents()
    assert marks[0] == f"cut-off {cutoff:.2f}"
    assert f"refused {c.tp + c.fp}" in marks
    title = page.locator("#threshold-scores-card h2").inner_text()
    assert title.startswith(f"At {cutoff:.2f}, ")
    assert page.locator("#threshold-scores-card .sd-figure").get_attribute("aria-label") == title
    row = page.locator(".sd-thr-here td").all_inner_texts()
    assert row[1].startswith(f"{approved / n * 100:.1f}%")
    assert row[3].startswith(f"{c.tp}, ")


def test_keys_move_everything_without_a_request(page: Any, analyst_desk: Desk, run: str) -> None:
    shows(page, analyst_desk, run, 0.3)
    asked = quiet(page)
    slider = page.get_by_role("slider", name="Cut-off")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    shows(page, analyst_desk, run, 0.25)
    assert slider.get_attribute("aria-valuetext") == "0.25"
    expect(page.locator("#threshold-state")).to_have_text(", not saved yet: 0.25")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shows(page, analyst_desk, run, 0.26)
    assert asked == []
    assert page.url.endswith("?cutoff=0.26")
    page.get_by_role("button", name="Back to 0.30").click()
    shows(page, analyst_desk, run, 0.3)
    assert page.url.endswith("/threshold")


def test_the_slider_tells_what_the_table_tells(page: Any) -> None:
    """What the browser works out at the saved cut-off, intervals too, is what the server worked out."""
    for link in ("", "?gain=3&loss=7&currency=$", "?amount=credit_amount&gain=0.05&loss=0.4&currency=kr"):
        page.goto(page.url.split("?")[0] + link)
        ready(page)
        expect(page.locator("#threshold-table-card .sd-meta").first).to_contain_text("Profit")
        here, saved = (page.locator(f"#threshold-table {row} td") for row in (".sd-thr-here", "[data-thr-rule=given]"))
        expect(saved).to_have_count(7)
        assert [cell.split() for cell in here.all_text_contents()] == [cell.split() for cell in saved.all_text_contents()], link


def test_dragging_asks_nothing_and_takes_less_than_a_frame(page: Any) -> None:
    asked = quiet(page)
    box = page.locator("#threshold-cutoff").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.evaluate("window.scoredeskThreshold.milliseconds.length = 0")
    for step in range(60):
        page.mouse.move(box["x"] + box["width"] * (0.3 + 0.4 * step / 60), middle)
    taken = sorted(page.evaluate("window.scoredeskThreshold.milliseconds"))
    assert asked == []
    assert "cutoff=" not in page.url  # the address follows when the slider is let go
    page.mouse.up()
    page.wait_for_url("**?cutoff=*")
    assert len(taken) > 10
    assert taken[len(taken) // 2] < FASTEST
    line = page.evaluate(
        """() => { const line = document.querySelector('#threshold-scores .sd-marks line').getBoundingClientRect();
        const slider = document.getElementById('threshold-cutoff');
        const box = slider.getBoundingClientRect(), share = (slider.value - slider.min) / (slider.max - slider.min);
        return line.x - (box.x + 8 + (box.width - 16) * share); }"""
    )
    assert abs(line) < 6  # the handle stands under the line


def test_a_rule_a_row_and_a_number_lead_to_a_cutoff(page: Any, analyst_desk: Desk, run: str) -> None:
    rows = {row.rule: row for row in cutoffs.plan(analyst_desk, runs.get(analyst_desk, run), Worth(), None).rows}
    page.locator("#threshold-rules summary").click()
    page.locator("#threshold-rules").get_by_role("button", name="Widest gap").click()
    expect(page.locator("#threshold-rules summary")).to_have_text("Widest gap of goods and bads (KS)")
    c = confusion_at(cutoffs.tables(runs.get(analyst_desk, run)).judged, rows["youden"].cutoff)  # type: ignore[union-attr]
    expect(page.locator("#threshold-matrix .cell b").nth(2)).to_have_text(str(c.fn))
    assert "rule=youden" in page.url
    page.locator("#threshold-table").get_by_role("button", name="Best F1").click()
    expect(page.locator("#threshold-table tr.chosen th")).to_contain_text(["Best F1"])
    page.get_by_label("Cut-off as a number").fill("0.4")
    page.keyboard.press("Enter")
    shows(page, analyst_desk, run, 0.4)
    expect(page.locator("#threshold-rules summary")).to_have_text("By hand")


def test_what_a_decision_is_worth_moves_the_rules(page: Any, analyst_desk: Desk, run: str) -> None:
    page.get_by_label("Gain on a good").fill("1000")
    page.get_by_label("Loss on a bad").fill("4300")
    page.get_by_label("Currency").fill("$")
    page.keyboard.press("Enter")
    expect(page.locator("#threshold-worth-help")).to_contain_text("the gain of 4.3 goods. Approving pays below a chance of 18.9%")
    found = cutoffs.tables(runs.get(analyst_desk, run))
    assert found is not None
    c = confusion_at(found.judged, 0.3)
    per_1000 = (1000 * c.tn - 4300 * c.fn) / (c.tn + c.fp + c.fn + c.tp)  # in thousands
    expect(page.locator('[data-kpi="profit"] [data-thr="value"]')).to_have_text(
        f"{'−' if per_1000 < 0 else ''}${abs(per_1000):.0f}k"
    )
    page.wait_for_url("**gain=1000*")
    page.get_by_label("Gain on a good").fill("-5")
    page.keyboard.press("Enter")
    expect(page.locator("#threshold-gain-problem")).to_contain_text("from 0 to")


def test_a_link_opens_the_same_cutoff_and_worth(page: Any, analyst_desk: Desk, run: str) -> None:
    page.goto(page.url.split("?")[0] + "?cutoff=0.2&gain=100&loss=700&currency=kr")
    ready(page)
    shows(page, analyst_desk, run, 0.2)
    expect(page.get_by_label("Loss on a bad")).to_have_value("700")
    expect(page.locator("#threshold-worth-help")).to_contain_text("the gain of 7 goods")
    page.goto(page.url.split("?")[0] + "?cutoff=nonsense&gain=-1&rule=nosuch")
    ready(page)
    shows(page, analyst_desk, run, 0.3)


def test_the_browser_writes_numbers_as_the_server_does(page: Any) -> None:
    """Also those that lie in the middle of two: 76.25% is 76.2% in both."""
    values = [k / 3_200 for k in range(3_201)] + [0.7625, 0.0625, 1 / 3]
    told = page.evaluate(
        "values => values.map((v) => ['share', 'metric', 'chance', 'money'].map((f) => scoredeskShared.words[f](v)))", values
    )
    assert told == [[theme.share(v), theme.metric(v), theme.chance(v), theme.money(v)] for v in values]
    sums = [12.25, 12.35, 0.125, 9_999.5, 12_500.0, 13_500.0, 1_225_000.0, 100.5, 101.5, 2.5e9]
    assert page.evaluate("values => values.map((v) => scoredeskShared.words.money(-v, '$'))", sums) == [
        theme.money(-v, "$") for v in sums
    ]


def test_a_cutoff_saved_in_another_tab_is_not_replaced_unseen(page: Any, analyst_desk: Desk, run: str) -> None:
    cutoffs.save(analyst_desk, run, 0.4, {"rule": "by_hand"})
    page.get_by_label("Cut-off as a number").fill("0.2")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save 0.20").click()
    expect(page.locator("#threshold-save-problem")).to_contain_text("changed after this page was opened")
    assert runs.get(analyst_desk, run).cutoff == 0.4
    page.reload()
    ready(page)
    shows(page, analyst_desk, run, 0.2)
    expect(page.locator(".sd-thr-saved")).to_contain_text("0.40")
    page.get_by_role("button", name="Save 0.20").dblclick()
    expect(page.get_by_role("button", name="Undo, back to 0.40")).to_be_visible()
    expect(page.locator("#threshold-save-problem")).to_be_empty()


def test_a_save_that_is_not_answered_is_said(
    seats: Callable[..., Any], signed_in: dict[str, Any], analyst_desk: Desk, run: str
) -> None:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    page = opened(seat, f"/runs/{run}/threshold?cutoff=0.2")
    save = page.get_by_role("button", name="Save 0.20")
    page.route("**/_dash-update-component*", lambda route: route.abort())
    save.click()
    expect(page.locator("#notices")).to_contain_text("The server did not answer")
    expect(page.locator("#threshold-state")).to_have_text(", not saved yet: 0.20")
    page.unroute("**/_dash-update-component*")
    save.click()
    expect(page.locator(".sd-thr-saved")).to_contain_text("0.20 saved by you")
    assert runs.get(analyst_desk, run).cutoff == 0.2
    assert all("ERR_FAILED" in fault or "did not respond" in fault for fault in seat.faults)
    seat.faults.clear()


def test_a_session_that_ended_asks_to_sign_in_and_keeps_what_was_chosen(
    seats: Callable[..., Any], signed_in: dict[str, Any], run: str
) -> None:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    page = opened(seat, f"/runs/{run}/threshold?cutoff=0.2")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save 0.20").click()
    page.wait_for_url(re.compile(r"/sign-in\?next="))
    assert "cutoff%3D0.2" in page.url
    seat.faults.clear()


def test_saving_and_undoing(page: Any, analyst_desk: Desk, run: str) -> None:
    page.get_by_label("Cut-off as a number").fill("0.2")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save 0.20").click()
    expect(page.locator(".sd-thr-saved")).to_contain_text("0.20 saved by you")
    expect(page.locator(".sd-thr-warn")).to_contain_text("flatter")
    assert runs.get(analyst_desk, run).cutoff == 0.2
    ready(page)
    expect(page.locator("#threshold-state")).to_be_empty()
    page.get_by_role("button", name="Undo, back to 0.30").click()
    expect(page.locator(".sd-thr-saved")).to_contain_text("0.30")
    assert math.isclose(runs.get(analyst_desk, run).cutoff, 0.3)


def test_a_colleague_moves_it_and_cannot_save(seats: Callable[..., Any], analyst_desk: Desk, run: str) -> None:
    sharing.share(analyst_desk, "run", run, "colleague")
    seat = seats()
    seat.open("/sign-in")
    seat.page.get_by_label("Name").fill("colleague")
    seat.page.get_by_label("Password", exact=True).fill(PASSWORD)
    seat.page.get_by_role("button", name="Sign in").click()
    seat.page.get_by_role("heading", level=1).wait_for()
    page = opened(seat, f"/runs/{run}/threshold?cutoff=0.4")
    shows(page, analyst_desk, run, 0.4)
    expect(page.locator("#threshold-save")).to_have_count(0)
    expect(page.locator(".sd-thr-kept")).to_contain_text("Only the owner, Analyst, can save another")


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light-1440", "dark-390"])
def test_screens(seats: Callable[..., Any], signed_in: dict[str, Any], run: str, dark: bool, width: int) -> None:
    seat = seats(dark=dark, width=width)
    seat.page.context.add_cookies(signed_in["cookies"])
    page = opened(seat, f"/runs/{run}/threshold?cutoff=0.25")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    seat.shot(f"threshold-{'dark' if dark else 'light'}-{width}")
