"""What may run in the browser, and what it may keep."""

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import flask_compress.flask_compress
import pytest

from dashapp.app import create_app
from dashapp.settings import Settings
from db.engine import Database


def policy(answer: Any) -> dict[str, list[str]]:
    rules = [rule.split() for rule in answer.headers["Content-Security-Policy"].split(";")]
    return {rule[0]: rule[1:] for rule in rules}


def test_every_answer_is_guarded(browser: Callable[..., Any]) -> None:
    someone = browser("analyst")
    for path in ("/", "/sign-in", "/health", "/nowhere", "/_dash-layout", "/assets/10-tokens.css", "/api/nothing"):
        headers = someone.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_https_is_remembered(settings: Settings, db: Database) -> None:
    client = create_app(replace(settings, https=True), db).server.test_client()
    assert client.get("/health").headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_the_policy_is_strict_and_lets_each_script_of_the_page_run(browser: Callable[..., Any]) -> None:
    answer = browser("analyst").get("/")
    rules = policy(answer)
    assert rules["default-src"] == ["'self'"]
    assert rules["connect-src"] == ["'self'"]
    assert rules["base-uri"] == rules["object-src"] == rules["frame-ancestors"] == ["'none'"]
    assert "'unsafe-eval'" not in answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in rules["script-src"]
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules["script-src"]
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_pages_and_answers_are_not_kept_and_fingerprinted_files_are(browser: Callable[..., Any]) -> None:
    someone = browser("analyst")
    page = someone.get("/")
    for path in ("/", "/_dash-layout", "/_dash-dependencies", "/sign-in", "/nowhere", "/health"):
        assert someone.get(path).headers["Cache-Control"] == "no-store"
    links = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(links) > 10
    for link in links:
        answer = someone.get(link)
        assert answer.status_code == 200, link
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable", link
        assert "Cookie" not in answer.headers.get("Vary", ""), link  # each page changes a cookie
    assert someone.get("/assets/20-app.css").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("script", ["plotly/package_data/plotly.min.js", "dash/dcc/async-graph.js"])
@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_a_script_without_a_fingerprint_is_sent_once(browser: Callable[..., Any], script: str, accepted: str) -> None:
    """The browser keeps it and asks whether it is still the same; one who has signed out is not told."""
    someone = browser("analyst")
    headers = {"Accept-Encoding": accepted}
    sent = someone.get(f"/_dash-component-suites/{script}", headers=headers)
    assert (sent.status_code, sent.headers["Cache-Control"]) == (200, "private, no-cache")
    assert sent.headers["Vary"] == "Accept-Encoding"
    asked = someone.get(f"/_dash-component-suites/{script}", headers=headers | {"If-None-Match": sent.headers["ETag"]})
    assert (asked.status_code, asked.data, asked.headers["Cache-Control"]) == (304, b"", "private, no-cache")
    another = someone.get(f"/_dash-component-suites/{script}", headers=headers | {"If-None-Match": '"of another version"'})
    assert (another.status_code, another.data) == (200, sent.data)
    refused = browser().get(f"/_dash-component-suites/{script}", headers=headers | {"If-None-Match": sent.headers["ETag"]})
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "no-store")
    assert "Cookie" in refused.headers["Vary"]


def test_large_answers_are_compressed(browser: Callable[..., Any]) -> None:
    answer = browser("analyst").get("/_dash-dependencies", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] in {"br", "gzip"}


def test_scripts_are_compressed_once_whatever_their_fingerprint(browser: Callable[..., Any], monkeypatch: Any) -> None:
    someone = browser("analyst")
    page = someone.get("/").text
    script = next(link for link in re.findall(r'src="(/_dash-component-suites/[^"]+)"', page) if "renderer" in link)
    plain = someone.get(script).data
    answers = [someone.get(script, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert all(gzip.decompress(answer.data) == plain for answer in answers)
    monkeypatch.setattr(flask_compress.flask_compress, "_compress_data", None)  # would fail if it were called again
    other = re.sub(r"m\d+", "m123", script)
    assert gzip.decompress(someone.get(other, headers={"Accept-Encoding": "gzip"}).data) == plain
