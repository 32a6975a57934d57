"""The cards of one applicant: what they say is so, for every score, cut-off and kind of run."""

import math
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import APPROVE, REFUSE
from dashapp.widgets.applicant import (
    advice_card,
    changes_card,
    exact_card,
    how_to_read,
    lime_card,
    position_card,
    reasons_card,
    values_card,
)
from dashapp.widgets.applicant.exact import Account, part_words, raw_cutoff
from dashapp.widgets.applicant.exact_table import account_lines, parts_table
from dashapp.widgets.applicant.lime import lime_finding, lime_rows
from dashapp.widgets.applicant.lime_table import weight_lines
from dashapp.widgets.applicant.reasons import letter_text
from dashapp.widgets.applicant.words import class_words, needed_words, percents
from pipeline.cutoffs.decisions import score_tables
from pipeline.cutoffs.points import Scaling, rounded
from pipeline.explain_results import Change, Changed, Changes, Value
from pipeline.explaining.change_words import arrow_words, change_words
from pipeline.explaining.changes import changes
from pipeline.explaining.lime.explain import lime_explain
from pipeline.explaining.lime.words import sentences
from pipeline.explaining.wording import Wording
from tests.dashapp.applicants import RISKY, SAFE, at_cutoff, explained, lime_of, made_run, recalibrated, relabelled

VALUES = st.fixed_dictionaries(
    {
        "income": st.one_of(st.none(), st.floats(1000, 200_000).map(round).map(float)),
        "debt": st.floats(0, 0.7).map(lambda value: round(value, 3)),
        "late": st.integers(0, 5).map(float),
        "home": st.sampled_from(["own", "rent", "mortgage", None, "tent"]),
        "region": st.sampled_from(["n", "e", "s", "w"]),
    }
)
CUTOFFS = st.integers(1, 999).map(lambda n: n / 1000)


