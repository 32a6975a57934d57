"""A score that a table holds: scikit-learn on the rows themselves, and a trained run whose probabilities are such a column."""

import json
from dataclasses import asdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from pipeline.__main__ import main
from pipeline.errors import InvalidSpec, Stopped, UnusableData
from pipeline.results import RunResult
from pipeline.scores.outside_scores import AskedScore, judge_score
from pipeline.scores.row_scores import RowScores
from pipeline.scores.scoring import ColumnScorer
from pipeline.training import train
from tests.pipeline.tables import loans, spec, written

RISK = AskedScore("bad", is_probability=False)
MERIT = AskedScore("good", is_probability=False)
CHANCE = AskedScore("bad", is_probability=True)


def scored(n: int = 600, seed: int = 5, gaps: int = 0) -> pa.Table:
    """Loans with a bureau score from 300 to 850: higher is better."""
    table = loans(n, seed, gaps=False)
    draw = np.random.default_rng(seed)
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    score = np.clip(np.round(600 - 60 * bad + draw.normal(0, 70, n)), 300, 850)
    return table.append_column("bureau", pa.array(score, mask=np.arange(n) < gaps))


def judge(table: pa.Table, asked: AskedScore, column: str = "bureau", **options: object):
    given = {"test_share": 0.3, "bad_label": "bad", "features": [column], **options}
    return judge_score(table, spec(**given), asked)


def test_both_directions_are_what_scikit_learn_says():
    table = scored()
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    score = table["bureau"].to_numpy()
    merit, risk = judge(table, MERIT), judge(table, RISK)
    held = merit.row_scores.rows("held_out")
    assert merit.result.test.auc == pytest.approx(sk.roc_auc_score(bad[held], -score[held]))
    assert risk.result.test.auc == pytest.approx(sk.roc_auc_score(bad[held], score[held]))
    assert merit.result.test.auc + risk.result.test.auc == pytest.approx(1)
    chosen = merit.row_scores.rows("validation")
    assert merit.result.validation.auc == pytest.approx(sk.roc_auc_score(bad[chosen], -score[chosen]))
    assert merit.result.test.ks_statistic == pytest.approx(np.abs(np.subtract(*sk.roc_curve(bad[held], -score[held])[:2])).max())
    refused = score[held] <= merit.result.scale.score(merit.spec.cutoff)
    assert merit.result.test.recall == pytest.approx(sk.recall_score(bad[held], refused))
    assert merit.result.test.precision == pytest.approx(sk.precision_score(bad[held], refused))


def test_the_rows_of_a_run_with_its_own_probabilities_have_the_figures_of_the_run():
    """What a run says, stored as a column, is judged as the run was: same rows, same metrics, same score table."""
    table = loans(500, 3)
    trained = train(table, spec(test_share=0.3, bad_label="bad", seed=7, cutoff=0.4))
    column = trained.model.probability_of_default(table)
    told = judge(table.append_column("pd", pa.array(column)), AskedScore("bad", True, 0.4), "pd", seed=7)
    assert told.result.test == trained.result.test
    assert told.result.confusion_test == trained.result.confusion_test
    assert told.result.roc_test == trained.result.roc_test
    assert told.result.calibration == trained.result.calibration
    assert (told.row_scores.rows("held_out") == trained.row_scores.rows("held_out")).all()
    assert told.row_scores.of("held_out")[1] == pytest.approx(trained.row_scores.of("held_out")[1], rel=1e-12)
    assert told.result.data.held_out == trained.result.data.held_out


@pytest.mark.parametrize(
    "options",
    [{}, {"stratify": False}, {"split": "group", "split_column": "late"}, {"split": "date", "split_column": "income"}],
    ids=["random", "unstratified", "group", "date"],
)
def test_the_held_out_rows_are_those_of_training_and_all_others_choose_the_cutoff(options):
    table = scored()
    trained = train(table, spec(test_share=0.25, validation_share=0.2, bad_label="bad", features=["debt", "home"], **options))
    told = judge(table, MERIT, test_share=0.25, validation_share=0.2, **options)
    assert told.row_scores.rows("held_out").tolist() == trained.row_scores.rows("held_out").tolist()
    others = np.union1d(trained.row_scores.rows("training"), trained.row_scores.rows("validation"))
    assert told.row_scores.rows("validation").tolist() == others.tolist()
    assert len(told.row_scores.rows("training")) == 0


def test_nothing_was_fitted_and_nothing_says_so():
    result = judge(scored(), MERIT).result
    assert (result.train, result.fit, result.roc_train, result.scores_train) == (None,) * 4
    assert (result.coefficients, result.intercepts) == ((), ())
    assert (result.data.n_train, result.data.n_validation, result.data.n_test) == (0, 420, 180)
    assert result.data.columns == ("bureau",)
    assert RunResult.from_json(result.to_json()) == result


def test_figures_of_probabilities_are_missing_where_the_score_is_none():
    result = judge(scored(), MERIT).result
    assert (result.test.brier_score, result.test.log_loss, result.calibration) == (None,) * 3
    assert (result.validation.brier_score, result.validation.log_loss) == (None, None)


