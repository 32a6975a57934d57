"""Live tuning in a browser: the sliders show what was computed, without a request; and what is saved is what was shown."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import runs, sharing, tuning
from dashapp.usecases.desk import Desk
from pipeline.study_results import PathPart, TuningPath
from tests.dashapp.uploading import upload
from tests.e2e.conftest import Site, desk_of

pytestmark = pytest.mark.browser

GIVEN = {"target": "creditability", "bad_label": "bad", "folds": 5, "C": 1.0, "cutoff": 0.3}
WAIT = 300_000


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, public_data: Path) -> str:
    """German credit with an L2 penalty, trained."""
    dataset = upload(analyst_desk, public_data / "credit" / "german_credit.csv", name="German credit")
    return trained_run(analyst_desk, runs.start(analyst_desk, dataset, "To be tuned", GIVEN))


def trained_run(desk: Desk, run_id: str) -> str:
    until = time.monotonic() + 300
    while (view := runs.get(desk, run_id)).state != "succeeded":
        assert time.monotonic() < until, (view.state, view.error)
        time.sleep(0.3)
    return run_id


@pytest.fixture
def page(seats: Callable[..., Any], signed_in: dict[str, Any], run: str) -> Any:
    return opened(seats(), signed_in, f"/runs/{run}/tune")


def opened(seat: Any, signed_in: dict[str, Any], path: str) -> Any:
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(path)
    expect(seat.page.locator("#tune-table tbody tr").first).to_be_visible(timeout=WAIT)
    expect(seat.page.locator("#tune-roc .scatterlayer .trace")).to_have_count(4)
    return seat.page


def own_path(desk: Desk, run: str) -> TuningPath:
    result = tuning.get(desk, run, tuning.start(desk, run, {})).result
    assert isinstance(result, TuningPath)
    return result


def held_out(path: TuningPath) -> PathPart:
    return next(part for part in path.parts if part.name == "held_out")


def cell(page: Any, metric: str, column: int = 2) -> str:
    text: str = page.locator("#tune-table tr", has_text=metric).first.locator("th, td").nth(column).inner_text()
    return text


def shows(page: Any, path: TuningPath, place: int, cutoff: float) -> None:
    """Table, tiles and titles at a place of the path, against the stored path."""
    part = held_out(path)
    metrics, cut = part.metrics[place], part.cutoffs.index(cutoff)
    assert metrics.auc is not None
    assert metrics.auc_low is not None
    tp, fp = part.bad_at_or_above[place][cut], part.good_at_or_above[place][cut]
    bads, goods = part.bad_at_or_above[place][0], part.good_at_or_above[place][0]
    auc = f"AUC is {metrics.auc:.3f} (95% interval {metrics.auc_low:.3f} to"
    expect(page.locator("#tune-table-card h2")).to_contain_text(auc)
    assert cell(page, "Brier score") == f"{metrics.brier_score:.3f}"
    assert cell(page, "KS") == f"{metrics.ks_statistic:.3f}"
    assert cell(page, "AUC", 1) == f"{path.parts[0].metrics[place].auc:.3f}"
    approved = goods - fp + bads - tp
    assert cell(page, "Approval rate") == f"{approved / part.n_rows * 100:.1f}%"
    assert cell(page, "Recall of bads") == f"{tp / bads * 100:.1f}%"
    tiles = page.locator("#tune-matrix .cell b").all_inner_texts()
    assert tiles == [str(n) for n in (goods - fp, fp, bads - tp, tp)]
    expect(page.locator("#tune-matrix-card h2")).to_contain_text(f"{bads - tp} of {bads} bads slip through and {fp} of {goods}")
    expect(page.locator("#tune-roc-card h2")).to_contain_text(f"catches {tp / bads * 100:.0f}% of bads")


def quiet(page: Any) -> list[str]:
    """Notes every request from here on, but those for the count of jobs in the frame."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if "shell-job-ring" not in (request.post_data or "") else None)
    return seen


def test_the_keyboard_moves_c_and_cutoff_without_a_request(page: Any, analyst_desk: Desk, run: str) -> None:
    path = own_path(analyst_desk, run)
    start = path.Cs.index(1.0)
    shows(page, path, start, 0.3)
    expect(page.locator("#tune-changed")).to_be_empty()
    asked = quiet(page)
    page.get_by_role("slider", name="Strength of penalty, C").focus()
    for steps in range(1, 4):
        page.keyboard.press("ArrowLeft")
        shows(page, path, start - steps, 0.3)
    page.get_by_role("slider", name="Cut-off").focus()
    page.keyboard.press("ArrowRight")
    shows(page, path, start - 3, 0.31)
    page.keyboard.press("End")
    shows(page, path, start - 3, 1.0)
    assert asked == []
    expect(page.locator("#tune-changed")).to_contain_text("Not saved")
    C = f"{path.Cs[start - 3]:g}"
    expect(page.locator("#tune-changed")).to_contain_text(f"C {C} instead of 1")
    assert page.url.endswith(f"?C={C}&cutoff=1")


