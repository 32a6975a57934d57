"""A score that a data set holds as a run of its own: who may start it, what is refused, what is stored, what the pages say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash import Dash
from sklearn.metrics import roc_auc_score

from dashapp.tabs.evaluate.coefficients import coefficients
from dashapp.tabs.evaluate.overview import overview
from dashapp.tabs.evaluate.run_page import without_result
from dashapp.tabs.scores.callbacks import given as held
from dashapp.tabs.scores.layout import OPTIONS, OWN, form_body, hint, summary
from dashapp.tabs.segments.words import words_of
from dashapp.tabs.tune.results import without_run
from dashapp.usecases import (
    datasets,
    jobs,
    outside_scores,
    profiles,
    run_scores,
    runs,
    score_forms,
    segment_columns,
    segments,
    sharing,
    training,
    tuning,
)
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.heads import run_head
from db import leases, scores
from db import runs as stored_runs
from tests.dashapp.test_coefficients import words as text_of
from tests.dashapp.uploading import upload

N = 400
ANSWERS = {"column": "bureau", "higher_is": "good", "is_probability": "no"}
GIVEN = {"target": "defaulted", "bad_label": "yes", "test_share": 0.3, "seed": 11, **ANSWERS}
OTHERS = ("colleague", "stranger", "officer", "admin")


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    """A data set with a bureau score (higher is better), a vendor's probability, a row number and a text."""
    draw = np.random.default_rng(3)
    bad = draw.random(N) < 0.3
    bureau = np.round(600 - 60 * bad + draw.normal(0, 60, N))
    chance = np.clip(0.3 + 0.15 * bad + draw.normal(0, 0.1, N), 0, 1).round(4)
    rows = [f"{k + 1},{'own' if k % 3 else 'rent'},{bureau[k]:.0f},{chance[k]},{'yes' if bad[k] else 'no'}" for k in range(N)]
    path = tmp_path / "loans.csv"
    path.write_text("row,home,bureau,vendor_pd,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return upload(desk, path)


def work(desk: Desk, kind: str = "judge_score") -> None:
    """Does the oldest waiting job of a kind."""
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=600, limit=1, kinds=(kind,))
        about = job.id, job.attempt
    (outside_scores if kind == "judge_score" else training).execute(desk.db, *about, desk.settings)


def judged(desk: Desk, loans: str, **given: object) -> runs.RunView:
    run_id = outside_scores.start(desk, loans, "", {**GIVEN, **given})
    work(desk)
    return runs.get(desk, run_id)


# What is stored


def test_a_score_becomes_a_run_without_a_model(desk: Desk, loans: str) -> None:
    view = judged(desk, loans)
    assert (view.state, view.name, view.model_sha256) == ("succeeded", "bureau as it is", None)
    assert (view.origin.kind, view.origin.column, view.origin.higher_is, view.origin.is_probability) == (
        "score", "bureau", "good", False,
    )  # fmt: skip
    assert view.result is not None
    assert view.result.fit is None
    assert view.result.train is None
    assert view.cutoff == view.spec.cutoff
    [card] = runs.visible(desk)
    assert card.origin == view.origin
    assert card.origin.scale == view.result.scale
    assert view.result.test is not None
    assert card.auc == view.result.test.auc


def test_every_row_has_its_place_and_scikit_learn_agrees(desk: Desk, loans: str) -> None:
    view = judged(desk, loans)
    with desk.db.read() as session:
        found = run_scores.scores_of(session, desk.user.id, stored_runs.get(session, desk.user.id, view.id, with_result=True))
    held_out = found.rows("held_out")
    is_bad, places = found.of("held_out")
    assert view.result is not None
    assert view.result.test is not None
    assert view.result.test.auc == pytest.approx(roc_auc_score(is_bad, places))
    assert len(held_out) == view.result.data.n_test
    assert (places >= 0).all()
    assert (places <= 1).all()


