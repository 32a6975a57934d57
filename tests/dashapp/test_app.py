"""The application is put together anew each time it is asked for, on what it is handed and nothing else."""

import shutil
from dataclasses import replace
from pathlib import Path

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.usecases import accounts
from db.engine import Database
from tests.dashapp.conftest import Browser


def test_two_applications_in_one_process_each_know_their_own_people(settings: Settings, template: Path, tmp_path: Path) -> None:
    other_settings = replace(settings, database_url=f"sqlite:///{tmp_path / 'other.sqlite'}", secret="t" * 40)
    shutil.copy(template, tmp_path / "other.sqlite")
    databases = [Database(one.database_url) for one in (settings, other_settings)]
    accounts.deactivate(databases[1], "officer")
    accounts.add_person(databases[1], name="guest", display_name="Guest", role="analyst", password="correct horse battery")
    first, second = (Browser(create_app(one, db)) for one, db in zip((settings, other_settings), databases, strict=True))

    assert (first.sign_in("officer").status_code, second.sign_in("officer").status_code) == (303, 401)
    second = Browser(second.app)
    assert (Browser(first.app).sign_in("guest").status_code, second.sign_in("guest").status_code) == (401, 303)
    for browser in (first, second):
        assert browser.get("/").status_code == 200
        assert browser.get("/_dash-layout").status_code == 200
    assert first.get("/_dash-dependencies").json == second.get("/_dash-dependencies").json

    # A cookie of one opens nothing at the other.
    stranger = Browser(second.app)
    stranger.client.set_cookie("scoredesk_8050", first.client.get_cookie("scoredesk_8050").value)
    assert stranger.get("/").status_code == 302
    for db in databases:
        db.dispose()


def test_the_index_page_and_the_frame_hold_nobodys_data(settings: Settings, db: Database) -> None:
    app = create_app(settings, db)
    pages = []
    for name in ("analyst", "admin"):
        browser = Browser(app)
        browser.sign_in(name)
        pages.append(browser.get("/_dash-layout").text)
        index = browser.get("/runs").text
        assert name not in index.replace("dash-", "")
        assert "correct horse" not in index
    assert pages[0] == pages[1]
