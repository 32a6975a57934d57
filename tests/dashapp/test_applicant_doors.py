"""Every way to an applicant, their reasons and what was decided, tried by a cast of people; and the same by hand-made requests.

What is absent, not shared, or not approved yet is told in the same words.
"""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from dash import Dash
from sqlalchemy import select

from dashapp.settings import Settings
from dashapp.usecases import (
    accounts,
    applicants,
    approvals,
    backgrounds,
    boundaries,
    case_lists,
    case_views,
    cases,
    changing,
    datasets,
    desk_runs,
    effects,
    explaining,
    finding,
    limes,
    lookups,
    reasons_tables,
    runs,
    segment_references,
    sharing,
    similar,
    tuning,
    what_ifs,
    wordings,
)
from dashapp.usecases.applicants import Asked
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.boundary_address import Address
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.filters import Filter
from db.tables import Base, Case, Study
from tests.dashapp.desk_runs import RISKY, approved, change
from tests.dashapp.prepared import forget, prepared
from tests.dashapp.recalibrations import work_off

MODULES: tuple[ModuleType, ...] = (
    applicants, approvals, backgrounds, boundaries, case_lists, case_views, cases, changing, desk_runs, effects, explaining,
    finding, limes, lookups, reasons_tables, segment_references, similar, what_ifs, wordings,
)  # fmt: skip
EVERYBODY = ("analyst", "colleague", "officer", "stranger", "admin")
TYPED = Applicant({"amount": 9500.0, "months": 60.0, "home": "rent"}, "typed in")
SECRET = "Zqx"  # stands in every name that must not get out
KEY = "A-2025-"  # what the identifiers of the rows begin with


@dataclass(frozen=True)
class World:
    """What there is: an approved run that is shared, a case of the officer's, and a study of each kind of the owner's."""

    run: str
    dataset: str
    case: str
    rows: str
    two: str
    lime: str
    similar: str
    reasons: str


_worlds: list[World] = []


def _fill(desk: Desk, folder: Path) -> None:
    limes.warm()
    run = approved(desk, folder)
    change(desk, run, name=f"{SECRET} run")
    opened = backgrounds.opened(desk, run)
    address = boundaries.settled(opened, Address())
    (officer,) = (person for person in accounts.everyone(desk.db) if person.name == "officer")
    made = World(
        run,
        opened.view.dataset_id,
        cases.save(Desk(desk.db, desk.settings, officer), run, Asked(given=RISKY, name=f"{SECRET} Smith")),
        boundaries.start_rows(desk, opened, boundaries.surface(opened, address, None)),
        boundaries.start_two(desk, opened, ("amount", "months")),
        limes.start(desk, run, TYPED),
        similar.start(desk, run, TYPED),
        reasons_tables.start(desk, run, Filter()),
    )
    work_off(desk)
    _worlds.append(made)


settings = prepared(_fill)


@pytest.fixture
def world(settings: Settings) -> World:
    return _worlds[0]


def _run(who: Desk, world: World) -> OpenedRun:
    return backgrounds.opened(who, world.run)


def _listed(found: Any) -> Any:
    """Raises as a door does where a list has nothing."""
    if not found:
        raise NotFound("run")
    return found


Call = Callable[[Desk, World], Any]

