"""python -m pipeline as its user meets it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.__main__ import main
from pipeline.model import FittedModel
from pipeline.reading import check_and_open
from pipeline.spec import TrainSpec
from tests.pipeline.tables import loans

NINE = {"auc", "gini", "ks_statistic", "accuracy", "precision", "recall", "f1", "brier_score", "log_loss"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "loans.csv", loans(300, 1))


def written(path: Path, table) -> Path:
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(table.schema.names)
        writer.writerows(["" if value is None else value for value in row.values()] for row in table.to_pylist())
    return path


def test_the_json_has_what_the_documentation_promises(run_json, file):
    run = run_json("train", file, "--target", "outcome", "--folds", 3)
    assert run["spec"] == TrainSpec.parse(run["spec"]).to_json()
    assert set(run["spec"]) == {option.name for option in TrainSpec.options()}
    assert run["spec"]["features"] == ["income", "debt", "late", "home", "region"]
    assert run["data"]["n_rows"] == run["data"]["n_train"] + run["data"]["n_test"] == 300
    assert set(run["metrics"]["train"]) >= NINE
    assert set(run["metrics"]["test"]) >= NINE
    assert set(run["cross_validation"]["auc"]) >= {"mean", "sd"}
    assert set(run["confusion_matrix"]) == {"tn", "fp", "fn", "tp"}
    assert sum(run["confusion_matrix"].values()) == run["data"]["n_test"]
    assert isinstance(run["intercept"], float)
    for row in run["coefficients"]:
        assert set(row) >= {"class", "field", "level", "estimate", "estimate_standardised", "odds_ratio", "reason"}
        assert set(row) >= {"std_error", "z", "p_value", "ci_low", "ci_high"}
        assert row["odds_ratio"] == pytest.approx(np.exp(row["estimate"]))
    assert set(run["fit"]) >= {
        *("log_likelihood", "deviance", "null_deviance", "aic", "iterations", "gradient_norm", "seconds"),
    }


def test_three_classes_have_an_intercept_each(run_json, tmp_path):
    run = run_json("train", written(tmp_path / "three.csv", loans(300, 1, classes=3)), "--target", "outcome")
    assert set(run["intercept"]) == {"good", "worse"}
    assert run["confusion_matrix"]["labels"] == ["bad", "good", "worse"]
    assert np.sum(run["confusion_matrix"]["rows"]) == run["data"]["n_test"]
    assert {row["class"] for row in run["coefficients"]} == {"good", "worse"}


def test_separated_classes_still_print_json(run_json, tmp_path):
    """Odds ratios beyond every number become null, not Infinity."""
    path = tmp_path / "split.csv"
    path.write_text("x,y\n" + "".join(f"{k / 1e6},{'bad' if k > 50 else 'good'}\n" for k in range(100)))
    run = run_json("train", path, "--target", "y", "--test-share", 0, "--set", "penalty=none", "--set", "scaling=none")
    assert any("separated" in sentence for sentence in run["warnings"])
    assert run["coefficients"][0]["odds_ratio"] is None


def test_every_option_reaches_the_fit_and_the_help(run_json, file, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    said = capsys.readouterr().out
    for option in TrainSpec.options():
        assert f"  {option.name} " in said
        assert option.help in said
        for choice in option.choices:
            assert choice.value in said
    settings = {
        "missing_numbers": "mean",
        "missing_indicator": "yes",
        "missing_categories": "most_frequent",
        "reference_level": "most_frequent",
        "scaling": "none",
        "penalty": "l2",
        "C": "0.25",
        "class_weight": "balanced",
        "cutoff": "0.3",
        "tolerance": "1e-9",
        "max_iterations": "50",
        "test_share": "0.2",
        "folds": "2",
        "seed": "5",
        "features": "income,late",
        "categorical": "late",
        "special_codes": "income: 0=missing",
        "bad_label": "good",
    }
    assert {option.name for option in TrainSpec.options()} == {*settings, "target"}
    flags = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    used = run_json("train", file, "--target", "outcome", *flags)["spec"]
    assert used["C"] == 0.25
    assert used["missing_indicator"] is True
    assert used["features"] == ["income", "late"]
    assert used["special_codes"] == {"income": {"0": "missing"}}
    assert used["bad_label"] == "good"
    assert used["cutoff"] == 0.3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "required"),
        (["shake", "FILE"], "invalid choice"),
        (["train"], "required: FILE"),
        (["train", "FILE", "--wrong"], "--wrong"),
        (["train", "FILE"], "target"),
        (["train", "nowhere.csv", "--target", "x"], "'nowhere.csv' cannot be read"),
        (["train", ".", "--target", "x"], "cannot be read"),
        (["train", "FILE", "--target", "x"], "no column 'x'"),
        (["train", "FILE", "--target", "outcome", "--bad", "ugly"], "its labels are 'bad', 'good'"),
        (["train", "FILE", "--target", "outcome", "--features", "x,y"], "no column 'x', 'y'"),
        (["train", "FILE", "--target", "outcome", "--features", "income,income"], "named twice"),
        (["train", "FILE", "--target", "outcome", "--features", "income,outcome"], "outcome"),
        (["train", "FILE", "--target", "outcome", "--set", "magic=1"], "no option 'magic'"),
        (["train", "FILE", "--target", "outcome", "--set", "C"], "no '='"),
        (["train", "FILE", "--target", "outcome", "--set", "C=0"], "out of range"),
        (["train", "FILE", "--target", "outcome", "--set", "C=nan"], "not a number"),
        (["train", "FILE", "--target", "outcome", "--set", "C=1e999"], "not a number"),
        (["train", "FILE", "--target", "outcome", "--set", "penalty=l7"], "choose one of none, l2"),
        (["train", "FILE", "--target", "outcome", "--set", "seed=" + "9" * 5000], "seed"),
        (["train", "FILE", "--target", "outcome", "--test-share", "1"], "out of range"),
        (["train", "FILE", "--target", "outcome", "--folds", "1"], "at least 2 folds"),
        (["train", "FILE", "--target", "outcome", "--seed", "x"], "not a whole number"),
        (["train", "FILE", "--target", "outcome", "--out", "FILE/below"], "Nothing can be written"),
        (["train", "ONE", "--target", "outcome"], "holds only '1'"),
        (["score", "nowhere.json", "FILE"], "cannot be read"),
        (["score", "FILE", "FILE"], "damaged"),
        (["inspect", "EMPTY"], "is empty"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_2(refused, file, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.csv").write_text("x,outcome\n1,1\n2,1\n3,1\n")
    (tmp_path / "empty.csv").write_text("")
    named = {"FILE": str(file), "ONE": "one.csv", "EMPTY": "empty.csv"}
    sentence = refused(*(named.get(word, word.replace("FILE", str(file))) for word in arguments))
    assert says in sentence
    assert sentence.endswith(".")


def test_a_model_written_out_scores_a_file(run_json, file, tmp_path, capsys):
    run = run_json("train", file, "--target", "outcome", "--out", tmp_path / "run")
    model = FittedModel.from_json((tmp_path / "run" / "model.json").read_text())
    assert model.sha256 == run["model_sha256"]
    assert json.loads((tmp_path / "run" / "run.json").read_text()) == run
    out = tmp_path / "scored.csv"
    assert main(["score", str(tmp_path / "run" / "model.json"), str(file), "--out", str(out)]) == 0
    with out.open() as lines:
        rows = list(csv.DictReader(lines))
    table = check_and_open(file, filename="loans").table()
    assert [float(row["probability_of_default"]) for row in rows] == model.probability_of_default(table).tolist()
    assert [row["outcome"] for row in rows] == table["outcome"].to_pylist()
    capsys.readouterr()
    strange = tmp_path / "strange.csv"
    strange.write_text(file.read_text().replace(",n,", ",mars,"))
    assert main(["score", str(tmp_path / "run" / "model.json"), str(strange), "--out", str(out)]) == 0
    assert "value(s) of 'region' were not seen in training" in capsys.readouterr().err


def test_a_run_as_text(file, capsys):
    assert main(["train", str(file), "--target", "outcome", "--folds", "2", "--set", "penalty=none"]) == 0
    said = capsys.readouterr().out
    for word in ("ROC AUC", "held out", "2-fold cross-validation", "std. error", "home = own (against mortgage)"):
        assert word in said


def test_inspect_tells_what_was_detected(run_json, tmp_path, capsys):
    path = tmp_path / "semicolon.csv"
    path.write_bytes("nr;größe;größe\n1;klein;2,5\n2;groß;\n3;klein;1\n".encode("cp1252"))
    found = run_json("inspect", path)
    assert (found["delimiter"], found["encoding"], found["header_row"], found["n_rows"]) == (";", "cp1252", True, 3)
    assert [column["name"] for column in found["columns"]] == ["nr", "größe", "größe_2"]
    assert found["columns"][0]["issues"] == ["a row number"]
    assert found["columns"][2]["missing"] == 1
    assert len(found["repairs"]) == 2
    assert main(["inspect", str(path)]) == 0
    assert "3 rows, 3 columns" in capsys.readouterr().out


def test_the_module_runs_without_the_web_and_without_scikit_learn(file):
    """A process of its own: what is imported is what a user pays for."""
    code = (
        "import sys, runpy; sys.argv = ['pipeline', 'train', sys.argv[1], '--target', 'outcome', '--json']\n"
        "try:\n    runpy.run_module('pipeline', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    heavy = [m for m in ('dash', 'flask', 'sqlalchemy', 'sklearn', 'scipy', 'plotly') if m in sys.modules]\n"
        "    print(heavy, file=sys.stderr)\n"
        "    sys.exit(end.code)\n"
    )
    said = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, env={**os.environ})
    assert said.returncode == 0
    assert said.stderr.strip() == "[]"
    assert json.loads(said.stdout)["metrics"]["test"]["auc"] > 0.5
