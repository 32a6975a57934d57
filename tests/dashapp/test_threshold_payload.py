"""What the Threshold tab sends holds every count, and is as small for ten million rows as for a thousand."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.tabs.threshold.callbacks import without
from dashapp.tabs.threshold.cards import cards
from dashapp.tabs.threshold.kept import cautions, chosen_on_words, saved
from dashapp.tabs.threshold.payload import AMOUNT_PARTS, money, payload
from dashapp.tabs.threshold.table import finding, strategy_table, under
from dashapp.tabs.threshold.worth import address_of, addressed, given_of, worth_card, worth_words
from dashapp.usecases.cutoffs import Plan, Tables, tables
from dashapp.usecases.origins import Origin
from dashapp.usecases.runs import RunView
from pipeline.cutoffs.amounts import AmountSums
from pipeline.cutoffs.strategy import Targets, Worth, profit_curve, strategy
from pipeline.evaluation_results import ScoreTable
from pipeline.figures.profit import profit_figure
from pipeline.figures.threshold import axis_of
from pipeline.results import Recalibration, RunResult, ScoreScale
from pipeline.spec import TrainSpec
from pipeline.training import train
from tests.dashapp.test_tune_payload import VIEW as BASE
from tests.dashapp.test_tune_payload import unpacked
from tests.pipeline.tables import loans


@pytest.fixture(scope="module")
def view() -> RunView:
    trained = train(loans(400, gaps=False), TrainSpec.parse({"target": "outcome", "bad_label": "bad", "folds": 3}))
    return replace(BASE, spec=trained.spec, cutoff=0.5, result=trained.result)


def large(n: int) -> tuple[ScoreTable, AmountSums]:
    """Scores of n rows spread over 1,001 cut-offs with all their digits, and an amount."""
    random = np.random.default_rng(1)
    cutoffs = np.unique(np.concatenate([np.arange(201) / 200, random.beta(1.5, 8, 800)]))
    cells = random.multinomial(n, np.full(len(cutoffs), 1 / len(cutoffs)))
    bads = random.binomial(cells, cutoffs)
    above = [np.cumsum(part[::-1])[::-1] for part in (bads, cells - bads)]
    table = ScoreTable(tuple(map(float, cutoffs)), *(tuple(map(int, part)) for part in above))
    sums = [tuple(map(float, part * scale)) for scale in (1234.567, 2_345_678.9) for part in above]
    return table, AmountSums(table.cutoffs, *sums, n_rows=n)


def with_table(view: RunView, table: ScoreTable, **more: Any) -> tuple[RunView, Tables]:
    assert isinstance(view.result, RunResult)
    result = replace(view.result, scores_test=table, scores_cross_validated=table, **more)
    seen = replace(view, result=result)
    found = tables(seen)
    assert found is not None
    return seen, found


def sent(view: RunView, found: Tables, sums: AmountSums | None) -> list[Any]:
    """All that the two callbacks of the page answer."""
    worth = Worth(gain=0.04, loss=0.36, amount="loan" if sums else None, currency="$")
    rows = strategy(found.chosen, found.judged, worth, amounts=(sums, sums) if sums else None, given={"Saved": 0.5})
    plan = Plan(worth, Targets(), rows, profit_curve(found.judged, worth, sums), sums)
    body = cards(view, found, worth_card(worth, Targets(), ("loan",) * 40), "light")
    told = {**money(plan, found, {"gain": "0.04"}), "title": finding(view, plan, found), "under": under(view, plan, found)}
    table = strategy_table(view, plan, found)
    return [body, payload(view, found), told, table, profit_figure(plan.curve, "$", "light", n_rows=rows[0].n_rows)]


@pytest.mark.parametrize("n", [1_000, 10_000_000])
@pytest.mark.parametrize("amounts", [False, True])
def test_a_page_is_below_150_kb(view: RunView, n: int, amounts: bool) -> None:
    table, sums = large(n)
    seen, found = with_table(view, table)
    text = json.dumps(sent(seen, found, sums if amounts else None), cls=PlotlyJSONEncoder, separators=(",", ":"))
    assert len(text) < 150_000


def test_counts_at_every_cutoff_come_back(view: RunView) -> None:
    table, _ = large(10_000_000)
    seen, found = with_table(view, table)
    plain = json.loads(json.dumps(payload(seen, found)))
    assert plain["cutoffs"] == pytest.approx(list(table.cutoffs), rel=1e-8)
    for name, counts in (("bad", table.bad_at_or_above), ("good", table.good_at_or_above)):
        between = np.array(unpacked(plain[name]))
        assert tuple(np.cumsum(between[::-1])[::-1]) == counts


def test_amounts_come_back_to_a_hundred_millionth_of_their_total(view: RunView) -> None:
    table, sums = large(50_000)
    _, found = with_table(view, table)
    worth = Worth(amount="loan")
    plan = Plan(worth, Targets(), strategy(table, table, worth, amounts=(sums, sums)), profit_curve(table, worth, sums), sums)
    told = money(plan, found, {})["sums"]
    for name in ("bad", "good", "bad_squares", "good_squares"):
        values = np.array(getattr(sums, name))
        parts = np.cumsum(np.array(unpacked(told[name]["parts"]))[::-1])[::-1]
        assert np.abs(parts / AMOUNT_PARTS * told[name]["total"] - values).max() <= values[0] / AMOUNT_PARTS


def test_the_axis_of_a_portfolio_with_few_bads_ends_near_its_highest_score() -> None:
    cutoffs = tuple(sorted({i / 200 for i in range(201)} | {i * 0.00004 for i in range(800)}))
    counts = tuple(max(0, round(100_000 * (1 - cutoff / 0.032))) for cutoff in cutoffs)
    table = ScoreTable(cutoffs, tuple(n // 100 for n in counts), counts)
    start, end, width = axis_of(table)
    assert start == 0
    assert 0.031 < end <= 0.035
    assert width == pytest.approx(0.001)


def test_a_score_that_is_no_probability_is_told_in_its_own_unit(view: RunView) -> None:
    scale = ScoreScale("bureau", 300, 850, "good", is_probability=False)
    table, _ = large(1_000)
    seen, found = with_table(replace(view, origin=Origin("score", column="bureau")), table, scale=scale)
    plain = payload(seen, found)
    assert plain["scale"] == {"column": "bureau", "at_0": 850, "at_1": 300, "rising": False}
    assert not plain["probability"]
    rows = strategy(table, table, Worth(), is_probability=False)
    plan = Plan(Worth(), Targets(), rows, profit_curve(table, Worth()), None)
    text = json.dumps(strategy_table(seen, plan, found), cls=PlotlyJSONEncoder)
    assert "reak-even" not in text
    low, high = (float(word) for word in finding(seen, plan, found).split()[1:4:2])
    assert low < high  # as the score is read, though the place of a good score is low
    assert "chance" not in worth_words(Worth(), probability=False)


def test_what_a_link_says_of_the_worth_is_read_back() -> None:
    own, own_targets = Worth(), Targets()
    worth, targets = Worth(0.04, 0.45 * 0.8, "loan", "kr", 0.45, 0.8), Targets(0.9, 0.4, 0.7, 0.02)
    link = "?" + urlencode(address_of(worth, targets, own, own_targets)) + "&cutoff=0.25"
    assert addressed(link, own, own_targets) == (worth, targets)
    assert addressed("?" + urlencode(address_of(own, own_targets, worth, targets)), worth, targets) == (own, own_targets)
    assert address_of(own, own_targets, own, own_targets) == {}


@pytest.mark.parametrize("search", [None, 3, "?gain=-1&recall=7", "?gain=x&lgd=2", "?" + "a" * 100_000, "?amount=%00"])
def test_an_address_that_makes_no_sense_says_nothing(search: Any) -> None:
    assert addressed(search, Worth(2, 3), Targets()) == (Worth(2, 3), Targets())


def test_the_fields_hold_shares_in_per_cent_and_the_product_of_two() -> None:
    worth, targets = given_of({"gain": 1, "loss": 5, "lgd": 0.5, "ead": 4, "recall": 80, "precision": None, "bad_rate": "x"})
    assert worth["loss"] is None
    assert Worth.parse(worth).loss == 2
    assert targets == {"recall": 0.8, "precision": None, "bad_rate": "x", "approval_rate": None}


def test_a_run_that_decides_nothing_says_why(view: RunView) -> None:
    assert "nothing to decide yet" in str(without(replace(view, result=None)))
    assert "Three classes have no cut-off" in str(without(view))


def test_few_bads_are_said_before_a_rule_is_trusted(view: RunView) -> None:
    few = ScoreTable((0.0, 0.5, 1.0), (3, 1, 0), (15, 4, 0))
    seen, found = with_table(view, few)
    assert "Only 3 of the 18 cross-validated rows that the rules choose on are bad" in str(cautions(seen, found))
    assert "rules choose on are" not in str(cautions(*with_table(view, large(1_000)[0])))


def test_a_profit_that_nothing_comes_near_is_told_as_one_cutoff(view: RunView) -> None:
    sharp = ScoreTable((0.0, 0.25, 0.5, 1.0), (100, 100, 0, 0), (100, 0, 0, 0))
    seen, found = with_table(view, sharp)
    plan = Plan(Worth(), Targets(), strategy(sharp, sharp, Worth()), profit_curve(sharp, Worth()), None)
    assert finding(seen, plan, found).startswith("The profit is best at 0.25; no cut-off around it")


def test_the_unit_of_money_is_a_share_where_amounts_are_counted() -> None:
    assert "share" in str(worth_card(Worth(amount="loan", currency="$"), Targets(), ("loan",)))
    assert "share'" not in str(worth_card(Worth(currency="$"), Targets(), ("loan",)))


def test_a_run_without_folds_is_said_to_flatter_itself(view: RunView) -> None:
    table, _ = large(1_000)
    assert isinstance(view.result, RunResult)
    alone = replace(view, result=replace(view.result, scores_test=table, scores_cross_validated=None, scores_validation=None))
    found = tables(alone)
    assert found is not None
    assert found.flatters
    assert "chosen on the held-out rows, and flatters itself" in str(
        cards(alone, found, worth_card(Worth(), Targets(), ()), "light")
    )
    seen, both = with_table(view, table)
    assert "flatters itself" not in str(cards(seen, both, worth_card(Worth(), Targets(), ()), "light"))


def said_of_rows(view: RunView, **parts: ScoreTable | Recalibration | None) -> str:
    """The cautions, and what is told beside the rules, of a run that has these parts and no others."""
    assert isinstance(view.result, RunResult)
    none: dict[str, Any] = {"scores_test": None, "scores_validation": None, "scores_cross_validated": None}
    seen = replace(view, result=replace(view.result, **{**none, **parts}))
    found = tables(seen)
    assert found is not None
    return str([*cautions(seen, found), chosen_on_words(seen, found)])


def test_what_flatters_is_said_of_the_rows_that_there_are(view: RunView) -> None:
    table, _ = large(1_000)
    taught = Recalibration("logistic", intercept=0.1, slope=0.9, n_rows=1_000, n_bad=100)
    validation = said_of_rows(view, scores_validation=table)
    assert "This run has no held-out rows, so the rules choose on the validation rows" in validation
    assert "neither" not in validation
    assert "taught its recalibration too" in said_of_rows(view, scores_validation=table, recalibration=taught)
    folds = said_of_rows(view, scores_cross_validated=table)
    assert "The figures are of the training rows, and flatter" in folds
    assert "choose on the cross-validated rows; the figures are of the training rows" in folds
    both = {"scores_validation": table, "scores_test": table}
    assert "which taught the recalibration too; the figures are of the held-out rows" in said_of_rows(
        view, **both, recalibration=taught
    )
    assert "taught" not in said_of_rows(view, **both)
    score = replace(view, origin=Origin("score", column="bureau"))
    assert "Evaluate it with a held-out share" in said_of_rows(score, scores_validation=table)


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (Origin(), "is the cut-off of the training options; nobody"),
        (Origin("recalibrated", run_id="x", run_name="Loans"), "is the cut-off of 'Loans', moved with its probabilities; nobody"),
        (Origin("score", column="bureau"), "is the one that refuses as many rows as went bad; nobody"),
        (Origin("score", column="bureau", asked_cutoff=600.0), "is the one given with the score; nobody"),
    ],
)
def test_where_an_unsaved_cutoff_comes_from(view: RunView, origin: Origin, words: str) -> None:
    found = tables(view)
    assert found is not None
    assert words in str(saved(replace(view, origin=origin), found))
