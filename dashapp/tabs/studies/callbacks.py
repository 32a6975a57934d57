"""Studies: start one, follow it, sort its cells, make a run of one, repeat it, delete it."""

from typing import Any
from urllib.parse import parse_qs

from dash import ALL, Dash, Input, Output, State, no_update, set_props

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import NOTICES, shell
from dashapp.pressed import pressed
from dashapp.tabs.studies import form_callbacks, start_callbacks
from dashapp.tabs.studies.imbalance_page import imbalance_body
from dashapp.tabs.studies.layout import ids, listed, listing
from dashapp.tabs.studies.search_page import marked, search_body, without_trials
from dashapp.tabs.studies.study_page import progress, study_head
from dashapp.usecases import imbalances, searches, studies
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.job_views import study_page
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import notice
from dashapp.widgets.dialogs import confirm_deletion
from dashapp.widgets.page import crumbs, not_found
from pipeline.figures.template import Look
from pipeline.grid import constant, words
from pipeline.study_results import ImbalanceComparison


def register(app: Dash) -> None:
    _register_list(app)
    _register_page(app)
    _register_saving(app)
    _register_ending(app)
    form_callbacks.register(app)
    start_callbacks.register(app)


def _register_list(app: Dash) -> None:
    @app.callback(
        Output(listed.body, "children"),
        Output(listed.tick, "disabled"),
        Input(listed.key, "data"),
        Input(listed.tick, "n_intervals"),
    )
    def fill(_key: Any, _tick: Any) -> tuple[Any, bool]:
        set_props(shell.breadcrumb, {"children": crumbs(("Runs", "/runs"), "Searches and comparisons")})
        cards = studies.visible(desk(), "search", "imbalance")
        return listing(cards), not any(card.job is not None and card.job.active for card in cards)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.head, "children"),
        Output(ids.work, "children"),
        Output(ids.result, "children"),
        Output(ids.shown, "data"),
        Output(ids.tick, "disabled"),
        Input(ids.key, "data"),
        Input(ids.tick, "n_intervals"),
        Input(shell.theme, "data"),
        Input(shell.location, "search"),
        State(ids.shown, "data"),
    )
    def fill(key: dict[str, str], _tick: Any, _theme: Any, query: str | None, shown: Any) -> tuple[Any, ...]:
        try:
            view = studies.get(desk(), key["study_id"])
        except NotFound:
            return not_found("study", "All studies", "/studies"), None, None, None, True
        if view.card.kind not in {"search", "imbalance"}:
            page = study_page(view.card.kind, view.card.id, view.card.run_id or view.options.get("run"))
            set_props(shell.location, {"href": "/studies" if page.startswith("/studies/") else page})
            return None, None, None, None, True
        active = view.card.job is not None and view.card.job.active
        look = theme.look()
        # Without a wish of the user, the best stands first; an AUC is best where it is high.
        usual = {"auc": "-auc"}.get(str(view.options.get("judged_by", "")), "log_loss")
        sort = parse_qs((query or "").lstrip("?")).get("sort", [usual])[0]
        state = view.card.job.state if view.card.job is not None else ""
        wanted = [view.card.id, len(view.trials), state, view.result is not None, look, sort]
        if shown == wanted:  # a figure that is looked at is not drawn anew for nothing
            return no_update, progress(view), no_update, no_update, not active
        set_props(
            shell.breadcrumb, {"children": crumbs(("Runs", "/runs"), ("Searches and comparisons", "/studies"), view.card.name)}
        )
        return study_head(view), progress(view), _content(view, sort, look), wanted, not active


def _content(view: StudyView, sort: str, look: Look) -> list[Any]:
    if isinstance(view.result, ImbalanceComparison):
        return imbalance_body(view, view.result, look)
    if view.card.kind == "search" and view.trials:
        return search_body(view, sort, look)
    return without_trials(view)


def _register_saving(app: Dash) -> None:
    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Output(ids.problem, "children", allow_duplicate=True),
        Input({"save-trial": ALL}, "n_clicks"),
        Input({"save-treatment": ALL}, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def save(_trials: Any, _treatments: Any, key: dict[str, str]) -> tuple[Any, Any]:
        number, treatment = pressed("save-trial"), pressed("save-treatment")
        if number is None and treatment is None:
            return no_update, no_update
        try:
            view = studies.get(desk(), key["study_id"])
            if isinstance(number, int):
                run_id = searches.save_as_run(desk(), view.card.id, number, _run_name(view, number))
            else:
                run_id = imbalances.save_as_run(desk(), view.card.id, str(treatment), f"{view.card.name}: {treatment}")
        except (Refused, InvalidSpec, NotFound) as error:
            return no_update, notice("danger", "Not saved", str(error))
        return f"/runs/{run_id}", None


def _run_name(view: StudyView, number: int) -> str:
    """The search's name with the cell's options, and whether it is the best."""
    options = next((trial.options for trial in view.trials if trial.number == number), {})
    best, _ = marked(view)
    said = words(options, constant(view.options["grid"])) or "the base"
    return f"{view.card.name}: {said}{' (best)' if number == best else ''}"[:200]


def _register_ending(app: Dash) -> None:
    @app.callback(Output(ids.delete_dialog, "is_open"), Input({"delete-study": ALL}, "n_clicks"), prevent_initial_call=True)
    def ask(_clicks: Any) -> Any:
        return True if pressed("delete-study") else no_update

    def delete(key: dict[str, Any]) -> str:
        studies.delete(desk(), key["study_id"])
        set_props(NOTICES, {"children": notice("done", "The study was deleted", "Runs that were saved from it stay.")})
        return "/studies"

    confirm_deletion(app, ids, delete)

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input(shell.again, "data"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def follow(again: Any, key: dict[str, str]) -> Any:
        return dict(key) if again else no_update
