"""python -m pipeline explain as its user meets it."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.__main__ import main
from pipeline.explaining.background import just_passing
from pipeline.model import FittedModel
from tests.pipeline.scored_files import rows_of, scored_folder
from tests.pipeline.tables import loans, written

PROMISED = ["row", "log_odds", "probability", "decision", "intercept", "contributions", "reference", "principal_reasons", "lime"]
FIELDS = ["income", "debt", "late", "home", "region"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored_folder(tmp_path_factory.mktemp("explain"), 300)


@pytest.fixture(scope="module")
def files(folder: Path) -> tuple[Path, Path]:
    return folder / "model.json", folder / "loans.csv"


@pytest.mark.parametrize("row", [1, 17, 300])
def test_the_parts_sum_to_the_score_that_score_gives(row, folder, files, run_json):
    found = run_json("explain", *files, "--row", row, "--cutoff", 0.3)
    assert list(found)[: len(PROMISED)] == PROMISED
    own = rows_of(folder / "scored.csv")[row - 1]
    assert found["row"] == row
    assert found["probability"] == pytest.approx(float(own["probability_of_default"]), rel=1e-9)
    assert found["decision"] == ("refuse" if found["probability"] >= 0.3 else "approve")
    assert found["log_odds"] == pytest.approx(math.log(found["probability"] / (1 - found["probability"])), abs=1e-9)
    assert found["intercept"] + sum(one["contribution"] for one in found["contributions"]) == pytest.approx(
        found["log_odds"], abs=1e-9
    )
    assert [one["field"] for one in found["contributions"]] == FIELDS
    for one in found["contributions"]:
        told = own[one["field"]]
        assert one["value"] == (
            None if told == "" else told if one["field"] in {"home", "region"} else pytest.approx(float(told))
        )
    assert found["lime"] is None
    assert found["n_background"] == 300
    assert found["notices"] == []


def test_the_reference_is_counted_over_the_rows_of_the_file(files, folder, run_json):
    model = FittedModel.from_json(files[0].read_text())
    rows = rows_of(folder / "scored.csv")
    score = np.array([float(row["probability_of_default"]) for row in rows])
    chosen = {
        "average": np.arange(300),
        "good": np.flatnonzero([row["outcome"] == "good" for row in rows]),
        "passing": just_passing(score, 0.4),
    }
    for kind, of in chosen.items():
        found = run_json("explain", *files, "--row", 2, "--reference", kind, "--cutoff", 0.4)
        log_odds = np.log(score[of] / (1 - score[of]))
        assert found["intercept"] == pytest.approx(log_odds.mean(), abs=1e-6)  # a linear model of means is the mean
    assert found["reference"] == found["reasons_reference"] == "applicants who just pass"
    adverse = sorted((one["contribution"] for one in found["contributions"] if one["contribution"] > 0), reverse=True)
    assert [one["contribution"] for one in found["principal_reasons"]] == pytest.approx(adverse[:4])
    assert [one["rank"] for one in found["principal_reasons"]] == list(range(1, len(adverse[:4]) + 1))
    first = found["principal_reasons"][0]["field"]
    kept_back = run_json("explain", *files, "--row", 2, "--cutoff", 0.4, "--never", first)
    assert first not in [one["field"] for one in kept_back["principal_reasons"]]
    assert first in [one["field"] for one in kept_back["contributions"]]
    assert model.fields == tuple(FIELDS)


def test_lime_stands_beside_the_exact_account_and_follows_its_seed(files, run_json):
    asked = ("explain", *files, "--row", 5, "--method", "lime", "--samples", 500)
    one, same, other = (run_json(*asked, "--seed", seed) for seed in (3, 3, 4))
    assert one == same
    assert one["lime"]["seed"] == 3
    assert one["lime"]["n_samples"] == 500
    assert one["lime"]["weights"] != other["lime"]["weights"]
    assert one["contributions"] == other["contributions"]
    assert {weight["field"] for weight in one["lime"]["weights"]} == set(FIELDS)
    assert 0 <= one["lime"]["local_r2"] <= 1
    assert list(one["lime"])[:4] == ["weights", "intercept", "local_r2", "seed"]


def test_the_same_as_text(files, capsys):
    assert main(["explain", *map(str, files), "--row", "5", "--method", "lime", "--samples", "500"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Row 5: probability of bad ")
    assert "against the average applicant" in said
    assert "Principal reasons, against applicants who just pass:" in said
    assert "Local R²" in said
    for field in FIELDS:
        assert f"\n{field} " in said


def test_what_training_never_saw_is_said(files, tmp_path, run_json):
    rows = rows_of(files[1])
    rows[3]["region"] = "moon"
    path = written(tmp_path / "strange.csv", pa.Table.from_pylist(rows))
    [notice] = run_json("explain", files[0], path, "--row", 4)["notices"]
    assert notice.startswith("The row's 'region' was not seen in training and counts as the reference level '")
    assert run_json("explain", files[0], path, "--row", 3)["notices"] == []


def test_numbers_beyond_floats_are_refused_and_large_ones_can_be_read(files, tmp_path, refused, capsys):
    rows = rows_of(files[1])
    rows[0]["debt"] = "1.7e308"
    path = written(tmp_path / "wild.csv", pa.Table.from_pylist(rows))
    assert "too large to be scored" in refused("explain", files[0], path, "--row", 1)
    assert "a number in 'debt' that is too large to count from" in refused("explain", files[0], path, "--row", 2)
    rows[0]["debt"] = "1e250"
    path = written(tmp_path / "large.csv", pa.Table.from_pylist(rows))
    assert main(["explain", str(files[0]), str(path), "--row", "1"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) < 100


def test_a_file_without_an_outcome_has_an_average_and_those_who_pass(files, tmp_path, run_json, refused):
    rows = [{name: row[name] for name in FIELDS} for row in rows_of(files[1])]
    path = written(tmp_path / "newer.csv", pa.Table.from_pylist(rows))
    assert run_json("explain", files[0], path, "--row", 4)["reasons_reference"] == "applicants who just pass"
    assert "name the column of the outcome with --target" in refused("explain", files[0], path, "--row", 4, "--reference", "good")


def test_three_classes(tmp_path, run_json, refused, capsys):
    path = written(tmp_path / "loans.csv", loans(300, 2, classes=3))
    main(["train", str(path), "--target", "outcome", "--out", str(tmp_path), "--json"])
    capsys.readouterr()
    asked = ("explain", tmp_path / "model.json", path, "--row", 2)
    found = run_json(*asked, "--class", "worse", "--reference", "good")
    assert (found["label"], found["decision"], found["principal_reasons"]) == ("worse", None, [])
    assert found["reference"] == "the average of 'good'"
    assert found["intercept"] + sum(one["contribution"] for one in found["contributions"]) == pytest.approx(
        found["log_odds"], abs=1e-9
    )
    assert "is none of" in refused(*asked, "--class", "worst")
    assert "no cut-off" in refused(*asked, "--cutoff", 0.3)
    assert main([*map(str, asked), "--class", "worse"]) == 0
    assert "probability of 'worse'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--row", "0"], "--row 0 is no row; the first one below the header is 1."),
        (["--row", "301"], "There is no row 301; the file has rows 1 to 300."),
        (["--row", "one"], "invalid int value"),
        ([], "required: --row"),
        (["--row", "1", "--seed", "1"], "--seed is for LIME; add --method lime."),
        (["--row", "1", "--method", "lime", "--seed", "-1"], "--seed is a whole number from 0"),
        (["--row", "1", "--method", "lime", "--samples", "5"], "--samples is a whole number from 100"),
        (["--row", "1", "--cutoff", "2"], "is no probability"),
        (["--row", "1", "--reference", "best"], "--reference 'best' is none of average, good, passing."),
        (["--row", "1", "--reference", "passing", "--cutoff", "0"], "Fewer than five rows of the file pass at the cut-off 0"),
        (["--row", "1", "--target", "nothing"], "There is no column 'nothing'"),
        (["--row", "1", "--class", "bad"], "The model has two classes"),
        (["--row", "1", "--never", "nothing"], "--never names 'nothing', which the model does not read."),
    ],
)
def test_what_cannot_be_is_said(options, sentence, files, refused):
    assert sentence in refused("explain", *files, *options)


def test_a_file_that_lacks_columns_is_refused(files, tmp_path, refused):
    path = written(tmp_path / "few.csv", pa.table({"income": [1.0, 2.0], "debt": [0.1, 0.2]}))
    assert "There is no column 'late', 'home', 'region' in the data." in refused("explain", files[0], path, "--row", 1)
