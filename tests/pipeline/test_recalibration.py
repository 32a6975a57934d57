"""Recalibration against statsmodels, scikit-learn's isotonic regression and closed forms; the run that it makes."""

import io
import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from pipeline.__main__ import main
from pipeline.errors import UnusableData
from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.metrics import Judged, Ranking
from pipeline.model import FittedModel
from pipeline.results import Recalibration, ScoreScale
from pipeline.scores.recalibrated import SCALED, Recalibrated, recalibrate
from pipeline.scores.recalibration import fit_recalibration, moved, moved_cutoff, moved_model, rising_steps
from pipeline.scores.scoring import ColumnScorer
from pipeline.training import Trained, train
from tests.pipeline.tables import loans, spec


def drawn(n: int, slope: float, intercept: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    eta = draw.normal(-1, 1.2, n)
    return draw.random(n) < 1 / (1 + np.exp(-(intercept + slope * eta))), 1 / (1 + np.exp(-eta))


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.4, 0.3), (1.7, -1.0)])
def test_intercept_and_slope_are_those_of_statsmodels(slope, intercept):
    bad, score = drawn(2_000, slope, intercept)
    found = fit_recalibration(bad, score, "logistic")
    line = sm.Logit(bad.astype(float), sm.add_constant(np.log(score / (1 - score)))).fit(disp=0, tol=1e-13, method="newton")
    assert (found.intercept, found.slope) == pytest.approx(tuple(line.params), abs=1e-6)
    assert moved(found, score) == pytest.approx(line.predict(), abs=1e-7)
    assert (found.method, found.n_rows, found.n_bad) == ("logistic", 2_000, bad.sum())


def test_what_was_learnt_is_calibrated_on_the_rows_that_taught_it():
    """The likelihood equations: as many bads are expected as came, and the slope of the moved log-odds is 1."""
    bad, score = drawn(1_500, 0.5, -0.7)
    again = calibration_of(Judged(bad, moved(fit_recalibration(bad, score, "logistic"), score), 0.5))
    assert again is not None
    assert again.slope == pytest.approx(1, abs=1e-6)
    assert again.intercept == pytest.approx(0, abs=1e-6)
    assert again.expected_bad == pytest.approx(bad.sum(), abs=1e-5)


def test_of_a_score_that_is_no_probability_the_log_odds_are_linear_in_it():
    """Platt's sigmoid, against statsmodels on the score itself."""
    bad, score = drawn(2_000, 1, 0)
    place = np.clip((np.log(score / (1 - score)) + 6) / 12, 0, 1)
    found = fit_recalibration(bad, place, "logistic", is_probability=False)
    line = sm.Logit(bad.astype(float), sm.add_constant(place)).fit(disp=0, tol=1e-13, method="newton")
    assert (found.intercept, found.slope) == pytest.approx(tuple(line.params), abs=1e-5)
    assert found.method == "logistic_of_score"
    assert moved(found, place) == pytest.approx(line.predict(), abs=1e-7)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), min_size=1, max_size=200), st.integers(0, 9))
def test_steps_are_those_of_scikit_learn(rows, seed):
    bad, score = np.array([row[0] for row in rows]), np.array([row[1] / 40 for row in rows])
    steps = rising_steps(Ranking.of(bad, score))
    given_at, becomes = steps.scores, steps.shares
    oracle = IsotonicRegression(out_of_bounds="clip").fit(score, bad.astype(float))
    anywhere = np.random.default_rng(seed).random(50)
    asked = np.concatenate([score, anywhere])
    assert np.interp(asked, given_at, becomes) == pytest.approx(oracle.predict(asked), abs=1e-12)
    assert (np.diff(given_at) > 0).all()
    assert (np.diff(becomes) >= 0).all()
    assert (sum(n for n, _ in steps.counts), sum(n for _, n in steps.counts)) == (len(rows), bad.sum())
    if len(steps.counts) > 1:
        inside = steps.inside()
        assert (np.diff(inside) >= 0).all()
        assert ((inside > 0) & (inside < 1)).all()
        assert np.array_equal(inside[(becomes > 0) & (becomes < 1)], becomes[(becomes > 0) & (becomes < 1)])


