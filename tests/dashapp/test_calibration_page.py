"""The Calibration tab: its numbers are those of the result, its address keeps part and scaling, its tables can be taken away."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete

from dashapp.tabs.calibration.page import without_calibration
from dashapp.tabs.calibration.reliability import judged_cards
from dashapp.usecases import calibration_files, outside_scores, points, recalibrating, runs, sharing
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.points import PointsAsked
from db.tables import ScoreChunk
from pipeline.cutoffs.points import Scaling
from tests.dashapp.recalibrations import loans, trained, work_off
from tests.dashapp.run_views import trained_view
from tests.dashapp.test_coefficients import links, words
from tests.dashapp.test_payloads import Reader
from tests.dashapp.uploading import upload


@pytest.fixture
def dataset(desk: Desk, tmp_path: Path) -> str:
    return loans(desk, tmp_path)


@pytest.fixture
def run(desk: Desk, dataset: str) -> str:
    return trained(desk, dataset, folds=3)


@pytest.fixture
def reader(browser: Callable[..., Any]) -> Reader:
    return Reader(browser("analyst"))


def shown(reader: Reader, component: str = "calibration-body") -> str:
    return str(reader.props[component]["children"])


def test_the_page_shows_the_held_out_rows_first(reader: Reader, desk: Desk, run: str) -> None:
    reader.open(f"/runs/{run}/calibration")
    text, result = shown(reader), runs.get(desk, run).result
    assert result is not None
    held = result.evaluation("held_out")
    assert held is not None
    assert held.calibration is not None
    assert held.calibration.slope is not None
    assert held.hosmer_lemeshow is not None
    assert held.brier is not None
    assert reader.props["calibration-part"]["value"] == "held_out"
    for told in (
        f"{held.calibration.expected_bad:,.0f} bads were expected and {held.calibration.n_bad} came",
        f"{held.calibration.slope:.2f}",
        f"χ² {held.hosmer_lemeshow.statistic:.1f}, {held.hosmer_lemeshow.df} df",
        f"{held.brier.reliability:.4f}",
        f"{held.brier.uncertainty:.4f}",
        "487.12288 + 28.85390 · ln(",
        "620 points at 100 : 1",
    ):
        assert told in text, told
    assert sum(reader.sizes.values()) < 150_000


def test_the_part_is_chosen_and_the_address_keeps_it(reader: Reader, run: str) -> None:
    reader.open(f"/runs/{run}/calibration")
    for part, told in (
        ("training", "fitted to the training rows"),
        ("cross_validated", "scored by other models"),
        ("validation", ""),
    ):
        reader.change("calibration-part", "value", part)
        assert reader.props["shell-location"]["search"].startswith(f"?part={part}&")
        assert told in shown(reader, "calibration-judged")
        assert f"{part.replace('_', '-')} rows" in shown(reader, "calibration-bands")
    reader.open(f"/runs/{run}/calibration?part=training")
    assert "fitted to the training rows" in shown(reader)
    reader.open(f"/runs/{run}/calibration?part=nothing&pdo=none&width=-3&score=500")
    assert reader.props["calibration-part"]["value"] == "held_out"
    assert reader.props["calibration-score"]["value"] == "500"
    assert reader.wrong == []


def test_the_scaling_is_typed_and_the_address_keeps_it(reader: Reader, desk: Desk, run: str) -> None:
    reader.open(f"/runs/{run}/calibration")
    reader.change("calibration-pdo", "value", "40")
    reader.change("calibration-width", "value", "25")
    assert reader.props["shell-location"]["search"] == "?part=held_out&score=600&odds=50&pdo=40&width=25"
    assert "57.7078" in shown(reader, "calibration-points")
    found = points.bands(desk, run, PointsAsked("held_out", Scaling(pdo=40), 25))
    text = shown(reader, "calibration-bands")
    assert "in bands of 25 points" in text
    for band in found.bands:
        assert band.name in text
    before = reader.props["shell-location"]["search"]
    for field, value in (("odds", "0"), ("pdo", "many"), ("width", "0.5"), ("width", "1")):
        reader.change(f"calibration-{field}", "value", value)
        assert "give" in reader.props[f"calibration-{field}-problem"]["children"], (field, value)
        assert reader.props["shell-location"]["search"] == before
        reader.change(f"calibration-{field}", "value", {"odds": "50", "pdo": "40", "width": "25"}[field])
        assert reader.props[f"calibration-{field}-problem"]["children"] == ""
    reader.open(f"/runs/{run}/calibration{before}")
    assert [reader.props[f"calibration-{field}"]["value"] for field in ("score", "odds", "pdo", "width")] == [
        "600",
        "50",
        "40",
        "25",
    ]


def test_the_cut_off_is_told_in_points(reader: Reader, desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    reader.open(f"/runs/{run}/calibration")
    assert f"{Scaling().points(view.cutoff):.1f} points" in shown(reader)
    assert view.result is not None
    assert view.result.confusion_test is not None
    approved = view.result.confusion_test.tn + view.result.confusion_test.fn
    assert f"{view.result.confusion_test.fn / approved * 100:.1f}% of them go bad" in shown(reader)


def test_recalibrating_leads_to_the_new_run_and_back(reader: Reader, desk: Desk, run: str) -> None:
    reader.open(f"/runs/{run}/calibration")
    assert reader.props["calibration-name"]["value"] == "First, recalibrated"
    reader.props["calibration-name"]["value"] = " "
    reader.change("calibration-recalibrate", "n_clicks", 1)
    assert "at least one character" in str(reader.props["calibration-recalibrate-problem"]["children"])
    reader.props["calibration-name"]["value"] = "Moved"
    reader.props["calibration-method"]["value"] = "isotonic"
    reader.change("calibration-recalibrate", "n_clicks", 2)
    made = reader.props["shell-location"]["href"].removeprefix("/runs/")
    work_off(desk)
    assert runs.get(desk, made).origin.method == "isotonic"
    reader.open(f"/runs/{made}/calibration")
    text = shown(reader)
    for told in (
        "a step alike",
        "The calibration slope went from",
        "levels that only rise",
        "recalibrated already",
        f"/runs/{run}/calibration",
    ):
        assert told in text, told
    reader.change("calibration-part", "value", "validation")
    assert "The validation rows taught the recalibration" in shown(reader, "calibration-judged")
    reader.open(f"/runs/{run}/calibration")
    assert f"/runs/{made}/calibration" in shown(reader)
    runs.delete(desk, run)
    reader.open(f"/runs/{made}/calibration")
    assert "That run was deleted" in shown(reader)
    assert reader.wrong == []


def test_without_validation_rows_there_is_a_way_to_get_some(reader: Reader, desk: Desk, dataset: str) -> None:
    other = trained(desk, dataset, validation_share=0)
    reader.open(f"/runs/{other}/calibration")
    assert "no validation rows" in shown(reader)
    assert f"/runs/new/{dataset}?like={other}&validation_share=0.2" in shown(reader)


def elsewhere(desk: Desk, folder: Path) -> str:
    """A data set with a bureau score: 700 points less 20 for each unit of log-odds."""
    rng = np.random.default_rng(2)
    eta = rng.normal(-1, 1.5, 2_000)
    bad = rng.random(2_000) < 1 / (1 + np.exp(-eta))
    lines = [f"{700 - 20 * at:.0f},{'yes' if is_bad else 'no'}\n" for at, is_bad in zip(eta, bad, strict=True)]
    path = folder / "bureau.csv"
    path.write_text("bureau,bad\n" + "".join(lines), "utf-8")
    given = {
        "target": "bad",
        "bad_label": "yes",
        "test_share": 0.4,
        "column": "bureau",
        "higher_is": "good",
        "is_probability": "no",
    }
    made = outside_scores.start(desk, upload(desk, path), "Bureau", given)
    work_off(desk)
    assert runs.get(desk, made).state == "succeeded", runs.get(desk, made).error
    return made


def test_a_score_that_is_no_probability_becomes_one(reader: Reader, desk: Desk, tmp_path: Path) -> None:
    run = elsewhere(desk, tmp_path)
    reader.open(f"/runs/{run}/calibration")
    assert "The score is no probability" in shown(reader)
    assert "ranks applicants, but its numbers are no chances" in shown(reader)
    with pytest.raises(Refused, match="no probability"):
        points.bands(desk, run, points.asked(runs.get(desk, run), {}))
    reader.change("calibration-recalibrate", "n_clicks", 1)
    made = reader.props["shell-location"]["href"].removeprefix("/runs/")
    work_off(desk)
    view = runs.get(desk, made)
    assert view.state == "succeeded", view.error
    assert (view.origin.column, view.origin.kind, view.model_sha256) == ("bureau", "recalibrated", None)
    assert view.result is not None
    assert view.result.scale is None
    assert view.result.calibration is not None
    assert view.result.calibration.slope == pytest.approx(1, abs=0.2)
    reader.open(f"/runs/{made}/calibration")
    assert "the place of its score" in shown(reader)
    assert "Hosmer" in shown(reader)
    assert reader.wrong == []


def test_tables_can_be_taken_away_with_all_digits(browser: Callable[..., Any], desk: Desk, run: str) -> None:
    client = browser("analyst").client
    result = runs.get(desk, run).result
    assert result is not None
    told = result.calibration_of("validation")
    assert told is not None
    answer = client.get(f"/api/runs/{run}/calibration.csv?part=validation")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [float(row["mean_probability"]) for row in rows] == [band.mean_probability for band in told.bands]
    assert answer.text.startswith("\ufeff")
    assert sum(int(row["bads"]) for row in rows) == told.n_bad
    answer = client.get(f"/api/runs/{run}/score_bands.csv?part=held_out&pdo=40&width=25")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    found = points.bands(desk, run, PointsAsked("held_out", Scaling(pdo=40), 25))
    assert [int(row["rows"]) for row in rows] == [band.n_rows for band in found.bands]
    assert [row["bad_rate"] for row in rows] == ["" if band.bad_rate is None else repr(band.bad_rate) for band in found.bands]
    assert client.get(f"/api/runs/{run}/score_bands.csv?pdo=none").status_code == 422
    assert client.get(f"/api/runs/{run}/calibration.csv?part=nothing").status_code == 404


def test_the_cast(desk: Desk, desk_of: Callable[[str], Desk], browser: Callable[..., Any], run: str) -> None:
    asked = points.asked(runs.get(desk, run), {})
    for name in ("colleague", "stranger", "officer", "admin"):
        other = desk_of(name)
        for use in (
            lambda who: points.bands(who, run, asked),
            lambda who: calibration_files.score_bands(who, run, {}),
            lambda who: calibration_files.bands_of_probability(who, run, "held_out"),
        ):
            with pytest.raises(NotFound):
                use(other)
    sharing.share(desk, "run", run, "colleague")
    assert points.bands(desk_of("colleague"), run, asked) == points.bands(desk, run, asked)
    colleague = Reader(browser("colleague"))
    colleague.open(f"/runs/{run}/calibration")
    assert "You see this run without its data set" in shown(colleague)
    stranger = Reader(browser("stranger"))
    stranger.open(f"/runs/{run}/calibration")
    assert "There is no such run" in shown(stranger)


def test_what_an_address_may_say() -> None:
    view, _ = trained_view()
    assert points.parts(view) == ("held_out", "training")
    assert points.asked(view, {}) == PointsAsked("held_out", Scaling(), None)
    asked = points.asked(view, {"part": "training", "score": "500", "odds": "", "width": "10"})
    assert asked == PointsAsked("training", Scaling(500, 50, 20), 10)
    assert points.asked(view, asked.query()) == asked
    with pytest.raises(InvalidSpec) as said:
        points.asked(view, {"part": "validation", "odds": "-1", "width": "1e400", "pdo": ["20"]})
    assert set(said.value.problems) == {"part", "odds", "width", "pdo"}


def test_runs_from_before_each_part_had_its_own_calibration() -> None:
    view, result = trained_view()
    older = replace(result, evaluations=())
    text = words(judged_cards(replace(view, result=older), older, None, "held_out", "light"))
    assert "bads were expected" in text
    assert "not worked out for these rows" in text
    text = words(judged_cards(replace(view, result=older), older, None, "training", "light"))
    assert "made before calibration was worked out for training rows" in text


def test_states_without_anything_to_calibrate() -> None:
    view, _ = trained_view(3)
    assert "three classes or more" in words(without_calibration(view, []))
    waiting = without_calibration(replace(view, result=None), [])
    assert "No result yet" in words(waiting)
    assert links(waiting) == ["/runs/r"]


def test_a_run_without_held_out_rows_says_that_it_flatters(desk: Desk, dataset: str) -> None:
    made = trained(desk, dataset, test_share=0, validation_share=0)
    view = runs.get(desk, made)
    assert view.result is not None
    text = words(judged_cards(view, view.result, None, "training", "light"))
    assert "Nothing else was held out" in text
    assert recalibrating.made_of(desk, view) == []


def test_a_run_from_before_scores_were_kept_has_no_bands_for_who_sees_no_rows(
    desk: Desk, browser: Callable[..., Any], reader: Reader, run: str
) -> None:
    with desk.db.write() as session:
        session.execute(delete(ScoreChunk).where(ScoreChunk.run_id == run))
    sharing.share(desk, "run", run, "colleague")
    colleague = Reader(browser("colleague"))
    colleague.open(f"/runs/{run}/calibration")
    assert "There are no score bands" in shown(colleague)
    assert "bads were expected" in shown(colleague)
    colleague.change("calibration-pdo", "value", "40")
    assert "57.7078" in shown(colleague, "calibration-points")
    assert colleague.wrong == []
    reader.open(f"/runs/{run}/calibration")  # worked out again from the rows
    assert "Approved down to here" in shown(reader)
    reader.change("calibration-part", "value", "cross_validated")  # those of the folds are not worked out again
    assert "0 cross-validated rows in bands of" in shown(reader, "calibration-bands")
    assert reader.wrong == []
