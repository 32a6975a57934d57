"""The Effects tab: who may look, counted at once or in a job, what the address keeps, and what it sends."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash import dcc
from sqlalchemy import func, select

from dashapp.tabs.effects import callbacks
from dashapp.tabs.effects.address import Asked
from dashapp.tabs.effects.chosen import own_card
from dashapp.tabs.effects.page import PARTS, body, part
from dashapp.tabs.effects.ratios import ratios_card
from dashapp.tabs.effects.twice import twice_card
from dashapp.usecases import effects, jobs, outside_scores, recalibrating, runs, sharing, studies, wordings
from dashapp.usecases.backgrounds import StillCounting
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.job_views import study_page
from db import leases
from db.engine import Database
from db.tables import Run, Study
from pipeline.effect_results import Effects
from pipeline.explaining.wording import FieldWording, Wording
from pipeline.results import RunResult
from tests.dashapp.payload_pages import MOST_BYTES, Reader, opened, trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

GIVEN = {"target": "defaulted", "bad_label": "yes", "folds": 0}


def written(path: Path, n: int = 600, classes: tuple[str, ...] = ("no", "yes")) -> Path:
    draw = np.random.default_rng(1)
    income, age, home = draw.normal(0, 1, n).round(3), draw.integers(18, 80, n), draw.choice(["own", "rent", "free"], n)
    place = income + (home == "rent") + draw.logistic(size=n)
    label = np.array(classes)[np.searchsorted(np.quantile(place, np.arange(1, len(classes)) / len(classes)), place)]
    rows = zip(income, age, home, label, strict=True)
    path.write_text("income,age,home,defaulted\n" + "".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


settings = prepared(lambda desk, folder: trained(desk, upload(desk, written(folder / "loans.csv")), GIVEN))


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


def do_next(db: Database, desk: Desk) -> None:
    with db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("effects",))
        job_id, attempt = job.id, job.attempt
    effects.execute(db, job_id, attempt, desk.settings)


def approve(desk: Desk, run_id: str) -> None:
    """As two people would; the tests of approval go that way."""
    with desk.db.write() as session:
        session.get_one(Run, run_id).stage = "approved"


def test_effects_are_counted_at_once_and_kept(desk: Desk, db: Database, run: str) -> None:
    found = effects.opened(desk, run).effects
    assert [one.name for one in found.fields] == ["income", "age", "home"]
    assert (found.part, found.measure, found.labels) == ("held_out", "auc", ("no", "yes"))
    result = runs.get(desk, run).result
    assert result is not None
    assert (found.n_train, found.n_part) == (result.data.n_train, result.data.n_test)
    assert found.baseline == pytest.approx(result.test.auc if result.test else None, abs=1e-12)
    assert effects.opened(desk, run).effects == found
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Study).where(Study.kind == "effects")) == 1


@pytest.mark.parametrize("limit", ["AT_ONCE_CELLS", "AT_ONCE_COLUMNS"])
def test_a_large_one_is_counted_in_a_job_and_gives_the_same(
    desk: Desk, db: Database, run: str, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    at_once = effects.opened(desk, run).effects
    with db.write() as session:
        session.execute(Study.__table__.delete())
    monkeypatch.setattr(effects, limit, 0)
    with pytest.raises(StillCounting) as waiting:
        effects.opened(desk, run)
    card = studies.get(desk, waiting.value.study_id).card
    assert card.job is not None
    assert card.job.href == study_page("effects", card.id, run) == f"/runs/{run}/effects"
    do_next(db, desk)
    assert effects.opened(desk, run).effects == at_once


def test_who_sees_the_run_sees_its_effects(desk: Desk, desk_of: Callable[[str], Desk], run: str) -> None:
    """Without the data set being shared: it is counted in the owner's name."""
    sharing.share(desk, "run", run, "colleague")
    sharing.share(desk, "run", run, "officer")
    of_colleague = effects.opened(desk_of("colleague"), run).effects
    with pytest.raises(NotFound):
        effects.opened(desk_of("officer"), run)  # a draft
    approve(desk, run)
    assert effects.opened(desk_of("officer"), run).effects == of_colleague == effects.opened(desk, run).effects
    for name in ("stranger", "admin"):
        with pytest.raises(NotFound):
            effects.opened(desk_of(name), run)