def test_a_step_without_a_bad_is_given_what_a_flat_prior_says_of_it():
    """4 goods, then 1 bad of 2, then 3 bads: 1/6, 1/2 and 4/5, by hand; 2 goods before 1 bad of 10 do not pass its tenth."""
    bad = np.array([False] * 4 + [True, False] + [True] * 3)
    score = np.array([0.1] * 4 + [0.5] * 2 + [0.9] * 3)
    assert rising_steps(Ranking.of(bad, score)).inside().tolist() == pytest.approx([1 / 6, 1 / 2, 4 / 5])
    bad = np.array([False] * 2 + [True] + [False] * 9)
    score = np.array([0.1] * 2 + [0.5] * 10)
    assert rising_steps(Ranking.of(bad, score)).inside().tolist() == pytest.approx([0.1, 0.1])


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_the_order_is_kept_and_no_step_is_certain(method, seed):
    bad, score = drawn(600, 1.3, 0.2, seed)
    score[:2] = 0.0, 1.0
    found = fit_recalibration(bad, score, method)
    asked = np.sort(np.concatenate([[0.0, 1.0], score]))
    after = moved(found, asked)
    assert (np.diff(after) >= 0).all()
    assert np.isfinite(after).all()
    if method == "isotonic":
        assert after[0] >= 1 / 602
        assert after[-1] <= 601 / 602  # no step has more rows than there are


def test_gaps_stay_gaps():
    for method in ("logistic", "isotonic"):
        found = fit_recalibration(*drawn(600, 1, 0), method)
        assert np.isnan(moved(found, np.array([np.nan, 0.2]))).tolist() == [True, False]


@pytest.mark.parametrize(
    ("method", "bad", "score", "told"),
    [
        ("logistic", np.arange(100) < 9, np.linspace(1, 0, 100), "9 bads and 91 goods; intercept and slope needs 10"),
        ("isotonic", np.arange(100) < 49, np.linspace(1, 0, 100), "isotonic regression needs 50"),
        ("logistic", np.arange(100) < 50, np.linspace(1, 0, 100), "without a fault"),
        ("logistic", np.arange(100) % 2 == 0, np.full(100, 0.3), "the same for all"),
        ("isotonic", np.arange(200) % 2 == 0, np.full(200, 0.3), "never turns a score round"),
        ("logistic", *[part if at else ~part for at, part in enumerate(drawn(900, 1, 0))], "never turns a score round"),
        ("isotonic", np.arange(200) < 100, np.linspace(0, 1, 200), "never turns a score round"),
    ],
    ids=["few", "few for steps", "separated", "constant", "one step", "turned round", "turned steps"],
)
def test_rows_that_cannot_teach_are_refused(method, bad, score, told):
    with pytest.raises(UnusableData, match=told) as said:
        fit_recalibration(bad, score, method)
    assert said.value.fix


# The run that is made


@cache
def trained(**options) -> Trained:
    return train(loans(3_000, 5), spec(validation_share=0.3, test_share=0.3, folds=3, cutoff=0.6, **options))


def made(method: str, base: Trained | None = None) -> tuple[Trained, Recalibrated]:
    base = base or trained(class_weight="balanced")
    assert base.row_scores is not None
    return base, recalibrate(base.result, base.row_scores, base.model, method=method, cutoff=0.6)


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
def test_the_stored_model_gives_the_scores_of_the_run(method):
    _, done = made(method)
    assert done.model is not None
    again = FittedModel.from_json(done.model.to_json())
    table = loans(3_000, 5)
    assert again.probability_of_default(table) == pytest.approx(done.row_scores.score, abs=1e-12)
    assert again.format == 3
    assert (again.calibration is None) == (method == "logistic")


@pytest.mark.parametrize("correct_prior", [True, False])
def test_intercept_and_slope_are_folded_into_the_coefficients(correct_prior):
    base, done = made("logistic", trained(class_weight="balanced", correct_prior=correct_prior))
    found = done.found
    assert done.model is not None
    assert found.slope is not None
    assert found.intercept is not None
    (row,), (before,) = done.model.coefficients, base.model.coefficients
    assert row[1:] == pytest.approx([found.slope * weight for weight in before[1:]])
    assert row[0] == pytest.approx(found.intercept + found.slope * (before[0] - base.model.prior_shift[0]))
    assert done.model.prior_shift == (0.0,)
    for after, old in zip(done.result.coefficients, base.result.coefficients, strict=True):
        assert after.estimate == pytest.approx(found.slope * old.estimate)
        assert after.odds_ratio == pytest.approx(np.exp(after.estimate))
        assert (after.std_error, after.p_value, after.ci_low, after.reason) == (None, None, None, SCALED)
    (intercept,), (old,) = done.result.intercepts, base.result.intercepts
    assert intercept.estimate == pytest.approx(found.intercept + found.slope * old.estimate)