def test_dragging_asks_nothing_and_the_marks_follow(page: Any, analyst_desk: Desk, run: str) -> None:
    path = own_path(analyst_desk, run)
    asked = quiet(page)
    box = page.locator("#tune-c").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.4, 0.2, 0.0):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    shows(page, path, 0, 0.3)
    assert "C=" not in page.url  # the address follows when the slider is let go
    page.mouse.up()
    page.wait_for_url("**?C=*")
    assert asked == []
    expect(page.locator('#tune-path .shape-group[data-index="0"] text')).to_contain_text("C = 0.0")
    figure = page.evaluate(
        """() => { const plot = document.querySelector('#tune-cv .js-plotly-plot');
        const dot = plot.querySelector('.scatterlayer > .trace:last-child path.point').getBoundingClientRect();
        const line = plot.querySelector('.shape-group[data-index="0"] path').getBoundingClientRect();
        return [dot.x + dot.width / 2 - line.x - line.width / 2, plot.data.at(-1).x[0], plot.layout.shapes[0].x0]; }"""
    )
    assert abs(figure[0]) < 1.5
    assert figure[1:] == [path.Cs[0], path.Cs[0]]


def test_typed_numbers_lead_to_the_nearest_and_it_is_said(page: Any, analyst_desk: Desk, run: str) -> None:
    path = own_path(analyst_desk, run)
    page.get_by_label("Cut-off").nth(0).fill("0.2512")
    page.keyboard.press("Enter")
    expect(page.locator("#tune-cutoff-number")).to_have_value("0.25")
    expect(page.locator("#tune-cutoff-note")).to_contain_text("nearest cut-off that was counted is 0.25")
    shows(page, path, path.Cs.index(1.0), 0.25)
    page.locator("#tune-c-number").fill("1000000")
    page.keyboard.press("Enter")
    expect(page.locator("#tune-c-note")).to_contain_text("nearest C of the path")
    shows(page, path, len(path.Cs) - 1, 0.25)
    page.locator("#tune-c-number").fill("-3")
    page.keyboard.press("Enter")
    shows(page, path, len(path.Cs) - 1, 0.25)


def test_best_and_simplest_by_either_judge(page: Any, analyst_desk: Desk, run: str) -> None:
    path = own_path(analyst_desk, run)
    page.get_by_role("button", name="1-SE").click()
    shows(page, path, path.auc.one_se, 0.3)
    expect(page.locator("#tune-cv-card h2")).to_contain_text("ranks about")
    page.locator("#tune-judge").get_by_text("Log-loss").click()
    page.get_by_role("button", name="Best").click()
    shows(page, path, path.log_loss.best, 0.3)
    expect(page.locator("#tune-cv .ytitle")).to_have_text("Log-loss, mean of folds")


def test_a_link_opens_the_same_state_and_there_is_a_way_back(page: Any, analyst_desk: Desk, run: str) -> None:
    path = own_path(analyst_desk, run)
    page.goto(page.url.split("?")[0] + f"?C={path.Cs[3]}&cutoff=0.4")
    expect(page.locator("#tune-cutoff-number")).to_have_value("0.40")
    shows(page, path, 3, 0.4)
    page.locator("#tune-changed").get_by_role("button", name="Back to the saved run").click()
    shows(page, path, path.Cs.index(1.0), 0.3)
    assert "?" not in page.url
    page.goto(page.url + "?C=nonsense&cutoff=9&study=nosuch")
    expect(page.locator("#tune-cutoff-number")).to_have_value("1.00")
    shows(page, path, path.Cs.index(1.0), 1.0)


def test_other_options_are_computed_and_saved_as_a_run(page: Any, analyst_desk: Desk, run: str) -> None:
    page.locator("#tune-penalty").get_by_text("L1").click()
    expect(page.locator("#tune-changed")).to_contain_text("Penalty: L1", timeout=WAIT)
    page.get_by_role("button", name="Choose").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("purpose").uncheck()
    dialog.get_by_role("button", name="Use these columns").click()
    expect(page.locator("#tune-changed")).to_contain_text("19 instead of 20 columns", timeout=WAIT)
    expect(page.locator("#tune-columns-about")).to_contain_text("Left out: purpose")
    page.get_by_role("button", name="1-SE").click()
    study = page.url.split("study=")[1]
    path = tuning.get(analyst_desk, run, study).result
    assert isinstance(path, TuningPath)
    shows(page, path, path.auc.one_se, 0.3)
    expect(page.locator("#tune-path-card h2")).to_contain_text("coefficients are left")
    shown = page.locator("#tune-table-card h2").inner_text()
    tiles = page.locator("#tune-matrix .cell b").all_inner_texts()
    page.get_by_role("button", name="Save as a new run").click()
    page.wait_for_url(lambda url: "/tune" not in url)
    made = trained_run(analyst_desk, page.url.rsplit("/", 1)[1])
    spec = runs.get(analyst_desk, made).spec
    assert (spec.penalty, spec.C, "purpose" in spec.features) == ("l1", path.Cs[path.auc.one_se], False)
    expect(page.get_by_role("heading", name=shown)).to_be_visible()
    assert page.locator(".sd-matrix .cell b").all_inner_texts() == tiles


