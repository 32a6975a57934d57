"""The profile's pages are built from a profile alone: what they say follows from its numbers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from dash.development.base_component import Component

from dashapp.tabs.profile import comparison, words
from dashapp.tabs.profile.column_page import column_at, column_body, contribution
from dashapp.tabs.profile.overview import alerts_card, overview, profile_strip
from dashapp.tabs.profile.relations import relations
from dashapp.tabs.profile.table import PAGE, TableState, arranged, columns_table, span_of
from dashapp.widgets.sparklines import bars, sparkline
from pipeline.profiling.results import ColumnProfile
from tests.dashapp.profile_pages import view_of
from tests.profiles import AGE, COMPARISON, GRADE, OPENED, PROFILE, RATIO, SHIFT, band


def text_of(parts: Any) -> str:
    """All words of a tree of components."""
    return " ".join(_texts(parts))


def _texts(parts: Any) -> Iterator[str]:
    if isinstance(parts, list | tuple):
        for part in parts:
            yield from _texts(part)
    elif isinstance(parts, Component):
        yield from _texts(getattr(parts, "children", None))
    elif parts is not None:
        yield str(parts)


def components(parts: Any) -> Iterator[Component]:
    if isinstance(parts, list | tuple):
        for part in parts:
            yield from components(part)
    elif isinstance(parts, Component):
        yield parts
        yield from components(getattr(parts, "children", None))


def ids_of(parts: Any, name: str) -> list[Any]:
    found = [getattr(part, "id", None) for part in components(parts)]
    return [one[name] for one in found if isinstance(one, dict) and name in one]


# The findings


def test_a_leap_is_told_where_it_happens() -> None:
    """14% of 0.2 to 0.3, then 54% of 0.3 and more: the only large step."""
    found = words.finding(RATIO)
    assert found.title == "From 0.3 up, the bad rate leaps from 14% to 54%"
    assert found.mark == (0.3, "0.3")
    told = words.plain_words(RATIO, found.mark)
    assert "Of the 750 rows under 0.3, 11% went bad; of the 196 from 0.3 up, 54%." in told
    assert "Where it is missing (50 rows), 16% went bad." in told


def test_a_leap_over_two_steps_is_told_once() -> None:
    bands = tuple(band(2000, n, low=i, high=i + 1) for i, n in enumerate((100, 120, 110, 600, 1160, 1180)))
    column = ColumnProfile("x", "number", 12_000, 0, 6, bands=bands, information_value=0.9)
    assert words.finding(column).title == "Around 3, the bad rate leaps from 6% to 58%"


def test_a_steady_rise_is_no_leap() -> None:
    bands = tuple(band(2000, n, low=i, high=i + 1) for i, n in enumerate((100, 250, 400, 550, 700)))
    column = ColumnProfile("x", "number", 10_000, 0, 5, bands=bands, information_value=0.5)
    assert words.finding(column).title == "The bad rate rises with x, from 5% to 35%"
    falling = replace(column, bands=tuple(replace(one, low=5 - i, high=6 - i) for i, one in enumerate(bands))[::-1])
    assert words.finding(falling).title == "The bad rate falls as x rises, from 35% to 5%"


def test_what_tells_little_is_said_to() -> None:
    assert words.finding(AGE).title == "age tells little: the bad rate stays between 20% and 21%"
    assert words.finding(AGE).mark is None


def test_levels_are_told_by_worst_and_best() -> None:
    assert words.finding(GRADE).title == "G goes bad most often: 50%, against 8% of A"
    alike = replace(GRADE, bands=(band(50, 10, level="A"), band(50, 11, level="B")))
    assert words.finding(alike).title == "The levels of loan_grade do not differ beyond chance"


def test_a_dip_is_no_step() -> None:
    """40% to 10% and back to 40%: the bad rate does not stay where it fell to."""
    rates = (0.4, 0.4, 0.1, 0.4, 0.4)
    bands = tuple(band(2000, int(2000 * rate), low=i, high=i + 1) for i, rate in enumerate(rates))
    dip = ColumnProfile("x", "number", 10_000, 0, 5, bands=bands, information_value=0.3)
    assert words.finding(dip).title == "The bad rate peaks at 40% (0 to 1); it is lowest at 10% (2 to 3)"
    assert words.finding(dip).mark is None
    step = tuple(band(2000, int(2000 * rate), low=i, high=i + 1) for i, rate in enumerate((0.1, 0.1, 0.1, 0.4, 0.4)))
    assert words.finding(replace(dip, bands=step)).title == "From 3 up, the bad rate leaps from 10% to 40%"


def test_few_rows_are_no_finding() -> None:
    """Rates of 30% and 50% in 40 rows each overlap, whatever the information value."""
    few = replace(AGE, bands=(band(40, 12, low=0, high=1), band(40, 20, low=1, high=2)), histogram=None, information_value=0.2)
    assert words.finding(few).title == "Along age the bad rate does not differ beyond chance"
    assert "All 2 intervals are wide, since few rows are there." in words.plain_words(few, None)


def test_columns_without_a_difference_to_show() -> None:
    assert words.finding(replace(AGE, n_distinct=1)).title == "age never changes"
    empty = replace(GRADE, n_missing=GRADE.n_rows, n_distinct=0)
    assert words.finding(empty).title == "loan_grade holds no value"
    assert "medians" not in words.plain_words(replace(AGE, n_distinct=1), None)
    assert (span_of(empty), span_of(replace(AGE, n_distinct=1))) == ("–", "only 20")
    assert words.columns_title(PROFILE, []) == f"{len(PROFILE.columns)} columns, none of them an input"


def test_long_names_leave_room() -> None:
    """In titles; under them they stand in full."""
    assert words.short("a" * 40) == "a" * 40
    assert words.short("a" * 41) == "a" * 39 + "…"
    long = replace(GRADE, bands=(band(500, 40, level="A"), band(500, 200, level="<b>" * 80)))
    assert len(words.finding(long).title) < 120


def test_an_outcome_of_one_class_asks_for_another() -> None:
    one = replace(PROFILE, n_bad=None, class_counts=(("no", 1000),))
    assert "Choose another column as the outcome." in text_of(overview(view_of(one), one, TableState(), None, "light"))


def test_the_table_is_titled_by_what_tells_best_and_least() -> None:
    names = [column.name for column in PROFILE.columns]
    assert words.columns_title(PROFILE, names) == "loan_percent_income and loan_grade tell bad from good best; age hardly at all"
    assert words.columns_title(PROFILE, ["age"]) == "No column tells bad from good well on its own"


# The overview


def test_the_strip_says_what_was_counted() -> None:
    told = text_of(profile_strip(PROFILE))
    for words_ in ("1,000", "3 are exact copies of another", "4", "and the outcome", "20.0%", "200 bad (17.6% to 22.6%)", "1.0%",
                   "in 1 column: 50 cells", "1 to look at, 1 for information"):  # fmt: skip
        assert words_ in told
    assert "2 numbers, 1 category, 1 date" in told
    uncounted = text_of(profile_strip(replace(PROFILE, n_duplicate_rows=None)))
    assert "too many to look for copies" in uncounted


def test_the_table_is_sorted_by_information_value_and_leaves_the_outcome_out() -> None:
    assert [column.name for column in arranged(PROFILE, TableState())] == ["loan_percent_income", "loan_grade", "age", "opened"]
    by_gaps = arranged(PROFILE, TableState().sorted_by("missing"))
    assert by_gaps[0].name == "loan_percent_income"
    by_name = TableState().sorted_by("name")
    assert next(column.name for column in arranged(PROFILE, by_name)) == "age"
    assert [column.name for column in arranged(PROFILE, by_name.sorted_by("name"))][-1] == "age"


def test_the_table_follows_all_that_was_asked_of_it_in_its_order() -> None:
    moves = [{"sort": "missing"}, {"words": "a"}, {"page": 2}, {"sort": "missing"}]
    assert TableState.after(moves) == TableState("a", "missing", down=False, page=0)
    assert TableState.after([*moves, {"page": 1}]).page == 1
    assert TableState.after([{"sort": "nothing"}, {"page": "x"}, 3, None]) == TableState.after("nonsense") == TableState()
    assert [column.name for column in arranged(PROFILE, TableState(words="LOAN in"))] == ["loan_percent_income"]


@pytest.mark.parametrize("given", [None, [], {"sort": "nosuch", "page": -4, "words": 7}, {"page": "2", "down": 0}])
def test_whatever_the_browser_sends_is_a_state(given: Any) -> None:
    state = TableState.parse(given)
    assert (state.sort, state.page, state.words) == ("", 0, "")


def test_the_table_cuts_many_columns_into_pages() -> None:
    many = tuple(replace(AGE, name=f"c{i}") for i in range(2_000))
    profile = replace(PROFILE, columns=many, alerts=())
    built = columns_table(view_of(profile), profile, TableState(page=3), "c160")
    assert len(ids_of(built, "profile-pick")) == PAGE
    assert "151 to 200 of 2,000" in text_of(built)
    assert sorted(ids_of(built, "profile-page")) == [2, 4]
    assert "1,951 to 2,000" in text_of(columns_table(view_of(profile), profile, TableState(page=10**6), None))
    assert len(str(built[0].to_plotly_json())) < 300_000


def test_a_search_without_a_hit_says_so() -> None:
    assert "No column is called" in text_of(columns_table(view_of(PROFILE), PROFILE, TableState(words="zzz"), None))


def test_the_address_chooses_the_column_that_is_drawn() -> None:
    view = view_of(PROFILE)
    assert words.finding(RATIO).title in text_of(overview(view, PROFILE, TableState(), None, "light"))
    assert words.finding(AGE).title in text_of(overview(view, PROFILE, TableState(), "age", "light"))
    assert words.finding(RATIO).title in text_of(overview(view, PROFILE, TableState(), "nosuch", "light"))


def test_without_an_outcome_the_owner_is_offered_to_choose_one() -> None:
    columns = tuple(replace(column, bands=(), information_value=None, auc=None) for column in PROFILE.columns)
    profile = replace(PROFILE, target=None, bad_label=None, n_bad=None, bad_rate=None, columns=columns)
    told = text_of(overview(view_of(profile), profile, TableState(), "age", "light"))
    assert "No outcome is chosen yet" in told
    assert "Choose the outcome" in told
    assert "How age is spread" in told
    assert "IV" not in told
    assert "Choose the outcome" not in text_of(overview(view_of(profile, mine=False), profile, TableState(), "age", "light"))


def test_an_alerts_control_does_and_undoes() -> None:
    view = view_of(PROFILE)
    assert "Leave out" in text_of(alerts_card(view, PROFILE))
    assert ids_of(alerts_card(view, PROFILE), "profile-remedy") == [1]
    left_out = view_of(PROFILE, roles={"loan_grade": "excluded"})
    assert "Take it back in" in text_of(alerts_card(left_out, PROFILE))
    assert ids_of(alerts_card(view_of(PROFILE, mine=False), PROFILE), "profile-remedy") == []


def test_a_sparkline_is_one_element_whose_tallest_bar_is_full() -> None:
    built = sparkline(RATIO)
    assert not getattr(built, "children", None)
    assert bars([1, 4, 2], narrow=True).count("100%") == 6
    assert " 0.0%" in bars([1, 4, 2], narrow=True)
    assert sparkline(OPENED).style == {"opacity": 0}


# A column's page


def test_contributions_add_up_to_the_information_value() -> None:
    bands = GRADE.bands
    total = sum(contribution(PROFILE, one) or 0.0 for one in bands)
    by_hand = sum(
        ((n - b) / 800 - b / 200) * (one.weight_of_evidence or 0)
        for one, (n, b) in zip(bands, ((500, 40), (300, 60), (200, 100)), strict=True)
    )
    assert total == pytest.approx(by_hand)


def test_the_columns_page_lists_every_statistic() -> None:
    told = text_of(column_body(view_of(PROFILE), PROFILE, RATIO, "light"))
    for words_ in ("column 3 of 5", "Skew", "1.06", "99% lie under", "within 1.0% of their value", "Outliers over 0.65", "53.5%",
                   "46.6% to 60.3%", "Information value 0.87", "missing", "What the column is for"):  # fmt: skip
        assert words_ in told, words_
    assert "What the column is for" not in text_of(column_body(view_of(PROFILE, mine=False), PROFILE, RATIO, "light"))


@pytest.mark.parametrize("given", ["0", "6", "-1", "x", "", "٣", "9" * 30])
def test_an_address_without_a_column_leads_nowhere(given: str) -> None:
    assert column_at(PROFILE, given) is None


def test_columns_are_numbered_from_one() -> None:
    assert column_at(PROFILE, "3") is RATIO


# Between columns, and between tables


def test_relations_name_the_strongest_pair_and_the_gaps() -> None:
    told = text_of(relations(PROFILE, "light"))
    assert "income and loan_percent_income move against each other: −0.62" in told
    assert "loan_grade and defaulted go together: 0.41" in told
    assert "note: too many levels" in told
    assert "95% of rows have every value; loan_percent_income has most gaps (5.0%)" in told


def test_a_sample_is_never_silent() -> None:
    assert PROFILE.correlations is not None
    fewer = replace(PROFILE, correlations=replace(PROFILE.correlations, n_used=400))
    assert "400 of 1,000 rows" in text_of(relations(fewer, "light"))


@pytest.mark.parametrize(
    ("psi", "word"),
    [(0.0, "stable"), (0.0999, "stable"), (0.1, "a shift"), (0.25, "a shift"), (0.26, "a large shift"), (None, "not compared")],
)
def test_the_convention_in_words(psi: float | None, word: str) -> None:
    assert comparison.verdict(psi) == word


def test_a_comparison_is_sorted_by_shift_and_says_which() -> None:
    assert [shift.name for shift in comparison.by_size(COMPARISON)] == ["loan_percent_income", "loan_grade", "age", "note"]
    told = text_of(comparison.comparison_body(COMPARISON, None, "light"))
    for words_ in ("loan_percent_income shifted by much; loan_grade by less", "2 columns have no partner",
                   "Only in Loans 2024: opened.",
                   "+6.0 points",
                   "Free text has no bands.", "0.310",
                   "loan_percent_income 0.1 and more: from 70% to 90% of rows"):  # fmt: skip
        assert words_ in told, words_
    assert "age is stable" in text_of(comparison.comparison_body(COMPARISON, "age", "light"))
    alone = replace(COMPARISON, shifts=(replace(SHIFT, psi=0.01),), only_reference=(), only_other=())
    assert "No column has shifted" in text_of(comparison.comparison_body(alone, None, "light"))


def test_days_go_on_and_are_no_finding() -> None:
    """A date differs between two periods whatever else does."""
    days = replace(SHIFT, name="opened", kind="date", psi=17.5)
    both = replace(COMPARISON, shifts=(days, replace(SHIFT, psi=0.3)))
    assert comparison.measured(both) == [both.shifts[1]]
    assert comparison.chosen_shift(both, None) == both.shifts[1]
    assert comparison.finding(both) == f"{SHIFT.name} shifted by much"
    assert "days go on" in text_of(comparison.comparison_body(both, None, "light"))
    assert comparison.finding(replace(both, shifts=(days,))) == "No column has shifted"
