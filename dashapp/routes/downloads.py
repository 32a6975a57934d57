"""What a user takes away: a run's model, as it is stored."""

import re

from flask import Blueprint, Response

from dashapp import auth
from dashapp.usecases import runs
from dashapp.usecases.errors import NotFound

blueprint = Blueprint("downloads", __name__)


@blueprint.get("/api/runs/<run_id>/model.json")
def model(run_id: str) -> Response:
    """The model, byte for byte what its hash was taken of; `python -m pipeline score` reads it."""
    desk = auth.desk()
    stored = runs.model_json(desk, run_id)
    if stored is None:
        raise NotFound("model")
    name = re.sub(r"[^A-Za-z0-9]+", "-", runs.get(desk, run_id).name).strip("-") or "model"
    return Response(stored, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}.json"'})
