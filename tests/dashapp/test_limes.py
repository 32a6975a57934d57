"""LIME of an applicant as a use case: found again, at once or in a job, for those who see the run, and options in sentences."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from dashapp.usecases import backgrounds, explaining, limes, runs, sharing, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, UnusableData
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.limes import StillLoading
from db import leases
from pipeline.explaining.lime.words import sentences
from pipeline.lime_results import LimeResult
from tests.dashapp.comparing import loans_file, trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

FEW = {"n_samples": 200, "n_seeds": 3}


settings = prepared(lambda desk, folder: trained(desk, upload(desk, loans_file(folder / "loans.csv")), "A run"))


@pytest.fixture
def run_id(desk: Desk) -> str:
    limes.warm()
    return only_run(desk)


@pytest.fixture
def applicant(desk: Desk, run_id: str) -> Applicant:
    return explaining.of_row(desk, backgrounds.opened(desk, run_id), 4)


def result_of(desk: Desk, study_id: str) -> LimeResult:
    result = limes.get(desk, study_id).result
    assert isinstance(result, LimeResult)
    return result


def do_job(desk: Desk) -> None:
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=600, limit=1, kinds=("lime",))
        about = job.id, job.attempt
    limes.execute(desk.db, *about, desk.settings)


def test_few_samples_are_explained_at_once_with_all_that_it_takes_to_do_it_again(
    desk: Desk, run_id: str, applicant: Applicant
) -> None:
    study_id = limes.start(desk, run_id, applicant)
    view = limes.get(desk, study_id)
    assert view.card.job is None
    assert view.options["values"] == applicant.values
    result = result_of(desk, study_id)
    seed = runs.get(desk, run_id).spec.seed
    assert (result.seed, result.n_samples, result.n_seeds, result.label) == (seed, 5_000, 20, "yes")
    assert result.kernel_width == pytest.approx(0.75 * 3**0.5)
    assert {one.field for one in result.weights} == {one.field for one in result.fields} == {"income", "age", "home"}
    assert sentences(result)


def test_the_same_is_found_again_and_other_options_are_another_study(desk: Desk, run_id: str, applicant: Applicant) -> None:
    first = limes.start(desk, run_id, applicant, **FEW)
    assert limes.start(desk, run_id, replace(applicant, name="typed in", row=None), **FEW) == first  # the values are what counts
    with_whole = replace(applicant, values={**applicant.values, "income": 1})
    with_float = replace(applicant, values={**applicant.values, "income": 1.0})
    assert limes.start(desk, run_id, with_whole, **FEW) == limes.start(desk, run_id, with_float, **FEW) != first
    others = [
        limes.start(desk, run_id, applicant, **{**FEW, **more})
        for more in ({"seed": 77}, {"n_samples": 300}, {"kernel_width": 2}, {"n_seeds": 4}, {"discretised": False})
    ]
    assert len({first, *others}) == 6
    assert result_of(desk, others[0]).seed == 77
    assert result_of(desk, others[2]).kernel_width == 2
    assert not result_of(desk, others[4]).discretised


def test_a_job_gives_the_same(
    desk: Desk, run_id: str, applicant: Applicant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_once = result_of(desk, limes.start(desk, run_id, applicant, **FEW))
    studies.delete(desk, limes.start(desk, run_id, applicant, **FEW))
    monkeypatch.setattr(limes, "MOST_AT_ONCE", 100)
    study_id = limes.start(desk, run_id, applicant, **FEW)
    card = limes.get(desk, study_id).card
    assert card.job is not None
    assert card.job.state == "queued"
    do_job(desk)
    assert result_of(desk, study_id) == at_once
    assert card.name == "LIME of row 5, A run"
    typed = replace(applicant, name="Somebody", row=None, dataset_id=None, values={**applicant.values, "age": 0.5})
    assert limes.get(desk, limes.start(desk, run_id, typed, **FEW)).card.name == "LIME of an applicant, A run"  # no name


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not begun to load the package."""
    for name in ("_begun", "_loaded", "_failed"):
        monkeypatch.setattr(limes, name, Event())


