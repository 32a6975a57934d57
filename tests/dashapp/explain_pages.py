"""The Explain tab as its callbacks fill it, in its states."""

from typing import Any

from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.applicant import applicant_body
from dashapp.tabs.explain.asked import asked_part
from dashapp.tabs.explain.finder import of_class
from dashapp.tabs.explain.list_page import list_body
from dashapp.tabs.explain.open_row import OpenRow, open_row
from dashapp.tabs.explain.reference import class_choice
from dashapp.tabs.explain.slow_parts import lime_part, similar_part
from dashapp.usecases import backgrounds, limes, what_ifs
from dashapp.usecases.desk import Desk
from dashapp.usecases.runs import RunView


def opened(desk: Desk, view: RunView, search: str) -> OpenRow:
    address = Address.parse(search)
    return open_row(desk, what_ifs.base_of(desk, view.id, address.row or 0), address)


def explain_pages(desk: Desk, view: RunView) -> list[Any]:
    run = backgrounds.opened(desk, view.id)
    limes.warm()
    first, another = opened(desk, view, "?row=1"), opened(desk, view, "?row=3&reference=applicant&about=2&set=income:30")
    segment = opened(desk, view, "?row=3&reference=segment&about=home: own&samples=500")
    return [
        list_body(desk, run, Address()),
        list_body(desk, run, Address.parse("?where=home:is:castle")),
        *[applicant_body(one, "light") for one in (first, another, segment)],
        *[lime_part(one, "dark")[0] for one in (first, segment)],
        similar_part(first)[0],
        asked_part(desk, view.id),
        of_class(("red", "rose", "white"), Address()),
        class_choice(("red", "rose", "white"), "rose"),
    ]