def parts(tree: Any) -> Any:
    yield tree
    children = tree if isinstance(tree, list | tuple) else getattr(tree, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if child is not None:
            yield from parts(child)


def said(tree: Any) -> str:
    return " ".join("".join(part if isinstance(part, str) else " " for part in parts(tree)).split())


def of_class(tree: Any, name: str) -> list[Any]:
    return [part for part in parts(tree) if name in str(getattr(part, "className", "")).split()]


@settings(max_examples=60, deadline=None)
@given(values=VALUES, cutoff=CUTOFFS)
def test_the_advice_follows_the_cut_off_and_its_percentages_never_contradict_it(values: dict[str, Value], cutoff: float) -> None:
    run = at_cutoff(made_run(), cutoff)
    _, told = explained(run, values)
    text = said(advice_card(run, told))
    chance = told.explanation.probability
    assert ("Refuse" in text) == (chance >= cutoff)
    shown, edge = re.search(r"Chance of going bad (\S+?)% refused from (\S+?)% on", text).groups()
    assert (float(shown) >= float(edge)) == (chance >= cutoff)
    assert abs(float(shown) / 100 - chance) <= 0.1 * min(chance, 1 - chance) + 1e-4
    table = score_tables(run.view.result)["held_out"]
    n_rows = table.bad_at_or_above[0] + table.good_at_or_above[0]
    assert f"{n_rows} test applicants" in text
    title = position_card("p", run, told, "light").children[0].children[0].children[0].children
    assert title.startswith(f"{shown}% lies ")
    assert (" past " in title or " at " in title) == (chance >= cutoff)


@settings(max_examples=300, deadline=None)
@given(probability=st.floats(0, 1), cutoff=st.one_of(CUTOFFS, st.floats(0.0001, 0.9999)))
def test_no_score_reads_as_one_at_the_other_side_of_the_cut_off(probability: float, cutoff: float) -> None:
    percent = percents(probability, cutoff)
    assert percent.digits <= 6
    if abs(probability - cutoff) > 1e-7:
        shown, edge = (round(100 * value, percent.digits) for value in (probability, cutoff))
        assert (shown >= edge) == (probability >= cutoff)


@pytest.mark.parametrize(
    ("value", "cutoff", "words"),
    [(0.48, 0.3, "48%"), (0.2996, 0.3, "29.96%"), (0.054, 0.15, "5%"), (0.004, 0.02, "0.4%"), (0.12, 0.125, "12.0%"),
     (0.3, 0.3, "30%"), (0.0, 0.5, "0%"), (0.000001, 0.5, "under 0.01%"), (0.9999999, 0.5, "over 99.99%")],
)  # fmt: skip
def test_percentages_have_as_few_digits_as_tell_something(value: float, cutoff: float, words: str) -> None:
    assert percents(value, cutoff)(value) == words


@settings(max_examples=40, deadline=None)
@given(values=VALUES, kind=st.sampled_from(["average", "good", "passing"]))
def test_the_exact_title_and_its_check_are_those_of_the_numbers(values: dict[str, Value], kind: str) -> None:
    run = made_run()
    applicant, told = explained(run, values, kind)
    found = told.explanation
    card = exact_card("e", run, applicant, told, "light")
    text = said(card)
    account = Account(run, told)
    for words, log_odds in ((account.start, found.intercept), (account.end, found.log_odds)):
        assert float(re.sub("[^0-9.]", "", words)) / 100 == pytest.approx(1 / (1 + math.exp(-log_odds)), rel=0.1, abs=0.005)
    rises = found.log_odds > found.intercept
    assert account.start == account.end or (" up to " in account.title) == rises
    assert "difference 0" in text
    log_odds = f"{found.log_odds:+.2f}" if abs(found.log_odds) >= 0.005 else "0.00"
    assert text.count(log_odds.replace("-", "−")) >= 2
    assert sum(part.contribution for part in found.contributions) + found.intercept == pytest.approx(found.log_odds, abs=1e-9)


def test_values_that_training_never_saw_are_named_with_the_parts() -> None:
    run = made_run()
    applicant, told = explained(run, {**RISKY, "home": "tent"})
    assert "Training never saw Home: tent. The model takes something else for it" in said(
        exact_card("e", run, applicant, told, "light")
    )
    assert "never saw" not in said(exact_card("e", run, *explained(run), "light"))


def test_a_sum_that_is_not_the_score_is_told() -> None:
    run = made_run()
    applicant, told = explained(run)
    off = replace(told, explanation=replace(told.explanation, log_odds=told.explanation.log_odds + 0.5))
    text = said(exact_card("e", run, applicant, off, "light"))
    assert "but the score's log-odds are" in text
    assert "difference 0.5" in text


def test_after_an_isotonic_recalibration_the_parts_are_said_to_add_up_to_what_was_before() -> None:
    run = recalibrated(made_run())
    applicant, told = explained(run)
    card = exact_card("e", run, applicant, told, "light")
    assert "before recalibration" in said(card)
    account = Account(run, told)
    before = 1 / (1 + math.exp(-told.explanation.log_odds))
    assert account.end == percents(before)(before)
    assert percents(told.explanation.probability)(told.explanation.probability) in account.under
    assert "= the log-odds before recalibration" in said(card)
    assert "add up to the score before recalibration" in said(how_to_read(run, told, None))
    *_, before_, step, after = account_lines(run, applicant, told)
    assert (before_[0], step[0], after[:2]) == ("Before recalibration", "Recalibration", ["Score", "after recalibration"])
    points = [float(line[4].replace("−", "-")) for line in (before_, step, after)]
    assert points[0] + points[1] == pytest.approx(points[2], abs=0.11)
    assert points[2] == pytest.approx(Scaling().points(told.explanation.probability), abs=0.051)
    _, _, cutoff = account.marks()  # 40%, which is made of 50% + (40% − 30%) / (90% − 30%) · 50%
    assert cutoff is not None
    assert cutoff.words == "cut-off 58%"
    assert cutoff.log_odds == pytest.approx(math.log(7 / 5))


@pytest.mark.parametrize(("cutoff", "before"), [(0.01, None), (0.155, 0.1), (0.3, 0.2), (0.6, 0.75), (0.9, 1.0), (0.95, None)])
def test_the_cut_off_before_recalibration_is_the_least_chance_that_becomes_it(cutoff: float, before: float | None) -> None:
    run = at_cutoff(recalibrated(made_run()), cutoff)
    found = raw_cutoff(run)
    assert found == (pytest.approx(before) if before is not None else None)
    if found is not None:
        assert float(run.model.calibration(found)) == pytest.approx(cutoff)
        assert float(run.model.calibration(found - 1e-6)) < cutoff


@settings(max_examples=40, deadline=None)
@given(values=VALUES, never=st.sampled_from([(), ("debt",), ("debt", "income", "late", "home", "region")]))
def test_reasons_are_adverse_numbered_and_never_those_that_are_kept_back(
    values: dict[str, Value], never: tuple[str, ...]
) -> None:
    run = made_run()
    _, told = explained(run, values, never=never)
    card = reasons_card(run, told)
    ranks = [part.children for part in of_class(card, "sd-reason-rank")]
    assert ranks == [str(i + 1) for i in range(len(told.reasons))]
    widths = [float(part.children.style["width"].rstrip("%")) for part in of_class(card, "sd-reason-bar")]
    assert widths == sorted(widths, reverse=True)
    assert not widths or widths[0] == 100
    assert all(reason.contribution > 0 for reason in told.reasons)
    assert all(reason.contribution < 0 for reason in told.favourable)
    assert not {name for reason in (*told.reasons, *told.favourable) for name in reason.sources} & set(never)
    text = said(card)
    assert ("never told as a reason" in text) == bool(never)
    assert ("Only" in text) == (1 <= len(told.reasons) < 4)
    assert ("Copy for the letter" in text) == (bool(told.reasons) and told.advice == REFUSE)
    assert ("principal reason" in text) == (bool(told.reasons) and told.advice == REFUSE)
    assert ("suggests to approve" in text) == (told.advice == APPROVE)
    assert told.reasons_against in text


def test_points_of_one_who_is_just_refused_do_not_read_as_enough() -> None:
    _, told = explained(made_run())
    assert needed_words(replace(told, advice=APPROVE, points=526, points_needed=526)) == "526 needed"
    assert needed_words(replace(told, advice=REFUSE, points=504, points_needed=526)) == "526 needed"
    assert needed_words(replace(told, advice=REFUSE, points=526, points_needed=526)) == "526 needed, just missed before rounding"


def test_the_table_has_a_line_for_each_field_in_the_order_of_their_size() -> None:
    run = made_run()
    applicant, told = explained(run, {"income": 30.0, "debt": None, "late": 1.0, "home": "own\thouse", "region": "north"})
    heads, start, *fields, score = account_lines(run, applicant, told)
    assert heads == ["Field", "", "Log-odds", "Odds ×", "Points"]
    assert (start[0], score[:2]) == ("Start", ["Score", "the sum"])
    sizes = [abs(float(line[2].replace("−", "-"))) for line in fields]
    assert sizes == sorted(sizes, reverse=True)
    assert len(fields) == len(told.explanation.contributions)
    points = [float(line[4].replace("−", "-")) for line in (start, *fields, score)]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=0.05 * len(points))
    assert points[-1] == pytest.approx(Scaling().points(told.explanation.probability), abs=0.051)
    assert rounded(Scaling().points(told.explanation.probability)) == told.points
    [text] = [
        vars(part)["data-account"]
        for part in parts(parts_table(run, applicant, told))
        if "data-account" in getattr(part, "__dict__", {})
    ]
    assert [len(line.split("\t")) for line in text.split("\n")] == [5] * (len(fields) + 3)  # nothing of a value breaks it
    assert {len(line) for line in (heads, start, *fields, score)} == {5}


