"""python -m pipeline inspect and profile as their user meets them."""

import argparse
import dataclasses
import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.commands.recipe_options import FOUND, add_recipe_options, wanted
from pipeline.profiling import profile
from pipeline.profiling.results import Profile
from pipeline.reading import Recipe, check_and_open
from tests.pipeline.tables import loans, written

INSPECTED = {
    *("format", "compression", "encoding", "delimiter", "quote", "escape", "decimal", "thousands", "header_row", "skipped_lines"),
    *("footer_lines", "n_rows", "n_bytes", "sha256", "columns", "repairs", "recipe", "refused"),
}
OF_A_COLUMN = {
    *("name", "type", "role", "reason", "missing", "distinct", "minimum", "maximum", "nearly", "n_unread", "issues"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "loans.csv", loans(300, 1))


def test_inspect_tells_what_was_detected(run_json, tmp_path, capsys):
    path = tmp_path / "semicolon.csv"
    path.write_bytes("nr;größe;größe\n1;klein;a\n2;groß;\n3;klein;b\n".encode("cp1252"))
    found = run_json("inspect", path)
    assert set(found) == INSPECTED
    assert (found["format"], found["compression"], found["refused"]) == ("delimited text", None, None)
    assert (found["delimiter"], found["encoding"], found["header_row"], found["n_rows"]) == (";", "cp1252", 1, 3)
    assert found["n_bytes"] == path.stat().st_size
    assert all(set(column) == OF_A_COLUMN for column in found["columns"])
    assert [column["name"] for column in found["columns"]] == ["nr", "größe", "größe_2"]
    assert found["columns"][0]["role"] == "identifier"
    assert found["columns"][0]["issues"] == [found["columns"][0]["reason"]] == ["It counts the rows from 1 to 3."]
    assert found["columns"][2]["missing"] == 1
    assert found["repairs"]
    assert all(set(repair) == {"kind", "title", "detail", "column", "lines", "n_lines"} for repair in found["repairs"])
    assert Recipe.from_json(found["recipe"]).to_json() == found["recipe"]
    assert main(["inspect", str(path)]) == 0
    said = capsys.readouterr().out
    assert "3 rows, 3 columns; cp1252, separated by ';', header in line 1" in said
    assert "It counts the rows from 1 to 3." in said


def test_the_header_row_is_counted_in_the_file_and_null_where_there_is_none(run_json, tmp_path):
    path = tmp_path / "late.csv"
    path.write_text("\n\na,b\n1,x\n2,y\n")
    found = run_json("inspect", path)
    assert (found["header_row"], found["skipped_lines"]) == (3, 2)
    path.write_text("1,2\n3,4\n5,6\n")
    assert run_json("inspect", path)["header_row"] is None
    assert run_json("inspect", path, "--no-header")["n_rows"] == 3


def test_inspect_as_json_tells_of_a_refusal_and_exits_with_2(tmp_path, capsys):
    path = tmp_path / "empty.csv"
    path.write_text("")
    assert main(["inspect", str(path), "--json"]) == 2
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert said.err == ""
    assert set(found) == INSPECTED
    assert found["refused"]["kind"] == "empty"
    assert found["refused"]["message"] == "'empty.csv' is empty."
    assert found["columns"] == found["repairs"] == []
    assert {name for name, value in found.items() if value is None} == INSPECTED - {"columns", "repairs", "refused"}


def test_columns_that_give_the_outcome_away_or_come_twice_are_inspected_against_it(run_json, tmp_path):
    path = tmp_path / "leak.csv"
    rows = [(k * 37 % 101, "yes" if k % 4 == 0 else "no", "moved" if k % 4 == 0 else "") for k in range(400)]
    path.write_text("income,churn,why,earned\n" + "".join(f"{i},{y},{why},{i}\n" for i, y, why in rows))
    found = {column["name"]: column for column in run_json("inspect", path)["columns"]}
    assert {name: column["role"] for name, column in found.items()} == {
        "income": "feature", "churn": "target", "why": "excluded", "earned": "excluded",
    }  # fmt: skip
    assert found["why"]["reason"] == (
        "Filled in for all 100 rows with churn = yes and for no other row; alone it would reach an AUC of 1.000."
    )
    assert found["earned"]["reason"] == "It holds the same as 'income' in every one of the 400 rows."
    assert run_json("inspect", path, "--target", "income")["columns"][0]["role"] == "target"


def test_a_recipe_is_used_again_and_changed(run_json, tmp_path):
    path = tmp_path / "in.txt"
    path.write_bytes(b"x;y\n1,5;a\n2,5;b\n3,5;\xe9\n")
    first = run_json("inspect", path, "--delimiter", ";", "--encoding", "cp1252")
    assert (first["delimiter"], first["encoding"]) == (";", "cp1252")
    kept = tmp_path / "recipe.json"
    for stored in (first, first["recipe"]):
        kept.write_text(json.dumps(stored))
        assert run_json("inspect", path, "--recipe", kept)["recipe"] == first["recipe"]
    changed = run_json("inspect", path, "--recipe", kept, "--no-header")
    assert (changed["n_rows"], changed["header_row"], changed["delimiter"]) == (4, None, ";")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--encoding", "klingon"], "There is no encoding 'klingon'"),
        (["--skip-lines", "x"], "'x' is no number of lines"),
        (["--skip-lines", "9" * 5000], "is no number of lines"),
        (["--delimiter", "ab"], "one ASCII character each"),
        (["--quote", ","], "different characters"),
        (["--ragged", "mend"], "choose from"),
        (["--kind", "x"], "--kind takes COLUMN=KIND"),
        (["--kind", "x=colour"], "--kind takes COLUMN=KIND"),
        (["--recipe", "none.json"], "holds no recipe"),
        (["--recipe", "FILE"], "holds no recipe"),
        (["--recipe", "RECIPE"], "holds no recipe"),
        (["--recipe", "FUTURE"], "this version reads format"),
    ],
)
def test_a_wrong_recipe_is_one_sentence(refused, file, tmp_path, arguments, says):
    odd, future = tmp_path / "odd.json", tmp_path / "future.json"
    odd.write_text(json.dumps({**Recipe().to_json(), "skipped_lines": "many"}))
    future.write_text(json.dumps({**Recipe().to_json(), "format": 99}))
    named = {"FILE": str(file), "RECIPE": str(odd), "FUTURE": str(future)}
    assert says in refused("inspect", file, *(named.get(word, word) for word in arguments))


