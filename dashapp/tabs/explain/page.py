"""What the page shows for an address: the list, one applicant, or why there is neither."""

from dataclasses import dataclass

from dash.development.base_component import Component

from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.applicant import applicant_body
from dashapp.tabs.explain.list_page import list_body, typing_in
from dashapp.tabs.explain.open_row import open_row
from dashapp.usecases import backgrounds, studies, what_ifs
from dashapp.usecases.backgrounds import StillCounting
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused, UnusableData
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import empty, link_button
from dashapp.widgets.counting import counting
from dashapp.widgets.heads import run_head
from pipeline.figures.template import Look


@dataclass(frozen=True)
class Shown:
    """A page; `waits` where it is to be looked at again in a second."""

    body: list[Component]
    waits: bool = False


def shown(who: Desk, view: RunView, address: Address, look: Look) -> Shown:
    """The page of a run that the user has been let see."""
    path = f"/runs/{view.id}/explain"
    head = run_head(view, "Explain", link=path + address.query())
    if view.result is None:
        text = "An applicant's score can be explained once the run has ended well."
        return Shown([*head, empty("person-lines-fill", "No result yet", text, link_button("Open the run", f"/runs/{view.id}"))])
    try:
        if address.row is not None:
            base = what_ifs.base_of(who, view.id, address.row)
            return Shown([*head, *applicant_body(open_row(who, base, address), look)])
        return Shown([*head, *list_body(who, backgrounds.opened(who, view.id), address)])
    except StillCounting as error:
        return Shown([*head, counting(studies.get(who, error.study_id).card)], waits=True)
    except (Refused, UnusableData) as error:
        back = link_button("All applicants", path + address.of(None)) if address.row is not None else None
        return Shown([*head, empty("person-lines-fill", error.message, error.fix, back)])
    except NotFound:
        text = f"You see this run without its data set. {view.why_no_rows}"
        return Shown([*head, empty("people", "The row is not yours to see", text, typing_in(view))])