def test_only_validation_rows_teach_and_held_out_rows_judge():
    base, done = made("logistic")
    scores = base.row_scores
    assert scores is not None
    alone = fit_recalibration(*scores.of("validation"), "logistic")
    assert done.found == alone
    turned = np.where(scores.part == 1, scores.is_bad, 1 - scores.is_bad).astype(np.int8)
    other = recalibrate(base.result, replace(scores, is_bad=turned), base.model, method="logistic", cutoff=0.6)
    assert other.found == alone
    assert done.result.test is not None
    held = Judged(*done.row_scores.of("held_out"), done.cutoff)
    assert done.result.calibration == calibration_of(held)
    assert done.result.confusion_test == held.confusion
    seen, unseen = done.result.evaluation("validation"), done.result.evaluation("held_out")
    assert seen is not None
    assert seen.hosmer_lemeshow is not None
    assert unseen is not None
    assert unseen.hosmer_lemeshow is not None
    assert seen.hosmer_lemeshow.df == seen.hosmer_lemeshow.n_groups - 2
    assert unseen.hosmer_lemeshow.df == unseen.hosmer_lemeshow.n_groups
    assert any("validation rows taught" in told and "held-out rows" in told for told in done.result.warnings)


def test_ranking_stays_and_the_cut_off_refuses_the_same_rows():
    base, done = made("logistic")
    assert base.row_scores is not None
    assert done.result.test is not None
    assert base.result.test is not None
    assert done.result.test.auc == pytest.approx(base.result.test.auc, abs=1e-12)
    assert np.array_equal(done.row_scores.score >= done.cutoff, base.row_scores.score >= 0.6)
    table = done.result.scores_test
    assert table is not None
    assert done.cutoff in table.cutoffs
    assert done.result.confusion_test == base.result.confusion_test


def test_scores_of_the_new_model_are_kept_where_chances_of_0_and_1_tell_no_log_odds():
    """At log-odds beyond ±34.5 the old chance holds them no more; the cut-off is a row's own score, and refuses it still."""
    base = trained(class_weight="balanced")
    (row,) = base.model.coefficients
    model = replace(base.model, coefficients=(tuple(40 * weight for weight in row),))
    table = loans(3_000, 5)
    before = replace(base.row_scores, score=model.probability_of_default(table), out_of_fold=None)
    assert np.abs(model.log_odds(table)).max() > 60
    for cutoff in (*np.quantile(before.score, [0.3, 0.45, 0.5, 0.55], method="lower"), 0.0):
        done = recalibrate(
            base.result, before, model, method="logistic", cutoff=cutoff, scored=lambda made: made.probability_of_default(table)
        )
        np.testing.assert_array_equal(done.row_scores.score, done.model.probability_of_default(table))
        by_hand = expit(done.found.intercept + done.found.slope * model.log_odds(table)[:, 0])
        np.testing.assert_allclose(done.row_scores.score, by_hand, rtol=1e-9)
        assert np.array_equal(done.row_scores.score >= done.cutoff, before.score >= cutoff)


def test_tied_rows_are_decided_alike_as_the_most_of_them_were():
    """Steps of 4 rows with 1/6, 1/2 and 5/6: a cut-off within the second refuses all of them, or none, as most of them were."""
    found = Recalibration("isotonic", 12, 6, given=(0.1, 0.2, 0.4, 0.5, 0.8, 0.9), becomes=(1 / 6, 1 / 6, 0.5, 0.5, 5 / 6, 5 / 6))
    score = np.array([0.1, 0.15, 0.18, 0.2, 0.4, 0.42, 0.44, 0.5, 0.8, 0.82, 0.85, 0.9])
    assert moved_cutoff(found, 0.41, score) == 0.5
    assert moved_cutoff(found, 0.43, score) == 0.5  # two against two
    assert moved_cutoff(found, 0.45, score) == pytest.approx((0.5 + 5 / 6) / 2)
    assert moved_cutoff(found, 0.3, score) == pytest.approx(1 / 3)  # between the steps
    assert moved_cutoff(found, 0.95, score) == pytest.approx((5 / 6 + 1) / 2)  # none was refused, and none is
    assert moved_cutoff(found, 0.05, score) == pytest.approx(1 / 6)  # all were


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.floats(0.01, 0.99))
def test_no_other_cut_off_changes_fewer_decisions(seed, cutoff):
    bad, score = drawn(400, 1, 0.5, seed)
    found = fit_recalibration(bad, score, "isotonic")
    after, refused = moved(found, score), score >= cutoff
    changed = ((after >= moved_cutoff(found, cutoff, score)) != refused).sum()
    assert changed == min(((after >= other) != refused).sum() for other in (*np.unique(after), 1.0))