def test_the_letter_has_the_reasons_and_no_score() -> None:
    run = made_run(wording=True)
    _, told = explained(run)
    letter = letter_text(run, told)
    assert letter.startswith("Principal reasons:\n1. ")
    assert "Much is owed" in letter
    assert len(letter.splitlines()) == len(told.reasons) + 1
    assert f"{told.reasons[0].contribution:.2f}" not in letter


def changes_of(run: OpenedRun, values: dict[str, Value], fields: tuple[str, ...]) -> Changes:
    return changes(run.model, values, run.background, Wording(), fields, run.view.cutoff)


@settings(max_examples=25, deadline=None)
@given(values=VALUES, cutoff=CUTOFFS)
def test_each_change_says_approve_only_where_it_reaches(values: dict[str, Value], cutoff: float) -> None:
    run = at_cutoff(made_run(), cutoff)
    found = changes_of(run, values, ("debt", "late", "home"))
    card = changes_card(run, found)
    for row in of_class(card, "sd-change-words"):
        what, verdict, chance = (part.children for part in row.children)
        assert "→" in what
        shown = float(re.sub("[^0-9.]", "", chance)) / 100
        assert (verdict == "approve") == (shown < cutoff)
    text = said(card)
    if found.probability < cutoff:
        assert "Nothing: the run suggests to approve as it is." in text
    elif not any(one.reaches for one in (*found.singles, *found.pairs)):
        assert "Not reachable" in text
    else:
        assert "Not reachable" not in text


