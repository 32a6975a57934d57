"""What was pressed and what moved, whatever else came in the same request."""

from types import SimpleNamespace

import pytest
from dash import no_update

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


def test_what_moved_alone_and_what_was_clicked(monkeypatch):
    entries = [{"prop_id": "compare-other.n_clicks", "value": None}, {"prop_id": "compare-period.n_clicks", "value": 1}]
    monkeypatch.setattr(module, "ctx", SimpleNamespace(triggered=entries))
    assert module.clicked() == {"compare-period"}
    assert not module.moved_alone("compare-period")
    monkeypatch.setattr(module, "ctx", SimpleNamespace(triggered=entries[1:]))
    assert module.moved_alone("compare-period")


def test_a_control_that_stands_as_wanted_is_not_written():
    assert module.put("0.3", "0.3") is no_update
    assert module.put("0.3", "0.5") == "0.5"
