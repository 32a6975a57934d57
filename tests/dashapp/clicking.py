"""A browser without a screen: plain HTTP, cookies, and as much of Dash's renderer as it takes to open pages and to click."""

import http.client
import json
import re
from typing import Any
from urllib.parse import urlsplit

MOST_CALLBACKS = 60  # per page; more would be two callbacks that set each other off


class Clicker:
    """One signed-in person. `answers` counts what came back by status."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.answers: dict[int, int] = {}
        self.wrong: list[str] = []
        self.callbacks: list[dict[str, Any]] = []
        self.props: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> tuple[int, str]:
        given = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "*/*", **headers}
        if method != "GET":
            given["X-CSRFToken"] = self.cookies.get("_csrf_token", "")
        self.connection.request(method, path, body=body, headers=given)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
        if answer.status >= 400:
            self.wrong.append(f"{answer.status} {method} {path} {str(body)[:200]} -> {text[:200]}")
        return answer.status, text

    def sign_in(self, link_token: str) -> None:
        path = f"/sign-in/link/{link_token}"
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path)[1])
        assert token is not None
        status, _ = self.ask("POST", path, f"csrf_token={token[1]}", **{"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 303

    def open(self, path: str) -> None:
        """Loads a page as a browser does: the index, the frame, and every callback that fills them."""
        self.ask("GET", path)
        if not self.callbacks:
            self.callbacks = [
                one for one in json.loads(self.ask("GET", "/_dash-dependencies")[1]) if not one["clientside_function"]
            ]
        self.props = {}
        self._place(json.loads(self.ask("GET", "/_dash-layout")[1]))
        place, mark, query = path.partition("?")
        self.props["shell-location"].update(pathname=place, search=mark + query)
        self._run(lambda one: not one["prevent_initial_call"], changed=None)

    def go(self, path: str) -> None:
        """Follows a link inside the page."""
        self.change("shell-location", "pathname", path)

    def change(self, component: str, name: str, value: Any) -> None:
        self.props[component][name] = value
        self._run(lambda one: True, changed={(component, name)})

    def _run(self, wanted: Any, changed: set[tuple[str, str]] | None) -> None:
        """Calls what is due, and what its answers set off in turn."""
        done = 0
        while changed is None or changed:
            due = [one for one in self.callbacks if self._is_due(one, changed) and wanted(one)]
            changed, before = set(), set(self.props)
            for one in due:
                done += 1
                assert done < MOST_CALLBACKS, "These callbacks set each other off."
                changed |= self._call(one)
            appeared = set(self.props) - before
            changed |= {
                (component, name) for component in appeared for name in (*self.props[component], "n_clicks", "n_intervals")
            }

    def _is_due(self, one: dict[str, Any], changed: set[tuple[str, str]] | None) -> bool:
        parts = [*one["inputs"], *one["state"]]
        if any('["' in part["id"] or (part["id"] not in self.props and not part.get("allow_optional")) for part in parts):
            return False
        if any('["' in component or component not in self.props for component, _ in _outputs(one)):
            return False
        return changed is None or any((part["id"], part["property"]) in changed for part in one["inputs"])

    def _call(self, one: dict[str, Any]) -> set[tuple[str, str]]:
        outputs = [{"id": _id(component), "property": name} for component, name in _outputs(one)]
        several = one["output"].startswith("..")
        body = {
            "output": one["output"],
            "outputs": outputs if several else (outputs[0] if outputs else None),
            "inputs": [self._value(part) for part in one["inputs"]],
            "state": [self._value(part) for part in one["state"]],
            "changedPropIds": [],
        }
        status, text = self.ask("POST", "/_dash-update-component", json.dumps(body), **{"Content-Type": "application/json"})
        changed = set()
        for updates in (json.loads(text).get("response", {}), json.loads(text).get("sideUpdate", {})) if status == 200 else ():
            for component, props in updates.items():
                self.props.setdefault(component, {}).update(props)
                changed |= {(component, name) for name in props}
                changed |= self._written(props["data"]) if component == "shell-address" else set()
                self._place(list(props.values()))
        return changed

    def _written(self, wanted: dict[str, Any]) -> set[tuple[str, str]]:
        """Writes the address as assets/20-shell.js does, where nothing has moved since the callback was asked."""
        place = self.props["shell-location"]
        if place["pathname"] != wanted["path"] or place["search"] == wanted["search"]:
            return set()
        place["search"] = wanted["search"]
        return {("shell-location", "search")}

    def _value(self, part: dict[str, Any]) -> dict[str, Any]:
        value = self.props.get(part["id"], {}).get(part["property"])
        return {"id": _id(part["id"]), "property": part["property"], "value": value}

    def _place(self, tree: Any) -> None:
        """Notes every component in the tree by its id."""
        if isinstance(tree, list):
            for item in tree:
                self._place(item)
        elif isinstance(tree, dict):
            props = tree.get("props")
            if "namespace" in tree and isinstance(props, dict):
                if "id" in props:
                    name = props["id"]
                    key = name if isinstance(name, str) else json.dumps(name, sort_keys=True, separators=(",", ":"))
                    self.props[key] = dict(props)
                self._place(list(props.values()))


def _outputs(one: dict[str, Any]) -> list[tuple[str, str]]:
    if one["no_output"]:
        return []
    written = one["output"]
    names = written[2:-2].split("...") if written.startswith("..") else [written]
    return [(component.replace("\\.", "."), name) for component, _, name in (each.rpartition(".") for each in names)]


def _id(written: str) -> Any:
    return json.loads(written) if written.startswith("{") else written
