"""python -m pipeline evaluate as its user meets it."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn import metrics as sk

from pipeline.__main__ import main
from pipeline.evaluation.metrics import METRICS
from tests.pipeline.scored_files import scored_folder
from tests.pipeline.tables import loans, written


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored_folder(tmp_path_factory.mktemp("evaluate"), 600)


@pytest.fixture
def judged(capsys: pytest.CaptureFixture[str]):
    def run(*arguments: object) -> dict:
        capsys.readouterr()
        assert main(["evaluate", *map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def scores_of(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    with (folder / "scored.csv").open() as file:
        rows = list(csv.DictReader(file))
    return np.array([row["outcome"] == "bad" for row in rows]), np.array([float(row["probability_of_default"]) for row in rows])


def test_the_json_has_what_the_documentation_promises(trained, judged):
    found = judged(trained / "model.json", trained / "loans.csv", "--cutoff", 0.3)
    assert set(found) >= {"metrics", "intervals", "confusion_matrix", "calibration", "strategy"}
    bad, score = scores_of(trained)
    assert found["metrics"]["n_rows"] == 600
    assert found["metrics"]["auc"] == pytest.approx(sk.roc_auc_score(bad, score), abs=1e-6)
    assert found["metrics"]["recall"] == pytest.approx(sk.recall_score(bad, score >= 0.3))
    assert set(found["intervals"]) == {metric.name for metric in METRICS}
    for name, (low, high) in found["intervals"].items():
        assert low < found["metrics"][name] < high
        assert found["interval_methods"][name]
    tn, fp, fn, tp = sk.confusion_matrix(bad, score >= 0.3).ravel().tolist()
    assert found["confusion_matrix"] == {"tn": tn, "fp": fp, "fn": fn, "tp": tp}
    assert found["calibration"]["expected_bad"] == pytest.approx(score.sum(), abs=1e-4)
    assert found["calibration"]["hosmer_lemeshow"]["df"] == 10
    assert found["precision_recall"]["average_precision"] == pytest.approx(sk.average_precision_score(bad, score), abs=1e-6)
    assert [row["cutoff"] for row in found["at_cutoffs"]] == [k / 10 for k in range(1, 10)]
    for row in found["at_cutoffs"]:
        assert row["approval_rate"] == pytest.approx((score < row["cutoff"]).mean())
    assert found["gains_table"][-1]["cumulative_rows"] == 600


def test_the_strategy_is_chosen_on_the_same_rows_and_says_so(trained, judged):
    found = judged(trained / "model.json", trained / "loans.csv", "--gain", 2, "--loss", 7)
    bad, score = scores_of(trained)
    assert found["chosen_on_the_same_rows"] is True
    assert any("chosen on the very rows" in sentence for sentence in found["notices"])
    assert any("if the model was trained on some of them" in sentence for sentence in found["notices"])
    rows = {row["rule"]: row for row in found["strategy"]}
    assert rows["highest_profit"]["flatters"] is True
    approved = score < rows["highest_profit"]["cutoff"]
    assert rows["highest_profit"]["profit"]["value"] == pytest.approx(2 * (approved & ~bad).sum() - 7 * (approved & bad).sum())
    assert rows["given"]["cutoff"] == 0.5
    assert rows["given"]["approved"] == (score < 0.5).sum()


def test_amounts_are_those_of_the_column(trained, judged):
    given = ("--gain", 0.1, "--loss", 0.5, "--amount", "debt")
    found = judged(trained / "scored.csv", *of_column("probability_of_default", "--probability", *given))
    bad, score = scores_of(trained)
    with (trained / "scored.csv").open() as file:
        debt = np.array([float(row["debt"]) for row in csv.DictReader(file)])
    approved = score < 0.5
    row = next(row for row in found["strategy"] if row["rule"] == "given")
    expected = 0.1 * debt[approved & ~bad].sum() - 0.5 * debt[approved & bad].sum()
    assert row["profit"]["value"] == pytest.approx(expected)


def of_column(name: str, *others: object) -> tuple[object, ...]:
    return ("--score", name, "--target", "outcome", "--bad", "bad", *others)


def test_a_column_of_probabilities_is_judged_as_the_model_is(trained, judged):
    by_model = judged(trained / "model.json", trained / "loans.csv")
    by_column = judged(trained / "scored.csv", *of_column("probability_of_default", "--higher-is", "bad"))
    assert by_column["metrics"] == pytest.approx(by_model["metrics"], abs=1e-6)
    assert by_column["confusion_matrix"] == by_model["confusion_matrix"]
    assert any("counts as a probability" in sentence for sentence in by_column["notices"])
    declared = judged(trained / "scored.csv", *of_column("probability_of_default", "--probability"))
    assert declared["metrics"] == by_column["metrics"]
    assert not any("counts as a probability" in sentence for sentence in declared["notices"])


def test_a_cut_off_comes_back_as_it_was_typed(trained, judged):
    for cutoff in (560, 575.3, 590.1, 599):
        found = judged(trained / "scored.csv", *of_column("points", "--higher-is", "good", "--cutoff", cutoff))
        assert found["cutoff"] == cutoff
        assert [row["cutoff"] for row in found["strategy"] if row["rule"] == "given"] == [cutoff]


def test_options_may_stand_between_the_files(trained, judged):
    plain = judged(trained / "model.json", trained / "loans.csv", "--cutoff", 0.3)
    assert judged(trained / "model.json", "--cutoff", 0.3, trained / "loans.csv") == plain
    assert judged("--cutoff", 0.3, trained / "model.json", "--json", trained / "loans.csv") == plain


def test_a_score_that_is_no_probability_ranks_alone(trained, judged):
    by_model = judged(trained / "model.json", trained / "loans.csv")
    points = judged(trained / "scored.csv", *of_column("points", "--higher-is", "good", "--cutoff", 575))
    assert points["cutoff"] == 575
    assert points["metrics"]["auc"] == pytest.approx(by_model["metrics"]["auc"], abs=1e-6)
    assert (points["metrics"]["brier_score"], points["metrics"]["log_loss"], points["calibration"]) == (None, None, None)
    assert set(points["intervals"]) == {metric.name for metric in METRICS} - {"brier_score", "log_loss"}
    assert points["confusion_matrix"] == by_model["confusion_matrix"]  # 575 points are a probability of 0.5
    assert all(550 <= row["cutoff"] <= 600 for row in points["at_cutoffs"])
    assert all(row["cutoff"] is None or 550 <= row["cutoff"] <= 600 for row in points["strategy"])
    ranked = judged(trained / "scored.csv", *of_column("probability_of_default", "--no-probability", "--higher-is", "bad"))
    assert ranked["calibration"] is None
    assert ranked["metrics"]["auc"] == pytest.approx(by_model["metrics"]["auc"], abs=1e-6)


def test_three_classes_are_judged_each_and_together(tmp_path, judged, capsys):
    file = written(tmp_path / "loans.csv", loans(500, 3, classes=3))
    main(["train", str(file), "--target", "outcome", "--out", str(tmp_path), "--json"])
    found = judged(tmp_path / "model.json", file)
    assert set(found["intervals"]) == {metric.name for metric in METRICS} - {"ks_statistic"}
    for name, (low, high) in found["intervals"].items():
        assert low < found["metrics"][name] < high
    assert [row["name"] for row in found["classification_report"]] == [*found["labels"], "macro avg", "weighted avg"]
    assert sum(map(sum, found["confusion_matrix"]["rows"])) == 500
    assert [one["label"] for one in found["classes"]] == found["labels"]
    assert {interval["metric"] for interval in found["classes"][0]["intervals"]} == {"precision", "recall", "f1"}
    assert main(["evaluate", str(tmp_path / "model.json"), str(file)]) == 0
    assert "3 classes" in capsys.readouterr().out
    assert main(["evaluate", str(tmp_path / "model.json"), str(file), "--cutoff", "0.4"]) == 2
    assert "has no cut-off; leave --cutoff out" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path / "model.json"), str(file), "--gain", "3", "--higher-is", "good"]) == 2
    assert "leave --higher-is and --gain out" in capsys.readouterr().err


def test_the_text_holds_every_table(trained, capsys):
    assert main(["evaluate", str(trained / "model.json"), str(trained / "loans.csv")]) == 0
    text = capsys.readouterr().out
    for words in (
        "ROC AUC",
        "DeLong",
        "Wilson",
        "macro avg",
        "Hosmer-Lemeshow",
        "Jeffreys p",
        "Highest expected profit",
        "Note:",
    ):
        assert words in text
    assert main(["evaluate", str(trained / "scored.csv"), *of_column("points", "--higher-is", "good")]) == 0
    assert "no probability" in capsys.readouterr().out


def test_a_file_of_one_class_is_refused(trained, refused, tmp_path):
    table = loans(600, 2)
    goods = written(tmp_path / "goods.csv", table.filter(pc.equal(table["outcome"].cast(pa.string()), "good")))
    for command in (("evaluate",), ("segments", "--by", "home")):
        said = refused(*command, trained / "model.json", goods)
        assert "rows with a 'outcome' is 'bad'; rows of both are needed" in said


def test_rows_without_an_outcome_are_counted_and_left_out(trained, judged, tmp_path):
    table = loans(600, 2)
    outcome = table.column("outcome").to_pylist()
    gaps = pa.array([None if k < 25 else label for k, label in enumerate(outcome)])
    file = written(tmp_path / "gaps.csv", table.set_column(table.schema.names.index("outcome"), "outcome", gaps))
    found = judged(trained / "model.json", file)
    assert found["metrics"]["n_rows"] == 575
    assert any(sentence.startswith("25 of 600 rows") for sentence in found["notices"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("model.json", "nowhere.csv"), "cannot be read"),
        (("loans.csv", "loans.csv"), "as training wrote it"),
        (("model.json", "loans.csv", "--cutoff", "2"), "no probability"),
        (("model.json", "loans.csv", "--gain", "much"), "has to be a number"),
        (("model.json", "loans.csv", "--gain", "0", "--loss", "0"), "at least one"),
        (("model.json", "loans.csv", "--amount", "salary"), "no column"),
        (("model.json", "loans.csv", "--amount", "region"), "holds no numbers"),
        (("model.json", "loans.csv", "--probability"), "--probability"),
        (("model.json", "loans.csv", "--special-code", "late:0=level"), "leave --special-code out"),
        (("model.json",), "MODEL.json and FILE"),
        (("scored.csv", "--score", "points", "--target", "outcome"), "--bad"),
        (("scored.csv", *of_column("points")), "Say what a high 'points' means: --higher-is bad"),
        (("scored.csv", *of_column("probability_of_default")), "--probability alone says"),
        (("scored.csv", *of_column("probability_of_default", "--no-probability")), "Say what a high"),
        (("scored.csv", *of_column("outcome", "--higher-is", "bad")), "it cannot be the score too"),
        (("scored.csv", *of_column("region", "--higher-is", "bad")), "holds no numbers, so it ranks nothing"),
        (("scored.csv", *of_column("points", "--higher-is", "good", "--cutoff", "nan")), "beyond the scores"),
        (("model.json", "loans.csv", "loans.csv"), "MODEL.json and FILE"),
        (("model.json", "loans.csv", "--cut", "0.3", "--frob"), "Unrecognized arguments: --frob"),
        (("scored.csv", *of_column("points", "--probability")), "outside 0 to 1"),
        (("scored.csv", *of_column("nothing")), "no column"),
    ],
)
def test_bad_input_gets_one_sentence(trained, capsys, arguments, said):
    paths = [str(trained / part) if str(part).endswith((".csv", ".json")) else part for part in arguments]
    capsys.readouterr()
    assert main(["evaluate", *paths]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert said in err
