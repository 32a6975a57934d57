"""Nothing is open but the sign-in page, what it is drawn with, and the health addresses; nobody is told a version."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from dash import Dash
from flask import request

from dashapp import auth
from dashapp.app import ASSETS, create_app
from dashapp.settings import Settings, SettingsError
from db.engine import Database

CLOSED_TO_SCRIPTS = [
    ("GET", "/_dash-layout"),
    ("GET", "/_dash-dependencies"),
    ("POST", "/_dash-update-component"),
    ("GET", "/_reload-hash"),
    ("GET", "/_dash-component-suites/dash/dcc/dash_core_components.js"),
    ("PUT", "/api/datasets?name=x.csv"),
    ("GET", "/api/anything"),
]
CLOSED_PAGES = [
    "/",
    "/runs",
    "/runs/abc",
    "/data",
    "/anything",
    "/assets/20-app.css",
    "/_favicon.ico",
    "/assets/../pyproject.toml",
]


@pytest.mark.parametrize(("method", "path"), CLOSED_TO_SCRIPTS)
def test_scripts_get_401_as_json(browser: Callable[..., Any], method: str, path: str) -> None:
    answer = browser().client.open(path, method=method)
    assert answer.status_code == 401
    assert answer.json["message"] == "You are not signed in."


@pytest.mark.parametrize("path", CLOSED_PAGES)
def test_people_are_led_to_the_sign_in_page(browser: Callable[..., Any], path: str) -> None:
    answer = browser().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_every_route_is_closed_or_named_as_open(app: Dash, browser: Callable[..., Any]) -> None:
    open_routes = set()
    for rule in app.server.url_map.iter_rules():
        path = rule.rule.replace("<path:filename>", "20-app.css")
        parts = ("<token>", "<string:package_name>", "<path:fingerprinted_path>", "<path:path>")
        for part in (*parts, "<run_id>", "<dataset_id>", "<study_id>"):
            path = path.replace(part, "x")
        assert "<" not in path, "Teach this test the new kind of path."
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = browser().client.open(path, method=method)
            if answer.status_code != 401 and not answer.headers.get("Location", "").startswith("/sign-in"):
                open_routes.add(rule.endpoint)
    assert open_routes == auth.PUBLIC_ENDPOINTS


def test_a_script_that_fetches_a_page_gets_401(browser: Callable[..., Any]) -> None:
    someone = browser()
    assert someone.get("/runs", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401
    assert someone.get("/runs", headers={"Accept": "application/json"}).status_code == 401
    assert someone.get("/runs", headers={"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Dest": "document"}).status_code == 302


def test_open_assets_exist_and_the_rest_is_closed(browser: Callable[..., Any]) -> None:
    for name in auth.PUBLIC_ASSETS:
        assert (ASSETS / name).is_file()
        assert browser().get(f"/assets/{name}").status_code == 200
    for path in ASSETS.iterdir():
        if path.is_file() and path.name not in auth.PUBLIC_ASSETS:
            assert browser().get(f"/assets/{path.name}").status_code == 302


def test_the_sign_in_page_is_drawn_with_open_assets_only(browser: Callable[..., Any]) -> None:
    someone = browser()
    page = someone.get("/sign-in").text
    links = [part.split('"')[0] for mark in ('href="', 'src="') for part in page.split(mark)[1:]]
    assert links
    for link in links:
        assert link.startswith(("data:", "/sign-in")) or someone.get(link).status_code == 200


def test_health_needs_no_sign_in_and_tells_no_version(browser: Callable[..., Any]) -> None:
    for path, status in (("/health", "alive"), ("/ready", "ready")):
        answer = browser().get(path)
        assert (answer.status_code, answer.json) == (200, {"status": status})
        assert "Server" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_ready_says_no_without_a_schema(settings: Settings, tmp_path: Any) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    client = create_app(settings, empty).server.test_client()
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready"})
    empty.dispose()


def test_the_application_refuses_a_short_secret_and_a_demonstration_for_the_world(settings: Settings, db: Database) -> None:
    for wrong in ({"secret": "s" * 31}, {"secret": ""}, {"demo": True, "host": "0.0.0.0"}, {"web_workers": 0}):  # noqa: S104
        with pytest.raises(SettingsError):
            create_app(replace(settings, **wrong), db)


def test_forged_posts_are_refused(browser: Callable[..., Any]) -> None:
    someone = browser("analyst")
    for method, path in (("POST", "/_dash-update-component"), ("PUT", "/api/datasets?name=x.csv"), ("POST", "/sign-out")):
        for token in ({}, {"X-CSRFToken": "forged"}, {"X-CSRFToken": browser("analyst").csrf}):
            answer = someone.client.open(path, method=method, headers=token, json={})
            assert answer.status_code == 400
            assert "open for too long" in answer.text


def test_the_address_is_believed_from_known_proxies_only(settings: Settings, db: Database) -> None:
    def address_seen(count: int) -> str:
        app = create_app(replace(settings, trusted_proxies=count), db)
        client = app.server.test_client()
        seen = []
        app.server.before_request_funcs[None].insert(0, lambda: seen.append(request.remote_addr))
        client.get("/health", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.1"}, environ_base={"REMOTE_ADDR": "10.0.0.1"})
        return str(seen[0])

    assert address_seen(0) == "10.0.0.1"
    assert address_seen(1) == "203.0.113.1"
    assert address_seen(2) == "6.6.6.6"
