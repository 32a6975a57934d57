"""python -m pipeline segments as its user meets it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from pipeline.__main__ import main
from tests.pipeline.scored_files import scored_folder
from tests.pipeline.segment_cases import COMPAS, compas

PROMISED = {
    *("by", "n", "n_bad", "bad_rate", "approval_rate", "true_positive_rate", "false_positive_rate", "false_negative_rate"),
    *("precision", "auc", "adverse_impact_ratio", "intervals", "too_few"),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored_folder(tmp_path_factory.mktemp("segments"), 900)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The defendants of `COMPAS`, with a score of 1 and 2."""
    scores, columns = compas()
    path = tmp_path / "compas.csv"
    rows = zip(columns["race"], scores.score, scores.is_bad, strict=True)
    path.write_text(
        "race,score,rearrested\n" + "".join(f"{race},{1 + int(score)},{'yes' if bad else 'no'}\n" for race, score, bad in rows)
    )
    return path


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "scored.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_json_has_what_the_documentation_promises(trained, run_json):
    found = run_json("segments", trained / "model.json", trained / "loans.csv", "--by", "home", "--cutoff", 0.12)
    assert [one["by"] for one in found["segments"]] == [{"home": name} for name in ("mortgage", "own", "rent", "(missing)")]
    for one in found["segments"]:
        assert set(one) >= PROMISED
        own = [row for row in rows_of(trained) if (row["home"] or "(missing)") == one["by"]["home"]]
        refused = np.array([float(row["probability_of_default"]) >= 0.12 for row in own])
        bad = np.array([row["outcome"] == "bad" for row in own])
        assert (one["n"], one["n_bad"]) == (len(own), int(bad.sum()))
        assert one["approval_rate"] == pytest.approx(float((~refused).mean()))
        assert one["false_positive_rate"] == pytest.approx(float(refused[~bad].mean()))
        for name, (low, high) in one["intervals"].items():
            assert low <= one[name] <= high
        for name in one["too_few"]:
            assert one[name] is None
            assert one["too_few"][name].startswith(("too few, ", "the reference: too few, "))
    assert sum(one["n"] for one in found["segments"]) == found["n_rows"] == 900
    assert [one["adverse_impact_ratio"] for one in found["segments"] if one["is_reference"]] == [1.0]


def test_published_rates(published, run_json):
    given = ("--score", "score", "--target", "rearrested", "--bad", "yes", "--higher-is", "bad", "--cutoff", 2)
    found = run_json("segments", published, *given, "--by", "race")
    rates = {one["by"]["race"]: one for one in found["segments"]}
    assert round(100 * rates["African-American"]["false_positive_rate"], 2) == 44.85
    assert round(100 * rates["Caucasian"]["false_negative_rate"], 2) == 47.72
    assert rates["African-American"]["confusion_matrix"] == dict(
        zip(("tn", "fp", "fn", "tp"), COMPAS["African-American"], strict=True)
    )
    assert rates["Caucasian"]["is_reference"]
    assert rates["African-American"]["below_four_fifths"]
    assert rates["African-American"]["observed_expected"] is None
    assert rates["African-American"]["too_few"]["observed_expected"] == "the score is no probability"


def test_a_score_of_the_file_and_the_model_say_the_same(trained, run_json):
    by_model = run_json("segments", trained / "model.json", trained / "scored.csv", "--by", "home", "--cutoff", 0.2)
    asked = ("--target", "outcome", "--bad", "bad", "--by", "home")
    given = ("--score", "probability_of_default", "--probability", "--cutoff", 0.2)
    by_column = run_json("segments", trained / "scored.csv", *given, *asked)
    points = run_json("segments", trained / "scored.csv", "--score", "points", "--higher-is", "good", "--cutoff", 590, *asked)
    assert points["cutoff"] == pytest.approx(590)
    own = [row for row in rows_of(trained) if row["home"] == "own"]
    (told,) = (one for one in points["segments"] if one["by"] == {"home": "own"})
    assert told["mean_score"] == pytest.approx(np.mean([float(row["points"]) for row in own]))  # in points, as the cut-off is
    assert told["intervals"]["mean_score"][0] < told["mean_score"] < told["intervals"]["mean_score"][1]
    for one, other, third in zip(by_model["segments"], by_column["segments"], points["segments"], strict=True):
        assert one["confusion_matrix"] == other["confusion_matrix"] == third["confusion_matrix"]
        assert one["auc"] == pytest.approx(other["auc"])
        assert one["adverse_impact_ratio"] == pytest.approx(third["adverse_impact_ratio"])


def test_columns_may_be_named_between_the_files(trained, run_json):
    plain = run_json("segments", trained / "model.json", trained / "loans.csv", "--by", "home")
    assert run_json("segments", trained / "model.json", "--by", "home", trained / "loans.csv") == plain