def test_every_field_of_a_recipe_has_an_argument_or_is_found():
    parser = argparse.ArgumentParser()
    add_recipe_options(parser)
    offered = {action.dest.removeprefix("recipe_") for action in parser._actions if action.dest.startswith("recipe_")}
    assert offered == {field.name for field in dataclasses.fields(Recipe)} - set(FOUND)
    asked = wanted(
        parser.parse_args(
            [
                *(
                    "--delimiter",
                    "tab",
                    "--quote",
                    "none",
                    "--decimal",
                    ",",
                    "--thousands",
                    ".",
                    "--missing=-9,n.a.",
                    "--no-header",
                ),
                *("--kind", "a=b=text", "--kind", "c=date", "--skip-lines", "2", "--footer-lines", "1", "--dates", "dmy"),
            ]
        )
    )
    recipe = asked.applied_to(Recipe(kinds={"z": "number"}))
    assert recipe == Recipe(
        delimiter="\t", quote="", decimal=",", thousands=".", missing=("", "-9", "n.a."), header=False, skipped_lines=2,
        footer_lines=1, dates="dmy", kinds={"z": "number", "a=b": "text", "c": "date"},
    )  # fmt: skip


def test_the_profile_of_a_file_is_that_of_its_table(run_json, file, capsys):
    table = check_and_open(file, filename="loans.csv")
    own = profile(table.chunks(), table.columns, target="outcome", bad_label="bad")
    assert Profile.from_json(run_json("profile", file, "--target", "outcome", "--bad", "bad")) == own
    assert main(["profile", str(file), "--target", "outcome"]) == 0
    said = capsys.readouterr().out
    assert f"300 rows, 6 columns, {own.n_missing} missing cells" in said
    assert f"bad ('bad'): {own.n_bad} of 300 rows, {own.bad_rate:.1%}" in said
    income = next(line for line in said.splitlines() if line.startswith("income"))
    seen = own.column("income")
    assert f"{seen.information_value:.3f}  {seen.auc:.3f}" in income
    for alert in own.alerts:
        assert alert.title.rstrip(".") in said
    assert main(["profile", str(file)]) == 0
    assert " IV " not in capsys.readouterr().out


def test_a_file_compared_with_another(run_json, file, tmp_path, capsys):
    other = written(tmp_path / "november.csv", loans(300, 7))
    found = run_json("profile", other, "--against", file, "--target", "outcome", "--bad", "bad")
    assert (found["reference_name"], found["other_name"], found["n_reference"]) == ("loans.csv", "november.csv", 300)
    assert {shift["name"] for shift in found["shifts"]} >= {"income", "debt", "home"}
    assert main(["profile", str(other), "--against", str(file)]) == 0
    assert "november.csv: 300 rows, against loans.csv: 300 rows" in capsys.readouterr().out
    assert run_json("profile", file, "--against", file)["shifts"][0]["psi"] == 0


@pytest.mark.parametrize("outcome", ["1,1,1,1", "1,,,", "1,2,3,4", "a,b,c,d"])
def test_an_outcome_that_cannot_be_judged_is_told(outcome, tmp_path, capsys):
    path = tmp_path / "odd.csv"
    path.write_text("x,z,y\n" + "".join(f"{k},{k % 2},{y}\n" for k, y in enumerate(outcome.split(","))))
    code = main(["profile", str(path), "--target", "y"])
    said = capsys.readouterr()
    assert (code == 2 and said.err.count("\n") == 1) or "No column was judged against y" in said.out
    assert main(["inspect", str(path), "--target", "y", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["columns"][2]["role"] in {"target", "excluded"}