def test_a_score_from_elsewhere_has_no_effects(desk: Desk, tmp_path: Path, browser: Callable[..., Any]) -> None:
    draw = np.random.default_rng(2)
    score = draw.random(300).round(3)
    bad = np.where(draw.random(300) < score, "yes", "no")
    path = tmp_path / "scored.csv"
    path.write_text("score,defaulted\n" + "".join(f"{s},{b}\n" for s, b in zip(score, bad, strict=True)), encoding="utf-8")
    dataset_id = upload(desk, path)
    given = {"target": "defaulted", "bad_label": "yes", "column": "score", "higher_is": "bad", "is_probability": "yes"}
    run = outside_scores.start(desk, dataset_id, "A score", given)
    with pytest.raises(Refused, match="no model to take apart"):
        effects.opened(desk, run)
    assert "no model to take apart" in page_of(browser("analyst"), f"/runs/{run}/effects")


def page_of(browser: Any, path: str) -> str:
    """What the page's callback answers with."""
    reader = Reader(browser)
    reader.open(path)
    return str(reader.props["effects-body"]["children"])


def test_three_classes_have_a_page_for_each(desk: Desk, tmp_path: Path, browser: Callable[..., Any]) -> None:
    dataset_id = upload(desk, written(tmp_path / "classes.csv", classes=("a", "b", "c")))
    run = trained(desk, dataset_id, {"target": "defaulted", "folds": 0})
    found = effects.opened(desk, run).effects
    assert (found.measure, found.shown, found.moved) == ("log_loss", ("a", "b", "c"), ("b", "c"))
    shown = page_of(browser("analyst"), f"/runs/{run}/effects?class=c")
    assert "the probability of c" in shown
    assert "multiply the odds of 'c' against 'a', not against all others" in shown
    assert "No coefficients of a" in page_of(browser("analyst"), f"/runs/{run}/effects?class=a")


# The address


@pytest.mark.parametrize("cutoff", [0.0, 1.0])
def test_a_cutoff_that_has_no_odds_is_no_example(desk: Desk, run: str, browser: Callable[..., Any], cutoff: float) -> None:
    view = runs.get(desk, run)
    other = trained(desk, view.dataset_id, {**GIVEN, "cutoff": cutoff})
    assert opened(Reader(browser("analyst")), f"/runs/{other}/effects")
    asked = Asked.parse("", effects.opened(desk, other).effects)
    assert view.result is not None
    assert "At this run's cut-off" in str(twice_card(view, view.result, asked, "light"))
    assert "At this run's cut-off" not in str(twice_card(runs.get(desk, other), view.result, asked, "light"))


def test_the_address_keeps_what_is_chosen(desk: Desk, run: str) -> None:
    found = effects.opened(desk, run).effects
    usual = Asked.parse("", found)
    assert (usual.field, usual.by, usual.per, usual.query()) == (usual.ranked()[0].name, "permutation", "sd", "")
    query = usual.query(field="age", by="share", per="own")
    asked = Asked.parse(query, found)
    assert asked.state() == ["age", "share", 0, "own"]
    assert asked.query() == query
    assert Asked.parse("?field=nothing&by=beauty&class=z&per=mile", found).state() == usual.state()
    assert Asked.parse(None, found).state() == usual.state()


def test_each_measure_sorts_by_itself(desk: Desk, run: str) -> None:
    found = effects.opened(desk, run).effects
    for by in ("permutation", "sd", "share"):
        asked = Asked.parse(f"?by={by}", found)
        values = [asked.importance(one) or 0.0 for one in asked.ranked()]
        assert values == sorted(values, reverse=True)