def test_it_holds_out_the_rows_of_a_trained_run(desk: Desk, loans: str) -> None:
    trained = runs.start(desk, loans, "Trained", {"target": "defaulted", "bad_label": "yes", "features": ["home"], "seed": 5})
    work(desk, "train")
    start = score_forms.start_values(desk, datasets.get(desk, loans))
    assert start.like == "Trained"
    view = judged(desk, loans, **{name: start.values[name] for name in outside_scores.SPEC_OPTIONS})
    assert view.spec.seed == 5
    with desk.db.read() as session:
        first, second = (
            run_scores.scores_of(session, desk.user.id, stored_runs.get(session, desk.user.id, run_id, with_result=True))
            for run_id in (trained, view.id)
        )
    assert first.rows("held_out").tolist() == second.rows("held_out").tolist()


def test_the_outcome_of_the_form_becomes_that_of_the_data_set(desk: Desk, loans: str) -> None:
    datasets.set_outcome(desk, loans, None, None)
    judged(desk, loans)
    view = datasets.get(desk, loans)
    assert (view.target, view.bad_label) == ("defaulted", "yes")


def test_a_job_that_fails_leaves_nothing_of_the_run(desk: Desk, loans: str) -> None:
    """The form knows the ends of a column, the rows hold more: here a code that only the rows tell apart."""
    run_id = outside_scores.start(desk, loans, "", {**GIVEN, "column": "vendor_pd", "is_probability": "yes", "higher_is": "bad"})
    with desk.db.write() as session:
        run = stored_runs.owned(session, desk.user.id, run_id)
        run.origin = {**(run.origin or {}), "asked_cutoff": 7.0}
    work(desk)
    view = runs.get(desk, run_id)
    assert (view.state, view.result) == ("failed", None)
    assert view.error is not None
    assert "7 is beyond the scores" in view.error
    with desk.db.read() as session:
        assert not scores.exist(session, run_id=run_id, dataset_id=loans)


def test_a_cancelled_evaluation_can_be_repeated(desk: Desk, loans: str) -> None:
    run_id = outside_scores.start(desk, loans, "Mine", GIVEN)
    [job] = jobs.active(desk)
    assert (job.title, job.subtitle) == ("Mine", "Score evaluated, Loans")
    jobs.cancel(desk, job.id)
    assert "The evaluation was cancelled" in text_of(without_result(runs.get(desk, run_id)))
    jobs.retry(desk, run_id)
    work(desk)
    assert runs.get(desk, run_id).state == "succeeded"