# What whoever sees the run may do, without its rows.
SEES_RUN: dict[str, Call] = {
    "approvals.history": lambda who, world: approvals.history(who, world.run),
    "applicants.opened": lambda who, world: applicants.opened(who, world.run),
    "applicants.applicant": lambda who, world: applicants.applicant(who, _run(who, world), Asked(given=RISKY)),
    "backgrounds.opened": lambda who, world: backgrounds.opened(who, world.run),
    "backgrounds.start": lambda who, world: backgrounds.start(who, runs.get(who, world.run)),
    "backgrounds.model_of": lambda who, world: backgrounds.model_of(who, runs.get(who, world.run)),
    "boundaries.settled_of": lambda who, world: boundaries.settled_of(who, world.run, Address()),
    "boundaries.get": lambda who, world: boundaries.get(who, _run(who, world), world.two),
    "boundaries.start_two": lambda who, world: boundaries.start_two(who, _run(who, world), ("amount", "months")),
    "case_views.get": lambda who, world: case_views.get(who, world.case),
    "case_lists.recent": lambda who, world: _listed(case_lists.recent(who)),
    "case_lists.count": lambda who, world: _listed(case_lists.count(who)),
    "case_lists.of_applicant": lambda who, world: _listed(case_lists.of_applicant(who, Applicant({}, f"{SECRET} Smith"))),
    "cases.save": lambda who, world: cases.save(who, world.run, Asked(given=RISKY, name="Once more")),
    "desk_runs.offered": lambda who, world: _listed(desk_runs.offered(who)[0]),
    "effects.opened": lambda who, world: effects.opened(who, world.run),
    "effects.start": lambda who, world: effects.start(who, runs.get(who, world.run)),
    "explaining.reference_of": lambda who, world: explaining.reference_of(who, _run(who, world), "passing"),
    "limes.start": lambda who, world: limes.start(who, world.run, TYPED),
}
# What takes the rows too: it is refused to who sees the run alone.
SEES_ROWS: dict[str, Call] = {
    "boundaries.applicant_of": lambda who, world: boundaries.applicant_of(who, _run(who, world), Address(row=2)),
    "boundaries.start_rows": lambda who, world: boundaries.start_rows(
        who, (run := _run(who, world)), boundaries.surface(run, boundaries.settled(run, Address()), None)
    ),
    "boundaries.get (rows)": lambda who, world: boundaries.get(who, _run(who, world), world.rows),
    "cases.save (row)": lambda who, world: cases.save(who, world.run, Asked(dataset_id=world.dataset, row=3)),
    "explaining.of_row": lambda who, world: explaining.of_row(who, _run(who, world), 3),
    "explaining.reference_of (row)": lambda who, world: explaining.reference_of(who, _run(who, world), "applicant", "3"),
    "finding.page_of": lambda who, world: finding.page_of(who, runs.get(who, world.run), Filter(), 1, ("key",)),
    "finding.matching": lambda who, world: finding.matching(who, runs.get(who, world.run), Filter()),
    "finding.place_of": lambda who, world: finding.place_of(who, runs.get(who, world.run), Filter(), 3),
    "finding.one_at_random": lambda who, world: finding.one_at_random(who, runs.get(who, world.run), Filter()),
    "finding.columns_there": lambda who, world: finding.columns_there(who, runs.get(who, world.run)),
    "finding.levels_there": lambda who, world: finding.levels_there(who, runs.get(who, world.run), "home"),
    "lookups.row_of": lambda who, world: lookups.row_of(who, world.dataset, "key", f"{KEY}0045"),
    "lookups.name_of": lambda who, world: lookups.name_of(who, Applicant({}, "x", world.dataset, 3)),
    "lookups.dataset_name": lambda who, world: lookups.dataset_name(who, world.dataset),
    "lookups.places": lambda who, world: _listed(lookups.places(who, world.run)),
    "reasons_tables.start": lambda who, world: reasons_tables.start(who, world.run, Filter()),
    "reasons_tables.get": lambda who, world: reasons_tables.get(who, world.run, world.reasons),
    "reasons_tables.made": lambda who, world: _listed(reasons_tables.made(who, world.run)),
    "reasons_tables.csv": lambda who, world: list(reasons_tables.csv(who, world.reasons).pieces),
    "segment_references.columns_for": lambda who, world: _listed(segment_references.columns_for(who, _run(who, world))),
    "segment_references.levels_for": lambda who, world: segment_references.levels_for(who, _run(who, world), "region"),
    "segment_references.reference": lambda who, world: segment_references.reference(who, _run(who, world), "region: north"),
    "similar.start": lambda who, world: similar.start(who, world.run, TYPED),
    "what_ifs.base_of": lambda who, world: what_ifs.base_of(who, world.run, 3),
}
# What is one person's, whoever sees the run.
OWNERS: dict[str, tuple[str, Call]] = {
    "approvals.reviewers": ("analyst", lambda who, world: approvals.reviewers(who, world.run)),
    "approvals.propose": ("analyst", lambda who, world: approvals.propose(who, world.run, "stranger")),
    "approvals.withdraw": ("analyst", lambda who, world: approvals.withdraw(who, world.run)),
    "approvals.retire": ("analyst", lambda who, world: approvals.retire(who, world.run)),
    "approvals.approve": ("", lambda who, world: approvals.approve(who, world.run)),
    "approvals.return_": ("", lambda who, world: approvals.return_(who, world.run, "Why?")),
    "cases.decide": ("officer", lambda who, world: cases.decide(who, world.case, "refuse")),
    "cases.note": ("officer", lambda who, world: cases.note(who, world.case, "Another")),
    "limes.get": ("analyst", lambda who, world: limes.get(who, world.lime)),
    "similar.get": ("analyst", lambda who, world: similar.get(who, world.run, world.similar)),
    "wordings.save": ("analyst", lambda who, world: wordings.save(who, world.run, {"home": {"label": "Home"}})),
}
NO_DOORS = {
    "case_lists.card_of": "is given a case that was found",
    "approvals.reviews": "lists what waits for the reader alone, which test_approvals.py tests",
    "boundaries.followed": "gives the address as it was to who may not see the study, tested below",
}


