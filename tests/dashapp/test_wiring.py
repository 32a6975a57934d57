"""Every id that a callback names stands in a layout, every tab has help, and the skeletons hold nobody's data."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dash
import pytest
from dash.development.base_component import Component

from dashapp.shell import layout, page_at
from dashapp.tabs import TABS
from dashapp.tabs.data import dataset_page, list_page, upload_page
from dashapp.tabs.evaluate import run_page
from dashapp.tabs.evaluate.coefficients import coefficients
from dashapp.tabs.evaluate.overview import overview
from dashapp.tabs.home import layout as home_page
from dashapp.tabs.jobs import layout as jobs_page
from dashapp.tabs.runs import layout as runs_page
from dashapp.tabs.scores.layout import form_body as score_form
from dashapp.tabs.settings import layout as settings_page
from dashapp.tabs.sharing import layout as sharing_page
from dashapp.tabs.train import layout as train_page
from dashapp.usecases import accounts, datasets, intake, jobs, plans, runs, sharing, training
from dashapp.usecases.desk import Desk
from db import leases as queue
from pipeline.spec import TrainSpec
from tests.dashapp.approval_pages import approval_pages
from tests.dashapp.boundary_pages import boundary_pages
from tests.dashapp.calibration_pages import calibration_pages
from tests.dashapp.comparing import compare_pages
from tests.dashapp.desk_pages import desk_pages
from tests.dashapp.effects_pages import effects_pages
from tests.dashapp.explain_pages import explain_pages
from tests.dashapp.monitor_pages import monitor_pages
from tests.dashapp.profile_pages import profile_pages
from tests.dashapp.segment_pages import segment_pages
from tests.dashapp.studying import study_pages
from tests.dashapp.threshold_pages import threshold_pages
from tests.dashapp.tune_pages import tune_pages
from tests.dashapp.uploading import upload


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    """A data set of 200 loans, received as a file."""
    path = tmp_path / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if (i * 7) % 11 < 3 or i % 37 > 30 else 'no'}" for i in range(200)]
    path.write_text("income,home,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return upload(desk, path)


@pytest.fixture
def run(desk: Desk, loans: str) -> str:
    """A succeeded run on the loans, and behind it a queued one."""
    first = runs.start(
        desk, loans, "Done", {"target": "defaulted", "bad_label": "yes", "features": ["income", "home"], "penalty": "none"}
    )
    with desk.db.write() as session:
        (job,) = queue.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(desk.db, job_id, attempt, desk.settings)
    runs.start(desk, loans, "Waiting", {"target": "defaulted", "bad_label": "yes", "features": ["income"]})
    return first


def ids_in(parts: Any) -> Iterator[str]:
    """The ids in a tree of components; of a pattern-matching id only its kind."""
    if isinstance(parts, list | tuple):
        for part in parts:
            yield from ids_in(part)
    if isinstance(parts, Component):
        found = getattr(parts, "id", None)
        if isinstance(found, dict):
            yield from found
        elif found is not None:
            yield found
        for name in parts._prop_names:
            yield from ids_in(getattr(parts, name, None)) if name != "id" else ()


def filled_pages(desk: Desk, dataset_id: str, run_id: str, tmp_path: Path) -> list[Any]:
    """Every page as its callback fills it."""
    view = datasets.get(desk, dataset_id)
    done = runs.get(desk, run_id)
    waiting = next(runs.get(desk, card.id) for card in runs.visible(desk) if card.state == "queued")
    assert done.result is not None
    cards, everything = runs.visible(desk), datasets.visible(desk)
    values = {option.name: option.default for option in TrainSpec.options()} | {"target": "defaulted", "bad_label": "yes"}
    waiting_upload = intake.UploadCard("u", "loans.csv", 10, "examined", datetime.now(UTC))
    failed = runs.RunView(**{**vars(waiting), "state": "failed", "job": None})
    return [
        home_page.body(cards, jobs.active(desk), everything, datetime.now(UTC), "all"),
        [list_page.listing(everything, ""), list_page.listing([], "nothing like it")],
        upload_page.pending_list([waiting_upload]),
        dataset_page.body(view, "Samples"),
        dataset_page.body(view, "Columns"),
        train_page.choose_body(everything),
        train_page.form_body(view, values, "A run", plans.left_out(view, "defaulted")),
        score_form(view, values, None),
        *profile_pages(view, everything),
        *study_pages(desk, dataset_id, run_id),
        [run_page.without_result(waiting), run_page.without_result(failed), run_page.more_actions(done)],
        overview(done, done.result, "light"),
        coefficients(done, done.result),
        *tune_pages(done),
        *threshold_pages(desk, done),
        *calibration_pages(desk, done),
        *boundary_pages(desk, done),
        *approval_pages(desk, done),
        *desk_pages(desk, done),
        *explain_pages(desk, done),
        *monitor_pages(done),
        *effects_pages(desk, done),
        *segment_pages(done),
        *compare_pages(desk, tmp_path),
        sharing_page.body(sharing.access(desk, "run", run_id), "run", f"/runs/{run_id}"),
        jobs_page.body(jobs.recent(desk)),
        [runs_page.listing(cards, ""), runs_page.undo(run_id)],
        settings_page.body(desk.user, [_session(this=True), _session(this=False)], True),
    ]


def _session(*, this: bool) -> accounts.SessionCard:
    now = datetime.now(UTC)
    return accounts.SessionCard(browser="Firefox/140 Linux", address="127.0.0.1", created_at=now, seen_at=now, is_this_one=this)


def test_every_callback_id_stands_in_a_layout(app: dash.Dash, desk: Desk, loans: str, run: str, tmp_path: Path) -> None:
    # A second person to remove, so that the button for it is there.
    sharing.share(desk, "run", run, "colleague")
    skeletons = [page.layout(**dict.fromkeys(_parts(page.path_template), "x")) for tab in TABS for page in tab.pages]
    known = set(ids_in([layout(), *skeletons, *filled_pages(desk, loans, run, tmp_path)]))
    named = set()
    for callback in app.callback_map.values():
        outputs = callback["output"]
        for output in outputs if isinstance(outputs, list | tuple) else [outputs]:
            named.update(_kinds(output.component_id))
        for part in [*callback["inputs"], *callback["state"]]:
            named.update(_kinds(part["id"]))
    assert named - known == set()


def test_callbacks_write_the_address_through_the_frame(app: dash.Dash) -> None:
    """An answer that comes late would write into the address of the page that the user has gone to: see `page_address`."""
    written = [name for name in app.callback_map if "shell-location.search" in name]
    sources = Path(__import__("dashapp").__file__).parent.rglob("*.py")
    assert written == []
    assert [path.name for path in sources if 'set_props(shell.location, {"search"' in path.read_text(encoding="utf-8")] == []


def _parts(template: str) -> list[str]:
    return [part[1:-1] for part in template.split("/") if part.startswith("<")]


def _kinds(component_id: Any) -> list[str]:
    if isinstance(component_id, str) and component_id.startswith("{"):
        import json

        component_id = json.loads(component_id)
    return list(component_id) if isinstance(component_id, dict) else [component_id]


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.name)
def test_every_tab_has_help(tab: Any) -> None:
    text = (Path(__import__("dashapp.tabs", fromlist=["tabs"]).__file__).parent / tab.name / "help.md").read_text(
        encoding="utf-8"
    )
    assert text.startswith("### ")
    assert len(text) > 150


def test_addresses_lead_to_one_page_each() -> None:
    assert page_at("/runs/abc/coefficients")[1] == {"run_id": "abc"}  # type: ignore[index]
    assert page_at("/runs/abc")[0].title == "Run"  # type: ignore[index]
    assert page_at("/") is not None
    assert page_at("/nowhere") is None
    assert page_at("/runs/a/b/c") is None


def test_the_frame_holds_nobodys_data(desk: Desk, loans: str) -> None:
    text = str(layout().to_plotly_json())
    assert "Analyst" not in text
    assert "Loans" not in text
    assert loans not in text


def test_a_plan_tells_the_rows_that_training_uses(desk: Desk, loans: str, run: str) -> None:
    view, done = datasets.get(desk, loans), runs.get(desk, run)
    assert done.result is not None
    plan = plans.plan(view, done.spec)
    assert (plan.n_train, plan.n_test) == (done.result.data.n_train, done.result.data.n_test)
    assert plan.bad_rate == pytest.approx(done.result.data.bad_rate)
