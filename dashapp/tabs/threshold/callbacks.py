"""Fills the page, works out the rules for another worth, saves. What the slider moves is assets/49-threshold.js alone."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.opening import no_run, opened
from dashapp.tabs.threshold.cards import cards, nothing, state_fact
from dashapp.tabs.threshold.layout import TARGETS, WORTH, ids
from dashapp.tabs.threshold.payload import money, payload
from dashapp.tabs.threshold.table import finding, strategy_table, under
from dashapp.tabs.threshold.worth import address_of, addressed, given_of, worth_card, worth_words
from dashapp.usecases import cutoffs, runs
from dashapp.usecases.amounts import amount_columns
from dashapp.usecases.cutoffs import Plan, Tables
from dashapp.usecases.errors import Conflict, InvalidSpec, NotFound, Refused
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import button, notice
from dashapp.widgets.heads import run_head
from pipeline.cutoffs.worth import Targets, Worth


def register(app: Dash) -> None:
    _register_page(app)
    _register_money(app)
    _register_saving(app)
    _register_browser(app)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.payload, "data"),
        Input(ids.key, "data"),
        Input(shell.theme, "data"),
        State(shell.location, "search"),
    )
    def fill(key: dict[str, Any], _theme: Any, search: Any) -> tuple[Any, Any]:
        view = opened(key["run_id"], "Threshold")
        if view is None:
            return no_run(), None
        found = cutoffs.tables(view)
        if found is None:
            return [*run_head(view, "Threshold"), *without(view)], None
        return page(view, found, search), payload(view, found)


def without(view: RunView) -> list[Any]:
    """What stands there where nothing is to be decided, and why."""
    if view.result is None:
        words = "A cut-off is chosen on the scores of a finished run. The overview shows how far this one is."
        return nothing(view, "There is nothing to decide yet", words)
    words = (
        "With three classes or more a row goes to its most probable class. Train a run that names the label that counts as bad."
    )
    return nothing(view, "Three classes have no cut-off", words)


def page(view: RunView, found: Tables, search: Any) -> list[Any]:
    """The whole page of a run that decides."""
    own, own_targets = _own(view, found)
    worth, targets = addressed(search, own, own_targets)
    columns = amount_columns(desk(), view)
    why = "" if view.sees_dataset else "You see this run without its data set, so no column of amounts can be chosen."
    look = theme.look()
    card = worth_card(worth, targets, columns, why_no_amounts=why)
    back = button("Back", ids.back)
    # Not `disabled`: whether there is something to save is the browser's to say, and React would not hear of a press after that.
    save = button("Save", ids.save, icon_name="check-lg", kind="primary") if view.mine else None
    head = run_head(
        view, "Threshold", actions=[back], primary=save, link=f"/runs/{view.id}/threshold", also=[state_fact(view, found)]
    )
    return [*head, *cards(view, found, card, look)]


def _own(view: RunView, found: Tables) -> tuple[Worth, Targets]:
    worth, targets = cutoffs.stored_worth(view)
    return worth, targets or Targets.usual(found.chosen)


def _register_money(app: Dash) -> None:
    @app.callback(
        output={
            "money": Output(ids.money, "data"),
            "table": Output(ids.table, "children"),
            "profit": Output(ids.profit, "figure"),
            "help": Output(ids.worth_help, "children"),
            "loss": Output(ids.loss, "value"),
            "fixed": Output(ids.loss, "disabled"),
            "problems": {name: Output(getattr(ids, f"{name}_problem"), "children") for name in (*WORTH, *TARGETS)},
        },
        inputs={
            "values": {name: Input(getattr(ids, name), "value") for name in (*WORTH, *TARGETS)},
            "key": State(ids.key, "data"),
        },
        prevent_initial_call=True,
    )
    def work(values: dict[str, Any], key: dict[str, Any]) -> dict[str, Any]:
        view = runs.get(desk(), key["run_id"])
        given, asked = given_of(values)
        none = dict.fromkeys((*WORTH, *TARGETS), "")
        kept = dict.fromkeys(("money", "table", "profit", "help", "loss", "fixed"), no_update)
        found = cutoffs.tables(view)
        if found is None:
            return {**kept, "problems": none}
        try:
            worth, targets = Worth.parse(given), Targets.parse(asked, Targets.usual(found.chosen))
            plan = cutoffs.plan(desk(), view, worth, targets)
        except InvalidSpec as error:
            return {**kept, "problems": {**none, **{name: error.problems[name] for name in none if name in error.problems}}}
        return {**_worked(view, found, plan, values), "problems": none}

    def _worked(view: RunView, found: Tables, plan: Plan, values: dict[str, Any]) -> dict[str, Any]:
        from pipeline.figures.profit import profit_figure

        look = theme.look()
        own, own_targets = _own(view, found)
        sent = money(plan, found, address_of(plan.worth, plan.targets, own, own_targets))
        n = plan.sums.n_rows if plan.sums is not None else plan.rows[0].n_rows
        product = plan.worth.lgd is not None
        return {
            "money": {**sent, "title": finding(view, plan, found), "under": under(view, plan, found)},
            "table": strategy_table(view, plan, found),
            "profit": profit_figure(plan.curve, plan.worth.currency, look, n_rows=n),
            "help": worth_words(plan.worth, probability=view.origin.gives_probabilities),
            "loss": plan.worth.loss if product and values.get("loss") != plan.worth.loss else no_update,
            "fixed": product,
        }


def _register_saving(app: Dash) -> None:
    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.save_problem, "children"),
        Input(ids.save, "n_clicks", allow_optional=True),
        State(ids.place, "data"),
        State(ids.key, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.save, "className"), "sd-button primary sd-working", "sd-button primary")],
    )
    def save(clicks: int | None, place: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        given = place if isinstance(place, dict) else {}
        try:
            cutoffs.save(desk(), key["run_id"], given.get("cutoff"), given, seen=_seen(place))
        except InvalidSpec as error:
            return no_update, notice("danger", "Not saved", str(error))
        except (Refused, NotFound, Conflict) as error:
            return no_update, notice("danger", "Not saved", str(error))
        return {"run_id": key["run_id"], "afresh": f"saved {clicks}"}, ""

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.save_problem, "children", allow_duplicate=True),
        Input(ids.undo, "n_clicks", allow_optional=True),
        State(ids.place, "data"),
        State(ids.key, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.undo, "className"), "sd-button link sd-working", "sd-button link")],
    )
    def undo(clicks: int | None, place: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            cutoffs.undo(desk(), key["run_id"], seen=_seen(place))
        except (Refused, NotFound, Conflict) as error:
            return no_update, notice("danger", "Not undone", str(error))
        return {"run_id": key["run_id"], "afresh": f"undone {clicks}"}, ""


def _seen(place: Any) -> str | None:
    """Which of the run's cut-offs the page shows, as the browser was told."""
    seen = place.get("seen") if isinstance(place, dict) else None
    return seen if isinstance(seen, str) else None


def _register_browser(app: Dash) -> None:
    """What moves without a request."""
    app.clientside_callback(
        ClientsideFunction("threshold", "open"), Output(ids.place, "data"), Input(ids.payload, "data"), Input(ids.money, "data")
    )
