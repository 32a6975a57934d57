"""Which runs stand beside each other: their letters, who is the champion, and a field to add one. All of it is in the address."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.address import address, led_by, without
from dashapp.tabs.compare.layout import ids
from dashapp.tabs.compare.sides import LETTERS
from dashapp.usecases.pairings import MOST_RUNS, Picked
from dashapp.usecases.runs import RunCard, RunView
from dashapp.widgets.basics import Children, empty, icon, link_button, menu_item, notice, state_badge
from dashapp.widgets.heads import copy_link
from dashapp.widgets.page import head
from pipeline.figures.compare import MOST_DRAWN
from pipeline.shown import short

MOST_OFFERED = 20  # in the field, those of the same data set first; the list of runs has all
_SUGGESTED = 6
FILES = (
    ("metrics", "Metrics and differences"),
    ("swap", "Swap sets"),
    ("coefficients", "Coefficients"),
    ("options", "Options"),
)


def page_head(picked: Picked) -> list[Component]:
    views = picked.views
    if not views:
        return head("Compare", ["Runs side by side"])
    n_sets = len({view.dataset_id for view in views})
    facts: list[Children] = [
        theme.plural(len(views), "run"),
        f"on {views[0].dataset_name}" if n_sets == 1 else f"on {n_sets} data sets",
        f"champion: {views[0].name}",
    ]
    actions: list[Component] = [copy_link(address([view.id for view in views]))]
    if len(views) > 1:
        actions.insert(0, _files())
    return head("Compare", facts, actions)


def _files() -> Component:
    items = [menu_item(label, "filetype-csv", {"compare-file": what}) for what, label in FILES]
    summary = html.Summary([icon("download"), "Export CSV"], className="sd-button")
    return html.Details([summary, html.Div(items, className="sd-float")], className="sd-menu")


def picker(picked: Picked, offered: Sequence[RunCard]) -> Component:
    run_ids = [view.id for view in (*picked.views, *picked.unfinished)]
    chips: list[Component] = [_chip(view, place, run_ids) for place, view in enumerate(picked.views)]
    chips += [_waiting(view, run_ids) for view in picked.unfinished]
    left = [card for card in offered if card.id not in run_ids and card.state == "succeeded"]
    sets = {view.dataset_id for view in picked.views}
    left.sort(key=lambda card: card.dataset_id not in sets)
    options = [{"value": card.id, "label": f"{short(card.name)} · {short(card.dataset_name)}"} for card in left[:MOST_OFFERED]]
    field = html.Div(
        [
            html.Label("Add a run", htmlFor=ids.add, className="sd-hidden"),
            dcc.Dropdown(id=ids.add, options=options, placeholder="Add a run", className="sd-cmp-add"),
        ],
        className="sd-cmp-field",
    )
    return html.Div([html.Div([*chips, field], className="sd-cmp-chips"), *_notes(picked)], className="sd-stack")


def _chip(view: RunView, place: int, run_ids: Sequence[str]) -> Component:
    colour = f" c{place}" if place < MOST_DRAWN else ""
    parts: list[Component] = [
        html.Span(LETTERS[place], className=f"sd-cmp-mark{colour}"),
        dcc.Link(
            short(view.name), href=f"/runs/{view.id}", className="sd-cmp-chip-name", title=f"{view.name}, {view.dataset_name}"
        ),
    ]
    if place == 0:
        parts.append(html.Span("champion", className="sd-cmp-role"))
    else:
        lead = f"Make {short(view.name)} the champion"
        parts.append(_icon_link("trophy", lead, led_by(run_ids, view.id)))
    away = f"Take {short(view.name)} away"
    parts.append(_icon_link("x-lg", away, without(run_ids, view.id)))
    return html.Div(parts, className="sd-cmp-chip")


def _name(view: RunView) -> Component:
    about = f"{view.name}, {view.dataset_name}"
    return dcc.Link(short(view.name), href=f"/runs/{view.id}", className="sd-cmp-chip-name", title=about)


def _waiting(view: RunView, run_ids: Sequence[str]) -> Component:
    away = f"Take {short(view.name)} away"
    return html.Div(
        [
            _name(view),
            state_badge(view.state),
            _icon_link("x-lg", away, without(run_ids, view.id)),
        ],
        className="sd-cmp-chip waiting",
    )


def _icon_link(icon_name: str, label: str, href: str) -> Component:
    return dcc.Link([icon(icon_name), html.Span(label, className="sd-hidden")], href=href, title=label)


def _notes(picked: Picked) -> list[Component]:
    """What of the link cannot be shown, in words."""
    told: list[Component] = []
    if picked.n_unknown:
        one = picked.n_unknown == 1
        what = "One run of this link is" if one else f"{picked.n_unknown} runs of this link are"
        why = "It may have been deleted, or its owner has not shared it with you." if one else "They may have been deleted."
        told.append(notice("caution", f"{what} not there", why))
    for view in picked.unfinished:
        at_work = view.state in {"queued", "running"}
        why = "It joins the others here once it has ended." if at_work else "It has no result to compare."
        told.append(notice("info", f"{view.name} {'is still at work' if at_work else 'did not end well'}", why))
    if picked.n_too_many:
        told.append(notice("info", f"The first {MOST_RUNS} runs are shown", f"{picked.n_too_many} more stand in the link."))
    return told


def nothing_yet(picked: Picked, offered: Sequence[RunCard]) -> list[Component]:
    """With no run, or one: what would be here, and runs that fit."""
    if not any(card.state == "succeeded" for card in offered):
        return [
            empty(
                "bar-chart-steps",
                "Nothing to compare yet",
                "Runs stand here side by side: what each is worth, whom one approves and the other refuses, and what differs.",
                link_button("Train a run", "/runs/new"),
            )
        ]
    chosen = picked.views[0] if picked.views else None
    left = [card for card in offered if card.state == "succeeded" and (chosen is None or card.id != chosen.id)]
    if chosen is not None:
        left.sort(key=lambda card: card.dataset_id != chosen.dataset_id)
    start = [chosen.id] if chosen is not None else []
    links = [
        link_button(card.name, address([*start, card.id]), icon_name="plus-lg", title=card.dataset_name)
        for card in left[:_SUGGESTED]
    ]
    title = "Pick a run to start with" if chosen is None else f"What shall {chosen.name} be compared with?"
    text = (
        "The first run is the champion, and the others are held against it. Runs of one data set are tested row by row on what "
        "both held out; runs of several data sets stand side by side."
    )
    return [empty("bar-chart-steps", title, text, html.Div(links, className="sd-cmp-suggested"))]