def test_the_page_says_what_was_counted_on_how_many_rows(desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    assert view.result is not None
    found = effects.opened(desk, run).effects
    text = str(body(view, view.result, Asked.parse("", found), "light"))
    assert f"60 of {view.result.data.n_train} training rows" in text
    assert f"AUC that is lost on {view.result.data.n_test} held-out rows; the mean of 20 shuffles" in text
    assert "1% becomes 1.98%, 10% becomes 18.2%, 50% becomes 66.7%" in text


def test_a_choice_fills_what_it_moves_alone(run: str, browser: Callable[..., Any]) -> None:
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/effects")
    before = {name: reader.props[f"effects-{name}"]["children"] for name in ("list", "chosen", "own", "forest", "odds")}
    reader.sizes.clear()
    reader.change("shell-location", "search", "?field=age&per=own")
    assert [size for output, size in reader.sizes.items() if output.startswith("effects-body")] == []
    after = {name: reader.props[f"effects-{name}"]["children"] for name in before}
    assert after["odds"] == before["odds"]
    assert "per unit of the field" in str(after["forest"])
    assert "As age goes" in str(after["chosen"]) or "Age hardly moves" in str(after["chosen"])
    assert reader.props["effects-shown"]["data"] == ["age", "permutation", 0, "own"]
    assert f"/runs/{run}/effects?field=age&per=own" in str(reader.props["effects-head"]["children"])  # what Copy link copies


def test_fields_go_by_the_words_of_the_run(desk: Desk, run: str) -> None:
    wordings.save(desk, run, {"age": {"label": "years of age", "unit": "years"}})
    view = runs.get(desk, run)
    assert view.result is not None
    asked = Asked.parse("?field=age", effects.opened(desk, run).effects, Wording.from_json(view.wording))
    told = {name: str(part(name, view, view.result, asked, "light")) for name in PARTS}
    assert "Years of age" in told["list"]
    assert re.search(r"As years of age goes from 18 years to \d+ years|Years of age hardly moves", told["chosen"])
    assert "Years of age (years)" in told["chosen"]  # the axis
    for name in ("own", "forest", "odds"):
        assert "Years of age" in told[name], name
        assert "children='age" not in told[name], name


def test_a_field_of_several_columns_has_no_ratio_of_its_own(desk: Desk, tmp_path: Path) -> None:
    made = trained(desk, upload(desk, written(tmp_path / "loans.csv")), {**GIVEN, "degree": 2, "log_columns": ["age"]})
    view = runs.get(desk, made)
    assert view.result is not None
    wording = Wording({"age": FieldWording(label="years (a)")})
    told = str(own_card(view, view.result, Asked.parse("?field=age", effects.opened(desk, made).effects, wording)))
    assert "Years (a) has 2 coefficients that move together" in told
    assert "standard deviation more" not in told
    assert "unit of ln(1 + years (a))" in told


# What it sends


def test_sixty_fields_send_no_more_than_a_page_may(desk: Desk, tmp_path: Path, browser: Callable[..., Any]) -> None:
    """Ten of them with forty levels each."""
    draw = np.random.default_rng(4)
    n = 900
    names = [f"a column with a long name {k:02d}" for k in range(60)]
    columns = [draw.normal(size=n).round(3) for _ in range(60)]
    for k in range(0, 60, 6):
        columns[k] = np.char.add("one of many levels ", draw.integers(0, 40, n).astype(str))
    bad = np.where(draw.random(n) < 1 / (1 + np.exp(-columns[1])), "yes", "no")
    lines = [",".join(map(str, row)) for row in zip(*columns, bad, strict=True)]
    path = tmp_path / "wide.csv"
    path.write_text(",".join([*names, "defaulted"]) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run = trained(desk, upload(desk, path), {**GIVEN, "interactions": [[names[1], names[2]], [names[1], names[4]]]})
    reader = Reader(browser("analyst"))
    for query in ("", f"?field={names[1]}&by=share", f"?field={names[0]}&per=own"):
        assert opened(reader, f"/runs/{run}/effects{query}".replace(" ", "+")) <= MOST_BYTES
    assert isinstance(effects.opened(desk, run).effects, Effects)


# While it is counted


def test_a_page_that_waits_moves_its_bar_alone_and_fills_once_it_is_done(
    desk: Desk, db: Database, run: str, browser: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "AT_ONCE_CELLS", 0)
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/effects")
    assert "are being counted" in str(reader.props["effects-body"]["children"])
    assert reader.props["effects-tick"]["disabled"] is False
    shown = reader.props["effects-shown"]["data"]
    monkeypatch.setattr(callbacks, "desk", lambda: desk)
    with monkeypatch.context() as reading:
        reading.setattr(RunResult, "from_json", lambda stored: pytest.fail("a result was read"))
        assert callbacks.still(shown) is not None
    assert callbacks.still({"study": "another"}) is None
    assert callbacks.still(None) is None
    do_next(db, desk)
    assert callbacks.still(shown) is None
    reader.change("effects-tick", "n_intervals", 1)
    assert "matters most" in str(reader.props["effects-body"]["children"])
    assert reader.props["effects-tick"]["disabled"] is True


def test_what_was_cancelled_is_tried_again_and_the_page_follows(
    desk: Desk, run: str, browser: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "AT_ONCE_CELLS", 0)
    reader = Reader(browser("analyst"))
    reader.open(f"/runs/{run}/effects")
    study = studies.get(desk, reader.props["effects-shown"]["data"]["study"]).card
    assert study.job is not None
    jobs.cancel(desk, study.job.id)
    reader.change("effects-tick", "n_intervals", 1)
    assert "It was cancelled." in str(reader.props["effects-work"]["children"])
    assert f'{{"count-again":"{study.id}"}}' in reader.props
    studies.retry(desk, study.id)  # as its callback does
    reader.change("effects-tick", "n_intervals", 2)
    assert "are being counted" in str(reader.props["effects-work"]["children"])
    assert reader.props["effects-tick"]["disabled"] is False


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
def test_a_recalibrated_run_has_its_own_effects(desk: Desk, tmp_path: Path, browser: Callable[..., Any], method: str) -> None:
    base = trained(desk, upload(desk, written(tmp_path / "loans.csv", 1_200)), {**GIVEN, "validation_share": 0.3})
    moved = recalibrating.start(desk, base, method, "Moved")
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("recalibrate",))
        about = job.id, job.attempt
    recalibrating.execute(desk.db, *about, desk.settings)
    found = effects.opened(desk, moved).effects
    assert (found.calibration is not None) is (method == "isotonic")
    result = runs.get(desk, moved).result
    assert result is not None
    assert result.test is not None
    assert found.baseline == pytest.approx(result.test.auc, abs=1e-9)
    text = page_of(browser("analyst"), f"/runs/{moved}/effects")
    assert "matters most" in text
    # After an isotonic one neither odds nor points go straight with the log-odds.
    assert ("multiply the odds before the isotonic recalibration" in text) is (method == "isotonic")
    assert ("what one standard deviation more adds" in text) is (method == "logistic")


# Odds


def test_what_doubles_the_odds_is_the_coefficients(desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    assert view.result is not None
    asked = Asked.parse("", effects.opened(desk, run).effects)
    told = str(twice_card(view, view.result, asked, "light"))
    (row,) = (row for row in view.result.coefficients if row.field == "income")
    assert row.estimate_standardised is not None
    assert f"+{math.log(2) / row.estimate:.3g}" in told
    assert f"{math.exp(row.estimate_standardised):.2f} × odds" in told
    assert f"−{20 * row.estimate_standardised / math.log(2):.0f}" in told


def test_what_is_furthest_from_one_is_that_of_all_coefficients(desk: Desk, tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    place, pay = draw.integers(0, 60, 3_000), draw.normal(size=3_000).round(3)
    bad = draw.random(3_000) < 1 / (1 + np.exp(1 - 3 * (place == 57) - pay))
    path = tmp_path / "places.csv"
    rows = [f"p{k:02d},{x},{'yes' if is_bad else 'no'}" for k, x, is_bad in zip(place, pay, bad, strict=True)]
    path.write_text("place,pay,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    view = runs.get(desk, trained(desk, upload(desk, path), {**GIVEN, "C": 10}))
    assert view.result is not None
    card = ratios_card(view, view.result, Asked.parse("", effects.opened(desk, view.id).effects), "light")
    assert "Place: p57 is furthest from 1" in str(card)
    figure = next(part.figure for part in card._traverse() if isinstance(part, dcc.Graph))
    assert {"p57 ", "Pay "} <= set(figure.layout.yaxis.ticktext)  # many levels leave room for other fields
    assert "13 of 60 coefficients, the most important fields first, of many levels the 12 furthest from 1" in str(card)
    assert f"/runs/{view.id}/coefficients" in str(card)


@pytest.mark.parametrize("penalty", ["l2", "none"])
def test_intervals_are_drawn_where_they_are_honest(desk: Desk, tmp_path: Path, penalty: str) -> None:
    made = trained(desk, upload(desk, written(tmp_path / "loans.csv")), {**GIVEN, "penalty": penalty})
    view = runs.get(desk, made)
    assert view.result is not None
    card = ratios_card(view, view.result, Asked.parse("", effects.opened(desk, made).effects), "light")
    figure = next(part.figure for part in card._traverse() if isinstance(part, dcc.Graph))
    reach = [max(trace.error_x.array) for trace in figure.data if trace.error_x.array is not None]
    assert bool(reach and max(reach) > 0) is (penalty == "none")
    assert ("95% intervals (Wald)" in str(card)) is (penalty == "none")
    assert ("the L2 penalty pulls the estimates" in str(card)) is (penalty == "l2")
    assert [tuple(trace.x) for trace in figure.data if trace.name == "reference level"] == [(1.0,)]