def test_marks_of_changes_stand_on_one_scale() -> None:
    run = made_run()
    one = Change((Changed("debt", 0.5, 0.2),), 0.3, True, 0.4)
    other = Change((Changed("late", 4.0, 3.0),), 0.5, False, 0.2)
    card = changes_card(run, Changes(0.4, 0.6, (one, other), (), ("region",)))
    places = {kind: [float(part.style["left"].rstrip("%")) for part in of_class(card, kind)] for kind in ("mark", "ring", "dot")}
    assert len(set(places["mark"])) == len(set(places["ring"])) == 1
    assert places["dot"][0] < places["mark"][0] < places["dot"][1] < places["ring"][0]
    step = (places["ring"][0] - places["mark"][0]) / 0.2
    assert places["dot"][0] == pytest.approx(places["mark"][0] - 0.1 * step, abs=0.02)
    assert "Debt: 0.5 → 0.2" in said(card)
    assert "No other region that may be tried lowers the chance." in said(card)
    unknown = changes_card(run, Changes(0.4, 0.6, (one,), (), ("region", "income", "debt"), ("income",)))
    assert "No other region and no other debt that may be tried lowers the chance." in said(unknown)
    worded = replace(run, view=replace(run.view, wording={"debt": {"direction": "down"}, "late": {"direction": "up"}}))
    ways = changes_card(worded, Changes(0.4, 0.6, (one,), (), ("debt", "late")))
    assert "No lower debt and no higher late that may be tried lowers the chance." in said(ways)
    assert "Nothing was tried for the income: there is no known number to start from." in said(unknown)


def test_of_many_changes_it_says_what_is_not_shown() -> None:
    run = made_run()
    singles = tuple(Change((Changed(f"field {i}", "a", "b"),), 0.41 + i / 100, False, 0.1) for i in range(12))
    card = changes_card(run, Changes(0.4, 0.6, singles, (), ()))
    assert len(of_class(card, "sd-change-words")) == 8
    assert "4 fields more do not reach it alone." in said(card)
    assert "more do" not in said(changes_card(run, Changes(0.4, 0.6, singles[:8], (), ())))
    reaching = tuple(replace(one, reaches=True, probability=0.3) for one in singles)
    few = changes_card(run, Changes(0.4, 0.6, reaching[:1], reaching[1:5]))
    assert len(of_class(few, "reaches")) == 4  # three of the pairs
    assert "Other changes reach the cut-off too; the smallest are shown." in said(few)
    assert "too; the" not in said(changes_card(run, Changes(0.4, 0.6, reaching[:8], ())))


@pytest.mark.parametrize(
    ("words", "said_so"),
    [
        ({}, "Late: 3 → 1, home: rent → own"),
        ({"late": {"change": "Be late {value} times"}}, "Be late 1 times, home: rent → own"),
        ({"late": {"change": "{value}", "unit": "times"}, "home": {"change": "Move to {value}"}}, "1 time, move to own"),
        ({"home": {"change": "move to {value}", "becomes": [["own", "Buy the home"]]}}, "Late: 3 → 1, buy the home"),
        ({"home": {"becomes": [["rent", "rent a home"]]}, "late": {"unit": "times"}}, "Late: 3 → 1 time, home: rent → own"),
        ({"late": {"change": "US dollars {value}"}, "home": {"change": "USA {value}"}}, "US dollars 1, USA own"),
    ],
)
def test_a_change_is_told_in_the_words_of_the_run(words: dict[str, Any], said_so: str) -> None:
    run = made_run()
    wording = Wording.parse(words, run.background.fields)
    change = Change((Changed("late", 3.0, 1.0), Changed("home", "rent", "own")), 0.3, True, 0.4)
    assert change_words(change, wording) == said_so
    row = changes_card(replace(run, view=replace(run.view, wording=wording.to_json())), Changes(0.4, 0.6, (), (change,)))
    (what,) = of_class(row, "sd-change-what")
    assert (what.children, what.title) == (said_so, arrow_words(change, wording))
    to_the_digit = Change((Changed("income", 2000.0, 1050.4), Changed("debt", 0.5, -0.00125)), 0.3, True, 0.4)
    assert change_words(to_the_digit, Wording()) == "Income: 2,000 → 1,050.4, debt: 0.5 → −0.00125"
    assert Wording.from_json({"late": {"label": "late"}}).of("late").change == ""  # as it was stored before there were any


