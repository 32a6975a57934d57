"""python -m pipeline score: the numbers, and that a file is written whole or not at all."""

import json
import math
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.commands import score
from tests.pipeline.scored_files import rows_of, scored_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored_folder(tmp_path_factory.mktemp("score"), 300)


def test_the_scores_are_those_of_the_printed_coefficients(folder):
    """By hand: intercept + Σ coefficient × value in own units, a gap filled with its median, and the logistic function."""
    run, terms = json.loads((folder / "run.json").read_text()), json.loads((folder / "model.json").read_text())["terms"]
    fills = {term["field"]: term["fill"] for term in terms if term["kind"] == "number"}
    rows, scored = rows_of(folder / "loans.csv"), rows_of(folder / "plain.csv")
    assert [list(row)[:-1] for row in scored] == [list(row) for row in rows]
    assert [row["outcome"] for row in scored] == [row["outcome"] for row in rows]
    assert any(not row["income"] for row in rows)
    assert any(not row["home"] for row in rows)
    for row, told in zip(rows, scored, strict=True):
        log_odds = run["intercept"]
        for one in run["coefficients"]:
            name, value = one["field"], row[one["field"]]
            is_it = float(value or fills[name]) if name in fills else (value or "(missing)") == one["level"]
            log_odds += one["estimate"] * is_it
        assert float(told["probability_of_default"]) == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-12)


def test_a_file_is_replaced_whole_or_not_at_all(folder, tmp_path, monkeypatch, capsys):
    out = tmp_path / "scored.csv"
    out.write_text("what was there")
    out.chmod(0o600)
    (tmp_path / "link.csv").symlink_to(out)
    asked = ["score", str(folder / "model.json"), str(folder / "loans.csv"), "--out", str(tmp_path / "link.csv")]
    for stop, code, said in (
        (KeyboardInterrupt(), 130, ""),
        (OSError(28, "No space left on device"), 2, f"'{tmp_path / 'link.csv'}' cannot be written: no space left on device.\n"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(score, "csv_rows", lambda _batch, stop=stop: (_ for _ in ()).throw(stop))
            assert main(asked) == code
        assert capsys.readouterr().err == said
        assert out.read_text() == "what was there"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "scored.csv"]
    assert main(asked) == 0
    assert capsys.readouterr().err == f"Wrote the scores of 300 rows to {tmp_path / 'link.csv'}.\n"
    assert out.read_bytes() == (folder / "plain.csv").read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "link.csv").is_symlink()


def test_what_is_read_is_not_written_over(folder, tmp_path, refused):
    (tmp_path / "link.csv").symlink_to(folder / "loans.csv")
    before = {name: (folder / name).read_bytes() for name in ("model.json", "loans.csv")}
    for out in (folder / "model.json", folder / "loans.csv", tmp_path / "link.csv"):
        said = refused("score", folder / "model.json", folder / "loans.csv", "--out", out)
        assert said == f"'{out}' is to be read; write to another."
    assert before == {name: (folder / name).read_bytes() for name in before}
    assert "cannot be written: no such file" in refused(
        "score", folder / "model.json", folder / "loans.csv", "--out", tmp_path / "none" / "a.csv"
    )


def test_a_disk_that_is_full_is_told(folder, monkeypatch, capsys):
    def full(_batch: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(score, "csv_rows", full)
    monkeypatch.setattr("pipeline.__main__._write_no_more", lambda: None)  # standard output is pytest's own
    assert main(["score", str(folder / "model.json"), str(folder / "loans.csv")]) == 2
    assert capsys.readouterr().err == "The system says: no space left on device.\n"


def test_a_row_that_is_too_large_to_be_scored_has_no_score(tmp_path, capsys, refused):
    """The square of 1e200 is no number: as infinite log-odds it would read as a chance of 0 or 1."""
    lines = ["x,bad", *(f"{k / 7},{'yes' if k % 3 == 0 else 'no'}" for k in range(60))]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    trained = ["train", str(tmp_path / "a.csv"), "--target", "bad", "--bad", "yes", "--set", "degree=2", "--out", str(tmp_path)]
    assert main(trained) == 0
    (tmp_path / "b.csv").write_text("\n".join([*lines[:4], "1e200,no", *lines[4:9], "-1e300,yes"]) + "\n")
    capsys.readouterr()
    assert main(["score", str(tmp_path / "model.json"), str(tmp_path / "b.csv"), "--out", str(tmp_path / "c.csv")]) == 0
    assert "Rows 4, 10 hold values too large to be scored; there the score is empty." in capsys.readouterr().err
    found = [row["probability_of_default"] for row in rows_of(tmp_path / "c.csv")]
    assert [k for k, one in enumerate(found, 1) if one == ""] == [4, 10]
    assert all(0 < float(one) < 1 for one in found if one)
    assert "Rows 4, 10 hold values too large to be scored." in refused("evaluate", tmp_path / "model.json", tmp_path / "b.csv")
