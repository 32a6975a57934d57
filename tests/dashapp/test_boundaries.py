"""The Boundary tab: who sees what of it, addresses that say nonsense, jobs, and what the page says."""

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dashapp.jobs.handlers import HANDLERS
from dashapp.tabs.boundary.equation import equation_parts
from dashapp.tabs.boundary.layout import REGIONS
from dashapp.usecases import backgrounds, boundaries, boundary_work, cutoffs, runs, sharing, wordings
from dashapp.usecases.boundary_address import DENSITY, NONE, POINTS, WHOLE, Address
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from db import leases
from pipeline.boundary_results import BoundaryRows, TwoFieldModel
from pipeline.model import FittedModel
from tests.dashapp.boundary_pages import crowd
from tests.dashapp.payload_pages import Reader, trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

BAD = (
    "?x=%00&y=%00",
    "?x=income&y=income",
    "?x=nothing&y=age&row=0&range=far&rows=lines&class=z&two=2",
    "?row=99999999999999999999",
    "?row=-1",
    "?row=5000",
    "?study=nothing",
    "?x=" + "a" * 9_000,
    "?" + "&" * 500,
)


def a_run(desk: Desk, folder: Path) -> str:
    """1,500 rows: 450 are held out, more than are drawn as points."""
    draw = np.random.default_rng(11)
    columns = {name: draw.normal(size=1_500).round(4) for name in ("income", "age", "debt")}
    home = np.array(["own", "rent", "mortgage", "other"])[draw.integers(0, 4, 1_500)]
    bad = draw.random(1_500) < 1 / (1 + np.exp(1.2 - columns["income"] + columns["age"] / 2))
    lines = [f"{a},{b},{c},{d},{'yes' if e else 'no'}" for a, b, c, d, e in zip(*columns.values(), home, bad, strict=True)]
    path = folder / "loans.csv"
    path.write_text("income,age,debt,home,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return trained(desk, upload(desk, path), {"target": "bad", "bad_label": "yes"})


settings = prepared(a_run)


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def reader(browser: Callable[..., Any]) -> Reader:
    return Reader(browser("analyst"))


def body(reader: Reader) -> str:
    return str(reader.props["boundary-body"]["children"])


def work_off(desk: Desk, kind: str) -> None:
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=(kind,))
        job_id, attempt = job.id, job.attempt
    assert HANDLERS[kind] == "dashapp.usecases.boundary_work:execute"
    boundary_work.execute(desk.db, job_id, attempt, desk.settings)


def drawn(desk: Desk, run_id: str, search: str = "") -> tuple[Any, Any, Any]:
    run = backgrounds.opened(desk, run_id)
    address = boundaries.settled(run, Address.parse(search))
    return run, address, boundaries.surface(run, address, boundaries.applicant_of(desk, run, address))


def test_the_page_opens_with_the_two_numbers_that_matter_most(reader: Reader, run: str) -> None:
    reader.open(f"/runs/{run}/boundary")
    assert {reader.props["boundary-x"]["value"], reader.props["boundary-y"]["value"]} == {"income", "age"}
    text = body(reader)
    for told in ("held at their usual values", "log-odds = ", "the boundary is the line", "Train on these two alone", "AUC 0."):
        assert told in text, told
    assert "Dots: " in text
    assert sum(reader.sizes.values()) <= 100_000
    assert reader.props["shell-location"]["search"] == ""  # what the page fills in itself is no choice


def test_every_picture_is_at_most_100_kilobytes_for_any_number_of_rows(desk: Desk, reader: Reader, run: str) -> None:
    crowd(desk, run)
    crowd(desk, run, "?range=whole")
    for search in ("?rows=points&two=1&range=whole", "?two=1&range=whole", "?rows=density&two=1", "?x=home&y=income&two=1"):
        reader.sizes.clear()
        reader.open(f"/runs/{run}/boundary{search}")
        assert "boundary-figure" in body(reader)
        assert "home" in search or "10,000,000 held-out rows" in body(reader)
        assert sum(reader.sizes.values()) <= 100_000, search


def test_an_address_that_says_nonsense_opens_the_page_all_the_same(reader: Reader, run: str) -> None:
    for search in BAD:
        reader.open(f"/runs/{run}/boundary{search}")
        assert "boundary-figure" in body(reader), search


