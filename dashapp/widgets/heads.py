"""The heads that all tabs of a run, and all tabs of a data set, share."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.datasets import DatasetView
from dashapp.usecases.origins import Origin
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, icon, link_button, menu_item, menu_link, more_menu, stage_badge, state_badge
from dashapp.widgets.page import head, tab_bar

_DIRECTION = {"bad": "higher is worse", "good": "higher is better"}


def run_head(
    view: RunView,
    active: str,
    more: Sequence[Component] = (),
    *,
    actions: Sequence[Component] = (),
    primary: Component | None = None,
    link: str = "",
    also: Sequence[Children] = (),
) -> list[Component]:
    """`more` are the tab's own entries in the menu of further actions, `actions` its buttons, `primary` the one in the place of
    Share, `link` its address with state, `also` further facts."""
    facts = [*_facts(view), *also]
    more = [*_menu(view), *more]
    buttons = [*([more_menu(*more)] if more else []), *actions, copy_link(link or f"/runs/{view.id}")]
    if primary is not None:
        buttons.append(primary)
    elif view.mine and active != "Sharing":
        buttons.append(link_button("Share", f"/runs/{view.id}/sharing", icon_name="people", kind="primary"))
    tabs = tab_bar(_run_tabs(view), active, "Parts of the run")
    return head(view.name if active == "Overview" else f"{active}: {view.name}", facts, buttons, tabs)


def _facts(view: RunView) -> list[Children]:
    name = view.dataset_name
    facts: list[Children] = [dcc.Link(name, href=f"/data/{view.dataset_id}") if view.sees_dataset else name]
    facts += _origin(view.origin)
    if view.result is not None:
        data = view.result.data
        used = f"{theme.count(data.n_validation)} rows for the cut-off" if not data.n_train else _trained_on(data.n_train)
        facts.append(f"{used}, {theme.count(data.n_test)} held out")
        if data.left_out:
            facts.append(f"{theme.plural(len(data.left_out), 'column')} left out")
    facts.append(f"seed {view.spec.seed}")
    facts.append("yours" if view.mine else f"by {view.owner}")
    facts.append(stage_badge(view.stage) if view.state == "succeeded" else state_badge(view.state))
    if view.stage == "approved" and view.stage_by:
        facts.append(f"by {view.stage_by}")
    return facts


def _trained_on(n_rows: int) -> str:
    return f"{theme.count(n_rows)} rows to train"


def _origin(origin: Origin) -> list[Children]:
    """Where the scores come from, where it is no model that was trained as this run."""
    facts: list[Children] = []
    if origin.kind == "recalibrated":
        of = dcc.Link(origin.run_name, href=f"/runs/{origin.run_id}") if origin.run_id else origin.run_name
        facts.append(html.Span(["recalibrated from ", of]))
    if origin.column:
        what = f"the probability of {origin.higher_is}" if origin.is_probability else _DIRECTION[origin.higher_is]
        facts.append(html.Span(["score from column ", html.Code(origin.column), f", {what}"]))
    return facts


def _menu(view: RunView) -> list[Component]:
    """What can be made of the run: another one from here, and its model as a file."""
    entries: list[Component] = []
    if view.sees_dataset and not view.origin.has_model:
        href = f"/runs/score/{view.dataset_id}?like={view.id}"
        entries.append(menu_link("Evaluate it again with changes", "arrow-repeat", href))
    elif view.sees_dataset:
        entries.append(menu_link("Train again with changes", "arrow-repeat", f"/runs/new/{view.dataset_id}?like={view.id}"))
        entries.append(menu_link("Search a grid from here", "grid-3x3-gap", f"/studies/new/{view.dataset_id}?like={view.id}"))
        if view.spec.bad_label is not None:
            entries.append(menu_item("Compare treatments of imbalance", "bar-chart-steps", {"imbalance-of-run": view.id}))
            same = f"/runs/score/{view.dataset_id}?like={view.id}"
            entries.append(menu_link("Evaluate a score on the same rows", "123", same))
    if view.state == "succeeded":
        entries.append(menu_link("Compare with other runs", "trophy", f"/compare?runs={view.id}"))
    if view.state == "succeeded" and view.origin.has_model:
        entries.append(menu_link("Words of its reasons", "chat-left-text", f"/runs/{view.id}/wording"))
    if view.model_sha256:
        entries.append(download("Download the model (JSON)", f"/api/runs/{view.id}/model.json"))
    return entries


def _run_tabs(view: RunView) -> list[tuple[str, str]]:
    """What there is to be seen of a run: decisions for two classes, a model and its options where they are ours."""
    names = ["Overview"]
    if view.origin.kind == "trained":
        names.append("Tune")
    if view.origin.has_model:
        names += ["Coefficients", "Effects"]
    if view.spec.bad_label is not None:
        names += ["Threshold", "Calibration", "Segments"]
    if view.origin.has_model:
        names += ["Boundary", "Explain"]
    if view.spec.bad_label is not None:
        names += ["Monitor", "Approval"]
    names.append("Sharing")
    return [(name, f"/runs/{view.id}" if name == "Overview" else f"/runs/{view.id}/{name.lower()}") for name in names]


def dataset_head(view: DatasetView, active: str, more: Sequence[Component] = ()) -> list[Component]:
    """`more` are the tab's own entries in the menu of further actions."""
    outcome: Children = "no outcome chosen yet"
    if view.target:
        outcome = ["outcome ", html.Code(view.target), f", {view.bad_label} is bad" if view.bad_label else ""]
    facts: list[Children] = [view.source, outcome, _shared(view), f"added {theme.when(view.created_at)}"]
    actions = [more_menu(*more)] if more else []
    if view.mine and active != "Sharing":
        actions.append(link_button("Share", f"/data/{view.id}/sharing", icon_name="people"))
    actions.append(link_button("Train a run", f"/runs/new/{view.id}", icon_name="play", kind="primary"))
    tabs = tab_bar(
        [
            ("Intake", f"/data/{view.id}/intake"),
            ("Profile", f"/data/{view.id}"),
            ("Columns", f"/data/{view.id}/columns"),
            ("Samples", f"/data/{view.id}/samples"),
            ("Sharing", f"/data/{view.id}/sharing"),
        ],
        active,
        "Parts of the data set",
    )
    return head(view.name, facts, actions, tabs)


def copy_link(href: str, kind: str = "") -> Component:
    """Copies the address of `href` on this server; assets/20-shell.js does it."""
    return html.Button(
        [icon("link-45deg"), html.Span("Copy link", **{"data-word": ""})],
        className=f"sd-button {kind}".strip(),
        type="button",
        **{"data-shell": "copy-link", "data-href": href},
    )


def download(label: str, href: str) -> Component:
    """An entry of a menu that saves what the server sends."""
    return html.A([icon("download"), label], href=href, download="", className="sd-float-link")


def _shared(view: DatasetView) -> str:
    if not view.mine:
        return f"shared by {view.owner}"
    return f"shared with {theme.plural(len(view.shared_with), 'person', 'people')}" if view.shared_with else "only you"
