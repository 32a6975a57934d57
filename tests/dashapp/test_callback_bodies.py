"""Bodies that no page of ours would send are told apart from those that Dash's renderer sends."""

from collections.abc import Callable
from typing import Any

import pytest
from dash import ALL, MATCH, Dash, Input, Output, State

from dashapp.callback_bodies import WrongBody, check


@pytest.fixture(scope="module")
def callback_map() -> Any:
    app = Dash("bodies", add_log_handler=False)
    add_callbacks(app)
    return app.callback_map


def add_callbacks(app: Dash) -> None:
    @app.callback(Output("o", "children"), Input("i", "value"), State("s", "data"))
    def one(value: Any, data: Any) -> Any:
        return value, data

    @app.callback(
        Output("a", "children"), Output("b", "children", allow_duplicate=True), Input("i", "value"), prevent_initial_call=True
    )
    def two(value: Any) -> Any:
        return value, value

    @app.callback(
        Output({"row": MATCH}, "children"), Input({"row": MATCH}, "n_clicks"), State({"kind": "x", "cell": ALL}, "value")
    )
    def matched(clicks: Any, cells: Any) -> Any:
        return clicks, cells

    @app.callback(Input("i", "value"))
    def silent(value: Any) -> None:
        return None

    app.clientside_callback("function (x) { return x; }", Output("c", "children"), Input("i", "value"))


def one(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "output": "o.children",
        "outputs": {"id": "o", "property": "children"},
        "inputs": [{"id": "i", "property": "value", "value": 3}],
        "state": [{"id": "s", "property": "data", "value": None}],
        "changedPropIds": ["i.value"],
    }
    body.update(changes)
    return {name: part for name, part in body.items() if part is not ...}


def matched(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "output": '{"row":["MATCH"]}.children',
        "outputs": {"id": {"row": 1}, "property": "children"},
        "inputs": [{"id": {"row": 1}, "property": "n_clicks", "value": 1}],
        "state": [[{"id": {"kind": "x", "cell": "Größe"}, "property": "value", "value": 1}]],
        "changedPropIds": ['{"row":1}.n_clicks'],
    }
    return {**body, **changes}


def test_what_the_renderer_sends_is_accepted(callback_map: Any) -> None:
    check(one(), callback_map)
    check(one(changedPropIds=[]), callback_map)
    check(one(inputs=[{"id": "i", "property": "value"}]), callback_map)  # undefined is left out of JSON
    check(matched(), callback_map)
    check(matched(state=[[]]), callback_map)
    two = next(name for name in callback_map if name.startswith("..a.children"))
    suffix = two.split("@")[1].rstrip(".")
    outputs = [{"id": "a", "property": "children"}, {"id": "b", "property": f"children@{suffix}"}]
    check({"output": two, "outputs": outputs, "inputs": one()["inputs"], "changedPropIds": ["i.value"]}, callback_map)
    silent = next(name for name, callback in callback_map.items() if callback["no_output"])
    check({"output": silent, "inputs": one()["inputs"], "changedPropIds": ["i.value"], "state": []}, callback_map)


HOSTILE: list[Any] = [
    None,
    [],
    "text",
    3,
    {},
    one(output=...),
    one(output=None),
    one(output=["o.children"]),
    one(output={"o": 1}),
    one(output="o"),
    one(output="x.children"),
    one(output="c.children"),  # runs in the browser only
    one(outputs=...),
    one(outputs=None),
    one(outputs=[]),
    one(outputs="o.children"),
    one(outputs={"id": "x", "property": "children"}),
    one(outputs={"id": "o", "property": "style"}),
    one(outputs={"id": {"o": 1}, "property": "children"}),
    one(outputs=[{"id": "o", "property": "children"}]),
    one(outputs={"property": "children"}),
    one(outputs={"id": "o"}),
    one(inputs=...),
    one(inputs=None),
    one(inputs=[]),
    one(inputs={}),
    one(inputs="i.value"),
    one(inputs=[None]),
    one(inputs=[3]),
    one(inputs=[[]]),
    one(inputs=[{"id": "x", "property": "value"}]),
    one(inputs=[{"id": "i", "property": "data"}]),
    one(inputs=[{"id": "i"}]),
    one(inputs=[{"id": "i", "property": "value"}] * 2),
    one(state=...),
    one(state=[]),
    one(state=[{"id": "s", "property": "data"}] * 3),
    one(changedPropIds=None),
    one(changedPropIds="i.value"),
    one(changedPropIds=[3]),
    one(changedPropIds=["s.data"]),
    one(changedPropIds=["{.value"]),
    one(changedPropIds=["i.value", "other.n_clicks"]),
    matched(inputs=[{"id": {"row": [1]}, "property": "n_clicks"}]),
    matched(inputs=[{"id": {"row": 1, "more": 2}, "property": "n_clicks"}]),
    matched(inputs=[{"id": "row", "property": "n_clicks"}]),
    matched(state=[{"id": {"kind": "x", "cell": 1}, "property": "value"}]),
    matched(state=[[{"id": {"kind": "y", "cell": 1}, "property": "value"}]]),
    matched(changedPropIds=["[" * 5000 + ".n_clicks"]),
]


@pytest.mark.parametrize("body", HOSTILE)
def test_all_else_is_refused(callback_map: Any, body: Any) -> None:
    with pytest.raises(WrongBody):
        check(body, callback_map)


def test_over_http_each_gets_a_400_in_json(app: Dash, browser: Callable[..., Any]) -> None:
    add_callbacks(app)
    someone = browser("analyst")
    assert someone.post("/_dash-update-component", json=one()).json["response"] == {"o": {"children": [3, None]}}
    for body in HOSTILE:
        answer = someone.post("/_dash-update-component", json=body)
        assert (answer.status_code, answer.is_json) == (400, True), body
        assert answer.json["fix"] == "Reload the page."