def test_without_a_field_that_can_change_it_says_where_to_mark_some() -> None:
    text = said(changes_card(made_run(), Changes(0.4, 0.6, (), (), ())))
    assert "No field is marked" in text


def test_values_stand_in_their_units_and_what_is_not_used_is_named_without_its_value() -> None:
    run = made_run(wording=True)
    applicant, _ = explained(run)
    text = said(values_card(run, applicant))
    assert "Debt to income 0.55%" in text
    assert "Age and sex are on file. The model neither sees nor uses them." in text
    assert "41" not in text
    alone = said(values_card(run, replace(applicant, others={"age": 41.0}, row=None)))
    assert "Age is on file. The model neither sees nor uses it." in alone
    kept = replace(run, segments=("sex", "income"))  # the model reads the second
    assert "Sex and age are on file." in said(values_card(kept, applicant))
    typed = said(values_card(kept, replace(applicant, others={}, row=None)))
    assert "Sex is not asked for. The model neither sees nor uses it." in typed
    assert "not asked" not in said(values_card(run, replace(applicant, others={}, row=None)))


@settings(max_examples=12, deadline=None)
@given(values=VALUES)
def test_lime_is_said_to_agree_only_where_it_does(values: dict[str, Value]) -> None:
    run = made_run()
    _, told = explained(run, values)
    lime = lime_of(run, told, values)
    text = said(lime_card("l", run, lime, told, "dark"))
    same = lime.n_same_sign == lime.n_matter
    assert ("same story" in text) == (same and lime.n_matter > 0 and round(lime.rank_agreement or 0, 2) >= 0.9)
    assert ("points the other way" in text) == bool(lime.differing)
    assert ("is undecided on" in text) == (not same and not lime.differing)
    assert f"seed {lime.seed}" in text
    assert "300 samples" in text
    rows = lime_rows(told, lime, run.wording)
    assert len(rows) == len(told.explanation.contributions)
    effects = {one.field: one.effect for one in lime.fields}
    assert [row.weight for row in rows] == [
        pytest.approx(effects[part.field]) for part in sorted(told.explanation.contributions, key=lambda one: -one.contribution)
    ]
    foot = said(how_to_read(run, told, lime))
    assert ("agrees in direction on all" in foot) == (same and lime.n_matter > 1)
    assert "whatever the bars are counted from" not in foot
    _, against_others = explained(run, values, "passing")
    assert "against the average applicant, whatever the bars are counted from" in said(how_to_read(run, against_others, lime))


def test_the_table_of_lime_adds_up_to_its_line_with_and_without_quarters() -> None:
    run = made_run()
    _, told = explained(run)
    for discretised in (True, False):
        lime = lime_explain(
            run.model,
            run.background.lime,
            RISKY,
            exact=told.explanation,
            seed=1,
            n_samples=300,
            n_seeds=3,
            discretised=discretised,
        )
        heads, *rules, intercept, chance = weight_lines(lime, Wording())
        assert {len(line) for line in (heads, *rules, intercept, chance)} == {4 if discretised else 5}
        assert [line[1] for line in rules] == [one.rule for one in lime.weights]
        numbers = [[float(cell.replace("−", "-") or 0) for cell in (line[2], *line[4:])] for line in (*rules, intercept, chance)]
        effects = [weight * (at[0] if at else 1.0) for weight, *at in numbers[:-2]]
        assert sum(effects) + numbers[-2][0] == pytest.approx(numbers[-1][0], abs=2e-3)


def test_the_title_of_lime_in_every_case() -> None:
    run = made_run()
    _, told = explained(run)
    lime = lime_of(run, told)
    fields = tuple(replace(one, matters=True, exact=1.0, effect=0.1, low=0.05, high=0.2) for one in lime.fields)
    agreeing = replace(lime, fields=fields, rank_agreement=0.95)
    assert lime_finding(agreeing) == "LIME tells the same story, roughly"
    assert "partly" in lime_finding(replace(agreeing, rank_agreement=0.7))
    assert "other fields weigh most" in lime_finding(replace(agreeing, rank_agreement=-0.2))
    assert lime_finding(replace(agreeing, rank_agreement=None)) == "LIME agrees in direction"
    for low, high, words in ((-0.2, -0.05, "points the other way for"), (-0.2, 0.05, "is undecided on")):
        against = replace(agreeing, fields=(replace(fields[0], effect=-0.1, low=low, high=high), *fields[1:]))
        assert lime_finding(against) == f"LIME {words} 1 of the {len(fields)} fields that matter"
        assert len(against.differing) == (high < 0)
        hangs = f"LIME is undecided on {fields[0].field}: with other seeds its weight changes its sign."
        assert (hangs in sentences(against)) == (high > 0)
    nothing = tuple(replace(one, matters=False) for one in fields)
    assert "nothing to tell" in lime_finding(replace(agreeing, fields=nothing))


