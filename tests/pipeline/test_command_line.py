"""python -m pipeline train and score as their user meets them."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.__main__ import main
from pipeline.model import FittedModel
from pipeline.profiling.results import Profile
from pipeline.reading import check_and_open
from pipeline.spec import TrainSpec
from tests.pipeline.tables import loans, written

NINE = {"auc", "gini", "ks_statistic", "accuracy", "precision", "recall", "f1", "brier_score", "log_loss"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "loans.csv", loans(300, 1))


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
    assert any("separates the classes completely" in sentence for sentence in run["warnings"])
    assert [(row["field"], row["complete"]) for row in run["separation"]] == [("x", True)]
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
    used = run_json("train", file, "--target", "outcome", *set_of(SETTINGS))["spec"]
    assert {option.name for option in TrainSpec.options()} == {*SETTINGS, "target"}
    told = {name: used[name] for name in ("C", "missing_indicator", "features", "special_codes", "bad_label", "cutoff")}
    assert told == {
        "C": 0.25, "missing_indicator": True, "features": ["income", "late", "home"],
        "special_codes": {"income": {"0": "missing"}}, "bad_label": "good", "cutoff": 0.3,
    }  # fmt: skip
    assert used["class_weights"] == {"bad": 1.0, "good": 3.0}
    assert used["orders"] == {"late": ["0", "1", "2", "3", "4"]}
    assert used["reference_levels"] == {"home": "rent"}
    assert used["interactions"] == [["income", "home"]]


# Every option, with a value of its kind that is not its default.
SETTINGS = {
    "bad_label": "good", "features": "income,late,home", "categorical": "late", "special_codes": "income: 0=missing",
    "split": "random", "split_column": "debt", "test_share": "0.2", "validation_share": "0.1", "stratify": "no", "folds": "2",
    "fold_repeats": "2", "seed": "5", "missing_numbers": "constant", "missing_constant": "1000", "missing_indicator": "yes",
    "missing_categories": "constant", "missing_level": "rent", "winsorise": "0.01", "log_columns": "income",
    "scaling": "robust", "degree": "2", "degree_columns": "income", "interactions": "income * home", "one_hot": "reference",
    "reference_level": "most_frequent", "reference_levels": "home: rent", "rare_share": "0.01",
    "orders": "late: 0 < 1 < 2 < 3 < 4", "weight_of_evidence": "none", "woe_columns": "income", "woe_bins": "4",
    "woe_share": "0.1", "penalty": "elasticnet", "C": "0.25", "l1_ratio": "0.2", "class_weight": "given",
    "class_weights": "good: 3", "resampling": "none", "neighbours": "3", "correct_prior": "no", "multiclass": "one_vs_rest",
    "cutoff": "0.3", "bootstrap": "40", "solver": "auto", "tolerance": "1e-9", "max_iterations": "500",
}  # fmt: skip


def set_of(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]


def test_a_file_of_options_is_that_of_a_run(run_json, file, tmp_path):
    """What run.json holds under `spec` trains the same model; flags stand over it."""
    first = run_json("train", file, "--target", "outcome", "--set", "penalty=l1", "--set", "C=0.3", "--out", tmp_path)
    second = run_json("train", file, "--spec", tmp_path / "run.json")
    assert {**second, "fit": {**second["fit"], "seconds": 0}} == {**first, "fit": {**first["fit"], "seconds": 0}}
    options = tmp_path / "options.json"
    options.write_text(json.dumps(first["spec"]))
    again = run_json("train", file, "--spec", options, "--set", "C=0.2", "--seed", 3)
    assert (again["spec"]["C"], again["spec"]["seed"], again["spec"]["penalty"]) == (0.2, 3, "l1")


def test_without_features_named_the_roles_say_what_is_trained_on(run_json, tmp_path):
    """Keys, dates and what is known only after the outcome stay out, with the reason; a column named is used whatever it is."""
    table = loans(300, 1)
    table = table.append_column("loan_id", pa.array([7_000 + 13 * k for k in range(300)]))
    table = table.append_column("charged_off_amount", pa.array([100.0 * (k % 7) for k in range(300)]))
    path = written(tmp_path / "more.csv", table)
    run = run_json("train", path, "--target", "outcome")
    assert run["spec"]["features"] == ["income", "debt", "late", "home", "region"]
    left_out = dict(run["data"]["left_out"])
    assert left_out["loan_id"].startswith("a key: its name says key")
    assert left_out["charged_off_amount"] == "left out: its name says that it is known only after the outcome ('charged off')"
    named = run_json("train", path, "--target", "outcome", "--features", "debt,charged_off_amount")
    assert named["spec"]["features"] == ["debt", "charged_off_amount"]


def test_options_of_several_entries_may_be_set_line_by_line_or_as_json(run_json, file):
    one = run_json("train", file, "--target", "outcome", "--set", "class_weight=given", "--set", "class_weights=bad: 2",
                   "--set", "class_weights=good: 0.5")  # fmt: skip
    other = run_json("train", file, "--target", "outcome", "--set", "class_weight=given",
                     "--set", 'class_weights={"bad": 2, "good": 0.5}')  # fmt: skip
    assert one["spec"]["class_weights"] == other["spec"]["class_weights"] == {"bad": 2.0, "good": 0.5}
    assert one["coefficients"] == other["coefficients"]


def test_the_json_tells_every_part_and_the_correction(run_json, file):
    run = run_json("train", file, "--target", "outcome", "--set", "validation_share=0.2", "--set", "class_weight=balanced")
    assert set(run["metrics"]["validation"]) >= NINE
    assert run["metrics"]["validation"]["n_rows"] == run["data"]["n_validation"]
    before, after = run["calibration"]["before"], run["calibration"]["after"]
    assert run["calibration"]["given"] == after
    assert abs(after["expected_bad"] - after["n_bad"]) < abs(before["expected_bad"] - before["n_bad"])
    assert before["n_bad"] == after["n_bad"] == run["confusion_matrix"]["fn"] + run["confusion_matrix"]["tp"]
    assert len(run["prior_shift"]) == 1
    plain = run_json("train", file, "--target", "outcome")
    assert (plain["metrics"]["validation"], plain["calibration"]["before"]) == (None, None)
    assert plain["calibration"]["after"] is None
    assert plain["calibration"]["given"]["n_rows"] == plain["data"]["n_test"]


def test_uncorrected_scores_are_those_before_the_correction(run_json, file, tmp_path):
    """Their log-odds differ by the shift of the prior, the same in every row."""
    run = run_json("train", file, "--target", "outcome", "--set", "class_weight=balanced", "--out", tmp_path)
    odds = {}
    for flag in ((), ("--uncorrected",)):
        out = tmp_path / "scored.csv"
        assert main(["score", str(tmp_path / "model.json"), str(file), "--out", str(out), *flag]) == 0
        with out.open() as lines:
            p = np.array([float(row["probability_of_default"]) for row in csv.DictReader(lines)])
        odds[flag] = np.log(p / (1 - p))
    assert odds[("--uncorrected",)] - odds[()] == pytest.approx(np.full(300, run["prior_shift"][0]))


def test_three_classes_are_told_one_by_one(run_json, tmp_path):
    run = run_json("train", written(tmp_path / "three.csv", loans(300, 1, classes=3)), "--target", "outcome")
    assert [row["label"] for row in run["classes"]] == ["bad", "good", "worse"]
    assert sum(row["n_rows"] for row in run["classes"]) == run["data"]["n_test"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "required"),
        (["shake", "FILE"], "invalid choice"),
        (["train"], "required: FILE"),
        (["train", "FILE", "--wrong"], "--wrong"),
        (["train", "FILE"], "target"),
        (["train", "nowhere.csv", "--target", "x"], "'nowhere.csv' cannot be read"),
        (["train", ".", "--target", "x"], "'.' is a folder"),
        (["train", "FILE", "--target", "x"], "no column 'x'"),
        (["train", "FILE", "--target", "outcome", "--bad", "ugly"], "its labels are 'bad', 'good'"),
        (["train", "FILE", "--target", "outcome", "--features", "x,y"], "no column 'x', 'y'"),
        (["train", "FILE", "--target", "outcome", "--features", "income,income"], "named twice"),
        (["train", "FILE", "--target", "outcome", "--features", "income,outcome"], "outcome"),
        (["train", "FILE", "--target", "outcome", "--set", "magic=1"], "no option 'magic'"),
        (["train", "FILE", "--target", "outcome", "--set", "C"], "no '='"),
        (["train", "FILE", "--spec", "nowhere.json"], "'nowhere.json' cannot be read"),
        (["train", "FILE", "--spec", "FILE"], "holds no JSON"),
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
        (["profile", "EMPTY"], "is empty"),
        (["profile", "FILE", "--target", "x"], "no column 'x'"),
        (["profile", "FILE", "--target", "outcome", "--bad", "ugly"], "no label 'ugly'"),
        (["inspect", "FILE", "--target", "x"], "no column 'x'"),
        (["profile", "FILE", "--special-code", "inc:0=level"], "no column 'inc'"),
        (["profile", "FILE", "--special-code", "income:0=zero"], "it can mean level or missing"),
        (["train", "FILE", "--target", "outcome", "--special-code", "income"], "names no column"),
        (["train", "FILE", "--target", "outcome", "--special-code", "inc:0=level"], "no column 'inc'"),
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


def test_special_codes_on_the_command_line(run_json, file):
    run = run_json("train", file, "--target", "outcome", "--special-code", "late:0=level,4=missing")
    assert run["spec"]["special_codes"] == {"late": {"0": "level", "4": "missing"}}
    assert [row["level"] for row in run["coefficients"] if row["field"] == "late"] == [None, "0"]
    seen = Profile.from_json(run_json("profile", file, "--special-code", "late:0=level,4=missing")).column("late")
    assert (seen.minimum, seen.maximum) == (1, 3)


def test_a_run_as_text(file, capsys):
    assert main(["train", str(file), "--target", "outcome", "--folds", "2", "--set", "penalty=none"]) == 0
    said = capsys.readouterr().out
    for word in ("ROC AUC", "held out", "2-fold cross-validation", "std. error", "home = own (against mortgage)"):
        assert word in said


def test_the_readme_shows_what_is_printed(tmp_path, monkeypatch, capsys):
    """The file that the README gives, and below it each command with `$` and what it prints."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    _, example = text.split("Take this export, `loans.csv`:\n\n")
    export = textwrap.dedent(example.split("\nAnd further:")[0])
    lines, *shown = export.split("\n$ .venv/bin/python -m pipeline ")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loans.csv").write_text(lines.strip() + "\n", encoding="utf-8")
    assert len(shown) == 2
    for entry in shown:
        command, _, printed = entry.partition("\n")
        assert main(command.split()) == 0
        assert capsys.readouterr().out.rstrip() == printed.rstrip()


