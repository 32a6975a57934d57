"""The reasons of all rows of the filter: a job that makes a table, how far it is, and what it came to."""

from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.layout import ids
from dashapp.usecases import reasons_tables, runs
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyCard
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.basics import Children, button, card, icon, notice
from dashapp.widgets.counting import at_work
from dashapp.widgets.tables import Column, table
from pipeline.explaining.wording import Wording
from pipeline.reason_results import ReasonTable

_MOST, _MOST_BEFORE = 8, 10
_MOVED = " The run is recalibrated: log-odds are those before that, probability, points and decision those after it."
_COLUMNS = (
    "The file has a line for each row: its number, the probability of default, points, the decision, and of each of at most four "
    "reasons the field, its value, what it adds to the log-odds, and the reason in words. Missing is an empty cell."
)


def reasons_part(who: Desk, view: RunView, address: Address) -> tuple[list[Component], bool]:
    """The table that the address names, and whether it is still being made; without one those that were made before."""
    if address.study is None:
        return _made_before(who, view, address), False
    try:
        study = reasons_tables.get(who, view.id, address.study)
    except NotFound:
        return [notice("info", "There is no such table of reasons", "It was deleted, or its rows are not yours to see.")], False
    if isinstance(study.result, ReasonTable):
        return [_made(study.card.id, study.result, Wording.from_json(view.wording), mine=study.card.mine)], False
    return [at_work(study.card, "The reasons are being told", "The reasons were not told")], True


def _made_before(who: Desk, view: RunView, address: Address) -> list[Component]:
    done = [card for card in reasons_tables.made(who, view.id) if card.job is not None and card.job.state == "succeeded"]
    if not done:
        return []
    links = [html.Li(_before(one, f"/runs/{view.id}/explain{address.query(study=one.id)}")) for one in done[:_MOST_BEFORE]]
    said = f"{theme.plural(len(done), 'table')} of reasons made before"
    return [html.Details([html.Summary(said, className="sd-more-summary"), html.Ul(links)], className="sd-more")]


def _before(one: StudyCard, href: str) -> list[Component]:
    """The way to a table; the user's own can be deleted."""
    when = f"Made {theme.when(one.created_at).lower()}"
    return [dcc.Link(when, href=href), *([_deletion(one.id, f"Delete the table {when.lower()}")] if one.mine else [])]


def _deletion(study_id: str, label: str) -> Component:
    """dashapp.tabs.explain.asked follows it."""
    return button("Delete", {"delete-asked": study_id}, kind="link", **{"aria-label": label})


def _made(study_id: str, made: ReasonTable, wording: Wording, *, mine: bool = False) -> Component:
    file = html.A(
        [icon("download"), "Download the table (CSV)"],
        href=f"/api/studies/{study_id}/reasons.csv",
        download="",
        className="sd-button primary",
    )
    rows: list[list[Children]] = [
        [_label(one.field, wording), theme.count(one.n_first), theme.count(one.n_any)] for one in made.counts[:_MOST] if one.n_any
    ]
    heads = [Column("Field"), Column("First reason of", numeric=True), Column("Among the reasons of", numeric=True)]
    under = f"Cut-off {theme.cutoff(made.cutoff)}, against {made.against}."
    if made.n_untold:
        under += f" {theme.count(made.n_untold)} refused have no reason that may be told."
    if made.never:
        under += f" Never told as a reason: {', '.join(_label(name, wording) for name in made.never)}."
    counted = (
        table(heads, rows, label="Most frequent reasons", names="sd-explain-found")
        if rows
        else html.P("None of them is refused.")
    )
    return card(
        f"Reasons of {theme.plural(made.n_rows, 'applicant')}: {theme.count(made.n_refused)} refused",
        [
            counted,
            html.P(
                _COLUMNS + (_MOVED if made.is_recalibrated else ""), className="sd-meta sd-explain-columns" if rows else "sd-meta"
            ),
        ],
        under=under,
        tools=[html.Div([*([_deletion(study_id, "Delete the table")] if mine else []), file], className="sd-row")],
        flush=bool(rows),
    )


def _label(field: str, wording: Wording) -> str:
    """What a field, or each of a product of two, is called."""
    return " × ".join(field_label(name, wording) for name in field.split(" × "))


def register(app: Dash) -> None:
    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Output(ids.find_problem, "children", allow_duplicate=True),
        Input(ids.reasons, "n_clicks", allow_optional=True),
        State(shell.location, "search"),
        State(ids.key, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.reasons, "className"), "sd-button sd-working", "sd-button")],
    )
    def start(clicks: int | None, search: Any, key: dict[str, str]) -> Any:
        if not clicks:
            return no_update, no_update
        address = Address.parse(search)
        try:
            made = reasons_tables.start(desk(), key["run_id"], address.wanted)
        except InvalidSpec as error:
            return no_update, " ".join(error.problems.values())
        except (Refused, NotFound) as error:
            return no_update, str(error)
        return replace(address, study=made).put(key, search), ""

    @app.callback(
        Output(ids.reasons_place, "children", allow_duplicate=True),
        Output(ids.reasons_tick, "disabled", allow_duplicate=True),
        Input(ids.reasons_tick, "n_intervals", allow_optional=True),
        State(shell.location, "search"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def follow(_tick: Any, search: Any, key: dict[str, str]) -> Any:
        address = Address.parse(search)
        if address.row is not None or address.study is None:
            return no_update, True
        found, waits = reasons_part(desk(), runs.get(desk(), key["run_id"]), address)
        return found, not waits