def test_special_codes_of_the_data_set_are_no_scores(desk: Desk, tmp_path: Path) -> None:
    """-9 lies far outside a probability; as a code it is a gap, and the form does not take the column's ends for the score's."""
    path = tmp_path / "coded.csv"
    rows = [f"{-9 if k % 10 == 0 else (k % 7) / 10},{'yes' if k % 3 == 0 else 'no'}" for k in range(300)]
    path.write_text("chance,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    coded = upload(desk, path, name="Coded")
    given = {**GIVEN, "column": "chance", "higher_is": "bad", "is_probability": "yes"}
    with pytest.raises(InvalidSpec, match=r"goes from -9 to 0\.6"):
        outside_scores.check(desk, coded, given)
    datasets.set_codes(desk, coded, "chance", {"-9": "level"})
    view = judged(desk, coded, **{name: given[name] for name in ("column", "higher_is", "is_probability")})
    assert view.state == "succeeded", view.error
    assert view.result is not None
    assert view.result.data.n_rows == 270
    assert any("30 rows hold a special code (-9)" in sentence for sentence in view.result.warnings)


def test_of_three_labels_one_has_to_be_bad(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "three.csv"
    rows = [f"{k % 50},{('paid', 'late', 'lost')[k % 3]}" for k in range(150)]
    path.write_text("points,status\n" + "\n".join(rows) + "\n", encoding="utf-8")
    three = upload(desk, path, name="Three")
    given = {**GIVEN, "column": "points", "target": "status"}
    with pytest.raises(InvalidSpec) as caught:
        outside_scores.check(desk, three, {**given, "bad_label": None})
    assert "say which one counts as bad" in caught.value.problems["bad_label"]
    view = judged(desk, three, column="points", target="status", bad_label="lost")
    assert view.result is not None
    assert view.result.data.labels == ("not lost", "lost")


# Who may


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_evaluates_what_is_not_shown_to_them(desk_of: Callable[[str], Desk], desk: Desk, loans: str, name: str) -> None:
    other = desk_of(name)
    with pytest.raises(NotFound):
        outside_scores.start(other, loans, "", GIVEN)
    with pytest.raises(NotFound):
        score_forms.hint(other, loans, column="bureau", target="defaulted", bad_label="yes")
    assert runs.visible(other) == []


def test_a_colleague_with_the_data_evaluates_for_themselves(desk_of: Callable[[str], Desk], desk: Desk, loans: str) -> None:
    sharing.share(desk, "dataset", loans, "colleague")
    colleague = desk_of("colleague")
    view = judged(colleague, loans)
    assert view.mine
    with pytest.raises(NotFound):
        runs.get(desk, view.id)


def test_the_rows_of_a_run_that_is_not_shown_are_not_taken(desk_of: Callable[[str], Desk], desk: Desk, loans: str) -> None:
    mine = judged(desk, loans, seed=77)
    sharing.share(desk, "dataset", loans, "colleague")
    start = score_forms.start_values(desk_of("colleague"), datasets.get(desk_of("colleague"), loans), like=mine.id)
    assert start.like is None
    assert start.values["seed"] == 11
    assert "higher_is" not in start.values


# What is refused


@pytest.mark.parametrize(
    ("given", "option", "sentence"),
    [
        ({"column": None}, "column", "Choose the column"),
        ({"column": "absent"}, "column", "There is no column 'absent'"),
        ({"column": "home"}, "column", "holds no numbers"),
        ({"column": ["bureau"]}, "column", "There is no column a list"),
        ({"column": "defaulted"}, "column", "holds no numbers"),
        ({"higher_is": None}, "higher_is", "not guessed"),
        ({"higher_is": "better"}, "higher_is", "not guessed"),
        ({"is_probability": None}, "is_probability", "Say whether"),
        ({"is_probability": True}, "is_probability", "Say whether"),
        ({"is_probability": "yes"}, "is_probability", "a probability lies between 0 and 1; answer no"),
        ({"cutoff": "many"}, "cutoff", "'many' is not a number"),
        ({"cutoff": float("nan")}, "cutoff", "is not a number"),
        ({"cutoff": [600]}, "cutoff", "is not a number"),
        ({"cutoff": 10**400}, "cutoff", "is not a number"),
        ({"cutoff": 5_000}, "cutoff", "5000 is beyond the scores"),
        ({"column": "vendor_pd", "is_probability": "yes", "cutoff": 2}, "cutoff", "from 0 to 1"),
        ({"target": "absent"}, "target", "There is no column 'absent'"),
        ({"target": None}, "target", "choose one"),
        ({"bad_label": "maybe"}, "bad_label", "has no label 'maybe'"),
        ({"target": "home", "bad_label": "barn"}, "bad_label", "has no label 'barn'"),
        ({"test_share": 2}, "test_share", "out of range"),
        ({"test_share": None}, "test_share", "give a number"),
        ({"seed": -1}, "seed", "out of range"),
        ({"split": "sideways"}, "split", "not known"),
        ({"split": "date", "split_column": "home"}, "split_column", "neither dates nor numbers"),
        ({"target": "bureau", "bad_label": "600", "column": "bureau"}, "column", "is the outcome itself"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_stored(
    desk: Desk, loans: str, given: dict[str, object], option: str, sentence: str
) -> None:
    with pytest.raises(InvalidSpec) as caught:
        outside_scores.start(desk, loans, "A score", {**GIVEN, **given})
    assert sentence in caught.value.problems[option]
    assert runs.visible(desk) == []
    assert jobs.active(desk) == []


def test_several_faults_are_told_at_once(desk: Desk, loans: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        outside_scores.check(desk, loans, {"target": "defaulted", "test_share": 2})
    assert set(caught.value.problems) == {"column", "higher_is", "is_probability", "test_share"}


def test_a_name_may_be_left_to_the_column_but_not_be_endless(desk: Desk, loans: str) -> None:
    with pytest.raises(Refused, match="300 characters"):
        outside_scores.start(desk, loans, "x" * 300, GIVEN)
    assert runs.get(desk, outside_scores.start(desk, loans, "  ", GIVEN)).name == "bureau as it is"


# The pages


def test_likely_scores_come_first_and_the_only_one_is_chosen(desk: Desk, loans: str) -> None:
    view = datasets.get(desk, loans)
    assert [column.name for column in score_forms.likely_scores(view, "defaulted")] == ["vendor_pd", "bureau", "row"]
    start = score_forms.start_values(desk, view)
    assert start.values["column"] == "vendor_pd"
    assert "higher_is" not in start.values
    assert score_forms.start_values(desk, view, column="bureau").values["column"] == "bureau"


def test_again_with_changes_opens_with_the_answers_given(desk: Desk, loans: str) -> None:
    before = judged(desk, loans, cutoff=560, seed=9)
    start = score_forms.start_values(desk, datasets.get(desk, loans), like=before.id)
    assert {name: start.values[name] for name in OWN} == {**ANSWERS, "cutoff": 560}
    assert start.values["seed"] == 9


def test_the_hint_is_that_of_the_profile_and_of_this_outcome(desk: Desk, loans: str) -> None:
    datasets.set_outcome(desk, loans, "defaulted", "yes")
    profiles.get(desk, loans)
    found = score_forms.hint(desk, loans, column="bureau", target="defaulted", bad_label="yes")
    assert found is not None
    assert found.median_bad < found.median_good
    assert "in bad rows" in text_of(hint(found))
    for other in ({"bad_label": "no"}, {"column": "home"}, {"column": ["bureau"]}, {"target": None}):
        asked = {"column": "bureau", "target": "defaulted", "bad_label": "yes", **other}
        assert score_forms.hint(desk, loans, **asked) is None


def test_the_form_tells_what_pressing_would_do(desk: Desk, loans: str) -> None:
    view = datasets.get(desk, loans)
    planned = score_forms.plan(view, outside_scores.checked(GIVEN, view.columns))
    assert (planned.n_validation, planned.n_test, planned.n_without, planned.exact) == (279, 121, 0, True)
    assert "Nothing is held out" not in text_of(summary(planned))
    none_held = score_forms.plan(view, outside_scores.checked({**GIVEN, "test_share": 0}, view.columns))
    assert "Nothing is held out" in text_of(summary(none_held))
    assert "No column of numbers" not in text_of(form_body(view, GIVEN, None))


def test_what_is_hidden_counts_as_not_given() -> None:
    controls = {**dict.fromkeys(OWN), **{option.name: option.default for option in OPTIONS}, "split_column": "home"}
    assert held(controls)["split_column"] is None
    assert held({**controls, "split": "group"})["split_column"] == "home"


@pytest.mark.parametrize("given", [{}, {"column": "vendor_pd", "higher_is": "bad", "is_probability": "yes"}, {"test_share": 0}])
def test_head_and_overview_say_where_the_scores_come_from(desk: Desk, loans: str, given: dict[str, object]) -> None:
    view = judged(desk, loans, **given)
    assert view.result is not None
    said = text_of(run_head(view, "Overview"))
    assert f"score from column  {view.origin.column} ," in said
    assert "rows to train" not in said
    assert "Train again" not in said
    assert "Download the model" not in said
    assert "Tune" not in said
    assert "Evaluate it again with changes" in said
    assert text_of(overview(view, view.result, "light"))
    assert "Nothing was fitted" in text_of(coefficients(view, view.result))


def test_segments_tell_and_take_cutoffs_in_the_units_of_the_score(desk: Desk, loans: str) -> None:
    view = judged(desk, loans, cutoff=560)
    words = words_of(view, ("no", "yes"))
    assert (words.cutoff(view.cutoff), words.typed(view.cutoff)) == ("560", 560)
    scale = segments.run_scale(desk, view.id)
    assert segments.checked_cutoff(560, scale) == pytest.approx(view.cutoff, abs=1e-9)
    assert segments.checked_cutoff("560", scale) == pytest.approx(view.cutoff, abs=1e-9)
    for wrong in (0.5, 9_000, None, "x", True, float("nan")):
        with pytest.raises(Refused) as caught:
            segments.checked_cutoff(wrong, scale)
        assert caught.value.fix.startswith("Give a score from")
    chance = judged(desk, loans, column="vendor_pd", higher_is="bad", is_probability="yes")
    assert segments.run_scale(desk, chance.id) is None
    assert words_of(chance, ("no", "yes")).scale is None


def test_the_score_is_no_segment_of_its_own_search(desk: Desk, loans: str) -> None:
    view = judged(desk, loans)
    assert "bureau" not in segment_columns.usual_search(view, segment_columns.columns(desk, view))


def test_there_is_nothing_to_tune(desk: Desk, loans: str) -> None:
    view = judged(desk, loans)
    assert "There is nothing to tune" in text_of(without_run(view))
    with pytest.raises(Refused, match="nothing to tune"):
        tuning.start(desk, view.id, {})
    assert jobs.active(desk) == []


def test_what_there_is_not_answers_with_a_sentence(desk: Desk, loans: str, browser: Callable[..., Any]) -> None:
    view = judged(desk, loans)
    analyst = browser("analyst")
    for what in ("model.json", "coefficients.csv"):
        answer = analyst.get(f"/api/runs/{view.id}/{what}", headers={"Accept": "application/json"})
        assert answer.status_code == 404
        assert "Nothing was fitted" in json.dumps(answer.get_json())


HOSTILE = (None, [], {}, 10**30, "\u0000", ["bureau"], {"dataset_id": "absent"}, -0.0, "x" * 5_000, [[[]]])


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value)[:12] or "empty")
def test_hostile_values_in_the_form_end_in_a_sentence(
    app: Dash, browser: Callable[..., Any], desk: Desk, loans: str, value: object
) -> None:
    analyst = browser("analyst")
    own = {"scores-key": {"dataset_id": loans}, "shell-location": "?like=absent&column=absent&column=bureau"}
    posted = 0
    for key, one in app.callback_map.items():
        if not key.lstrip(".").startswith(("scores-", "score-option-")) and "scores-name-problem" not in key:
            continue
        outputs = one["output"] if isinstance(one["output"], list | tuple) else [one["output"]]
        named = [{"id": output.component_id, "property": output.component_property} for output in outputs]
        parts = [[{**part, "value": own.get(part["id"], value)} for part in one[kind]] for kind in ("inputs", "state")]
        body = {
            "output": key,
            "outputs": named if isinstance(one["output"], list | tuple) else named[0],
            "inputs": parts[0],
            "state": parts[1],
            "changedPropIds": [f"{part['id']}.{part['property']}" for part in parts[0][:1]],
        }
        answer = analyst.post("/_dash-update-component", json=body)
        assert answer.status_code in {200, 204}, (key, answer.text[:300])
        assert "Something went wrong" not in answer.text, key
        posted += 1
    assert posted == 5
    assert runs.visible(desk) == []