def test_a_probability_of_good_is_turned_round():
    table = loans(300, 2, gaps=False)
    draw = np.random.default_rng(1).random(300)
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    of_good = judge(table.append_column("p", pa.array(1 - draw)), AskedScore("good", True, 0.6), "p")
    of_bad = judge(table.append_column("p", pa.array(draw)), AskedScore("bad", True, 0.4), "p")
    held = of_bad.row_scores.rows("held_out")
    assert of_bad.result.test.brier_score == pytest.approx(sk.brier_score_loss(bad[held], draw[held]))
    assert of_good.result.test.brier_score == pytest.approx(of_bad.result.test.brier_score)
    assert of_good.spec.cutoff == pytest.approx(0.4)


def test_the_place_on_the_scale_goes_from_the_best_score_to_the_worst():
    told = judge(scored(), MERIT)
    scale, scores = told.result.scale, scored()["bureau"].to_numpy()
    assert (scale.low, scale.high) == (scores.min(), scores.max())
    places = told.row_scores.score
    assert places.min() == 0
    assert places.max() == 1
    assert np.allclose(scale.score(places), scores)
    assert places[np.argmax(scores)] == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-1000, 1000), min_size=80, max_size=80).filter(lambda values: len(set(values)) > 1), st.booleans())
def test_any_scores_keep_their_order_and_both_directions_mirror_each_other(values, merit):
    table = loans(80, 4, gaps=False).append_column("any", pa.array(values))
    told = judge(table, MERIT if merit else RISK, "any")
    other = judge(table, RISK if merit else MERIT, "any")
    places, given_ = told.row_scores.score, np.array(values)
    order = np.argsort(places, kind="stable")
    assert (np.diff(given_[order]) <= 0).all() if merit else (np.diff(given_[order]) >= 0).all()
    assert np.allclose(places + other.row_scores.score, 1)
    assert len(np.unique(places)) == len(np.unique(given_))


def test_the_first_cutoff_refuses_about_as_many_as_went_bad():
    told = judge(scored(2_000), MERIT)
    is_bad, places = told.row_scores.of("validation")
    assert (places >= told.spec.cutoff).sum() == pytest.approx(is_bad.sum(), rel=0.02)
    table = told.result.scores_validation
    assert told.spec.cutoff in table.cutoffs


def test_a_cutoff_is_given_in_the_units_of_the_score():
    table = scored()
    told = judge(table, AskedScore("good", False, 560))
    held = told.row_scores.rows("held_out")
    refused = table["bureau"].to_numpy()[held] <= 560
    assert told.result.scale.score(told.spec.cutoff) == pytest.approx(560)
    assert told.result.confusion_test.tp + told.result.confusion_test.fp == refused.sum()
    with pytest.raises(InvalidSpec, match="900 is beyond the scores, which go from") as caught:
        judge(table, AskedScore("good", False, 900))
    assert list(caught.value.problems) == ["cutoff"]


def test_rows_without_a_score_are_counted_and_left_out():
    told = judge(scored(gaps=50), MERIT)
    assert told.result.data.n_rows == 550
    assert "50 of 600 rows with an outcome have no 'bureau' and were left out." in told.result.warnings
    assert np.isnan(told.row_scores.score[:50]).all()
    trained = train(scored(gaps=50), spec(test_share=0.3, bad_label="bad", features=["debt"]))
    assert set(told.row_scores.rows("held_out")) < set(trained.row_scores.rows("held_out"))


def test_special_codes_and_infinite_numbers_are_no_scores():
    table = scored()
    values = table["bureau"].to_numpy().copy()
    values[:7], values[7:9] = -9, np.inf
    coded = table.set_column(table.schema.names.index("bureau"), "bureau", pa.array(values))
    told = judge(coded, MERIT, special_codes={"bureau": {"-9": "level"}})
    assert told.result.scale.low == values[9:].min()
    assert "7 rows hold a special code (-9) in place of 'bureau', which is no score." in told.result.warnings
    assert "2 value(s) of 'bureau' are infinite and count as missing." in told.result.warnings
    assert "9 of 600 rows with an outcome have no 'bureau' and were left out." in told.result.warnings


def test_newer_rows_are_placed_on_the_same_scale_and_codes_are_no_scores():
    scale = judge(scored(), MERIT).result.scale
    newer = pa.table({"bureau": [scale.low, scale.high, 5_000.0, -9.0, None]})
    places, _, notes = ColumnScorer(scale, codes=(-9.0,)).scores(newer)
    assert places[:3].tolist() == [1, 0, 0]
    assert np.isnan(places[3:]).all()
    assert "lie beyond those that the run has seen" in notes[0]


def test_a_direction_that_looks_wrong_is_told_and_not_turned():
    said = "rows that 'bureau' calls worse went bad less often. If a higher score means less risk, evaluate it again and say so."
    assert any(said in sentence for sentence in judge(scored(), RISK).result.warnings)
    assert not any("below one half" in sentence for sentence in judge(scored(), MERIT).result.warnings)