def test_every_way_is_tried() -> None:
    """A new use case of these modules has to be put into one of the lists above."""
    tried = {name.partition(" ")[0] for name in (*SEES_RUN, *SEES_ROWS, *OWNERS, *NO_DOORS)}
    there = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, member in vars(module).items()
        if inspect.isfunction(member)
        and member.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(member).parameters), "") == "desk"
    }
    assert there == tried


def told(call: Call, who: Desk, world: World) -> str:
    """'ok', or the sentence of the refusal."""
    try:
        call(who, world)
    except (NotFound, Refused) as error:
        return f"{type(error).__name__}: {error.message}"
    return "ok"


def absent(call: Call, who: Desk) -> str:
    """What is told of ids that nothing has."""
    return told(call, who, World(*["absent"] * len(fields(World))))


def test_who_sees_the_run_and_who_sees_its_rows(desk: Desk, desk_of: Callable[[str], Desk], world: World) -> None:
    """The colleague sees run and rows, the officer the approved run alone."""
    sharing.share(desk, "dataset", world.dataset, "colleague")
    for calls, may in ((SEES_RUN, ("analyst", "colleague", "officer")), (SEES_ROWS, ("analyst", "colleague"))):
        for name, call in calls.items():
            assert tuple(who for who in EVERYBODY if told(call, desk_of(who), world) == "ok") == may, name


@pytest.mark.parametrize("stage", ["draft", "proposed"])
def test_of_a_run_that_is_not_approved_an_officer_learns_nothing(
    desk: Desk, desk_of: Callable[[str], Desk], world: World, stage: str
) -> None:
    """It is shared with them, its rows too, and they decided with it before: what is told is told of nothing as well."""
    change(desk, world.run, stage=stage)
    with desk.db.write() as session:
        session.get_one(Case, world.case).owner_id = desk.user.id  # one of their own stays theirs, as test_cases.py tests
    for person in ("officer", "stranger", "admin"):
        who = desk_of(person)
        for name, call in {**SEES_RUN, **SEES_ROWS, **{name: call for name, (_, call) in OWNERS.items()}}.items():
            if name.startswith("lookups."):
                continue  # of the data set, and not of the run
            assert told(call, who, world) == absent(call, who) != "ok", (person, name)
        assert boundaries.followed(who, world.run, Address(study=world.rows)) == Address()
        assert runs.visible(who) == []


def test_what_is_one_person_s(desk: Desk, desk_of: Callable[[str], Desk], world: World) -> None:
    sharing.share(desk, "dataset", world.dataset, "colleague")
    for name, (owner, call) in OWNERS.items():
        for person in EVERYBODY:
            if person != owner:
                assert told(call, desk_of(person), world) == absent(call, desk_of(person)), (name, person)
    view = runs.get(desk, world.run)
    assert (view.stage, view.wording, case_views.get(desk, world.case).card.decision) == ("approved", {}, "open")


def test_an_officer_trains_neither_two_fields_nor_a_path(desk: Desk, desk_of: Callable[[str], Desk], world: World) -> None:
    """Also where the rows are theirs to see; one that somebody trained they may look at."""
    sharing.share(desk, "dataset", world.dataset, "officer")
    officer = desk_of("officer")
    opened = backgrounds.opened(officer, world.run)
    assert boundaries.start_two(officer, opened, ("months", "amount")) == world.two
    before = counts(desk)
    with pytest.raises(Refused, match="train nothing"):
        boundaries.start_two(officer, opened, ("amount", "home"))
    with pytest.raises(Refused, match="train nothing"):
        tuning.start(officer, world.run, {})
    assert counts(desk) == before


def counts(desk: Desk) -> dict[str, int]:
    with desk.db.read() as session:
        return {name: len(session.execute(select(table)).all()) for name, table in Base.metadata.tables.items()}


def test_the_desk_goes_on_when_the_data_set_is_deleted(desk: Desk, desk_of: Callable[[str], Desk], world: World) -> None:
    """Whoever is typed in is scored and explained; whom somebody looked up before can still be read; nobody is looked up."""
    officer = desk_of("officer")
    sharing.share(desk, "dataset", world.dataset, "officer")
    looked_up = cases.save(officer, world.run, Asked(dataset_id=world.dataset, row=3))
    before = case_views.get(officer, looked_up)
    datasets.delete(desk, world.dataset)
    forget()
    after = case_views.get(officer, looked_up)
    assert (after.record.told, after.card.name, after.changed) == (before.record.told, f"{KEY}0004", ())
    typed = case_views.get(officer, cases.save(officer, world.run, Asked(given=RISKY, name="After")))
    assert typed.record.told == case_views.get(officer, world.case).record.told
    assert typed.record.told.reasons
    assert lookups.places(officer, world.run) == ()
    with pytest.raises(NotFound):
        cases.save(officer, world.run, Asked(dataset_id=world.dataset, row=3))