def test_what_does_not_hold_any_more_is_left_out():
    base, done = made("isotonic")
    result = done.result
    assert base.result.cross_validation is not None
    assert (result.cross_validation, result.scores_cross_validated, done.row_scores.out_of_fold) == (None, None, None)
    assert (result.calibration_before, result.prior_shift) == (None, ())
    assert result.fit is not None
    assert (result.fit.aic, result.fit.likelihood_ratio_p) == (None, None)
    assert result.train is not None
    assert result.train.log_loss is not None
    assert result.fit.log_likelihood == pytest.approx(-result.train.log_loss * result.train.n_rows)
    assert result.coefficients == base.result.coefficients
    assert any("from before the isotonic steps" in told for told in result.warnings)
    assert type(result).from_json(result.to_json()) == result


def test_a_recalibrated_run_is_not_recalibrated_again():
    _, done = made("logistic")
    with pytest.raises(UnusableData, match="already"):
        recalibrate(done.result, done.row_scores, done.model, method="isotonic", cutoff=0.5)
    without = trained_without_validation()
    assert without.row_scores is not None
    with pytest.raises(UnusableData, match="0 bads and 0 goods"):
        recalibrate(without.result, without.row_scores, without.model, method="logistic", cutoff=0.5)


@cache
def trained_without_validation() -> Trained:
    return train(loans(400, 1), spec())


def test_a_score_from_elsewhere_becomes_a_probability():
    base = trained(class_weight="balanced")
    assert base.row_scores is not None
    place = np.round(base.row_scores.score * 300) / 300
    scale = ScoreScale("bureau", 400.0, 700.0, "good", is_probability=False)
    elsewhere = replace(base.result, scale=scale, coefficients=(), intercepts=(), fit=None, train=None)
    done = recalibrate(elsewhere, replace(base.row_scores, score=place), None, method="logistic", cutoff=0.5)
    assert (done.model, done.result.scale, done.found.method) == (None, None, "logistic_of_score")
    assert done.result.test is not None
    assert done.result.fit is None
    calibration = done.result.calibration
    assert calibration is not None
    assert calibration.expected_bad == pytest.approx(calibration.n_bad, rel=0.1)
    assert done.cutoff == pytest.approx(moved(done.found, np.array([0.5]))[0])
    assert done.found.scale == scale
    assert type(done.result).from_json(json.loads(json.dumps(done.result.to_json()))) == done.result
    points = pa.table({"bureau": [scale.score(at) for at in place[:50]]})
    scores, _, notes = ColumnScorer(scale, done.found).scores(points)
    assert scores == pytest.approx(done.row_scores.score[:50], abs=1e-12)
    assert notes == ()


def test_an_isotonic_line_behind_a_model_leaves_its_coefficients():
    base, done = made("isotonic")
    model = moved_model(done.found, base.model)
    assert (model.coefficients, model.prior_shift, model.terms) == (
        base.model.coefficients,
        base.model.prior_shift,
        base.model.terms,
    )


def test_the_command_line_scores_and_explains_with_a_recalibrated_model(tmp_path, capsys):
    _, done = made("isotonic")
    assert done.model is not None
    model, file = tmp_path / "model.json", tmp_path / "loans.csv"
    model.write_text(done.model.to_json(), encoding="utf-8")
    csv.write_csv(loans(3_000, 5).slice(0, 50), file)
    assert main(["score", str(model), str(file)]) == 0
    scored = csv.read_csv(io.BytesIO(capsys.readouterr().out.encode()))
    assert scored["probability_of_default"].to_pylist() == pytest.approx(done.row_scores.score[:50], abs=1e-12)
    assert main(["explain", str(model), str(file), "--row", "7", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["probability"] == pytest.approx(done.row_scores.score[6], abs=1e-12)
    parts = math.fsum(one["contribution"] for one in found["contributions"])
    assert found["intercept"] + parts == pytest.approx(found["log_odds"], abs=1e-9)
    assert "isotonic recalibration, and not by the logistic function" in found["notices"][-1]