def test_values_that_are_no_probabilities_are_refused_with_their_number_and_one_of_them():
    with pytest.raises(InvalidSpec) as caught:
        judge(scored(), CHANCE)
    assert caught.value.problems["is_probability"].startswith("600 of 600 values of 'bureau' lie outside 0 to 1, such as ")
    table = loans(100, gaps=False).append_column("percent", pa.array(np.linspace(0, 100, 100)))
    with pytest.raises(InvalidSpec, match="divide percentages by 100"):
        judge(table, CHANCE, "percent")


@pytest.mark.parametrize(
    ("column", "option", "sentence"),
    [
        (pa.array([650.0] * 200), "features", "holds 650 in every row, so it ranks nothing"),
        (pa.nulls(200, pa.float64()), "features", "empty in every row"),
        (pa.array([f"text {k}" for k in range(200)]), "features", "holds no numbers"),
    ],
    ids=["constant", "empty", "text"],
)
def test_columns_that_rank_nothing_are_refused(column, option, sentence):
    with pytest.raises(InvalidSpec, match=sentence) as caught:
        judge(loans(200, gaps=False).append_column("bureau", column), MERIT)
    assert list(caught.value.problems) == [option]


def test_what_a_high_score_means_has_to_be_said():
    with pytest.raises(InvalidSpec, match="more risk"):
        judge(scored(), AskedScore("", False))


def test_an_outcome_of_three_classes_needs_its_bad_label():
    table = loans(300, classes=3, gaps=False).append_column("bureau", pa.array(np.arange(300.0)))
    with pytest.raises(InvalidSpec, match="name the label that counts as bad"):
        judge(table, RISK, bad_label=None)
    assert judge(table, RISK, bad_label="worse").result.data.labels == ("not worse", "worse")


def test_scores_of_one_class_alone_are_refused():
    table = scored()
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    values = pa.array(table["bureau"].to_numpy(), mask=bad)
    with pytest.raises(UnusableData, match=r"None of the .* rows with 'bureau' is 'bad'"):
        judge(table.set_column(table.schema.names.index("bureau"), "bureau", values), MERIT)


def test_the_outcome_is_no_score_and_one_column_is_asked_for():
    table = loans(100, gaps=False).append_column("late2", pa.array(np.arange(100.0)))
    with pytest.raises(InvalidSpec, match="Name the one column"):
        judge_score(table, spec(bad_label="bad", features=["late", "late2"]), RISK)
    with pytest.raises(InvalidSpec, match="it cannot be a feature too"):
        judge_score(table, spec(target="late", bad_label="4", features=["late"]), RISK)


def test_without_held_out_rows_all_choose_and_judge():
    told = judge(scored(), MERIT, test_share=0)
    assert told.result.test is None
    assert told.result.validation.n_rows == 600


def test_the_owner_may_stop_it():
    def stop(_progress):
        raise Stopped

    with pytest.raises(Stopped):
        judge_score(scored(), spec(bad_label="bad", features=["bureau"]), MERIT, report=stop)


def test_row_scores_come_back_from_arrow():
    told = judge(scored(gaps=5), MERIT).row_scores
    back = RowScores.from_arrow(told.to_arrow())
    assert np.array_equal(back.score, told.score, equal_nan=True)
    assert np.array_equal(back.part, told.part)


@pytest.mark.parametrize(
    ("column", "higher_is", "cutoff"), [("bureau", "good", None), ("bureau", "bad", 560), ("pd", "bad", 0.3)]
)
def test_the_command_line_says_the_same_of_one_file(tmp_path, capsys, column, higher_is, cutoff):
    """`evaluate --score` and `segments --score` judge all rows of the file, as a run without held-out rows does."""
    table = scored(gaps=20)
    table = table.append_column("pd", pa.array(np.random.default_rng(8).random(table.num_rows).round(4)))
    written(tmp_path / "loans.csv", table)
    asked = AskedScore(higher_is, column == "pd", cutoff)
    told = judge(table, asked, column, test_share=0)
    words = ["--score", column, "--target", "outcome", "--bad", "bad", "--higher-is", higher_is, "--json"]
    words += [] if cutoff is None else ["--cutoff", str(cutoff)]
    found = []
    for command, *more in (("evaluate",), ("segments", "--by", "region")):
        assert main([command, str(tmp_path / "loans.csv"), *words, *more]) == 0
        found.append(json.loads(capsys.readouterr().out))
    evaluated, segments = found
    assert evaluated["metrics"] == asdict(told.result.validation)
    assert evaluated["confusion_matrix"] == segments["all"]["confusion_matrix"] == asdict(told.result.confusion_validation)
    assert evaluated["scale"] == segments["scale"] == asdict(told.result.scale)
    assert evaluated["cutoff"] == segments["cutoff"] == pytest.approx(told.result.scale.score(told.spec.cutoff))
    assert segments["all"]["auc"] == told.result.validation.auc
    assert sum(segment["n"] for segment in segments["segments"]) == told.result.data.n_rows
