"""The list of applicants: what it shows for an address, and what stands there when it cannot."""

from dash import html
from dash.development.base_component import Component

from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.asked import asked_part
from dashapp.tabs.explain.finder import filter_card
from dashapp.tabs.explain.found import MOST_FIELDS, found_card, told_words
from dashapp.tabs.explain.layout import ids, timer
from dashapp.tabs.explain.reasons import reasons_part
from dashapp.usecases import finding
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import empty, link_button, notice


def list_body(who: Desk, run: OpenedRun, address: Address) -> list[Component]:
    """The filter, the rows that it wants and the table of their reasons."""
    try:
        columns = finding.columns_there(who, run.view)
    except Refused as error:
        return [_without_rows(run.view, error)]
    made, waits = reasons_part(who, run.view, address)
    place, told = found_part(who, run, address)
    return [
        filter_card(run, address, finding.parts_there(run.view), columns),
        html.Div(made, id=ids.reasons_place, className="sd-explain-place"),
        timer(ids.reasons_tick, runs=waits),
        html.Div(place, id=ids.found),
        html.Div(told, id=ids.told, className="sd-hidden", role="status"),
        html.Div(asked_part(who, run.view.id), id=ids.asked_place, className="sd-explain-place"),
    ]


def found_part(who: Desk, run: OpenedRun, address: Address) -> tuple[Component, str]:
    """The rows that the filter wants, or why it cannot be used; and the same in a few words."""
    problems = address.problems
    try:
        if problems:
            raise InvalidSpec(problems)
        found = finding.page_of(who, run.view, address.wanted, address.page, _shown(run, address))
    except InvalidSpec as error:
        title = "The filter cannot be used"
        return notice("caution", title, " ".join(error.problems.values()), _all_rows(run.view)), title
    except Refused as error:
        return notice("caution", error.message, error.fix), error.message
    return found_card(run, address, found), told_words(run.view, found)


def _shown(run: OpenedRun, address: Address) -> tuple[str, ...]:
    """Columns of the list: those that the filter names first, then those that the model reads first."""
    named = [condition.column for condition in address.wanted.conditions]
    named = [name for name in named if name != run.view.spec.target]  # the list says what came
    return tuple(dict.fromkeys([*named, *run.model.fields]))[: max(MOST_FIELDS, len(set(named)))]


def _all_rows(view: RunView) -> Component:
    return link_button("Clear the filter", f"/runs/{view.id}/explain")


def _without_rows(view: RunView, error: Refused) -> Component:
    return empty("people", error.message, error.fix, typing_in(view))


def typing_in(view: RunView) -> Component | None:
    """The way for somebody without the rows, where the applicant desk takes the run."""
    if view.stage != "approved" or view.spec.bad_label is None:
        return None
    return link_button("Type an applicant in", f"/desk/{view.id}")