def test_what_is_shown_of_other_options_is_told_and_not_saved(page: Any) -> None:
    save, told = page.get_by_role("button", name="Save as a new run"), page.locator("#tune-changed")
    page.get_by_role("slider", name="Strength of penalty, C").press("ArrowLeft")
    expect(save).to_be_enabled()
    page.locator("#tune-penalty").get_by_text("Elastic").click()  # no other test has its path computed
    expect(told).to_contain_text("does not have the options at the left yet")
    expect(save).to_be_disabled()
    expect(told).to_contain_text("Penalty: Elastic", timeout=WAIT)
    expect(told).not_to_contain_text("at the left yet")
    expect(save).to_be_enabled()
    page.locator("#tune-penalty").get_by_text("None").click()
    expect(page.get_by_text("There is nothing to tune without a penalty")).to_be_visible()
    expect(told).to_be_empty()
    expect(save).to_be_disabled()
    expect(page.get_by_role("slider", name="Strength of penalty, C")).to_be_disabled()
    page.get_by_role("button", name="Back to the saved run").click()
    expect(page.locator("#tune-table tbody tr").first).to_be_visible(timeout=WAIT)
    expect(told).to_be_empty()
    expect(page.get_by_role("link", name="Search a grid from here").last).to_be_visible()


def test_without_a_penalty_there_is_nothing_to_tune(page: Any, analyst_desk: Desk, run: str) -> None:
    page.locator("#tune-penalty").get_by_text("None").click()
    expect(page.get_by_text("There is nothing to tune without a penalty")).to_be_visible()
    page.locator("#tune-penalty").get_by_text("L2").click()
    shows_again = own_path(analyst_desk, run)
    expect(page.locator("#tune-table tbody tr").first).to_be_visible(timeout=WAIT)
    shows(page, shows_again, shows_again.Cs.index(1.0), 0.3)
    page.locator("#tune-penalty").get_by_text("None").click()
    page.get_by_role("button", name="Train without a penalty").click()
    page.wait_for_url(lambda url: "/tune" not in url)
    assert runs.get(analyst_desk, page.url.rsplit("/", 1)[1]).spec.penalty == "none"


def test_a_colleague_sees_the_path_and_moves_it_but_computes_nothing(
    seats: Callable[..., Any], site: Site, analyst_desk: Desk, page: Any, run: str
) -> None:
    sharing.share(analyst_desk, "run", run, "colleague")
    seat = seats()
    seat.sign_in("colleague")
    seat.open(f"/runs/{run}/tune")
    path = own_path(desk_of(site, "colleague"), run)
    expect(seat.page.locator("#tune-table tbody tr").first).to_be_visible(timeout=WAIT)
    seat.page.get_by_role("slider", name="Strength of penalty, C").press("Home")
    shows(seat.page, path, 0, 0.3)
    expect(seat.page.get_by_role("button", name="Save as a new run")).to_have_count(0)
    expect(seat.page.locator("#tune-penalty input").first).to_be_disabled()


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light-1440", "dark-390"])
def test_the_screen(seats: Callable[..., Any], signed_in: dict[str, Any], run: str, dark: bool, width: int) -> None:
    seat = seats(dark=dark, width=width, height=1020 if width > 600 else 844)
    page = opened(seat, signed_in, f"/runs/{run}/tune")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    seat.shot(f"tune-{'dark' if dark else 'light'}-{width}")
    tops = [page.locator(f"#{name}").bounding_box()["y"] for name in ("tune-c-box", "tune-matrix-card", "tune-path-card")]
    assert tops == sorted(tops) or width > 600  # on a phone: controls, then figures of merit, then drawings
    page.get_by_role("button", name="Light or dark").click()
    colour = "rgb(231, 236, 242)" if not dark else "rgb(22, 32, 44)"
    expect(page.locator('#tune-path .shape-group[data-index="0"] path')).to_have_css("stroke", colour, timeout=30_000)
