"""Ways to treat imbalance against imbalanced-learn and scikit-learn on the same rows; intervals against their definitions."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, log_loss, precision_score, recall_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from pipeline.errors import InvalidSpec, Stopped, UnusableData
from pipeline.evaluation.paired import BOOTSTRAP_METRICS, auc_difference, bootstrap_differences
from pipeline.imbalance import NAMES, compare_treatments
from pipeline.results import Progress
from pipeline.spec import TrainSpec
from pipeline.split import held_out
from pipeline.study_results import Difference, ImbalanceComparison

SPEC = TrainSpec(target="y", bad_label="bad", seed=5, C=0.5, cutoff=0.2)
SAMPLERS = {"smote": SMOTE, "over": RandomOverSampler, "under": RandomUnderSampler}


def loans(n: int = 1_500, share: float = 0.1) -> pa.Table:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(n, 3))
    score = 1.2 * x[:, 0] - 0.5 * x[:, 1] + rng.logistic(size=n)
    bad = score > np.quantile(score, 1 - share)
    return pa.table({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": np.where(bad, "bad", "good")})


@pytest.fixture(scope="module")
def compared() -> ImbalanceComparison:
    return compare_treatments(loans(), SPEC, n_bootstrap=300)


def peer(name: str) -> tuple[np.ndarray, np.ndarray, float, int]:
    """Outcome and probabilities of the held-out rows, what the log-odds are shifted by, and rows fitted: by the peers."""
    table = loans()
    x = np.column_stack([table[column].to_numpy() for column in "abc"])
    y = (table["y"].to_numpy(zero_copy_only=False) == "bad").astype(int)
    training, testing = held_out(y, SPEC.test_share, SPEC.seed)
    scaler = StandardScaler().fit(x[training])
    seen, outcome = scaler.transform(x[training]), y[training]
    odds = outcome.mean() / (1 - outcome.mean())
    shift = 0.0 if name == "none" else -np.log(odds)  # each treatment makes the classes' weights equal
    if name in SAMPLERS:
        seen, outcome = SAMPLERS[name](random_state=SPEC.seed).fit_resample(seen, outcome)
    weight = "balanced" if name == "balanced" else None
    model = LogisticRegression(C=SPEC.C, solver="newton-cholesky", tol=1e-12, max_iter=500, class_weight=weight)
    model.fit(seen, outcome)
    return y[testing], model.predict_proba(scaler.transform(x[testing]))[:, 1], shift, len(seen)


@pytest.mark.parametrize("name", NAMES)
def test_a_treatment_is_what_the_peers_give_on_the_same_rows(compared: ImbalanceComparison, name: str) -> None:
    found = next(one for one in compared.treatments if one.name == name)
    y, raw, shift, n_fitted = peer(name)
    corrected = 1 / (1 + np.exp(-(np.log(raw / (1 - raw)) - shift)))
    assert found.n_fitted == n_fitted
    assert found.metrics.auc == pytest.approx(roc_auc_score(y, raw), abs=1e-9)
    assert found.metrics.log_loss == pytest.approx(log_loss(y, corrected), abs=1e-6)
    assert found.metrics.brier_score == pytest.approx(brier_score_loss(y, corrected), abs=1e-7)
    assert found.calibration.expected_bad == pytest.approx(corrected.sum(), rel=1e-5)
    for confusion, given in ((found.confusion, corrected), (found.confusion_before, raw)):
        refused = given >= SPEC.cutoff
        assert (confusion.tp, confusion.fp) == ((refused & (y == 1)).sum(), (refused & (y == 0)).sum())
    if name == "none":
        assert found.calibration_before is None
    else:
        assert found.calibration_before is not None
        assert found.calibration_before.expected_bad == pytest.approx(raw.sum(), rel=1e-5)


def test_all_are_judged_on_the_same_held_out_rows(compared: ImbalanceComparison) -> None:
    assert tuple(one.name for one in compared.treatments) == NAMES
    assert compared.failed == ()
    assert {one.metrics.n_rows for one in compared.treatments} == {compared.n_test}
    assert compared.n_train + compared.n_test == 1_500
    assert compared.bad_rate == pytest.approx(0.1)


def test_every_difference_is_that_of_the_metrics(compared: ImbalanceComparison) -> None:
    metrics = {one.name: one.metrics for one in compared.treatments}
    assert {(one.treatment, one.metric) for one in compared.differences} == {
        (name, metric) for name in NAMES[1:] for metric in ("auc", *BOOTSTRAP_METRICS)
    }
    for one in compared.differences:
        assert one.value == pytest.approx(getattr(metrics[one.treatment], one.metric) - getattr(metrics["none"], one.metric))
        assert one.ci_low <= one.value <= one.ci_high or one.metric == "ks_statistic"


def test_uncorrected_probabilities_expect_too_many_bads(compared: ImbalanceComparison) -> None:
    """With one bad in ten, evened out, about three times as many are expected; corrected, about as many as came."""
    for one in compared.treatments[1:]:
        assert one.calibration_before is not None
        assert one.calibration_before.expected_bad > 2 * one.calibration.n_bad
        assert one.calibration.expected_bad == pytest.approx(one.calibration.n_bad, rel=0.35)


def test_what_differs_by_nothing_is_no_more_than_chance() -> None:
    assert not Difference("over", "auc", 0.001, -0.002, 0.004).is_larger_than_chance
    assert Difference("over", "auc", 0.003, 0.001, 0.005).is_larger_than_chance
    assert Difference("over", "auc", -0.003, -0.005, -0.001).is_larger_than_chance


def test_smote_is_smotenc_where_there_are_categories() -> None:
    table = loans().append_column("home", pa.array(["own", "rent", "other"] * 500))
    found = compare_treatments(table, SPEC, n_bootstrap=50)
    assert {one.name: (one.label, one.options["resampling"]) for one in found.treatments}["smote"] == ("SMOTENC", "smotenc")


def test_a_treatment_that_cannot_be_fitted_says_why_and_the_others_stand() -> None:
    found = compare_treatments(loans(200, 0.03), SPEC, n_bootstrap=50)
    assert [name for name, _ in found.failed] == ["smote"]
    assert "neighbours" in found.failed[0][1]
    assert [one.name for one in found.treatments] == ["none", "balanced", "over", "under"]


def test_the_options_treatment_of_the_base_does_not_matter(compared: ImbalanceComparison) -> None:
    spec = replace(SPEC, class_weight="balanced", resampling="over", folds=5)
    other = compare_treatments(loans(), spec, n_bootstrap=300)
    assert other.differences == compared.differences


def test_a_result_comes_back_from_its_json(compared: ImbalanceComparison) -> None:
    assert ImbalanceComparison.from_json(json.loads(json.dumps(compared.to_json()))) == compared


def test_without_held_out_rows_nothing_is_compared() -> None:
    with pytest.raises(InvalidSpec) as refused:
        compare_treatments(loans(), replace(SPEC, test_share=0.0))
    assert "held-out rows" in refused.value.problems["test_share"]


def test_three_classes_are_refused_with_a_way_on() -> None:
    table = loans()
    third = np.where(table["c"].to_numpy() > 1, "worse", table["y"].to_numpy(zero_copy_only=False))
    table = table.set_column(3, "y", pa.array(third))
    with pytest.raises(UnusableData, match="Name the label that counts as bad"):
        compare_treatments(table, replace(SPEC, bad_label=None))
    assert len(compare_treatments(table, SPEC, n_bootstrap=20).treatments) == 5


def test_a_stop_ends_it() -> None:
    def stop(progress: Progress) -> None:
        if progress.share > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        compare_treatments(loans(), SPEC, report=stop)


# Intervals


def scores(n: int = 300, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome and two related probabilities, with ties."""
    rng = np.random.default_rng(seed)
    bad = rng.random(n) < 0.3
    common = rng.normal(size=n) + bad
    first, second = (np.round(1 / (1 + np.exp(-(common + rng.normal(size=n) * 0.8 - 1))), 2) for _ in range(2))
    return bad, first, second