def test_choices_go_into_the_address_and_back(reader: Reader, run: str) -> None:
    reader.open(f"/runs/{run}/boundary")
    reader.change("boundary-x", "value", "home")
    assert "x=home" in reader.props["shell-location"]["search"]
    assert reader.props["boundary-x"]["value"] == "home"
    reader.change("boundary-y", "value", "home")  # stands on the other axis: they change places
    assert reader.props["boundary-y"]["value"] == "home"
    assert reader.props["boundary-x"]["value"] != "home"
    reader.change("boundary-row", "value", "12")
    assert "as row 12 has them" in body(reader)
    reader.change("boundary-rows", "value", NONE)
    assert "Dots: " not in body(reader)
    reader.change("boundary-row", "value", "twelve")
    assert "That is no row" in reader.props["boundary-problem"]["children"]
    assert "row=12" in reader.props["shell-location"]["search"]


def test_fields_go_by_the_words_of_the_run_and_its_units(desk: Desk, reader: Reader, run: str) -> None:
    wordings.save(desk, run, {"income": {"label": "yearly pay", "unit": "€"}, "debt": {"label": "what is owed", "unit": "%"}})
    reader.open(f"/runs/{run}/boundary?x=age&y=income")
    assert {"label": "Yearly pay", "value": "income"} in reader.props["boundary-x"]["options"]
    text = body(reader)
    assert re.search(r"At age −?[\d.]+, yearly pay (above|below) −?€[\d.]+ is refused", text)
    assert "Yearly pay (€)" in text  # the axis
    assert "· yearly pay" in text  # the equation
    assert re.search(r"What is owed.{1,200}\d%", text)  # what is held
    assert "children='income" not in text


