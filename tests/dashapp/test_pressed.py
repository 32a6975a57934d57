"""The button that was pressed is the one with clicks, whatever else came in the same request."""

from types import SimpleNamespace

import pytest

from dashapp import pressed as module


@pytest.mark.parametrize(
    ("triggered", "found"),
    [
        ([("search.value", "x")], None),
        ([('{"cancel-job":"a"}.n_clicks', 0), ('{"cancel-job":"b"}.n_clicks', 0)], None),
        ([('{"cancel-job":"a"}.n_clicks', None), ('{"cancel-job":"b"}.n_clicks', 1)], "b"),
        ([('{"other":"a"}.n_clicks', 1), ('{"cancel-job":"b"}.n_clicks', 1)], "b"),
        ([('{"cancel-job":"a.b"}.n_clicks', 2)], "a.b"),
    ],
)
def test_a_press_among_buttons_that_have_just_appeared(monkeypatch, triggered, found):
    entries = [{"prop_id": prop, "value": value} for prop, value in triggered]
    monkeypatch.setattr(module, "ctx", SimpleNamespace(triggered=entries))
    assert module.pressed("cancel-job") == found
