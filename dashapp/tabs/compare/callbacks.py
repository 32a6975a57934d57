"""Fills the page, follows the tests where they take long, adds a run, and gives the tables away."""

from collections.abc import Sequence
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import pressed
from dashapp.tabs.compare.address import run_ids
from dashapp.tabs.compare.body import body
from dashapp.tabs.compare.coefficients import MOST_TERMS, coefficients_card
from dashapp.tabs.compare.files import csv_of
from dashapp.tabs.compare.layout import ids
from dashapp.tabs.compare.picker import nothing_yet, page_head, picker
from dashapp.tabs.compare.sides import LETTERS, sides_of
from dashapp.usecases import pairings, runs, studies
from dashapp.usecases.errors import NotFound, PipelineError, Refused
from dashapp.usecases.pairings import Picked
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import card
from dashapp.widgets.counting import again_button, stopped
from dashapp.widgets.jobs import job_progress
from pipeline.figures.template import Look
from pipeline.pairing_results import Pairing


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.head, "children"),
        Output(ids.picker, "children"),
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
    def fill(_key: Any, _tick: Any, _theme: Any, query: str | None, shown: Any) -> tuple[Any, ...]:
        look = theme.look()
        still = _still(run_ids(query), shown, look)
        if still is not None:  # what is looked at is not drawn anew for nothing, nor are its results read to know that
            return no_update, no_update, still[0], no_update, no_update, not still[1]
        picked = pairings.picked(desk(), run_ids(query))
        study, why = tests_of(picked, shown)
        work, active = _work(study), _active(_seen(picked), study)
        wanted = _state(picked, study, look)
        offered = runs.visible(desk())
        pending = _how_far(study) == "active"
        sides = sides_of(picked, _result(study))
        result = nothing_yet(picked, offered) if len(picked.views) < 2 else body(sides, why, look, pending=pending)
        return page_head(picked), picker(picked, offered), work, result, wanted, not active

    _register_actions(app)


def _register_actions(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("compare", "add"),
        Output(shell.address, "data", allow_duplicate=True),
        Input(ids.add, "value", allow_optional=True),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.tick, "disabled", allow_duplicate=True),
        Input(shell.again, "data"),
        prevent_initial_call=True,
    )
    def follow(again: Any) -> Any:
        return False if again else no_update  # the next tick shows how far it is

    @app.callback(
        Output(ids.terms, "children"),
        Input({"compare-terms": ALL}, "n_clicks"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def show_terms(_clicks: Any, query: str | None) -> Any:
        if pressed("compare-terms") is None:
            return no_update
        return coefficients_card(sides_of(pairings.picked(desk(), run_ids(query)), None), MOST_TERMS)

    @app.callback(
        Input({"compare-file": ALL}, "n_clicks"),
        State(shell.location, "search"),
        State(ids.shown, "data"),
        prevent_initial_call=True,
    )
    def export(_clicks: Any, query: str | None, shown: Any) -> None:
        """Without an output: of two files in a row Dash would forget the answer with the first."""
        what = pressed("compare-file")
        if not isinstance(what, str):
            return
        picked = pairings.picked(desk(), run_ids(query))
        content = csv_of(what, sides_of(picked, _result(tests_of(picked, shown)[0])))
        if content is not None:
            set_props(ids.file, {"data": {"content": content, "filename": f"compare-{what}.csv", "type": "text/csv"}})


def tests_of(picked: Picked, shown: Any) -> tuple[StudyView | None, str]:
    """The study that tests the runs row by row, and why some or all are not tested.

    While the page shows these runs it stays with its study.
    """
    if len(picked.views) < 2:
        return None, ""
    tested = pairings.comparable(picked.views)
    why = _untested(picked)
    if len(tested) < 2:
        return None, why
    try:
        known = shown[2] if isinstance(shown, list) and len(shown) > 2 and shown[0] == _seen(picked) else None
        study_id = known if isinstance(known, str) else pairings.start(desk(), [view.id for view in tested])
        return studies.get(desk(), study_id), why
    except (Refused, PipelineError) as error:
        return None, " ".join(part for part in (why, error.message, error.fix) if part)
    except NotFound:  # one of them was taken back meanwhile
        return None, "One of the runs is no longer there. Load the page again."


def _untested(picked: Picked) -> str:
    champion = picked.views[0]
    if champion.spec.bad_label is None:
        return "The champion has three classes or more, and paired tests are of two. The figures stand side by side."
    told = []
    marks = {view.id: LETTERS[place] for place, view in enumerate(picked.views)}
    apart = [marks[view.id] for view in picked.views if view.dataset_id != champion.dataset_id]
    if apart:
        where = "is on another data set" if len(apart) == 1 else "are on other data sets"
        told.append(
            f"{', '.join(apart)} {where} than the champion, so no row has a score of both: their figures stand side by side, and "
            "a difference between them may come from the data alone."
        )
    many = [marks[v.id] for v in picked.views if v.dataset_id == champion.dataset_id and v.spec.bad_label is None]
    if many:
        told.append(f"{', '.join(many)} {'has' if len(many) == 1 else 'have'} three classes or more.")
    return " ".join(told)


def _work(study: StudyView | None) -> Component | None:
    """The job while it goes on, or why it did not end well."""
    if study is None or study.result is not None:
        return None
    job = study.card.job
    if job is not None and job.active:
        under = "The figures below stand already; paired differences and swap sets follow."
        return card("The runs are compared row by row", job_progress(job, {"cancel-job": job.id}), under=under)
    cancelled = ("Comparing row by row was cancelled", "The figures below stand without paired differences.")
    again = again_button(study.card.id, "Compare them again") if job is not None else None
    return stopped(job, "The runs were not compared row by row", cancelled, again)


def _active(seen: Sequence[Sequence[Any]], study: StudyView | None) -> bool:
    """Whether something that the page shows is still at work."""
    job = study.card.job if study is not None else None
    return (job is not None and job.active) or any(one[2] in {"queued", "running"} for one in seen)


def _still(wanted: Sequence[str], shown: Any, look: Look) -> tuple[Component | None, bool] | None:
    """Where the page shows what there is already: its work, and whether that goes on. None where it has to be drawn."""
    if not isinstance(shown, list) or len(shown) != 5 or shown[4] != look:
        return None
    if shown[:2] != [*pairings.standing(desk(), wanted)]:
        return None
    try:
        study = studies.get(desk(), shown[2]) if isinstance(shown[2], str) else None
    except NotFound:
        return None
    return (_work(study), _active(shown[0], study)) if _how_far(study) == shown[3] else None


def _how_far(study: StudyView | None) -> str:
    """What the page says of the tests: none, tested, being tested, or ended without a result."""
    if study is None:
        return "none"
    return "tested" if _result(study) is not None else "active" if _active([], study) else "ended"


def _result(study: StudyView | None) -> Pairing | None:
    return study.result if study is not None and isinstance(study.result, Pairing) else None


def _seen(picked: Picked) -> list[list[Any]]:
    return [[view.id, view.name, view.state, view.cutoff] for view in (*picked.views, *picked.unfinished)]


def _state(picked: Picked, study: StudyView | None, look: Look) -> list[Any]:
    """What the page shows, so that it is known whether that is still so."""
    return [_seen(picked), picked.n_unknown, study.card.id if study is not None else None, _how_far(study), look]