def test_the_equation_as_it_is_written_is_the_model(desk: Desk, tmp_path: Path) -> None:
    """Its digits are enough, also where large terms of a year cancel each other."""
    draw = np.random.default_rng(2)
    born, pay = draw.integers(1940, 2005, 1_000), np.exp(draw.normal(10, 1, 1_000)).round()
    bad = draw.random(1_000) < 1 / (1 + np.exp(1 - (born - 1970) / 20 + (pay - 20_000) / 30_000))
    path = tmp_path / "loans.csv"
    lines = [f"{b},{p},{'yes' if is_bad else 'no'}" for b, p, is_bad in zip(born, pay, bad, strict=True)]
    path.write_text("born,pay,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    given = {"target": "bad", "bad_label": "yes", "degree": 3, "log_columns": ["pay"], "interactions": [["born", "pay"]]}
    opened, _, found = drawn(desk, trained(desk, upload(desk, path), given), "?x=born&y=pay")
    told = equation_parts(found)[0].children.partition(" = ")[2]
    for a, b in (("·", "*"), ("−", "-"), ("ln(1 + pay)", "log_pay"), ("²", "**2"), ("³", "**3"), (",", "")):
        told = told.replace(a, b)
    for x, y in itertools.product(found.x.values[::8], found.y.values[::8]):
        written = eval(told, {"born": x, "log_pay": math.log1p(y)})  # noqa: S307 - our own sentence
        model = opened.model.log_odds(pa.table({"born": [x], "pay": [y]}))[0, 0]
        assert written == pytest.approx(model, abs=0.02)


def test_a_row_that_is_not_there_is_said_and_usual_values_are_held(reader: Reader, run: str) -> None:
    reader.open(f"/runs/{run}/boundary?row=1501")
    assert "There is no row 1,501" in body(reader)
    assert "at their usual values" in body(reader)


def test_the_applicant_is_a_ring_and_the_constant_is_their_log_odds(desk: Desk, run: str) -> None:
    opened, _, found = drawn(desk, run, "?row=3&x=home&y=income")
    told = boundaries.applicant_of(desk, opened, Address(row=3))
    assert told is not None
    row = pa.table({name: [value] for name, value in told.values.items()})
    assert found.parts[0].constant == pytest.approx(opened.model.log_odds(row)[0, 0])
    assert found.at == (told.values["home"], told.values["income"])


def test_the_cut_off_of_the_run_moves_the_line(desk: Desk, run: str) -> None:
    before = drawn(desk, run)[2]
    cutoffs.save(desk, run, 0.3, {"rule": "by_hand"})
    after = drawn(desk, run)[2]
    assert (before.cutoff, after.cutoff) == (0.5, 0.3)
    assert after.refused > before.refused


def test_who_sees_the_run_without_its_data_sees_no_rows_and_holds_none(
    desk: Desk, desk_of: Callable[[str], Desk], run: str, browser: Callable[..., Any]
) -> None:
    sharing.share(desk, "run", run, "colleague")
    opened, address, found = drawn(desk, run)
    rows = boundaries.start_rows(desk, opened, found)
    two = boundaries.start_two(desk, opened, (address.x, address.y))
    other = desk_of("colleague")
    theirs, _, _ = drawn(other, run)
    with pytest.raises(Refused):
        boundaries.start_rows(other, theirs, found)
    with pytest.raises(NotFound):
        boundaries.get(other, theirs, rows)
    with pytest.raises(Refused):
        drawn(other, run, "?row=3")
    assert boundaries.start_two(other, theirs, (address.y, address.x)) == two  # it holds no rows
    with pytest.raises(Refused):
        boundaries.start_two(other, theirs, ("home", "debt"))
    reader = Reader(browser("colleague"))
    reader.open(f"/runs/{run}/boundary?row=3&two=1")
    text = body(reader)
    for told in ("its rows are not drawn", "no row can be held", "These two fields alone reach AUC"):
        assert told in text, told
    assert "Dots: " not in text


def test_a_stranger_finds_nothing(desk: Desk, desk_of: Callable[[str], Desk], run: str, browser: Callable[..., Any]) -> None:
    opened, address, found = drawn(desk, run)
    study = boundaries.start_two(desk, opened, (address.x, address.y))
    stranger = desk_of("stranger")
    for refused in (
        lambda: drawn(stranger, run),
        lambda: boundaries.start_rows(stranger, opened, found),
        lambda: boundaries.start_two(stranger, opened, (address.x, address.y)),
        lambda: boundaries.get(stranger, opened, study),
    ):
        with pytest.raises(NotFound):
            refused()
    reader = Reader(browser("stranger"))
    reader.open(f"/runs/{run}/boundary")
    assert "There is no such run" in str(reader.props["boundary-head"]["children"])


def test_much_is_done_in_jobs_and_comes_to_the_same(
    desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch, reader: Reader
) -> None:
    opened, address, found = drawn(desk, run)
    fields = (address.x, address.y)
    monkeypatch.setattr(boundaries, "MOST_COUNTED_AT_ONCE", 0)
    monkeypatch.setattr(boundaries, "MOST_TRAINED_AT_ONCE", 0)
    reader.open(f"/runs/{run}/boundary?two=1")
    assert "The rows are being counted" in body(reader)
    assert "The two fields are being trained on" in body(reader)
    assert reader.props["boundary-tick"]["disabled"] is False
    work_off(desk, "boundary")
    work_off(desk, "two_fields")
    reader.change("boundary-tick", "n_intervals", 1)
    assert reader.props["boundary-tick"]["disabled"] is True
    assert "These two fields alone reach AUC" in body(reader)
    rows, two = (boundaries.get(desk, opened, one) for one in (
        boundaries.start_rows(desk, opened, found), boundaries.start_two(desk, opened, fields)
    ))  # fmt: skip
    assert isinstance(rows.result, BoundaryRows)
    assert isinstance(two.result, TwoFieldModel)
    options = {"axes": rows.options["axes"], "codes": rows.options["codes"]}
    assert boundary_work.count_rows(desk.db, desk.user.id, run, options) == rows.result
    assert rows.result.n_drawn == sum(sum(cell.counts) for cell in rows.result.cells)


def test_while_the_training_rows_are_counted_the_page_waits(
    desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch, reader: Reader
) -> None:
    monkeypatch.setattr(backgrounds, "MOST_AT_ONCE", 0)
    reader.open(f"/runs/{run}/boundary")
    assert "The training rows are counted first" in body(reader)
    assert reader.props["boundary-bar"]["hidden"] is True
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("background",))
        job_id, attempt = job.id, job.attempt
    backgrounds.execute(desk.db, job_id, attempt, desk.settings)
    reader.change("boundary-tick", "n_intervals", 1)
    assert "boundary-figure" in body(reader)
    assert reader.props["boundary-bar"]["hidden"] is False


