"""A search and a comparison of treatments, as an analyst does them in a browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import datasets, runs, studies
from dashapp.usecases.desk import Desk
from pipeline.study_results import SearchResult
from tests.dashapp.uploading import upload
from tests.dashapp.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def loans(analyst_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("studies") / "loans.csv"
    rows = [
        f"{(i * 31) % 97},{('own', 'rent', 'other')[i % 3]},{'yes' if (i * 7) % 11 < 2 or (i * 31) % 97 > 88 else 'no'}"
        for i in range(900)
    ]
    path.write_text("income,home,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    dataset_id = upload(analyst_desk, path, name="Loans to search")
    datasets.set_outcome(analyst_desk, dataset_id, "defaulted", "yes")
    return dataset_id


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, loans: str) -> str:
    run_id = runs.start(analyst_desk, loans, "Small loans", {"target": "defaulted", "bad_label": "yes"})
    until(lambda: runs.get(analyst_desk, run_id).state == "succeeded", 90)
    return run_id


def test_a_search_from_its_form_to_a_run(seat: Any, loans: str, analyst_desk: Desk) -> None:
    page = seat.page
    seat.open(f"/studies/new/{loans}")
    expect(page.get_by_role("heading", level=1)).to_have_text("New search on Loans to search")
    expect(page.locator("#search-summary dt", has_text="Fits").locator("+ dd")).to_have_text("60")

    strengths = page.get_by_label("Strength of penalty, C")
    strengths.fill("0.01, -1")
    expect(page.locator("#search-strengths-problem")).to_contain_text("-1 is out of range")
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_disabled()
    strengths.fill("0.01, 0.1, 1")
    expect(page.locator("#search-summary dt", has_text="Fits").locator("+ dd")).to_have_text("30")
    page.locator("#search-penalty").get_by_text("None", exact=True).click()
    expect(page.locator("#search-summary dt", has_text="Combinations").locator("+ dd")).to_have_text("7")
    expect(page.get_by_text("2 combinations are the same fits again")).to_be_visible()
    page.get_by_label("Name of the search").fill("Which penalty")
    seat.shot("search-form")
    page.get_by_role("button", name="Search", exact=True).click()

    page.wait_for_url(re.compile(r"/studies/(?!new)\w+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Which penalty")
    expect(page.get_by_role("heading", name=re.compile("^Best: "))).to_be_visible(timeout=90_000)
    expect(page.locator("table tbody tr")).to_have_count(7)
    expect(page.get_by_text("best", exact=True).first).to_be_visible()
    seat.shot("search")
    view = studies.get(analyst_desk, page.url.rsplit("/", 1)[1])
    assert isinstance(view.result, SearchResult)

    page.get_by_role("link", name="Coefficients").click()  # sorts
    expect(page).to_have_url(re.compile(r"\?sort=n_nonzero"))
    fewest = min(trial.n_nonzero or 0 for trial in view.trials)
    expect(page.locator("table tbody tr").first.locator("td").nth(6)).to_have_text(str(fewest))
    page.get_by_role("link", name="Coefficients").click()
    most = max(trial.n_nonzero or 0 for trial in view.trials)
    expect(page.locator("table tbody tr").first.locator("td").nth(6)).to_have_text(str(most))

    best = view.result.trials[view.result.best or 0]
    page.get_by_role("button", name=f"Save combination {best.number + 1} as a run").click()
    page.wait_for_url(re.compile(r"/runs/\w+$"))
    made = runs.get(analyst_desk, page.url.rsplit("/", 1)[1])
    assert {name: getattr(made.spec, name) for name in best.options} == best.options
    assert made.name.startswith("Which penalty: ")
    assert made.name.endswith("(best)")


def test_a_search_from_a_run_is_cancelled_goes_on_and_is_deleted(seat: Any, run: str, analyst_desk: Desk) -> None:
    page = seat.page
    seat.open(f"/runs/{run}")
    page.locator("summary", has_text="More").click()
    page.get_by_role("link", name="Search a grid from here").click()
    expect(page.get_by_text("from the options of Small loans")).to_be_visible()
    page.get_by_label("Strength of penalty, C").fill(" ".join(f"{(k + 1) / 100:g}" for k in range(30)))
    page.get_by_label("Folds").fill("50")
    expect(page.locator("#search-summary dt", has_text="Fits").locator("+ dd")).to_have_text("3,000")
    page.get_by_label("Name of the search").fill("A long search")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url(re.compile(r"/studies/(?!new)\w+$"))
    expect(page.get_by_role("heading", name=re.compile("^Best so far: "))).to_be_visible(timeout=90_000)
    expect(page.get_by_text(re.compile(r"\d+ of 60 combinations are done"))).to_be_visible()
    page.get_by_role("button", name="Cancel A long search").click()
    expect(page.get_by_text("It was cancelled")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ combinations? that were done are kept"))).to_be_visible()
    seat.shot("search-cancelled")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Cancel A long search")).to_be_visible()
    page.locator("summary", has_text="More").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url("**/studies")
    expect(page.get_by_role("heading", level=1)).to_have_text("Searches and comparisons")
    assert "A long search" not in [card.name for card in studies.visible(analyst_desk, "search")]
    expect(page.get_by_role("link", name="A long search")).to_have_count(0)


def test_treatments_of_imbalance_from_the_training_form(seat: Any, loans: str, analyst_desk: Desk) -> None:
    page = seat.page
    seat.open(f"/runs/new/{loans}")
    page.locator("summary", has_text="Imbalance").click()
    page.get_by_role("button", name="Compare treatments").click()
    page.wait_for_url(re.compile(r"/studies/\w+$"))
    for name in ("No treatment", "Balanced weights", "SMOTENC", "Over-sampling", "Under-sampling"):
        expect(page.get_by_role("rowheader", name=name, exact=True).first).to_be_visible(timeout=90_000)
    expect(page.get_by_role("heading", name=re.compile("no treatment|No treatment")).first).to_be_visible()
    page.get_by_text("Differences and their intervals").click()
    expect(page.get_by_text("DeLong's paired interval")).to_be_visible()
    seat.shot("treatments")
    page.get_by_role("button", name="Save Under-sampling as a run").click()
    page.wait_for_url(re.compile(r"/runs/\w+$"))
    assert runs.get(analyst_desk, page.url.rsplit("/", 1)[1]).spec.resampling == "under"


def test_a_stranger_finds_no_study(seats: Callable[..., Any], analyst_desk: Desk, loans: str) -> None:
    mine = studies.visible(analyst_desk, "search", "imbalance")
    assert mine
    seat = seats()
    seat.sign_in("stranger")
    seat.open(f"/studies/{mine[0].id}")
    expect(seat.page.get_by_text("There is no such study")).to_be_visible()
    seat.open("/studies")
    expect(seat.page.get_by_text("No search yet")).to_be_visible()
    seat.open(f"/studies/new/{loans}")
    expect(seat.page.get_by_text("There is no such data set")).to_be_visible()


def test_on_a_phone_in_the_dark(seats: Callable[..., Any], signed_in: dict[str, Any], analyst_desk: Desk) -> None:
    seat = seats(dark=True, width=390, height=844)
    seat.page.context.add_cookies(signed_in["cookies"])
    for kind in ("search", "imbalance"):
        done = next(card for card in studies.visible(analyst_desk, kind) if card.job and card.job.state == "succeeded")  # type: ignore[arg-type]
        seat.open(f"/studies/{done.id}")
        seat.page.locator(".js-plotly-plot:visible").first.wait_for()
        assert seat.page.evaluate("document.documentElement.scrollWidth") <= 390
        seat.shot(f"{kind}-phone-dark")
