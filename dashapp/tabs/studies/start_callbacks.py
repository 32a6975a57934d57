"""Studies that are started elsewhere: from the training form with what it holds, and from a run's page."""

import json
from typing import Any
from urllib.parse import urlencode

from dash import ALL, Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import NOTICES, shell
from dashapp.pressed import pressed
from dashapp.tabs.train.callbacks import OPTIONS, given
from dashapp.tabs.train.groups import FORM
from dashapp.tabs.train.groups import ids as train
from dashapp.usecases import datasets, imbalances, runs
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.basics import notice
from dashapp.widgets.forms import control_id
from pipeline.spec import TrainSpec

_LONGEST = 6_000  # of an address, in characters
_CONTROLS = {option.name: State(control_id(FORM, option.name), "value") for option in OPTIONS if option.name != "features"}


def register(app: Dash) -> None:
    @app.callback(
        output={
            "href": Output(shell.location, "href", allow_duplicate=True),
            "problem": Output(train.problem, "children", allow_duplicate=True),
        },
        inputs={
            "clicks": Input({"form-study": ALL}, "n_clicks"),
            "controls": _CONTROLS,
            "selected": State(train.columns, "selectedRows"),
            "name": State(train.name, "value"),
            "key": State(train.key, "data"),
        },
        prevent_initial_call=True,
    )
    def from_form(clicks: Any, controls: dict[str, Any], selected: Any, name: str | None, key: dict[str, str]) -> dict[str, Any]:
        """One press: the comparison starts, or the search's form opens, with the options of the training form."""
        wanted = pressed("form-study")
        if wanted is None:
            return {"href": no_update, "problem": no_update}
        try:
            view = datasets.get(desk(), key["dataset_id"])
            spec = given(controls, selected, view)
            if wanted == "imbalance":
                study_id = imbalances.start(desk(), view.id, spec, name=f"{name or view.name}: treatments of imbalance")
                return {"href": f"/studies/{study_id}", "problem": None}
            return {"href": _search_form(view.id, runs.check(desk(), view.id, spec)), "problem": None}
        except (InvalidSpec, Refused) as error:
            return {"href": no_update, "problem": notice("danger", "Not started", str(error))}

    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Input({"imbalance-of-run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def from_run(_clicks: Any) -> Any:
        run_id = pressed("imbalance-of-run")
        if run_id is None:
            return no_update
        try:
            view = runs.get(desk(), str(run_id))
            name = f"{view.name}: treatments of imbalance"
            study_id = imbalances.start(desk(), view.dataset_id, view.spec.to_json(), name=name, run_id=view.id)
        except (InvalidSpec, Refused, NotFound) as error:
            set_props(NOTICES, {"children": notice("danger", "Not started", str(error))})
            return no_update
        return f"/studies/{study_id}"


def _search_form(dataset_id: str, spec: TrainSpec) -> str:
    """The address of the search's form with the options that are not the usual ones."""
    plain = spec.to_json()
    usual = TrainSpec(target=spec.target).to_json()
    options = {name: value for name, value in plain.items() if value != usual[name] or name == "target"}
    address = f"/studies/new/{dataset_id}?{urlencode({'options': json.dumps(options, separators=(',', ':'))})}"
    if len(address) > _LONGEST:
        raise Refused(
            "The options are too many for the address of a search.", fix="Train the run, and start the search from its page."
        )
    return address
