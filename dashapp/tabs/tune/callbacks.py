"""The Tune tab: fill it, start and follow paths. What C and the cut-off move is assets/43-tune.js, without asking here."""

from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import moved_alone
from dashapp.tabs.opening import no_run, opened
from dashapp.tabs.tune import results, saving
from dashapp.tabs.tune.kept import changes_of, handed_of, part, replaced, sentence_of, study_of
from dashapp.tabs.tune.layout import columns_about, controls, ids
from dashapp.tabs.tune.payload import differences, payload
from dashapp.usecases import runs, tuning
from dashapp.usecases.errors import InvalidSpec
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyView
from dashapp.widgets.heads import run_head
from pipeline.spec import TrainSpec
from pipeline.study_results import TuningPath

_CONTROLS = {
    "penalty": ids.penalty,
    "l1_ratio": ids.l1_ratio,
    "class_weight": ids.weight,
    "bad_weight": ids.bad_weight,
    "folds": ids.folds,
}


def register(app: Dash) -> None:
    _register_page(app)
    _register_choices(app)
    saving.register(app)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.study, "data"),
        Input(ids.key, "data"),
        Input(shell.theme, "data"),
        State(ids.study, "data"),
        State(shell.location, "search"),
    )
    def fill(key: dict[str, Any], _theme: Any, before: Any, search: Any) -> tuple[Any, Any]:
        view = opened(key["run_id"], "Tune")
        if view is None:
            return no_run(), None
        head = run_head(view, "Tune")
        if _nothing_to_tune(view):  # `show` says so in the same places
            return [*head, html.Div(id=ids.results), html.Div(id=ids.work)], None
        handed = handed_of(view, key, before, search)
        page = html.Div(
            [
                controls(view, handed["changes"], tuning.columns(desk(), view)),
                html.Div(html.P("Loading …", className="sd-busy"), id=ids.results, className="sd-tune-results"),
            ],
            className="sd-tune",
        )
        return [*head, html.Div(id=ids.changed, className="sd-tune-changed", **{"aria-live": "polite"}), page], handed

    @app.callback(
        Output(ids.results, "children"),
        Output(ids.work, "children"),
        Output(ids.payload, "data"),
        Output(ids.figures, "data"),
        Output(ids.followed, "data"),
        Input(ids.study, "data"),
        Input(ids.tick, "n_intervals"),
        State(ids.key, "data"),
    )
    def show(handed: Any, _tick: Any, key: dict[str, Any]) -> tuple[Any, ...]:
        view = runs.get(desk(), key["run_id"])
        if _nothing_to_tune(view):
            return results.without_run(view), "", None, None, None
        study = study_of(view, handed)
        if study is None:
            return results.without_path(view, part(handed, "why"), sentence_of(handed)), "", None, None, None
        path = study.result if isinstance(study.result, TuningPath) else None
        job = study.card.job
        state = results.work(job, path, may_retry=view.sees_dataset, before=not part(handed, "fresh"))
        if path is not None:
            return *_result(view, study, path, state), {"study": study.card.id, "state": "shown"}
        active = job is not None and job.active
        # What was shown before stays until the new path is there.
        stands = results.waiting(job) if part(handed, "fresh") and not moved_alone(ids.tick) else no_update
        return stands, state, no_update, no_update, {"study": study.card.id, "state": "active" if active else "ended"}


def _nothing_to_tune(view: RunView) -> bool:
    return view.result is None or view.origin.kind != "trained"


def _result(view: RunView, study: StudyView, path: TuningPath, state: Any) -> tuple[Any, Any, Any, Any]:
    own = tuning.is_own(view, study)
    told = [] if own else differences(tuning.own_spec(view), study.spec)
    place = min(range(len(path.Cs)), key=lambda i: abs(path.Cs[i] - view.spec.C))
    look = theme.look()
    sent = payload(path, view, study.card.id, own=own, differences=told)
    return results.cards(path, place, look), state, sent, results.figures(path, place, look)


def _register_choices(app: Dash) -> None:
    @app.callback(
        output={
            "study": Output(ids.study, "data", allow_duplicate=True),
            "problem": Output(ids.problem, "children"),
            "about": Output(ids.columns_about, "children"),
            "l1": Output(ids.l1_field, "hidden"),
            "weight": Output(ids.weight_field, "hidden"),
        },
        inputs={
            "given": {name: Input(control, "value") for name, control in _CONTROLS.items()},
            "features": Input(ids.features, "data"),
            "key": State(ids.key, "data"),
            "handed": State(ids.study, "data"),
        },
        prevent_initial_call=True,
    )
    def choose(given: dict[str, Any], features: Any, key: dict[str, Any], handed: Any) -> dict[str, Any]:
        """All that is chosen, whichever of it moved: the answer to what moved before may be forgotten."""
        view = runs.get(desk(), key["run_id"])
        now = changes_of(view, handed)
        changes, about = {**now, **_chosen(view, given)}, no_update
        if isinstance(features, list):
            offered = tuning.columns(desk(), view)
            changes["features"] = [name for name in offered.names if name in features]
            about = columns_about(changes["features"], offered)
        hidden = {"l1": given["penalty"] != "elasticnet", "weight": given["class_weight"] != "given" or len(_labels(view)) > 2}
        if _same(view, now, changes):
            return {"study": no_update, "problem": "", "about": about, **hidden}
        found = replaced(view, changes, handed)
        return {**found, "about": no_update if found["study"] is no_update else about, **hidden}

    @app.callback(
        Output(ids.study, "data", allow_duplicate=True),
        Output(ids.problem, "children", allow_duplicate=True),
        Input(ids.retry, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        State(ids.study, "data"),
        prevent_initial_call=True,
    )
    def retry(clicks: int | None, key: dict[str, Any], handed: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        view = runs.get(desk(), key["run_id"])
        found = replaced(view, changes_of(view, handed), handed)
        return found["study"], found["problem"]

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.back, "n_clicks"),
        State(ids.key, "data"),
        State(ids.payload, "data"),
        State(ids.study, "data"),
        prevent_initial_call=True,
    )
    def back(clicks: int | None, key: dict[str, Any], held: Any, handed: Any) -> Any:
        if not clicks or (part(held, "own") and part(held, "study") == part(handed, "id")):
            return no_update  # the browser has moved C and the cut-off back by itself
        return {"run_id": key["run_id"], "afresh": clicks}


def _chosen(view: RunView, given: dict[str, Any]) -> dict[str, Any]:
    """The options that the controls stand for."""
    found: dict[str, Any] = {"penalty": given["penalty"], "class_weight": given["class_weight"]}
    if given["penalty"] == "elasticnet":
        found["l1_ratio"] = given["l1_ratio"]
    if given["class_weight"] == "given" and len(_labels(view)) == 2:
        found["class_weights"] = {_labels(view)[1]: given["bad_weight"]}
    folds, _, repeats = str(given["folds"]).partition("x")
    return {**found, "folds": folds, "fold_repeats": repeats}


def _labels(view: RunView) -> tuple[str, ...]:
    return view.result.data.labels if view.result is not None else ()


def _same(view: RunView, now: dict[str, Any], changes: dict[str, Any]) -> bool:
    """Whether the controls say what the page shows already, as they do when they appear."""
    try:
        return TrainSpec.parse(tuning.spec_of(view, now)) == TrainSpec.parse(tuning.spec_of(view, changes))
    except InvalidSpec:
        return now == changes
