"""The page of a comparison: what it says, what it does not say, and how much it sends."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.io
import pytest
from dash.development.base_component import Component

from dashapp.tabs.compare import callbacks, curves, files, metrics, options, ranking, swap, words
from dashapp.tabs.compare.address import address, led_by, run_ids, without
from dashapp.tabs.compare.body import body
from dashapp.tabs.compare.callbacks import _untested
from dashapp.tabs.compare.coefficients import coefficients_card, coefficients_finding, terms_of
from dashapp.tabs.compare.picker import nothing_yet, page_head, picker
from dashapp.tabs.compare.sides import Side, rows, sides_of, value_of
from dashapp.tabs.runs.layout import listing
from dashapp.usecases import pairings, runs, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.origins import Origin
from dashapp.widgets.lists import runs_table
from db import jobs, leases
from db import runs as doors
from pipeline.pairing_results import MetricDifference, Pair, SwapCell
from pipeline.results import RunResult
from pipeline.scores.score_shift import table_shift
from tests.dashapp.comparing import loans_file, sides, trained
from tests.dashapp.large_results import large
from tests.dashapp.uploading import upload

SIX: tuple[dict[str, Any], ...] = (
    {},
    {"features": ["income", "age", "home", "debt"]},
    {"penalty": "l1", "C": 0.05},
    {"weight_of_evidence": "all"},
    {"features": ["debt"]},
    {"seed": 5, "class_weight": "balanced"},
)


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    return upload(desk, loans_file(tmp_path / "loans.csv"))


@pytest.fixture
def six(desk: Desk, loans: str) -> list[str]:
    return [trained(desk, loans, f"Run {at} <b>" + at * " of a long name", **more) for at, more in enumerate(SIX)]


NOBODY = "B approves nobody whom the champion refuses, and refuses 20 whom it approves; 50% of them went bad"


def text(part: Any) -> str:
    """All words of a component."""
    if isinstance(part, list | tuple):
        return " ".join(text(one) for one in part)
    if isinstance(part, Component):
        return " ".join(text(getattr(part, name, None)) for name in ("children", "aria-label", "title"))
    return part if isinstance(part, str) else ""


def side_with(side: Side, pair: Pair | None) -> Side:
    return replace(side, pair=pair)


def the_pair(difference: tuple[float, float, float], **more: Any) -> Pair:
    auc = MetricDifference("auc", 0.7, 0.7 + difference[0], *difference)
    return Pair("x", 100, 30, 100, 100, differences=(auc,), auc_p=0.01, **more)


def test_addresses() -> None:
    assert run_ids("?runs=a,b,,a, c ") == ("a", "b", "c")
    assert run_ids("?runs=a;b,<x>,../y") == ()
    assert run_ids(None) == ()
    assert address(["a", "b"]) == "/compare?runs=a,b"
    assert address([]) == "/compare"
    assert without(["a", "b"], "a") == "/compare?runs=b"
    assert led_by(["a", "b", "c"], "b") == "/compare?runs=b,a,c"


def test_the_title_says_what_the_paired_test_says(desk: Desk, six: list[str]) -> None:
    first, second, third, *_ = sides(desk, six[:3])
    champion = side_with(first, None)
    better, worse, alike = (the_pair(ends) for ends in ((0.04, 0.01, 0.07), (-0.04, -0.07, -0.01), (0.01, -0.01, 0.03)))
    for pairs, title in (
        ((better,), "B ranks better than the champion by 0.040 of AUC, more than chance"),
        ((worse,), "B ranks worse than the champion by more than chance"),
        ((alike,), "B and the champion rank alike: the difference is no more than chance"),
        ((better, better), "B ranks better than the champion by 0.040 of AUC, more than chance; so does one other"),
        ((worse, alike), "B ranks worse than the champion by more than chance; none ranks better"),
        ((alike, alike), "No challenger ranks better or worse than the champion by more than chance"),
        ((None,), "B cannot be tested against A"),
        ((Pair("x", note="Why."), None), "No run can be tested against the champion"),
    ):
        challengers = [side_with(side, pair) for side, pair in zip((second, third), pairs, strict=False)]
        assert ranking.ranking_finding([champion, *challengers]) == title


def test_runs_that_are_being_tested_are_not_said_to_be_untestable(desk: Desk, six: list[str]) -> None:
    untested = sides_of(pairings.picked(desk, six[:2]), None)
    assert "cannot be tested" in text(ranking.ranking_card(untested))
    waits = text(ranking.ranking_card(untested, pending=True))
    assert "The runs are being tested against the champion" in waits
    assert "is being tested" in waits
    assert "not tested" not in waits


def test_why_a_run_is_not_tested(desk: Desk, six: list[str]) -> None:
    side = sides(desk, six[:2])[1]
    assert ranking.why_not(side_with(side, None)) == "not tested row by row"
    assert ranking.why_not(side_with(side, Pair("x", note="It predicts 'late'."))) == "It predicts 'late'."
    assert ranking.why_not(side_with(side, Pair("x", n_rows=12, n_bad=3))) == "too few, 3 bads in 12 shared rows"


def test_the_swap_set_in_words() -> None:
    def cells(taken: tuple[int, int], left: tuple[int, int]) -> Pair:
        alike = SwapCell(True, True, 40, 5), SwapCell(False, False, 9, 9)
        return Pair("x", 100, 20, swap=(*alike, SwapCell(True, False, *left), SwapCell(False, True, *taken)))

    for pair, title in (
        (cells((30, 4), (2, 1)), "B approves 34 whom the champion refuses; 12% of them went bad"),
        (cells((3, 1), (2, 1)), "B approves 4 whom the champion refuses; 1 of them went bad"),
        (
            cells((0, 0), (10, 10)),
            NOBODY,
        ),
        (cells((0, 0), (0, 0)), "B and the champion decide every row alike"),
    ):
        assert swap.swap_finding("B", pair) == title


def test_a_cutoff_chosen_on_the_rows_that_judge_it_is_said_to_flatter(desk: Desk, six: list[str]) -> None:
    first, second = sides(desk, six[:2])
    assert "flatters" not in text(ranking.ranking_card([first, second]))
    chosen = replace(second, view=replace(second.view, cutoff_choice={"rule": "youden", "flatters": True}))
    told = text(ranking.ranking_card([first, chosen]))
    assert "The cut-off of B was chosen on the rows that it is judged on here, which flatters what it decides." in told


def test_swap_cards_fill_whole_rows(desk: Desk, six: list[str]) -> None:
    found = sides(desk, six)
    for n, spans in ((1, [6]), (2, [6, 6]), (3, [4, 4, 4]), (4, [6, 6, 6, 6]), (5, [4, 4, 4, 6, 6])):
        cards = swap.swap_cards(found[: n + 1])
        assert [int(card.className.split("sd-")[-1]) for card in cards] == spans


def test_values_are_those_of_the_run_at_its_saved_cutoff(desk: Desk, six: list[str]) -> None:
    with desk.db.write() as session:
        doors.set_cutoff(session, owner_id=desk.user.id, run_id=six[1], cutoff=0.45, choice=None)
    first, second = sides(desk, six[:2])
    by_name = {row.name: row for row in rows()}
    table = second.result.scores_test
    assert table is not None
    at = table.cutoffs.index(0.45)
    refused = table.bad_at_or_above[at] + table.good_at_or_above[at]
    whole = table.bad_at_or_above[0] + table.good_at_or_above[0]
    approval = value_of(second, by_name["approval_rate"])
    assert approval.value == pytest.approx(1 - refused / whole)
    assert approval.difference is not None
    assert approval.difference.challenger == pytest.approx(approval.value)
    assert approval.difference.champion == value_of(first, by_name["approval_rate"]).value
    assert second.result.scores_train is not None
    assert value_of(second, by_name["psi"]).value == table_shift(second.result.scores_train, table)[0]
    assert value_of(second, by_name["auc"]).low == second.result.test.auc_low  # type: ignore[union-attr]


def test_differences_are_written_without_a_minus_zero() -> None:
    share = next(row for row in rows() if row.name == "recall")
    plain = next(row for row in rows() if row.name == "auc")
    found = MetricDifference("recall", 0.5, 0.5, -0.0001, -0.021, 0.0204)
    assert words.difference(share, found) == ("+0.0 points", "−2.1 to 2.0")
    assert words.difference(plain, found) == ("−0.0001", "−0.0210 to 0.0204")


def test_better_goes_with_the_better_end_of_a_metric() -> None:
    by_name = {row.name: row for row in rows()}
    up = MetricDifference("x", 0.1, 0.2, 0.1, 0.05, 0.15)
    assert words.better(by_name["auc"], up) is True
    assert words.better(by_name["brier_score"], up) is False
    assert words.better(by_name["approval_rate"], up) is None
    assert words.better(by_name["auc"], replace(up, low=-0.01)) is None
    assert words.better(by_name["auc"], None) is None


def test_findings_of_the_curves_hold_only_one_data_set_against_the_other(desk: Desk, six: list[str], tmp_path: Path) -> None:
    other = upload(desk, loans_file(tmp_path / "other.csv", 400, 8))
    apart = trained(desk, other, "Elsewhere")
    same, mixed = sides(desk, six[:2]), sides(desk, [six[0], apart])
    assert "goods" in curves._roc(same, "light")[0].children[0].children[0].children[0].children
    titles = [card.children[0].children[0].children[0].children for card in curves.curve_cards(mixed, "light")[0].children]
    assert titles[0] == "Bads caught for the goods refused"
    assert titles[1] == "Approved, and bad among them"
    picked = pairings.picked(desk, [six[0], apart])
    assert "another data set" in _untested(picked)
    assert mixed[1].pair is None


def test_options_that_differ_are_told_and_the_others_folded(desk: Desk, six: list[str]) -> None:
    found = sides(desk, six[:3])
    shown = text(options.options_card(found))
    assert "They differ in features, penalty and strength of penalty, C" in shown
    assert "4 columns, with debt" in shown
    assert "options the same for all" in shown
    assert text(options.options_card([found[0], found[0]])).startswith("The runs were made with the same options")
    score = Origin("score", column="bureau", higher_is="good")
    scored = replace(found[1], view=replace(found[1].view, origin=score))
    told = text(options.options_card([found[0], scored]))
    assert "score in bureau, higher is good" in told
    assert "They differ in made by and features" in told  # the options of a fit are none of a score's
    assert options.origin_words(Origin("recalibrated", run_name="First", method="isotonic")) == "First recalibrated, isotonic"


def test_a_job_is_followed_and_one_that_failed_is_not_started_by_itself(
    desk: Desk, six: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "desk", lambda: desk)
    monkeypatch.setattr(pairings, "MOST_AT_ONCE", 10)
    picked = pairings.picked(desk, six[:2])
    study, why = callbacks.tests_of(picked, None)
    assert study is not None
    assert why == ""
    assert "The runs are compared row by row" in text(callbacks._work(study))
    shown = callbacks._state(picked, study, "light")
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("pairing",))
        leases.finish(session, job_id=job.id, attempt=job.attempt, state="failed", error="It broke.")
    again, _ = callbacks.tests_of(picked, shown)
    assert again is not None
    assert again.card.id == study.card.id
    assert "It broke." in text(callbacks._work(again))
    loaded, _ = callbacks.tests_of(picked, None)  # the page was loaded again
    assert loaded is not None
    assert loaded.card.id == study.card.id
    assert "Compare them again" in text(callbacks._work(loaded))
    assert callbacks._active(callbacks._seen(picked), loaded) is False
    studies.retry(desk, study.card.id)
    anew, _ = callbacks.tests_of(picked, None)
    assert "The runs are compared row by row" in text(callbacks._work(anew))
    assert callbacks.tests_of(pairings.picked(desk, six[:1]), shown) == (None, "")


def test_a_tick_reads_no_result_while_nothing_has_changed(desk: Desk, six: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "desk", lambda: desk)
    monkeypatch.setattr(pairings, "MOST_AT_ONCE", 10)
    picked = pairings.picked(desk, six[:2])
    study, _ = callbacks.tests_of(picked, None)
    shown = callbacks._state(picked, study, "light")
    shown = json.loads(json.dumps(shown))
    with monkeypatch.context() as reading:
        reading.setattr(RunResult, "from_json", lambda stored: pytest.fail("a result was read"))
        still = callbacks._still(six[:2], shown, "light")
    assert still is not None
    assert still[1] is True
    assert callbacks._still(six[:2], shown, "dark") is None
    assert callbacks._still(six[:3], shown, "light") is None
    for nonsense in (
        None,
        [],
        "x",
        [1, 2, 3, 4, 5],
        [*shown[:2], "unknown", "active", "light"],
        [*shown[:2], {}, "tested", "light"],
    ):
        assert callbacks._still(six[:2], nonsense, "light") is None
    assert study is not None
    assert study.card.job is not None
    with desk.db.write() as session:
        jobs.request_cancel(session, owner_id=desk.user.id, job_id=study.card.job.id)
    assert callbacks._still(six[:2], shown, "light") is None  # the words of a test that goes on have to go
    ended = callbacks._state(picked, studies.get(desk, study.card.id), "light")
    still = callbacks._still(six[:2], ended, "light")
    assert still is not None
    assert still[1] is False
    runs.describe(desk, six[1], name="Another name", note="")
    assert callbacks._still(six[:2], shown, "light") is None


def test_coefficients_stand_side_by_side_by_their_terms(desk: Desk, six: list[str]) -> None:
    found = sides(desk, [six[0], six[1], six[3], six[4]])
    terms = terms_of(found)
    income = terms["yes", "income", None, ""]
    assert [row is not None for row in income] == [True, True, False, False]
    woe = next(term for term in terms if term[1] == "income" and term[3])
    assert [row is not None for row in terms[woe]] == [False, False, True, False]
    assert income[0].estimate_standardised == found[0].result.coefficients[0].estimate_standardised  # type: ignore[union-attr]
    assert "keep their sign" in coefficients_finding(terms)
    [card] = coefficients_card(found, 2)
    assert "Show all" in text(card)
    turned = replace(income[0], estimate=-1, estimate_standardised=-1.0)  # type: ignore[type-var]
    assert "1 of 1 shared term changes sign: income" in coefficients_finding({("y", "income", None, ""): [income[1], turned]})
    assert coefficients_finding({("y", "income", None, ""): [income[1], None]}) == "The models share no term"
    assert coefficients_card(found[:1]) == []


def test_the_files_hold_every_number(desk: Desk, six: list[str]) -> None:
    found = sides(desk, six[:3])
    names = ("metrics", "swap", "coefficients")
    read = {name: list(csv.DictReader(io.StringIO(files.csv_of(name, found) or ""))) for name in names}
    auc = next(line for line in read["metrics"] if line["metric"] == "auc" and line["run_id"] == six[1])
    pair = found[1].pair
    assert pair is not None
    difference = pair.difference("auc")
    assert difference is not None
    assert float(auc["difference"]) == difference.difference
    assert int(auc["n_shared"]) == pair.n_rows
    assert sum(int(line["n_rows"]) for line in read["swap"] if line["challenger"] == found[1].view.name) == pair.n_rows
    assert {line["run_id"] for line in read["coefficients"]} == set(six[:3])
    assert (files.csv_of("options", found) or "").startswith("\ufeffoption,")
    assert files.csv_of("anything else", found) is None
    named = replace(found[1], view=replace(found[1].view, name="=1+1"))
    assert "'=1+1" in (files.csv_of("swap", [found[0], named]) or "")


def test_what_of_a_link_is_not_shown_is_told(desk: Desk, loans: str, six: list[str]) -> None:
    waiting = runs.start(desk, loans, "Waiting", {"target": "bad", "bad_label": "yes"})
    picked = pairings.picked(desk, [six[0], waiting, "absent"])
    shown = text(picker(picked, runs.visible(desk)))
    assert "One run of this link is not there" in shown
    assert "Waiting is still at work" in shown
    assert "champion" in shown
    assert "What shall Run 0 <b> be compared with?" in text(nothing_yet(picked, runs.visible(desk)))
    nobody = pairings.picked(desk, [])
    assert "Pick a run to start with" in text(nothing_yet(nobody, runs.visible(desk)))
    assert "Nothing to compare yet" in text(nothing_yet(nobody, []))
    assert "Runs side by side" in text(page_head(nobody))


def test_three_classes_stand_beside_without_decisions(desk: Desk, loans: str, six: list[str]) -> None:
    many = trained(desk, loans, "Homes", target="home", bad_label=None, features=["income", "age", "debt"])
    found = sides(desk, [six[0], six[1], many])
    assert found[2].pair is None
    assert "has three classes or more" in _untested(pairings.picked(desk, [six[0], many]))
    assert "The champion has three classes" in _untested(pairings.picked(desk, [many, six[0]]))
    shown = text(body(found, "Why not.", "light"))
    assert "Why not." in shown
    assert "Homes" in shown
    assert body(sides_of(pairings.picked(desk, [many, six[0]]), None), "", "dark")


def test_metrics_are_counted_in_the_title(desk: Desk, six: list[str]) -> None:
    found = sides(desk, [six[0], six[4]])
    shown = text(metrics.metrics_card(found))
    assert "metrics that were tested, B" in shown
    assert "ROC AUC" in shown
    assert "Shift of the score" in shown
    alone = [side_with(side, None) for side in found]
    assert "Metrics side by side" in text(metrics.metrics_card(alone))


def test_six_runs_of_any_size_send_less_than_150_kb(desk: Desk, six: list[str]) -> None:
    found = [replace(side, result=large(side.result)) for side in sides(desk, six)]
    picked = pairings.picked(desk, six)
    for side in found:
        assert RunResult.from_json(side.result.to_json()) == side.result
    again = sides_of(replace(picked, views=tuple(replace(side.view, result=side.result) for side in found)), None)
    full = [replace(side, pair=one.pair) for side, one in zip(again, found, strict=True)]
    parts = [page_head(picked), picker(picked, runs.visible(desk)), body(full, "", "light")]
    n_bytes = len(json.dumps(json.loads(plotly.io.json.to_json_plotly(parts)), separators=(",", ":")))
    assert n_bytes < 145_000  # and some words of the answer around it


def test_the_list_of_runs_offers_boxes_for_what_can_be_compared(desk: Desk, loans: str, six: list[str]) -> None:
    runs.start(desk, loans, "Waiting", {"target": "bad", "bad_label": "yes"})
    cards = runs.visible(desk)
    boxes = json.loads(plotly.io.json.to_json_plotly(runs_table(cards, label="Runs", picked=[six[0]])))
    found = {}

    def look(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                look(one)
        elif isinstance(part, dict) and "props" in part:
            name = part["props"].get("id")
            if isinstance(name, dict) and "pick-run" in name:
                found[name["pick-run"]] = (part["props"]["value"], part["props"]["disabled"])
            look(part["props"].get("children"))

    look(boxes)
    assert found[six[0]] == (True, False)
    assert found[six[1]] == (False, False)
    assert sum(disabled for _, disabled in found.values()) == 1
    assert "pick-run" not in plotly.io.json.to_json_plotly(runs_table(cards, label="Runs"))
    many = [replace(cards[0], id=str(at)) for at in range(50)]
    assert "The newest 40 of 50 runs" in text(listing(many, ""))
    assert len(plotly.io.json.to_json_plotly(listing(many, ""))) < 150_000
    named = replace(cards[-1], origin=Origin("score", column="bureau", higher_is="good"))
    assert "a score" in text(runs_table([named], label="Runs"))
    assert "recalibrated" in text(runs_table([replace(named, origin=Origin("recalibrated"))], label="Runs"))