def test_labels_of_their_own_stand_for_good_and_bad() -> None:
    run = relabelled(made_run(), "benign", "malignant")
    applicant, told = explained(run)
    cards = [advice_card(run, told), position_card("p", run, told, "light"), reasons_card(run, told),
             exact_card("e", run, applicant, told, "light")]  # fmt: skip
    text = said(cards)
    assert "Malignant" in text
    assert "Chance of malignant" in text
    assert not re.search(r"[Rr]efus|went bad|going bad|safer|riskier", text)


@pytest.mark.parametrize("label", ["bad", "1", "Yes", "default", "2.0", "charged off"])
def test_labels_that_only_say_bad_keep_the_words_of_credit(label: str) -> None:
    assert class_words(("0", label)).is_credit


def test_three_classes_have_chances_and_no_advice() -> None:
    run = made_run(3)
    applicant, told = explained(run)
    text = said(advice_card(run, told))
    assert all(name in text for name in run.model.labels)
    assert "Refuse" not in text
    assert "no single place" in said(position_card("p", run, told, "light"))
    assert "no reasons" in said(reasons_card(run, told))
    exact = exact_card("e", run, applicant, told, "light")
    assert f"log-odds of {told.explanation.label} from" in said(exact)
    assert "%" not in said(of_class(exact, "sd-check"))
    lime = lime_of(run, told)
    assert f"Weights for {lime.label}" in said(lime_card("l", run, lime, told, "light"))


@pytest.mark.parametrize(
    ("decision", "words"),
    [("open", "your decision is open"), ("refuse", "refused by the officer"), ("approve", "approved against the advice")],
)
def test_the_officers_decision_stands_beside_the_advice(decision: str, words: str) -> None:
    run = made_run()
    _, told = explained(run)
    assert told.advice == "refuse"
    assert words in said(advice_card(run, told, decision=decision))


def test_the_safest_and_the_riskiest_of_all_are_told_so() -> None:
    run = made_run()
    _, told = explained(run, SAFE)
    place = told.position
    assert place is not None
    for n_safer, words in ((0, "None of the 80 test applicants is safer."), (80, "None of the 80 test applicants is riskier.")):
        text = said(advice_card(run, replace(told, position=replace(place, n_safer=n_safer))))
        assert words in text


def test_rows_that_the_model_was_trained_on_are_said_to_be_those() -> None:
    run = made_run(test_share=0)
    _, told = explained(run)
    assert told.part == "training"
    assert "training applicants, which the model was trained on" in said(advice_card(run, told))
    assert "training applicants" in said(position_card("p", run, told, "light"))


@pytest.mark.parametrize("look", ["light", "dark"])
def test_figures_come_in_two_sizes_with_help_and_downloads(look: Any) -> None:
    run = made_run()
    applicant, told = explained(run)
    for card in (position_card("f", run, told, look), exact_card("f", run, applicant, told, look)):
        drawn = [part.id for part in parts(card) if type(part).__name__ == "Graph"]
        assert drawn == ["f", "f-narrow"]
        assert "`" in said(card)  # the formula
        assert getattr(card, "data-figure") == "f"


def test_a_special_code_stands_without_a_unit_wherever_a_value_is_read() -> None:
    run = made_run(wording=True)
    fields = tuple(replace(one, codes=(("-999", "missing"),)) if one.name == "debt" else one for one in run.background.fields)
    run = replace(run, background=replace(run.background, fields=fields))
    applicant, told = explained(run, {**RISKY, "debt": -999.0})
    part = next(one for one in told.explanation.contributions if one.field == "debt")
    assert part_words(run, part) == "Debt to income: −999 (missing)"
    assert "−999 (missing)" in said(values_card(run, applicant))
    assert "−999 (missing)" in [line[1] for line in account_lines(run, applicant, told)]
