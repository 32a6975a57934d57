"""Is this a body that our own pages could have sent? Asked before Dash sees it, because Dash trusts its renderer.

A stock application answers a hand-made body with a 500 as soon as an id, an input or an output is not what the callback
declares. Values are not judged here: they are whatever the user typed, and the use cases check them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import BadRequest

UPDATE_PATH = "/_dash-update-component"
_LONGEST_NAME = 2_000
_SEVERAL = ("ALL", "ALLSMALLER")


class WrongBody(Exception):
    """The body fits no callback; the message says where."""


def init_app(server: Flask, callback_map: Mapping[str, Any]) -> None:
    @server.before_request
    def check_body() -> tuple[dict[str, str], int] | None:
        if request.path != UPDATE_PATH or request.method != "POST":
            return None
        try:
            check(_json(), callback_map)
        except WrongBody as error:
            return {"message": f"This page does not fit the server: {error}.", "fix": "Reload the page."}, 400
        return None


def _json() -> Any:
    try:
        return request.get_json(force=True)
    except (BadRequest, RecursionError):
        raise WrongBody("the body is no JSON") from None


def check(body: Any, callback_map: Mapping[str, Any]) -> None:
    """Raises WrongBody unless the body names a callback that the server runs and has each of its parts."""
    if not isinstance(body, dict):
        raise WrongBody("the body is no object")
    output = body.get("output")
    callback = callback_map.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:
        raise WrongBody("there is no such callback")
    inputs = _items("inputs", body.get("inputs"), callback["inputs"])
    _items("state", body.get("state", []), callback["state"])
    _check_outputs(body.get("outputs"), callback)
    _check_changed(body.get("changedPropIds", []), inputs)


def _check_outputs(given: Any, callback: Mapping[str, Any]) -> None:
    declared = callback["output"]
    if callback.get("no_output"):
        if given:
            raise WrongBody("it has no output")
        return
    several = isinstance(declared, list | tuple)
    outputs = list(declared) if several else [declared]
    specs = [{"id": output.component_id_str(), "property": output.component_property} for output in outputs]
    _items("outputs", given if several else [given], specs, strip_suffix=True)


def _items(
    part: str, given: Any, declared: Sequence[Mapping[str, Any]], *, strip_suffix: bool = False
) -> list[Mapping[str, Any]]:
    """The items of one part, flat, each held against what the callback declares."""
    if not isinstance(given, list) or len(given) != len(declared):
        raise WrongBody(f"its {part} are not those of the callback")
    flat: list[Mapping[str, Any]] = []
    for item, spec in zip(given, declared, strict=True):
        pattern = _pattern(spec["id"])
        many = isinstance(pattern, dict) and any(value in ([name] for name in _SEVERAL) for value in pattern.values())
        if many != isinstance(item, list):
            raise WrongBody(f"its {part} are not those of the callback")
        for one in item if many else [item]:
            _check_item(part, one, pattern, spec["property"], strip_suffix=strip_suffix)
            flat.append(one)
    return flat


def _check_item(part: str, item: Any, pattern: Any, wanted: str, *, strip_suffix: bool) -> None:
    if not isinstance(item, dict) or not isinstance(item.get("property"), str):
        raise WrongBody(f"its {part} are not those of the callback")
    name = item["property"].split("@", 1)[0] if strip_suffix else item["property"]
    if name != wanted or not _fits(item.get("id"), pattern):
        raise WrongBody(f"its {part} are not those of the callback")


def _pattern(declared: str) -> Any:
    """A plain id, or the parts of a pattern-matching one."""
    return json.loads(declared) if declared.startswith("{") else declared


def _fits(given: Any, pattern: Any) -> bool:
    if isinstance(pattern, str):
        return bool(given == pattern)
    if not isinstance(given, dict) or given.keys() != pattern.keys():
        return False
    return all(
        isinstance(given[key], str | int | float) and len(str(given[key])) <= _LONGEST_NAME
        if isinstance(wanted, list)
        else given[key] == wanted
        for key, wanted in pattern.items()
    )


def _check_changed(changed: Any, inputs: Sequence[Mapping[str, Any]]) -> None:
    """What is said to have changed must be among the inputs: callbacks read it as the component that was clicked."""
    if not isinstance(changed, list):
        raise WrongBody("what changed is no list")
    known = [(item["id"], item["property"]) for item in inputs]
    for name in changed:
        if not isinstance(name, str) or len(name) > 2 * _LONGEST_NAME:
            raise WrongBody("what changed is no name")
        written, _, prop = name.rpartition(".")
        try:
            component = _pattern(written)
        except (ValueError, RecursionError):
            raise WrongBody("what changed is no name") from None
        if (component, prop) not in known:
            raise WrongBody("what changed is none of its inputs")
