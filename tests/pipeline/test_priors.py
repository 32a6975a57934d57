"""The correction for a changed prior: closed forms, Bayes' rule, and rates that come out right on untouched rows."""

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm

from pipeline.model import probabilities
from pipeline.priors import corrected, prior_shift
from pipeline.training import Trained, train
from tests.pipeline.tables import loans, spec

RESAMPLED = [
    {"class_weight": "balanced"},
    {"class_weight": "given", "class_weights": {"bad": 7}},
    {"resampling": "over"},
    {"resampling": "under"},
]


def saturated(n: int = 4_000, seed: int = 2) -> pa.Table:
    """An outcome that depends on one category of four levels: its logit has a parameter for every level."""
    draw = np.random.default_rng(seed)
    level = draw.integers(0, 4, n)
    bad = draw.random(n) < np.array([0.02, 0.05, 0.1, 0.3])[level]
    return pa.table({"level": np.array(list("abcd"))[level], "outcome": np.where(bad, "bad", "good")})


def rates(table: pa.Table) -> np.ndarray:
    """The bad rate of the level of each row, which is the maximum likelihood estimate of its probability."""
    level, bad = np.array(table["level"].to_pylist()), np.array(table["outcome"].to_pylist()) == "bad"
    return np.array([bad[level == each].mean() for each in level])


@pytest.mark.parametrize("options", [RESAMPLED[0], RESAMPLED[1]])
def test_a_weighted_saturated_logit_is_corrected_to_the_rates_of_the_cells(options):
    """Closed form: weights multiply the odds of every cell alike, so that the correction gives back what came, exactly."""
    table = saturated()
    trained = train(table, spec(penalty="none", tolerance=1e-11, **options))
    np.testing.assert_allclose(trained.model.probability_of_default(table), rates(table), atol=1e-9)
    assert trained.model.probability_of_default(table).mean() == pytest.approx(trained.result.data.bad_rate, abs=1e-9)


def test_an_over_sampled_saturated_logit_has_the_odds_of_the_drawn_cells():
    """The fit's odds in a cell are drawn bads over goods; the correction divides by what the classes were multiplied by."""
    from pipeline.outcome import outcome_of
    from pipeline.resampling import over_sampled

    table = saturated()
    options = spec(penalty="none", tolerance=1e-11, resampling="over")
    classes = outcome_of(table, options).classes
    times = over_sampled(classes, options.seed)
    level = np.array(table["level"].to_pylist())
    n_bad, n_good = (classes == 1).sum(), (classes == 0).sum()
    found = train(table, options).model.probability_of_default(table)
    for each in "abcd":
        own = level == each
        odds = times[own & (classes == 1)].sum() / (own & (classes == 0)).sum() * n_bad / n_good
        np.testing.assert_allclose(found[own], odds / (1 + odds), atol=1e-9)


def test_the_shift_is_the_log_of_the_ratio_of_odds():
    """An intercept-only model fitted on changed shares is right again: logit of 100 : 100 less the shift is that of 10 : 100."""
    (shift,) = prior_shift(np.array([100.0, 100.0]), np.array([100, 10]), "reference")
    assert probabilities(np.array([[0.0 - shift]]), "reference")[0, 1] == pytest.approx(10 / 110)
    fitted, came = np.array([50.0, 50, 50]), np.array([100, 40, 10])
    of_rest = np.log(fitted / (150 - fitted))
    for link, eta in (("softmax", np.zeros(3)), ("reference", np.zeros(2)), ("one_vs_rest", of_rest)):
        moved = eta - np.array(prior_shift(fitted, came, link))
        np.testing.assert_allclose(probabilities(moved[None], link)[0], came / 150)


@pytest.mark.parametrize(("link", "n_classes"), [("reference", 2), ("reference", 3), ("softmax", 3), ("softmax", 5)])
def test_shifting_log_odds_is_bayes_rule(link, n_classes):
    draw = np.random.default_rng(n_classes)
    eta = draw.normal(0, 2, (40, n_classes - (link == "reference")))
    fitted, came = draw.uniform(1, 50, n_classes), draw.integers(1, 900, n_classes)
    moved = probabilities(eta - np.array(prior_shift(fitted, came, link)), link)
    np.testing.assert_allclose(moved, corrected(probabilities(eta, link), fitted, came), atol=1e-12)