def test_the_two_alone_are_trained_as_the_run_was(desk: Desk, run: str) -> None:
    opened, _, found = drawn(desk, run, "?x=age&y=home")
    study = boundaries.get(desk, opened, boundaries.start_two(desk, opened, ("home", "age")))
    spec, own = study.spec, runs.get(desk, run).spec
    assert spec.features == ("age", "home")
    assert (spec.seed, spec.test_share, spec.validation_share, spec.C, spec.penalty, spec.class_weight) == (
        own.seed, own.test_share, own.validation_share, own.C, own.penalty, own.class_weight,
    )  # fmt: skip
    assert isinstance(study.result, TwoFieldModel)
    assert study.result.full.auc == pytest.approx(runs.get(desk, run).result.test.auc)
    surface = boundaries.two_field_surface(study.result, found)
    assert surface is not None
    assert (surface.x, surface.y, surface.held) == (found.x, found.y, ())


@pytest.mark.parametrize(
    "options",
    [
        {"weight_of_evidence": "chosen", "woe_columns": ("debt",)},
        {"degree": 3, "degree_columns": ("debt",)},
        {"folds": 3, "fold_repeats": 2},
        {"special_codes": (("debt", (("-9", "level"),)),), "log_columns": ("debt",), "interactions": (("debt", "age"),)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_what_the_run_does_to_other_columns_is_not_done_to_the_two(desk: Desk, run: str, options: dict[str, Any]) -> None:
    """No column named would mean all for powers, and nothing that can be trained for evidence."""
    opened, _, _ = drawn(desk, run)
    asked = replace(opened, view=replace(opened.view, spec=replace(opened.view.spec, **options)))
    study = boundaries.get(desk, asked, boundaries.start_two(desk, asked, ("income", "age")))
    assert isinstance(study.result, TwoFieldModel)
    terms = FittedModel.from_json(study.result.model).terms
    assert [(term.kind, term.sources) for term in terms] == [("number", ("age",)), ("number", ("income",))]


def test_three_classes_have_regions_and_each_its_probability(desk: Desk, tmp_path: Path, reader: Reader) -> None:
    random = np.random.default_rng(3)
    place = random.integers(0, 3, 600)
    lines = [f"{x:.3f},{y:.3f},{'abc'[k]}" for x, y, k in zip(*(random.normal(place, 1) for _ in "xy"), place, strict=True)]
    path = tmp_path / "classes.csv"
    path.write_text("x,y,class\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run = trained(desk, upload(desk, path), {"target": "class"})
    reader.open(f"/runs/{run}/boundary?two=1")
    assert "is the most probable class in" in body(reader)
    assert reader.props["boundary-label-choice"]["hidden"] is False
    assert reader.props["boundary-label"]["value"] == REGIONS  # a menu without a choice would show none
    assert reader.props["boundary-rows"]["value"] == POINTS  # 180 held-out rows: every one can be drawn
    reader.change("boundary-label", "value", "b")
    assert "class=b" in reader.props["shell-location"]["search"]
    assert "log-odds of 'b' = " in body(reader)


def test_a_run_without_a_boundary_says_why(desk: Desk, tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "one.csv"
    path.write_text("x,bad\n" + "".join(f"{k % 17},{'yes' if k % 5 == 0 else 'no'}\n" for k in range(300)), encoding="utf-8")
    run = trained(desk, upload(desk, path), {"target": "bad", "bad_label": "yes"})
    reader.open(f"/runs/{run}/boundary")
    assert boundaries.ONE_FIELD in body(reader)
    assert "figure" not in body(reader)


def test_a_link_of_a_job_opens_what_it_did(desk: Desk, run: str, reader: Reader) -> None:
    opened, _, _ = drawn(desk, run)
    study = boundaries.start_two(desk, opened, ("home", "debt"))
    reader.open(f"/runs/{run}/boundary?study={study}")
    assert {reader.props["boundary-x"]["value"], reader.props["boundary-y"]["value"]} == {"home", "debt"}
    assert "These two fields alone reach AUC" in body(reader)


def test_addresses_are_read_back() -> None:
    for address in (
        Address(),
        Address("a&b", "c=d", 7, "ü", WHOLE, DENSITY, True),
        Address(x="x", rows=NONE),
    ):
        assert Address.parse(address.query()) == address
    assert Address.parse(None) == Address.parse(5) == Address()
