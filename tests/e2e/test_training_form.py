"""The training form in a real browser: groups, what is hidden, marks of changes, presets, problems at their field."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def form(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]) -> Callable[..., Page]:
    """The form of the consumer loans, with options in its link."""

    def open_form(query: str = "", **look: Any) -> Page:
        seat = seats(**look)
        seat.page.context.add_cookies(signed_in["cookies"])
        seat.open(f"/runs/new/{trained['dataset']}{query}")
        expect(seat.page.get_by_role("heading", level=1)).to_have_text("New run on Consumer loans")
        page: Page = seat.page
        return page

    return open_form


def told(page: Page, group: str) -> Any:
    return page.locator(f"#train-told-{group.lower()}")


def test_what_has_no_effect_is_hidden_and_what_was_changed_is_marked(form: Callable[..., Page]) -> None:
    page = form()
    expect(page.get_by_label("Strength of penalty, C")).to_be_visible()
    expect(told(page, "Model")).to_have_text("Penalty: L2 · Strength of penalty, C: 1 · Cut-off: 0.5")
    page.locator("#train-option-penalty").get_by_text("None", exact=True).click()
    expect(page.get_by_label("Strength of penalty, C")).to_be_hidden()
    expect(told(page, "Model")).to_have_text("Penalty: None · Cut-off: 0.5")
    expect(page.locator("#train-changed-model")).to_have_text("1 changed")
    expect(page.get_by_text("No standard errors")).to_have_count(0)
    page.locator("#train-reset-model").click()
    expect(page.get_by_label("Strength of penalty, C")).to_be_visible()
    expect(page.locator("#train-changed-model")).to_be_hidden()
    expect(page.locator("#train-reset-model")).to_be_hidden()


def test_a_preset_sets_its_options_and_leaves_the_split(form: Callable[..., Page]) -> None:
    page = form("?test_share=0.2")
    page.get_by_role("button", name="Scorecard").click()
    expect(told(page, "Binning")).to_contain_text("Weight of evidence: Everywhere")
    expect(told(page, "Split")).to_contain_text("Held-out share: 0.2")
    expect(page.locator("dt", has_text="Coefficients").locator("+ dd")).to_have_text("11")
    page.get_by_role("button", name="Plain L2").click()
    expect(told(page, "Binning")).to_contain_text("Weight of evidence: Nowhere")
    expect(page.locator("dt", has_text="Held out").locator("+ dd")).to_have_text("6,517")


def test_the_name_follows_the_penalty_until_it_is_ones_own(form: Callable[..., Page]) -> None:
    page = form()
    name = page.get_by_label("Name of the run")
    expect(name).to_have_value("L2 on Consumer loans")
    page.locator("#train-option-penalty").get_by_text("L1", exact=True).click()
    expect(name).to_have_value("L1 on Consumer loans")
    name.fill("Mine")
    page.locator("#train-option-penalty").get_by_text("L2", exact=True).click()
    expect(page.locator("#train-told-model")).to_contain_text("Penalty: L2")
    expect(name).to_have_value("Mine")


def test_a_problem_opens_its_group_and_stands_at_its_field(form: Callable[..., Page]) -> None:
    page = form("?solver=lbfgs&penalty=l1")
    expect(page.locator("#train-option-solver-problem")).to_contain_text("lbfgs cannot take L1")
    expect(page.locator("#train-option-solver-problem")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    expect(page.get_by_text("Not ready to train")).to_be_visible()
    page.locator("#train-option-penalty").get_by_text("L2", exact=True).click()
    expect(page.locator("#train-option-solver-problem")).to_be_empty()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_the_levels_of_a_column_are_written_into_the_text(form: Callable[..., Page]) -> None:
    page = form()
    page.locator("#train-group-categories > summary").click()
    page.locator("#train-option-orders-pick").click()
    page.get_by_role("option", name="loan_grade").click()
    expect(page.get_by_label("Ordered categories")).to_have_value("loan_grade: A < B < C < D < E < F < G")
    expect(told(page, "Categories")).to_contain_text("Ordered categories: loan_grade: A < B < C < D < E < F < G")
    page.get_by_label("Ordered categories").fill("loan_grade: A < B < Z")
    expect(page.locator("#train-option-orders-problem")).to_contain_text("'loan_grade' has no level 'Z'")


def test_a_menu_says_what_each_choice_would_give(form: Callable[..., Page]) -> None:
    page = form()
    page.locator("#train-group-gaps > summary").click()
    expect(page.get_by_label("Constant for a missing number")).to_be_hidden()
    page.locator("#train-option-missing_numbers").click()
    page.get_by_text("The number given below.").click()
    expect(page.get_by_label("Constant for a missing number")).to_be_visible()
    expect(told(page, "Gaps")).to_contain_text("Missing numbers: Constant")


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light-1440", "dark-390"])
def test_the_form_fits_its_screen(form: Callable[..., Page], dark: bool, width: int) -> None:
    page = form("?class_weight=balanced", dark=dark, width=width, height=900)
    expect(page.locator("#train-changed-imbalance")).to_have_text("1 changed")
    page.evaluate("document.querySelectorAll('.sd-group').forEach((group) => { group.open = true; })")
    expect(page.get_by_label("Neighbours")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
