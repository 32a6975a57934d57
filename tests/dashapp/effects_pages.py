"""The Effects tab as its callbacks fill it, also while the effects are counted and where that failed."""

from typing import Any

from dashapp.tabs.effects.address import Asked
from dashapp.tabs.effects.page import body, counting, page_head, without_effects
from dashapp.usecases import effects
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyCard


def effects_pages(desk: Desk, view: RunView) -> list[Any]:
    assert view.result is not None
    found = effects.opened(desk, view.id)
    return [
        page_head(view, Asked.parse("", found.effects)),
        body(view, view.result, Asked.parse("", found.effects), "light"),
        body(view, view.result, Asked.parse("?by=share&per=own&field=home", found.effects), "dark"),
        counting(StudyCard("s", "effects", "Effects", "d", "Loans", view.id, view.name, True, view.created_at, None)),
        without_effects(view, Refused("There is no model.", fix="Train one.")),
    ]