def test_every_further_command_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    """In the order that they stand in, on the file that the README gives and on the same as the next month's."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    export = text.split("Take this export, `loans.csv`:\n\n")[1].split("\n    $ ")[0]
    commands = re.findall(r"^    \.venv/bin/python -m pipeline (.+)$", text.split("\nAnd further:")[1], re.MULTILINE)
    assert len(commands) == 13
    monkeypatch.chdir(tmp_path)
    for name in ("loans.csv", "december.csv"):
        (tmp_path / name).write_text(textwrap.dedent(export).strip() + "\n", encoding="utf-8")
    for command in commands:
        words, _, written = command.split("#")[0].partition(">")
        ended, printed = main(shlex.split(words)), capsys.readouterr()
        assert ended == 0, (command, printed.err)
        if written:
            (tmp_path / written.strip()).write_text(printed.out, encoding="utf-8")


def test_the_module_runs_without_the_web_and_without_scikit_learn(file):
    """A process of its own: what is imported is what a user pays for."""
    code = (
        "import sys, runpy; sys.argv = ['pipeline', 'train', sys.argv[1], '--target', 'outcome', '--json']\n"
        "try:\n    runpy.run_module('pipeline', run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    heavy = [m for m in ('dash', 'flask', 'sqlalchemy', 'sklearn', 'imblearn', 'plotly') if m in sys.modules]\n"
        "    print(heavy, file=sys.stderr)\n"
        "    sys.exit(end.code)\n"
    )
    said = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, env={**os.environ})
    assert said.returncode == 0
    assert said.stderr.strip() == "[]"
    assert json.loads(said.stdout)["metrics"]["test"]["auc"] > 0.5
