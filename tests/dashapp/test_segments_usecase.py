"""Segments as a use case: who may look at them, what is refused with which sentence, and that a job gives the same."""

import csv as reading
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashapp.jobs.handlers import HANDLERS
from dashapp.usecases import datasets, jobs, runs, segment_looks, segments, sharing, studies, training
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.segment_columns import columns, usual_groups
from db import leases
from pipeline.cutoffs.decisions import confusion_at, score_tables
from pipeline.segment_results import SegmentTable, WorstSegments
from pipeline.segments.measures import MEASURES
from tests.dashapp.uploading import upload

GIVEN = {"target": "bad", "bad_label": "yes", "cutoff": 0.4, "features": ["a", "b", "home"]}
BY = [["home"], ["a"], ["home", "region"]]


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    """2,000 rows: who rents goes bad more often; the region tells nothing."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 2000)).round(3)
    home = rng.choice(["own", "rent", "free"], 2000, p=[0.5, 0.48, 0.02])
    region = rng.choice(["north", "south"], 2000)
    bad = rng.random(2000) < 1 / (1 + np.exp(1 - a + b / 2 - 1.5 * (home == "rent")))
    rows = zip(a, b, home, region, bad, strict=True)
    path = tmp_path / "loans.csv"
    path.write_text(
        "a,b,home,region,bad\n" + "".join(f"{w},{x},{y},{z},{'yes' if is_bad else 'no'}\n" for w, x, y, z, is_bad in rows),
        encoding="utf-8",
    )
    return upload(desk, path)


def train(desk: Desk, dataset: str, **more: Any) -> str:
    made = runs.start(desk, dataset, "A run", {**GIVEN, **more})
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(desk.db, job_id, attempt, desk.settings)
    assert runs.get(desk, made).state == "succeeded", runs.get(desk, made).error
    return made


@pytest.fixture
def run(desk: Desk, loans: str) -> str:
    return train(desk, loans)


def table_of(desk: Desk, run: str, by: Any) -> SegmentTable:
    result = segments.get(desk, run, segments.start(desk, run, by)).result
    assert isinstance(result, SegmentTable)
    return result


def search_of(desk: Desk, run: str, **more: Any) -> WorstSegments:
    given = {"measure": "approval_rate", "cutoff": 0.4, "names": ["home", "region", "a"], **more}
    result = segments.get(desk, run, segments.start_search(desk, run, **given)).result
    assert isinstance(result, WorstSegments)
    return result


def work_off(desk: Desk) -> list[str]:
    """What a worker does; gives the kinds of the jobs."""
    with desk.db.write() as session:
        claimed = [(job.id, job.attempt, job.kind) for job in leases.claim(session, claimed_by="test", lease_seconds=60, limit=9)]
    for job_id, attempt, kind in claimed:
        assert HANDLERS[kind].startswith("dashapp.usecases.segments:")
        getattr(segments, HANDLERS[kind].partition(":")[2])(desk.db, job_id, attempt, desk.settings)
    return [kind for _, _, kind in claimed]


def test_all_rows_are_those_that_the_run_was_judged_on(desk: Desk, run: str) -> None:
    """Counts of all rows, and of the groups of a column together, are the confusion that the run reports."""
    found = segment_looks.look(table_of(desk, run, BY), 0.4, {})
    result = runs.get(desk, run).result
    assert result is not None
    expected = confusion_at(score_tables(result)["held_out"], 0.4)
    assert (found.whole.tn, found.whole.fp, found.whole.fn, found.whole.tp) == (
        expected.tn, expected.fp, expected.fn, expected.tp,
    )  # fmt: skip
    for by in [("home",), ("a",), ("home", "region")]:
        of = [one for one in found.rates if one.by == by]
        assert sum(one.tp for one in of) == expected.tp
        assert sum(one.fn for one in of) == expected.fn
        assert sum(one.n_rows for one in of) == found.table.n_rows


def test_the_reference_is_the_one_approved_most_often_or_the_one_chosen(desk: Desk, run: str) -> None:
    table = table_of(desk, run, BY)
    found = segment_looks.look(table, 0.4, {})
    own = found.reference(("home",))
    assert own is not None
    assert own.levels == ("own",)
    (rent,) = [one for one in found.rates if one.levels == ("rent",)]
    assert rent in found.below()
    assert segment_looks.ratio_of(rent).value == pytest.approx(rent.approval_rate.value / own.approval_rate.value)  # type: ignore[operator]
    other = segment_looks.look(table, 0.4, {("home",): ("rent",)})
    assert other.reference(("home",)).levels == ("rent",)  # type: ignore[union-attr]
    assert all(one.by != ("home",) for one in other.below())
    (free,) = [one for one in found.rates if one.levels == ("free",)]
    assert free.approval_rate.value is None
    assert free.approval_rate.too_few.startswith("too few, ")


def test_what_was_counted_is_there_and_not_counted_again(desk: Desk, run: str) -> None:
    first = segments.start(desk, run, BY)
    assert segments.start(desk, run, BY) == first
    assert segments.start(desk, run, [*BY, ["home"]]) == first  # the same group twice is once
    assert segments.start(desk, run, [["home"]]) != first
    assert segments.looked_at(desk, run) == ((("home",),), (("home",), ("a",), ("home", "region")))


def test_a_job_gives_what_is_given_at_once(desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, searched = table_of(desk, run, BY), search_of(desk, run)
    for card in studies.visible(desk, "segments", "worst", run_id=run):
        assert card.job is None
        studies.delete(desk, card.id)
    monkeypatch.setattr(segments, "MOST_AT_ONCE", 100)
    later = segments.start(desk, run, BY)
    search = segments.start_search(desk, run, measure="approval_rate", cutoff=0.4, names=["home", "region", "a"])
    assert segments.get(desk, run, later).result is None
    assert sorted(work_off(desk)) == ["segments", "worst"]
    assert segments.get(desk, run, later).result == at_once
    assert segments.get(desk, run, search).result == searched


def test_what_was_cancelled_stays_so_until_it_is_asked_for_again(desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the page asks for the table each time."""
    monkeypatch.setattr(segments, "MOST_AT_ONCE", 100)
    made = segments.start(desk, run, BY)
    job = segments.get(desk, run, made).card.job
    assert job is not None
    jobs.cancel(desk, job.id)
    assert segments.start(desk, run, BY) == made
    assert segments.get(desk, run, made).card.job.state == "cancelled"  # type: ignore[union-attr]
    for _ in range(2):  # as by two clicks
        studies.retry(desk, made)
    work_off(desk)
    assert isinstance(segments.get(desk, run, made).result, SegmentTable)


