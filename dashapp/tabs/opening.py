"""What opening a tab of a run begins with."""

from dash import set_props
from dash.development.base_component import Component

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.usecases import runs
from dashapp.usecases.errors import NotFound
from dashapp.usecases.runs import RunView
from dashapp.widgets.page import crumbs, not_found


def opened(run_id: str, tab: str) -> RunView | None:
    """The run, named in the breadcrumb with the tab; None where it is absent or not the user's, and the page is `no_run()`."""
    try:
        view = runs.get(desk(), run_id)
    except NotFound:
        return None
    tell_where(view, tab)
    return view


def tell_where(view: RunView, tab: str) -> None:
    """Writes the breadcrumb; the run's own name is the way back to its Overview."""
    own = [view.name] if tab == "Overview" else [(view.name, f"/runs/{view.id}"), tab]
    set_props(shell.breadcrumb, {"children": crumbs(("Runs", "/runs"), *own)})


def no_run() -> list[Component]:
    return not_found("run", "All runs", "/runs")