def test_delong_by_its_definition() -> None:
    """Structural components by comparing every pair, and the covariance matrix of DeLong et al. (1988), equations 4 to 6."""
    bad, first, second = scores()

    def components(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        kernel = (score[bad][:, None] > score[~bad]) + 0.5 * (score[bad][:, None] == score[~bad])
        return kernel.mean(axis=1), kernel.mean(axis=0)

    (v10_a, v01_a), (v10_b, v01_b) = components(first), components(second)
    s10, s01 = np.cov(v10_a, v10_b), np.cov(v01_a, v01_b)
    covariance = s10 / bad.sum() + s01 / (~bad).sum()
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    found = auc_difference(bad, first, second)
    assert found is not None
    difference = roc_auc_score(bad, first) - roc_auc_score(bad, second)
    reach = 1.959963984540054 * np.sqrt(variance)
    assert (found.difference, found.low, found.high) == pytest.approx(
        (difference, difference - reach, difference + reach), abs=1e-12
    )
    assert (found.first, found.second) == pytest.approx((roc_auc_score(bad, first), roc_auc_score(bad, second)), abs=1e-12)
    assert found.p_value == pytest.approx(2 * norm.sf(abs(difference) / np.sqrt(variance)), rel=1e-9)


def test_delongs_interval_is_about_the_bootstraps() -> None:
    bad, first, second = scores(600, 3)
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(400):
        rows = rng.integers(0, len(bad), len(bad))
        drawn.append(roc_auc_score(bad[rows], first[rows]) - roc_auc_score(bad[rows], second[rows]))
    found = auc_difference(bad, first, second)
    assert found is not None
    width = found.high - found.low
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx((found.low, found.high), abs=0.2 * width)


def test_equal_scores_do_not_differ_at_all() -> None:
    bad, first, _ = scores()
    found_auc = auc_difference(bad, first, first)
    assert found_auc is not None
    assert (found_auc.difference, found_auc.low, found_auc.high, found_auc.p_value) == (0.0, 0.0, 0.0, None)
    found = bootstrap_differences(bad, first, first, 0.5, 50, 1)
    assert set(found.values()) == {(0.0, 0.0, 0.0)}


def test_one_bad_gives_no_interval() -> None:
    bad = np.array([True, False, False])
    assert auc_difference(bad, np.array([0.9, 0.1, 0.2]), np.array([0.1, 0.2, 0.3])) is None


def test_the_bootstrap_by_drawing_rows_one_after_another() -> None:
    """scikit-learn's metrics on rows drawn within each class, with a generator of its own: intervals agree but for chance."""
    bad, first, second = scores(500, 7)
    found = bootstrap_differences(bad, first, second, 0.4, 2_000, 3)
    rng = np.random.default_rng(9)
    peers = {
        "precision": lambda y, p: precision_score(y, p >= 0.4),
        "recall": lambda y, p: recall_score(y, p >= 0.4),
        "f1": lambda y, p: f1_score(y, p >= 0.4),
        "accuracy": lambda y, p: ((p >= 0.4) == y).mean(),
        "brier_score": brier_score_loss,
        "log_loss": log_loss,
        "ks_statistic": ks,
    }
    assert set(peers) == set(BOOTSTRAP_METRICS)
    drawn: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(250):
        rows = np.concatenate([rng.choice(np.flatnonzero(part), part.sum()) for part in (bad, ~bad)])
        for name, metric in peers.items():
            drawn[name].append(metric(bad[rows], first[rows]) - metric(bad[rows], second[rows]))
    for name, metric in peers.items():
        value, low, high = found[name]
        assert value == pytest.approx(metric(bad, first) - metric(bad, second), abs=1e-12), name
        assert np.quantile(drawn[name], [0.025, 0.975]) == pytest.approx((low, high), abs=0.25 * (high - low)), name


def ks(bad: np.ndarray, score: np.ndarray) -> float:
    from scipy.stats import ks_2samp

    return float(ks_2samp(score[bad], score[~bad]).statistic)


def test_a_metric_that_does_not_exist_is_left_out() -> None:
    """The first refuses nobody, so it has no precision."""
    bad, first, second = scores()
    found = bootstrap_differences(bad, first / 10, second, 0.5, 50, 1)
    assert "precision" not in found
    assert "recall" in found