def test_one_against_rest_is_bayes_rule_where_the_rest_is_one_class():
    eta = np.linspace(-3, 3, 7)[:, None] * [-1, 1]
    fitted, came = np.array([30.0, 20.0]), np.array([300, 10])
    moved = probabilities(eta - np.array(prior_shift(fitted, came, "one_vs_rest")), "one_vs_rest")
    np.testing.assert_allclose(moved, corrected(probabilities(eta, "one_vs_rest"), fitted, came), atol=1e-12)


def rare(n: int, seed: int) -> pa.Table:
    """A right model with 6% bad: a logit in two numbers."""
    draw = np.random.default_rng(seed)
    x, z = draw.normal(size=n), draw.normal(size=n)
    bad = draw.random(n) < 1 / (1 + np.exp(-(-3.4 + 0.9 * x - 0.5 * z)))
    return pa.table({"x": x, "z": z, "outcome": np.where(bad, "bad", "good")})


@pytest.mark.parametrize("options", [*RESAMPLED, {"resampling": "smote"}])
def test_corrected_probabilities_are_rates_on_untouched_rows(options):
    """Expected bads are within three standard errors of those that came; before the correction they are several times more."""
    result = train(rare(12_000, 5), spec(penalty="none", test_share=0.4, **options)).result
    after, before = result.calibration, result.calibration_before
    assert after is not None
    assert before is not None
    assert after.n_rows == before.n_rows == result.data.n_test
    assert abs(after.expected_bad - after.n_bad) < 3 * np.sqrt(after.n_bad)
    assert before.expected_bad > 3 * before.n_bad
    assert abs(after.intercept) < 0.25 < before.intercept * -1
    assert after.slope_low < 1 < after.slope_high


def test_the_correction_can_be_left_out_and_both_are_told():
    table = rare(3_000, 6)
    on, off = (train(table, spec(class_weight="balanced", test_share=0.3, correct_prior=flag)) for flag in (True, False))
    assert on.result.prior_shift == off.result.prior_shift
    assert off.result.calibration == on.result.calibration_before
    assert off.result.calibration_after == on.result.calibration
    assert (on.result.calibration_after, off.result.calibration_before) == (None, None)
    log_odds = [np.log(p / (1 - p)) for p in (run.model.probability_of_default(table) for run in (on, off))]
    np.testing.assert_allclose(log_odds[1] - log_odds[0], on.result.prior_shift[0], atol=1e-9)
    assert on.result.test.auc == pytest.approx(off.result.test.auc, abs=1e-12)  # a shift ranks as before
    assert any("shifted and are no default rates" in sentence for sentence in off.result.warnings)
    assert any("corrected" in sentence for sentence in on.result.warnings)


def test_a_run_as_it_is_has_nothing_to_correct():
    result = train(loans(300), spec(test_share=0.3)).result
    assert result.prior_shift == ()
    assert (result.calibration_before, result.calibration_after) == (None, None)
    assert result.calibration is not None


@pytest.mark.parametrize("multiclass", ["multinomial", "one_vs_rest"])
@pytest.mark.parametrize("penalty", ["none", "l2"])
def test_three_classes_come_out_at_their_shares(multiclass, penalty):
    """On the training rows, where an unpenalised fit as they are would give the shares exactly."""
    trained = weighted(multiclass, penalty)
    table = loans(1_500, classes=3)
    shares = np.array(trained.result.data.class_counts) / 1_500
    found = trained.model.probabilities(table).mean(axis=0)
    raw = trained.model.probabilities(table, corrected=False).mean(axis=0)
    assert np.abs(found - shares).max() < 0.02
    assert np.abs(raw - shares).max() > 0.1
    assert len(trained.result.prior_shift) == len(trained.model.coefficients)
    assert all(each.calibration is not None and each.calibration_before is not None for each in trained.result.classes)


def weighted(multiclass: str, penalty: str) -> Trained:
    weights = {"good": 1, "bad": 1, "worse": 6}
    options = {"class_weight": "given", "class_weights": weights, "multiclass": multiclass, "penalty": penalty}
    return train(loans(1_500, classes=3), spec(**options))


def test_the_intercept_alone_moves_against_a_plain_fit():
    """King and Zeng: weighting is consistent for the slopes, so that corrected and plain estimates agree within their errors."""
    table = rare(20_000, 8)
    x = sm.add_constant(np.column_stack([table["x"].to_numpy(), table["z"].to_numpy()]))
    plain = sm.Logit(np.array(table["outcome"].to_pylist()) == "bad", x).fit(disp=0)
    run = train(table, spec(penalty="none", class_weight="balanced")).result
    own = [run.intercepts[0].estimate, *(row.estimate for row in run.coefficients)]
    assert np.abs(np.array(own) - plain.params).max() < 2 * plain.bse.max()