def test_a_search_finds_who_stands_out_and_nothing_else(desk: Desk, run: str) -> None:
    found = search_of(desk, run)
    assert any(one.levels == ("rent",) for one in found.found)
    assert all(one.by != ("region",) for one in found.found)
    assert found.n_looked_at > 3
    last = segments.last_search(desk, run, measure="approval_rate", cutoff=0.2)
    assert last is not None
    assert last.options["cutoff"] == 0.4  # of another cut-off, for want of one at this
    assert segments.last_search(desk, run, measure="calibration", cutoff=0.4) is None


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ([], "nothing to group by"),
        ("home", "nothing to group by"),
        ([[]], "nothing to group by"),
        ([[7]], "nothing to group by"),
        ([["bad"]], "cannot be grouped by 'bad'"),
        ([["nowhere"]], "cannot be grouped by 'nowhere'"),
        ([["a", "b", "home", "region"]], "too many to cross"),
        ([["home", "home"]], "crossed with itself"),
        ([[name] for name in "abcdefghijklm"], "too many to look at"),
    ],
)
def test_groups_that_cannot_be_made(desk: Desk, run: str, by: Any, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        segments.start(desk, run, by)
    assert refused.value.fix


@pytest.mark.parametrize(
    "given",
    [
        {"measure": "colour"},
        {"measure": []},
        *({"cutoff": cutoff} for cutoff in ("much", 1.2, True, None, float("nan"))),
        *({"names": names} for names in ([], ["bad"], "home", [str(i) for i in range(31)])),
    ],
)
def test_a_search_that_cannot_be_done(desk: Desk, run: str, given: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        search_of(desk, run, **given)
    assert refused.value.fix


def test_every_measure_of_the_search_is_offered(desk: Desk, run: str) -> None:
    assert set(segments.MEASURES) == set(MEASURES)
    for measure in segments.MEASURES:
        assert search_of(desk, run, measure=measure).measure == measure


def test_a_run_that_has_no_decisions(desk: Desk, loans: str) -> None:
    waiting = runs.start(desk, loans, "Waiting", GIVEN)
    with pytest.raises(Refused, match="no result yet"):
        segments.start(desk, waiting, BY)


def test_three_classes_have_no_segments(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "three.csv"
    path.write_text("x,kind\n" + "".join(f"{i % 17},{'abc'[i % 3]}\n" for i in range(300)), encoding="utf-8")
    run = train(desk, upload(desk, path), target="kind", bad_label=None, features=["x"])
    with pytest.raises(Refused, match="three classes or more"):
        segments.start(desk, run, [["x"]])


def test_without_held_out_rows_training_rows_are_looked_at_and_named(desk: Desk, loans: str) -> None:
    assert table_of(desk, train(desk, loans, test_share=0), BY).part == "training"
    assert table_of(desk, train(desk, loans, test_share=0, validation_share=0.3), BY).part == "validation"


def test_the_cast(desk_of: Callable[[str], Desk], desk: Desk, loans: str, run: str) -> None:
    """Who sees the run sees what was counted; who sees the data set too counts anew; a stranger sees nothing."""
    made = segments.start(desk, run, [["home"]])
    search = segments.start_search(desk, run, measure="approval_rate", cutoff=0.4, names=["home"])
    for name in ("stranger", "officer", "admin"):
        other = desk_of(name)
        for door in (
            lambda other=other: segments.start(other, run, [["home"]]),
            lambda other=other: segments.get(other, run, made),
            lambda other=other: segments.looked_at(other, run),
            lambda other=other: segments.run_cutoff(other, run),
            lambda other=other: segments.last_search(other, run, measure="approval_rate", cutoff=0.4),
            lambda other=other: segment_looks.csv(other, run, [["home"]], None, {}),
        ):
            with pytest.raises(NotFound):
                door()
    colleague = desk_of("colleague")
    sharing.share(desk, "run", run, "colleague")
    assert segments.start(colleague, run, [["home"]]) == made
    assert segments.looked_at(colleague, run) == ((("home",),),)
    assert segments.start_search(colleague, run, measure="approval_rate", cutoff=0.4, names=["home"]) == search
    assert columns(colleague, runs.get(colleague, run)) == ()
    with pytest.raises(Refused, match="without its data set") as refused:
        segments.start(colleague, run, [["region"]])
    assert "Analyst" in refused.value.fix
    with pytest.raises(Refused, match="without its data set"):
        segments.start_search(colleague, run, measure="calibration", cutoff=0.4, names=["home"])
    sharing.share(desk, "dataset", loans, "colleague")
    assert segments.start(colleague, run, [["region"]]) != made


def test_a_data_set_that_is_gone_leaves_what_was_counted(desk: Desk, loans: str, run: str) -> None:
    made = segments.start(desk, run, [["home"]])
    datasets.delete(desk, loans)
    assert segments.start(desk, run, [["home"]]) == made
    with pytest.raises(Refused, match="without its data set") as refused:
        segments.start(desk, run, [["region"]])
    assert "deleted" in refused.value.fix


def test_a_table_of_another_run_is_not_found(desk: Desk, loans: str, run: str) -> None:
    made = segments.start(desk, run, [["home"]])
    with pytest.raises(NotFound):
        segments.get(desk, train(desk, loans, C=0.1), made)


def test_the_columns_that_are_offered(desk: Desk, run: str) -> None:
    view = runs.get(desk, run)
    offered = columns(desk, view)
    assert [column.name for column in offered] == ["a", "b", "home", "region"]
    assert usual_groups(view, offered)[0] == ("home",)  # few levels before numbers; the region is no input of the run
    assert ("region",) not in usual_groups(view, offered)


def test_the_file_holds_every_figure(desk: Desk, run: str) -> None:
    made = segment_looks.csv(desk, run, BY, None, {("home",): ("rent",)})
    rows = list(reading.DictReader(io.StringIO(made.text)))
    found = segment_looks.look(table_of(desk, run, BY), 0.4, {("home",): ("rent",)})
    assert len(rows) == len(found.rates) + 1
    assert rows[0]["segment"] == "all rows"
    assert {row["cutoff"] for row in rows} == {"0.4"}
    assert {row["part"] for row in rows} == {"held_out"}
    for row, one in zip(rows[1:], found.rates, strict=True):
        assert (row["by"], row["segment"].lstrip("'")) == (" × ".join(one.by), ", ".join(one.levels))
        assert int(row["n_rows"]) == one.n_rows
        for name in ("bad_rate", "approval_rate", "false_positive_rate", "precision", "auc", "observed_expected"):
            estimate = getattr(one, name)
            if estimate.value is None:
                assert row[name] == ""
                assert estimate.too_few in row["too_few"]
            else:
                assert (float(row[name]), float(row[f"{name}_low"])) == (estimate.value, estimate.low)
        if one.fairness is not None and one.fairness.adverse_impact_ratio.value is not None:
            assert float(row["adverse_impact_ratio"]) == one.fairness.adverse_impact_ratio.value
            assert row["below_four_fifths"] == str(one.fairness.below_four_fifths)
    assert [row["segment"] for row in rows if row["is_reference"] == "True" and row["by"] == "home"] == ["rent"]


def test_a_level_that_a_spreadsheet_would_run_is_defused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv"
    rows = [f"{i % 13},{'=1+1' if i % 2 else 'plain'},{'yes' if i % 3 == 0 else 'no'}" for i in range(400)]
    path.write_text("a,home,bad\n" + "\n".join(rows) + "\n", encoding="utf-8")
    run = train(desk, upload(desk, path), features=["a", "home"])
    lines = segment_looks.csv(desk, run, [["home"]], None, {}).text.splitlines()
    assert any(line.startswith("home,'=1+1,") for line in lines)