def test_crossed_and_repeated_groups_with_a_reference(trained, run_json):
    found = run_json(
        *("segments", trained / "model.json", trained / "loans.csv", "--by", "home", "--by", "region,home"),
        *("--reference", "rent", "--least-rows", 10, "--least-of-class", 1, "--cutoff", 0.2),
    )
    singles = [one for one in found["segments"] if list(one["by"]) == ["home"]]
    assert [one["by"]["home"] for one in singles if one["is_reference"]] == ["rent"]
    crossed = [one for one in found["segments"] if list(one["by"]) == ["region", "home"]]
    assert len(crossed) == 16
    assert sum(one["n"] for one in crossed) == 900
    assert (found["least_rows"], found["least_of_class"]) == (10, 1)
    pair = run_json(
        "segments", trained / "model.json", trained / "loans.csv", "--by", "region,home", "--reference", "n,own", "--cutoff", 0.2
    )
    assert [one["by"] for one in pair["segments"] if one["is_reference"]] == [{"region": "n", "home": "own"}]


def test_bins_and_codes(trained, run_json):
    base = ("segments", trained / "model.json", trained / "loans.csv")
    binned = run_json(*base, "--by", "income", "--bins", "income:15000,30000")
    assert [one["by"]["income"] for one in binned["segments"]] == [
        *("under 15,000", "15,000 to 30,000", "30,000 and over", "(missing)")
    ]
    assert binned["binned"] == [{"column": "income", "how": "intervals as asked for"}]
    codes = run_json(*base, "--by", "late", "--special-code", "late:0=level,4=missing", "--bins", "late:2")
    assert [one["by"]["late"] for one in codes["segments"]] == ["under 2", "2 and over", "0", "(missing)"]
    many = run_json(*base, "--by", "debt", "--categorical", "debt")
    assert many["left_out"][0]["by"] == "debt"


def test_the_table_for_a_terminal(trained, capsys):
    assert main(["segments", str(trained / "model.json"), str(trained / "loans.csv"), "--by", "home", "--cutoff", "0.2"]) == 0
    said = capsys.readouterr().out
    assert "900 rows" in said
    assert "reference" in said
    assert "FPR: goods refused of all goods" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("model.json", "loans.csv"), "--by"),
        (("loans.csv", "--by", "home"), "Give MODEL.json and FILE"),
        (("model.json", "loans.csv", "--score", "debt", "--by", "home"), "takes the place of MODEL.json"),
        (("loans.csv", "--score", "debt", "--by", "home"), "--target and --bad"),
        (("model.json", "loans.csv", "--bad", "bad", "--by", "home"), "knows its bad label"),
        (("model.json", "loans.csv", "--by", "house"), "no column 'house'"),
        (("model.json", "loans.csv", "--by", "home", "--target", "x"), "no column 'x'"),
        (("model.json", "loans.csv", "--by", "home", "--target", "region"), "No row has a 'region'"),
        (("model.json", "loans.csv", "--by", "home", "--cutoff", "2"), "is no probability"),
        (("model.json", "loans.csv", "--by", "home", "--reference", "tent"), "no segment 'tent'; segments are mortgage; own"),
        (("model.json", "loans.csv", "--by", "home", "--reference", "own", "--least-rows", "500"), "fewer than the 500"),
        (("model.json", "loans.csv", "--by", "home", "--least-rows", "0"), "whole number from 1"),
        (("model.json", "loans.csv", "--by", "home,outcome"), "'outcome' is the outcome itself"),
        (("model.json", "loans.csv", "--by", "home", "--bins", "income"), "COLUMN:A,B"),
        (("model.json", "loans.csv", "--by", "a,b,c,d"), "one to 3 columns"),
        (("gone.json", "loans.csv", "--by", "home"), "cannot be read"),
        (("loans.csv", "--score", "income", "--target", "outcome", "--bad", "bad", "--by", "home"), "--higher-is bad"),
        (("loans.csv", "--score", "gone", "--target", "outcome", "--bad", "bad", "--by", "home"), "no column 'gone'"),
        (("loans.csv", "--score", "home", "--target", "outcome", "--bad", "bad", "--by", "home"), "holds no numbers"),
        (
            ("loans.csv", "--score", "debt", "--target", "outcome", "--bad", "worst", "--by", "home", "--higher-is", "bad"),
            "worst",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(trained, refused, arguments, words):
    placed = [trained / word if word.endswith((".json", ".csv")) else word for word in arguments]
    assert words in refused("segments", *placed)


def test_special_codes_of_a_score_are_no_scores(tmp_path, run_json):
    path = tmp_path / "bureau.csv"
    rows = (
        "".join(f"{(k % 97) / 100},{'bad' if k % 5 == 0 else 'good'},{'ab'[k % 2]}\n" for k in range(400)) + "9999,good,a\n" * 10
    )
    path.write_text("score,outcome,g\n" + rows)
    found = run_json(
        *("segments", path, "--score", "score", "--target", "outcome", "--bad", "bad", "--by", "g"),
        *("--special-code", "score:9999=missing", "--higher-is", "bad"),
    )
    assert found["n_rows"] == 400
    assert found["scale"]["is_probability"]
    assert any("9999" in sentence for sentence in found["notices"])
