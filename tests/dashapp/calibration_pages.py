"""The Calibration tab as its callbacks fill it."""

from dataclasses import replace
from typing import Any

from dashapp.tabs.calibration.page import body, without_calibration
from dashapp.usecases import points
from dashapp.usecases.desk import Desk
from dashapp.usecases.runs import RunView


def calibration_pages(desk: Desk, view: RunView) -> list[Any]:
    assert view.result is not None
    asked = points.asked(view, {})
    found = points.bands(desk, view.id, asked)
    taught = replace(view.result, data=replace(view.result.data, n_validation=50))
    return [
        body(view, view.result, asked, found, None, [], "light"),
        body(replace(view, result=taught), taught, asked, found, None, [], "dark"),
        without_calibration(replace(view, result=None), []),
    ]
