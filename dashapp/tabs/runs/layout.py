"""The list of runs: its skeleton and what fills it."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.tabs.compare.address import address
from dashapp.usecases.runs import RunCard
from dashapp.widgets.basics import button, card, empty, link_button, notice
from dashapp.widgets.lists import runs_table
from dashapp.widgets.page import head

MOST_SHOWN = 40  # so that the list travels in a moment, however many runs there are
ids = Ids("runs", "key", "tick", "filter", "list", "undo_place", "picked", "bar", "clear")


def layout() -> Component:
    """All but the list and the way back from a deletion stands from the start, so that the filter keeps what was typed."""
    new = link_button("New run", "/runs/new", icon_name="plus-lg", kind="primary")
    search = dcc.Input(
        id=ids.filter,
        type="search",
        placeholder="Filter by name, data set or owner",
        className="sd-input",
        maxLength=200,
    )
    return html.Div(
        [
            dcc.Store(id=ids.key, data={}),
            dcc.Store(id=ids.picked, data=[]),
            dcc.Interval(id=ids.tick, interval=2_000, disabled=True),
            *head(
                "Runs", ["Yours and those shared with you"], [link_button("Searches", "/studies", icon_name="grid-3x3-gap"), new]
            ),
            html.Div(id=ids.undo_place),
            html.Div(search, style={"maxWidth": "360px"}),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.list),
            html.Div(id=ids.bar, className="sd-tick-place", role="status"),
        ],
        className="sd-page",
    )


def undo(run_id: str) -> Component:
    """The way back after a deletion."""
    return notice(
        "done",
        "The run was deleted",
        "Its link no longer opens.",
        button("Undo", {"restore-run": run_id}, kind="link"),
    )


def pick_bar(picked: Sequence[str]) -> Component | None:
    """What to do with the runs that are ticked; nothing where none is."""
    if not picked:
        return None
    n = len(picked)
    parts = [html.Strong(f"{theme.plural(n, 'run')} picked")]
    if n == 1:
        parts.append(html.Span("Pick another one to compare it with."))
    compare = link_button(
        "Compare" if n == 1 else f"Compare {n} runs", address(picked), icon_name="bar-chart-steps", kind="primary"
    )
    return html.Div(
        [*parts, html.Span([button("Clear", ids.clear), compare], className="sd-row sd-end")], className="sd-tick-bar"
    )


def listing(runs: Sequence[RunCard], words: str, picked: Sequence[str] = ()) -> Component:
    if not runs and not words:
        return empty(
            "graph-up",
            "No runs yet",
            "A run is one trained model with its held-out figures and a link to share.",
            link_button("Train a run", "/runs/new"),
        )
    if not runs:
        return empty("funnel", "No run fits", f"Nothing here holds “{words}”. Clear the filter to see all runs.")
    n = len(runs)
    title = theme.plural(n, "run") if n <= MOST_SHOWN else f"The newest {MOST_SHOWN} of {theme.count(n)} runs"
    rest = "" if n <= MOST_SHOWN else " Filter to find the others."
    return card(
        title,
        runs_table(runs[:MOST_SHOWN], label="Runs", picked=picked),
        under=f"AUC on held-out rows with its 95% interval. Tick runs to compare them; the first is the champion.{rest}",
        flush=True,
    )


def fits(run: RunCard, words: str) -> bool:
    text = f"{run.name} {run.dataset_name} {run.owner}".casefold()
    return all(word in text for word in words.casefold().split())