def test_while_the_package_is_loaded_a_page_asks_again_and_others_leave_it_to_a_job(
    desk: Desk, run_id: str, applicant: Applicant, monkeypatch: pytest.MonkeyPatch, unloaded: None
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(limes, "warm", lambda: begun.append(1))
    for _ in range(2):
        with pytest.raises(StillLoading):
            limes.start(desk, run_id, applicant, **FEW, asks_again=True)
    assert studies.visible(desk, "lime") == []
    assert limes.get(desk, limes.start(desk, run_id, applicant, **FEW)).card.job is not None
    limes._loaded.set()
    assert limes.get(desk, limes.start(desk, run_id, applicant, **FEW, seed=5, asks_again=True)).card.job is None
    assert begun == [1]


def test_where_the_package_cannot_be_loaded_a_job_explains(
    desk: Desk, run_id: str, applicant: Applicant, monkeypatch: pytest.MonkeyPatch, unloaded: None
) -> None:
    def broken() -> None:
        raise ImportError("no lime")

    monkeypatch.setattr(limes, "warm", broken)
    limes.warm_soon()
    assert limes._failed.wait(20)
    assert limes.get(desk, limes.start(desk, run_id, applicant, **FEW, asks_again=True)).card.job is not None


def test_it_works_where_pandas_is_refused() -> None:
    script = (
        "from dashapp.lean import one_thread_each, refuse_pandas\nrefuse_pandas()\none_thread_each()\n"
        "from dashapp.usecases import limes\nimport sys\nassert 'numpy' not in sys.modules\nlimes.warm_soon()\n"
        "assert limes._loaded.wait(60)\nassert 'lime.lime_tabular' in sys.modules and 'pandas' not in sys.modules\n"
        "import gc, threading\n[one.join(60) for one in threading.enumerate() if one.name == 'lime']\n"
        "assert gc.get_freeze_count() > 10_000\n"  # what was loaded is looked through no more
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_whoever_sees_the_run_explains_without_its_rows_and_nobody_else(
    desk_of: Callable[[str], Desk], desk: Desk, run_id: str, applicant: Applicant
) -> None:
    own = limes.start(desk, run_id, applicant, **FEW)
    for name in ("colleague", "stranger", "officer", "admin"):
        other = desk_of(name)
        with pytest.raises(NotFound):
            limes.start(other, run_id, applicant, **FEW)
        with pytest.raises(NotFound):
            limes.get(other, own)
    sharing.share(desk, "run", run_id, "colleague")
    colleague = desk_of("colleague")
    theirs = limes.start(colleague, run_id, applicant, **FEW)
    assert theirs != own  # the same values, and nobody learns that somebody else asked about them
    assert limes.start(colleague, run_id, applicant, **FEW) == theirs
    assert result_of(colleague, theirs) == result_of(desk, own)
    with pytest.raises(NotFound):
        limes.start(desk_of("stranger"), run_id, applicant, **FEW)
    for other, mine in [
        (desk, {own}),
        (colleague, {theirs}),
        *((desk_of(name), set()) for name in ("stranger", "officer", "admin")),
    ]:
        assert {card.id for card in studies.visible(other, "lime", run_id=run_id)} == mine
        for study_id in {own, theirs} - mine:
            for look in (limes.get, studies.get, studies.retry, studies.delete):
                with pytest.raises(NotFound):
                    look(other, study_id)


def test_other_studies_are_no_lime(desk: Desk, run_id: str) -> None:
    background = backgrounds.start(desk, runs.get(desk, run_id))
    with pytest.raises(NotFound):
        limes.get(desk, background)
    with pytest.raises(NotFound):
        limes.get(desk, "absent")


def test_options_that_cannot_be_used_are_told_in_sentences(desk: Desk, run_id: str, applicant: Applicant) -> None:
    for options, name, words in (
        ({"seed": -1}, "seed", "from 0 to 4,294,967,295"),
        ({"seed": 2**32}, "seed", "whole number"),
        ({"seed": 1.5}, "seed", "whole number"),
        ({"seed": True}, "seed", "whole number"),
        ({"seed": "x" * 10_000}, "seed", "whole number"),
        ({"n_samples": 99}, "n_samples", "from 100 to 100,000"),
        ({"n_samples": 10**400}, "n_samples", "whole number"),
        ({"n_samples": [5]}, "n_samples", "whole number"),
        ({"n_seeds": 1}, "n_seeds", "from 2 to 100"),
        ({"n_seeds": None}, "n_seeds", "whole number"),
        ({"kernel_width": 0}, "kernel_width", "kernel width is a number"),
        ({"kernel_width": float("nan")}, "kernel_width", "leave it empty"),
        ({"kernel_width": "wide"}, "kernel_width", "such as 3"),
        ({"label": "maybe"}, "label", "no class 'maybe'"),
        ({"label": {"a": 1}}, "label", "no class an object"),
    ):
        with pytest.raises(InvalidSpec) as caught:
            limes.start(desk, run_id, applicant, **options)
        assert list(caught.value.problems) == [name], options
        assert words in caught.value.problems[name], caught.value.problems
    with pytest.raises(InvalidSpec) as caught:
        limes.start(desk, run_id, applicant, seed=-1, n_samples=1, kernel_width=-1)
    assert len(caught.value.problems) == 3


def test_values_that_cannot_be_read_are_refused_before_anything_is_stored(desk: Desk, run_id: str, applicant: Applicant) -> None:
    for values, words in (
        ({"income": 1.0}, "no value for"),
        ({**applicant.values, "income": "much"}, "is a number"),
    ):
        with pytest.raises(UnusableData, match=words):
            limes.start(desk, run_id, replace(applicant, values=values), **FEW)
    endless = replace(applicant, values={**applicant.values, "income": float("inf"), "age": None})
    found = limes.get(desk, limes.start(desk, run_id, endless, **FEW))
    assert found.options["values"]["income"] is None
    assert len(studies.visible(desk, "lime", run_id=run_id)) == 1


def test_each_class_of_three_is_explained(desk: Desk, tmp_path: Path) -> None:
    limes.warm()
    head, *rows = loans_file(tmp_path / "two.csv").read_text().splitlines()
    three = tmp_path / "three.csv"
    three.write_text("\n".join([head, *(row.replace("yes", "late") if k % 3 else row for k, row in enumerate(rows))]) + "\n")
    run = trained(desk, upload(desk, three), "Three", bad_label=None)
    opened = backgrounds.opened(desk, run)
    applicant = explaining.of_row(desk, opened, 2)
    assert len(opened.model.labels) == 3
    found = [result_of(desk, limes.start(desk, run, applicant, **FEW, label=label)) for label in opened.model.labels]
    assert [one.label for one in found] == list(opened.model.labels)
    assert sum(one.probability for one in found) == pytest.approx(1)
    for fields in zip(*(one.fields for one in found), strict=True):
        assert sum(one.effect for one in fields) == pytest.approx(0, abs=1e-9)  # of probabilities that sum to 1