# The same by hand-made requests


def forged(app: Dash, browser: Any, world: World) -> dict[str, str]:
    """What every callback answers to requests that name the run, its data set, its case and its studies in every place."""
    key = {
        "run_id": world.run, "dataset_id": world.dataset, "case_id": world.case, "study_id": world.reasons,
        "kind": "run", "id": world.run, "run": world.run, "row": 3, "tab": "explain", "who": "x",
    }  # fmt: skip
    search = f"?row=3&data={world.dataset}&run={world.run}&study={world.rows}&case={world.case}&with={world.run}"
    answers = {}
    for output, one in app.callback_map.items():
        if "callback" not in one:
            continue
        several = isinstance(one["output"], list | tuple)
        declared = list(one["output"]) if several else [one["output"]]
        outputs = [_sent({"id": part.component_id_str(), "property": part.component_property}) for part in declared]
        inputs, state = ([_sent(part, key, search) for part in one[kind]] for kind in ("inputs", "state"))
        first = next((part for part in inputs if not isinstance(part, list)), None)
        body = {
            "output": output,
            "outputs": [] if one.get("no_output") else outputs if several else outputs[0],
            "inputs": inputs,
            "state": state,
            "changedPropIds": [_name(first)] if first is not None else [],
        }
        answer = browser.post("/_dash-update-component", json=body)
        assert answer.status_code < 500, (output, answer.text[:300])
        answers[output] = answer.text
    return answers


def _sent(part: dict[str, Any], key: dict[str, Any] | None = None, search: str = "") -> Any:
    """A part as a request has it; every store holds the ids, every address names them, every button was pressed."""
    declared, name = part["id"], part["property"]
    pattern = json.loads(declared) if declared.startswith("{") else declared
    is_many = isinstance(pattern, dict) and any(one in (["ALL"], ["ALLSMALLER"]) for one in pattern.values())
    if isinstance(pattern, dict):
        pattern = {place: "x" if isinstance(one, list) else one for place, one in pattern.items()}
    sent = {"id": pattern, "property": name}
    if key is not None:
        sent["value"] = {"data": key, "search": search, "n_clicks": 1, "n_intervals": 1, "is_open": True}.get(name)
        if name == "pathname":
            sent["value"] = f"/runs/{key['run_id']}"
    return [sent] if is_many else sent


def _name(part: dict[str, Any]) -> str:
    written = part["id"] if isinstance(part["id"], str) else json.dumps(part["id"], sort_keys=True, separators=(",", ":"))
    return f"{written}.{part['property']}"


PLAIN = ("model.json", "coefficients.csv", "calibration.csv", "score_bands.csv", "segments.csv")


def test_hand_made_requests_tell_nothing(
    app: Dash, browser: Callable[..., Any], desk: Desk, desk_of: Callable[[str], Desk], world: World
) -> None:
    """Every callback of the application and every download, asked for a run that is a draft again."""
    change(
        desk, world.run, stage="draft", name=f"{SECRET} run", note=f"{SECRET} note", wording={"home": {"label": f"{SECRET} home"}}
    )
    datasets.rename(desk, world.dataset, f"{SECRET} data")
    with desk.db.write() as session:
        session.get_one(Case, world.case).owner_id = desk.user.id
        for study in session.scalars(select(Study)):
            study.name = f"{SECRET} study"
    paths = [f"/api/runs/{world.run}/{name}" for name in PLAIN]
    paths += [f"/api/runs/{world.run}/scores/{world.dataset}.csv", f"/api/studies/{world.reasons}/reasons.csv"]
    paths += [f"/api/datasets/{world.dataset}.{ending}" for ending in ("csv", "parquet")]
    before = counts(desk)
    for person in ("officer", "stranger", "admin"):
        someone = browser(person)
        for output, text in forged(app, someone, world).items():
            assert SECRET not in text, (person, output)
            assert KEY not in text, (person, output)
        for path in paths:
            assert someone.get(path).status_code == 404, (person, path)
    moved = {name for name, n in counts(desk).items() if before[name] != n}
    assert moved <= {"sessions", "sign_in_attempts", "audit_events"}  # of signing in
    # The owner is told by the same requests, so that these were none that nobody understands.
    owner = browser("analyst")
    assert [path for path in paths if owner.get(path).status_code == 404] == []
    assert sum(SECRET in text for text in forged(app, owner, world).values()) > 15


def test_nobody_who_is_not_signed_in_is_told_anything(app: Dash, browser: Callable[..., Any], world: World) -> None:
    nobody = browser()
    nobody.get("/sign-in")
    assert set(map(str.strip, forged(app, nobody, world).values())) == {
        nobody.post("/_dash-update-component", json={}).text.strip()
    }
